/// The loop: it runs tasks on one thread and waits for time, descriptors and other threads on their behalf.
///
/// `run(main_task())` makes one, runs the task to its end and gives its value or throws its error. There is at most one
/// loop per thread, and nothing inside it is locked; other threads enter by post() alone.
#pragma once

#include <atomic>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/interrupt.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/loop/mailbox.hpp"
#include "trawl/loop/timer.hpp"

namespace trawl {

class Backend;
class Background;
class VirtualLoop;

namespace loop {
class ThreadPool;
class SlowStepWatch;

/// What a higher layer keeps for a loop: see Loop::own().
class Owned {
public:
    virtual ~Owned() = default;
};
}  // namespace loop

/// A step of a task that kept everything else waiting.
struct SlowStep {
    std::string task;  // what describe_task() says of it
    Duration took;     // coarse: a few milliseconds more or less
};

class Loop {
public:
    /// Warns of steps over 100 ms, on standard error: see warn_of_slow_steps().
    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop();

    /// The loop of this thread. Throws UsageError when none runs.
    static Loop& current();

    /// Runs `main` and everything that it starts. Throws Interrupted when interrupt() was called before its end, else
    /// what `main` throws, else an error that nobody was left to receive; UsageError inside one of this loop's tasks.
    template <class T>
    T run(Task<T> main);
    /// Cancels the main task of the run() that goes on, as soon as it suspends, on behalf of `signal`. False when that
    /// has been asked before. May be called from any thread, and from a signal handler.
    bool interrupt(int signal) noexcept;
    /// The signal of an interrupt() that came too late for the last run(), and would be the next one's; 0 without one.
    [[nodiscard]] int take_interrupt() noexcept { return interrupted_by_.exchange(0); }

    /// What waits on the kernel's behalf: "uring", "epoll", "virtual". The environment's TRAWL_BACKEND chooses between
    /// the first two ("auto", the default: io_uring where the kernel has it and allows it).
    [[nodiscard]] std::string_view backend_name() const noexcept;
    /// The time at which this tick of the loop began: coarse, but free.
    [[nodiscard]] TimePoint now() const noexcept { return now_; }
    /// The time at this moment, also amid a tick: what is measured by it costs 25 ns.
    [[nodiscard]] TimePoint exact_now() const noexcept;
    void add_timer(Timer& timer, TimePoint deadline) noexcept { timers_.add(timer, deadline); }
    /// `after` from now, saturating: a far deadline is simply far.
    [[nodiscard]] TimePoint deadline_after(Duration after) const noexcept;

    /// Runs `call` on the loop's thread, soon; those of one thread in the order of its posts. May be called from any
    /// thread while the loop exists; the loop may end before it returns, and destroys what it did not run. Costs a
    /// system call only when the loop sleeps. What `call` throws is thrown by run() at its end.
    template <class Function>
        requires std::invocable<std::decay_t<Function>&>
    void post(Function&& call) {
        using Call = loop::PostedCall<std::decay_t<Function>>;
        mailbox_->post(*new Call(std::forward<Function>(call)));
    }

    /// The task that runs now; null outside of one.
    [[nodiscard]] TaskNode* running() const noexcept { return schedule_.running(); }
    /// Hands `fd` to the loop, which owns it from now on. For IoHandle.
    [[nodiscard]] loop::IoRecord& open(int fd, IoKind kind);
    /// Where other threads post to; it outlives the loop.
    [[nodiscard]] const std::shared_ptr<loop::Mailbox>& mailbox() const noexcept { return mailbox_; }

    /// How many threads work for to_thread() at once, at most: 32 unless it is set. Those that have been started stay.
    /// Throws UsageError for 0.
    void set_threads_max(std::size_t threads_max);
    /// Runs `work` on a thread of to_thread()'s, and then `done` on the loop's; on a virtual loop, both there, one tick
    /// later. Nobody waits for them: a loop that ends meanwhile waits for `work`, and destroys `done` without a call.
    /// Neither may throw. Throws OsError when not even one thread can be started.
    void run_on_thread(std::function<void()> work, std::function<void()> done);
    /// The threads of to_thread().
    [[nodiscard]] loop::ThreadPool& threads();
    /// True for a virtual loop: what is for other threads runs on its own.
    [[nodiscard]] bool has_virtual_threads() const noexcept { return threads_are_virtual_; }

    /// The one T of this loop: made at the first call, destroyed with the loop, after its tasks. For what all tasks of
    /// a loop share (a resolver of names).
    template <std::derived_from<loop::Owned> T>
    [[nodiscard]] T& own() {
        const std::type_index type(typeid(T));
        loop::Owned* owned = find_owned(type);
        if (owned == nullptr) owned = owned_.emplace_back(type, std::make_unique<T>()).second.get();
        return static_cast<T&>(*owned);
    }

    /// A step (what a task does between two waits) that takes longer than `limit` keeps every other task waiting:
    /// `warn` is called with it. A limit of zero switches the watch off, and its cost (a look at a coarse clock per
    /// step).
    void warn_of_slow_steps(Duration limit, std::function<void(const SlowStep&)> warn);

protected:
    friend class Background;
    friend class VirtualLoop;
    /// `tick_bits`: see TimerWheel.
    Loop(std::unique_ptr<Backend> backend, int tick_bits);
    [[nodiscard]] Schedule& schedule() noexcept { return schedule_; }

private:
    class Run;
    void run_until(const bool& done);
    void tick(const bool& done);
    bool deliver();
    [[nodiscard]] loop::Owned* find_owned(std::type_index type) const noexcept;

    Schedule schedule_;
    List<Background> backgrounds_;
    Schedule* outer_schedule_;
    Loop* outer_loop_;
    std::unique_ptr<Backend> backend_;
    TimePoint now_;
    TimerWheel timers_;
    std::unique_ptr<loop::SlowStepWatch> slow_steps_;
    bool threads_are_virtual_ = false;
    std::atomic<int> interrupted_by_{0};
    std::shared_ptr<loop::Mailbox> mailbox_;
    std::unique_ptr<loop::ThreadPool> threads_;
    std::vector<std::pair<std::type_index, std::unique_ptr<loop::Owned>>> owned_;  // few: searched from the front
};

namespace loop {

/// The task that run() was given.
template <class T>
class Main final : public coro::StartedTask<T> {
public:
    explicit Main(Task<T> task) {
        if (!task.valid()) throw UsageError("run() was given a Task that is empty: moved from, or awaited before");
        this->begin(std::move(task), nullptr);
    }
    void finished() noexcept override { done_ = true; }
    [[nodiscard]] const bool& done() const noexcept { return done_; }
    T take() { return this->promise().take(); }

private:
    bool done_ = false;
};

}  // namespace loop

/// One run. What it left when it failed is not the next one's.
class Loop::Run {
public:
    explicit Run(Loop& loop) : loop_(loop) {
        if (loop_.running() != nullptr)
            throw UsageError("run() was called by a task of the same loop: await the task instead, or spawn it");
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;
    ~Run() {
        loop_.schedule_.destroy_left_over();
        static_cast<void>(loop_.schedule_.take_lost_error());
        if (is_told_) loop_.interrupted_by_ = 0;  // until here another signal finds that there was one
    }
    void throw_if_interrupted() {
        const int signal = loop_.interrupted_by_;
        if (signal == 0) return;
        is_told_ = true;
        throw Interrupted(signal);
    }

private:
    Loop& loop_;
    bool is_told_ = false;
};

template <class T>
T Loop::run(Task<T> main) {
    Run run(*this);
    loop::Main<T> root(std::move(main));
    run_until(root.done());
    run.throw_if_interrupted();
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

/// Runs `main` on a loop of its own, which lives as long as it. SIGINT and SIGTERM cancel `main`: see OnSignal.
template <class T>
T run(Task<T> main, OnSignal on_signal = OnSignal::kEnd) {
    try {
        Loop loop;
        const loop::Listening listening(loop, on_signal);
        return loop.run(std::move(main));
    } catch (const Interrupted& interrupted) {
        if (on_signal == OnSignal::kEnd) loop::flush_and_end_by(interrupted.signal());
        throw;
    }
}

}  // namespace trawl
