/// What run() does about SIGINT and SIGTERM: the main task is cancelled, its destructors are the cleanup, and how the
/// process ends says which signal it was.
#pragma once

#include <array>
#include <csignal>

#include "trawl/base/error.hpp"

namespace trawl {

class Loop;

/// A signal that comes while the main task takes its last step counts: its value is dropped. A second one, while the
/// cleanup of the first goes on, ends the process at once. A signal that is ignored or
/// handled by something else already (nohup, a handler, a SignalWatcher) is left to it. Only the process's first thread
/// listens: a run() on another one is ended by whoever waits for it.
enum class OnSignal : unsigned char {
    kEnd,    // after the cleanup, and after what was printed is written, the process ends by the signal: a shell sees
             // 130 (SIGINT) or 143 (SIGTERM)
    kThrow,  // after the cleanup run() throws Interrupted: for programs that have more to do
    kLeave,  // run() does not listen
};

namespace loop {

/// Listens for as long as it lives, and interrupts `loop`.
class Listening {
public:
    Listening(Loop& loop, OnSignal on_signal);
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening();

private:
    static constexpr std::array<int, 2> kSignals{SIGINT, SIGTERM};

    Loop& loop_;
    std::array<struct sigaction, kSignals.size()> before_{};
    std::array<bool, kSignals.size()> listens_{};
    bool is_the_one_ = false;
};

/// Ends the process by `signal`, as if nobody had listened. What was printed and not written is lost.
void end_by(int signal);
/// Writes what was printed, and ends the process by `signal`.
void flush_and_end_by(int signal);

}  // namespace loop

}  // namespace trawl
