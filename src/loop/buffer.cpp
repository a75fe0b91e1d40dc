#include "trawl/loop/buffer.hpp"

#include <atomic>
#include <vector>

namespace trawl {
namespace {

// Enough for a busy tick of a thousand connections; what more was needed at once goes back to the heap.
constexpr std::size_t kPooledMax = 1024;

// Of all threads: a buffer may be handed from one to another. Nothing is ordered by it.
std::atomic<std::size_t> leased_now{0};

class Pool {
public:
    Pool() { free_.reserve(kPooledMax); }
    char* take() {
        leased_now.fetch_add(1, std::memory_order_relaxed);
        if (free_.empty()) return new char[Buffer::kCapacity];
        char* data = free_.back().release();
        free_.pop_back();
        return data;
    }
    void give_back(char* data) noexcept {
        std::unique_ptr<char[]> owned(data);
        leased_now.fetch_sub(1, std::memory_order_relaxed);
        if (free_.size() < kPooledMax) free_.push_back(std::move(owned));
    }

private:
    std::vector<std::unique_ptr<char[]>> free_;
};

Pool& pool() {
    thread_local Pool pool;
    return pool;
}

}  // namespace

Buffer Buffer::lease() { return Buffer(pool().take()); }

std::size_t Buffer::leased() noexcept { return leased_now.load(std::memory_order_relaxed); }

void Buffer::give_back(char* data) noexcept { pool().give_back(data); }

}  // namespace trawl
