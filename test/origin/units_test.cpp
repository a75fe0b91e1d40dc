#include "units.hpp"

#include <gtest/gtest.h>

#include "trawl/base/error.hpp"

namespace trawl::origin {
namespace {

using namespace std::chrono_literals;

TEST(Units, DurationsNeedAUnit) {
    EXPECT_EQ(parse_duration("50ms"), 50ms);
    EXPECT_EQ(parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_duration("200us"), 200us);
    EXPECT_EQ(parse_duration("2m"), 2min);
    EXPECT_EQ(parse_duration("0"), 0ms);
    for (const char* wrong : {"", "50", "ms", "-1s", "1 s", "1e3s", "1..5s", "nan", "5d", "99999999h"}) {
        EXPECT_THROW(parse_duration(wrong), UsageError) << wrong;
    }
}

TEST(Units, SharesNeedThePercentSign) {
    EXPECT_DOUBLE_EQ(parse_share("1%"), 0.01);
    EXPECT_DOUBLE_EQ(parse_share("0.5%"), 0.005);
    EXPECT_DOUBLE_EQ(parse_share("100%"), 1);
    for (const char* wrong : {"", "1", "0.01", "%", "101%", "-1%", "1%%"}) {
        EXPECT_THROW(parse_share(wrong), UsageError) << wrong;
    }
}

TEST(Units, ChangesOfCapacityAscend) {
    const auto changes = parse_vary("15s:20,25s:40");
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0], (std::pair<Duration, std::size_t>(15s, 20)));
    EXPECT_EQ(changes[1], (std::pair<Duration, std::size_t>(25s, 40)));
    for (const char* wrong : {"15s", "15s:", "15:20", "25s:1,15s:2", "15s:20,,"}) {
        EXPECT_THROW(parse_vary(wrong), UsageError) << wrong;
    }
}

TEST(Units, ALatencyNamesItsDataSet) {
    EXPECT_EQ(parse_latency_of("languages:120ms"), (std::pair<std::string, Duration>("languages", 120ms)));
    for (const char* wrong : {"languages", ":120ms", "languages:", "120ms"}) {
        EXPECT_THROW(parse_latency_of(wrong), UsageError) << wrong;
    }
}

TEST(Units, FailingPagesCountFromOneAndFail) {
    EXPECT_EQ(parse_fail_page("7:404"), (std::pair<std::size_t, int>(7, 404)));
    for (const char* wrong : {"7", "0:404", "7:200", "7:", ":404", "7:600"}) {
        EXPECT_THROW(parse_fail_page(wrong), UsageError) << wrong;
    }
}

TEST(Units, CountsAreDigitsOnly) {
    EXPECT_EQ(parse_count("65535", 65535), 65535U);
    for (const char* wrong : {"", "-1", "+1", " 1", "1.0", "65536", "99999999999999999999"}) {
        EXPECT_THROW(parse_count(wrong, 65535), UsageError) << wrong;
    }
}

TEST(Units, CommasStandBetweenThousands) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(5127), "5,127");
    EXPECT_EQ(with_commas(1234567), "1,234,567");
}

}  // namespace
}  // namespace trawl::origin
