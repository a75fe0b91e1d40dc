/// Queue, PriorityQueue, LifoQueue: items that some tasks put and others get, bounded if need be.
///
/// Rules: who waits is served in the order of arrival; a get or put that need not wait does not suspend; an item is in
/// the queue until the task that gets it runs, and a task that is destroyed before leaves it there, in its place. A
/// queue outlives what is put and got; tasks that still wait when it is destroyed are never woken. The meaning of
/// task_done(), join() and shutdown() is that of Python's asyncio.Queue (3.13).
#pragma once

#include <concepts>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>

#include "trawl/coro/temporary.hpp"
#include "trawl/sync/queue_core.hpp"
#include "trawl/sync/queue_items.hpp"

namespace trawl {

namespace sync {

/// The queue over items that are kept in `Items` (queue_items.hpp).
template <class T, class Items>
class BasicQueue : public QueueCore {
public:
    class Get;
    class Put;

    /// `T item = co_await queue.get();` Suspends while there is none. Throws QueueShutDown when none will come.
    [[nodiscard]] Get get() noexcept { return Get(*this); }
    /// `co_await queue.put(item);` Suspends while the queue is full. Throws QueueShutDown, and the item is lost then.
    /// A struct without a constructor is put by its name alone (coro/temporary.hpp).
    [[nodiscard]] Put put(T&& item) {
        coro::require_sound_temporary<T>();
        return Put(*this, std::move(item));
    }
    [[nodiscard]] Put put(const T& item) { return Put(*this, item); }

    /// An item, if there is one now that nobody waits for. Throws QueueShutDown when none will come.
    std::optional<T> try_get() {
        refuse_when_drained();
        if (!can_get()) return std::nullopt;
        T item = items_.pop();
        removed();
        return item;
    }
    /// Puts `item` if that can be done now; moves from it only then. Throws QueueShutDown.
    template <class U>
        requires std::constructible_from<T, U&&>
    [[nodiscard]] bool try_put(U&& item) {
        refuse_when_shut_down();
        if (!can_put()) return false;
        items_.push(std::forward<U>(item));
        added();
        return true;
    }

    /// From now on put() throws QueueShutDown, and so does get() when the items that are left are taken. Those who wait
    /// are woken. May be called again.
    void shutdown() noexcept { close(); }
    /// The same, and drops the items that are left: they count as done for join().
    void shutdown_now() {
        Items gone = items_.take_all();
        close();
        dropped();
    }

protected:
    explicit BasicQueue(std::size_t capacity, Items items = Items()) : QueueCore(capacity), items_(std::move(items)) {}

    /// Takes the next item out for `getter`. Requires: it was granted one, or can_get().
    T take(Getting& getter) {
        T item = items_.pop();
        getter.taken();
        return item;
    }

private:
    Items items_;
};

template <class T, class Items>
class [[nodiscard("nothing is got until it is awaited")]] BasicQueue<T, Items>::Get final : public Getting {
public:
    explicit Get(BasicQueue& queue) noexcept : Getting(queue) {}
    /// Requires: `other` has not been awaited.
    Get(Get&& other) noexcept = default;

    T await_resume() {
        BasicQueue& queue = static_cast<BasicQueue&>(*this->queue_);
        queue.refuse_when_drained();
        return queue.take(*this);
    }
};

template <class T, class Items>
class [[nodiscard("nothing is put until it is awaited")]] BasicQueue<T, Items>::Put : public Putting {
public:
    Put(BasicQueue& queue, T item) : Putting(queue), item_(std::move(item)) {}
    /// Requires: `other` has not been awaited.
    Put(Put&& other) = default;

    void await_resume() {
        BasicQueue& queue = static_cast<BasicQueue&>(*this->queue_);
        queue.refuse_when_shut_down();
        queue.items_.push(std::move(item_));
        this->done();
    }

private:
    T item_;
};

}  // namespace sync

/// First in, first out.
template <class T>
class Queue : public sync::BasicQueue<T, sync::FifoItems<T>> {
public:
    /// Throws UsageError when `capacity` is 0.
    explicit Queue(std::size_t capacity = sync::QueueCore::kUnbounded)
        : sync::BasicQueue<T, sync::FifoItems<T>>(capacity) {}
};

/// Last in, first out.
template <class T>
class LifoQueue : public sync::BasicQueue<T, sync::LifoItems<T>> {
public:
    /// Throws UsageError when `capacity` is 0.
    explicit LifoQueue(std::size_t capacity = sync::QueueCore::kUnbounded)
        : sync::BasicQueue<T, sync::LifoItems<T>>(capacity) {}
};

/// The smallest first; of equal ones, the one that was put first.
template <class T, class Compare = std::less<T>>
class PriorityQueue : public sync::BasicQueue<T, sync::SortedItems<T, Compare>> {
    using Items = sync::SortedItems<T, Compare>;

public:
    /// `compare(a, b)`: a comes before b. Throws UsageError when `capacity` is 0.
    explicit PriorityQueue(std::size_t capacity = sync::QueueCore::kUnbounded, Compare compare = Compare())
        : sync::BasicQueue<T, Items>(capacity, Items(std::move(compare))) {}
};

}  // namespace trawl
