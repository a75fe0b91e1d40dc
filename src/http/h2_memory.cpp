#include "h2_memory.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "trawl/coro/frame.hpp"

namespace trawl::http {
namespace {

// Before each piece, and as large as what malloc(3) aligns to: the free lists want to know how much goes back.
struct alignas(std::max_align_t) Head {
    std::size_t size;  // with this head
};

Head* head_of(void* memory) noexcept { return static_cast<Head*>(memory) - 1; }

}  // namespace

void* h2_malloc(std::size_t size, void* /*unused*/) noexcept {
    if (size > std::numeric_limits<std::size_t>::max() - sizeof(Head)) return nullptr;
    try {
        const std::size_t whole = size + sizeof(Head);
        return ::new (coro::allocate_frame(whole)) Head{whole} + 1;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void h2_free(void* memory, void* /*unused*/) noexcept {
    if (memory != nullptr) coro::free_frame(head_of(memory), head_of(memory)->size);
}

void* h2_calloc(std::size_t count, std::size_t size, void* unused) noexcept {
    if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size) return nullptr;
    void* const memory = h2_malloc(count * size, unused);
    if (memory != nullptr) std::memset(memory, 0, count * size);
    return memory;
}

void* h2_realloc(void* memory, std::size_t size, void* unused) noexcept {
    if (memory == nullptr) return h2_malloc(size, unused);
    void* const moved = h2_malloc(size, unused);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, memory, std::min(size, head_of(memory)->size - sizeof(Head)));
    h2_free(memory, unused);
    return moved;
}

}  // namespace trawl::http
