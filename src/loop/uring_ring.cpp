#include "uring_ring.hpp"

#include <atomic>
#include <cerrno>

#include "trawl/base/error.hpp"

namespace trawl::loop {
namespace {

constexpr unsigned kEntries = 256;       // a full queue is submitted early
constexpr unsigned kCompletions = 4096;  // the kernel keeps what does not fit, at a price

// A wait that ended without a completion, or found too many.
bool is_harmless(int error) noexcept { return error == ETIME || error == EINTR || error == EAGAIN || error == EBUSY; }

// One thread's ring may be mapped where another's was before. The kernel orders the two, but liburing asks it without
// the C library, so that ThreadSanitizer does not see it: here it does.
std::atomic<int> rings{0};

bool is_refusal(int result) noexcept { return result < 0 && !is_harmless(-result); }

void check(int result, const char* what) {
    if (is_refusal(result)) throw OsError(-result, what);
}

}  // namespace

int Ring::set_up(unsigned flags) noexcept {
    io_uring_params params{};
    params.flags = flags | IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_TASKRUN_FLAG;
    params.cq_entries = kCompletions;
    return ::io_uring_queue_init_params(kEntries, &ring_, &params);
}

// DEFER_TASKRUN (Linux 6.1): completions are worked on when the loop asks for them, and interrupt nothing else. Before
// it, COOP_TASKRUN: at the next system call. SINGLE_ISSUER (6.0) stands for all else that is needed. A sandbox may know
// the call that sets up and not the one that waits: it is tried here, where epoll can still be chosen.
Ring::Ring() {
    int result = set_up(IORING_SETUP_DEFER_TASKRUN);
    if (result == -EINVAL) result = set_up(IORING_SETUP_COOP_TASKRUN);
    if (result < 0) throw OsError(-result, "set up io_uring (TRAWL_BACKEND=epoll works without it)");
    result = ::io_uring_submit_and_get_events(&ring_);
    if (is_refusal(result)) {
        ::io_uring_queue_exit(&ring_);
        throw OsError(-result, "io_uring_enter (TRAWL_BACKEND=epoll works without it)");
    }
    rings.fetch_add(1, std::memory_order_acq_rel);
    ::io_uring_register_ring_fd(&ring_);  // spares each call a look-up; a thread has 16 such places, then none
}

Ring::~Ring() {
    rings.fetch_sub(1, std::memory_order_acq_rel);
    ::io_uring_queue_exit(&ring_);
}

io_uring_sqe& Ring::entry() noexcept {
    io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
    while (entry == nullptr) {
        submit();
        entry = ::io_uring_get_sqe(&ring_);
    }
    return *entry;
}

void Ring::submit_and_wait(std::optional<Duration> timeout) {
    io_uring_cqe* first = nullptr;
    if (!timeout) {
        check(::io_uring_submit_and_wait(&ring_, 1), "io_uring_enter");
        return;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*timeout);
    __kernel_timespec time{};
    time.tv_sec = seconds.count();
    time.tv_nsec = (*timeout - seconds).count();
    check(::io_uring_submit_and_wait_timeout(&ring_, &first, 1, &time, nullptr), "io_uring_enter");
}

bool Ring::submit_and_wait_for_one() noexcept { return !is_refusal(::io_uring_submit_and_wait(&ring_, 1)); }

bool Ring::has_news() const noexcept {
    return has_unsubmitted() || (IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_TASKRUN) != 0 ||
           ::io_uring_cq_ready(&ring_) != 0 || has_overflown();
}

void Ring::submit_and_collect() {
    const unsigned flags = IO_URING_READ_ONCE(*ring_.sq.kflags);
    if (!has_unsubmitted() && (flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) == 0) return;
    check(::io_uring_submit_and_get_events(&ring_), "io_uring_enter");
}

}  // namespace trawl::loop
