/// Event: a flag that tasks wait for. It stays set until it is cleared; setting it wakes everyone who waits.
///
/// Tasks that still wait when it is destroyed are never woken.
#pragma once

#include <coroutine>
#include <string>

#include "trawl/coro/schedule.hpp"

namespace trawl {

class Event {
public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    [[nodiscard]] bool is_set() const noexcept { return set_; }
    /// Everyone who waits goes on, in the order of arrival, also if the event is cleared before they run.
    void set() noexcept {
        set_ = true;
        while (!waiting_.empty()) Schedule::current().wake(waiting_.pop_front());
    }
    void clear() noexcept { set_ = false; }

    class [[nodiscard("nothing is waited for until it is awaited")]] Wait final : public Waiter {
    public:
        explicit Wait(Event& event) noexcept : event_(event) {}
        /// Requires: `other` has not been awaited.
        Wait(Wait&& other) noexcept : Waiter(), event_(other.event_) {}
        bool await_ready() const noexcept { return event_.set_; }
        void await_suspend(std::coroutine_handle<> handle) noexcept {
            suspend(handle);
            event_.waiting_.push_back(*this);
        }
        void await_resume() const noexcept {}
        [[nodiscard]] std::string describe() const override { return "Event"; }

    private:
        Event& event_;
    };
    /// Suspends until the event is set; not at all when it is.
    Wait wait() noexcept { return Wait(*this); }

private:
    bool set_ = false;
    List<Waiter> waiting_;
};

}  // namespace trawl
