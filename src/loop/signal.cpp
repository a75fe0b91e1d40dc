#include "trawl/loop/signal.hpp"

#include <sys/signalfd.h>

#include <cerrno>
#include <cstring>

#include "trawl/base/error.hpp"

namespace trawl {

SignalWatcher::SignalWatcher(std::initializer_list<int> signals) {
    sigset_t watched;
    sigemptyset(&watched);
    for (int signal : signals) sigaddset(&watched, signal);
    const int fd = ::signalfd(-1, &watched, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0) throw OsError(errno, "signalfd");
    descriptor_ = IoHandle(fd);
    pthread_sigmask(SIG_BLOCK, &watched, &before_);
}

SignalWatcher::~SignalWatcher() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Task<int> SignalWatcher::next() {
    Buffer buffer = co_await descriptor_.receive();
    signalfd_siginfo info{};
    if (buffer.size() < sizeof info) throw OsError(EIO, "read a signal");
    std::memcpy(&info, buffer.data(), sizeof info);
    co_return static_cast<int>(info.ssi_signo);
}

}  // namespace trawl
