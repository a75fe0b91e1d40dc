#include "trawl/net/file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

#include "disk.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/directory.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string on_disk(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

TEST(File, WritesAndReadsBackInTurn) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File out = co_await File::open(disk / "a", FileMode::write());
        co_await out.write("one, ");
        co_await out.write("two");
        EXPECT_EQ(out.position(), 8);
        co_await out.close();
        File in = co_await File::open(disk / "a");
        EXPECT_EQ(co_await in.read(4), "one,");
        EXPECT_EQ(co_await in.read(100), " two");
        EXPECT_EQ(co_await in.read(100), "");
        EXPECT_EQ(in.position(), 8);
    });
}

TEST(File, PositionedOperationsLeaveThePositionAlone) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "a", "0123456789");
        File file = co_await File::open(disk / "a", FileMode::read_write());
        EXPECT_EQ(co_await file.read_at(7, 100), "789");
        EXPECT_EQ(co_await file.read_at(10, 1), "");
        EXPECT_EQ(co_await file.read_at(1000, 1), "");
        co_await file.write_at(2, "AB");
        EXPECT_EQ(co_await file.read(4), "01AB");
        EXPECT_EQ(co_await file.size(), 10);
    });
}

TEST(File, EachModeDoesWhatItSays) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "old", "old contents");
        EXPECT_EQ(co_await error_of(File::open(disk / "new")), ENOENT);
        EXPECT_EQ(co_await error_of(File::open(disk / "new", FileMode::read_write())), ENOENT);
        EXPECT_EQ(co_await error_of(File::open(disk / "old", FileMode::create_new())), EEXIST);

        File truncated = co_await File::open(disk / "old", FileMode::write());
        EXPECT_EQ(co_await truncated.size(), 0);
        EXPECT_EQ(co_await error_of(truncated.read(1)), EBADF);
        File made = co_await File::open(disk / "new", FileMode::create_new().and_read());
        co_await made.write("x");
        EXPECT_EQ(co_await made.read_at(0, 1), "x");
        File created = co_await File::open(disk / "third", FileMode::read_write().or_create());
        EXPECT_EQ(co_await created.size(), 0);
        File reading = co_await File::open(disk / "new");
        EXPECT_EQ(co_await error_of(reading.write("y")), EBADF);
    });
}

TEST(File, AppendingWritesAtTheEndWhereverThatIs) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "log", "first\n");
        File one = co_await File::open(disk / "log", FileMode::append());
        File two = co_await File::open(disk / "log", FileMode::append());
        co_await one.write("second\n");
        co_await two.write("third\n");
        co_await one.write("fourth\n");
        EXPECT_EQ(on_disk(disk / "log"), "first\nsecond\nthird\nfourth\n");
        EXPECT_THAT(co_await message_of(one.write_at(0, "x")), HasSubstr("opened to append"));
    });
}

TEST(File, PermissionsAreThoseThatWereAskedFor) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File secret = co_await File::open(disk / "secret", FileMode::create_new().permissions(0600));
        const FileInfo info = co_await secret.info();
        EXPECT_EQ(info.permissions, 0600U);
        EXPECT_EQ(info.type, FileType::kFile);
    });
}

TEST(File, TruncatingCutsAndLengthens) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File file = co_await File::open(disk / "a", FileMode::write().and_read());
        co_await file.write("abcdef");
        co_await file.truncate(2);
        EXPECT_EQ(co_await file.read_at(0, 10), "ab");
        co_await file.truncate(4);
        EXPECT_EQ(co_await file.read_at(0, 10), std::string("ab\0\0", 4));
        EXPECT_THAT(co_await message_of(file.truncate(-1)), HasSubstr("-1 is before it"));
    });
}

TEST(File, OffsetsBeyondTwoGigabytesAreKept) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        constexpr std::int64_t kFar = 5'000'000'000;
        File file = co_await File::open(disk / "sparse", FileMode::write().and_read());
        co_await file.write_at(kFar, "far");
        EXPECT_EQ(co_await file.size(), kFar + 3);
        EXPECT_EQ(co_await file.read_at(kFar - 2, 100), std::string("\0\0far", 5));
        EXPECT_EQ(co_await file.read_at(kFar + 1, 100), "ar");
        struct ::stat status{};
        EXPECT_EQ(::stat((disk / "sparse").c_str(), &status), 0);
        EXPECT_LT(status.st_blocks * 512, 1'000'000) << "the hole takes room";
    });
}

TEST(File, ReadsWhatThereIsWhenMuchMoreIsAskedFor) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        const std::string bytes(300'000, 'x');
        put(disk / "a", bytes);
        File file = co_await File::open(disk / "a");
        EXPECT_EQ(co_await file.read_at(0, std::size_t{1} << 50), bytes);
        EXPECT_EQ(co_await file.read_at(299'999, std::size_t{1} << 50), "x");
        EXPECT_EQ(co_await file.read_at(500'000, std::size_t{1} << 50), "");
        EXPECT_EQ((co_await file.read_at(0, 200'000)).size(), 200'000U);
        EXPECT_EQ(co_await file.read_at(0, 0), "");
    });
}

TEST(File, NegativeOffsetsAreUsageErrors) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File file = co_await File::open(disk / "a", FileMode::write().and_read());
        EXPECT_THAT(co_await message_of(file.read_at(-5, 1)), HasSubstr("-5 is before it"));
        EXPECT_THAT(co_await message_of(file.write_at(-5, "x")), HasSubstr("-5 is before it"));
    });
}

TEST(File, WritesThatAreAtWorkTogetherKeepTheirOrder) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File file = co_await File::open(disk / "a", FileMode::write());
        std::vector<Task<>> writes;
        std::string expected;
        for (int i = 0; i < 100; ++i) {
            writes.push_back(file.write(std::to_string(i) + "\n"));
            expected += std::to_string(i) + "\n";
        }
        co_await gather(std::move(writes));
        EXPECT_EQ(on_disk(disk / "a"), expected);
    });
}

TEST(File, EveryOperationAfterCloseIsAClosedError) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File file = co_await File::open(disk / "a", FileMode::write());
        Task<> early = file.write_at(0, "x");
        co_await file.close();
        co_await file.close();
        EXPECT_FALSE(file.is_open());
        EXPECT_THAT(co_await message_of(file.write("x")), HasSubstr("not open"));
        EXPECT_THAT(co_await message_of(file.sync()), HasSubstr("not open"));
        EXPECT_THAT(co_await message_of(std::move(early)), HasSubstr("it is closed"));
        EXPECT_THAT(co_await message_of(File().read(1)), HasSubstr("not open"));
    });
}

TEST(File, CloseWaitsForWhatIsAtWork) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        File file = co_await File::open(disk / "a", FileMode::write());
        co_await gather(file.write("one"), file.write("two"), file.write_at(6, "six"), file.close());
        EXPECT_EQ(on_disk(disk / "a"), "onetwosix");
    });
}

TEST(File, AnOperationKeepsTheFileOpen) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "a", "contents");
        Task<std::string> reading;
        {
            File file = co_await File::open(disk / "a");
            reading = file.read(8);
        }
        EXPECT_EQ(co_await std::move(reading), "contents");
    });
}

TEST(File, DestroyedFilesAreClosed) {
    const std::size_t before = open_descriptors();
    on_both_loops([]() -> Task<> {
        Disk disk;
        for (int i = 0; i < 100; ++i) {
            File file = co_await File::open(disk / "a", FileMode::write());
            co_await file.write("x");
        }
    });
    EXPECT_EQ(open_descriptors(), before);
}

TEST(File, MayOutliveItsLoop) {
    const std::size_t before = open_descriptors();
    Disk disk;
    {
        File file = run(File::open(disk / "a", FileMode::write()));
        EXPECT_EQ(open_descriptors(), before + 1);
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(File, DirectoriesAreRefused) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        EXPECT_EQ(co_await error_of(File::open(disk.path())), EISDIR);
        EXPECT_EQ(co_await error_of(File::open(disk.path(), FileMode::write())), EISDIR);
        EXPECT_EQ(co_await error_of(read_file(disk.path())), EISDIR);
    });
}

// A thread that waited for the other end could not be called back, and the loop would wait for it at its end.
TEST(File, FifosAreRefusedAndNothingHangs) {
    const std::size_t before = open_descriptors();
    on_both_loops([]() -> Task<> {
        Disk disk;
        EXPECT_EQ(::mkfifo((disk / "fifo").c_str(), 0600), 0);
        EXPECT_THAT(co_await message_of(File::open(disk / "fifo")), HasSubstr("FIFO"));
        EXPECT_THAT(co_await message_of(File::open(disk / "fifo", FileMode::read_write())), HasSubstr("FIFO"));
        EXPECT_THAT(co_await message_of(File::open(disk / "fifo", FileMode::append())), HasSubstr("FIFO"));
    });
    EXPECT_EQ(open_descriptors(), before);
}

TEST(File, DevicesThatAreReadyWork) {
    on_both_loops([]() -> Task<> {
        File null = co_await File::open("/dev/null", FileMode::read_write());
        co_await null.write(std::string(100'000, 'x'));
        EXPECT_EQ(co_await null.read(10), "");
        File zero = co_await File::open("/dev/zero");
        EXPECT_EQ(co_await zero.read(100'000), std::string(100'000, '\0'));
    });
}

TEST(File, TheRealFullDiskSaysWhatToDo) {
    on_both_loops([]() -> Task<> {
        File full = co_await File::open("/dev/full", FileMode::append());
        EXPECT_EQ(
            co_await message_of(full.write("x")),
            "write '/dev/full': No space left on device; the disk is full: free some space, or write to another disk");
    });
}

TEST(File, FilesOfTheKernelThatHaveNoSizeAreReadWhole) {
    on_both_loops([]() -> Task<> {
        const std::string status = co_await read_file("/proc/self/status");
        EXPECT_THAT(status, AllOf(HasSubstr("VmRSS"), HasSubstr("nonvoluntary_ctxt_switches")));
    });
}

TEST(File, NamesAreBytes) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        const std::string name = "caf\xe9 \xff\n";
        co_await write_file(disk / name, "latin-1");
        EXPECT_EQ(co_await read_file(disk / name), "latin-1");
        EXPECT_THAT(disk.names(), ::testing::ElementsAre(name));
    });
}

TEST(File, APathWithANulIsAUsageError) {
    on_both_loops([]() -> Task<> {
        EXPECT_THAT(co_await message_of(File::open(std::string("/dev/null\0.json", 15))), HasSubstr("NUL"));
        EXPECT_THAT(co_await message_of(write_file_atomically(std::string("a\0b", 3), "x")), HasSubstr("NUL"));
        EXPECT_THAT(co_await message_of(remove_file(std::string("a\0b", 3))), HasSubstr("NUL"));
    });
}

TEST(File, ErrorsNameTheOperationThePathAndTheCode) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        try {
            co_await read_file(disk / "missing");
            ADD_FAILURE() << "read";
        } catch (const FileError& error) {
            EXPECT_EQ(error.code(), ENOENT);
            EXPECT_EQ(error.operation(), "open");
            EXPECT_EQ(error.path(), disk / "missing");
            EXPECT_THAT(error.what(),
                        AllOf(HasSubstr("open '"), HasSubstr("No such file"), HasSubstr("check the path")));
        }
    });
}

TEST(File, WhatMayNotBeReadIsAnErrorWithAdvice) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "secret", "x");
        EXPECT_EQ(::chmod((disk / "secret").c_str(), 0), 0);
        EXPECT_THAT(co_await message_of(read_file(disk / "secret")), HasSubstr("check the permissions"));
    });
}

TEST(WholeFiles, AreWrittenAndReadWhole) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        const std::string large(3'000'000, 'x');
        for (const std::string& bytes : {std::string(), std::string("x"), std::string("a\0b", 3), large}) {
            co_await write_file(disk / "a", bytes);
            EXPECT_EQ(co_await read_file(disk / "a"), bytes);
        }
        co_await write_file(disk / "a", "shorter");
        EXPECT_EQ(on_disk(disk / "a"), "shorter");
    });
}

TEST(WholeFiles, ThousandAtOnce) {
    Disk disk;
    auto work = [&](int i) -> Task<std::string> {
        const std::string path = disk / std::to_string(i);
        co_await write_file(path, std::to_string(i));
        co_return co_await read_file(path);
    };
    auto all = [&]() -> Task<> {
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 1000; ++i) tasks.push_back(work(i));
        const auto read = co_await gather(std::move(tasks));
        for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], std::to_string(i));
    };
    const std::size_t before = open_descriptors();
    run(all());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(File, NoFileReachesFartherThanTheLargestPosition) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        constexpr std::int64_t kFarthest = std::numeric_limits<std::int64_t>::max();
        co_await write_file(disk / "file", "text");
        File file = co_await File::open(disk / "file", FileMode::read_write());
        for (const std::int64_t offset : {kFarthest, kFarthest - 1, std::int64_t{1} << 60}) {
            EXPECT_EQ(co_await file.read_at(offset, 10), "");
        }
        EXPECT_THAT(co_await message_of(file.write_at(kFarthest - 2, "text")), HasSubstr("no file reaches that far"));
        EXPECT_EQ(co_await file.read_at(0, 10), "text");
    });
}

}  // namespace
}  // namespace trawl
