/// The loop: it runs tasks on one thread and waits for time, descriptors and other threads on their behalf.
///
/// `run(main_task())` makes one, runs the task to its end and gives its value or throws its error. There is at most one
/// loop per thread, and nothing inside it is locked; other threads enter by post() alone.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/timer.hpp"

namespace trawl {

class Backend;

namespace loop {
class ThreadPool;
}

class Loop {
public:
    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    /// The loop of this thread. Throws UsageError when none runs.
    static Loop& current();

    /// Runs `main` and everything that it starts. Throws what `main` throws, else an error that nobody was left to
    /// receive.
    template <class T>
    T run(Task<T> main);

    /// The time at which this tick of the loop began: coarse, but free.
    [[nodiscard]] TimePoint now() const noexcept { return now_; }
    void add_timer(Timer& timer, TimePoint deadline) noexcept { timers_.add(timer, deadline); }
    /// `after` from now, saturating: a far deadline is simply far.
    [[nodiscard]] TimePoint deadline_after(Duration after) const noexcept;

    /// Runs `call` on the loop's thread, soon. May be called from any thread while the loop exists.
    void post(std::function<void()> call);

    /// The task that runs now; null outside of one.
    [[nodiscard]] TaskNode* running() const noexcept { return schedule_.running(); }
    /// Hands `fd` to the loop, which owns it from now on. For IoHandle.
    [[nodiscard]] loop::IoRecord& open(int fd);
    /// The threads behind to_thread().
    [[nodiscard]] loop::ThreadPool& threads();

private:
    void run_until(const bool& done);
    void tick(const bool& done);
    void run_posted();

    Schedule schedule_;
    Schedule* outer_schedule_;
    Loop* outer_loop_;
    TimePoint now_;
    TimerWheel timers_;
    std::unique_ptr<Backend> backend_;
    std::mutex posted_mutex_;
    std::vector<std::function<void()>> posted_;
    std::unique_ptr<loop::ThreadPool> threads_;  // last: its threads post until they are joined
};

namespace loop {

/// The task that run() was given.
template <class T>
class Main final : public TaskNode {
public:
    explicit Main(Task<T> task) : task_(std::move(task)) {
        task_.handle().promise().set_node(this);
        start(task_.handle(), nullptr);
    }
    void finished() noexcept override { done_ = true; }
    [[nodiscard]] const bool& done() const noexcept { return done_; }
    T take() { return task_.handle().promise().result().take(); }

private:
    Task<T> task_;
    bool done_ = false;
};

}  // namespace loop

template <class T>
T Loop::run(Task<T> main) {
    loop::Main<T> root(std::move(main));
    run_until(root.done());
    std::exception_ptr lost = schedule_.take_lost_error();
    if constexpr (std::is_void_v<T>) {
        root.take();
        if (lost) std::rethrow_exception(lost);
    } else {
        T value = root.take();
        if (lost) std::rethrow_exception(lost);
        return value;
    }
}

/// Runs `main` on a loop of its own, which lives as long as it.
template <class T>
T run(Task<T> main) {
    Loop loop;
    return loop.run(std::move(main));
}

}  // namespace trawl
