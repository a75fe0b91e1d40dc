#include "trawl/loop/thread.hpp"

namespace trawl::loop {

// The thread's last act is the post; from then on the job is the loop's again.
void submit(std::shared_ptr<ThreadJob> job) {
    auto work = [job] {
        if (!job->abandoned) job->work();
    };
    auto done = [job = std::move(job)] {
        if (job->waiter != nullptr) Schedule::current().wake(*job->waiter);
    };
    Loop::current().run_on_thread(std::move(work), std::move(done));
}

}  // namespace trawl::loop
