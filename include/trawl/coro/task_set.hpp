/// TaskSet: tasks that run beside each other and are taken up as they end, whatever their outcome.
///
/// as_completed() and wait() of asyncio are two ways to use it. Rules: a set belongs to the task in which it was made
/// and does not outlive it; leaving its scope destroys what is still at work; errors stay in the outcomes. One task at
/// a time waits for it.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/coro/as_task.hpp"
#include "trawl/coro/children.hpp"

namespace trawl {

/// A task that has ended: which one (its place in the order of addition, from 0), and what it left.
template <class T>
struct Completed {
    std::size_t index;
    Outcome<T> outcome;
};

/// When TaskSet::wait() comes back.
enum class WaitFor {
    kFirstCompleted,  // one task has ended that nobody took yet
    kFirstError,      // the same, with an error; or all have ended
    kAll,             // all have ended
};

namespace coro {

/// The part that does not depend on the type of the results.
class TaskSetBase : public TaskOwner {
public:
    /// How many tasks are at work.
    [[nodiscard]] std::size_t pending() const noexcept { return children_.size(); }
    /// How many have ended and were not taken.
    [[nodiscard]] std::size_t completed() const noexcept { return completed_; }

protected:
    class Wait : public Waiter {
    public:
        Wait(TaskSetBase& set, WaitFor condition) noexcept : set_(&set), condition_(condition) {}
        /// Requires: `other` has not been awaited.
        Wait(Wait&& other) noexcept : Waiter(), set_(other.set_), condition_(other.condition_) {}
        ~Wait() { resumed(); }
        [[nodiscard]] bool await_ready() const noexcept { return set_->is_over(condition_); }
        void await_suspend(std::coroutine_handle<> handle);
        [[nodiscard]] std::string describe() const override;

    protected:
        friend class TaskSetBase;
        void resumed() noexcept {
            if (set_->waiting_ == this) set_->waiting_ = nullptr;
        }
        TaskSetBase* set_;
        WaitFor condition_;
    };

    TaskSetBase() = default;
    ~TaskSetBase() = default;
    void add_child(std::unique_ptr<ChildNode> child) noexcept;
    void ended(ChildNode& child, bool failed) noexcept;
    void taken(bool failed) noexcept {
        --completed_;
        if (failed) --failed_;
    }
    void cancel_children() noexcept;

    std::size_t added_ = 0;

private:
    [[nodiscard]] bool is_over(WaitFor condition) const noexcept;
    void wake_if_over() noexcept;

    Children children_;
    std::size_t completed_ = 0;
    std::size_t failed_ = 0;
    Wait* waiting_ = nullptr;
};

}  // namespace coro

template <class T>
class TaskSet : public coro::TaskSetBase {
public:
    TaskSet() = default;
    /// Starts the tasks.
    explicit TaskSet(std::vector<Task<T>> tasks) {
        for (Task<T>& task : tasks) add(std::move(task));
    }
    TaskSet(const TaskSet&) = delete;
    TaskSet& operator=(const TaskSet&) = delete;
    ~TaskSet() {
        cancel();
        Schedule::current().destroy_left_over();
    }

    /// Starts one more and gives its index. Throws UsageError for an empty Task.
    std::size_t add(Task<T> task) {
        if (!task.valid())
            throw UsageError("a TaskSet was given a Task that is empty: moved from, awaited or spawned before");
        auto child = std::make_unique<Member>();
        Member& started = *child;
        started.index = added_;
        this->add_child(std::move(child));
        started.begin(std::move(task), this);
        return added_++;
    }

    class [[nodiscard("nothing is waited for until it is awaited")]] Next final : public Wait {
    public:
        explicit Next(TaskSet& set) noexcept : Wait(set, WaitFor::kFirstCompleted) {}
        std::optional<Completed<T>> await_resume() {
            this->resumed();
            return static_cast<TaskSet*>(this->set_)->take_one();
        }
    };
    /// The next task to end, in the order in which they end; nothing when all were taken.
    Next next() noexcept { return Next(*this); }

    class [[nodiscard("nothing is waited for until it is awaited")]] WaitUntil final : public Wait {
    public:
        using Wait::Wait;
        std::vector<Completed<T>> await_resume() {
            this->resumed();
            return static_cast<TaskSet*>(this->set_)->take_all();
        }
    };
    /// Waits until `condition` holds and gives all that have ended and were not taken before; the others go on.
    WaitUntil wait(WaitFor condition) noexcept { return WaitUntil(*this, condition); }

    /// Destroys what is at work; what has ended can still be taken.
    void cancel() noexcept { this->cancel_children(); }

private:
    struct Member;
    std::optional<Completed<T>> take_one() {
        if (done_.empty()) return std::nullopt;
        std::optional<Completed<T>> first(std::move(done_.front()));
        done_.pop_front();
        this->taken(!first->outcome.has_value());
        return first;
    }
    std::vector<Completed<T>> take_all() {
        std::vector<Completed<T>> all;
        all.reserve(done_.size());
        while (auto one = take_one()) all.push_back(std::move(*one));
        return all;
    }

    std::deque<Completed<T>> done_;
};

template <class T>
struct TaskSet<T>::Member final : coro::StartedTask<T, coro::ChildNode> {
    void finished() noexcept override {
        std::exception_ptr error = this->promise().error();
        if (!this->owner()->is_stand_in()) {
            auto& set = static_cast<TaskSet&>(*this->owner());
            set.done_.push_back(Completed<T>{index, Outcome<T>()});
            this->promise().move_outcome_to(set.done_.back().outcome);
            set.ended(*this, !set.done_.back().outcome.has_value());
        } else if (error) {
            Schedule::current().report_lost_error(std::move(error));
        }
    }
    std::size_t index = 0;
};

/// Starts the tasks; `co_await set.next()` gives them one by one as they end.
template <AsTask A>
TaskSet<typename coro::Awaited<A>::Type> as_completed(std::vector<A> tasks) {
    return TaskSet<typename coro::Awaited<A>::Type>(as_tasks(std::move(tasks)));
}

}  // namespace trawl
