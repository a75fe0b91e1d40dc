/// Channel: items that go from tasks to tasks, also those of other threads' loops, never more than a few ahead.
///
///     Channel<Page> pages(64);                                    // on one thread ...
///     while (auto page = co_await pages.receive()) use(*page);    // ... and `pages` again, in a copy, on another
///
/// Rules: first in, first out; who waits is served in the order of arrival; a send or receive that need not wait does
/// not suspend. A send or receive that is destroyed has not happened: an item that a receiver was granted and did not
/// see goes to the next. The Channel is a handle: copies are the same channel, which lives as long as one of them, on
/// whichever threads; a handle must live while what was asked of it is awaited. Loops may come and go. What is left
/// inside is destroyed with the last handle, on its thread. Within one thread, a Queue is cheaper (sync/queue.hpp).
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "trawl/coro/temporary.hpp"
#include "trawl/loop/channel_core.hpp"
#include "trawl/loop/item_ring.hpp"

namespace trawl {

template <class T>
class Channel {
    static_assert(std::is_nothrow_move_constructible_v<T>, "an item must not be lost on its way through a channel");

    class State;

public:
    class Receive;
    class Send;

    /// Holds at most `capacity` items, besides those on their way to a receiver that waits. Throws UsageError when it
    /// is 0.
    explicit Channel(std::size_t capacity) : state_(std::make_shared<State>(capacity)) {}
    // No moves: there is no empty handle.
    Channel(const Channel&) = default;
    Channel& operator=(const Channel&) = default;
    ~Channel() = default;

    /// `co_await channel.send(item);` Suspends while the channel is full. Throws ClosedError once it is closed, and the
    /// item is lost then. A struct without a constructor is sent by its name alone (coro/temporary.hpp).
    [[nodiscard]] Send send(T&& item) const noexcept {
        coro::require_sound_temporary<T>();
        return Send(*state_, std::move(item));
    }
    [[nodiscard]] Send send(const T& item) const { return Send(*state_, item); }
    /// `auto item = co_await channel.receive();` Suspends while there is none. Nothing when the channel is closed and
    /// its last item was taken.
    [[nodiscard]] Receive receive() const noexcept { return Receive(*state_); }

    /// Sends `item` if that can be done now; moves from it only then. Throws ClosedError. Needs no loop.
    template <class U>
        requires std::constructible_from<T, U&&>
    [[nodiscard]] bool try_send(U&& item) const {
        return state_->try_send(std::forward<U>(item));
    }
    /// An item, if there is one now that nobody waits for. Needs no loop.
    std::optional<T> try_receive() const { return state_->try_receive(); }

    /// From now on nothing can be sent; what is inside can be received. Those who wait to send are woken, and those who
    /// wait to receive as soon as nothing is left. May be called again.
    void close() const noexcept { state_->close(); }
    [[nodiscard]] bool is_closed() const noexcept { return state_->is_closed(); }

    /// How many items are inside, those on their way to a receiver that waits included.
    [[nodiscard]] std::size_t size() const noexcept { return state_->size(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return state_->capacity(); }

private:
    std::shared_ptr<State> state_;
};

template <class T>
class Channel<T>::State final : public loop::ChannelCore {
public:
    explicit State(std::size_t capacity) : ChannelCore(capacity) {}

    template <class U>
    bool try_send(U&& item) {
        Guard guard(*this);
        refuse_when_closed(guard);
        if (!can_send(guard)) return false;
        push(guard, std::forward<U>(item));
        return true;
    }
    std::optional<T> try_receive() {
        Guard guard(*this);
        return can_receive(guard) ? pop(guard) : std::nullopt;
    }

private:
    friend class Channel;

    template <class U>
    void push(Guard& guard, U&& item) {
        items_.push(std::forward<U>(item));
        added(guard);
    }
    std::optional<T> pop(Guard& guard) noexcept {
        std::optional<T> item(items_.pop());
        removed(guard);
        return item;
    }

    loop::ItemRing<T> items_;
};

template <class T>
class [[nodiscard("nothing is received until it is awaited")]] Channel<T>::Receive final
    : public loop::ChannelCore::Receiving {
public:
    explicit Receive(State& state) noexcept : Receiving(state) {}
    /// Requires: `other` has not been awaited.
    Receive(Receive&& other) noexcept : Receiving(other) {}

    bool await_ready() noexcept {
        Guard guard(state());
        return attempt(guard);
    }
    bool await_suspend(std::coroutine_handle<> handle) {
        Guard guard(state());
        if (attempt(guard)) return false;
        this->wait(guard, handle);
        return true;
    }
    std::optional<T> await_resume() noexcept {
        if (this->has_waited()) take_granted();
        return std::move(item_);
    }

private:
    using Guard = loop::ChannelCore::Guard;
    State& state() const noexcept { return static_cast<State&>(*this->core_); }
    /// False when there is something to wait for.
    bool attempt(Guard& guard) noexcept {
        if (!state().can_receive(guard)) return state().is_drained(guard);
        item_ = state().pop(guard);
        return true;
    }
    // Whoever is woken without a grant has nothing to expect.
    void take_granted() noexcept {
        Guard guard(state());
        if (!this->is_granted(guard)) return;
        this->use_grant(guard);
        item_ = state().pop(guard);
    }

    std::optional<T> item_;
};

template <class T>
class [[nodiscard("nothing is sent until it is awaited")]] Channel<T>::Send final : public loop::ChannelCore::Sending {
public:
    Send(State& state, T item) noexcept : Sending(state), item_(std::move(item)) {}
    /// Requires: `other` has not been awaited.
    Send(Send&& other) noexcept : Sending(other), item_(std::move(other.item_)) {}

    bool await_ready() {
        Guard guard(state());
        return attempt(guard);
    }
    bool await_suspend(std::coroutine_handle<> handle) {
        Guard guard(state());
        if (attempt(guard)) return false;
        this->wait(guard, handle);
        return true;
    }
    void await_resume() {
        if (is_sent_) return;
        Guard guard(state());
        state().refuse_when_closed(guard);
        state().items_.push(std::move(item_));
        this->use_grant(guard);
        state().added(guard);
    }

private:
    using Guard = loop::ChannelCore::Guard;
    State& state() const noexcept { return static_cast<State&>(*this->core_); }
    /// False when there is something to wait for. A channel that is closed refuses it when it resumes.
    bool attempt(Guard& guard) {
        if (state().is_closed(guard)) return true;
        if (!state().can_send(guard)) return false;
        state().push(guard, std::move(item_));
        is_sent_ = true;
        return true;
    }

    T item_;
    bool is_sent_ = false;
};

}  // namespace trawl
