#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

#include "program.hpp"
#include "trawl/base/format.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace trawl::schedules {
namespace {

void call_at(std::initializer_list<int> signals, void (*call)()) {
    static void (*called)() = call;
    for (int signal : signals) {
        std::signal(signal, [](int number) {
            called();
            std::signal(number, SIG_DFL);
            std::raise(number);
        });
    }
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
void when_dying(void (*call)()) {
    __sanitizer_set_death_callback(call);
    call_at({SIGABRT}, call);
}
#else
constexpr bool kSanitized = false;
void when_dying(void (*call)()) { call_at({SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}, call); }
#endif
#if defined(__OPTIMIZE__)
constexpr bool kOptimized = true;
#else
constexpr bool kOptimized = false;
#endif

constexpr std::uint64_t kSeeds = kOptimized && !kSanitized ? 100'000 : 3'000;
constexpr std::uint64_t kSlices = 8;  // tests that can run beside each other

std::uint64_t running_seed = 0;

// Nothing here but what a signal handler may do.
void tell_seed() {
    std::array<char, 64> text{"seed "};
    char* end = std::to_chars(text.data() + 5, text.data() + text.size() - 1, running_seed).ptr;
    *end++ = '\n';
    const auto written = ::write(STDERR_FILENO, text.data(), static_cast<std::size_t>(end - text.data()));
    static_cast<void>(written);
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Runs the seed twice. False when a rule was broken.
bool check_seed(std::uint64_t seed) {
    running_seed = seed;
    const Result first = run_program(seed);
    EXPECT_EQ(first.failure, "") << "seed " << seed << "; run it alone, with its trace: TRAWL_SEED=" << seed
                                 << " test_schedules";
    if (!first.failure.empty()) return false;
    const Result again = run_program(seed);
    EXPECT_EQ(again.trace, first.trace) << "seed " << seed << " did two different things";
    return again.trace == first.trace;
}

class Schedules : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Schedules, KeepEveryRule) {
    when_dying(tell_seed);
    if (std::getenv("TRAWL_SEED") != nullptr) GTEST_SKIP() << "one seed alone is asked for";
    const std::uint64_t seeds = number_from("TRAWL_SEEDS", kSeeds);
    const std::uint64_t end = seeds * (GetParam() + 1) / kSlices;
    std::uint64_t seed = seeds * GetParam() / kSlices;
    while (seed < end && check_seed(seed)) ++seed;
    EXPECT_EQ(seed, end);
}

INSTANTIATE_TEST_SUITE_P(Of, Schedules, testing::Range<std::uint64_t>(0, kSlices));

TEST(Schedule, OfASeedIsPrintedAndKeepsEveryRule) {
    when_dying(tell_seed);
    const bool asked = std::getenv("TRAWL_SEED") != nullptr;
    running_seed = number_from("TRAWL_SEED", 0);
    const Result result = run_program(running_seed, asked);
    EXPECT_EQ(result.failure, "") << "seed " << running_seed;
    EXPECT_NE(result.trace, run_program(running_seed + 1).trace) << "other seeds are other programs";
}

}  // namespace
}  // namespace trawl::schedules
