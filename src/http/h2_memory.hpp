/// Memory for a C library from the free lists of coroutines' frames: a stream of HTTP/2 takes some thirty small pieces,
/// and 64 of them at once more than the C library keeps at hand. As malloc(3) and its kin, with a last argument that is
/// ignored; what comes from one of them goes back by h2_free() or h2_realloc() alone.
#pragma once

#include <cstddef>

namespace trawl::http {

[[nodiscard]] void* h2_malloc(std::size_t size, void* unused) noexcept;
void h2_free(void* memory, void* unused) noexcept;
[[nodiscard]] void* h2_calloc(std::size_t count, std::size_t size, void* unused) noexcept;
[[nodiscard]] void* h2_realloc(void* memory, std::size_t size, void* unused) noexcept;

}  // namespace trawl::http
