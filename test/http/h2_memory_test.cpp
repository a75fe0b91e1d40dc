/// Memory for a C library: what malloc(3) and its kin promise.
#include "h2_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace trawl::http {
namespace {

constexpr std::array<std::size_t, 7> kSizes = {0, 1, 15, 16, 2032, 2033, 100'000};

TEST(H2Memory, PiecesAreAlignedAndApart) {
    std::vector<void*> pieces;
    for (const std::size_t size : kSizes) {
        pieces.push_back(h2_malloc(size, nullptr));
        ASSERT_NE(pieces.back(), nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pieces.back()) % alignof(std::max_align_t), 0U);
        std::memset(pieces.back(), static_cast<int>(pieces.size()), size);
    }
    for (std::size_t i = 0; i < kSizes.size(); ++i) {
        const std::string expected(kSizes[i], static_cast<char>(i + 1));
        EXPECT_EQ(std::memcmp(pieces[i], expected.data(), kSizes[i]), 0);
        h2_free(pieces[i], nullptr);
    }
    h2_free(nullptr, nullptr);
}

TEST(H2Memory, CallocGivesZerosAlsoWhereSomethingElseWas) {
    for (const std::size_t size : kSizes) {
        void* const dirty = h2_malloc(size, nullptr);
        std::memset(dirty, 0xff, size);
        h2_free(dirty, nullptr);
        void* const clean = h2_calloc(size, 1, nullptr);
        EXPECT_EQ(std::memcmp(clean, std::string(size, '\0').data(), size), 0);
        h2_free(clean, nullptr);
    }
    EXPECT_EQ(h2_calloc(std::numeric_limits<std::size_t>::max(), 2, nullptr), nullptr);
    EXPECT_EQ(h2_malloc(std::numeric_limits<std::size_t>::max(), nullptr), nullptr);
}

TEST(H2Memory, ReallocKeepsWhatFits) {
    void* memory = h2_realloc(nullptr, 3, nullptr);
    std::memcpy(memory, "abc", 3);
    memory = h2_realloc(memory, 100'000, nullptr);
    EXPECT_EQ(std::memcmp(memory, "abc", 3), 0);
    memory = h2_realloc(memory, 2, nullptr);
    EXPECT_EQ(std::memcmp(memory, "ab", 2), 0);
    h2_free(memory, nullptr);
}

}  // namespace
}  // namespace trawl::http
