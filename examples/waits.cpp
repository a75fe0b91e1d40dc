/// n operations of 2 s each, all at once: the sequential time is computed, the concurrent time measured.
///
///     example_waits [N ...]     default: 1000 10000 1000000
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "trawl/trawl.hpp"

using namespace std::chrono_literals;
using trawl::Task;

namespace {

constexpr auto kOperation = 2s;

Task<> operation() { co_await trawl::sleep(kOperation); }

Task<> all(std::size_t count) {
    std::vector<Task<>> operations;
    operations.reserve(count);
    for (std::size_t i = 0; i < count; ++i) operations.push_back(operation());
    co_await trawl::gather(std::move(operations));
}

std::string sequential_text(std::size_t count) {
    const auto days = static_cast<double>(count) * 2 / 86400;
    return days < 1 ? trawl::format("{:.1f} hours", days * 24) : trawl::format("{:.1f} days", days);
}

void row(std::size_t count) {
    const auto begin = trawl::Clock::now();
    trawl::run(all(count));
    const double seconds = std::chrono::duration<double>(trawl::Clock::now() - begin).count();
    trawl::print("{:>10} operations of 2 s: {:>10} one after the other, {:.2f} s together\n", count,
                 sequential_text(count), seconds);
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<std::size_t> counts{1'000, 10'000, 1'000'000};
    if (argc > 1) counts.clear();
    for (int i = 1; i < argc; ++i) counts.push_back(std::strtoul(argv[i], nullptr, 10));
    for (std::size_t count : counts) row(count);
}
