#include "trawl/loop/loop.hpp"

#include <algorithm>

#include "backend.hpp"
#include "thread_pool.hpp"
#include "trawl/base/error.hpp"

namespace trawl {
namespace {

constinit thread_local Loop* current_loop = nullptr;

// How many coroutines run before the loop looks at timers and descriptors again: at 50 ns to 5 µs each, well under 10
// ms.
constexpr int kStepsPerTick = 1024;

}  // namespace

Loop::Loop()
    : outer_schedule_(Schedule::exchange(&schedule_)),
      outer_loop_(std::exchange(current_loop, this)),
      now_(Clock::now()),
      timers_(now_),
      backend_(make_epoll_backend()) {}

Loop::~Loop() {
    threads_.reset();
    Schedule::exchange(outer_schedule_);
    current_loop = outer_loop_;
}

Loop& Loop::current() {
    if (current_loop == nullptr)
        throw UsageError("no loop runs on this thread: call this from a task that trawl::run runs");
    return *current_loop;
}

TimePoint Loop::deadline_after(Duration after) const noexcept {
    if (after >= TimePoint::max() - now_) return TimePoint::max();
    return now_ + std::max(after, Duration::zero());
}

void Loop::run_until(const bool& done) {
    while (!done) tick(done);
}

void Loop::tick(const bool& done) {
    for (int step = 0; step < kStepsPerTick && !schedule_.idle(); ++step) {
        schedule_.step();
        if (done) return;
    }
    const auto deadline = schedule_.idle() ? timers_.next_deadline() : std::optional(now_);
    backend_->wait(deadline, now_, schedule_);
    now_ = Clock::now();
    timers_.advance(now_, schedule_);
    run_posted();
}

void Loop::post(std::function<void()> call) {
    {
        std::scoped_lock lock(posted_mutex_);
        posted_.push_back(std::move(call));
    }
    backend_->wake();
}

// The lock is not held while the calls run: they may post.
void Loop::run_posted() {
    std::vector<std::function<void()>> calls;
    {
        std::scoped_lock lock(posted_mutex_);
        calls.swap(posted_);
    }
    for (auto& call : calls) call();
}

loop::ThreadPool& Loop::threads() {
    if (!threads_) threads_ = std::make_unique<loop::ThreadPool>();
    return *threads_;
}

loop::IoRecord& Loop::open(int fd) { return backend_->open(fd); }

}  // namespace trawl
