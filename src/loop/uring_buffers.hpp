/// The ring of buffers from which the kernel takes one for each receive, so that none is bound to a connection that
/// waits (io_uring_register_buf_ring(3)).
///
/// Rules: they are leased from the thread's pool and replaced before each wait; one that was filled is handed on, and
/// goes back to the pool like any other. When the kernel finds none, there are twice as many from then on.
#pragma once

#include <liburing.h>

#include <cstdint>
#include <vector>

#include "trawl/loop/buffer.hpp"

namespace trawl::loop {

class UringBuffers {
public:
    static constexpr unsigned short kGroup = 0;

    /// Throws OsError.
    explicit UringBuffers(io_uring& ring);
    UringBuffers(const UringBuffers&) = delete;
    UringBuffers& operator=(const UringBuffers&) = delete;
    /// Requires: the kernel receives nothing any more.
    ~UringBuffers();

    /// Whether the kernel has any.
    [[nodiscard]] bool has_any() const noexcept { return count_ > 0; }
    /// Replaces what was taken.
    void top_up();
    /// The buffer `id`, which the kernel has filled with `size` bytes.
    Buffer take(unsigned short id, std::size_t size) noexcept;
    /// There were too few.
    void grow() noexcept;

private:
    // The kernel takes them in turn, the coldest first: eight are a quarter of a megabyte, which stays in the cache.
    // One connection of HTTP/2 needs no more, and where many connections bring something in one tick they grow to what
    // that takes in a few steps.
    static constexpr unsigned kCountFirst = 8;
    static constexpr unsigned kCountMax = 1024;

    io_uring& uring_;
    io_uring_buf_ring* ring_ = nullptr;
    std::vector<Buffer> lent_;         // by id
    std::vector<unsigned short> ids_;  // of those that the kernel does not have
    unsigned wanted_ = kCountFirst;
    unsigned count_ = 0;
    bool has_grown_ = false;  // since they were replaced last
};

}  // namespace trawl::loop
