#include "distinct_rows.hpp"

#include <gtest/gtest.h>

#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

DistinctRows of(std::uint64_t rows, std::uint64_t different) {
    DistinctRows counted;
    for (std::uint64_t i = 0; i < rows; ++i) counted.add(format("{{\"id\":{}}}\n", i % different));
    return counted;
}

TEST(DistinctRows, AreCountedExactlyWhileTheyAreFew) {
    EXPECT_EQ(DistinctRows().count(), 0U);
    EXPECT_EQ(of(950, 620).count(), 620U);
    EXPECT_EQ(of(65'536, 65'536).count(), 65'536U);
}

TEST(DistinctRows, AreEstimatedBeyondThat) {
    EXPECT_NEAR(static_cast<double>(of(600'000, 300'000).count()), 300'000, 0.02 * 300'000);
}

TEST(DistinctRows, ARowOrTwoThatMovedAreNotTooFew) {
    EXPECT_FALSE(of(950, 950).are_too_few(950));
    EXPECT_FALSE(of(950, 945).are_too_few(950));
    EXPECT_TRUE(of(950, 620).are_too_few(950));
    EXPECT_TRUE(of(950, 930).are_too_few(950));
    EXPECT_FALSE(of(300'000, 300'000).are_too_few(300'000));
    EXPECT_TRUE(of(300'000, 270'000).are_too_few(300'000));
}

}  // namespace
}  // namespace trawl::fetch
