#include "rate_watch.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace trawl::http {
namespace {

using namespace std::chrono_literals;

TEST(RateWatch, JudgesWhatCameInAMinuteOfWaiting) {
    struct Case {
        std::uint64_t bytes_min, bytes_a_second;
        bool fast_enough;
    };
    for (const Case& c : {Case{1000, 1000, true}, Case{1000, 999, false}, Case{1000, 0, false}, Case{0, 0, true}}) {
        RateWatch watch(c.bytes_min, 60s);
        for (int second = 1; second < 60; ++second) EXPECT_TRUE(watch.is_fast_enough(1s, c.bytes_a_second)) << second;
        EXPECT_EQ(watch.is_fast_enough(1s, c.bytes_a_second), c.fast_enough) << c.bytes_a_second;
    }
}

TEST(RateWatch, EachMinuteCountsForItself) {
    RateWatch watch(1000, 60s);
    EXPECT_TRUE(watch.is_fast_enough(60s, 1'000'000));
    EXPECT_TRUE(watch.is_fast_enough(59s, 0));
    EXPECT_FALSE(watch.is_fast_enough(1s, 0));
}

}  // namespace
}  // namespace trawl::http
