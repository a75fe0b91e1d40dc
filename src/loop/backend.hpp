/// What the loop asks of the world outside: ten functions, so that a backend is a file.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/loop/io.hpp"

namespace trawl {

class Backend {
public:
    virtual ~Backend();

    /// "uring", "epoll", "virtual".
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual TimePoint now() const noexcept { return Clock::now(); }
    /// Begins to watch a descriptor and owns it; the record is kept while somebody uses it. Throws OsError, and has
    /// closed the descriptor then.
    virtual loop::IoRecord& open(int fd, IoKind kind) = 0;
    /// An operation waits in one of the record's slots from now on.
    virtual void operation_waits(loop::IoRecord& /*record*/) {}
    /// Closes the descriptor, and ends what the kernel does with it. The record may live on.
    virtual void close(loop::IoRecord& record) noexcept;
    /// Waits until something happens, or until `deadline` (for ever without one), and wakes those it happened to.
    virtual void wait(std::optional<TimePoint> deadline, TimePoint now, Schedule& schedule) = 0;
    /// Takes in what has arrived at the record, without waiting, and what has happened on the way there.
    virtual void collect(loop::IoRecord& /*record*/, Schedule& /*schedule*/) {}
    /// Whether it is known without asking the kernel that nothing more has arrived at the record. Else its descriptor
    /// has to be asked.
    [[nodiscard]] virtual bool hears_nothing_of(const loop::IoRecord& /*record*/) const noexcept { return false; }
    /// Whether something that the kernel has received for the record may be on its way to it.
    [[nodiscard]] virtual bool may_hold_for(const loop::IoRecord& /*record*/) const noexcept { return false; }
    /// Ends a wait() from another thread, or the next one.
    virtual void wake() noexcept = 0;

protected:
    /// Attempts the operation, if there is one, and wakes it when it has an outcome.
    static void attempt(loop::Operation* operation, Schedule& schedule);

    List<loop::IoRecord> records_;  // those that are open
};

/// Linux's epoll, edge-triggered: a descriptor is registered once, for both directions.
std::unique_ptr<Backend> make_epoll_backend();
/// Linux's io_uring. Throws OsError where the kernel has none, forbids it, or has one older than 6.0's.
std::unique_ptr<Backend> make_uring_backend();
/// What TRAWL_BACKEND says ("uring", "epoll"); without it (or "auto"), io_uring where it works, else epoll. Throws
/// UsageError for another value, OsError when what it says does not work here.
std::unique_ptr<Backend> make_kernel_backend();

}  // namespace trawl
