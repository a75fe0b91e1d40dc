#include "trawl/base/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace trawl {
namespace {

constexpr std::array<std::string_view, 3> kKnown{"page_number", "offset", "cursor"};

TEST(DidYouMean, NamesTheNearest) {
    EXPECT_EQ(did_you_mean("page_numbr", kKnown), "; did you mean 'page_number'?");
    EXPECT_EQ(did_you_mean("ofset", kKnown), "; did you mean 'offset'?");
    EXPECT_EQ(did_you_mean("CURSOR", kKnown), "");
    EXPECT_EQ(did_you_mean("something_else", kKnown), "");
    EXPECT_EQ(did_you_mean("", kKnown), "");
    constexpr std::array<std::string_view, 2> methods{"GET", "POST"};
    EXPECT_EQ(did_you_mean("PUT", methods), "");
    EXPECT_EQ(did_you_mean("GTE", methods), "; did you mean 'GET'?");
    EXPECT_EQ(did_you_mean("POT", methods), "; did you mean 'POST'?");
}

}  // namespace
}  // namespace trawl
