/// Generator<Yield, Send, Return>: a coroutine that gives items one by one, as they are asked for.
///
///     Generator<int> count(int n) { for (int i = 0; i < n; ++i) co_yield i; }
///     for (int i : count(3)) ...                                        // a range (input, one pass)
///
///     Generator<double, double> mean() { ...; double x = co_yield m; }  // a co_yield gives the value that is sent
///     auto g = mean(); g.next(); *g.send(3.0);
///
///     int total = co_yield from(other());                               // gives all its items, then its return value
///
/// It means what Python's generators mean (PEP 342, 380, 479), with one difference: there is no GeneratorExit. close(),
/// and destroying a generator that has not ended, destroy its frames, innermost first: destructors are the cleanup.
/// Lazy, move-only, owned by whoever holds the object. No I/O, no clock, no thread; it may be resumed on any thread, by
/// one at a time.
#pragma once

#include <cstddef>
#include <exception>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

#include "trawl/coro/generator_promise.hpp"

namespace trawl {

/// `Yield` may be a reference, const, move-only; not void. `Send` is what co_yield evaluates to: next() sends nothing,
/// which a generator that waits for a value takes only if Send is a std::optional (or a pointer).
template <class Yield, class Send, class Return>
class [[nodiscard("a Generator does nothing until it is asked for items")]] Generator {
    static_assert(!std::is_void_v<Yield>, "a generator yields something: use std::monostate for items without content");

public:
    using promise_type = coro::GeneratorPromise<Yield, Send, Return>;
    /// std::optional<Yield>, or a pointer when Yield is a reference.
    using Item = coro::Item<Yield>;
    using Sent = typename promise_type::Sent;

    explicit Generator(promise_type& promise) noexcept : promise_(&promise) {}
    Generator(Generator&& other) noexcept
        : promise_(std::exchange(other.promise_, nullptr)), closed_(std::exchange(other.closed_, false)) {}
    Generator& operator=(Generator&& other) noexcept {
        Generator(std::move(other)).swap(*this);
        return *this;
    }
    /// Destroys its frames, innermost first; when it runs, as soon as it suspends.
    ~Generator() {
        if (promise_ != nullptr) coro::GeneratorFrame::destroy(promise_);
    }
    void swap(Generator& other) noexcept {
        std::swap(promise_, other.promise_);
        std::swap(closed_, other.closed_);
    }

    /// Runs to the next co_yield and gives its item, or nothing when the generator has ended, however often it is
    /// asked. Throws what the coroutine throws, which ends it; UsageError when it runs, or waits for a value (see
    /// Send).
    Item next() {
        if (!ready("next()")) return Item();
        refuse_to_send_nothing();
        return resume(*promise_);
    }

    /// The same, and the co_yield where it waits gives `value`. UsageError for one that has not started.
    Item send(Sent value)
        requires(!std::is_void_v<Send>)
    {
        if (!ready("send()")) return Item();
        if (promise_->state() == coro::GeneratorState::created) {
            if (!coro::is_nothing(value)) coro::refuse_first_value();
        } else {
            innermost(*promise_).set_sent(std::addressof(value));
        }
        return resume(*promise_);
    }

    /// The same, and the co_yield where it waits throws `error`. One that has not started or has ended throws it back.
    Item throw_(std::exception_ptr error) {
        if (!error) coro::refuse_null_error();
        if (!ready("throw_()")) std::rethrow_exception(std::move(error));
        if (promise_->state() == coro::GeneratorState::created) {
            close();
            std::rethrow_exception(std::move(error));
        }
        innermost(*promise_).set_error(std::move(error));
        return resume(*promise_);
    }
    template <class Exception>
        requires(!std::is_convertible_v<Exception, std::exception_ptr>)
    Item throw_(Exception error) {
        return throw_(std::make_exception_ptr(std::move(error)));
    }

    /// Destroys its frames, innermost first; from then on it has ended. One that has ended, or was moved from, stays as
    /// it is. UsageError when it runs.
    void close() {
        if (promise_ == nullptr || !ready("close()")) return;
        closed_ = true;
        coro::GeneratorFrame::destroy(std::exchange(promise_, nullptr));
    }

    /// Whether its first line has run, or it was closed.
    [[nodiscard]] bool started() const noexcept {
        return promise_ != nullptr ? promise_->state() != coro::GeneratorState::created : closed_;
    }
    /// Whether nothing more will come of it.
    [[nodiscard]] bool done() const noexcept {
        return promise_ == nullptr || promise_->state() >= coro::GeneratorState::returned;
    }
    /// False for one that was moved from or delegated to.
    [[nodiscard]] bool valid() const noexcept { return promise_ != nullptr || closed_; }

    /// What it returned: a reference into the generator, the same one each time. UsageError before the end, and for one
    /// that ended by an error or was closed.
    std::add_lvalue_reference_t<Return> return_value() & {
        if (promise_ == nullptr || promise_->state() != coro::GeneratorState::returned)
            coro::refuse_return_value(promise_);
        if constexpr (!std::is_void_v<Return>) return *promise_->value();
    }
    /// Moves it out; after that the generator keeps what the move left.
    Return return_value() && {
        if constexpr (std::is_void_v<Return>) {
            return_value();
        } else {
            return static_cast<Return&&>(return_value());
        }
    }

    class Iterator;
    /// Takes the next item: a loop over a generator that was started goes on where it was.
    Iterator begin()
        requires(std::is_void_v<Send> || coro::Nullable<Send>);
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

    /// For those who delegate: UsageError when it runs, was moved from, or waits for a value.
    void check_delegable() const {
        if (ready("from()")) refuse_to_send_nothing();
    }
    /// Gives up the coroutine; null when it was closed.
    promise_type* release() noexcept { return std::exchange(promise_, nullptr); }

private:
    // Whether it can be resumed; false when it has ended.
    bool ready(const char* what) const {
        if (promise_ == nullptr) {
            if (!closed_) coro::refuse_moved_from();
            return false;
        }
        if (promise_->state() <= coro::GeneratorState::suspended) [[likely]] {
            return true;
        }
        if (promise_->state() <= coro::GeneratorState::abandoned) coro::refuse_running(what);
        return false;
    }
    bool advance() {
        if (!ready("next()")) return false;
        refuse_to_send_nothing();
        return promise_->resume();
    }
    void refuse_to_send_nothing() const {
        if constexpr (!std::is_void_v<Send> && !coro::Nullable<Send>) {
            if (promise_->state() == coro::GeneratorState::suspended && innermost(*promise_).takes_value()) {
                coro::refuse_nothing();
            }
        }
    }
    // Static: the coroutine may move or destroy the Generator object that it was resumed by.
    static Item resume(promise_type& promise) {
        if (!promise.resume()) return Item();
        if constexpr (std::is_reference_v<Yield>) {
            return innermost(promise).object();
        } else {
            return Item(std::in_place, static_cast<coro::Yielded<Yield>>(*innermost(promise).object()));
        }
    }
    static coro::GeneratorChannel<Yield, Send>& innermost(promise_type& promise) noexcept {
        return static_cast<coro::GeneratorChannel<Yield, Send>&>(promise.innermost());
    }

    promise_type* promise_;
    bool closed_ = false;
};

/// Must not outlive its generator, nor be used after it was moved.
template <class Yield, class Send, class Return>
class Generator<Yield, Send, Return>::Iterator {
public:
    using value_type = std::remove_cvref_t<Yield>;
    using difference_type = std::ptrdiff_t;
    using reference = coro::Yielded<Yield>;

    /// Null: the end.
    explicit Iterator(Generator* generator) noexcept : generator_(generator) {}
    Iterator(Iterator&& other) noexcept : generator_(std::exchange(other.generator_, nullptr)) {}
    Iterator& operator=(Iterator&& other) noexcept {
        generator_ = std::exchange(other.generator_, nullptr);
        return *this;
    }

    reference operator*() const { return static_cast<reference>(*innermost(*generator_->promise_).object()); }
    Iterator& operator++() {
        if (!generator_->advance()) generator_ = nullptr;
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) noexcept {
        return iterator.generator_ == nullptr;
    }

private:
    Generator* generator_;
};

template <class Yield, class Send, class Return>
auto Generator<Yield, Send, Return>::begin() -> Iterator
    requires(std::is_void_v<Send> || coro::Nullable<Send>)
{
    Iterator iterator(this);
    ++iterator;
    return iterator;
}

}  // namespace trawl

#include "trawl/coro/delegation.hpp"  // from(): needs Generator, and belongs to it
