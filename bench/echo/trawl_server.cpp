// trawl's server in bench/echo: the public API only, a task per connection.
//
// Usage: bench_echo_trawl [plain] [<timers>]: as many sleeps of an hour beside the connections. Prints its port.
#include <chrono>
#include <cstdlib>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace {

using trawl::Task;

constexpr auto kFar = std::chrono::hours(1);

Task<> echo(trawl::TcpStream stream) {
    try {
        while (true) {
            const trawl::Buffer bytes = co_await stream.receive();
            if (bytes.empty()) co_return;
            co_await stream.send(bytes.view());
        }
    } catch (const trawl::OsError&) {
        // A connection that was reset concerns nobody else.
    }
}

Task<> serve(int timers) {
    trawl::TcpListener listener = trawl::TcpListener::bind("127.0.0.1", 0);
    trawl::print("{}\n", listener.port());
    std::fflush(stdout);
    trawl::TaskGroup group;
    for (int i = 0; i < timers; ++i) group.spawn(trawl::sleep(kFar));
    while (true) {
        trawl::TcpStream stream = co_await listener.accept();
        group.spawn(echo(std::move(stream)));
    }
}

}  // namespace

int main(int argc, char** argv) { trawl::run(serve(argc > 2 ? std::atoi(argv[2]) : 0)); }
