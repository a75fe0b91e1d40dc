#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "disk.hpp"
#include "trawl/base/format.hpp"
#include "trawl/net/file.hpp"
#include "trawl/net/file_faults.hpp"

namespace trawl {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string on_disk(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// The calls that were made, with the disk as "." and the temporary file as "TMP". Whoever is last closes the
/// directory, a little later: that is left out.
std::vector<std::string> order_of(const FileFaults& faults, const Disk& disk) {
    std::vector<std::string> order;
    for (std::string call : faults.calls()) {
        const std::string temporary = disk / ".trawl-";
        if (const auto at = call.find(temporary); at != std::string::npos) {
            call.replace(at, call.find(".tmp", at) + 4 - at, "TMP");
        }
        if (const auto at = call.find(disk.path()); at != std::string::npos) call.replace(at, disk.path().size(), ".");
        if (call != "close .") order.push_back(call);
    }
    return order;
}

// Each of these lines is needed: without the first fsync the new name may lead to an empty file after a crash, without
// the second the name may be the old one although the caller was told otherwise; a close may bring a last error.
TEST(AtomicWrite, SyncsTheFileBeforeTheRenameAndTheDirectoryBehindIt) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        co_await write_file_atomically(disk / "new", "contents");
        EXPECT_THAT(order_of(faults, disk), ElementsAre("stat ./new", "open .", "open TMP", "pwrite TMP", "fsync TMP",
                                                        "close TMP", "rename TMP ./new", "fsync ."));
    });
}

TEST(AtomicWrite, HandsThePermissionsOnBeforeThereIsAnythingToRead) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "secret", "old");
        EXPECT_EQ(::chmod((disk / "secret").c_str(), 0640), 0);
        FileFaults faults;
        unsigned permissions_at_open = 0;
        faults.before("fchmod", [&] {
            for (const auto& name : disk.names()) {
                if (name.starts_with(".trawl-")) permissions_at_open = unsigned(fs::status(disk / name).permissions());
            }
        });
        co_await write_file_atomically(disk / "secret", "new");
        EXPECT_THAT(order_of(faults, disk),
                    ElementsAre("stat ./secret", "open .", "open TMP", "fstat TMP", "fchmod TMP", "pwrite TMP",
                                "fsync TMP", "close TMP", "rename TMP ./secret", "fsync ."));
        EXPECT_EQ(permissions_at_open, 0600U);
        EXPECT_EQ(unsigned(fs::status(disk / "secret").permissions()), 0640U);
        EXPECT_EQ(on_disk(disk / "secret"), "new");
    });
}

// Whatever call fails: the old contents or the new ones, whole, and no file is left beside them.
TEST(AtomicWrite, LeavesOldOrNewAndNothingElseWhateverFails) {
    const std::size_t before = open_descriptors();
    for (const char* call : {"stat", "open", "fstat", "fchmod", "pwrite", "fsync", "close", "rename"}) {
        for (std::size_t after = 0; after < 4; ++after) {
            for (const int error : {EIO, ENOSPC, EACCES}) {
                SCOPED_TRACE(format("{} {} fails with {}", after, call, error));
                on_both_loops([&]() -> Task<> {
                    Disk disk;
                    put(disk / "a", "old contents");
                    FileFaults faults;
                    faults.shorten("pwrite", 5);
                    faults.fail(call, error).after(after);
                    const int told = co_await error_of(write_file_atomically(disk / "a", "new contents"));
                    const std::string expected = told == 0 ? "new contents" : "old contents";
                    const bool renamed = std::string(call) == "fsync" && after == 1;
                    EXPECT_EQ(on_disk(disk / "a"), renamed ? "new contents" : expected);
                    EXPECT_THAT(disk.names(), ElementsAre("a"));
                });
            }
        }
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(AtomicWrite, SaysThatTheFileWasReplacedWhenOnlyTheDirectorysSyncFailed) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        faults.fail("fsync", EIO).after(1);
        EXPECT_THAT(co_await message_of(write_file_atomically(disk / "a", "x")), HasSubstr("the file was replaced"));
        EXPECT_EQ(on_disk(disk / "a"), "x");
    });
}

TEST(AtomicWrite, NeverSyncsTwice) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        faults.fail("fsync", EIO);
        EXPECT_EQ(co_await error_of(write_file_atomically(disk / "a", "x")), EIO);
        EXPECT_THAT(order_of(faults, disk), ::testing::Contains("fsync TMP").Times(1));
        EXPECT_THAT(disk.names(), ElementsAre());
    });
}

TEST(AtomicWrite, NeedsNoSyncOfDirectoriesWhereTheFileSystemHasNone) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        faults.fail("fsync", EINVAL).after(1);
        co_await write_file_atomically(disk / "a", "x");
        EXPECT_EQ(on_disk(disk / "a"), "x");
    });
}

TEST(AtomicWrite, LeftoversOfACrashAreNoObstacle) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        faults.fail("open", EEXIST).on(".tmp").times(3);
        co_await write_file_atomically(disk / "a", "x");
        EXPECT_EQ(on_disk(disk / "a"), "x");
    });
}

TEST(AtomicWrite, ReplacesASymlinkAndNotWhatItPointsTo) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "target", "old");
        fs::create_symlink(disk / "target", disk / "link");
        co_await write_file_atomically(disk / "link", "new");
        EXPECT_FALSE(fs::is_symlink(disk / "link"));
        EXPECT_EQ(on_disk(disk / "link"), "new");
        EXPECT_EQ(on_disk(disk / "target"), "old");
    });
}

TEST(AtomicWrite, WhatCannotBeReplacedIsAnError) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        fs::create_directory(disk / "d");
        EXPECT_EQ(co_await error_of(write_file_atomically(disk / "d", "x")), EISDIR);
        EXPECT_EQ(co_await error_of(write_file_atomically(disk / "missing/a", "x")), ENOENT);
        EXPECT_THAT(disk.names(), ElementsAre("d"));
    });
}

TEST(AtomicWrite, TakesTheLongestNameThatThereIs) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        const std::string name(255, 'n');
        co_await write_file_atomically(disk / name, "x");
        EXPECT_EQ(on_disk(disk / name), "x");
        EXPECT_EQ(co_await error_of(write_file_atomically(disk / (name + "n"), "x")), ENAMETOOLONG);
    });
}

TEST(AtomicWrite, WritesInTheWorkingDirectoryToo) {
    const fs::path here = fs::current_path();
    Disk disk;
    fs::current_path(disk.path());
    run(write_file_atomically("bare", "x"));
    fs::current_path(here);
    EXPECT_EQ(on_disk(disk / "bare"), "x");
}

TEST(AtomicWrite, ADirectoryIsNotReplacedAndTheAdviceIsForWriters) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        std::filesystem::create_directory(disk / "directory");
        const std::string message = co_await message_of(write_file_atomically(disk / "directory", "text"));
        EXPECT_THAT(message, HasSubstr("replace '" + (disk / "directory") + "'"));
        EXPECT_THAT(message, HasSubstr("name a file in it"));
        EXPECT_THAT(disk.names(), ElementsAre("directory"));
    });
}

TEST(AtomicWrite, WhatIsNoFileIsNotReplaced) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        EXPECT_EQ(::mkfifo((disk / "pipe").c_str(), 0600), 0);
        EXPECT_EQ(co_await error_of(write_file_atomically(disk / "pipe", "text")), EINVAL);
        EXPECT_TRUE(fs::is_fifo(disk / "pipe"));
        EXPECT_THAT(disk.names(), ElementsAre("pipe"));
    });
}

}  // namespace
}  // namespace trawl
