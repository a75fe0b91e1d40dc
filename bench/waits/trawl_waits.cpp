// trawl's line in bench/waits for more waits than fit the memory: tasks that each begin the next wait when their own
// has ended. What fits at once is measured by bench_tasks.
//
// Usage: bench_waits window:<tasks> <n> <milliseconds>; prints its figures as one JSON line.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "measured.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace {

using bench::Work;
using trawl::Task;

struct Waits {
    trawl::Duration duration;
    std::uint64_t left;
    std::uint64_t ended;
};

Task<> wait_in_turn(Waits& waits) {
    while (waits.left > 0) {
        --waits.left;
        co_await trawl::sleep(waits.duration);
        ++waits.ended;
    }
}

Task<> wait_in_window(Waits& waits, std::uint64_t window) {
    std::vector<Task<>> tasks;
    tasks.reserve(window);
    for (std::uint64_t i = 0; i < window; ++i) tasks.push_back(wait_in_turn(waits));
    co_await trawl::gather(std::move(tasks));
}

}  // namespace

int main(int argc, char** argv) {
    const Work work = bench::work_of(argc, argv);
    constexpr std::string_view kPrefix = "window:";
    if (!work.name.starts_with(kPrefix)) return 2;
    Waits waits{std::chrono::milliseconds(work.size), work.n, 0};
    const bench::Measured measured;
    trawl::Loop loop;
    loop.warn_of_slow_steps(trawl::Duration::zero(), nullptr);  // beginning millions of tasks is one long step
    loop.run(wait_in_window(waits, std::strtoull(work.name.data() + kPrefix.size(), nullptr, 10)));
    measured.print(work, waits.ended);
}
