/// `co_yield from(other)`: gives all items of another generator, or of any range, as its own (PEP 380).
///
/// Rules: a generator is taken over (also an lvalue: the caller's object is empty from then on) and destroyed when it
/// has ended. What is sent and thrown to the outer generator reaches it; the expression gives its return value, or
/// throws the error that ended it. A range given as an lvalue is referred to, one given as an rvalue is moved in and
/// its elements are moved out; errors thrown to it end it, and a value sent to it is a UsageError, thrown by the
/// expression.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

#include "trawl/coro/generator.hpp"

namespace trawl {

/// To be given to co_yield. UsageError for a generator that runs, was moved from, or has started and waits for a value.
template <class Yield, class Send, class Return>
[[nodiscard]] coro::From<Generator<Yield, Send, Return>> from(Generator<Yield, Send, Return>&& generator) {
    generator.check_delegable();
    return coro::From<Generator<Yield, Send, Return>>(std::move(generator));
}
template <class Yield, class Send, class Return>
[[nodiscard]] coro::From<Generator<Yield, Send, Return>> from(Generator<Yield, Send, Return>& generator) {
    return from(std::move(generator));
}
template <std::ranges::input_range Range>
[[nodiscard]] coro::From<Range> from(Range&& range) {
    return coro::From<Range>(std::forward<Range>(range));
}

namespace coro {

/// Awaited by the frame that delegates. Owns what it delegates to only before and after: while both are suspended, the
/// root of the chain does.
template <class Yield, class Send, class Return>
class Delegation {
public:
    using Promise = GeneratorPromise<Yield, Send, Return>;

    /// `promise` is taken; null stands for a generator that was closed.
    Delegation(GeneratorFrame& frame, Promise* promise) noexcept : frame_(frame), promise_(promise) {}
    bool await_ready() const noexcept { return promise_ == nullptr || promise_->state() >= GeneratorState::returned; }
    void await_suspend(std::coroutine_handle<>) const noexcept { frame_.delegate_to(*promise_); }
    Return await_resume() const {
        if (!await_ready()) frame_.delegation_ended();
        std::unique_ptr<Promise, DestroyEnded> ended(promise_);
        if (ended) ended->throw_error();
        if constexpr (!std::is_void_v<Return>) {
            auto* value = ended ? ended->value() : nullptr;
            if (value == nullptr) refuse_return_value(ended.get());
            return static_cast<Return&&>(*value);
        }
    }

private:
    struct DestroyEnded {
        void operator()(GeneratorFrame* frame) const noexcept { frame->destroy_ended(); }
    };

    GeneratorFrame& frame_;
    Promise* promise_;
};

template <class Yield, class Send>
template <class Return>
Delegation<Yield, Send, Return> GeneratorChannel<Yield, Send>::yield_value(
    From<Generator<Yield, Send, Return>>&& source) {
    return Delegation<Yield, Send, Return>(*this, source.take().release());
}

template <class Yield, class Send>
template <class OtherYield, class OtherSend, class Return>
Delegation<Yield, Send, Return> GeneratorChannel<Yield, Send>::yield_value(
    From<Generator<OtherYield, OtherSend, Return>>&& source) {
    return Delegation<Yield, Send, Return>(*this, relay<Yield, Send>(source.take()).release());
}

template <class Yield, class Send>
template <class Source>
Delegation<Yield, Send, void> GeneratorChannel<Yield, Send>::yield_value(From<Source>&& source) {
    return Delegation<Yield, Send, void>(*this, each<Yield, Send, Source>(source.take()).release());
}

/// Whether To cannot hold what Given holds: a fraction, or a wider number.
template <class Given, class To>
inline constexpr bool rounds = false;
template <class Given, class To>
    requires(std::is_arithmetic_v<Given> && std::is_arithmetic_v<To>)
inline constexpr bool rounds<Given, To> = std::is_floating_point_v<Given>
                                              ? !std::is_floating_point_v<To> || sizeof(Given) > sizeof(To)
                                              : std::is_integral_v<To> && sizeof(Given) > sizeof(To);

/// An object as the type that is yielded: the object itself where it can be that, else one made of it. `Given` is the
/// type of the expression that gave it; it may be taken from unless it is an lvalue.
template <class Yield, class Given>
class Converted {
    static_assert(std::is_convertible_v<Given, Yield> &&
                      !rounds<std::remove_cvref_t<Given>, std::remove_cvref_t<Yield>>,
                  "from(...): what it gives is not what the generator yields, nor can become that without a loss");
    static constexpr bool same = std::is_same_v<std::remove_cvref_t<Given>, std::remove_cv_t<Yield>> &&
                                 (std::is_const_v<Yield> || !std::is_lvalue_reference_v<Given>);
    static constexpr bool direct = std::is_convertible_v<std::add_pointer_t<Given>, std::add_pointer_t<Yield>> &&
                                   (std::is_reference_v<Yield> || same);
    using Object = std::remove_cvref_t<Yield>;

public:
    explicit Converted(std::remove_reference_t<Given>& object) : object_(make(object)) {}
    std::add_pointer_t<Yield> pointer() noexcept {
        if constexpr (direct) {
            return object_;
        } else {
            return std::addressof(object_);
        }
    }

private:
    static auto make(std::remove_reference_t<Given>& object) {
        if constexpr (direct) {
            return std::add_pointer_t<Yield>(std::addressof(object));
        } else {
            return Object(static_cast<Given&&>(object));
        }
    }

    std::conditional_t<direct, std::add_pointer_t<Yield>, Object> object_;
};

/// The elements of a range. `Source` is a reference, or the range itself, which is then used up.
template <class Yield, class Send, class Source>
Generator<Yield, Send> each(Source range) {
    using Reference = std::ranges::range_reference_t<Source>;
    constexpr bool ours =
        !std::is_reference_v<Source> && !std::ranges::view<Source> && !std::is_lvalue_reference_v<Yield>;
    using Given = std::conditional_t<ours, std::remove_reference_t<Reference>&&, Reference>;
    for (auto&& element : range) {
        Converted<Yield, Given> converted(element);
        co_yield Element<Yield>(converted.pointer());
    }
}

/// A generator whose items or sent values have other types, turned into ours: what delegating means, by hand.
template <class Yield, class Send, class OtherYield, class OtherSend, class Return>
Generator<Yield, Send, Return> relay(Generator<OtherYield, OtherSend, Return> other) {
    constexpr bool sends = !std::is_void_v<Send> && !std::is_void_v<OtherSend>;
    static_assert(std::is_void_v<OtherSend> || Nullable<OtherSend> || sends,
                  "from(generator): it waits for values, and we are sent none");
    static_assert(!sends || (std::is_convertible_v<Send, OtherSend> && !rounds<Send, OtherSend>),
                  "from(generator): what we are sent is not what it waits for, nor can become that without a loss");
    std::optional<Item<OtherYield>> item(other.next());
    while (*item) {
        Converted<Yield, Yielded<OtherYield>> converted(**item);
        std::exception_ptr error;
        std::optional<typename GeneratorChannel<Yield, Send>::Sent> sent;
        try {
            if constexpr (sends) {
                Send value = co_yield static_cast<Yielded<Yield>>(*converted.pointer());
                sent.emplace(std::forward<Send>(value));
            } else {
                co_yield Element<Yield>(converted.pointer());
            }
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            item.emplace(other.throw_(error));
        } else if constexpr (sends) {
            item.emplace(other.send(static_cast<OtherSend>(std::move(*sent))));
        } else {
            item.emplace(other.next());
        }
    }
    if constexpr (!std::is_void_v<Return>) co_return std::move(other).return_value();
}

template <class Yield, class Send, class Return>
Generator<Yield, Send, Return> GeneratorPromise<Yield, Send, Return>::get_return_object() noexcept {
    return Generator<Yield, Send, Return>(*this);
}
template <class Yield, class Send>
Generator<Yield, Send, void> GeneratorPromise<Yield, Send, void>::get_return_object() noexcept {
    return Generator<Yield, Send, void>(*this);
}

}  // namespace coro

}  // namespace trawl
