#include "trawl/loop/buffer.hpp"

#include <vector>

namespace trawl {
namespace {

// Enough for a busy tick of a thousand connections; what more was needed at once goes back to the heap.
constexpr std::size_t kPooledMax = 1024;

class Pool {
public:
    Pool() { free_.reserve(kPooledMax); }
    [[nodiscard]] std::size_t leased() const noexcept { return leased_; }
    char* take() {
        ++leased_;
        if (free_.empty()) return new char[Buffer::kCapacity];
        char* data = free_.back().release();
        free_.pop_back();
        return data;
    }
    void give_back(char* data) noexcept {
        std::unique_ptr<char[]> owned(data);
        --leased_;
        if (free_.size() < kPooledMax) free_.push_back(std::move(owned));
    }

private:
    std::vector<std::unique_ptr<char[]>> free_;
    std::size_t leased_ = 0;
};

Pool& pool() {
    thread_local Pool pool;
    return pool;
}

}  // namespace

Buffer Buffer::lease() { return Buffer(pool().take()); }

std::size_t Buffer::leased() noexcept { return pool().leased(); }

void Buffer::give_back(char* data) noexcept { pool().give_back(data); }

}  // namespace trawl
