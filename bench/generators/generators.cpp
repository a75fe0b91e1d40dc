/// Nanoseconds per item of a generator, beside an iterator class written by hand: one line of JSON, {"name": [ns,
/// ...]}.
///
///     bench_generators [ITEMS [ROUNDS]]      default: 2000000 items, 7 rounds
///
/// Each round measures everything once, so that a slow spell of the machine hits all of it. A chain is built before its
/// clock starts.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "counter.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/frame.hpp"
#include "trawl/coro/generator.hpp"

namespace {

using trawl::Generator;
using Clock = std::chrono::steady_clock;

std::size_t last_allocation = 0;

Generator<std::uint64_t> numbers(std::uint64_t end) {
    for (std::uint64_t i = 0; i < end; ++i) co_yield i;
}

Generator<std::uint64_t> nested(std::uint64_t end, int depth) {
    if (depth == 0) {
        for (std::uint64_t i = 0; i < end; ++i) co_yield i;
    } else {
        co_yield from(nested(end, depth - 1));
    }
}

Generator<std::uint64_t, std::uint64_t> sums() {
    std::uint64_t sum = 0;
    for (;;) sum += co_yield sum;
}

/// Runs `work(items)`, which gives the sum of 0 .. items - 1; nanoseconds per item.
template <class Work>
double measure(std::uint64_t items, Work work) {
    const auto begin = Clock::now();
    const std::uint64_t sum = work(items);
    const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
    if (sum != items * (items - 1) / 2) {
        trawl::print("error: the items do not add up: {}\n", sum);
        std::exit(1);
    }
    return took.count() / static_cast<double>(items);
}

std::uint64_t by_hand(std::uint64_t items) {
    std::uint64_t sum = 0;
    for (std::uint64_t number : bench::Counter(0, items)) sum += number;
    return sum;
}

std::uint64_t by_loop(std::uint64_t items) {
    std::uint64_t sum = 0;
    for (std::uint64_t number : numbers(items)) sum += number;
    return sum;
}

std::uint64_t by_next(std::uint64_t items) {
    std::uint64_t sum = 0;
    auto generator = numbers(items);
    while (auto number = generator.next()) sum += *number;
    return sum;
}

std::uint64_t by_send(std::uint64_t items) {
    auto generator = sums();
    std::uint64_t sum = *generator.next();
    for (std::uint64_t i = 0; i < items; ++i) sum = *generator.send(i);
    return sum;
}

double by_from(std::uint64_t items, int depth) {
    auto generator = nested(items, depth);
    std::uint64_t first = *generator.next();
    return measure(items, [&](std::uint64_t) {
        std::uint64_t sum = first;
        while (auto number = generator.next()) sum += *number;
        return sum;
    });
}

using Figures = std::map<std::string, std::vector<double>>;

void round(std::uint64_t items, Figures& figures) {
    figures["iterator"].push_back(measure(items, by_hand));
    figures["loop"].push_back(measure(items, by_loop));
    figures["next"].push_back(measure(items, by_next));
    figures["send"].push_back(measure(items, by_send));
    for (int depth : {1, 10, 100, 1000}) figures[trawl::format("from {}", depth)].push_back(by_from(items, depth));
}

void frame_sizes(Figures& figures) {
    auto size_of = [](auto make) {
        auto generator = make();
        return std::vector<double>{static_cast<double>(last_allocation)};
    };
    figures["frame: numbers"] = size_of([] { return numbers(1); });
    figures["frame: sums"] = size_of([] { return sums(); });
    figures["frame: nested"] = size_of([] { return nested(1, 1); });
}

void print(const Figures& figures) {
    std::string text;
    for (const auto& [name, values] : figures) {
        std::string list;
        for (double value : values) list += trawl::format("{}{:.4f}", list.empty() ? "" : ", ", value);
        text += trawl::format("{}\"{}\": [{}]", text.empty() ? "" : ", ", name, list);
    }
    trawl::print("{{{}}}\n", text);
}

}  // namespace

// In place of the library's: the size of the last frame is what frame_sizes() tells.
namespace trawl::coro {

void* allocate_frame(std::size_t size) {
    last_allocation = size;
    return ::operator new(size);
}
void free_frame(void* frame, std::size_t size) noexcept { ::operator delete(frame, size); }
std::size_t frame_bytes_taken() noexcept { return 0; }

}  // namespace trawl::coro

int main(int argc, char** argv) {
    const std::uint64_t items = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
    Figures figures;
    for (int i = 0; i < rounds; ++i) round(items, figures);
    frame_sizes(figures);
    print(figures);
}
