#include "trawl/loop/signal.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/ready.hpp"

namespace trawl {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
    if (signals.size() == 0) throw UsageError("a SignalWatcher without signals would wait for ever: name some");
    sigset_t set;
    sigemptyset(&set);
    for (int signal : signals) {
        if (signal == SIGKILL || signal == SIGSTOP || sigaddset(&set, signal) != 0)
            throw UsageError(format("signal {} cannot be watched: it never reaches a program, or is none", signal));
    }
    return set;
}

}  // namespace

SignalWatcher::SignalWatcher(std::initializer_list<int> signals) {
    const sigset_t watched = set_of(signals);
    const int fd = ::signalfd(-1, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) throw OsError(errno, "signalfd");
    descriptor_ = IoHandle(fd);
    pthread_sigmask(SIG_BLOCK, &watched, &before_);
}

SignalWatcher::~SignalWatcher() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

// One at a time: those behind it stay the kernel's until somebody asks for them.
Task<int> SignalWatcher::next() {
    while (true) {
        co_await descriptor_.begin<loop::Ready>(loop::Direction::kRead);
        signalfd_siginfo info{};
        const ssize_t got = ::read(descriptor_.fd(), &info, sizeof info);
        if (got == static_cast<ssize_t>(sizeof info)) co_return static_cast<int>(info.ssi_signo);
        if (got >= 0 || (errno != EAGAIN && errno != EINTR)) throw OsError(got >= 0 ? EIO : errno, "read a signal");
    }
}

}  // namespace trawl
