#include "trawl/net/file_faults.hpp"

#include <gmock/gmock.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "disk.hpp"
#include "trawl/base/format.hpp"
#include "trawl/net/directory.hpp"
#include "trawl/net/file.hpp"

namespace trawl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string on_disk(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// Something that programs do with files, and the calls that it is made of.
struct Operation {
    const char* name;
    Task<> (*perform)(const Disk& disk);
    std::vector<const char*> calls;
};

Task<> open_and_drop(const Disk& disk) { co_await File::open(disk / "old"); }

Task<> read_some(const Disk& disk) {
    File file = co_await File::open(disk / "old");
    EXPECT_EQ(co_await file.read(100), "old contents");
    co_await file.close();
}

Task<> write_some(const Disk& disk) {
    File file = co_await File::open(disk / "new", FileMode::write());
    co_await file.write("new contents");
    co_await file.sync();
    co_await file.close();
    EXPECT_EQ(on_disk(disk / "new"), "new contents");
}

Task<> append_some(const Disk& disk) {
    File file = co_await File::open(disk / "old", FileMode::append());
    co_await file.write(", and more");
    co_await file.sync_data();
    co_await file.close();
    EXPECT_EQ(on_disk(disk / "old"), "old contents, and more");
}

Task<> truncate(const Disk& disk) {
    File file = co_await File::open(disk / "old", FileMode::read_write());
    co_await file.truncate(3);
    EXPECT_EQ(co_await file.size(), 3);
}

Task<> read_whole(const Disk& disk) { EXPECT_EQ(co_await read_file(disk / "old"), "old contents"); }

Task<> write_whole(const Disk& disk) {
    co_await write_file(disk / "new", "new contents");
    EXPECT_EQ(on_disk(disk / "new"), "new contents");
}

Task<> replace(const Disk& disk) {
    co_await write_file_atomically(disk / "old", "new contents");
    EXPECT_EQ(on_disk(disk / "old"), "new contents");
}

Task<> rename(const Disk& disk) { co_await rename_file(disk / "old", disk / "new"); }
Task<> remove(const Disk& disk) { co_await remove_file(disk / "old"); }
Task<> remove_dir(const Disk& disk) { co_await remove_directory(disk / "d/e"); }
Task<> make(const Disk& disk) { co_await make_directories(disk / "x/y"); }
Task<> sync_names(const Disk& disk) { co_await sync_directory(disk.path()); }
Task<> look(const Disk& disk) { co_await file_info(disk / "old"); }
Task<> list(const Disk& disk) { EXPECT_EQ((co_await list_directory(disk.path())).size(), 2U); }

Task<> walk_all(const Disk& disk) {
    auto entries = walk(disk.path());
    std::size_t count = 0;
    while (auto entry = co_await entries.next()) ++count;
    EXPECT_EQ(count, 3U);
}

const std::vector<Operation> kOperations{
    {"open", open_and_drop, {"open", "fstat"}},
    {"read", read_some, {"open", "fstat", "pread", "close"}},
    {"write", write_some, {"open", "fstat", "pwrite", "fsync", "close"}},
    {"append", append_some, {"open", "fstat", "write", "fdatasync", "close"}},
    {"truncate", truncate, {"open", "fstat", "ftruncate"}},
    {"read_file", read_whole, {"open", "fstat", "pread"}},
    {"write_file", write_whole, {"open", "fstat", "pwrite", "close"}},
    {"write_file_atomically", replace, {"stat", "open", "fstat", "fchmod", "pwrite", "fsync", "close", "rename"}},
    {"rename_file", rename, {"rename"}},
    {"remove_file", remove, {"unlink"}},
    {"remove_directory", remove_dir, {"rmdir"}},
    {"make_directories", make, {"stat", "mkdir"}},
    {"sync_directory", sync_names, {"open", "fsync"}},
    {"file_info", look, {"stat"}},
    {"list_directory", list, {"open", "getdents"}},
    {"walk", walk_all, {"open", "getdents"}},
};

/// The disk that they work on.
void prepare(const Disk& disk) {
    put(disk / "old", "old contents");
    std::filesystem::create_directories(disk / "d/e");
}

Task<int> outcome(const Operation& operation) {
    Disk disk;
    prepare(disk);
    co_return co_await error_of(operation.perform(disk));
}

int outcome_on(bool threads, const Operation& operation) {
    if (threads) return run(outcome(operation));
    return VirtualLoop().run(outcome(operation));
}

// Every operation × every call of it × every error: it surfaces with its code, and every descriptor is closed.
TEST(FileFaults, EveryErrorOfEveryCallSurfaces) {
    const std::size_t before = open_descriptors();
    for (const Operation& operation : kOperations) {
        for (const char* call : operation.calls) {
            for (const int error : {EIO, ENOSPC, EACCES}) {
                SCOPED_TRACE(format("{}: {} fails with {}", operation.name, call, error));
                FileFaults faults;
                faults.fail(call, error).always();
                EXPECT_EQ(outcome_on(false, operation), error);
                EXPECT_EQ(open_descriptors(), before);
            }
        }
    }
}

TEST(FileFaults, EveryErrorSurfacesFromThreads) {
    const std::size_t before = open_descriptors();
    for (const Operation& operation : kOperations) {
        for (const char* call : operation.calls) {
            SCOPED_TRACE(format("{}: {}", operation.name, call));
            FileFaults faults;
            faults.fail(call, EIO).always();
            EXPECT_EQ(outcome_on(true, operation), EIO);
            EXPECT_EQ(open_descriptors(), before);
        }
    }
}

// The operations check their own results.
TEST(FileFaults, InterruptedCallsAreMadeAgain) {
    const std::size_t before = open_descriptors();
    for (const Operation& operation : kOperations) {
        for (const char* call : operation.calls) {
            SCOPED_TRACE(format("{}: {}", operation.name, call));
            FileFaults faults;
            faults.fail(call, EINTR).times(7);
            EXPECT_EQ(outcome_on(false, operation), 0);
            EXPECT_EQ(open_descriptors(), before);
        }
    }
}

TEST(FileFaults, ShortReadsAndWritesAreContinued) {
    for (const Operation& operation : kOperations) {
        for (const std::size_t size : {1UL, 2UL, 3UL, 7UL}) {
            SCOPED_TRACE(format("{}: {} bytes at a time", operation.name, size));
            FileFaults faults;
            for (const char* call : {"read", "pread", "write", "pwrite"}) faults.shorten(call, size);
            EXPECT_EQ(outcome_on(false, operation), 0);
        }
    }
}

TEST(FileFaults, OperationsMakeTheCallsOfTheTable) {
    for (const Operation& operation : kOperations) {
        FileFaults faults;
        EXPECT_EQ(outcome_on(false, operation), 0) << operation.name;
        for (const char* call : operation.calls) {
            EXPECT_THAT(faults.calls(), ::testing::Contains(::testing::StartsWith(std::string(call) + " ")))
                << operation.name;
        }
    }
}

/// A random history of reads and writes against a string that says what must be in the file.
class History {
public:
    explicit History(std::uint64_t seed) : random_(seed) {}

    Task<> run(const Disk& disk) {
        File file = co_await File::open(disk / "a", FileMode::write().and_read());
        for (int step = 0; step < 30; ++step) {
            const auto offset = draw(300);
            const auto size = draw(200);
            if (draw(2) == 0) {
                std::string bytes(size, static_cast<char>('a' + step % 26));
                overwrite(offset, bytes);
                co_await file.write_at(static_cast<std::int64_t>(offset), std::move(bytes));
            } else {
                const std::string expected = offset < model_.size() ? model_.substr(offset, size) : "";
                EXPECT_EQ(co_await file.read_at(static_cast<std::int64_t>(offset), size), expected);
            }
        }
        co_await file.close();
        EXPECT_EQ(co_await read_file(disk / "a"), model_);
        co_await write_file_atomically(disk / "a", model_ + model_);
        EXPECT_EQ(on_disk(disk / "a"), model_ + model_);
    }

private:
    std::size_t draw(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    void overwrite(std::size_t offset, const std::string& bytes) {
        if (bytes.empty()) return;
        if (model_.size() < offset + bytes.size()) model_.resize(offset + bytes.size());
        model_.replace(offset, bytes.size(), bytes);
    }

    std::mt19937_64 random_;
    std::string model_;
};

TEST(FileFaults, NothingIsLostUnderRandomInterruptionsAndShortCalls) {
    const Disk disk;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        FileFaults faults;
        faults.disturb(seed);
        History history(seed);
        VirtualLoop(seed).run(history.run(disk));
        if (HasFailure()) break;
    }
}

TEST(FileFaults, NothingIsLostUnderRandomInterruptionsOnThreads) {
    const Disk disk;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        FileFaults faults;
        faults.disturb(seed);
        History history(seed);
        run(history.run(disk));
        if (HasFailure()) break;
    }
}

// What the kernel could not write back it has marked clean: a second fsync would succeed and prove nothing.
TEST(FileFaults, AFailedSyncIsForGood) {
    for (const bool data_only : {false, true}) {
        on_both_loops([=]() -> Task<> {
            Disk disk;
            FileFaults faults;
            faults.fail(data_only ? "fdatasync" : "fsync", EIO);
            File file = co_await File::open(disk / "a", FileMode::write().and_read());
            co_await file.write("lost?");
            Task<> sync = data_only ? file.sync_data() : file.sync();
            EXPECT_EQ(co_await error_of(std::move(sync)), EIO);
            EXPECT_THAT(co_await message_of(file.sync()), AllOf(HasSubstr("earlier sync"), HasSubstr("to a new file")));
            EXPECT_EQ(co_await error_of(file.sync_data()), EIO);
            EXPECT_EQ(co_await error_of(file.write("x")), EIO);
            EXPECT_EQ(co_await error_of(file.write_at(0, "x")), EIO);
            EXPECT_EQ(co_await error_of(file.truncate(0)), EIO);
            EXPECT_EQ(co_await file.read_at(0, 10), "lost?");
            EXPECT_EQ(co_await error_of(file.close()), EIO);
            std::size_t syncs = 0;
            for (const std::string& call : faults.calls()) syncs += call.find("sync ") != std::string::npos ? 1 : 0;
            EXPECT_EQ(syncs, 1U);
        });
    }
}

TEST(FileFaults, AWriteThatFailedLeavesThePositionForAnotherTry) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        faults.shorten("pwrite", 4);
        faults.fail("pwrite", ENOSPC).after(2);
        File file = co_await File::open(disk / "a", FileMode::write());
        EXPECT_EQ(co_await error_of(file.write("0123456789")), ENOSPC);
        EXPECT_EQ(file.position(), 0);
        EXPECT_EQ(on_disk(disk / "a"), "01234567");
        co_await file.write("0123456789");
        EXPECT_EQ(on_disk(disk / "a"), "0123456789");
    });
}

TEST(FileFaults, AnErrorOfCloseIsToldAndTheFileIsClosed) {
    const std::size_t before = open_descriptors();
    on_both_loops([]() -> Task<> {
        Disk disk;
        FileFaults faults;
        faults.fail("close", ENOSPC);
        File file = co_await File::open(disk / "a", FileMode::write());
        EXPECT_THAT(co_await message_of(file.close()), HasSubstr("close '"));
        EXPECT_FALSE(file.is_open());
        co_await file.close();
    });
    EXPECT_EQ(open_descriptors(), before);
}

TEST(FileFaults, CountCallsAsTheyWereTold) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "a", "x");
        put(disk / "b", "x");
        FileFaults faults;
        faults.fail("open", EMFILE).on("/b").after(1).times(2);
        std::vector<int> errors;
        for (int i = 0; i < 5; ++i) {
            EXPECT_EQ(co_await read_file(disk / "a"), "x");
            errors.push_back(co_await error_of(read_file(disk / "b")));
        }
        EXPECT_THAT(errors, ElementsAre(0, EMFILE, EMFILE, 0, 0));
    });
}

TEST(FileFaults, TheInnermostIsInForceAndNoneBehindIt) {
    on_both_loops([]() -> Task<> {
        Disk disk;
        put(disk / "a", "x");
        FileFaults outer;
        outer.fail("open", EIO).always();
        {
            FileFaults inner;
            EXPECT_EQ(co_await error_of(read_file(disk / "a")), 0);
            EXPECT_THAT(outer.calls(), IsEmpty());
        }
        EXPECT_EQ(co_await error_of(read_file(disk / "a")), EIO);
    });
    Disk disk;
    put(disk / "a", "x");
    EXPECT_EQ(run(read_file(disk / "a")), "x");
}

TEST(FileFaults, RefuseWhatHasNoMeaning) {
    FileFaults faults;
    EXPECT_THROW(faults.fail("pwritev", EIO), UsageError);
    EXPECT_THROW(faults.fail("open", 0), UsageError);
    EXPECT_THROW(faults.shorten("pread", 0), UsageError);
    EXPECT_THROW(faults.shorten("open", 1), UsageError);
}

}  // namespace
}  // namespace trawl
