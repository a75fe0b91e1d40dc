/// The least of a coroutine type, for the canaries alone: they speak of the compiler, so nothing of trawl is in them.
#pragma once

#include <coroutine>
#include <exception>
#include <set>
#include <utility>

namespace canary {

/// Counts what becomes of values: how many were built, how many times one was destroyed that was not there (any more).
/// Owns nothing, so that destroying one twice is counted and does no harm.
class Tracked {
public:
    Tracked() { alive().insert(this); }
    Tracked(const Tracked&) : Tracked() {}
    Tracked(Tracked&&) noexcept : Tracked() {}
    Tracked& operator=(const Tracked&) = default;
    Tracked& operator=(Tracked&&) = default;
    ~Tracked() {
        if (alive().erase(this) == 0) ++destroyed_again();
    }

    static void reset() {
        alive().clear();
        destroyed_again() = 0;
    }
    /// Every value was destroyed once.
    static bool balanced() { return alive().empty() && destroyed_again() == 0; }

private:
    static std::set<const void*>& alive() {
        static std::set<const void*> values;
        return values;
    }
    static int& destroyed_again() {
        static int count = 0;
        return count;
    }
};

/// A lazy coroutine that yields or returns an int; awaiting it starts it and hands control over by symmetric transfer.
class [[nodiscard]] Job {
public:
    struct promise_type {
        std::coroutine_handle<> waiting = std::noop_coroutine();
        std::exception_ptr error;
        int value = 0;

        struct Leave {
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) const noexcept {
                return self.promise().waiting;
            }
            void await_resume() const noexcept {}
        };

        Job get_return_object() { return Job(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        Leave final_suspend() const noexcept { return {}; }
        std::suspend_always yield_value(int yielded) {
            value = yielded;
            return {};
        }
        void return_value(int result) { value = result; }
        void unhandled_exception() { error = std::current_exception(); }
    };

    explicit Job(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
    Job(Job&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Job& operator=(Job&&) = delete;
    ~Job() {
        if (handle_) handle_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        handle_.promise().waiting = waiting;
        return handle_;
    }
    int await_resume() const { return result(); }

    /// Runs it to its end (or to its next co_yield) and hands back its value.
    int resume() {
        handle_.resume();
        return result();
    }
    [[nodiscard]] bool done() const { return handle_.done(); }

private:
    int result() const {
        if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
        return handle_.promise().value;
    }

    std::coroutine_handle<promise_type> handle_;
};

}  // namespace canary
