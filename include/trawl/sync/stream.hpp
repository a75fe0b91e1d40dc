/// Stream: items that producers make while a consumer takes them, never more than a few ahead of it.
///
///     Stream<int> numbers(10, [](Sink<int>& sink) -> Task<> {
///         for (int i = 0; i < 1000; ++i) co_await sink.send(i);
///     });
///     while (auto number = co_await numbers.next()) use(*number);
///
/// Rules: the producers begin at the first next(), as children of the task that calls it, which must outlive the stream
/// or hand it to a child; dropping the stream destroys them. They wait while `capacity` items are not taken. The first
/// error of a producer destroys the others, and next() throws it behind the items that were sent before; one that is
/// not fetched before the stream is dropped is thrown by the loop when it ends.
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/coro/task.hpp"
#include "trawl/coro/temporary.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/sync/queue.hpp"

namespace trawl {

template <class T>
class Sink;

namespace sync {

/// The tasks that fill a stream: they begin together, and one's error ends them all.
class Producers {
public:
    void add(Task<> producer) { waiting_.push_back(std::move(producer)); }
    [[nodiscard]] bool started() const noexcept { return started_; }
    /// Begins them, as children of the task that runs now.
    void start();
    /// Destroys them. An error that nobody took is the loop's.
    void drop() noexcept;

    /// One has ended, perhaps with an error. True when it was the last, or all of them were ended by the error.
    bool ended(std::exception_ptr error) noexcept;
    [[nodiscard]] bool all_ended() const noexcept { return started_ && working_ == 0; }
    /// Throws the error that ended them; once.
    void rethrow();

private:
    std::vector<Task<>> waiting_;
    std::optional<TaskGroup> group_;
    std::size_t working_ = 0;
    std::exception_ptr error_;
    bool started_ = false;
};

/// What a stream and its producers share. It outlives a producer that drops the stream itself.
template <class T>
class Channel final : public BasicQueue<T, FifoItems<T>> {
    using Base = BasicQueue<T, FifoItems<T>>;
    using typename QueueCore::Getting;

public:
    explicit Channel(std::size_t capacity) : Base(capacity) {}

    class Next;
    class Send;
    Producers producers;

    void start() {
        if (producers.started()) return;
        producers.start();
        if (producers.all_ended()) this->shutdown();
    }
    void producer_ended(std::exception_ptr error) noexcept {
        if (producers.ended(std::move(error))) this->shutdown();
    }
};

template <class T>
class [[nodiscard("nothing is asked for until it is awaited")]] Channel<T>::Next final : public Getting {
public:
    explicit Next(Channel& channel) noexcept : Getting(channel) {}
    /// Requires: `other` has not been awaited.
    Next(Next&& other) noexcept = default;

    bool await_ready() {
        channel().start();
        return Getting::await_ready();
    }
    std::optional<T> await_resume() {
        if (!channel().drained()) return channel().take(*this);
        channel().producers.rethrow();
        return std::nullopt;
    }
    [[nodiscard]] std::string describe() const override { return this->describe_as("Stream::next", "stream"); }

private:
    Channel& channel() noexcept { return static_cast<Channel&>(*this->queue_); }
};

template <class T>
class [[nodiscard("nothing is sent until it is awaited")]] Channel<T>::Send final : public Base::Put {
public:
    using Base::Put::Put;
    [[nodiscard]] std::string describe() const override { return this->describe_as("Sink::send", "stream"); }
};

}  // namespace sync

/// Where a producer sends its items. It is the stream's; a producer must not keep it.
template <class T>
class Sink {
public:
    explicit Sink(sync::Channel<T>& channel) noexcept : channel_(channel) {}
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    /// `co_await sink.send(item);` Suspends while the stream has as many items as it may hold. A struct without a
    /// constructor is sent by its name alone (coro/temporary.hpp).
    [[nodiscard]] typename sync::Channel<T>::Send send(T&& item) {
        coro::require_sound_temporary<T>();
        return {channel_, std::move(item)};
    }
    [[nodiscard]] typename sync::Channel<T>::Send send(const T& item) { return {channel_, item}; }

private:
    sync::Channel<T>& channel_;
};

template <class T>
class [[nodiscard("a stream is dropped with its object")]] Stream {
public:
    /// At most `capacity` items wait to be taken. A producer is called with a Sink<T>& and returns a Task<>; it is kept
    /// until that has ended. Throws UsageError when `capacity` is 0.
    template <class... Producers>
        requires(std::same_as<std::invoke_result_t<Producers&, Sink<T>&>, Task<>> && ...)
    explicit Stream(std::size_t capacity, Producers... producers)
        : channel_(std::make_shared<sync::Channel<T>>(capacity)) {
        (channel_->producers.add(produce(channel_, std::move(producers))), ...);
    }
    Stream(Stream&&) = default;
    Stream& operator=(Stream&& other) noexcept {
        std::swap(channel_, other.channel_);
        return *this;
    }
    ~Stream() {
        if (channel_) channel_->producers.drop();
    }

    /// The next item; nothing when all producers have ended and their items are taken. Throws what ended a producer;
    /// after that, the stream is at its end. Several tasks may ask: each item goes to one of them.
    [[nodiscard]] typename sync::Channel<T>::Next next() noexcept { return typename sync::Channel<T>::Next(*channel_); }

private:
    template <class Producer>
    static Task<> produce(std::shared_ptr<sync::Channel<T>> channel, Producer producer) {
        Sink<T> sink(*channel);
        std::exception_ptr error;
        try {
            co_await std::invoke(producer, sink);
        } catch (...) {
            error = std::current_exception();
        }
        channel->producer_ended(std::move(error));
    }

    std::shared_ptr<sync::Channel<T>> channel_;
};

}  // namespace trawl
