#include "trawl/net/udp.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <utility>

#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/unix.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

Task<> answer(UdpSocket& socket, int times) {
    for (int i = 0; i < times; ++i) {
        Datagram question = co_await socket.receive_from();
        const std::string text = "re: " + std::string(question.bytes.view());
        co_await socket.send_to(text, question.from);
    }
}

Task<std::string> ask(std::uint16_t port, std::string question) {
    UdpSocket socket = co_await UdpSocket::connect("127.0.0.1", port);
    co_await socket.send(question);
    Datagram datagram = co_await socket.receive_from();
    EXPECT_EQ(datagram.from.str(), format("127.0.0.1:{}", port));
    co_return std::string(datagram.bytes.view());
}

TEST(Udp, AnswersGoToWhereTheQuestionCameFrom) {
    auto work = []() -> Task<std::string> {
        UdpSocket server = UdpSocket::bind("127.0.0.1", 0);
        const std::uint16_t port = server.local_address().port();
        auto all = co_await gather(ask(port, "a"), ask(port, "b"), answer(server, 2));
        co_return std::get<0>(all) + ", " + std::get<1>(all);
    };
    EXPECT_EQ(run(work()), "re: a, re: b");
}

TEST(Udp, WorksOverIPv6) {
    auto work = []() -> Task<std::string> {
        UdpSocket receiver = UdpSocket::bind("::1", 0);
        UdpSocket sender = co_await UdpSocket::connect("::1", receiver.local_address().port());
        co_await sender.send("six");
        Datagram datagram = co_await receiver.receive_from();
        EXPECT_EQ(datagram.from.str(), sender.local_address().str());
        co_return std::string(datagram.bytes.view());
    };
    EXPECT_EQ(run(work()), "six");
}

TEST(Udp, DatagramsKeepTheirBoundsAlsoEmptyOnes) {
    auto work = []() -> Task<std::string> {
        UdpSocket receiver = UdpSocket::bind("127.0.0.1", 0);
        UdpSocket sender = co_await UdpSocket::connect("127.0.0.1", receiver.local_address().port());
        for (const char* text : {"one", "", "three"}) co_await sender.send(text);
        std::string got;
        for (int i = 0; i < 3; ++i) {
            Datagram datagram = co_await receiver.receive_from();
            got += "[" + std::string(datagram.bytes.view()) + "]";
        }
        co_return got;
    };
    EXPECT_EQ(run(work()), "[one][][three]");
}

TEST(Udp, WhatIsLargerThanABufferSaysThatItIsTruncated) {
    auto work = []() -> Task<> {
        UdpSocket receiver = UdpSocket::bind("127.0.0.1", 0);
        const Address to = receiver.local_address();
        UdpSocket sender = UdpSocket::bind("127.0.0.1", 0);
        const std::string large(50'000, 'x');
        co_await sender.send_to(large, to);
        co_await sender.send_to(std::string_view(large).substr(0, Buffer::kCapacity), to);
        Datagram cut = co_await receiver.receive_from();
        EXPECT_TRUE(cut.is_truncated());
        EXPECT_EQ(cut.bytes.size(), Buffer::kCapacity);
        EXPECT_EQ(cut.size, large.size());
        Datagram whole = co_await receiver.receive_from();
        EXPECT_FALSE(whole.is_truncated());
        EXPECT_EQ(whole.size, Buffer::kCapacity);
    };
    run(work());
}

template <class Operation>
Task<int> error_of(Operation operation) {
    int code = 0;
    try {
        co_await std::move(operation);
    } catch (const OsError& error) {
        code = error.code();
    }
    co_return code;
}

TEST(Udp, AClosedPortIsAnErrorOfAConnectedSocketAndItWorksOn) {
    auto work = []() -> Task<> {
        std::uint16_t port = 0;
        {
            UdpSocket gone = UdpSocket::bind("127.0.0.1", 0);
            port = gone.local_address().port();
        }
        UdpSocket socket = co_await UdpSocket::connect("127.0.0.1", port);
        co_await socket.send("anybody?");
        int code = co_await error_of(socket.receive_from());
        EXPECT_EQ(code, ECONNREFUSED);
        UdpSocket back = UdpSocket::bind("127.0.0.1", port);
        co_await socket.send("now?");
        Datagram datagram = co_await back.receive_from();
        EXPECT_EQ(datagram.bytes.view(), "now?");
    };
    run(work());
}

TEST(Udp, AReceiverThatWaitsLearnsOfTheClosedPort) {
    auto work = []() -> Task<int> {
        UdpSocket gone = UdpSocket::bind("127.0.0.1", 0);
        UdpSocket socket = co_await UdpSocket::connect("127.0.0.1", gone.local_address().port());
        gone.close();
        auto send_later = [](UdpSocket& from) -> Task<> {
            co_await sleep(1ms);
            co_await from.send("anybody?");
        };
        auto both = co_await gather(error_of(socket.receive_from()), send_later(socket));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), ECONNREFUSED);
}

TEST(Udp, WhatCannotBeSentIsSaidSoWithTheAddress) {
    auto work = []() -> Task<> {
        UdpSocket socket = UdpSocket::bind("127.0.0.1", 0);
        const std::string too_large(70'000, 'x');
        const Address self = socket.local_address();
        try {
            co_await socket.send_to(too_large, self);
            ADD_FAILURE() << "sent";
        } catch (const OsError& error) {
            EXPECT_EQ(error.code(), EMSGSIZE);
            EXPECT_NE(std::string(error.what()).find(self.str()), std::string::npos) << error.what();
        }
        const int code = co_await error_of(socket.send("to whom?"));
        EXPECT_EQ(code, EDESTADDRREQ);
    };
    run(work());
    EXPECT_THROW(run([]() -> Task<> {
                     UdpSocket::bind("localhost", 0);
                     co_return;
                 }()),
                 UsageError);
}

// One look at the descriptors wakes both, in the order of their events: the datagram is taken for a task that is
// cancelled before it runs.
TEST(Udp, ADatagramForADestroyedReceiveGoesToTheNext) {
    auto receive = [](UdpSocket& from, std::string& all) -> Task<> {
        Datagram datagram = co_await from.receive_from();
        all += datagram.bytes.view();
    };
    auto cancel_when_told = [](UnixStream& sign, TaskGroup& doomed) -> Task<> {
        co_await sign.receive();
        doomed.cancel();
    };
    auto work = [&]() -> Task<std::string> {
        UdpSocket receiver = UdpSocket::bind("127.0.0.1", 0);
        UdpSocket sender = co_await UdpSocket::connect("127.0.0.1", receiver.local_address().port());
        std::string got;
        for (int i = 0; i < 3; ++i) {
            auto sign = UnixStream::pair();
            TaskGroup doomed;
            doomed.spawn(receive(receiver, got));
            TaskGroup others;
            others.spawn(cancel_when_told(sign.second, doomed));
            co_await sleep(1ms);
            co_await sign.first.send("x");
            const std::string number = std::to_string(i);
            co_await sender.send(number);
            co_await others.join();
        }
        while (got.size() < 3) co_await receive(receiver, got);
        co_return got;
    };
    EXPECT_EQ(run(work()), "012");
}

TEST(Udp, ASecondReceiverIsAnError) {
    auto work = []() -> Task<> {
        UdpSocket socket = UdpSocket::bind("127.0.0.1", 0);
        auto receive = [](UdpSocket& from) -> Task<> { co_await from.receive_from(); };
        co_await gather(receive(socket), receive(socket));
    };
    EXPECT_THROW(run(work()), UsageError);
}

TEST(Udp, ClosingFailsAReceiverAndLeavesNoDescriptorBehind) {
    const std::size_t before = open_descriptors();
    auto work = []() -> Task<int> {
        UdpSocket socket = UdpSocket::bind("127.0.0.1", 0);
        auto close = [](UdpSocket& which) -> Task<> {
            co_await sleep(0s);
            which.close();
        };
        auto both = co_await gather(error_of(socket.receive_from()), close(socket));
        co_return std::get<0>(both);
    };
    EXPECT_EQ(run(work()), ECANCELED);
    EXPECT_EQ(open_descriptors(), before);
}

TEST(Udp, ErrorsNameTheSocketAndItsPeer) {
    auto work = []() -> Task<> {
        UdpSocket closed = UdpSocket::bind("127.0.0.1", 0);
        const std::string nobody = closed.local_address().str();
        UdpSocket asker = co_await UdpSocket::connect("127.0.0.1", closed.local_address().port());
        closed.close();
        std::string message;
        try {
            co_await closed.receive_from();
        } catch (const OsError& error) {
            EXPECT_EQ(error.code(), ECANCELED);
            message = error.what();
        }
        EXPECT_NE(message.find("UDP socket"), std::string::npos) << message;
        co_await asker.send("anybody?");
        try {
            co_await asker.receive_from();
        } catch (const OsError& error) {
            EXPECT_EQ(error.code(), ECONNREFUSED);
            message = error.what();
        }
        EXPECT_NE(message.find("receive a datagram from " + nobody), std::string::npos) << message;
    };
    run(work());
}

}  // namespace
}  // namespace trawl
