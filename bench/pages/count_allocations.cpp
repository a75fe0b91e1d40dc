// Replaces operator new and delete by malloc and free with a counter; only for programs that measure.
//
// All forms are replaced together, so that none is paired with the library's own. Array and nothrow forms call these.
#include "count_allocations.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<bool> counting = false;
std::atomic<std::uint64_t> allocations = 0;
std::atomic<std::uint64_t> bytes = 0;

void* counted(void* memory, std::size_t size) {
    if (memory == nullptr) throw std::bad_alloc();
    if (counting.load(std::memory_order_relaxed)) {
        allocations.fetch_add(1, std::memory_order_relaxed);
        bytes.fetch_add(size, std::memory_order_relaxed);
    }
    return memory;
}

}  // namespace

namespace bench {

void start_counting_allocations() { counting = true; }

std::uint64_t allocations_counted() { return allocations; }

std::uint64_t bytes_counted() { return bytes; }

}  // namespace bench

void* operator new(std::size_t size) { return counted(std::malloc(std::max<std::size_t>(size, 1)), size); }

void* operator new(std::size_t size, std::align_val_t alignment) {
    const auto align = static_cast<std::size_t>(alignment);
    // aligned_alloc wants a multiple of the alignment.
    return counted(std::aligned_alloc(align, (std::max<std::size_t>(size, 1) + align - 1) / align * align), size);
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
