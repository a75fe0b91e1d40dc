#include "thread_pool.hpp"

#include <system_error>

#include "signals_blocked.hpp"
#include "trawl/base/error.hpp"

namespace trawl::loop {

ThreadPool::~ThreadPool() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    summoned_one_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void ThreadPool::set_threads_max(std::size_t threads_max) {
    std::scoped_lock lock(mutex_);
    threads_max_ = threads_max;
}

void ThreadPool::submit(ThreadJob& job) {
    if (is_virtual_) {
        mailbox_.post(job);
        return;
    }
    std::unique_lock lock(mutex_);
    jobs_.push_back(job);
    try {
        const bool notify = summon();
        lock.unlock();
        if (notify) summoned_one_.notify_one();
    } catch (const std::system_error& error) {
        if (!threads_.empty()) return;  // there is somebody to do it
        job.ListNode::unlink();
        throw OsError(error.code().value(), "start a thread for to_thread");
    }
}

bool ThreadPool::withdraw(ThreadJob& job) noexcept {
    std::scoped_lock lock(mutex_);
    const bool waits = job.ListNode::linked();
    job.ListNode::unlink();
    return waits;
}

// Starts a thread, or says that one is to be notified, which is done without the mutex so that it need not wait for it.
// Requires: the mutex is held.
bool ThreadPool::summon() {
    if (is_summoned_ || jobs_.empty() || stopping_) return false;
    if (idle_ == 0 && threads_.size() < threads_max_) {
        const SignalsBlocked inherited;
        threads_.emplace_back([this] { work(); });
        is_summoned_ = true;
        return false;
    }
    is_summoned_ = idle_ > 0;
    return is_summoned_;
}

// A thread that is woken for nothing, because another one was quicker, waits again.
void ThreadPool::work() {
    std::unique_lock lock(mutex_);
    is_summoned_ = false;
    while (true) {
        while (jobs_.empty() && !stopping_) {
            ++idle_;
            summoned_one_.wait(lock);
            --idle_;
            is_summoned_ = false;
        }
        if (jobs_.empty()) return;
        ThreadJob& job = jobs_.pop_front();
        bool notify = false;
        try {
            notify = summon();
        } catch (const std::system_error&) {
            // There are threads enough to do the work, only fewer at once.
        }
        lock.unlock();
        if (notify) summoned_one_.notify_one();
        job.work();
        mailbox_.post(job);
        lock.lock();
    }
}

}  // namespace trawl::loop
