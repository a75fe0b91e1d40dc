/// Memory for coroutine frames: free lists of size classes, one set per thread.
///
/// A frame that ends is the next frame of its size. What a thread leaves behind when it ends goes to the threads that
/// come after it; none of it is returned to the system, so that the memory taken is that of the most frames ever alive
/// at once. Under a sanitizer every frame is an allocation of its own, so that it sees their ends.
#pragma once

#include <cstddef>

namespace trawl::coro {

/// At least `size` bytes, aligned for anything that is not over-aligned. Throws std::bad_alloc.
[[nodiscard]] void* allocate_frame(std::size_t size);
/// Gives back what allocate_frame(size) gave; on any thread.
void free_frame(void* frame, std::size_t size) noexcept;

/// Bytes that the frame allocator has taken for frames of up to 1 KiB, on this thread, since it began.
[[nodiscard]] std::size_t frame_bytes_taken() noexcept;

}  // namespace trawl::coro
