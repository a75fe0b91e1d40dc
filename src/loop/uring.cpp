// The io_uring backend. Stream sockets are fed: one multishot receive per socket goes on until it is cancelled, and the
// kernel takes a buffer of the loop's for each piece (io_uring_prep_recv_multishot(3)). Everything else is polled, one
// shot at a time, and the operation makes its own system call: listeners too, for a multishot accept takes the whole
// backlog before it can be told to stop, thousands of descriptors that nobody asked for. Sending is a plain send(2):
// nothing of a coroutine's memory is ever with the kernel.
//
// Entries are submitted together with the next wait, so that a tick of the loop is one system call.
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "backend.hpp"
#include "file_descriptor.hpp"
#include "trawl/base/error.hpp"
#include "uring_buffers.hpp"
#include "uring_ring.hpp"

namespace trawl {
namespace {

using loop::Completion;
using loop::IoRecord;

// Bounds the work between two looks at the timers.
constexpr unsigned kCompletionsPerTick = 1024;

// How far a socket may run ahead of a task that does not receive, before it is told to stop.
constexpr std::size_t kBuffersAhead = 2;

// Taking in what has come for one record goes on for as long as a tick may: the kernel takes 20 steps an entry.
constexpr int kEntriesToCollect = 64;

// What the kernel does for a record: a bit of `pending`, and, as their number, the low bits of `user_data` beside the
// record's address.
enum Kind : unsigned { kReceive = 0, kPollIn = 1, kPollOut = 2, kWake = 3, kCancel = 4 };
constexpr std::uint64_t kKindMask = 7;
static_assert(alignof(IoRecord) > kKindMask);

std::uint64_t data_of(const IoRecord* record, Kind kind) noexcept {
    return reinterpret_cast<std::uintptr_t>(record) | kind;
}
IoRecord* record_of(std::uint64_t data) noexcept {
    return reinterpret_cast<IoRecord*>(static_cast<std::uintptr_t>(data & ~kKindMask));
}
constexpr unsigned char bit(Kind kind) noexcept { return static_cast<unsigned char>(1U << kind); }

class UringBackend final : public Backend {
public:
    UringBackend() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (wake_.get() < 0) throw OsError(errno, "eventfd");
        watch_wake();
    }
    UringBackend(const UringBackend&) = delete;
    UringBackend& operator=(const UringBackend&) = delete;
    ~UringBackend() override { end_everything(); }

    [[nodiscard]] std::string_view name() const noexcept override { return "uring"; }

    IoRecord& open(int fd, IoKind kind) override {
        auto* record = new IoRecord(*this, fd, kind);
        record->is_fed = kind == IoKind::kStream;
        records_.push_back(*record);
        return *record;
    }

    void operation_waits(IoRecord& record) override {
        if (record.reader != nullptr) begin(record, record.is_fed ? kReceive : kPollIn);
        if (record.writer != nullptr) begin(record, kPollOut);
    }

    // What is submitted after the descriptor is closed would meet whoever has its number by then.
    void close(IoRecord& record) noexcept override {
        for (Kind kind : {kReceive, kPollIn, kPollOut}) cancel(record, kind);
        if (ring_.has_unsubmitted()) ring_.submit();
        Backend::close(record);
    }

    void wait(std::optional<TimePoint> deadline, TimePoint now, Schedule& schedule) override {
        supply();
        if (is_woken_ || (deadline && *deadline <= now)) {
            ring_.submit_and_collect();
        } else if (deadline) {
            ring_.submit_and_wait(*deadline - now);
        } else {
            ring_.submit_and_wait(std::nullopt);
        }
        take_in(schedule);
        is_woken_ = false;
    }

    // The kernel works on a part of what it has to do for us each time it is entered.
    void collect(IoRecord& record, Schedule& schedule) override {
        if (!record.is_fed || record.has_arrived()) return;
        begin(record, kReceive);
        for (int entered = 0; entered < kEntriesToCollect && !record.has_arrived(); ++entered) {
            supply();
            if (!ring_.has_news()) return;
            ring_.submit_and_collect();
            take_in(schedule);
        }
    }

    // The kernel receives for a record as long as it is not told to stop, and says at once that there is something, but
    // not for whom. Taking it in to find out would enter the kernel for a page or two at a time, where a wait takes in
    // what has come for all: 1.0 us a page, and the descriptor itself tells for a tenth of that.
    [[nodiscard]] bool hears_nothing_of(const IoRecord& record) const noexcept override {
        const bool receives = (record.pending & ~record.stopping & bit(kReceive)) != 0;
        return receives && !ring_.has_news();
    }

    [[nodiscard]] bool may_hold_for(const IoRecord& record) const noexcept override {
        if (!record.is_fed) return false;
        const std::uint64_t data = data_of(&record, kReceive);
        return ring_.has_overflown() || ring_.has_completion([data](const Completion& completion) {
            const bool says_nothing = completion.result == -ENOBUFS || completion.result == -ECANCELED;
            return completion.data == data && !says_nothing;
        });
    }

    void wake() noexcept override {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);  // full means: it will wake
    }

private:
    // ---- what the kernel is asked for ----

    void begin(IoRecord& record, Kind kind) {
        if ((record.pending & bit(kind)) != 0) return;
        if (kind == kReceive && !buffers_.has_any()) {
            put_off(record);
            return;
        }
        prepare(ring_.entry(), record.fd, kind).user_data = data_of(&record, kind);
        record.pending |= bit(kind);
        record.retain();
        ++pending_;
    }

    // Without a buffer, the kernel would only say so.
    void put_off(IoRecord& record) {
        receives_ = true;
        put_off_.push_back(&record);
        record.retain();
    }

    // Before each entry into the kernel. A loop without sockets needs no buffers.
    void supply() {
        if (!receives_) return;
        buffers_.top_up();
        for (IoRecord* record : put_off_) {
            if (record->fd >= 0) begin(*record, kReceive);
            record->release();
        }
        put_off_.clear();
    }

    static io_uring_sqe& prepare(io_uring_sqe& entry, int fd, Kind kind) noexcept {
        if (kind == kReceive) {
            ::io_uring_prep_recv_multishot(&entry, fd, nullptr, 0, 0);
            entry.flags |= IOSQE_BUFFER_SELECT;
            entry.buf_group = loop::UringBuffers::kGroup;
        } else {
            ::io_uring_prep_poll_add(&entry, fd, kind == kPollOut ? POLLOUT : POLLIN);
        }
        return entry;
    }

    void cancel(IoRecord& record, Kind kind) noexcept {
        if ((record.pending & bit(kind)) == 0 || (record.stopping & bit(kind)) != 0) return;
        record.stopping |= bit(kind);
        io_uring_sqe& entry = ring_.entry();
        ::io_uring_prep_cancel64(&entry, data_of(&record, kind), 0);
        entry.flags |= IOSQE_CQE_SKIP_SUCCESS;
        entry.user_data = kCancel;
    }

    // Edge-triggered, so that the counter need not be read.
    void watch_wake() noexcept {
        io_uring_sqe& entry = ring_.entry();
        ::io_uring_prep_poll_multishot(&entry, wake_.get(), POLLIN);
        entry.user_data = kWake;
        ++pending_;
    }

    // ---- what the kernel has done ----

    void take_in(Schedule& schedule) {
        ring_.take_completions(kCompletionsPerTick,
                               [&](const Completion& completion) { handle(completion, schedule); });
    }

    void handle(const Completion& completion, Schedule& schedule) {
        const auto kind = static_cast<Kind>(completion.data & kKindMask);
        if (kind == kCancel) return;
        const bool over = (completion.flags & IORING_CQE_F_MORE) == 0;
        if (over) --pending_;
        if (kind == kWake) {
            is_woken_ = true;
            if (over && !ending_) watch_wake();
            return;
        }
        IoRecord& record = *record_of(completion.data);
        note(record, kind, completion);
        if (over) {
            record.pending &= static_cast<unsigned char>(~bit(kind));
            record.stopping &= static_cast<unsigned char>(~bit(kind));
        }
        if (record.fd >= 0 && !ending_) go_on(record, kind, schedule);
        if (over) record.release();
    }

    void note(IoRecord& record, Kind kind, const Completion& completion) {
        if (kind == kReceive) {
            note_received(record, completion);
        } else {
            note_polled(record, kind, completion);
        }
    }

    void note_received(IoRecord& record, const Completion& completion) {
        Buffer buffer;
        if ((completion.flags & IORING_CQE_F_BUFFER) != 0) {
            const auto id = static_cast<unsigned short>(completion.flags >> IORING_CQE_BUFFER_SHIFT);
            buffer = buffers_.take(id, static_cast<std::size_t>(std::max(completion.result, 0)));
        }
        if (completion.result > 0) {
            record.received.push_back(std::move(buffer));
        } else if (completion.result == 0) {
            record.ended = true;
        } else if (completion.result == -ENOBUFS) {
            buffers_.grow();
        } else if (completion.result != -ECANCELED) {
            note_failed(record, -completion.result);
        }
    }

    static void note_failed(IoRecord& record, int error) noexcept {
        record.note_error(error);
        if (record.broken_by != 0) {
            record.ended = true;
        } else {
            record.error = error;
        }
    }

    static void note_polled(IoRecord& record, Kind kind, const Completion& completion) noexcept {
        if (completion.result == -ECANCELED) return;
        if (kind == kPollOut) {
            record.writable = true;
            return;
        }
        record.readable = true;
        if (completion.result < 0 || (completion.result & (POLLHUP | POLLERR)) != 0) record.hung_up = true;
    }

    // Serves whoever waits, asks for more when it was not enough, and stops what nobody takes.
    void go_on(IoRecord& record, Kind kind, Schedule& schedule) {
        loop::Operation*& waiting = kind == kPollOut ? record.writer : record.reader;
        attempt(waiting, schedule);
        if (waiting != nullptr) {
            begin(record, kind);
        } else if (record.received.size() >= kBuffersAhead) {
            cancel(record, kind);
        }
    }

    // The kernel keeps descriptors (and may write into buffers) until it has said that each operation is over. Where it
    // refuses to be asked (a sandbox that was closed later), closing the ring has to do.
    void end_everything() noexcept {
        ending_ = true;
        for (IoRecord* record : put_off_) record->release();
        put_off_.clear();
        io_uring_sqe& entry = ring_.entry();
        ::io_uring_prep_cancel64(&entry, 0, IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY);
        entry.user_data = kCancel;
        Schedule nobody;  // a loop that ends has taken its own off the thread, and nobody is woken
        while (pending_ > 0 && ring_.submit_and_wait_for_one()) {
            ring_.take_completions(kCompletionsPerTick,
                                   [&](const Completion& completion) { handle(completion, nobody); });
        }
    }

    loop::Ring ring_;
    loop::UringBuffers buffers_{ring_.get()};
    bool receives_ = false;           // or is about to
    std::vector<IoRecord*> put_off_;  // retained: what is to receive as soon as there are buffers
    loop::FileDescriptor wake_;
    unsigned pending_ = 0;   // operations whose last completion has not been seen
    bool is_woken_ = false;  // since the last wait ended: the next one does not sleep
    bool ending_ = false;
};

}  // namespace

std::unique_ptr<Backend> make_uring_backend() { return std::make_unique<UringBackend>(); }

}  // namespace trawl
