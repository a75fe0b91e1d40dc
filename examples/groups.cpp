/// Tasks that run beside each other: a group, a set whose results are taken as they come, a time limit.
#include <optional>
#include <string>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

Task<> count(std::string name, int& total) {
    co_await trawl::sleep(10ms);
    trawl::print("{} has counted\n", name);
    ++total;
}

Task<> in_a_group() {
    int total = 0;  // in front of the group: its children are destroyed before what they refer to
    trawl::TaskGroup group;
    group.spawn(count("Ada", total));
    group.spawn(count("Grace", total), "a name for dump_tasks()");
    co_await group.join();  // throws the first error of a child, the others are destroyed then
    trawl::print("{} in all\n", total);
}

Task<int> double_later(int number, trawl::Duration pause) {
    co_await trawl::sleep(pause);
    co_return number * 2;
}

Task<> as_they_end() {
    trawl::TaskSet<int> doubles;
    doubles.add(double_later(2, 40ms));
    doubles.add(double_later(3, 20ms));
    while (auto done = co_await doubles.next()) trawl::print("task {}: {}\n", done->index, done->outcome.take());
}

Task<> no_longer_than() {
    try {
        const int doubled = co_await trawl::timeout(20ms, double_later(4, 1h));
        trawl::print("{}\n", doubled);
    } catch (const trawl::TimeoutError& error) {
        trawl::print("4: {}\n", error.what());  // the work is gone by now
    }
}

Task<> example() {
    co_await in_a_group();
    co_await as_they_end();
    co_await no_longer_than();
}

}  // namespace

int main() { trawl::run(example()); }
