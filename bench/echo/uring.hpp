/// A bare io_uring with a ring of provided buffers: what the floor and the load of bench/echo are made of.
#pragma once

#include <liburing.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "listen.hpp"

namespace echo {

enum class Op : std::uint8_t { kAccept, kReceive, kSend };

/// What a completion is told by: the operation, its descriptor or connection, and the provided buffer that it sends.
struct Tag {
    Op op;
    std::uint16_t buffer;
    std::uint32_t who;

    [[nodiscard]] std::uint64_t packed() const noexcept {
        return static_cast<std::uint64_t>(op) << 56 | static_cast<std::uint64_t>(buffer) << 32 | who;
    }
    static Tag of(const io_uring_cqe& cqe) noexcept {
        return {static_cast<Op>(cqe.user_data >> 56), static_cast<std::uint16_t>(cqe.user_data >> 32),
                static_cast<std::uint32_t>(cqe.user_data)};
    }
};

class Uring {
public:
    static constexpr unsigned kSubmissions = 4096;  // more than the connections: no batch is cut
    static constexpr std::size_t kBufferSize = 2048;
    static constexpr int kGroup = 0;

    /// `buffers` is a power of two.
    explicit Uring(unsigned buffers) : count_(buffers), memory_(buffers * kBufferSize) {
        io_uring_params params{};
        params.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
        params.cq_entries = kSubmissions * 2;
        check(io_uring_queue_init_params(kSubmissions, &ring_, &params), "io_uring_setup");
        if (io_uring_register_ring_fd(&ring_) != 1) fail("io_uring_register_ring_fd");
        const std::size_t page = 4096;
        provided_ = static_cast<io_uring_buf_ring*>(std::aligned_alloc(page, page + buffers * sizeof(io_uring_buf)));
        io_uring_buf_reg registration{};
        registration.ring_addr = reinterpret_cast<std::uint64_t>(provided_);
        registration.ring_entries = buffers;
        registration.bgid = kGroup;
        check(io_uring_register_buf_ring(&ring_, &registration, 0), "io_uring_register_buf_ring");
        io_uring_buf_ring_init(provided_);
        for (unsigned i = 0; i < buffers; ++i) give_back(static_cast<std::uint16_t>(i));
        publish();
    }
    Uring(const Uring&) = delete;
    Uring& operator=(const Uring&) = delete;

    [[nodiscard]] char* buffer(std::uint16_t id) noexcept { return memory_.data() + id * kBufferSize; }
    /// The buffer may be filled again, once publish() was called.
    void give_back(std::uint16_t id) noexcept {
        io_uring_buf_ring_add(provided_, buffer(id), kBufferSize, id, static_cast<int>(count_ - 1), given_++);
    }
    void publish() noexcept {
        if (given_ > 0) io_uring_buf_ring_advance(provided_, given_);
        given_ = 0;
    }

    io_uring_sqe& next(Tag tag) {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
        if (sqe == nullptr) {
            check(io_uring_submit(&ring_), "io_uring_enter");
            sqe = io_uring_get_sqe(&ring_);
        }
        pending_tag_ = tag.packed();
        return *sqe;
    }
    void accept(int listener) {
        io_uring_sqe& sqe = next({Op::kAccept, 0, 0});
        io_uring_prep_multishot_accept(&sqe, listener, nullptr, nullptr, SOCK_CLOEXEC);
        io_uring_sqe_set_data64(&sqe, pending_tag_);
    }
    void receive(int fd, std::uint32_t who) {
        io_uring_sqe& sqe = next({Op::kReceive, 0, who});
        io_uring_prep_recv_multishot(&sqe, fd, nullptr, 0, 0);
        sqe.flags |= IOSQE_BUFFER_SELECT;
        sqe.buf_group = kGroup;
        io_uring_sqe_set_data64(&sqe, pending_tag_);
    }
    /// `flags`: IOSQE_CQE_SKIP_SUCCESS for one whose success nobody needs to be told of.
    void send(int fd, const char* data, std::size_t size, Tag tag, unsigned flags = 0) {
        io_uring_sqe& sqe = next(tag);
        io_uring_prep_send(&sqe, fd, data, size, MSG_NOSIGNAL | MSG_WAITALL);
        io_uring_sqe_set_flags(&sqe, flags);
        io_uring_sqe_set_data64(&sqe, pending_tag_);
    }

    /// Submits what was asked for, waits for `completions` of them and calls `handle` with each that is there.
    template <class Handle>
    void turn(unsigned completions, Handle&& handle) {
        publish();
        const int entered = io_uring_submit_and_wait(&ring_, completions);
        if (entered < 0 && entered != -EINTR) check(entered, "io_uring_enter");
        io_uring_cqe* cqe = nullptr;
        unsigned head = 0;
        unsigned seen = 0;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            ++seen;
            handle(*cqe);
        }
        io_uring_cq_advance(&ring_, seen);
    }

private:
    static void check(int result, const char* what) {
        if (result >= 0) return;
        errno = -result;
        fail(what);
    }

    unsigned count_;
    std::vector<char> memory_;
    io_uring ring_{};
    io_uring_buf_ring* provided_ = nullptr;
    int given_ = 0;
    std::uint64_t pending_tag_ = 0;
};

}  // namespace echo
