#include "trawl/sync/condition.hpp"

#include "trawl/base/error.hpp"

namespace trawl {

void Condition::require_locked() const {
    if (!lock_.locked()) throw UsageError("notify() needs the condition's lock to be held: acquire it first");
}

void Condition::notify(std::size_t count) {
    require_locked();
    pass_on(count);
}

void Condition::notify_all() {
    require_locked();
    while (!waiting_.empty()) pass_on(1);
}

// Who is notified waits on in the lock's queue. The lock is held here: by the notifier, or on its way to a waiter.
void Condition::pass_on(std::size_t count) noexcept {
    for (; count > 0 && !waiting_.empty(); --count) {
        Wait& next = waiting_.pop_front();
        next.notified_ = true;
        lock_.waiting_.push_back(next);
    }
}

// First the notification, then (in ~Turn) the lock: it is there for whoever waits for it longest, notified or not.
Condition::Wait::~Wait() {
    if (notified_ && linked()) condition_.pass_on(1);
}

bool Condition::Wait::await_ready() const {
    if (!guard_.holds(*lock_))
        throw UsageError("wait() needs a guard that holds the condition's lock: acquire it first");
    return false;
}

void Condition::Wait::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    condition_.waiting_.push_back(*this);
    guard_.release();
}

std::string Condition::Wait::describe() const {
    if (notified_) return "Condition (notified), " + Turn::describe();
    return linked() ? "Condition" : "Condition (destroyed)";
}

}  // namespace trawl
