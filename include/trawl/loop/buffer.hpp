/// Buffer: received bytes, leased from the thread's pool and returned to it when the object is destroyed.
///
/// The kernel writes into buffers that belong to the loop, never into a coroutine's frame, so that a frame can be
/// destroyed at any time. Receiving hands the buffer over without a copy.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace trawl {

class Buffer {
public:
    /// One receive fills at most this much: four pages of 7 KB, and half the usual L1 cache.
    static constexpr std::size_t kCapacity = 32 * 1024;

    Buffer() = default;
    Buffer(Buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    /// Gives back what it held before.
    Buffer& operator=(Buffer&& other) noexcept {
        if (this == &other) return *this;
        if (data_ != nullptr) give_back(data_);
        data_ = std::exchange(other.data_, nullptr);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~Buffer() {
        if (data_ != nullptr) give_back(data_);
    }

    /// A buffer of kCapacity bytes, size() 0.
    static Buffer lease();
    /// How many are leased now, by all threads: those of a loop that waits for bytes included. One that is destroyed on
    /// another thread goes to that one's pool.
    [[nodiscard]] static std::size_t leased() noexcept;

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] char* data() noexcept { return data_; }
    [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }
    /// Requires: size <= kCapacity, and the buffer was leased.
    void resize(std::size_t size) noexcept { size_ = size; }

private:
    explicit Buffer(char* data) noexcept : data_(data) {}
    static void give_back(char* data) noexcept;

    char* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace trawl
