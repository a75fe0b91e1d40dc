#include "file_job.hpp"

namespace trawl::net {

// The thread's last act is the post; from then on the job is the loop's again.
void FileJob::submit(std::shared_ptr<FileJob> job) {
    FileJob& submitted = *job;
    auto work = [job] {
        if (!job->stop_) job->work();
    };
    auto done = [job = std::move(job)] { job->ended(); };
    Loop::current().run_on_thread(std::move(work), std::move(done));
    if (submitted.file_) submitted.file_->began();
}

// Nobody waits any more. Once it has ended, that changes nothing.
void FileJob::leave() noexcept {
    if (waiter_ == nullptr) return;
    waiter_ = nullptr;
    stop_ = true;
    if (file_) file_->left();
}

void FileJob::ended() noexcept {
    if (file_) file_->ended(stop_);
    if (waiter_ != nullptr) Schedule::current().wake(*waiter_);
    waiter_ = nullptr;
}

}  // namespace trawl::net
