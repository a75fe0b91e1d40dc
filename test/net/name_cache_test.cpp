#include "name_cache.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace trawl::net {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{100h};

std::shared_ptr<NameAnswer> found(std::chrono::seconds ttl) {
    auto answer = std::make_shared<NameAnswer>();
    answer->addresses.emplace_back();
    answer->ttl = ttl;
    answer->may_be_kept = true;
    return answer;
}

std::shared_ptr<NameAnswer> absent(std::chrono::seconds ttl) {
    auto answer = found(ttl);
    answer->addresses.clear();
    return answer;
}

TEST(NameCache, KeepsAnAnswerForItsTtlWithinASecondAndAMinute) {
    struct Case {
        std::chrono::seconds ttl, kept;
    };
    for (const Case& c :
         {Case{0s, 1s}, Case{1s, 1s}, Case{2s, 2s}, Case{60s, 60s}, Case{61s, 60s}, Case{86400s, 60s}}) {
        NameCache cache;
        cache.keep("a.example", found(c.ttl), kStart);
        EXPECT_NE(cache.find("a.example", kStart + c.kept - 1ns), nullptr) << c.ttl.count();
        EXPECT_EQ(cache.find("a.example", kStart + c.kept), nullptr) << c.ttl.count();
        EXPECT_EQ(cache.size(), 0U);
    }
}

TEST(NameCache, KeepsAnAbsenceForTenSecondsAtMost) {
    EXPECT_EQ(NameCache::time_of(*absent(0s)), 1s);
    EXPECT_EQ(NameCache::time_of(*absent(5s)), 5s);
    EXPECT_EQ(NameCache::time_of(*absent(3600s)), 10s);
}

TEST(NameCache, KeepsNothingThatIsNoServersWord) {
    NameCache cache;
    auto failed = absent(5s);
    failed->may_be_kept = false;
    cache.keep("a.example", failed, kStart);
    EXPECT_EQ(cache.find("a.example", kStart), nullptr);
}

TEST(NameCache, TakesTheNewerAnswer) {
    NameCache cache;
    cache.keep("a.example", found(50s), kStart);
    const auto newer = found(2s);
    cache.keep("a.example", newer, kStart + 1s);
    EXPECT_EQ(cache.find("a.example", kStart + 2s), newer);
    EXPECT_EQ(cache.find("a.example", kStart + 3s), nullptr);
}

TEST(NameCache, DropsWhatWouldEndFirstWhenItIsFull) {
    NameCache cache(2);
    cache.keep("long.example", found(60s), kStart);
    cache.keep("short.example", found(5s), kStart);
    cache.keep("new.example", found(30s), kStart);
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_EQ(cache.find("short.example", kStart), nullptr);
    EXPECT_NE(cache.find("long.example", kStart), nullptr);
    EXPECT_NE(cache.find("new.example", kStart), nullptr);
}

TEST(NameCache, NeverHoldsMoreThanItsBound) {
    NameCache cache;
    for (std::size_t i = 0; i < NameCache::kNamesMax + 100; ++i) cache.keep(std::to_string(i), found(60s), kStart);
    EXPECT_EQ(cache.size(), NameCache::kNamesMax);
    cache.clear();
    EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace trawl::net
