/// What the loop asks of the world outside: five functions, so that a backend is a file.
#pragma once

#include <memory>
#include <optional>

#include "trawl/base/clock.hpp"
#include "trawl/loop/io.hpp"

namespace trawl {

class Backend {
public:
    virtual ~Backend() = default;

    [[nodiscard]] virtual TimePoint now() const noexcept { return Clock::now(); }
    /// Begins to watch a descriptor and owns it; the record is kept while somebody uses it.
    virtual loop::IoRecord& open(int fd) = 0;
    /// Waits until something happens, or until `deadline` (for ever without one), and wakes those it happened to.
    virtual void wait(std::optional<TimePoint> deadline, TimePoint now, Schedule& schedule) = 0;
    /// Ends a wait() from another thread, or the next one.
    virtual void wake() noexcept = 0;
};

/// Linux's epoll, edge-triggered: a descriptor is registered once, for both directions.
std::unique_ptr<Backend> make_epoll_backend();

}  // namespace trawl
