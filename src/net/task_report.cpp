#include "trawl/net/task_report.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/dump.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/unix.hpp"

namespace trawl {
namespace {

// How long one who asked and does not read may keep others waiting.
constexpr auto kPatience = std::chrono::seconds(5);

std::string socket_name(pid_t process) { return format("@trawl-tasks-{}", process); }

bool is_trusted(const PeerCredentials& peer) { return peer.user == ::geteuid() || peer.user == 0; }

Task<> answer(UnixStream asking) {
    const std::string tasks = dump_tasks();
    try {
        co_await timeout(kPatience, asking.send(tasks));
    } catch (const OsError&) {  // ignored: it has gone
    } catch (const TimeoutError&) {
    }
}

[[noreturn]] void throw_unanswered(pid_t process, int error) {
    throw ConnectError(error,
                       format("ask process {} for its tasks (does it run, as this user, and report them?)", process));
}

}  // namespace

Task<> report_tasks() {
    UnixListener listener = UnixListener::bind(socket_name(::getpid()));
    while (true) {
        UnixStream asking = co_await listener.accept();
        if (is_trusted(asking.peer_credentials())) co_await answer(std::move(asking));
    }
}

Task<std::string> ask_for_tasks(pid_t process) {
    UnixStream stream;
    int error = 0;
    try {
        stream = co_await UnixStream::connect(socket_name(process));
    } catch (const ConnectError& refused) {
        error = refused.code();
    }
    if (error != 0) throw_unanswered(process, error);
    // Anybody can take an abstract name.
    const PeerCredentials peer = stream.peer_credentials();
    if (peer.process != process || !is_trusted(peer)) throw_unanswered(process, EACCES);
    std::string tasks;
    while (true) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) break;
        tasks += buffer.view();
    }
    co_return tasks;
}

}  // namespace trawl
