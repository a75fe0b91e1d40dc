#include "trawl/loop/thread.hpp"

#include "thread_pool.hpp"

namespace trawl::loop {

// The thread's last act is the post; from then on the job is the loop's again.
void submit(std::shared_ptr<ThreadJob> job) {
    Loop& loop = Loop::current();
    loop.threads().submit([&loop, job = std::move(job)]() mutable {
        if (job->abandoned) return;
        job->work();
        loop.post([job = std::move(job)] {
            if (job->waiter != nullptr) Schedule::current().wake(*job->waiter);
        });
    });
}

}  // namespace trawl::loop
