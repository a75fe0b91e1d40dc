#include "trawl/loop/threads.hpp"

#include <system_error>

#include "signals_blocked.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/task_group.hpp"

namespace trawl::loop {

/// While it is there, the thread can be told to cancel its task.
class Crew::Membership {
public:
    Membership(Crew& crew, std::size_t index, TaskGroup& group) : crew_(crew), member_(crew.members_[index]) {
        std::scoped_lock lock(crew_.mutex_);
        if (crew_.is_cancelled_) return;
        member_.mailbox = Loop::current().mailbox();
        member_.group = &group;
    }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    ~Membership() {
        std::scoped_lock lock(crew_.mutex_);
        member_.mailbox.reset();
        member_.group = nullptr;
    }
    /// False when the crew was cancelled before.
    [[nodiscard]] bool is_wanted() const noexcept { return member_.group != nullptr; }

private:
    Crew& crew_;
    Member& member_;
};

Crew::~Crew() = default;

// An error that was on its way is dropped: who cancels does not want it.
void Crew::dismiss() noexcept {
    cancel();
    join();
    if (notice_) notice_->waiter = nullptr;
}

// The threads may have ended before this task is suspended: it hears of it only then.
void Crew::await_suspend(std::coroutine_handle<> handle) {
    notice_ = std::make_shared<Notice>(Notice{this});
    caller_ = Loop::current().mailbox();
    start();
    suspend(handle);
}

void Crew::await_resume() {
    join();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

std::string Crew::describe() const {
    std::scoped_lock lock(mutex_);
    return format("run_on_threads ({} of {} at work)", at_work_, members_.size());
}

void Crew::start() {
    const SignalsBlocked inherited;
    at_work_ = members_.size();
    try {
        for (std::size_t i = 0; i < members_.size(); ++i) members_[i].thread = std::thread([this, i] { work(i); });
    } catch (const std::system_error& error) {
        cancel();
        join();
        throw OsError(error.code().value(), "start a thread for run_on_threads");
    }
}

// Everything of the task is gone when its end is told: also what it left to the loop, errors among it.
void Crew::work(std::size_t index) noexcept {
    try {
        Loop loop;
        loop.run(main_of(index));
    } catch (...) {
        fail(std::current_exception());
    }
    std::scoped_lock lock(mutex_);
    if (--at_work_ > 0) return;
    auto call = [notice = notice_] {
        if (notice->waiter != nullptr) Schedule::current().wake(*notice->waiter);
    };
    caller_->post(*new PostedCall<decltype(call)>(std::move(call)));
}

Task<> Crew::main_of(std::size_t index) {
    TaskGroup group;
    const Membership membership(*this, index, group);
    if (!membership.is_wanted()) co_return;
    group.spawn(task_of(index), format("thread {}", index));
    co_await group.join();
}

void Crew::fail(std::exception_ptr error) noexcept {
    std::scoped_lock lock(mutex_);
    if (!error_) error_ = std::move(error);
    cancel_all();
}

void Crew::cancel() noexcept {
    std::scoped_lock lock(mutex_);
    cancel_all();
}

// A member's thread alone destroys its tasks. Letters that come too late are dropped with its loop, before it ends.
// Requires: the mutex is held.
void Crew::cancel_all() noexcept {
    if (std::exchange(is_cancelled_, true)) return;
    for (Member& member : members_) {
        if (!member.mailbox) continue;
        auto call = [&member] {
            if (member.group != nullptr) member.group->cancel();
        };
        member.mailbox->post(*new PostedCall<decltype(call)>(call));
    }
}

void Crew::join() noexcept {
    for (Member& member : members_) {
        if (member.thread.joinable()) member.thread.join();
    }
}

}  // namespace trawl::loop
