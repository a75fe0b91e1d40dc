#include "trawl/loop/thread.hpp"

#include "thread_pool.hpp"

namespace trawl::loop {

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

}  // namespace trawl::loop
