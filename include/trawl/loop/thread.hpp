/// to_thread: blocking or CPU-heavy work on a thread of the loop's bounded pool, awaited like anything else.
///
/// Rules: arguments are moved in, by value, and destroyed on the thread, so that permits and guards are no arguments;
/// the work sees nothing of the coroutine. Destroying the await does not
/// interrupt work that has begun: its result is dropped, and the loop waits for it when it ends. Work that has not
/// begun never does. Context variables have their initial values there.
#pragma once

#include <atomic>
#include <coroutine>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

namespace loop {

/// Work on its way through a thread. The thread touches `work` alone, the loop everything else.
class ThreadJob {
public:
    virtual ~ThreadJob() = default;
    virtual void work() noexcept = 0;

    std::atomic<bool> abandoned{false};
    Waiter* waiter = nullptr;
};

/// Queues `job` for a thread of this thread's loop; the loop wakes `job->waiter`, if there still is one, when it is
/// done.
void submit(std::shared_ptr<ThreadJob> job);

template <class Function, class... Args>
class ThreadCall final : public ThreadJob {
public:
    using Value = std::invoke_result_t<Function, Args...>;

    explicit ThreadCall(Function function, Args... args) : function_(std::move(function)), args_(std::move(args)...) {}
    void work() noexcept override {
        try {
            if constexpr (std::is_void_v<Value>) {
                std::apply(std::move(function_), std::move(args_));
                result.set_value();
            } else {
                result.set_value(std::apply(std::move(function_), std::move(args_)));
            }
        } catch (...) {
            result.set_error(std::current_exception());
        }
    }

    Outcome<Value> result;

private:
    Function function_;
    std::tuple<Args...> args_;
};

class ThreadAwaiter final : public Waiter {
public:
    explicit ThreadAwaiter(std::shared_ptr<ThreadJob> job) noexcept : job_(std::move(job)) {}
    ~ThreadAwaiter() {
        job_->waiter = nullptr;
        job_->abandoned = true;
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
        suspend(handle);
        job_->waiter = this;
        submit(job_);
    }
    void await_resume() const noexcept {}
    [[nodiscard]] std::string describe() const override { return "to_thread"; }

private:
    std::shared_ptr<ThreadJob> job_;
};

}  // namespace loop

/// Gives what `function(args...)` gives, computed on another thread; throws what it throws.
template <class Function, class... Args>
Task<std::invoke_result_t<Function, Args...>> to_thread(Function function, Args... args) {
    auto call = std::make_shared<loop::ThreadCall<Function, Args...>>(std::move(function), std::move(args)...);
    loop::ThreadAwaiter done(call);
    co_await done;
    co_return call->result.take();
}

}  // namespace trawl
