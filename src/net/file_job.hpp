/// on_thread: what to_thread() is, for files: the work learns when nobody waits for it any more, and the file when it
/// has ended all the same.
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "file_state.hpp"
#include "trawl/coro/outcome.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::net {

/// Work on its way through a thread, which touches `work` and reads `stop`; the rest is the loop's.
class FileJob {
public:
    /// `file` is null for work on no File.
    explicit FileJob(std::shared_ptr<FileState> file) noexcept : file_(std::move(file)) {}
    FileJob(const FileJob&) = delete;
    FileJob& operator=(const FileJob&) = delete;
    virtual ~FileJob() = default;

    virtual void work() noexcept = 0;
    [[nodiscard]] const Stop& stop() const noexcept { return stop_; }

    class Awaiter;

private:
    static void submit(std::shared_ptr<FileJob> job);
    void leave() noexcept;
    void ended() noexcept;

    std::shared_ptr<FileState> file_;
    Stop stop_ = false;
    Waiter* waiter_ = nullptr;
};

class FileJob::Awaiter final : public Waiter {
public:
    Awaiter(std::shared_ptr<FileJob> job, const char* what) noexcept : job_(std::move(job)), what_(what) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { job_->leave(); }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
        FileJob::submit(job_);
        job_->waiter_ = this;
        suspend(handle);
    }
    void await_resume() const noexcept {}
    [[nodiscard]] std::string describe() const override { return what_; }

private:
    friend class FileJob;
    std::shared_ptr<FileJob> job_;
    const char* what_;
};

template <class Work>
class FileWork final : public FileJob {
public:
    using Value = std::invoke_result_t<Work&, const Stop&>;

    FileWork(std::shared_ptr<FileState> file, Work work) : FileJob(std::move(file)), work_(std::move(work)) {}
    void work() noexcept override {
        try {
            if constexpr (std::is_void_v<Value>) {
                work_(stop());
                result.set_value();
            } else {
                result.set_value(work_(stop()));
            }
        } catch (...) {
            result.set_error(std::current_exception());
        }
    }

    Outcome<Value> result;

private:
    Work work_;
};

/// Gives what `work(stop)` gives, made on a thread of the loop; throws what it throws. `what` is for dumps, a literal.
template <class Work>
Task<std::invoke_result_t<Work&, const Stop&>> on_thread(const char* what, Work work,
                                                         std::shared_ptr<FileState> file = nullptr) {
    auto job = std::make_shared<FileWork<Work>>(std::move(file), std::move(work));
    FileJob::Awaiter done(job, what);
    co_await done;
    co_return job->result.take();
}

}  // namespace trawl::net
