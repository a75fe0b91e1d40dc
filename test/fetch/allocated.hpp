/// What the program has allocated and not given back, in bytes.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define TRAWL_COUNTED_BY_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRAWL_COUNTED_BY_SANITIZER
#endif
#endif

#ifdef TRAWL_COUNTED_BY_SANITIZER
#include <sanitizer/allocator_interface.h>
#else
#include <malloc.h>
#endif

namespace trawl::testing {

/// Without sanitizers those of the main thread: the others have arenas of their own.
inline std::size_t allocated_bytes() {
#ifdef TRAWL_COUNTED_BY_SANITIZER
    return __sanitizer_get_current_allocated_bytes();
#else
    const struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
#endif
}

}  // namespace trawl::testing
