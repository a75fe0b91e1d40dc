/// Notices steps that take too long. It looks at the kernel's coarse clock after each one: about 5 ns.
#pragma once

#include <ctime>
#include <functional>
#include <utility>

#include "trawl/coro/dump.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::loop {

class SlowStepWatch final : public StepWatch {
public:
    SlowStepWatch(Duration limit, std::function<void(const SlowStep&)> warn) : limit_(limit), warn_(std::move(warn)) {}

    /// The time from here on is that of the next step.
    void begin() noexcept { began_ = coarse_now(); }
    void stepped(TaskNode& task) noexcept override {
        const Duration now = coarse_now();
        const Duration took = now - std::exchange(began_, now);
        if (took >= limit_) [[unlikely]]
            warn(task, took);
    }

private:
    // The last act: the handler may replace the watch, and this object with it.
    void warn(TaskNode& task, Duration took) {
        const std::function<void(const SlowStep&)> handler = warn_;
        handler({describe_stepped(task), took});
    }
    static Duration coarse_now() noexcept {
        timespec time{};
        ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    }

    Duration limit_;
    std::function<void(const SlowStep&)> warn_;
    Duration began_{};
};

}  // namespace trawl::loop
