#include "trawl/net/tcp.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

Task<> echo(TcpStream stream) {
    while (true) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) break;
        co_await stream.send(buffer.view());
    }
}

Task<> serve(TcpListener& listener, TaskGroup& group) {
    while (true) {
        TcpStream stream = co_await listener.accept();
        group.spawn(echo(std::move(stream)));
    }
}

Task<std::string> say(std::uint16_t port, std::string text) {
    TcpStream stream = co_await TcpStream::connect("127.0.0.1", port);
    co_await stream.send(text);
    std::string answer;
    while (answer.size() < text.size()) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) break;
        answer += buffer.view();
    }
    co_return answer;
}

TEST(Tcp, ManyConnectionsEcho) {
    auto work = []() -> Task<int> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        TaskGroup group;
        group.spawn(serve(listener, group));
        std::vector<Task<std::string>> tasks;
        for (int i = 0; i < 200; ++i)
            tasks.push_back(say(listener.port(), std::string(10'000, static_cast<char>('a' + i % 26))));
        auto answers = co_await gather(std::move(tasks));
        int right = 0;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            right += answers[i] == std::string(10'000, static_cast<char>('a' + i % 26));
        }
        co_return right;
    };
    EXPECT_EQ(run(work()), 200);
}

TEST(Tcp, NobodyListeningIsAConnectError) {
    auto work = []() -> Task<> {
        std::uint16_t port = 0;
        {
            TcpListener gone = TcpListener::bind("127.0.0.1", 0);
            port = gone.port();
        }
        try {
            co_await TcpStream::connect("127.0.0.1", port);
            ADD_FAILURE() << "connected";
        } catch (const ConnectError& error) {
            EXPECT_EQ(error.code(), ECONNREFUSED);
            EXPECT_NE(std::string(error.what()).find("127.0.0.1:" + std::to_string(port)), std::string::npos)
                << error.what();
        }
    };
    run(work());
}

TEST(Tcp, ConnectsOverIPv6) {
    auto work = []() -> Task<bool> {
        TcpListener listener = TcpListener::bind("::1", 0);
        auto both = co_await gather(listener.accept(), TcpStream::connect("::1", listener.port()));
        co_return std::get<0>(both).is_open() && std::get<1>(both).is_open();
    };
    EXPECT_TRUE(run(work()));
}

TEST(Tcp, ResetIsAnErrorAtThePeerAndCloseIsAnEnd) {
    auto work = [](bool reset) -> Task<int> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        auto both = co_await gather(listener.accept(), TcpStream::connect("127.0.0.1", listener.port()));
        if (reset) {
            std::get<0>(both).reset();
        } else {
            std::get<0>(both).close();
        }
        int code = 0;
        try {
            Buffer buffer = co_await std::get<1>(both).receive();
            code = buffer.empty() ? 0 : -1;
        } catch (const OsError& error) {
            code = error.code();
        }
        co_return code;
    };
    EXPECT_EQ(run(work(false)), 0);
    EXPECT_EQ(run(work(true)), ECONNRESET);
}

TEST(Tcp, AReadCanTimeOutAndBeTriedAgain) {
    auto work = []() -> Task<std::string> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        auto both = co_await gather(listener.accept(), TcpStream::connect("127.0.0.1", listener.port()));
        bool timed_out = false;
        try {
            co_await timeout(1ms, std::get<1>(both).receive());
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        co_await std::get<0>(both).send("late");
        Buffer buffer = co_await std::get<1>(both).receive();
        co_return std::string(timed_out ? "timed out, then " : "") + std::string(buffer.view());
    };
    EXPECT_EQ(run(work()), "timed out, then late");
}

TEST(Tcp, ShuttingDownSendsTheEndAndReceivesOn) {
    auto work = []() -> Task<std::string> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        auto both = co_await gather(listener.accept(), TcpStream::connect("127.0.0.1", listener.port()));
        TcpStream& client = std::get<1>(both);
        co_await client.send("question");
        client.shutdown_send();
        Buffer question = co_await std::get<0>(both).receive();
        Buffer end = co_await std::get<0>(both).receive();
        EXPECT_TRUE(end.empty());
        co_await std::get<0>(both).send("answer to " + std::string(question.view()));
        Buffer answer = co_await client.receive();
        co_return std::string(answer.view());
    };
    EXPECT_EQ(run(work()), "answer to question");
}

TEST(Tcp, KnowsBothItsAddresses) {
    auto work = []() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        auto both = co_await gather(listener.accept(), TcpStream::connect("127.0.0.1", listener.port()));
        const TcpStream& server = std::get<0>(both);
        const TcpStream& client = std::get<1>(both);
        EXPECT_EQ(client.peer_address().str(), format("127.0.0.1:{}", listener.port()));
        EXPECT_EQ(server.local_address().str(), client.peer_address().str());
        EXPECT_EQ(server.peer_address().str(), client.local_address().str());
    };
    run(work());
}

TEST(Tcp, KeepAliveIsSetOrRefused) {
    auto work = []() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        TcpStream stream = co_await TcpStream::connect("127.0.0.1", listener.port());
        stream.keep_alive(30s);
        EXPECT_THROW(stream.keep_alive(0s), OsError);
    };
    run(work());
}

TEST(TcpListener, SharesItsPortWhenBothAgree) {
    auto work = []() -> Task<> {
        TcpListener first = TcpListener::bind("127.0.0.1", 0, ListenOptions().reuse_port());
        TcpListener second = TcpListener::bind("127.0.0.1", first.port(), ListenOptions().reuse_port());
        EXPECT_EQ(second.port(), first.port());
        EXPECT_THROW(TcpListener::bind("127.0.0.1", first.port()), OsError);
        co_return;
    };
    run(work());
}

TEST(TcpListener, OfIPv6AloneOrOfBoth) {
    auto work = [](bool alone) -> Task<bool> {
        TcpListener listener = TcpListener::bind("::", 0, ListenOptions().ipv6_only(alone).backlog(5));
        bool connected = true;
        try {
            co_await TcpStream::connect("127.0.0.1", listener.port());
        } catch (const ConnectError&) {
            connected = false;
        }
        co_return connected;
    };
    EXPECT_FALSE(run(work(true)));
    EXPECT_TRUE(run(work(false)));
}

TEST(Tcp, ListeningOnANameIsAnError) { EXPECT_THROW(TcpListener::bind("localhost", 0), UsageError); }

TEST(Resolve, KnowsLocalhostAndDigits) {
    auto work = [](std::string host) -> Task<std::string> {
        auto addresses = co_await resolve(host, 80);
        co_return addresses.front().str();
    };
    EXPECT_EQ(run(work("127.0.0.1")), "127.0.0.1:80");
    EXPECT_EQ(run(work("::1")), "[::1]:80");
    const std::string local = run(work("localhost"));
    EXPECT_TRUE(local == "127.0.0.1:80" || local == "[::1]:80") << local;
}

TEST(Resolve, SaysWhichHostHasNoAddress) {
    auto work = []() -> Task<> { co_await resolve("no-such-host.invalid", 80); };
    try {
        run(work());
        FAIL() << "resolved";
    } catch (const ResolveError& error) {
        EXPECT_NE(std::string(error.what()).find("no-such-host.invalid"), std::string::npos);
    }
}

}  // namespace
}  // namespace trawl
