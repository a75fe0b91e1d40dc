/// run_on_threads: one function on several threads at once, each with a loop of its own.
///
///     auto counts = co_await run_on_threads(4, [&](std::size_t index) { return count_words(files, index); });
///
/// Rules: as with gather, the first error destroys what is still at work on the other threads, and is thrown when the
/// threads have ended; the caller's loop goes on meanwhile. Destroying the await destroys the tasks of all threads too,
/// but waits for the threads' end, as nothing that a caller started may outlive it: the loop stands still until each of
/// them has come to the end of what it is just doing (a step of a task, a to_thread call). So a blocking call there
/// must not wait for the caller's loop. Threads talk by Channels and Loop::post; cancels cross by post too. The threads
/// receive no signals; context variables have their initial values there. Without a loop: `run(run_on_threads(...))`.
/// On a VirtualLoop the tasks run beside each other on its one thread.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "trawl/coro/gather.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {

class TaskGroup;

namespace loop {

/// Threads that run a loop each, and the task that waits for them. Everything but start() is locked: they end, fail and
/// are cancelled whenever they like.
class Crew : public Waiter {
public:
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return members_.empty(); }
    /// Throws OsError when a thread cannot be started; those that could have ended then.
    void await_suspend(std::coroutine_handle<> handle);
    /// Throws the first error.
    void await_resume();
    [[nodiscard]] std::string describe() const override;

protected:
    explicit Crew(std::size_t count) : members_(count) {}
    ~Crew();
    /// Cancels the tasks and waits for the threads. To be called before anything is gone that they use.
    void dismiss() noexcept;
    /// The task of one thread; called there.
    [[nodiscard]] virtual Task<> task_of(std::size_t index) = 0;

private:
    struct Member;
    class Membership;
    /// Tells the loop of the end. It is on its way when the crew may be gone.
    struct Notice {
        Waiter* waiter = nullptr;
    };

    void start();
    void work(std::size_t index) noexcept;
    [[nodiscard]] Task<> main_of(std::size_t index);
    void fail(std::exception_ptr error) noexcept;
    void cancel() noexcept;
    void cancel_all() noexcept;
    void join() noexcept;

    /// One thread. `mailbox` and `group` are there while its task is.
    struct Member {
        std::thread thread;
        std::shared_ptr<Mailbox> mailbox;
        TaskGroup* group = nullptr;  // for its own thread alone
    };

    mutable std::mutex mutex_;
    std::vector<Member> members_;
    std::size_t at_work_ = 0;
    bool is_cancelled_ = false;
    std::exception_ptr error_;
    std::shared_ptr<Notice> notice_;
    std::shared_ptr<Mailbox> caller_;
};

/// What `Function` gives on each thread.
template <class Function>
using ThreadValue = typename std::invoke_result_t<const Function&, std::size_t>::value_type;

template <class Function>
class CrewOf final : public Crew {
public:
    using Value = ThreadValue<Function>;

    CrewOf(std::size_t count, Function function) : Crew(count), function_(std::move(function)), values_(count) {}
    ~CrewOf() { dismiss(); }

    /// Their values, in the order of the threads. Requires: they have ended without an error.
    [[nodiscard]] std::vector<coro::Stored<Value>> take() {
        std::vector<coro::Stored<Value>> values;
        values.reserve(values_.size());
        for (auto& value : values_) values.push_back(std::move(*value));
        return values;
    }

private:
    Task<> task_of(std::size_t index) override {
        if constexpr (std::is_void_v<Value>) {
            co_await function_(index);
            values_[index].emplace();
        } else if constexpr (std::is_reference_v<Value>) {
            Value&& value = co_await function_(index);
            values_[index] = std::addressof(value);
        } else {
            values_[index].emplace(co_await function_(index));
        }
    }

    const Function function_;
    std::vector<std::optional<coro::Stored<Value>>> values_;
};

/// The same on one thread.
template <class Function>
auto tasks_of(std::size_t count, const Function& function) {
    std::vector<Task<ThreadValue<Function>>> tasks;
    tasks.reserve(count);
    for (std::size_t i = 0; i < count; ++i) tasks.push_back(function(i));
    return tasks;
}

}  // namespace loop

/// Runs `function(index)`, which gives a Task<T>, on each of `count` threads (index 0, 1, ...), and gives a vector of
/// what they give, in the order of the indices. `function` is called on all threads at once, as const, and lives until
/// they have ended. Throws the first error; OsError when a thread cannot be started.
template <class Function>
    requires(!std::is_void_v<loop::ThreadValue<Function>>)
Task<std::vector<coro::Stored<loop::ThreadValue<Function>>>> run_on_threads(std::size_t count, Function function) {
    if (Loop::current().has_virtual_threads()) {
        auto values = co_await gather(loop::tasks_of(count, function));
        co_return values;
    }
    loop::CrewOf<Function> crew(count, std::move(function));
    co_await crew;
    co_return crew.take();
}

/// The same for tasks without a value.
template <class Function>
    requires std::is_void_v<loop::ThreadValue<Function>>
Task<> run_on_threads(std::size_t count, Function function) {
    if (Loop::current().has_virtual_threads()) {
        co_await gather(loop::tasks_of(count, function));
        co_return;
    }
    loop::CrewOf<Function> crew(count, std::move(function));
    co_await crew;
}

}  // namespace trawl
