#include "trawl/base/iso_time.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace trawl {
namespace {

TEST(IsoTime, ReadsWhatSourcesWrite) {
    const std::pair<const char*, const char*> table[] = {{"2024-02-29", "2024-02-29T00:00:00Z"},
                                                         {"2024-02-29T13:45", "2024-02-29T13:45:00Z"},
                                                         {"2024-02-29 13:45:07Z", "2024-02-29T13:45:07Z"},
                                                         {"2024-02-29T13:45:07.123+02:00", "2024-02-29T11:45:07Z"},
                                                         {"2024-02-29t13:45:07-0530", "2024-02-29T19:15:07Z"},
                                                         {"2024-12-31T23:59:60Z", "2025-01-01T00:00:00Z"},
                                                         {"1969-12-31T23:59:59z", "1969-12-31T23:59:59Z"},
                                                         {"2024-02-29T13:45:07+02", "2024-02-29T11:45:07Z"}};
    for (const auto& [text, moment] : table) {
        const auto time = parse_iso_time(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(format_iso_time(time->seconds), moment) << text;
    }
    for (const char* bad :
         {"", "2024", "2024-02", "2023-02-29", "2024-13-01", "2024-00-01", "2024-02-29T", "2024-02-29T24:00",
          "2024-02-29T13", "2024-02-29T13:45:07.", "2024-02-29T13:45:07+", "2024-02-29T13:45Zx", "24-02-29", "2024-2-9",
          "20240229", "2024-02-29T13:45:07+25:00", "yesterday"})
        EXPECT_FALSE(parse_iso_time(bad)) << bad;
}

}  // namespace
}  // namespace trawl
