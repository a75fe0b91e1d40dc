#include "thread_pool.hpp"

#include <csignal>

namespace trawl::loop {
namespace {

// Signals are for the loop's thread: a thread of the pool, and whatever it starts, receives none.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

}  // namespace

ThreadPool::~ThreadPool() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> call) {
    std::scoped_lock lock(mutex_);
    calls_.push_back(std::move(call));
    if (idle_ < calls_.size() && threads_.size() < kThreadsMax) {
        SignalsBlocked inherited;
        threads_.emplace_back([this] { work(); });
    } else {
        changed_.notify_one();
    }
}

void ThreadPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_;
        changed_.wait(lock, [this] { return stopping_ || !calls_.empty(); });
        --idle_;
        if (calls_.empty()) return;
        auto call = std::move(calls_.front());
        calls_.pop_front();
        lock.unlock();
        call();
        call = nullptr;
        lock.lock();
    }
}

}  // namespace trawl::loop
