#include "page_places.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace trawl::fetch {
namespace {

constexpr std::uint64_t places_max = PagePlaces::places_max;

/// Different for different pages, and as well mixed as hashes are (the end of SplitMix64).
std::uint64_t fingerprint_of(std::uint64_t page) {
    std::uint64_t bits = page * 0x9E3779B97F4A7C15U;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31);
}

/// As a retrieval of so many different pages leaves them.
PagePlaces after(std::uint64_t pages) {
    PagePlaces places;
    for (std::uint64_t page = 0; page < pages; ++page)
        if (places.is_kept(fingerprint_of(page))) places.add(fingerprint_of(page), page);
    return places;
}

/// Of those pages, how many are found; each where it was.
std::uint64_t found(PagePlaces& places, std::uint64_t pages) {
    std::uint64_t found = 0;
    for (std::uint64_t page = 0; page < pages; ++page) {
        if (!places.is_kept(fingerprint_of(page))) continue;
        const auto [index, is_new] = places.add(fingerprint_of(page), pages + page);
        EXPECT_EQ(std::pair(index, is_new), std::pair(page, false));
        ++found;
    }
    return found;
}

TEST(PagePlaces, EveryPageIsFoundUpToTheBound) {
    for (const std::uint64_t pages :
         {std::uint64_t{1}, std::uint64_t{9}, std::uint64_t{10}, std::uint64_t{1000}, places_max}) {
        PagePlaces places = after(pages);
        EXPECT_EQ(places.size(), pages);
        EXPECT_EQ(found(places, pages), pages);
    }
}

TEST(PagePlaces, ASampleIsFoundBeyondIt) {
    for (const std::uint64_t pages : {places_max + 1, 3 * places_max, 20 * places_max}) {
        PagePlaces places = after(pages);
        const std::uint64_t kept = places.size();
        EXPECT_GT(kept, places_max / 3);
        EXPECT_EQ(found(places, pages), kept);
        EXPECT_EQ(places.size(), kept);
    }
}

TEST(PagePlaces, MemoryIsBounded) {
    PagePlaces places;
    std::size_t bytes = 0;
    for (std::uint64_t page = 0; page < 1'000'000; ++page) {
        if (places.is_kept(fingerprint_of(page))) places.add(fingerprint_of(page), page);
        ASSERT_LE(places.size(), places_max);
        bytes = std::max(bytes, places.bytes());
    }
    EXPECT_LE(bytes, 1'310'720U);
    EXPECT_LE(after(10'000).bytes(), 10'000U * 48);
    EXPECT_LE(after(1).bytes(), 160U);
}

TEST(PagePlaces, PagesWhoseFingerprintsAreCloseAreToldApart) {
    PagePlaces places;
    for (std::uint64_t page = 0; page < 500; ++page) EXPECT_TRUE(places.add(~page, page).is_new);
    for (std::uint64_t page = 0; page < 500; ++page) EXPECT_EQ(places.add(~page, 1000).index, page);
}

TEST(PagePlaces, APageMovesForward) {
    PagePlaces places = after(100);
    places.move_forward(fingerprint_of(70), 5);
    EXPECT_EQ(places.add(fingerprint_of(70), 90).index, 5U);
    EXPECT_EQ(places.size(), 100U);
}

}  // namespace
}  // namespace trawl::fetch
