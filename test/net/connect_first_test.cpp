#include "connect_first.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "loop/descriptors.hpp"
#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::net {
namespace {

using namespace std::chrono_literals;

/// An address at which nobody answers: its listener's queue is full, so that the kernel drops what comes.
class BlackHole {
public:
    BlackHole() {
        bind_to(listener_, numeric_address("127.0.0.1", 0));
        EXPECT_EQ(::listen(listener_, 0), 0);
        for (int& fd : fillers_) {
            fd = new_socket(AF_INET, SOCK_STREAM);
            const Address to = address();
            EXPECT_EQ(::connect(fd, to.get(), to.size()), -1);
            EXPECT_EQ(errno, EINPROGRESS);
        }
    }
    BlackHole(const BlackHole&) = delete;
    BlackHole& operator=(const BlackHole&) = delete;
    ~BlackHole() {
        for (const int fd : fillers_) ::close(fd);
        ::close(listener_);
    }
    [[nodiscard]] Address address() const { return local_address(listener_); }

private:
    int listener_ = new_socket(AF_INET, SOCK_STREAM);
    int fillers_[4];
};

Address closed_port() {
    TcpListener gone = TcpListener::bind("127.0.0.1", 0);
    return numeric_address("127.0.0.1", gone.port());
}

// What was connected to; 0 when nobody answered.
Task<std::uint16_t> port_of(std::vector<Address> addresses, Duration delay) {
    TcpStream stream = co_await connect_first("a.example", std::move(addresses), delay);
    co_return stream.peer_address().port();
}

TEST(ConnectFirst, GoesOnAtOnceWhenAnAddressRefuses) {
    auto work = []() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        std::vector<Address> addresses = {closed_port(), closed_port(), numeric_address("127.0.0.1", listener.port())};
        const std::uint16_t port = co_await port_of(std::move(addresses), 1h);
        EXPECT_EQ(port, listener.port());
    };
    run(work());
}

TEST(ConnectFirst, GoesOnAfterADelayWhenAnAddressIsSilent) {
    auto work = []() -> Task<> {
        const BlackHole hole;
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        const std::size_t before = open_descriptors();
        std::vector<Address> addresses = {hole.address(), hole.address(),
                                          numeric_address("127.0.0.1", listener.port())};
        const std::uint16_t port = co_await port_of(std::move(addresses), 5ms);
        EXPECT_EQ(port, listener.port());
        EXPECT_EQ(open_descriptors(), before) << "the attempts that were given up are closed";
    };
    run(work());
}

TEST(ConnectFirst, NamesAllAddressesWhenNoneAnswers) {
    auto work = []() -> Task<std::string> {
        std::vector<Address> addresses = {closed_port(), closed_port()};
        const std::string expected = addresses[0].str() + ", " + addresses[1].str();
        try {
            co_await port_of(std::move(addresses), 1h);
        } catch (const ConnectError& error) {
            EXPECT_EQ(error.code(), ECONNREFUSED);
            EXPECT_NE(std::string(error.what()).find("a.example (" + expected + ")"), std::string::npos)
                << error.what();
            co_return "refused";
        }
        co_return "connected";
    };
    EXPECT_EQ(run(work()), "refused");
}

TEST(ConnectFirst, IsGivenUpWithAllItsAttempts) {
    auto work = []() -> Task<> {
        const BlackHole hole;
        const std::size_t before = open_descriptors();
        std::vector<Address> addresses = {hole.address(), hole.address()};
        bool timed_out = false;
        try {
            co_await timeout(20ms, port_of(std::move(addresses), 1ms));
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        EXPECT_TRUE(timed_out);
        EXPECT_EQ(open_descriptors(), before);
    };
    run(work());
}

}  // namespace
}  // namespace trawl::net
