/// Signals as something to wait for (signalfd(2)).
#pragma once

#include <csignal>
#include <initializer_list>

#include "trawl/coro/task.hpp"
#include "trawl/loop/io.hpp"

namespace trawl {

/// Takes the given signals out of their usual handling while it lives. Make it before threads are started. What has
/// come and was not waited for when it is destroyed is handled as usual then.
class SignalWatcher {
public:
    /// Requires: a loop runs on this thread. Throws UsageError for no signals at all and for what is none that can be
    /// watched (SIGKILL, SIGSTOP, a number that is none), OsError.
    explicit SignalWatcher(std::initializer_list<int> signals);
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;
    ~SignalWatcher();

    /// Waits for the next signal and gives its number. Each kind is kept once until it is taken (signal(7)); different
    /// ones come one by one.
    Task<int> next();

private:
    sigset_t before_{};
    IoHandle descriptor_;
};

}  // namespace trawl
