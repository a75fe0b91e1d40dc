#include "faults.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace trawl::origin {
namespace {

FaultSettings shares(std::vector<std::pair<Fault, double>> given) {
    FaultSettings settings;
    for (const auto& [fault, share] : given) settings.shares[static_cast<std::size_t>(fault)] = share;
    return settings;
}

std::vector<int> fates(const FaultSettings& settings, std::uint64_t seed, std::vector<std::uint64_t> pages) {
    Faults faults(settings, seed);
    std::vector<int> found;
    for (std::uint64_t page : pages) found.push_back(static_cast<int>(faults.decide(page).fault));
    return found;
}

TEST(Faults, AreAsFrequentAsSet) {
    const FaultSettings settings = shares({{Fault::error, 0.1}, {Fault::reset, 0.01}, {Fault::stall, 0.3}});
    Faults faults(settings, 1);
    std::map<Fault, int> count;
    constexpr int kPages = 100'000;
    for (int page = 0; page < kPages; ++page) ++count[faults.decide(static_cast<std::uint64_t>(page)).fault];
    // Five standard deviations; the seed is fixed, so this does not come and go.
    EXPECT_NEAR(count[Fault::error], 10'000, 475);
    EXPECT_NEAR(count[Fault::reset], 1'000, 158);
    EXPECT_NEAR(count[Fault::stall], 30'000, 725);
    EXPECT_EQ(count.size(), 4U);
}

TEST(Faults, AFateDependsOnThePageAndNotOnTheOrder) {
    const FaultSettings settings = shares({{Fault::error, 0.5}});
    const auto forward = fates(settings, 1, {1, 2, 3, 4, 5, 6, 7, 8});
    auto backward = fates(settings, 1, {8, 7, 6, 5, 4, 3, 2, 1});
    std::reverse(backward.begin(), backward.end());
    EXPECT_EQ(forward, backward);
    EXPECT_NE(forward, fates(settings, 2, {1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(Faults, ARetryThrowsTheDiceAgain) {
    const FaultSettings settings = shares({{Fault::error, 0.5}});
    const auto again = fates(settings, 1, std::vector<std::uint64_t>(64, 7));
    const auto failed = std::count(again.begin(), again.end(), static_cast<int>(Fault::error));
    EXPECT_GT(failed, 16);
    EXPECT_LT(failed, 48);
}

TEST(Faults, NoneAndAllAreExact) {
    const FaultSettings none;
    const FaultSettings all = shares({{Fault::reset, 1}});
    Faults never(none, 1);
    Faults always(all, 1);
    for (std::uint64_t page = 0; page < 1000; ++page) {
        EXPECT_EQ(never.decide(page).fault, Fault::none);
        const Fate fate = always.decide(page);
        EXPECT_EQ(fate.fault, Fault::reset);
        EXPECT_GE(fate.place, 0);
        EXPECT_LT(fate.place, 1);
    }
}

TEST(Faults, NamedPagesAlwaysFailWithTheirStatus) {
    FaultSettings settings;
    settings.fail_pages = {{1, 500}, {7, 404}};
    const Faults faults(settings, 1);
    EXPECT_EQ(faults.failure(0), 500);
    EXPECT_EQ(faults.failure(1), 0);
    EXPECT_EQ(faults.failure(6), 404);
}

}  // namespace
}  // namespace trawl::origin
