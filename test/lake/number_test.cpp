#include "number.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace trawl::lake {
namespace {

TEST(NumberKind, KnowsTheLimits) {
    const std::pair<std::string, Kind> table[] = {{"0", Kind::int53},
                                                  {"-1", Kind::int53},
                                                  {"9007199254740992", Kind::int53},
                                                  {"9007199254740993", Kind::int64},
                                                  {"9223372036854775807", Kind::int64},
                                                  {"9223372036854775808", Kind::decimal},
                                                  {"-9223372036854775808", Kind::int64},
                                                  {"-9223372036854775809", Kind::decimal},
                                                  {"-99999999999999999999999999999999999999", Kind::decimal},
                                                  {"-100000000000000000000000000000000000000", Kind::json},
                                                  {"-0", Kind::real},
                                                  {"-0.0", Kind::real},
                                                  {"1e22", Kind::real},
                                                  {"1e23", Kind::real},
                                                  {"1E+308", Kind::real},
                                                  {"1E309", Kind::json},
                                                  {"2.2250738585072014e-308", Kind::real},
                                                  {"4.9e-324", Kind::real},
                                                  {"1e99999999999999999999", Kind::json},
                                                  {"0e99999999999999999999", Kind::real},
                                                  {"0.1000000000000000055511151231257827", Kind::real},
                                                  {"0.1000000000000000055511151231257828", Kind::json},
                                                  {"3.14159265358979323846", Kind::json}};
    for (const auto& [text, kind] : table) EXPECT_EQ(to_string(number_kind(text)), to_string(kind)) << text;
}

TEST(ParseWhole, CoversThirtyEightDigitsAndTheSign) {
    const Int128 minus_one = parse_whole("-1");
    EXPECT_EQ(minus_one.upper, -1);
    EXPECT_EQ(minus_one.lower, ~std::uint64_t{0});
    const Int128 two_to_64 = parse_whole("18446744073709551616");
    EXPECT_EQ(two_to_64.upper, 1);
    EXPECT_EQ(two_to_64.lower, 0U);
}

}  // namespace
}  // namespace trawl::lake
