/// QueueCore: who waits at a queue and what they were granted; everything about a queue but its items.
///
/// Rules: who waits is served in the order of arrival. A getter that is granted has a claim on one item, a putter that
/// is granted has one slot reserved; item and slot change hands only when it runs, so that one that is destroyed before
/// leaves the queue as it was, and its claim or slot goes to the next.
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>

#include "trawl/coro/schedule.hpp"

namespace trawl::sync {

class QueueCore {
public:
    static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

    QueueCore(const QueueCore&) = delete;
    QueueCore& operator=(const QueueCore&) = delete;

    /// How many items are in it, those that a waiting getter was granted included.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// True when a put would have to wait.
    [[nodiscard]] bool full() const noexcept { return !can_put(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool is_shut_down() const noexcept { return shut_down_; }
    /// How many items were put and are not done: see task_done().
    [[nodiscard]] std::size_t unfinished() const noexcept { return unfinished_; }

    /// Says that the work on one item is done. Throws UsageError when it is said more often than items were put.
    void task_done();

    class Joining;
    /// Waits until task_done() was called for every item that was put; not at all when there is none.
    [[nodiscard]] Joining join() noexcept;

protected:
    class Waiting;
    class Getting;
    class Putting;

    /// Throws UsageError when `capacity` is 0.
    explicit QueueCore(std::size_t capacity);
    /// Requires: no get or put was granted and has not run. Those who still wait are never woken.
    ~QueueCore() { assert(claimed_ == 0 && reserved_ == 0); }

    [[nodiscard]] bool can_get() const noexcept { return size_ > claimed_; }
    /// An item that a getter was granted is on its way out: it takes no room, so that two tasks that hand items over
    /// take turns half as often. It counts again when that getter is destroyed.
    [[nodiscard]] bool can_put() const noexcept { return size_ - claimed_ + reserved_ < capacity_; }
    /// Shut down, and the last item was taken: nobody gets anything any more.
    [[nodiscard]] bool drained() const noexcept { return shut_down_ && size_ == 0; }
    /// Throws QueueShutDown.
    void refuse_when_shut_down() const;
    void refuse_when_drained() const;

    /// An item was added, or taken.
    void added() noexcept;
    void removed() noexcept;
    /// Nothing more comes in.
    void close() noexcept;
    /// The items are gone, and count as done.
    void dropped() noexcept;

private:
    /// Grants what can be granted, and wakes those who wait for nothing.
    void settle() noexcept;
    void finish(std::size_t items) noexcept;
    static void grant(List<Waiting>& waiting) noexcept;
    static void wake_all(List<Waiting>& waiting) noexcept;

    std::size_t capacity_;
    std::size_t size_ = 0;
    std::size_t claimed_ = 0;   // items of getters that were granted and have not run yet
    std::size_t reserved_ = 0;  // slots of putters that were granted and have not run yet
    std::size_t unfinished_ = 0;
    bool shut_down_ = false;
    List<Waiting> getters_;
    List<Waiting> putters_;
    List<Waiting> joiners_;
};

/// An awaiter of a queue. It can be moved until it is awaited.
class QueueCore::Waiting : public Waiter {
protected:
    explicit Waiting(QueueCore& queue) noexcept : queue_(&queue) {}
    Waiting(const Waiting& other) noexcept : Waiter(), queue_(other.queue_) {}
    ~Waiting() = default;
    void wait_in(List<Waiting>& list, std::coroutine_handle<> handle) noexcept {
        suspend(handle);
        list.push_back(*this);
    }
    /// "Queue::get on a queue of 3/10"
    [[nodiscard]] std::string describe_as(const char* call, const char* what = "queue") const;

    friend class QueueCore;
    QueueCore* queue_;
    bool granted_ = false;
};

/// A get: ready, or waiting, or with a claim on an item.
class QueueCore::Getting : public Waiting {
public:
    bool await_ready() const noexcept { return queue_->can_get() || queue_->drained(); }
    void await_suspend(std::coroutine_handle<> handle) noexcept { wait_in(queue_->getters_, handle); }
    [[nodiscard]] std::string describe() const override { return describe_as("Queue::get"); }
    /// The item was taken out of the queue: for the queue.
    void taken() noexcept;

protected:
    using Waiting::Waiting;
    Getting(const Getting&) noexcept = default;
    ~Getting();
};

/// A put: ready, or waiting, or with a slot of its own.
class QueueCore::Putting : public Waiting {
public:
    bool await_ready() const noexcept { return queue_->can_put() || queue_->shut_down_; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { wait_in(queue_->putters_, handle); }
    [[nodiscard]] std::string describe() const override { return describe_as("Queue::put"); }

protected:
    using Waiting::Waiting;
    Putting(const Putting&) noexcept = default;
    ~Putting();
    /// The item was put into the queue.
    void done() noexcept;
};

class [[nodiscard("nothing is waited for until it is awaited")]] QueueCore::Joining final : public Waiting {
public:
    explicit Joining(QueueCore& queue) noexcept : Waiting(queue) {}
    /// Requires: `other` has not been awaited.
    Joining(Joining&& other) noexcept = default;

    bool await_ready() const noexcept { return queue_->unfinished_ == 0; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { wait_in(queue_->joiners_, handle); }
    void await_resume() const noexcept {}
    [[nodiscard]] std::string describe() const override { return describe_as("Queue::join"); }
};

inline QueueCore::Joining QueueCore::join() noexcept { return Joining(*this); }

}  // namespace trawl::sync
