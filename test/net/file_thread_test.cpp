// Operations that are destroyed while a thread is in the midst of their system call.
#include <gmock/gmock.h>
#include <pthread.h>

#include <condition_variable>
#include <fstream>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "disk.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/directory.hpp"
#include "trawl/net/file.hpp"
#include "trawl/net/file_faults.hpp"
#include "trawl/sync/event.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string on_disk(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

/// A place in which one thread is held until it is let go; the loop can wait until one is there.
class Gate {
public:
    Gate() : place_(std::make_shared<Place>()) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() { open(); }

    [[nodiscard]] std::function<void()> hook() const {
        return [place = place_, loop = &Loop::current()] {
            std::unique_lock lock(place->mutex);
            if (place->open) return;
            loop->post([place] { place->reached.set(); });
            place->changed.wait(lock, [&] { return place->open; });
        };
    }
    /// Waits until a thread is held.
    [[nodiscard]] Event::Wait reached() const { return place_->reached.wait(); }
    void open() const {
        const std::scoped_lock lock(place_->mutex);
        place_->open = true;
        place_->changed.notify_all();
    }

private:
    // Shared with the thread, which may leave it last.
    struct Place {
        Event reached;
        std::mutex mutex;
        std::condition_variable changed;
        bool open = false;
    };
    std::shared_ptr<Place> place_;
};

/// Begins `work`, and destroys it when its thread is held at the gate.
Task<> destroy_at(Gate& gate, Task<> work) {
    TaskGroup group;
    group.spawn(std::move(work));
    co_await gate.reached();
}

/// While it lives, threads are to have stacks that no address space has room for: none can be started.
class NoThreads {
public:
    NoThreads() {
        ::pthread_getattr_default_np(&before_);
        pthread_attr_t huge;
        ::pthread_getattr_default_np(&huge);
        ::pthread_attr_setstacksize(&huge, std::size_t{1} << 47);
        ::pthread_setattr_default_np(&huge);
        ::pthread_attr_destroy(&huge);
    }
    NoThreads(const NoThreads&) = delete;
    NoThreads& operator=(const NoThreads&) = delete;
    ~NoThreads() {
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&before_);
    }

private:
    pthread_attr_t before_{};
};

template <class T>
Task<> drop_result(Task<T> work) {
    co_await std::move(work);
}

std::size_t count_of(const FileFaults& faults, const std::string& call) {
    std::size_t count = 0;
    for (const std::string& made : faults.calls()) count += made.starts_with(call + " ") ? 1 : 0;
    return count;
}

/// Lets everything that is ready run, some times over.
Task<> let_others_run() {
    for (int i = 0; i < 10; ++i) co_await sleep(0s);
}

TEST(FileThread, ATaskThatFoundNoThreadWaitsForNothing) {
    run([]() -> Task<> {
        const NoThreads none;
        int error = 0;
        try {
            co_await read_file("/etc/passwd");
        } catch (const OsError& failed) {
            error = failed.code();
        }
        EXPECT_EQ(error, EAGAIN);
        EXPECT_EQ(Schedule::current().running()->waits_for(), nullptr);
        EXPECT_THAT(dump_tasks(), Not(HasSubstr("waits for")));
    }());
}

TEST(FileThread, ADestroyedReadLeavesThePositionAndTheNextWaitsForItsThread) {
    auto work = []() -> Task<> {
        Disk disk;
        put(disk / "a", "contents");
        FileFaults faults;
        Gate gate;
        faults.before("pread", gate.hook());
        File file = co_await File::open(disk / "a");
        co_await destroy_at(gate, drop_result(file.read(4)));
        EXPECT_EQ(file.position(), 0);
        auto release = [&]() -> Task<> {
            co_await let_others_run();
            EXPECT_THAT(dump_tasks(), Not(HasSubstr("waits for File::read")));
            gate.open();
        };
        auto both = co_await gather(file.read(4), release());
        EXPECT_EQ(std::get<0>(both), "cont");
    };
    run(work());
}

TEST(FileThread, ADestroyedWriteStopsAndNeverLandsBehindALaterOne) {
    auto work = []() -> Task<> {
        Disk disk;
        FileFaults faults;
        Gate gate;
        faults.before("pwrite", gate.hook());
        faults.shorten("pwrite", 2).times(1);
        File file = co_await File::open(disk / "a", FileMode::write());
        co_await destroy_at(gate, file.write("AAAAAAAA"));
        auto release = [&]() -> Task<> {
            co_await let_others_run();
            EXPECT_THAT(dump_tasks(), Not(HasSubstr("waits for File::write")));
            gate.open();
        };
        co_await gather(file.write_at(0, "B"), release());
        EXPECT_EQ(on_disk(disk / "a"), "BA");
        EXPECT_EQ(count_of(faults, "pwrite"), 2U);
        co_await file.write("CCC");
        EXPECT_EQ(on_disk(disk / "a"), "CCC");
    };
    run(work());
}

TEST(FileThread, NoDescriptorIsClosedWhileAThreadWorksWithIt) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        Disk disk;
        put(disk / "a", "contents");
        FileFaults faults;
        Gate gate;
        faults.before("pread", gate.hook());
        {
            File file = co_await File::open(disk / "a");
            co_await destroy_at(gate, drop_result(file.read(4)));
        }
        co_await let_others_run();
        EXPECT_EQ(count_of(faults, "close"), 0U);
        gate.open();
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(FileThread, CloseWaitsForADestroyedWrite) {
    auto work = []() -> Task<> {
        Disk disk;
        FileFaults faults;
        Gate gate;
        faults.before("pwrite", gate.hook());
        File file = co_await File::open(disk / "a", FileMode::write());
        co_await destroy_at(gate, file.write("AAAA"));
        auto release = [&]() -> Task<> {
            co_await let_others_run();
            EXPECT_THAT(dump_tasks(), Not(HasSubstr("waits for File::close")));
            gate.open();
        };
        co_await gather(file.close(), release());
        EXPECT_EQ(faults.calls().back(), "close " + (disk / "a"));
    };
    run(work());
}

TEST(FileThread, ADestroyedCloseClosesAllTheSame) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        Disk disk;
        FileFaults faults;
        Gate gate;
        faults.before("pwrite", gate.hook());
        File file = co_await File::open(disk / "a", FileMode::write());
        TaskGroup writing;
        writing.spawn(file.write("AAAA"));
        co_await gate.reached();
        {
            TaskGroup closing;
            closing.spawn(file.close());
            co_await let_others_run();
        }
        EXPECT_FALSE(file.is_open());
        gate.open();
        co_await writing.join();
        EXPECT_EQ(on_disk(disk / "a"), "AAAA");
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(FileThread, ADestroyedOpenLeavesNoDescriptor) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        Disk disk;
        FileFaults faults;
        Gate gate;
        faults.before("fstat", gate.hook());
        co_await destroy_at(gate, drop_result(File::open(disk / "a", FileMode::write())));
        gate.open();
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

TEST(FileThread, AFailedSyncOfADestroyedTaskIsForGoodToo) {
    auto work = []() -> Task<> {
        Disk disk;
        FileFaults faults;
        Gate gate;
        faults.fail("fsync", EIO);
        faults.before("fsync", gate.hook());
        File file = co_await File::open(disk / "a", FileMode::write());
        co_await destroy_at(gate, file.sync());
        gate.open();
        EXPECT_EQ(co_await error_of(file.write("x")), EIO);
        EXPECT_EQ(co_await error_of(file.close()), EIO);
    };
    run(work());
}

// Two threads must be in the call at once: one alone would be held for ever.
TEST(FileThread, PositionedOperationsAreAtWorkTogether) {
    auto work = []() -> Task<> {
        Disk disk;
        FileFaults faults;
        std::latch both_are_there(2);
        faults.before("pwrite", [&] { both_are_there.arrive_and_wait(); }).times(2);
        File file = co_await File::open(disk / "a", FileMode::write());
        co_await gather(file.write_at(0, "one"), file.write_at(3, "two"));
        EXPECT_EQ(on_disk(disk / "a"), "onetwo");
    };
    run(work());
}

// Held at each call in turn: old or new, whole, and no temporary file.
TEST(FileThread, ADestroyedAtomicWriteLeavesOldOrNew) {
    for (const char* call : {"open", "fchmod", "pwrite", "fsync", "close", "rename"}) {
        SCOPED_TRACE(call);
        Disk disk;
        put(disk / "a", "old contents");
        auto work = [&]() -> Task<> {
            FileFaults faults;
            Gate gate;
            faults.before(call, gate.hook());
            co_await destroy_at(gate, write_file_atomically(disk / "a", "new contents"));
            gate.open();
        };
        run(work());
        EXPECT_EQ(on_disk(disk / "a"), std::string(call) == "rename" ? "new contents" : "old contents");
        EXPECT_THAT(disk.names(), ElementsAre("a"));
    }
}

TEST(FileThread, ADestroyedWalkLeavesNoDescriptor) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<> {
        Disk disk;
        put(disk / "a", "x");
        FileFaults faults;
        Gate gate;
        faults.before("getdents", gate.hook());
        auto first = [](std::string path) -> Task<> {
            auto entries = walk(path);
            co_await entries.next();
        };
        co_await destroy_at(gate, first(disk.path()));
        gate.open();
    };
    run(work());
    EXPECT_EQ(open_descriptors(), before);
}

/// Writes `bytes`, with less and less impatience, until it is done. True when it was done at once.
Task<bool> write_stubbornly(File& file, std::string bytes, std::mt19937_64& random) {
    for (int attempt = 0;; ++attempt) {
        try {
            co_await timeout(std::chrono::microseconds(random() % (50U << attempt)), file.write(bytes));
            co_return attempt == 0;
        } catch (const TimeoutError&) {  // tried again
        }
    }
}

Task<std::size_t> write_lines(const Disk& disk, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string expected;
    std::size_t destroyed = 0;
    File file = co_await File::open(disk / "a", FileMode::write());
    for (int line = 0; line < 50; ++line) {
        const std::string text = std::to_string(random() % 1'000'000) + std::string(random() % 2000, '.') + "\n";
        expected += text;
        const bool at_once = co_await write_stubbornly(file, text, random);
        destroyed += at_once ? 0 : 1;
    }
    co_await file.close();
    EXPECT_EQ(co_await read_file(disk / "a"), expected);
    co_return destroyed;
}

TEST(FileThread, WhatIsDestroyedAndDoneAgainIsThereOnce) {
    const Disk disk;
    std::size_t destroyed = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        FileFaults faults;
        faults.disturb(seed);
        destroyed += run(write_lines(disk, seed));
        if (::testing::Test::HasFailure()) break;
    }
    EXPECT_GT(destroyed, 0U) << "every write was faster than its deadline: nothing was tested";
}

TEST(FileThread, ManyFilesAtOnceCloseTheirDescriptors) {
    const std::size_t before = open_descriptors();
    const Disk disk;
    auto one = [&](int i) -> Task<> {
        File file = co_await File::open(disk / std::to_string(i), FileMode::write().and_read());
        co_await file.write(std::string(static_cast<std::size_t>(i), 'x'));
        EXPECT_EQ((co_await file.read_at(0, 1000)).size(), static_cast<std::size_t>(i));
        if (i % 2 == 0) co_await file.close();
    };
    auto all = [&]() -> Task<> {
        std::vector<Task<>> tasks;
        for (int i = 0; i < 200; ++i) tasks.push_back(one(i));
        co_await gather(std::move(tasks));
    };
    run(all());
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace trawl
