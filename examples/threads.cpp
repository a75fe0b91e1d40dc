/// Work for several cores: one loop makes ranges of numbers, the loops of other threads count the primes in them.
///
///     example_threads
#include <cstddef>
#include <numeric>

#include "trawl/trawl.hpp"

using trawl::Channel;
using trawl::Task;

namespace {

constexpr int kEnd = 200'000;
constexpr int kStep = 1'000;
constexpr std::size_t kThreads = 4;

bool is_prime(int number) {
    for (int i = 2; i * i <= number; ++i) {
        if (number % i == 0) return false;
    }
    return number > 1;
}

// Never more than the channel holds are ahead of those who count.
Task<> make_ranges(Channel<int> ranges) {
    for (int begin = 0; begin < kEnd; begin += kStep) co_await ranges.send(begin);
    ranges.close();
}

Task<int> count_primes(Channel<int> ranges) {
    int primes = 0;
    while (auto begin = co_await ranges.receive()) {
        for (int i = *begin; i < *begin + kStep; ++i) primes += is_prime(i);
    }
    co_return primes;
}

Task<int> count_all() {
    const Channel<int> ranges(8);
    auto on_thread = [&](std::size_t /*index*/) { return count_primes(ranges); };
    const auto both = co_await trawl::gather(trawl::run_on_threads(kThreads, on_thread), make_ranges(ranges));
    const auto& counts = std::get<0>(both);
    co_return std::accumulate(counts.begin(), counts.end(), 0);
}

}  // namespace

int main() { trawl::print("{} primes below {}\n", trawl::run(count_all()), kEnd); }
