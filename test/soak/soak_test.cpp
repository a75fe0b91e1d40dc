// Clients and a server on one loop that do to each other what networks do, drawn from a seed: short and long messages,
// receives given up, exchanges cancelled at any point, connections closed or reset by either side. What an exchange
// echoes must be what was sent; after each loop no descriptor, no buffer and no task is left.
//
//     TRAWL_SOAK_SECONDS=600 TRAWL_SOAK_SEED=7 test_soak        (TRAWL_BACKEND=epoll for the other backend)
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>

#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr int kClients = 100;
constexpr auto kRound = 1s;  // then the loop ends, with everything that goes on in it

struct Counts {
    long connections = 0;
    long echoes = 0;
    long given_up = 0;
    long broken = 0;  // by the other side, or by us
    long wrong = 0;
};

unsigned number_from_environment(const char* name, unsigned otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

class Soak {
public:
    explicit Soak(unsigned seed) : random_(seed) {}

    Task<> round() {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        TaskGroup group;
        group.spawn(serve(listener, group));
        for (int i = 0; i < kClients; ++i) group.spawn(client(listener.port()));
        co_await sleep(kRound);
        group.cancel();
        co_await group.join();
    }
    [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

private:
    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    bool one_in(unsigned n) { return below(n) == 0; }
    Duration a_moment() { return std::chrono::microseconds(below(2000)); }
    // Mostly small, sometimes more than a socket takes at once.
    std::string message() {
        const std::size_t size = one_in(50) ? 1 + below(1'000'000) : 1 + below(3'000);
        return std::string(size, static_cast<char>('a' + below(26)));
    }

    Task<> serve(TcpListener& listener, TaskGroup& group) {
        while (true) {
            // An accept that is given up must not lose the connection.
            const Duration patience = one_in(10) ? a_moment() : Duration(1s);
            try {
                TcpStream stream = co_await timeout(patience, listener.accept());
                group.spawn(answer(std::move(stream)));
            } catch (const TimeoutError&) {
                ++counts_.given_up;
            }
        }
    }

    Task<> answer(TcpStream stream) {
        try {
            while (true) {
                Buffer buffer = co_await stream.receive();
                const bool ended = buffer.empty() || one_in(200);
                if (ended) break;
                if (one_in(100)) co_await sleep(a_moment());
                co_await stream.send(buffer.view());
            }
            if (one_in(4)) stream.reset();
        } catch (const OsError&) {
            ++counts_.broken;
        }
    }

    Task<> client(std::uint16_t port) {
        while (true) {
            const Duration patience = one_in(3) ? a_moment() : Duration(5s);
            try {
                co_await timeout(patience, exchanges(port));
            } catch (const TimeoutError&) {
                ++counts_.given_up;
            } catch (const OsError&) {
                ++counts_.broken;
            }
        }
    }

    Task<> exchanges(std::uint16_t port) {
        TcpStream stream = co_await TcpStream::connect("127.0.0.1", port);
        ++counts_.connections;
        for (unsigned i = below(30); i > 0; --i) {
            const std::string sent = message();
            auto both = co_await gather(send(stream, sent), echo(stream, sent.size()));
            const std::string& got = std::get<1>(both);
            if (got.size() < sent.size()) co_return;  // the server has closed
            ++counts_.echoes;
            counts_.wrong += got != sent;
        }
        if (one_in(4)) stream.reset();
    }

    static Task<> send(TcpStream& stream, const std::string& bytes) { co_await stream.send(bytes); }

    // Every receive may be given up and asked for again.
    Task<std::string> echo(TcpStream& stream, std::size_t size) {
        std::string got;
        while (got.size() < size) {
            const Duration patience = one_in(20) ? a_moment() : Duration(10s);
            try {
                Buffer buffer = co_await timeout(patience, stream.receive());
                if (buffer.empty()) break;
                got += buffer.view();
            } catch (const TimeoutError&) {
                ++counts_.given_up;
            }
        }
        co_return got;
    }

    std::mt19937 random_;
    Counts counts_;
};

TEST(Soak, LosesNothingAndLeavesNothing) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(number_from_environment("TRAWL_SOAK_SECONDS", 2));
    const unsigned seed = number_from_environment("TRAWL_SOAK_SEED", 1);
    Soak soak(seed);
    run(soak.round());  // whatever is made once per process is made
    const std::size_t descriptors = open_descriptors();
    const std::size_t buffers = Buffer::leased();
    long rounds = 1;
    for (; std::chrono::steady_clock::now() < end; ++rounds) {
        run(soak.round());
        ASSERT_EQ(open_descriptors(), descriptors) << "after round " << rounds << " of seed " << seed;
        ASSERT_EQ(Buffer::leased(), buffers) << "after round " << rounds << " of seed " << seed;
    }
    const Counts& counts = soak.counts();
    EXPECT_EQ(counts.wrong, 0);
    EXPECT_EQ(buffers, 0U);
    EXPECT_GT(counts.echoes, 0);
    EXPECT_GT(counts.given_up, 0);
    EXPECT_GT(counts.broken, 0);
    print("{} rounds: {} connections, {} echoes, {} given up, {} broken\n", rounds, counts.connections, counts.echoes,
          counts.given_up, counts.broken);
}

}  // namespace
}  // namespace trawl
