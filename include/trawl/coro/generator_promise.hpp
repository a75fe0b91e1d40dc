/// What a generator's coroutine passes to and from its caller: items out, sent values and errors in, a return value.
///
/// An item is not moved on its way out: a pointer to the object that was yielded, which lives until the coroutine goes
/// on, as in std::generator (P2502). Only an lvalue that the caller may change is copied.
#pragma once

#include <cassert>
#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "trawl/coro/generator_frame.hpp"

namespace trawl {

template <class Yield, class Send = void, class Return = void>
class Generator;

namespace coro {

/// What `*iterator` is, and what a co_yield takes without a copy: the type itself for a reference, const for const.
template <class Yield>
using Yielded =
    std::conditional_t<std::is_reference_v<Yield>, Yield,
                       std::conditional_t<std::is_const_v<std::remove_reference_t<Yield>>,
                                          std::add_lvalue_reference_t<Yield>, std::add_rvalue_reference_t<Yield>>>;

/// What next() and send() give: an optional, or a pointer when the items are references. Empty means the end.
template <class Yield>
using Item = std::conditional_t<std::is_reference_v<Yield>, std::add_pointer_t<Yield>, std::optional<Yield>>;

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

/// A Send that can say "nothing was sent": next() may resume a generator that waits for one.
template <class Send>
concept Nullable = IsOptional<Send>::value || std::is_convertible_v<std::nullptr_t, Send>;

template <class Send>
bool is_nothing(const Send& sent) noexcept {
    if constexpr (IsOptional<Send>::value) {
        return !sent.has_value();
    } else if constexpr (Nullable<Send>) {
        return sent == nullptr;
    } else {
        return false;
    }
}

/// co_yield from(...): what is delegated to. A generator is moved in; a range is held by value, or referred to.
template <class Source>
class From {
public:
    explicit From(Source&& source) noexcept(std::is_nothrow_move_constructible_v<Source>)
        : source_(std::forward<Source>(source)) {}
    Source take() { return std::forward<Source>(source_); }

private:
    Source source_;
};

/// An element of a plain range, which takes no value.
template <class Yield>
class Element {
public:
    explicit Element(std::add_pointer_t<Yield> object) noexcept : object_(object) {}
    [[nodiscard]] std::add_pointer_t<Yield> object() const noexcept { return object_; }

private:
    std::add_pointer_t<Yield> object_;
};

template <class Yield, class Send, class Return>
class Delegation;
template <class Yield, class Send, class Return>
class GeneratorPromise;
template <class Yield, class Send, class Source>
Generator<Yield, Send> each(Source range);
template <class Yield, class Send, class OtherYield, class OtherSend, class Return>
Generator<Yield, Send, Return> relay(Generator<OtherYield, OtherSend, Return> other);

/// A frame whose chain yields and is sent values of these types.
template <class Yield, class Send>
class GeneratorChannel : public GeneratorFrame {
public:
    using Pointer = std::add_pointer_t<Yield>;
    using Sent = std::conditional_t<std::is_void_v<Send>, std::monostate, Send>;

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    // Stored, not thrown: clang destroys the locals twice when this function throws.
    void unhandled_exception() noexcept { set_error(std::current_exception()); }

    class YieldAwaiter;
    class CopyAwaiter;
    class ElementAwaiter;

    YieldAwaiter yield_value(Yielded<Yield> object) noexcept;
    CopyAwaiter yield_value(const std::remove_reference_t<Yield>& object)
        requires(!std::is_reference_v<Yield> && !std::is_const_v<Yield> && std::copy_constructible<Yield>);
    ElementAwaiter yield_value(Element<Yield> element) noexcept;
    template <class Return>
    Delegation<Yield, Send, Return> yield_value(From<Generator<Yield, Send, Return>>&& source);
    template <class OtherYield, class OtherSend, class Return>
    Delegation<Yield, Send, Return> yield_value(From<Generator<OtherYield, OtherSend, Return>>&& source);
    template <class Source>
    Delegation<Yield, Send, void> yield_value(From<Source>&& source);
    void await_transform() = delete;  // a generator waits for nothing but its caller

    /// The object at whose co_yield this frame is.
    [[nodiscard]] Pointer object() const noexcept { return object_; }
    /// Whether the co_yield takes a value; that of a plain range's elements does not.
    [[nodiscard]] bool takes_value() const noexcept { return takes_value_; }
    /// The value that the co_yield gives; must live until the frame suspends again. Null: nothing is sent.
    void set_sent(std::add_pointer_t<Sent> sent) noexcept { sent_ = sent; }

private:
    Pointer object_ = nullptr;
    [[no_unique_address]] std::conditional_t<std::is_void_v<Send>, std::monostate, std::add_pointer_t<Sent>> sent_{};
    bool takes_value_ = !std::is_void_v<Send>;
};

/// co_yield of an object that lives in the coroutine, or for as long as the expression.
template <class Yield, class Send>
class GeneratorChannel<Yield, Send>::YieldAwaiter {
public:
    explicit YieldAwaiter(GeneratorChannel& frame) noexcept : frame_(frame) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    Send await_resume() const {
        frame_.throw_error();
        if constexpr (!std::is_void_v<Send>) {
            auto* sent = std::exchange(frame_.sent_, nullptr);
            if (sent == nullptr) [[unlikely]] {
                if constexpr (Nullable<Send>) {
                    return Send{};
                } else {
                    refuse_second_yield();
                }
            }
            return static_cast<Send&&>(*sent);
        }
    }

protected:
    GeneratorChannel& frame_;
};

/// co_yield of an lvalue whose type lets the caller change or take it: a copy is handed out.
template <class Yield, class Send>
class GeneratorChannel<Yield, Send>::CopyAwaiter : public YieldAwaiter {
public:
    CopyAwaiter(GeneratorChannel& frame, const Yield& object) : YieldAwaiter(frame), copy_(object) {}
    void await_suspend(std::coroutine_handle<>) noexcept { this->frame_.object_ = std::addressof(copy_); }

private:
    Yield copy_;
};

template <class Yield, class Send>
class GeneratorChannel<Yield, Send>::ElementAwaiter {
public:
    explicit ElementAwaiter(GeneratorChannel& frame) noexcept : frame_(frame) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const {
        frame_.throw_error();
        if constexpr (!std::is_void_v<Send>) {
            auto* sent = std::exchange(frame_.sent_, nullptr);
            if (sent != nullptr && !is_nothing(*sent)) refuse_value_for_range();
        }
    }

private:
    GeneratorChannel& frame_;
};

template <class Yield, class Send>
auto GeneratorChannel<Yield, Send>::yield_value(Yielded<Yield> object) noexcept -> YieldAwaiter {
    object_ = std::addressof(object);
    return YieldAwaiter(*this);
}

template <class Yield, class Send>
auto GeneratorChannel<Yield, Send>::yield_value(const std::remove_reference_t<Yield>& object) -> CopyAwaiter
    requires(!std::is_reference_v<Yield> && !std::is_const_v<Yield> && std::copy_constructible<Yield>)
{
    return CopyAwaiter(*this, object);
}

template <class Yield, class Send>
auto GeneratorChannel<Yield, Send>::yield_value(Element<Yield> element) noexcept -> ElementAwaiter {
    object_ = element.object();
    takes_value_ = false;
    return ElementAwaiter(*this);
}

/// The promise: a channel and the return value.
template <class Yield, class Send, class Return>
class GeneratorPromise final : public GeneratorChannel<Yield, Send> {
public:
    GeneratorPromise() noexcept {
        assert(std::coroutine_handle<GeneratorPromise>::from_promise(*this) == this->handle());
    }
    Generator<Yield, Send, Return> get_return_object() noexcept;

    template <class Value = Return>
        requires(!std::is_reference_v<Return> && std::is_constructible_v<Return, Value &&>)
    void return_value(Value&& value) {
        value_.emplace(std::forward<Value>(value));
    }
    void return_value(Return value)
        requires std::is_reference_v<Return>
    {
        value_ = std::addressof(value);
    }
    /// The value that it returned, or null.
    [[nodiscard]] std::remove_reference_t<Return>* value() noexcept {
        return value_ ? std::addressof(*value_) : nullptr;
    }

private:
    Item<Return> value_{};
};

template <class Yield, class Send>
class GeneratorPromise<Yield, Send, void> final : public GeneratorChannel<Yield, Send> {
public:
    GeneratorPromise() noexcept {
        assert(std::coroutine_handle<GeneratorPromise>::from_promise(*this) == this->handle());
    }
    Generator<Yield, Send, void> get_return_object() noexcept;
    void return_void() const noexcept {}
};

}  // namespace coro

}  // namespace trawl
