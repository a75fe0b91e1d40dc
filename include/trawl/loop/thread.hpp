/// to_thread: blocking or CPU-heavy work on a thread of the loop's bounded pool, awaited like anything else.
///
/// Rules: function and arguments are moved in, and destroyed on the thread that ran them, so that permits and guards
/// are no arguments; the result is destroyed on the loop's thread. The work sees nothing of the coroutine. Destroying
/// the await does not interrupt work that has begun: its result is dropped, and the loop waits for it when it ends.
/// Work that has not begun never does, and is destroyed at once. Context variables have their initial values there.
/// The pool grows to Loop::set_threads_max() threads, and keeps them until the loop ends; what is more waits its turn.
#pragma once

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "trawl/base/list.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/mailbox.hpp"

namespace trawl {

namespace loop {

/// Work on its way to a thread (in the pool's list) and back (a letter). A thread touches what work() does, and only
/// while it runs; all else is the loop's.
class ThreadJob : public ListNode, public Letter {
public:
    virtual ~ThreadJob() = default;
    /// On the thread. Keeps its outcome.
    virtual void work() noexcept = 0;

    void deliver() override;
    void drop() noexcept override { delete this; }

protected:
    bool is_virtual_ = false;  // nobody has done the work when it is delivered

private:
    friend class ThreadAwaiter;
    ThreadPool* pool_ = nullptr;  // whose it is until it comes back
    Waiter* waiter_ = nullptr;    // who waits; null when nobody does any more
};

template <class Function, class... Args>
class ThreadCall final : public ThreadJob {
public:
    using Value = std::invoke_result_t<Function, Args...>;

    explicit ThreadCall(Function&& function, Args&&... args)
        : call_(std::in_place, std::move(function), std::move(args)...) {}
    void work() noexcept override {
        try {
            call();
        } catch (...) {
            outcome_.set_error(std::current_exception());
        }
        call_.reset();
    }
    Value take() { return outcome_.take(); }

private:
    void call() {
        if constexpr (std::is_void_v<Value>) {
            std::apply(&invoke, std::move(*call_));
            outcome_.set_value();
        } else if constexpr (std::is_reference_v<Value>) {
            Value&& value = std::apply(&invoke, std::move(*call_));
            outcome_.set_value(std::addressof(value));
        } else {
            outcome_.set_value(std::apply(&invoke, std::move(*call_)));
        }
    }
    static Value invoke(Function&& function, Args&&... args) {
        return std::invoke(std::forward<Function>(function), std::forward<Args>(args)...);
    }

    std::optional<std::tuple<Function, Args...>> call_;
    Outcome<Value> outcome_;
};

/// Waits for a job, and owns it unless it is on its way.
class ThreadAwaiter final : public Waiter {
public:
    explicit ThreadAwaiter(std::unique_ptr<ThreadJob> job) noexcept : job_(job.release()) {}
    ~ThreadAwaiter();
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle);
    void await_resume() const noexcept {}
    [[nodiscard]] std::string describe() const override { return "to_thread"; }

private:
    ThreadJob* job_;
};

template <class Call>
Task<typename Call::Value> await_call(std::unique_ptr<Call> call) {
    Call& done = *call;
    ThreadAwaiter awaiter(std::move(call));
    co_await awaiter;
    co_return done.take();
}

}  // namespace loop

/// Gives what `function(args...)` gives, computed on another thread; throws what it throws. As with std::invoke,
/// `function` may be a pointer to a member, the first argument then its object. A reference that it gives must not be
/// to an argument. Throws OsError when not even one thread can be started.
template <class Function, class... Args>
Task<std::invoke_result_t<Function, Args...>> to_thread(Function function, Args... args) {
    using Call = loop::ThreadCall<Function, Args...>;
    return loop::await_call(std::make_unique<Call>(std::move(function), std::move(args)...));
}

}  // namespace trawl
