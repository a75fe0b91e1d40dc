#include "trawl/coro/frame.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <utility>

namespace trawl::coro {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#elif defined(__has_feature)
constexpr bool kPooled = !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
constexpr bool kPooled = true;
#endif

// 16 bytes are what operator new aligns to on every platform we build for; larger frames are rare, and slow for other
// reasons.
constexpr std::size_t kGranule = 16;
constexpr std::size_t kPooledMax = 2048;
constexpr std::size_t kClasses = kPooledMax / kGranule + 1;
// Chunks grow with what was taken: a program with few tasks takes little, one with millions asks rarely.
constexpr std::size_t kChunkMin = 16 * 1024;
constexpr std::size_t kChunkMax = 1024 * 1024;

struct FreeFrame {
    FreeFrame* next;
};

/// Free frames of one size. `last` is meaningful while there are any.
struct FreeList {
    FreeFrame* first = nullptr;
    FreeFrame* last = nullptr;

    void push(FreeFrame* frame) noexcept {
        if (first == nullptr) last = frame;
        frame->next = std::exchange(first, frame);
    }
    FreeFrame* pop() noexcept { return std::exchange(first, first->next); }
    void append(FreeList& other) noexcept {
        if (other.first == nullptr) return;
        other.last->next = first;
        if (first == nullptr) last = other.last;
        first = std::exchange(other.first, nullptr);
    }
};

// Trivial to destroy, so that reaching it costs no check, and works until the thread's very end.
struct Pool {
    std::array<FreeList, kClasses> free{};
    std::array<int, kClasses> surplus{};  // how many more were freed here than allocated, since the last look
    char* bump = nullptr;
    char* end = nullptr;
    std::size_t taken = 0;
    bool is_handed_over_at_the_end = false;
};
constinit thread_local Pool pool;

// What threads have too many of, and what those that ended left.
std::mutex depot_mutex;
constinit std::array<FreeList, kClasses> depot{};

// Frames that are made on one thread and destroyed on another go back by way of the depot.
constexpr int kSurplusMax = 8192;

[[gnu::noinline]] void hand_over(std::size_t size_class) noexcept {
    pool.surplus[size_class] = 0;
    std::scoped_lock lock(depot_mutex);
    depot[size_class].append(pool.free[size_class]);
}

struct HandOverAtThreadEnd {
    ~HandOverAtThreadEnd() {
        for (std::size_t i = 0; i < kClasses; ++i) hand_over(i);
    }
};

[[gnu::noinline]] void hand_over_at_the_end() {
    thread_local HandOverAtThreadEnd at_thread_end;
    static_cast<void>(at_thread_end);
    pool.is_handed_over_at_the_end = true;
}

bool take_from_depot(std::size_t size_class) {
    std::scoped_lock lock(depot_mutex);
    pool.free[size_class].append(depot[size_class]);
    return pool.free[size_class].first != nullptr;
}

void new_chunk() {
    const std::size_t size = std::clamp(pool.taken, kChunkMin, kChunkMax);
    pool.bump = static_cast<char*>(::operator new(size));
    pool.end = pool.bump + size;
    pool.taken += size;
}

// The slow way: no frame of this class is free on this thread.
[[gnu::noinline]] void* carve(std::size_t size_class) {
    pool.surplus[size_class] = 0;
    if (take_from_depot(size_class)) return pool.free[size_class].pop();
    const std::size_t size = size_class * kGranule;
    if (static_cast<std::size_t>(pool.end - pool.bump) < size) new_chunk();
    return std::exchange(pool.bump, pool.bump + size);
}

}  // namespace

void* allocate_frame(std::size_t size) {
    if (!kPooled || size > kPooledMax) return ::operator new(size);
    const std::size_t size_class = (size + kGranule - 1) / kGranule;
    if (pool.free[size_class].first == nullptr) return carve(size_class);
    --pool.surplus[size_class];
    return pool.free[size_class].pop();
}

void free_frame(void* frame, std::size_t size) noexcept {
    if (!kPooled || size > kPooledMax) {
        ::operator delete(frame, size);
        return;
    }
    const std::size_t size_class = (size + kGranule - 1) / kGranule;
    if (!pool.is_handed_over_at_the_end) [[unlikely]]
        hand_over_at_the_end();
    pool.free[size_class].push(::new (frame) FreeFrame{});
    if (++pool.surplus[size_class] > kSurplusMax) [[unlikely]]
        hand_over(size_class);
}

std::size_t frame_bytes_taken() noexcept { return pool.taken; }

}  // namespace trawl::coro
