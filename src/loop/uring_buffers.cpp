#include "uring_buffers.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "trawl/base/error.hpp"

namespace trawl::loop {
namespace {

std::size_t ring_bytes(unsigned count) noexcept { return count * sizeof(io_uring_buf); }

}  // namespace

UringBuffers::UringBuffers(io_uring& ring) : uring_(ring), lent_(kCountMax) {
    for (unsigned id = kCountMax; id > 0; --id) ids_.push_back(static_cast<unsigned short>(id - 1));
    void* memory = ::mmap(nullptr, ring_bytes(kCountMax), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    if (memory == MAP_FAILED) throw OsError(errno, "mmap a ring of buffers");
    ring_ = static_cast<io_uring_buf_ring*>(memory);
    ::io_uring_buf_ring_init(ring_);
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
    registration.ring_entries = kCountMax;
    registration.bgid = kGroup;
    const int result = ::io_uring_register_buf_ring(&uring_, &registration, 0);
    if (result == 0) return;
    ::munmap(memory, ring_bytes(kCountMax));
    throw OsError(-result, "register a ring of buffers");
}

UringBuffers::~UringBuffers() {
    ::io_uring_unregister_buf_ring(&uring_, kGroup);
    ::munmap(ring_, ring_bytes(kCountMax));
}

void UringBuffers::top_up() {
    has_grown_ = false;
    int added = 0;
    for (; count_ < wanted_; ++count_, ++added) {
        const unsigned short id = ids_.back();
        ids_.pop_back();
        Buffer& buffer = lent_[id] = Buffer::lease();
        ::io_uring_buf_ring_add(ring_, buffer.data(), Buffer::kCapacity, id, ::io_uring_buf_ring_mask(kCountMax),
                                added);
    }
    if (added > 0) ::io_uring_buf_ring_advance(ring_, added);
}

Buffer UringBuffers::take(unsigned short id, std::size_t size) noexcept {
    ids_.push_back(id);
    --count_;
    Buffer buffer = std::move(lent_[id]);
    buffer.resize(size);
    return buffer;
}

void UringBuffers::grow() noexcept {
    // Several connections may find none in one tick: that is one reason to grow, not several.
    if (!std::exchange(has_grown_, true)) wanted_ = std::min(wanted_ * 2, kCountMax);
}

}  // namespace trawl::loop
