#include "trawl/loop/buffer.hpp"

#include <vector>

namespace trawl {
namespace {

// Enough for a busy tick of a thousand connections; what more was needed at once goes back to the heap.
constexpr std::size_t kPooledMax = 1024;

class Pool {
public:
    Pool() { free_.reserve(kPooledMax); }
    char* take() {
        if (free_.empty()) return new char[Buffer::kCapacity];
        char* data = free_.back().release();
        free_.pop_back();
        return data;
    }
    void give_back(char* data) noexcept {
        std::unique_ptr<char[]> owned(data);
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

Buffer::~Buffer() {
    if (data_ != nullptr) pool().give_back(data_);
}

}  // namespace trawl
