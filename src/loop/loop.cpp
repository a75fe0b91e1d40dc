#include "trawl/loop/loop.hpp"

#include <algorithm>

#include "backend.hpp"
#include "slow_steps.hpp"
#include "thread_pool.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/background.hpp"

namespace trawl {
namespace {

constinit thread_local Loop* current_loop = nullptr;

// How many coroutines run before the loop looks at timers and descriptors again: at 50 ns to 5 µs each, well under 10
// ms.
constexpr int kStepsPerTick = 1024;

// What was posted is delivered up to 16 times in between, before a system call asks for more: other threads that post
// all the time do not keep the timers from being looked at.
constexpr int kStepsPerDelivery = kStepsPerTick / 16;

// asyncio's slow_callback_duration: what a person notices, and many times what a page takes to parse.
constexpr Duration kSlowStep = std::chrono::milliseconds(100);

}  // namespace

Loop::Loop() : Loop(make_kernel_backend(), TimerWheel::kTickBits) {
    warn_of_slow_steps(kSlowStep, [](const SlowStep& step) {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(step.took).count();
        print(stderr, "trawl: a task ran for {} ms without waiting: {}\n", took, step.task);
    });
}

Loop::Loop(std::unique_ptr<Backend> backend, int tick_bits)
    : outer_schedule_(Schedule::exchange(&schedule_)),
      outer_loop_(std::exchange(current_loop, this)),
      backend_(std::move(backend)),
      now_(backend_->now()),
      timers_(now_, tick_bits),
      mailbox_(std::make_shared<loop::Mailbox>(*backend_)) {}

Loop::~Loop() {
    while (!backgrounds_.empty()) backgrounds_.pop_front().cancel();
    schedule_.destroy_left_over();
    while (!owned_.empty()) owned_.pop_back();
    threads_.reset();  // its threads post until they are joined
    mailbox_->close();
    Schedule::exchange(outer_schedule_);
    current_loop = outer_loop_;
}

Loop& Loop::current() {
    if (current_loop == nullptr)
        throw UsageError("no loop runs on this thread: call this from a task that trawl::run runs");
    return *current_loop;
}

TimePoint Loop::exact_now() const noexcept { return backend_->now(); }

TimePoint Loop::deadline_after(Duration after) const noexcept {
    if (after >= TimePoint::max() - now_) return TimePoint::max();
    return now_ + std::max(after, Duration::zero());
}

void Loop::run_until(const bool& done) {
    while (!done && interrupted_by_ == 0) tick(done);
}

bool Loop::interrupt(int signal) noexcept {
    int none = 0;
    if (!interrupted_by_.compare_exchange_strong(none, signal)) return false;
    backend_->wake();
    return true;
}

void Loop::tick(const bool& done) {
    if (slow_steps_) slow_steps_->begin();
    for (int step = 0; step < kStepsPerTick; ++step) {
        if (schedule_.idle()) {
            if (!deliver()) break;
            step += kStepsPerDelivery;
            continue;
        }
        schedule_.step();
        if (done) return;
    }
    const bool may_sleep = schedule_.idle() && mailbox_->fall_asleep();
    const auto deadline = may_sleep ? timers_.next_deadline() : std::optional(now_);
    backend_->wait(deadline, now_, schedule_);
    now_ = backend_->now();
    timers_.advance(now_, schedule_);
    deliver();
}

bool Loop::deliver() {
    const bool any = mailbox_->deliver(schedule_);
    if (any) schedule_.destroy_left_over();
    return any;
}

loop::Owned* Loop::find_owned(std::type_index type) const noexcept {
    const auto found = std::ranges::find(owned_, type, [](const auto& owned) { return owned.first; });
    return found == owned_.end() ? nullptr : found->second.get();
}

void Loop::set_threads_max(std::size_t threads_max) {
    if (threads_max == 0) throw UsageError("set_threads_max(0): to_thread needs at least one thread");
    threads().set_threads_max(threads_max);
}

void Loop::warn_of_slow_steps(Duration limit, std::function<void(const SlowStep&)> warn) {
    schedule_.watch_steps(nullptr);
    slow_steps_.reset();
    if (limit <= Duration::zero()) return;
    slow_steps_ = std::make_unique<loop::SlowStepWatch>(limit, std::move(warn));
    schedule_.watch_steps(slow_steps_.get());
}

loop::ThreadPool& Loop::threads() {
    if (!threads_) threads_ = std::make_unique<loop::ThreadPool>(*mailbox_, threads_are_virtual_);
    return *threads_;
}

loop::IoRecord& Loop::open(int fd, IoKind kind) { return backend_->open(fd, kind); }

std::string_view Loop::backend_name() const noexcept { return backend_->name(); }

}  // namespace trawl
