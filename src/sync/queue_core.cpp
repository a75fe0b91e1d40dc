#include "trawl/sync/queue_core.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::sync {

QueueCore::QueueCore(std::size_t capacity) : capacity_(capacity) {
    if (capacity == 0)
        throw UsageError("a queue needs room for at least one item: leave the capacity out for one without bounds");
}

void QueueCore::task_done() {
    if (unfinished_ == 0) throw UsageError("task_done() was called more often than items were put into the queue");
    finish(1);
}

void QueueCore::finish(std::size_t items) noexcept {
    unfinished_ -= items;
    if (unfinished_ == 0) wake_all(joiners_);
}

void QueueCore::refuse_when_shut_down() const {
    if (shut_down_) throw QueueShutDown("the queue was shut down: it takes no more items");
}

void QueueCore::refuse_when_drained() const {
    if (drained()) throw QueueShutDown("the queue was shut down and has no items left");
}

void QueueCore::added() noexcept {
    ++size_;
    ++unfinished_;
    settle();
}

void QueueCore::removed() noexcept {
    --size_;
    settle();
}

void QueueCore::close() noexcept {
    shut_down_ = true;
    wake_all(putters_);
    settle();
}

// What was got before and is still being worked on stays unfinished; task_done() may have been called too early for
// items that nobody got.
void QueueCore::dropped() noexcept {
    const std::size_t items = size_ < unfinished_ ? size_ : unfinished_;
    size_ = 0;
    settle();
    finish(items);
}

void QueueCore::settle() noexcept {
    while (can_get() && !getters_.empty()) {
        ++claimed_;
        grant(getters_);
    }
    while (can_put() && !putters_.empty()) {
        ++reserved_;
        grant(putters_);
    }
    if (drained()) wake_all(getters_);
}

void QueueCore::grant(List<Waiting>& waiting) noexcept {
    Waiting& next = waiting.pop_front();
    next.granted_ = true;
    Schedule::current().wake(next);
}

void QueueCore::wake_all(List<Waiting>& waiting) noexcept {
    while (!waiting.empty()) Schedule::current().wake(waiting.pop_front());
}

std::string QueueCore::Waiting::describe_as(const char* call, const char* what) const {
    if (!linked()) return format("{} on a {} that was destroyed", call, what);
    const std::size_t inside = queue_->size_ - queue_->claimed_;
    if (queue_->capacity_ == kUnbounded) return format("{} on a {} of {}", call, what, inside);
    return format("{} on a {} of {}/{}", call, what, inside, queue_->capacity_);
}

QueueCore::Getting::~Getting() {
    if (!granted_) return;
    --queue_->claimed_;
    queue_->settle();
}

void QueueCore::Getting::taken() noexcept {
    if (std::exchange(granted_, false)) --queue_->claimed_;
    queue_->removed();
}

QueueCore::Putting::~Putting() {
    if (!granted_) return;
    --queue_->reserved_;
    queue_->settle();
}

void QueueCore::Putting::done() noexcept {
    if (std::exchange(granted_, false)) --queue_->reserved_;
    queue_->added();
}

}  // namespace trawl::sync
