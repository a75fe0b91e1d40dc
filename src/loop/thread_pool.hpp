/// The loop's threads: started when there is work, at most kThreadsMax, joined when the pool is destroyed.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace trawl::loop {

class ThreadPool {
public:
    ThreadPool() = default;
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;
    /// Runs what is queued, then joins.
    ~ThreadPool();

    void submit(std::function<void()> call);

private:
    static constexpr std::size_t kThreadsMax = 32;  // asyncio's bound for its default executor

    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> calls_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace trawl::loop
