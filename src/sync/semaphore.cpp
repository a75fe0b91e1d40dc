#include "trawl/sync/semaphore.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

Semaphore::Semaphore(std::size_t permits, std::size_t maximum) : permits_(permits), maximum_(maximum), free_(permits) {
    if (maximum == 0) throw UsageError("a Semaphore needs at least one permit: nothing could ever be acquired");
    if (permits > maximum)
        throw UsageError(format("a Semaphore cannot have {} permits: its maximum is {}", permits, maximum));
}

void Semaphore::require_possible(std::size_t count) const {
    if (count == 0) throw UsageError("acquire(0) has no meaning: ask a Semaphore for one permit or more");
    if (count > maximum_)
        throw UsageError(format("acquire({}) can never succeed: the Semaphore has at most {}", count, maximum_));
}

std::optional<Semaphore::Permit> Semaphore::try_acquire(std::size_t count) {
    require_possible(count);
    if (!can_take(count)) return std::nullopt;
    free_ -= count;
    return Permit(*this, count);
}

void Semaphore::add_permits(std::size_t count) {
    if (count > maximum_ - permits_)
        throw UsageError(format("add_permits({}) to a Semaphore of {}: its maximum is {}", count, permits_, maximum_));
    permits_ += count;
    give_back(count);
}

void Semaphore::give_back(std::size_t count) noexcept {
    free_ += count;
    settle();
}

// Permits go to whoever has waited longest, before it is resumed; if that one is destroyed first, it hands them on.
void Semaphore::settle() noexcept {
    while (!waiting_.empty() && waiting_.front().count_ <= free_) {
        Acquire& next = waiting_.pop_front();
        free_ -= next.count_;
        next.granted_ = true;
        Schedule::current().wake(next);
    }
}

// One who waited for many may have kept those behind it from the few that were free.
Semaphore::Acquire::~Acquire() {
    if (granted_) {
        semaphore_.give_back(count_);
    } else if (linked()) {
        unlink();
        semaphore_.settle();
    }
}

std::string Semaphore::Acquire::describe() const {
    if (granted_) return "Semaphore (granted)";
    if (!linked()) return "Semaphore (destroyed)";
    return format("Semaphore ({} of {} free, {} wanted)", semaphore_.free_, semaphore_.permits_, count_);
}

}  // namespace trawl
