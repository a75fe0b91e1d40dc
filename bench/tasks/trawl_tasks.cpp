// trawl's line in bench/tasks: the four cases, each on one loop, written as a user would.
//
// Usage: bench_tasks <case> <n> <size>; prints its figures as one JSON line. The peers' programs do the same work.
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "measured.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"
#include "trawl/sync/queue.hpp"

namespace {

using bench::Work;
using trawl::Task;

Task<> produce(trawl::Queue<int>& queue, std::uint64_t n) {
    for (std::uint64_t i = 0; i < n; ++i) co_await queue.put(static_cast<int>(i));
}

Task<> consume(trawl::Queue<int>& queue, std::uint64_t n, std::uint64_t& sum) {
    for (std::uint64_t i = 0; i < n; ++i) {
        const int item = co_await queue.get();
        sum += static_cast<std::uint64_t>(item);
    }
}

// Two tasks; the queue of capacity 1 makes them take turns.
Task<> hand_over(const Work& work, std::uint64_t& sum) {
    trawl::Queue<int> queue(work.size);
    trawl::TaskGroup group;
    group.spawn(produce(queue, work.n));
    group.spawn(consume(queue, work.n, sum));
    co_await group.join();
}

Task<> end_at_once(std::uint64_t& ended) {
    ++ended;
    co_return;
}

Task<> spawn_and_join(const Work& work, std::uint64_t& ended) {
    for (std::uint64_t done = 0; done < work.n; done += work.size) {
        trawl::TaskGroup group;
        for (std::uint64_t i = 0; i < work.size; ++i) group.spawn(end_at_once(ended));
        co_await group.join();
    }
}

Task<int> number(std::uint64_t i) { co_return static_cast<int>(i); }

// Only results in their argument's place count.
Task<> gather_numbers(const Work& work, std::uint64_t& in_place) {
    for (std::uint64_t done = 0; done < work.n; done += work.size) {
        std::vector<Task<int>> tasks;
        tasks.reserve(work.size);
        for (std::uint64_t i = 0; i < work.size; ++i) tasks.push_back(number(i));
        const std::vector<int> results = co_await trawl::gather(std::move(tasks));
        for (std::uint64_t i = 0; i < work.size; ++i) in_place += results[i] == static_cast<int>(i);
    }
}

Task<> sleep_for(trawl::Duration duration, std::uint64_t& woken) {
    co_await trawl::sleep(duration);
    ++woken;
}

Task<> sleep_all(const Work& work, std::uint64_t& woken) {
    const trawl::Duration duration = std::chrono::milliseconds(work.size);
    std::vector<Task<>> tasks;
    tasks.reserve(work.n);
    for (std::uint64_t i = 0; i < work.n; ++i) tasks.push_back(sleep_for(duration, woken));
    co_await trawl::gather(std::move(tasks));
}

// The same without a gather: each sleeper is a child of a group.
Task<> sleep_group(const Work& work, std::uint64_t& woken) {
    const trawl::Duration duration = std::chrono::milliseconds(work.size);
    trawl::TaskGroup group;
    for (std::uint64_t i = 0; i < work.n; ++i) group.spawn(sleep_for(duration, woken));
    co_await group.join();
}

Task<> task_of(const Work& work, std::uint64_t& sum) {
    if (work.name == "switch") return hand_over(work, sum);
    if (work.name == "spawn") return spawn_and_join(work, sum);
    if (work.name == "gather") return gather_numbers(work, sum);
    if (work.name == "asleep" || work.name == "asleep:virtual") return sleep_all(work, sum);
    if (work.name == "asleep:group") return sleep_group(work, sum);
    return {};
}

void run_on_loop(const Work& work, Task<> task) {
    if (work.name.ends_with(":virtual")) {
        trawl::VirtualLoop().run(std::move(task));
    } else {
        trawl::run(std::move(task));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const Work work = bench::work_of(argc, argv);
    std::uint64_t sum = 0;
    Task<> task = task_of(work, sum);
    if (!task.valid()) return 2;
    const bench::Measured measured;
    run_on_loop(work, std::move(task));
    measured.print(work, sum);
}
