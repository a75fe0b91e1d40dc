#include "trawl/net/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace net {
namespace {

// There is no MSG_NOSIGNAL for pipes, and a library does not decide how its process takes SIGPIPE. It is blocked for
// the moment of a write and taken back if the write raised it; one that was pending before is not ours to take.
class SigpipeHeldBack {
public:
    SigpipeHeldBack() noexcept {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
        was_blocked_ = sigismember(&before_, SIGPIPE) == 1;
        sigset_t pending;
        was_pending_ = was_blocked_ && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
    }
    SigpipeHeldBack(const SigpipeHeldBack&) = delete;
    SigpipeHeldBack& operator=(const SigpipeHeldBack&) = delete;
    ~SigpipeHeldBack() {
        if (!was_blocked_) pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    void take_back() const noexcept {
        const timespec now{};
        while (!was_pending_ && sigtimedwait(&sigpipe_, nullptr, &now) < 0 && errno == EINTR) {
        }
    }

private:
    sigset_t sigpipe_{};
    sigset_t before_{};
    bool was_blocked_;
    bool was_pending_;
};

/// The errno, or 0.
int write_some(int fd, std::string_view& rest) noexcept {
    const SigpipeHeldBack held;
    const ssize_t wrote = ::write(fd, rest.data(), rest.size());
    const int error = wrote < 0 ? errno : 0;
    if (wrote > 0) rest.remove_prefix(static_cast<std::size_t>(wrote));
    if (error == EPIPE) held.take_back();
    return error;
}

}  // namespace

bool WriteToPipe::await_ready() {
    require_free(record().writer);
    return attempt();
}

void WriteToPipe::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().writer);
}

bool WriteToPipe::attempt() noexcept {
    while (!rest_.empty()) {
        const int error = write_some(record().fd, rest_);
        if (error == EAGAIN || error == EWOULDBLOCK) {
            record().writable = false;
            return false;
        }
        if (error == 0 || error == EINTR) continue;
        error_ = error;
        return true;
    }
    return true;
}

void WriteToPipe::await_resume() const {
    if (error_ != 0) throw OsError(error_, "write to a pipe", error_ == EPIPE ? "its reader is gone" : "");
}

void require_open_pipe(const IoHandle& end, const char* operation) {
    if (end.is_open()) return;
    throw OsError(ECANCELED, format("{} a pipe", operation),
                  "this end is closed; communicate() closes those of a process when it is through with them");
}

std::string WriteToPipe::describe() const { return "room in a pipe"; }

}  // namespace net

std::pair<PipeReader, PipeWriter> make_pipe() {
    static_cast<void>(Loop::current());  // there is one, before there is something to own
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) throw OsError(errno, "pipe");
    try {
        PipeReader reader(std::exchange(ends[0], -1));
        return {std::move(reader), PipeWriter(std::exchange(ends[1], -1))};
    } catch (...) {
        if (ends[1] >= 0) ::close(ends[1]);
        throw;
    }
}

}  // namespace trawl
