#include "trawl/http/http_date.hpp"

#include <gtest/gtest.h>

namespace trawl {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

const system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h;

TEST(HttpDate, HasThreeFormats) {
    const auto expected = system_clock::from_time_t(784'111'777);  // the moment of RFC 9110's examples
    for (const char* text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
        EXPECT_EQ(parse_http_date(text, now), expected) << text;
    EXPECT_EQ(parse_http_date("Sun Nov 16 08:49:37 1994", now), expected + 240h);
}

TEST(HttpDate, TwoDigitYearsAreAtMostFiftyYearsAhead) {
    const auto year_of = [](const char* text) {
        return static_cast<int>(
            std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*parse_http_date(text, now))).year());
    };
    EXPECT_EQ(year_of("Sunday, 06-Nov-76 08:49:37 GMT"), 2076);
    EXPECT_EQ(year_of("Sunday, 06-Nov-77 08:49:37 GMT"), 1977);
}

TEST(HttpDate, RefusesAllElse) {
    for (const char* text :
         {"", ",", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
          "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT!",
          "Sun, 06 Nov 9999 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "2026-11-21T12:00:00Z", "1.5", "-3"})
        EXPECT_EQ(parse_http_date(text, now), std::nullopt) << text;
}

TEST(HttpDate, IsWrittenInTheFirst) {
    EXPECT_EQ(format_http_date(std::chrono::sys_seconds(784'111'777s)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(format_http_date(std::chrono::sys_seconds(0s)), "Thu, 01 Jan 1970 00:00:00 GMT");
    for (std::chrono::seconds moment = 0s; moment < 2'000'000'000s; moment += 86'399'999s) {
        const std::chrono::sys_seconds expected(moment);
        EXPECT_EQ(parse_http_date(format_http_date(expected), now), expected) << moment.count();
    }
}

}  // namespace
}  // namespace trawl
