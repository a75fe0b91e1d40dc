// trawl's line in bench/threads, written as a user would.
//
// Usage: bench_threads <case> <n> <size>; prints its figures as one JSON line. The peers' programs do the same work.
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "measured.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/channel.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/thread.hpp"
#include "trawl/loop/time.hpp"

namespace {

using bench::Work;
using trawl::Task;

std::uint64_t one() { return 1; }

// One call at a time: what a round trip takes.
Task<> call_in_turn(const Work& work, std::uint64_t& sum) {
    for (std::uint64_t i = 0; i < work.n; ++i) {
        const std::uint64_t got = co_await trawl::to_thread(one);
        sum += got;
    }
}

// `size` calls at once.
Task<> call_at_once(const Work& work, std::uint64_t& sum) {
    for (std::uint64_t done = 0; done < work.n; done += work.size) {
        std::vector<Task<std::uint64_t>> calls;
        calls.reserve(work.size);
        for (std::uint64_t i = 0; i < work.size; ++i) calls.push_back(trawl::to_thread(one));
        const std::vector<std::uint64_t> got = co_await trawl::gather(std::move(calls));
        for (const std::uint64_t value : got) sum += value;
    }
}

// `size` threads post n calls between them.
Task<> be_posted_to(const Work& work, std::uint64_t& sum) {
    trawl::Loop& loop = trawl::Loop::current();
    std::vector<std::thread> threads;
    for (std::uint64_t i = 0; i < work.size; ++i) {
        threads.emplace_back([&] {
            for (std::uint64_t k = 0; k < work.n / work.size; ++k) loop.post([&sum] { ++sum; });
        });
    }
    while (sum < work.n / work.size * work.size) co_await trawl::sleep(std::chrono::milliseconds(1));
    for (std::thread& thread : threads) thread.join();
}

Task<> send_numbers(trawl::Channel<int> channel, std::uint64_t n) {
    for (std::uint64_t i = 0; i < n; ++i) co_await channel.send(static_cast<int>(i));
    channel.close();
}

// From a loop on another thread, through a channel that holds `size`.
Task<> receive_numbers(const Work& work, std::uint64_t& sum) {
    const trawl::Channel<int> channel(work.size);
    std::thread sender([&] { trawl::run(send_numbers(channel, work.n)); });
    while (auto item = co_await channel.receive()) sum += static_cast<std::uint64_t>(*item);
    sender.join();
}

Task<> task_of(const Work& work, std::uint64_t& sum) {
    if (work.name == "call") return call_in_turn(work, sum);
    if (work.name == "burst") return call_at_once(work, sum);
    if (work.name == "channel") return receive_numbers(work, sum);
    if (work.name == "post") return be_posted_to(work, sum);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const Work work = bench::work_of(argc, argv);
    std::uint64_t sum = 0;
    Task<> task = task_of(work, sum);
    if (!task.valid()) return 2;
    const bench::Measured measured;
    trawl::run(std::move(task));
    measured.print(work, sum);
}
