#include "trawl/sync/semaphore.hpp"

#include "trawl/base/error.hpp"

namespace trawl {

Semaphore::Semaphore(std::size_t permits) : permits_(permits) {
    if (permits == 0) throw UsageError("a Semaphore needs at least one permit: nothing could ever be acquired");
}

bool Semaphore::try_take() noexcept {
    if (permits_ == 0 || !waiting_.empty()) return false;
    --permits_;
    return true;
}

// The permit goes to whoever has waited longest, before it is resumed; if that one is destroyed first, it hands it on.
void Semaphore::release() noexcept {
    if (waiting_.empty()) {
        ++permits_;
        return;
    }
    Acquire& next = waiting_.pop_front();
    next.granted_ = true;
    Schedule::current().wake(next);
}

}  // namespace trawl
