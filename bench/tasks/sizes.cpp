// What trawl's tasks are made of, in bytes: printed as one JSON line. A program of its own, because it replaces
// operator new and the allocator of frames to see how much is asked for. Frames take multiples of 16 bytes; what malloc
// adds to the rest (8 to 23 bytes on glibc) is not in the figures.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "count_allocations.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/frame.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/semaphore.hpp"

// In place of those of the library, which count nothing.
namespace trawl::coro {

void* allocate_frame(std::size_t size) { return ::operator new(size); }
void free_frame(void* frame, std::size_t size) noexcept { ::operator delete(frame, size); }
std::size_t frame_bytes_taken() noexcept { return 0; }

}  // namespace trawl::coro

namespace {

using trawl::Task;
using trawl::coro::Errors;

Task<> end_at_once(int& ended) {
    ++ended;
    co_return;
}

Task<int> number(int i) { co_return i; }

Task<> sleep_for(trawl::Duration duration, int& woken) {
    co_await trawl::sleep(duration);
    ++woken;
}

/// What `call` asks operator new for: for a lazy coroutine that is called, its frame.
template <class Call>
std::size_t bytes_of(Call call) {
    const std::uint64_t before = bench::bytes_counted();
    auto kept = call();
    return bench::bytes_counted() - before;
}

Task<> measure_spawn(std::size_t& bytes) {
    int ended = 0;
    Task<> task = end_at_once(ended);
    trawl::TaskGroup group;
    const std::uint64_t before = bench::bytes_counted();
    group.spawn(std::move(task));
    bytes = bench::bytes_counted() - before;
    co_await group.join();
}

std::string line(const char* name, std::size_t bytes) { return trawl::format("\"{}\": {}", name, bytes); }

std::string sizes() {
    using std::chrono::seconds;
    int counted = 0;
    std::size_t spawned = 0;
    trawl::run(measure_spawn(spawned));
    return line("Waiter", sizeof(trawl::Waiter)) + ", " + line("TaskNode", sizeof(trawl::TaskNode)) + ", " +
           line("Semaphore::Acquire", sizeof(trawl::Semaphore::Acquire)) + ", " +
           line("SleepAwaiter", sizeof(trawl::loop::SleepAwaiter)) + ", " +
           line("Promise<void>", sizeof(Task<>::promise_type)) + ", " +
           line("Promise<int>", sizeof(Task<int>::promise_type)) + ", " +
           line("GatherChild<void>", sizeof(trawl::coro::GatherChild<void, Errors::kEndTheGather>)) + ", " +
           line("GatherChild<int>", sizeof(trawl::coro::GatherChild<int, Errors::kEndTheGather>)) + ", " +
           line("TaskGroup::spawn", spawned) + ", " +
           line("frame: ends at once", bytes_of([&] { return end_at_once(counted); })) + ", " +
           line("frame: returns an int", bytes_of([] { return number(1); })) + ", " +
           line("frame: sleeps", bytes_of([&] { return sleep_for(seconds(1), counted); }));
}

}  // namespace

int main() {
    bench::start_counting_allocations();
    std::puts(("{" + sizes() + "}").c_str());
}
