/// Memory for streams of HTTP/2, from the free lists of coroutines' frames: a stream takes some thirty small pieces,
/// and 64 of them at once more than the C library keeps at hand.
#pragma once

#include <cstddef>
#include <limits>
#include <new>

#include "trawl/coro/frame.hpp"

namespace trawl::http {

/// For nghttp2: as malloc(3) and its kin, with a last argument that is ignored. What comes from one of them goes back
/// by h2_free() or h2_realloc() alone.
[[nodiscard]] void* h2_malloc(std::size_t size, void* unused) noexcept;
void h2_free(void* memory, void* unused) noexcept;
[[nodiscard]] void* h2_calloc(std::size_t count, std::size_t size, void* unused) noexcept;
[[nodiscard]] void* h2_realloc(void* memory, std::size_t size, void* unused) noexcept;

/// The same for the nodes of a container.
template <class T>
struct H2Allocator {
    using value_type = T;
    static_assert(alignof(T) <= alignof(std::max_align_t));

    H2Allocator() = default;
    template <class Other>
    H2Allocator(const H2Allocator<Other>& /*other*/) noexcept {
    }  // NOLINT(google-explicit-constructor): as the standard asks

    [[nodiscard]] T* allocate(std::size_t count) {
        if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
        return static_cast<T*>(coro::allocate_frame(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) noexcept { coro::free_frame(memory, count * sizeof(T)); }
    bool operator==(const H2Allocator& /*other*/) const = default;
};

}  // namespace trawl::http
