/// Outcome: what a task left behind: a value or an error.
#pragma once

#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace trawl {

namespace coro {

/// Void as a value and a reference as a pointer, for results that are stored.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate,
                                  std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>>;

}  // namespace coro

template <class T>
class Outcome {
public:
    template <class... Args>
    void set_value(Args&&... args) {
        state_.template emplace<1>(std::forward<Args>(args)...);
    }
    void set_error(std::exception_ptr error) noexcept { state_.template emplace<2>(std::move(error)); }
    /// Sets it to what `other` moves to; T need not be assignable. When T throws as it is moved, that is the error.
    void move_value(coro::Stored<T>& other) noexcept {
        try {
            set_value(std::move(other));
        } catch (...) {
            set_error(std::current_exception());
        }
    }
    void move_from(Outcome& other) noexcept {
        if (auto* value = std::get_if<1>(&other.state_)) {
            move_value(*value);
        } else if (auto failure = other.error()) {
            set_error(std::move(failure));
        }
    }

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 1; }
    /// The error, or null.
    [[nodiscard]] std::exception_ptr error() const noexcept {
        const auto* error = std::get_if<2>(&state_);
        return error ? *error : nullptr;
    }
    /// Moves the value out, or throws the error. Requires: the task has ended.
    T take() {
        if (auto failure = error()) std::rethrow_exception(std::move(failure));
        if constexpr (std::is_reference_v<T>) {
            return static_cast<T>(*std::get<1>(state_));
        } else {
            return std::move(std::get<1>(state_));
        }
    }

private:
    std::variant<std::monostate, coro::Stored<T>, std::exception_ptr> state_;
};

/// Of a task without a value: it has one when there is no error.
template <>
class Outcome<void> {
public:
    void set_value() noexcept {}
    void set_error(std::exception_ptr error) noexcept { error_ = std::move(error); }

    void move_from(Outcome& other) noexcept { error_ = std::move(other.error_); }

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    [[nodiscard]] std::exception_ptr error() const noexcept { return error_; }
    void take() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

private:
    std::exception_ptr error_;
};

}  // namespace trawl
