#include "trawl/loop/interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "trawl/loop/loop.hpp"

namespace trawl::loop {
namespace {

// The loop that signals interrupt. Handlers have no arguments of ours.
std::atomic<Loop*> interrupted_loop{nullptr};
static_assert(std::atomic<Loop*>::is_always_lock_free);

// What is done here is async-signal-safe (signal-safety(7)).
void interrupt(int signal) {
    const int error = errno;
    Loop* loop = interrupted_loop.load();
    if (loop == nullptr || !loop->interrupt(signal)) end_by(signal);
    errno = error;
}

}  // namespace

void end_by(int signal) {
    ::signal(signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    ::raise(signal);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);  // inside a handler it is blocked
}

// Not every stream: one that a thread reads (standard input) is locked for as long as nothing comes.
void flush_and_end_by(int signal) {
    std::fflush(stdout);
    std::fflush(stderr);
    end_by(signal);
}

Listening::Listening(Loop& loop, OnSignal on_signal) : loop_(loop) {
    if (on_signal == OnSignal::kLeave || ::gettid() != ::getpid()) return;
    Loop* none = nullptr;
    is_the_one_ = interrupted_loop.compare_exchange_strong(none, &loop);
    if (!is_the_one_) return;
    struct sigaction ours{};
    ours.sa_handler = interrupt;
    ours.sa_flags = SA_RESTART;
    sigemptyset(&ours.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        ::sigaction(kSignals[i], nullptr, &before_[i]);
        listens_[i] = (before_[i].sa_flags & SA_SIGINFO) == 0 && before_[i].sa_handler == SIG_DFL;
        if (listens_[i]) ::sigaction(kSignals[i], &ours, nullptr);
    }
}

Listening::~Listening() {
    if (!is_the_one_) return;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        if (listens_[i]) ::sigaction(kSignals[i], &before_[i], nullptr);
    }
    interrupted_loop = nullptr;
    // It came when run() looked no more: to the sender it is as good as one that comes now, with nobody listening.
    const int late = loop_.take_interrupt();
    if (late != 0) flush_and_end_by(late);
}

}  // namespace trawl::loop
