/// Runs a task on a bare Schedule: enough for what neither sleeps nor does I/O.
#pragma once

#include <stdexcept>

#include "trawl/coro/task.hpp"

namespace trawl::testing {

template <class T>
class Root final : public coro::StartedTask<T> {
public:
    explicit Root(Task<T> task) { this->begin(std::move(task), nullptr); }
    void finished() noexcept override { done = true; }
    T take() { return this->promise().take(); }

    bool done = false;
};

class Runner {
public:
    Runner() : before_(Schedule::exchange(&schedule_)) {}
    ~Runner() { Schedule::exchange(before_); }

    /// Steps until nothing is ready; true when `root` has ended.
    template <class T>
    bool drain(Root<T>& root) {
        while (!schedule_.idle()) schedule_.step();
        return root.done;
    }
    template <class T>
    T run(Task<T> task) {
        Root<T> root(std::move(task));
        if (!drain(root)) throw std::logic_error("the task waits for something that nobody will do");
        return root.take();
    }
    Schedule& schedule() { return schedule_; }

private:
    Schedule schedule_;
    Schedule* before_;
};

/// Something to wait for by hand.
class Gate : public Waiter {
public:
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { suspend(handle); }
    void await_resume() const noexcept {}
};

/// Counts the objects of it that are alive.
class Alive {
public:
    explicit Alive(int& count) : count_(&count) { ++*count_; }
    Alive(Alive&& other) noexcept : count_(other.count_) { ++*count_; }
    Alive& operator=(Alive&&) = delete;
    ~Alive() { --*count_; }

private:
    int* count_;
};

}  // namespace trawl::testing
