/// What the cases of this suite share: running a body on virtual loops, and objects that tell of their ends.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl::behaviour {

using namespace std::chrono_literals;

/// Runs `body`, a coroutine, in virtual time; first come, first served.
template <class Body>
auto on_virtual_loop(Body body) {
    VirtualLoop loop;
    return loop.run(body());
}

/// The same in 50 orders: for what must hold in any.
template <class Body>
void with_every_seed(Body body) {
    on_virtual_loop(body);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        SCOPED_TRACE(seed);
        VirtualLoop loop(seed);
        loop.run(body());
    }
}

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

/// Calls a function when it is destroyed.
class AtEnd {
public:
    explicit AtEnd(std::function<void()> call) : call_(std::move(call)) {}
    AtEnd(AtEnd&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
    AtEnd& operator=(AtEnd&&) = delete;
    ~AtEnd() {
        if (call_) call_();
    }

private:
    std::function<void()> call_;
};

/// Writes `text` into `trace` when it is destroyed.
inline AtEnd writes(std::string& trace, std::string text) {
    return AtEnd([&trace, text = std::move(text)] { trace += text + " "; });
}

/// Something that never comes.
struct Never : Waiter {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { suspend(handle); }
    void await_resume() const noexcept {}
    std::string describe() const override { return "what never comes"; }
};

inline Task<> nap(Duration duration) { co_await sleep(duration); }

template <class T>
Task<T> value_after(Duration duration, T value) {
    co_await sleep(duration);
    co_return value;
}

inline Task<> fail_after(Duration duration, std::string what = "failed") {
    co_await sleep(duration);
    throw UsageError(what);
}

/// Holds what it is given for a long time.
template <class T>
Task<> hold(T held, Duration duration = 1h) {
    co_await sleep(duration);
    static_cast<void>(held);
}

inline Task<> append_after(std::string& trace, Duration duration, std::string text) {
    co_await sleep(duration);
    trace += text + " ";
}

/// What `work` throws says; "none" when it throws nothing.
template <class Work>
Task<std::string> error_of(Work work) {
    try {
        static_cast<void>(co_await std::move(work));
    } catch (const std::exception& error) {
        co_return error.what();
    }
    co_return "none";
}

/// Whether `work` throws an E.
template <class E, class Work>
Task<bool> throws(Work work) {
    try {
        static_cast<void>(co_await std::move(work));
    } catch (const E&) {
        co_return true;
    }
    co_return false;
}

}  // namespace trawl::behaviour
