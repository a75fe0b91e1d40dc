#include "load.hpp"

#include <gtest/gtest.h>

namespace trawl::origin {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint at(Duration since) { return TimePoint(Duration(1h) + since); }

ServiceSettings latency(Duration mean) {
    ServiceSettings settings;
    settings.latency = mean;
    return settings;
}

TEST(ServiceTime, IsTheLatencyUnlessSomethingElseIsSet) {
    const ServiceSettings settings = latency(50ms);
    ServiceTime time(settings, 1);
    EXPECT_EQ(time.next(0, 1, kUnlimited), 50ms);
    EXPECT_EQ(time.next(1'000'000, 1'000, 10), 50ms);
}

TEST(ServiceTime, MayBeThatOfADataSetAlone) {
    ServiceSettings settings = latency(20ms);
    settings.latency_of["languages"] = 120ms;
    ServiceTime time(settings, 1);
    EXPECT_EQ(time.next(0, 1, kUnlimited, "languages"), 120ms);
    EXPECT_EQ(time.next(0, 1, kUnlimited, "subdivisions"), 20ms);
}

TEST(ServiceTime, GrowsWithThePage) {
    ServiceSettings settings = latency(30ms);
    settings.deep = 1;
    ServiceTime time(settings, 1);
    EXPECT_EQ(time.next(0, 1, 40), 30ms);
    EXPECT_EQ(time.next(5'000, 1, 40), 45ms);
    EXPECT_EQ(time.next(10'000, 1, 40), 60ms);
}

TEST(ServiceTime, FallsOffTheCliffOnlyBeyondTheCapacity) {
    ServiceSettings settings = latency(10ms);
    settings.cliff = 2;
    ServiceTime time(settings, 1);
    EXPECT_EQ(time.next(0, 30, 30), 10ms);
    EXPECT_EQ(time.next(0, 60, 30), 40ms);
    EXPECT_EQ(time.next(0, 90, 30), 90ms);
    EXPECT_EQ(time.next(0, 1'000'000'000, 1), 1h) << "however steep, it ends";
}

TEST(ServiceTime, JitterKeepsTheMean) {
    for (Jitter jitter : {Jitter::even, Jitter::exp}) {
        ServiceSettings settings = latency(50ms);
        settings.jitter = jitter;
        ServiceTime time(settings, 1);
        Duration sum{0};
        Duration longest{0};
        for (int i = 0; i < 10'000; ++i) {
            const Duration one = time.next(0, 1, 1);
            sum += one;
            longest = std::max(longest, one);
        }
        EXPECT_NEAR(static_cast<double>((sum / 10'000).count()), 50e6, 2e6);
        EXPECT_EQ(longest < 55ms, jitter == Jitter::even);
    }
}

TEST(TokenBucket, LetsABurstInAndThenTheRate) {
    TokenBucket bucket(10, 3);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(bucket.take(at(0s)));
    EXPECT_EQ(bucket.take(at(0s)), Duration(100ms));
    EXPECT_EQ(bucket.take(at(50ms)), Duration(50ms));
    EXPECT_FALSE(bucket.take(at(100ms)));
    EXPECT_TRUE(bucket.take(at(100ms)));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(bucket.take(at(1h))) << "never more than the burst";
    EXPECT_TRUE(bucket.take(at(1h)));
}

TEST(TokenBucket, ARefusalCostsNoToken) {
    TokenBucket bucket(10, 1);
    EXPECT_FALSE(bucket.take(at(0ms)));
    for (int i = 1; i < 10; ++i) EXPECT_TRUE(bucket.take(at(i * 10ms))) << i;
    EXPECT_FALSE(bucket.take(at(101ms)));
}

}  // namespace
}  // namespace trawl::origin
