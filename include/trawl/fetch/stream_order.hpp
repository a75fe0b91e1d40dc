/// StreamOrder: streams of pages side by side that share a ByteBudget, each read by somebody who waits for no other of
/// them. The oldest is never kept waiting for memory: so one of them always goes on, and the rest wait for room.
///
/// Must outlive its streams.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>

namespace trawl {

class StreamOrder {
public:
    /// The stream's number, until it leaves.
    std::uint64_t join() {
        streams_.insert(streams_.end(), next_);
        return next_++;
    }
    void leave(std::uint64_t number) noexcept { streams_.erase(number); }
    [[nodiscard]] bool is_oldest(std::uint64_t number) const noexcept {
        return !streams_.empty() && *streams_.begin() == number;
    }

    /// Bytes that the next body is taken to have: as many as the largest had. It is forgotten by and by, since one
    /// large page among many small ones would else let them come only one at a time.
    [[nodiscard]] std::size_t page_bytes() const noexcept { return page_bytes_; }
    /// A body of so many bytes has come.
    void learn(std::size_t page_bytes) noexcept {
        constexpr std::size_t kForgotten = 32;  // a part of that: half of it is forgotten in 22 pages
        page_bytes_ = std::max(page_bytes_ - page_bytes_ / kForgotten, page_bytes);
    }
    /// One is coming.
    void expect(std::size_t page_bytes) noexcept { page_bytes_ = std::max(page_bytes_, page_bytes); }

private:
    std::set<std::uint64_t> streams_;
    std::uint64_t next_ = 0;
    std::size_t page_bytes_ = 0;
};

}  // namespace trawl
