// Buffers are counted, whoever holds them.
#include "trawl/loop/buffer.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <utility>

namespace trawl {
namespace {

TEST(Buffer, MoveAssignmentGivesBackWhatWasHeldBefore) {
    const std::size_t before = Buffer::leased();
    Buffer first = Buffer::lease();
    Buffer second = Buffer::lease();
    first = std::move(second);
    EXPECT_EQ(Buffer::leased(), before + 1);
    EXPECT_NE(first.data(), nullptr);
    EXPECT_EQ(second.data(), nullptr);
}

TEST(Buffer, DestroyedOnAnotherThreadIsLeasedNoMore) {
    const std::size_t before = Buffer::leased();
    Buffer buffer = Buffer::lease();
    std::size_t there = 0;
    std::thread([&] {
        buffer = Buffer();
        there = Buffer::leased();
    }).join();
    EXPECT_EQ(there, before);
    EXPECT_EQ(Buffer::leased(), before);
}

}  // namespace
}  // namespace trawl
