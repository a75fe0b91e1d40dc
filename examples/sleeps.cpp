/// Sleeps, one after the other and together: waiting costs time once, not once per task.
#include <chrono>
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

// Short, so that the example is: the point is the ratio.
constexpr auto kNap = 300ms;

Task<int> nap(int number, trawl::Duration duration) {
    co_await trawl::sleep(duration);
    co_return number;
}

Task<> one_after_the_other() {
    for (int i = 0; i < 3; ++i) co_await trawl::sleep(kNap);
}

Task<> together(int count) {
    std::vector<Task<int>> naps;
    for (int i = 0; i < count; ++i) naps.push_back(nap(i, kNap));
    co_await trawl::gather(std::move(naps));
}

Task<> in_any_order() {
    auto numbers = co_await trawl::gather(nap(1, 30ms), nap(2, 10ms), nap(3, 20ms));
    trawl::print("ended in any order, given in the order of the arguments: {} {} {}\n", std::get<0>(numbers),
                 std::get<1>(numbers), std::get<2>(numbers));
}

Task<double> seconds_for(Task<> work) {
    const auto begin = trawl::Clock::now();
    co_await std::move(work);
    co_return std::chrono::duration<double>(trawl::Clock::now() - begin).count();
}

Task<> example() {
    trawl::print("3 naps of 0.3 s, one after the other: {:.1f} s\n", co_await seconds_for(one_after_the_other()));
    trawl::print("3 naps of 0.3 s, together: {:.1f} s\n", co_await seconds_for(together(3)));
    trawl::print("10 naps of 0.3 s, together: {:.1f} s\n", co_await seconds_for(together(10)));
    co_await in_any_order();
}

}  // namespace

int main() { trawl::run(example()); }
