#include "trawl/loop/thread.hpp"

#include <functional>
#include <memory>
#include <utility>

#include "thread_pool.hpp"

namespace trawl {
namespace loop {
namespace {

/// Work that nobody waits for.
class DetachedJob final : public ThreadJob {
public:
    DetachedJob(std::function<void()> work, std::function<void()> done, bool is_virtual)
        : work_(std::move(work)), done_(std::move(done)) {
        is_virtual_ = is_virtual;
    }
    // What the work holds belongs to the loop's thread from its end on.
    void work() noexcept override {
        work_();
        work_ = nullptr;
    }
    void deliver() override {
        const std::unique_ptr<DetachedJob> self(this);
        if (is_virtual_) work();
        done_();
    }

private:
    std::function<void()> work_;
    std::function<void()> done_;
};

}  // namespace

// On a virtual loop it comes as it was submitted; its work may end the task that waits for it.
void ThreadJob::deliver() {
    if (is_virtual_ && waiter_ != nullptr) work();
    pool_ = nullptr;
    if (waiter_ == nullptr) {
        delete this;
    } else {
        Schedule::current().wake(*waiter_);
    }
}

void ThreadAwaiter::await_suspend(std::coroutine_handle<> handle) {
    Loop& loop = Loop::current();
    job_->waiter_ = this;
    job_->is_virtual_ = loop.has_virtual_threads();
    loop.threads().submit(*job_);
    job_->pool_ = &loop.threads();
    suspend(handle);
}

// A job that a thread works on, or that is on its way back, destroys itself when it comes back.
ThreadAwaiter::~ThreadAwaiter() {
    if (job_->pool_ == nullptr || job_->pool_->withdraw(*job_)) {
        delete job_;
    } else {
        job_->waiter_ = nullptr;
    }
}

}  // namespace loop

void Loop::run_on_thread(std::function<void()> work, std::function<void()> done) {
    auto job = std::make_unique<loop::DetachedJob>(std::move(work), std::move(done), threads_are_virtual_);
    threads().submit(*job);
    static_cast<void>(job.release());  // it destroys itself when it comes back
}

}  // namespace trawl
