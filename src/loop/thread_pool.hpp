/// The loop's threads: started when there is work that none of them is free for, at most `threads_max`. They stay until
/// the pool is destroyed, which waits for what they do.
///
/// At most one thread at a time is on its way to work: it calls the next one when there is more. A burst of short jobs
/// wakes few threads so, and one of long ones all of them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "trawl/loop/thread.hpp"

namespace trawl::loop {

class ThreadPool {
public:
    static constexpr std::size_t kThreadsMax = 32;  // asyncio's bound for its default executor

    /// What is done is posted to `mailbox`. A virtual pool has no threads: jobs are posted as they are.
    ThreadPool(Mailbox& mailbox, bool is_virtual) noexcept : mailbox_(mailbox), is_virtual_(is_virtual) {}
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;
    /// Has the jobs done that are left: nobody waits for those.
    ~ThreadPool();

    /// Threads that have been started stay when the bound is lowered.
    void set_threads_max(std::size_t threads_max);
    /// Throws OsError when there is no thread at all.
    void submit(ThreadJob& job);
    /// True when `job` had not begun: it is the caller's again.
    [[nodiscard]] bool withdraw(ThreadJob& job) noexcept;

private:
    [[nodiscard]] bool summon();
    void work();

    Mailbox& mailbox_;
    const bool is_virtual_;
    std::mutex mutex_;
    std::condition_variable summoned_one_;
    List<ThreadJob> jobs_;
    std::size_t threads_max_ = kThreadsMax;
    std::size_t idle_ = 0;
    bool is_summoned_ = false;  // a thread was woken or started, and has not looked for a job yet
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace trawl::loop
