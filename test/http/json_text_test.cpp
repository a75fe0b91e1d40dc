#include "trawl/http/json_text.hpp"

#include <gtest/gtest.h>

namespace trawl {
namespace {

TEST(LoneSurrogate, IsFoundWhereItsOtherHalfIsMissing) {
    constexpr auto nowhere = std::string_view::npos;
    EXPECT_EQ(find_lone_surrogate(R"({"a":"\ud800"})"), 6U);
    EXPECT_EQ(find_lone_surrogate(R"({"a":"\uDBFF\n"})"), 6U);
    EXPECT_EQ(find_lone_surrogate(R"({"a":"\udc00"})"), 6U);
    EXPECT_EQ(find_lone_surrogate(R"("\ud83d\ude00\ud83dx")"), 13U);
    EXPECT_EQ(find_lone_surrogate(R"("\ud83d\ud83d\ude00")"), 1U);
    EXPECT_EQ(find_lone_surrogate(R"("\ud83d\uDE00 \u00e9 \ud7ff \ue000")"), nowhere);
    EXPECT_EQ(find_lone_surrogate(R"("\\ud800")"), nowhere);  // a backslash, and letters
    EXPECT_EQ(find_lone_surrogate(R"({"a":1})"), nowhere);
}

}  // namespace
}  // namespace trawl
