/// TLS streams over sockets: bytes, ends, cuts, refusals, time limits, and what is left when they are given up.
#include "trawl/net/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tls_streams.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/threads.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

Task<> send_in_pieces(TlsStream& stream, std::string_view bytes, unsigned seed) {
    std::mt19937 random(seed);
    while (!bytes.empty()) {
        const std::size_t size = std::uniform_int_distribution<std::size_t>(1, 70'000)(random);
        co_await stream.send(bytes.substr(0, size));
        bytes.remove_prefix(std::min(size, bytes.size()));
    }
    co_await stream.shutdown_send();
}

std::string random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

Task<> send_the_rest(TlsStream& stream) {
    co_await stream.send("");
    co_await stream.shutdown_send();
}

// ---- Bytes ----

TEST(Tls, SendsAtOnceWhatTheKernelTakesAndTheRestLater) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected_by_tcp(setting);
        TlsStream& server = ends.server;
        TlsStream& client = ends.client;
        std::string sent;
        bool is_out = true;
        for (unsigned piece = 0; is_out; ++piece) {
            const std::string bytes = random_bytes(16'000, piece);
            is_out = client.send_at_once(bytes);
            sent += bytes;
        }
        EXPECT_FALSE(client.send_at_once("and behind what is left"));
        sent += "and behind what is left";
        auto both = co_await gather(send_the_rest(client), receive_all(server));
        EXPECT_TRUE(std::get<1>(both) == sent);
        EXPECT_THROW((void)client.send_at_once("x"), ClosedError);
        client.close();
        EXPECT_THROW((void)client.send_at_once("x"), OsError);
    };
    run(work());
}

// What is cut off in the middle of a record must not look like an end.
TEST(Tls, ARestThatIsClosedBeforeItIsSentIsACutForThePeer) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected(setting);
        const std::string bytes = random_bytes(16'000, 1);
        while (ends.client.send_at_once(bytes)) continue;
        ends.client.close();
        // A TruncatedError; over a pair, also that the client has read nothing, not even its tickets: a reset.
        EXPECT_THROW(co_await receive_all(ends.server), Error);
    };
    run(work());
}

TEST(Tls, NothingIsSentAtOnceWhileASendWaits) {
    const Setting setting;
    const std::string much = random_bytes(4 << 20, 1);
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected(setting);
        auto send_much = [&]() -> Task<> {
            co_await ends.client.send(much);
            co_await ends.client.shutdown_send();
        };
        auto receive_much = [&]() -> Task<std::string> {
            EXPECT_THROW((void)ends.client.send_at_once("in between"), UsageError);
            co_return co_await receive_all(ends.server);
        };
        auto both = co_await gather(send_much(), receive_much());
        EXPECT_TRUE(std::get<1>(both) == much);
    };
    run(work());
}

TEST(Tls, CarriesAMegabyteBothWaysInPiecesOfAnySize) {
    const Setting setting;
    const std::string there = random_bytes(1 << 20, 1);
    const std::string back = random_bytes(1 << 20, 2);
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected_by_tcp(setting);
        TlsStream& server = ends.server;
        TlsStream& client = ends.client;
        auto all = co_await gather(send_in_pieces(client, there, 3), receive_all(server),
                                   send_in_pieces(server, back, 4), receive_all(client));
        EXPECT_TRUE(std::get<1>(all) == there);
        EXPECT_TRUE(std::get<3>(all) == back);
        EXPECT_EQ(client.version(), "TLSv1.3");
        EXPECT_FALSE(client.cipher().empty());
    };
    run(work());
}

Task<> echo(TlsStream stream) {
    for (;;) {
        Buffer buffer = co_await stream.receive();
        if (buffer.empty()) break;
        co_await stream.send(buffer.view());
    }
}

Task<> serve(TcpListener& listener, TlsServerContext context, TaskGroup& group) {
    for (;;) {
        TcpStream socket = co_await listener.accept();
        TlsStream stream = co_await TlsStream::accept(std::move(socket), context);
        group.spawn(echo(std::move(stream)));
    }
}

Task<std::string> ask(std::uint16_t port, TlsContext context, std::string text, bool& resumed) {
    TcpStream socket = co_await TcpStream::connect("127.0.0.1", port);
    TlsStream stream = co_await TlsStream::connect(std::move(socket), context, "a.example");
    resumed = stream.was_resumed();
    co_await stream.send(text);
    Buffer answer = co_await stream.receive();
    co_return std::string(answer.view());
}

TEST(Tls, ManyConnectionsOfOneContextTakeUpSessions) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        TaskGroup group;
        group.spawn(serve(listener, setting.server, group));
        bool first = false;
        bool second = false;
        const std::string one = co_await ask(listener.port(), setting.client, "one", first);
        const std::string two = co_await ask(listener.port(), setting.client, "two", second);
        EXPECT_EQ(one + two, "onetwo");
        EXPECT_FALSE(first);
        EXPECT_TRUE(second);
        std::vector<Task<std::string>> tasks;
        bool any = false;
        for (int i = 0; i < 50; ++i) tasks.push_back(ask(listener.port(), setting.client, std::to_string(i), any));
        const std::vector<std::string> answers = co_await gather(std::move(tasks));
        for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i], std::to_string(i));
    };
    run(work());
}

TEST(TlsOnThreads, OneContextServesAllLoops) {
    const Setting setting;
    auto work = [&](std::size_t) -> Task<int> {
        int whole = 0;
        for (int i = 0; i < 5; ++i) {
            Ends ends = co_await connected(setting);
            co_await ends.client.send("question");
            Buffer question = co_await ends.server.receive();
            whole += question.view() == "question" ? 1 : 0;
        }
        co_return whole;
    };
    EXPECT_THAT(run(run_on_threads(3, work)), testing::ElementsAre(5, 5, 5));
}

TEST(Tls, OneReceiveGivesAllRecordsThatHaveArrived) {
    const Setting setting;
    auto work = [&]() -> Task<std::string> {
        HandEnds ends = co_await connected_by_hand(setting);
        for (const char* word : {"one ", "two ", "three"}) ends.server.engine().write(word);
        co_await ends.server.flush();
        Buffer buffer = co_await ends.client.receive();
        co_return std::string(buffer.view());
    };
    EXPECT_EQ(run(work()), "one two three");
}

TEST(Tls, AReceiveCanTimeOutAndBeTriedAgain) {
    const Setting setting;
    auto work = [&]() -> Task<std::string> {
        Ends ends = co_await connected(setting);
        bool timed_out = false;
        try {
            co_await timeout(1ms, ends.client.receive());
        } catch (const TimeoutError&) {
            timed_out = true;
        }
        co_await ends.server.send("late");
        Buffer buffer = co_await ends.client.receive();
        co_return std::string(timed_out ? "timed out, then " : "") + std::string(buffer.view());
    };
    EXPECT_EQ(run(work()), "timed out, then late");
}

TEST(Tls, BytesOfAReceiveThatIsGivenUpWhenTheyComeAreKept) {
    const Setting setting;
    auto work = [&]() -> Task<std::string> {
        Ends ends = co_await connected(setting);
        TaskGroup group;
        auto receive = [&]() -> Task<> { co_await ends.client.receive(); };
        group.spawn(receive());
        co_await sleep(0ms);
        co_await ends.server.send("kept");
        group.cancel();
        co_await group.join();
        co_await ends.server.send("!");
        ends.server.close();
        co_return co_await receive_all(ends.client);
    };
    EXPECT_EQ(run(work()), "kept!");
}

// The time limit runs out in the very turn in which the bytes come.
TEST(Tls, AReceiveWhoseDeadlineHasPassedWhenTheBytesComeKeepsThem) {
    const Setting setting;
    auto work = [&]() -> Task<std::string> {
        Ends ends = co_await connected(setting);
        const TimePoint deadline = now() + 1ms;
        auto receive = [&]() -> Task<std::string> {
            try {
                Buffer buffer = co_await timeout_at(deadline, ends.client.receive());
                co_return "in time: " + std::string(buffer.view());
            } catch (const TimeoutError&) {  // ignored: it may or may not be in time
            }
            Buffer buffer = co_await ends.client.receive();
            co_return std::string(buffer.view());
        };
        auto send = [&]() -> Task<> {
            co_await sleep_until(deadline);
            co_await ends.server.send("kept");
        };
        auto both = co_await gather(send(), receive());
        co_return std::get<1>(both);
    };
    EXPECT_THAT(run(work()), HasSubstr("kept"));
}

// ---- Ends ----

TEST(Tls, ShuttingDownSendsTheEndAndReceivesOn) {
    const Setting setting;
    auto work = [&]() -> Task<std::string> {
        Ends ends = co_await connected(setting);
        co_await ends.client.send("question");
        co_await ends.client.shutdown_send();
        EXPECT_THROW(co_await ends.client.send("more"), ClosedError);
        std::string question = co_await receive_all(ends.server);
        co_await ends.server.send("answer to " + question);
        Buffer answer = co_await ends.client.receive();
        co_return std::string(answer.view());
    };
    EXPECT_EQ(run(work()), "answer to question");
}

TEST(Tls, ClosingIsAnEndForThePeer) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        Ends ends = co_await connected(setting);
        co_await ends.server.send("last words");
        ends.server.close();
        EXPECT_FALSE(ends.server.is_open());
        const std::string all = co_await receive_all(ends.client);
        EXPECT_EQ(all, "last words");
        Buffer again = co_await ends.client.receive();
        EXPECT_TRUE(again.empty());
    };
    run(work());
}

TEST(Tls, AnEndOfTheConnectionAloneIsACut) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        HandEnds ends = co_await connected_by_hand(setting);
        ends.server.engine().write("half");
        co_await ends.server.flush();
        ends.server.socket().close();
        Buffer half = co_await ends.client.receive();
        EXPECT_EQ(half.view(), "half");
        for (int i = 0; i < 2; ++i) {
            try {
                co_await ends.client.receive();
                ADD_FAILURE() << "an end";
            } catch (const TruncatedError& error) {
                EXPECT_EQ(error.host(), "a.example");
                EXPECT_THAT(error.what(), AllOf(HasSubstr("TLS with a.example: "), HasSubstr("close_notify")));
            }
        }
    };
    run(work());
}

TEST(Tls, AClosedStreamIsAnErrorToUse) {
    const Setting setting;
    auto work = [&]() -> Task<> {
        TlsStream nothing;
        EXPECT_FALSE(nothing.is_open());
        EXPECT_FALSE(nothing.is_quiet());
        EXPECT_EQ(nothing.alpn() + nothing.version() + nothing.cipher(), "");
        EXPECT_THROW(co_await nothing.receive(), OsError);
        EXPECT_THROW(co_await nothing.send("x"), OsError);
        Ends ends = co_await connected(setting);
        ends.client.close();
        EXPECT_THROW(co_await ends.client.receive(), OsError);
        EXPECT_THROW(co_await ends.client.shutdown_send(), OsError);
    };
    run(work());
}

TEST(Tls, ClosingFailsAReceiveThatWaits) {
    const Setting setting;
    auto work = [&]() -> Task<int> {
        Ends ends = co_await connected(setting);
        int code = 0;
        auto wait = [&]() -> Task<> {
            try {
                co_await ends.client.receive();
            } catch (const OsError& error) {
                code = error.code();
            }
        };
        auto close = [&]() -> Task<> {
            co_await sleep(0ms);
            ends.client = TlsStream();
        };
        co_await gather(wait(), close());
        co_return code;
    };
    EXPECT_EQ(run(work()), ECANCELED);
}

// ---- Refusals ----

TEST(Tls, AWrongCertificateIsAnErrorThatNamesTheHost) {
    const Setting setting;
    auto refused = [](UnixStream socket, TlsContext context) -> Task<std::string> {
        try {
            co_await TlsStream::connect(std::move(socket), context, "b.example");
        } catch (const CertificateError& error) {
            EXPECT_EQ(error.host(), "b.example");
            co_return error.what();
        }
        co_return "connected";
    };
    auto work = [&]() -> Task<> {
        auto sockets = UnixStream::pair();
        auto both = co_await gather(message_of(TlsStream::accept(std::move(sockets.first), setting.server)),
                                    refused(std::move(sockets.second), setting.client));
        EXPECT_EQ(std::get<1>(both), "TLS with b.example: the certificate is for a.example, not for b.example");
        EXPECT_THAT(std::get<0>(both), HasSubstr("the peer refused: alert bad_certificate"));
    };
    run(work());
}

/// What connect() says to a server that sends `bytes`, and hangs up if it is told to.
Task<std::string> answered_with(const Setting& setting, std::string bytes, bool hangs_up) {
    auto sockets = UnixStream::pair();
    co_await sockets.first.send(bytes);
    if (hangs_up) sockets.first.shutdown_send();
    co_return co_await message_of(TlsStream::connect(std::move(sockets.second), setting.client, "a.example"));
}

TEST(Tls, AServerThatDoesNotSpeakItIsNamed) {
    const Setting setting;
    EXPECT_THAT(run(answered_with(setting, "HTTP/1.1 400 Bad Request\r\n\r\n", false)),
                AllOf(HasSubstr("does not speak TLS on this port"), HasSubstr("'HTTP/1.1 400 Bad Request'")));
    EXPECT_THAT(run(answered_with(setting, "", true)), HasSubstr("closed the connection during the handshake"));
    EXPECT_THAT(run(answered_with(setting, std::string("\x15\x03\x03\0\2\2\x28", 7), false)),
                HasSubstr("alert handshake_failure"));
}

TEST(Tls, AServerThatRefusesUsAfterTheHandshakeSaysSo) {
    Setting setting;
    setting.server = TlsServerContext(Setting::server_options(setting.disk).require_client(setting.disk / "chain.pem"));
    auto client = [&](UnixStream socket) -> Task<std::string> {
        TlsStream stream = co_await TlsStream::connect(std::move(socket), setting.client, "a.example");
        Buffer answer = co_await stream.receive();
        co_return std::string(answer.view());
    };
    auto work = [&]() -> Task<std::string> {
        auto sockets = UnixStream::pair();
        auto both = co_await gather(message_of(TlsStream::accept(std::move(sockets.first), setting.server)),
                                    message_of(client(std::move(sockets.second))));
        EXPECT_THAT(std::get<0>(both), HasSubstr("the client has shown no certificate"));
        co_return std::get<1>(both);
    };
    EXPECT_THAT(run(work()), HasSubstr("alert certificate_required: it wants a certificate of ours"));
}

TEST(Tls, ASendThatFailsTellsWhyThePeerRefused) {
    Setting setting;
    auto work = [&]() -> Task<std::string> {
        HandEnds ends = co_await connected_by_hand(setting);
        const std::string forged = std::string("\x17\x03\x03\0\x20", 5) + std::string(32, 'x');
        std::string_view wire = forged;
        char nothing[1];
        ends.server.engine().read(wire, nothing, sizeof nothing);
        co_await ends.server.flush();
        ends.server.socket().close();
        co_return co_await message_of(ends.client.send("x"));
    };
    EXPECT_THAT(run(work()), HasSubstr("alert bad_record_mac"));
}

TEST(Tls, ASendAtOnceThatFailsTellsWhyThePeerRefusedAndIsTheLast) {
    Setting setting;
    auto work = [&]() -> Task<> {
        HandEnds ends = co_await connected_by_hand(setting);
        const std::string forged = std::string("\x17\x03\x03\0\x20", 5) + std::string(32, 'x');
        std::string_view wire = forged;
        char nothing[1];
        ends.server.engine().read(wire, nothing, sizeof nothing);
        co_await ends.server.flush();
        ends.server.socket().close();
        EXPECT_THAT([&] { (void)ends.client.send_at_once("x"); },
                    testing::ThrowsMessage<TlsError>(HasSubstr("alert bad_record_mac")));
        EXPECT_THROW((void)ends.client.send_at_once("y"), ClosedError);
        EXPECT_THROW(co_await ends.client.send("y"), ClosedError);
    };
    run(work());
}

}  // namespace
}  // namespace trawl
