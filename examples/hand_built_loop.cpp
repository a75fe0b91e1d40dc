/// An event loop built by hand from plain generators, as texts that explain asyncio build it: each task polls, and
/// gives way while its time has not come. Beside it the real one, which waits on the kernel instead of asking again and
/// again.
#include <chrono>
#include <deque>
#include <iterator>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Clock;
using trawl::Duration;
using trawl::Generator;
using trawl::Task;

namespace {

struct Order {
    int number;
    Duration takes;
};
constexpr Order orders[] = {{1, 30ms}, {2, 10ms}, {3, 20ms}};

struct Outcome {
    std::vector<int> finished;  // in the order of their ends
    int sum = 0;
    long resumed = 0;
};

// --- by hand -------------------------------------------------------------------------------------------------------

/// Gives way until `duration` has passed. Nobody tells it when: it looks at the clock each time it is resumed.
Generator<std::monostate> poll_sleep(Duration duration) {
    const auto deadline = Clock::now() + duration;
    while (Clock::now() < deadline) co_yield std::monostate();
}

Generator<std::monostate, void, int> polling_task(Order order, std::vector<int>& finished) {
    co_yield from(poll_sleep(order.takes));
    finished.push_back(order.number);
    co_return order.number;
}

/// The whole loop: whoever gave way is asked again when all others have been.
Outcome by_hand() {
    Outcome outcome;
    std::deque<Generator<std::monostate, void, int>> ready;
    for (const Order& order : orders) ready.push_back(polling_task(order, outcome.finished));
    while (!ready.empty()) {
        auto task = std::move(ready.front());
        ready.pop_front();
        ++outcome.resumed;
        if (task.next()) {
            ready.push_back(std::move(task));
        } else {
            outcome.sum += task.return_value();
        }
    }
    return outcome;
}

// --- the real one --------------------------------------------------------------------------------------------------

/// Resumed twice: to begin, and when its time has come.
Task<int> task(Order order, Outcome& outcome) {
    ++outcome.resumed;
    co_await trawl::sleep(order.takes);
    ++outcome.resumed;
    outcome.finished.push_back(order.number);
    co_return order.number;
}

Task<> gathered(Outcome& outcome) {
    std::vector<Task<int>> tasks;
    for (const Order& order : orders) tasks.push_back(task(order, outcome));
    auto numbers = co_await trawl::gather(std::move(tasks));
    for (int number : numbers) outcome.sum += number;
}

Outcome by_trawl() {
    Outcome outcome;
    trawl::run(gathered(outcome));
    return outcome;
}

void show(const char* name, Outcome (*run)()) {
    const auto begin = Clock::now();
    const Outcome outcome = run();
    const auto took = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    std::string finished;
    for (int number : outcome.finished) finished += trawl::format(" {}", number);
    trawl::print("{}: finished{}, sum {}, in {:.0f} ms\n", name, finished, outcome.sum, took);
    const bool few = outcome.resumed == 2 * std::ssize(orders);
    trawl::print("  resumed {} times: {}\n", outcome.resumed, few ? "each task twice" : "over and over");
}

}  // namespace

int main() {
    trawl::print("three tasks of 30, 10 and 20 ms\n");
    show("by hand, polling", by_hand);
    show("trawl::run", by_trawl);
}
