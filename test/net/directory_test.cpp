#include "trawl/net/directory.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
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
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

void put(const std::string& path) { std::ofstream(path) << "x"; }

std::string letter(FileType type) {
    return type == FileType::kFile ? "f" : type == FileType::kDirectory ? "d" : type == FileType::kSymlink ? "l" : "o";
}

Task<std::vector<std::string>> walked(std::string path) {
    std::vector<std::string> found;
    auto entries = walk(path);
    while (auto entry = co_await entries.next()) {
        found.push_back(letter(entry->type()) + " " + entry->path().substr(path.size() + 1));
    }
    co_return found;
}

// a/ (file, empty/, deep/er/file), link -> a, fifo
void make_tree(const Disk& disk) {
    fs::create_directories(disk / "a/deep/er");
    fs::create_directories(disk / "a/empty");
    put(disk / "a/file");
    put(disk / "a/deep/er/file");
    fs::create_directory_symlink(disk / "a", disk / "link");
    ASSERT_EQ(::mkfifo((disk / "fifo").c_str(), 0600), 0);
}

TEST(Directory, IsListedByName) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        std::vector<std::string> names;
        auto entries = co_await list_directory(disk.path());
        for (const auto& entry : entries) names.push_back(letter(entry.type()) + " " + entry.name());
        EXPECT_THAT(names, ElementsAre("d a", "o fifo", "l link"));
        EXPECT_EQ(entries[0].path(), disk / "a");
        EXPECT_THAT(co_await list_directory(disk / "a/empty"), IsEmpty());
    });
}

TEST(Directory, WhatCannotBeListedIsAnError) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "file");
        EXPECT_EQ(co_await error_of(list_directory(disk / "missing")), ENOENT);
        EXPECT_EQ(co_await error_of(list_directory(disk / "file")), ENOTDIR);
        EXPECT_EQ(co_await error_of(walked(disk / "missing")), ENOENT);
    });
}

TEST(Directory, IsMadeWithThoseAboveIt) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        co_await make_directories(disk / "a/b/c");
        co_await make_directories(disk / "a/b/c");
        co_await make_directories(disk / "a//b/d/");
        EXPECT_TRUE(fs::is_directory(disk / "a/b/c"));
        EXPECT_TRUE(fs::is_directory(disk / "a/b/d"));
        co_await make_directories("/");
    });
}

TEST(Directory, AFileInTheWayIsAnError) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "file");
        EXPECT_EQ(co_await error_of(make_directories(disk / "file")), ENOTDIR);
        EXPECT_EQ(co_await error_of(make_directories(disk / "file/below")), ENOTDIR);
        EXPECT_NE(co_await error_of(make_directories("")), 0);
    });
}

TEST(Directory, NamesAreRenamedAndRemoved) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "a");
        put(disk / "b");
        co_await rename_file(disk / "a", disk / "b");
        EXPECT_THAT(disk.names(), ElementsAre("b"));
        EXPECT_EQ(
            co_await message_of(rename_file(disk / "a", disk / "c")),
            "rename '" + (disk / "a") + "' to '" + (disk / "c") +
                "': No such file or directory; check the path; make_directories() makes directories that are missing");
        co_await remove_file(disk / "b");
        EXPECT_EQ(co_await error_of(remove_file(disk / "b")), ENOENT);
        co_await make_directories(disk / "d/e");
        EXPECT_EQ(co_await error_of(remove_directory(disk / "d")), ENOTEMPTY);
        co_await remove_directory(disk / "d/e");
        co_await rename_file(disk / "d", disk / "f");
        co_await sync_directory(disk.path());
        EXPECT_THAT(disk.names(), ElementsAre("f"));
    });
}

TEST(Directory, InfoIsNothingWhereNothingIs) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        EXPECT_FALSE((co_await file_info(disk / "missing")).has_value());
        EXPECT_FALSE((co_await file_info(disk / "a/file/below")).has_value());
        const auto file = co_await file_info(disk / "a/file");
        EXPECT_EQ(file->size, 1);
        EXPECT_EQ(file->type, FileType::kFile);
        EXPECT_LT(std::chrono::abs(std::chrono::system_clock::now() - file->modified), std::chrono::hours(1));
        const auto link = co_await file_info(disk / "link");
        EXPECT_EQ(link->type, FileType::kDirectory);
    });
}

TEST(Walk, GivesEverythingBelowAndFollowsNoSymlink) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        EXPECT_THAT(co_await walked(disk.path()),
                    UnorderedElementsAre("d a", "o fifo", "l link", "d a/deep", "d a/empty", "f a/file", "d a/deep/er",
                                         "f a/deep/er/file"));
    });
}

TEST(Walk, GivesADirectoryBeforeWhatIsInIt) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        for (int i = 0; i < 10; ++i) fs::create_directories(disk / ("a/b" + std::to_string(i) + "/c/d"));
        std::set<std::string> seen{disk.path()};
        auto entries = walk(disk.path());
        while (auto entry = co_await entries.next()) {
            EXPECT_TRUE(seen.contains(fs::path(entry->path()).parent_path())) << entry->path();
            seen.insert(entry->path());
        }
        EXPECT_EQ(seen.size(), 2U + 3 * 10);
    });
}

TEST(Walk, GivesEveryEntryOfALargeDirectoryOnce) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        for (int i = 0; i < 1500; ++i) put(disk / std::to_string(i));
        const auto found = co_await walked(disk.path());
        EXPECT_EQ(found.size(), 1500U);
        EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 1500U);
    });
}

TEST(Walk, NeedsNoTypesFromTheFileSystem) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        const auto told = co_await walked(disk.path());
        FileFaults faults;
        faults.hide_types();
        EXPECT_EQ(co_await walked(disk.path()), told);
        EXPECT_THAT(faults.calls(), ::testing::Contains("lstat " + (disk / "link")));
    });
}

TEST(Walk, ADirectoryThatCannotBeReadIsAnErrorAndOneThatIsGoneIsNot) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        {
            FileFaults faults;
            faults.fail("open", EACCES).on("a/deep");
            EXPECT_EQ(co_await error_of(walked(disk.path())), EACCES);
        }
        {
            FileFaults faults;
            faults.fail("getdents", EIO).on("a/deep");
            EXPECT_EQ(co_await error_of(walked(disk.path())), EIO);
        }
        for (const int gone : {ENOENT, ENOTDIR, ELOOP}) {
            FileFaults faults;
            faults.fail("open", gone).on("a/deep");
            EXPECT_THAT(co_await walked(disk.path()),
                        UnorderedElementsAre("d a", "o fifo", "l link", "d a/deep", "d a/empty", "f a/file"));
        }
    });
}

TEST(Walk, ThrowsAnErrorBehindWhatItFoundBefore) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        FileFaults faults;
        faults.fail("open", EACCES).on("a/deep");
        faults.fail("open", EACCES).on("a/empty");
        std::vector<std::string> found;
        auto entries = walk(disk.path());
        int error = 0;
        try {
            while (auto entry = co_await entries.next()) found.push_back(entry->path().substr(disk.path().size() + 1));
        } catch (const FileError& failed) {
            error = failed.code();
        }
        EXPECT_EQ(error, EACCES);
        EXPECT_THAT(found, UnorderedElementsAre("a", "fifo", "link", "a/deep", "a/empty", "a/file"));
        EXPECT_FALSE((co_await entries.next()).has_value());
    });
}

TEST(Walk, GoesOnBehindErrorsThatAreHandedOver) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        FileFaults faults;
        faults.hide_types();
        faults.fail("open", EACCES).on("a/empty");
        faults.fail("getdents", EIO).on("deep/er");
        faults.fail("lstat", EACCES).on("link");
        std::vector<std::string> found;
        std::vector<std::string> errors;
        auto entries = walk(disk.path(), [&](const FileError& error) {
            errors.push_back(format("{} {}", error.code(), error.path().substr(disk.path().size() + 1)));
        });
        while (auto entry = co_await entries.next()) found.push_back(entry->path().substr(disk.path().size() + 1));
        EXPECT_THAT(found, UnorderedElementsAre("a", "fifo", "a/deep", "a/empty", "a/file", "a/deep/er"));
        EXPECT_THAT(errors, UnorderedElementsAre(format("{} a/empty", EACCES), format("{} a/deep/er", EIO),
                                                 format("{} link", EACCES)));
    });
}

TEST(Walk, HandsOverThatItsRootCannotBeRead) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        int error = 0;
        auto entries = walk(disk / "missing", [&](const FileError& failed) { error = failed.code(); });
        EXPECT_FALSE((co_await entries.next()).has_value());
        EXPECT_EQ(error, ENOENT);
    });
}

TEST(Walk, IsEndedByWhatItsErrorHandlerThrows) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        std::string message;
        auto entries = walk(disk / "missing", [](const FileError&) { throw UsageError("enough"); });
        try {
            co_await entries.next();
        } catch (const UsageError& error) {
            message = error.what();
        }
        EXPECT_EQ(message, "enough");
    });
}

TEST(Walk, DoesNotFollowASymlinkThatHasTakenADirectorysPlace) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        make_tree(disk);
        FileFaults faults;
        auto swap = [&] {
            fs::remove_all(disk / "a/deep");
            fs::create_directory_symlink(disk / "a", disk / "a/deep");
        };
        faults.before("open", swap).on("a/deep").times(1);
        EXPECT_THAT(co_await walked(disk.path()),
                    UnorderedElementsAre("d a", "o fifo", "l link", "d a/deep", "d a/empty", "f a/file"));
    });
}

TEST(Walk, CanBeDroppedInItsMidst) {
    const std::size_t before = open_descriptors();
    on_both_loops([]() -> Task<> {
        Disk disk;
        for (int i = 0; i < 1500; ++i) put(disk / std::to_string(i));
        auto entries = walk(disk.path());
        co_await entries.next();
    });
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace trawl
