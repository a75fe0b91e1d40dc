/// The ring itself: its set-up, its entries, its completions.
#pragma once

#include <liburing.h>

#include <cstdint>
#include <optional>

#include "trawl/base/clock.hpp"

namespace trawl::loop {

/// What the kernel says of an operation: the `user_data` of its entry, its result or -errno, and IORING_CQE_F_* flags.
struct Completion {
    std::uint64_t data;
    int result;
    unsigned flags;
};

class Ring {
public:
    /// Throws OsError: there is no io_uring, it (or only io_uring_enter) is forbidden, or the kernel is older than
    /// Linux 6.0 (multishot receive, rings of buffers).
    Ring();
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;
    ~Ring();

    [[nodiscard]] io_uring& get() noexcept { return ring_; }
    /// An entry to fill in; it is submitted with the next wait, together with the others.
    [[nodiscard]] io_uring_sqe& entry() noexcept;
    void submit() noexcept { ::io_uring_submit(&ring_); }
    [[nodiscard]] bool has_unsubmitted() const noexcept { return ::io_uring_sq_ready(&ring_) != 0; }
    /// Submits, and waits for a completion until `timeout` is over; for ever without one. Throws OsError.
    void submit_and_wait(std::optional<Duration> timeout);
    /// Submits, and waits for a completion; false when the kernel refuses.
    [[nodiscard]] bool submit_and_wait_for_one() noexcept;
    /// Submits, and lets the kernel post what is complete. No system call when there is neither. Throws OsError.
    void submit_and_collect();

    /// Whether the kernel has anything to do or to say: arrivals make it say so at once (IORING_SETUP_TASKRUN_FLAG).
    [[nodiscard]] bool has_news() const noexcept;
    /// Whether the kernel keeps completions that did not fit.
    [[nodiscard]] bool has_overflown() const noexcept {
        return (IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_CQ_OVERFLOW) != 0;
    }
    /// Whether `is_it(completion)` for one that has not been taken.
    template <class IsIt>
    [[nodiscard]] bool has_completion(IsIt&& is_it) const {
        unsigned head = 0;
        const io_uring_cqe* cqe = nullptr;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            if (is_it(completion_of(*cqe))) return true;
        }
        return false;
    }

    /// Calls `take(completion)` for what is complete, at most `count_max` of them.
    template <class Take>
    void take_completions(unsigned count_max, Take&& take) {
        unsigned head = 0;
        unsigned count = 0;
        io_uring_cqe* cqe = nullptr;
        io_uring_for_each_cqe(&ring_, head, cqe) {
            if (count == count_max) break;
            ++count;
            take(completion_of(*cqe));
        }
        ::io_uring_cq_advance(&ring_, count);
    }

private:
    static Completion completion_of(const io_uring_cqe& cqe) noexcept { return {cqe.user_data, cqe.res, cqe.flags}; }
    [[nodiscard]] int set_up(unsigned flags) noexcept;

    io_uring ring_{};
};

}  // namespace trawl::loop
