#include "trawl/coro/frame.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace trawl::coro {
namespace {

TEST(Frame, FitsWhateverSizeIsAskedFor) {
    std::vector<std::pair<void*, std::size_t>> frames;
    for (std::size_t size = 1; size < 3000; size += 7) {
        void* frame = allocate_frame(size);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame) % 16, 0U);
        std::memset(frame, 0xAB, size);
        frames.emplace_back(frame, size);
    }
    for (const auto& [frame, size] : frames) free_frame(frame, size);
}

// A generator that one thread makes and another destroys.
TEST(FrameThread, FramesThatChangeThreadsAreUsedAgain) {
    constexpr std::size_t kSize = 128;
    constexpr int kRounds = 200;
    constexpr int kAtOnce = 10'000;
    std::size_t after_warming = 0;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<void*> frames;
        for (int i = 0; i < kAtOnce; ++i) frames.push_back(allocate_frame(kSize));
        std::thread([&] {
            for (void* frame : frames) free_frame(frame, kSize);
        }).join();
        if (round == 10) after_warming = frame_bytes_taken();
    }
    EXPECT_EQ(frame_bytes_taken(), after_warming);
}

}  // namespace
}  // namespace trawl::coro
