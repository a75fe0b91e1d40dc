#include "seen_tokens.hpp"

#include <gtest/gtest.h>

#include <string>

namespace trawl::fetch {
namespace {

std::uint64_t token(std::uint64_t page) { return std::hash<std::string>{}("cursor " + std::to_string(page)); }

/// How many tokens it takes to notice a circle of `length` that begins behind `before` others.
std::uint64_t noticed_after(std::uint64_t before, std::uint64_t length) {
    SeenTokens seen;
    for (std::uint64_t page = 0; page < before; ++page) EXPECT_TRUE(seen.add(token(page)));
    for (std::uint64_t more = 0; more < 10 * (before + length); ++more)
        if (!seen.add(token(before + more % length))) return more;
    return 0;
}

TEST(SeenTokens, ACircleIsNoticedAtItsFirstTokenAsLongAsAllAreKnown) {
    for (const std::uint64_t length : {1U, 2U, 60U, 2000U}) {
        EXPECT_EQ(noticed_after(0, length), length);
        EXPECT_EQ(noticed_after(50'000, length), length);
    }
}

TEST(SeenTokens, ASmallCircleIsNoticedAtOnceAlsoFarOut) {
    for (const std::uint64_t length : {1U, 2U, 60U}) EXPECT_EQ(noticed_after(200'000, length), length);
}

TEST(SeenTokens, ALargeCircleIsNoticedBeforeItHasBeenGoneRoundTwice) {
    for (const std::uint64_t length : {500U, 5'000U, 70'000U}) {
        const std::uint64_t noticed = noticed_after(150'000, length);
        EXPECT_GE(noticed, length);
        EXPECT_LT(noticed, 2 * length);
    }
}

TEST(SeenTokens, AMillionTokensAreAllNewAndTakeBoundedMemory) {
    SeenTokens seen;
    for (std::uint64_t page = 0; page < 1'000'000; ++page) ASSERT_TRUE(seen.add(token(page)));
    EXPECT_LE(seen.bytes(), 1'400'000U);
}

}  // namespace
}  // namespace trawl::fetch
