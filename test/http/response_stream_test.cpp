#include "trawl/http/response_stream.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "raw_server.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::ok;
using testing::RawPeer;
using testing::RawServer;
using testing::ScriptedServer;
using Then = testing::Answer::Then;
using Script = std::vector<Answer>;

const std::string kHundred = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";

Task<std::vector<std::string>> lines_of(ResponseStream& stream) {
    std::vector<std::string> lines;
    while (true) {
        std::optional<std::string> line = co_await stream.next_line();
        if (!line) co_return lines;
        lines.push_back(*std::move(line));
    }
}

std::vector<std::string> lines_in(const std::string& body) {
    auto work = [](std::string bytes) -> Task<std::vector<std::string>> {
        ScriptedServer server({Script{{ok(bytes)}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        co_return co_await lines_of(stream);
    };
    return run(work(body));
}

TEST(ResponseStream, GivesItsHeadBeforeItsBody) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{kHundred, Then::stall}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/x").stream();
        EXPECT_EQ(stream.status(), 200);
        EXPECT_EQ(stream.headers().get("content-length"), "100");
        EXPECT_EQ(stream.url().target(), "/x");
    };
    run(work());
}

TEST(ResponseStream, GivesTheBodyInPieces) {
    const std::string body(3'000'000, 'x');
    auto work = [&]() -> Task<> {
        ScriptedServer server({Script{{ok(body)}, {ok("next")}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        std::string all;
        std::size_t largest = 0;
        while (true) {
            std::optional<std::string> piece = co_await stream.next();
            if (!piece) break;
            EXPECT_FALSE(piece->empty());
            largest = std::max(largest, piece->size());
            all += *piece;
        }
        EXPECT_EQ(all, body);
        EXPECT_LE(largest, Buffer::kCapacity);
        EXPECT_EQ(co_await stream.next(), std::nullopt);
        Response again = co_await client.get("/");
        EXPECT_EQ(again.text(), "next");
        EXPECT_EQ(server.connections(), 1U) << "the connection of a stream that came to its end is used again";
    };
    run(work());
}

TEST(ResponseStream, GivesLines) {
    EXPECT_EQ(lines_in(""), (std::vector<std::string>{}));
    EXPECT_EQ(lines_in("a"), (std::vector<std::string>{"a"}));
    EXPECT_EQ(lines_in("a\n"), (std::vector<std::string>{"a"}));
    EXPECT_EQ(lines_in("a\nb"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(lines_in("a\r\nb\r\n"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(lines_in("\n\na\n\n"), (std::vector<std::string>{"", "", "a", ""}));
    EXPECT_EQ(lines_in("a\rb\r"), (std::vector<std::string>{"a\rb\r"}));
}

TEST(ResponseStream, GivesLinesThatCameInManyPieces) {
    std::vector<std::string> lines;
    std::string body;
    for (int i = 0; i < 200; ++i) {
        lines.push_back(std::string(static_cast<std::size_t>(i * i), static_cast<char>('a' + i % 26)));
        body += lines.back() + '\n';
    }
    EXPECT_EQ(lines_in(body), lines);
}

TEST(ResponseStream, MixesLinesAndPieces) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{ok("head\nbody and\nmore")}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        EXPECT_EQ(co_await stream.next_line(), "head");
        EXPECT_EQ(co_await stream.next(), "body and\nmore");
        EXPECT_EQ(co_await stream.next_line(), std::nullopt);
    };
    run(work());
}

TEST(ResponseStream, ReadsTheRestAtOnce) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{ok("first\nsecond\nthird")}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        EXPECT_EQ(co_await stream.next_line(), "first");
        Response rest = co_await stream.read();
        EXPECT_EQ(rest.text(), "second\nthird");
        EXPECT_EQ(rest.status(), 200);
    };
    run(work());
}

TEST(ResponseStream, ThatBreaksOffGivesWhatCameAndThenTheError) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{kHundred + "half\n", Then::close}}, Script{{ok("whole")}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/?token=hush").stream();
        EXPECT_EQ(co_await stream.next_line(), "half");
        std::string error;
        try {
            co_await stream.next_line();
        } catch (const ProtocolError& thrown) {
            error = thrown.what();
        }
        EXPECT_NE(error.find("5 of 100 bytes"), std::string::npos) << error;
        EXPECT_EQ(error.find("hush"), std::string::npos) << error;
        Response next = co_await client.get("/");
        EXPECT_EQ(next.text(), "whole");
        EXPECT_EQ(server.connections(), 2U);
    };
    run(work());
}

TEST(ResponseStream, ThatIsDroppedClosesItsConnection) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{kHundred + "half", Then::stall}}, Script{{ok("whole")}}});
        Client client(server.url());
        {
            ResponseStream stream = co_await client.get("/").stream();
            EXPECT_EQ(co_await stream.next(), "half");
        }
        Response next = co_await client.get("/");
        EXPECT_EQ(next.text(), "whole");
        EXPECT_EQ(server.connections(), 2U);
    };
    run(work());
}

TEST(ResponseStream, IsOverWhenTheTimeForTheWholeRequestIs) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{kHundred + "half", Then::stall}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").timeout(30ms).stream();
        EXPECT_EQ(co_await stream.next(), "half");
        std::string error;
        try {
            co_await stream.next();
        } catch (const TimeoutError& thrown) {
            error = thrown.what();
        }
        EXPECT_NE(error.find("not complete within 0.03 s"), std::string::npos) << error;
    };
    run(work());
}

// What had come already won over the time that was over: a reader slower than its server had no limit.
TEST(ResponseStream, IsOverInTimeThoughThereIsAlwaysMore) {
    auto work = []() -> Task<> {
        RawServer server([](RawPeer& peer) -> Task<> {
            co_await peer.head();
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
            co_await peer.send_without_end(std::string(100'000, 'x'));
        });
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").timeout(30ms).stream();
        const auto read_slowly = [&stream]() -> Task<> {
            for (int pieces = 0; pieces < 500; ++pieces) {
                co_await stream.next();
                co_await sleep(2ms);
            }
        };
        try {
            co_await read_slowly();
            ADD_FAILURE() << "it went on";
        } catch (const TimeoutError& error) {
            EXPECT_NE(std::string(error.what()).find("not complete within 0.03 s"), std::string::npos) << error.what();
        }
    };
    run(work());
}

TEST(ResponseStream, AStatusIsNoErrorUntilAskedFor) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        EXPECT_FALSE(stream.is_success());
        EXPECT_THROW(stream.raise_for_status(), StatusError);
        EXPECT_EQ(co_await stream.next(), "gone");
    };
    run(work());
}

// The body would be 1,526 buffers. The kernel's fill, and then the server waits.
TEST(ResponseStream, LittleIsReadAheadOfItsReader) {
    const std::string body(50'000'000, 'x');
    auto work = [&]() -> Task<> {
        ScriptedServer server({Script{{ok(body)}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        co_await sleep(20ms);
        EXPECT_LT(Buffer::leased(), 500U);
        Response rest = co_await stream.read();
        EXPECT_EQ(rest.text().size(), body.size());
    };
    run(work());
}

TEST(ResponseStream, HasOneReaderAtATime) {
    auto work = []() -> Task<> {
        ScriptedServer server({Script{{kHundred + "half", Then::stall}}});
        Client client(server.url());
        ResponseStream stream = co_await client.get("/").stream();
        EXPECT_EQ(co_await stream.next(), "half");
        TaskGroup group;
        group.spawn([](ResponseStream& read) -> Task<> { co_await read.next(); }(stream));
        co_await sleep(0ms);
        EXPECT_THROW(co_await stream.next(), UsageError);
        group.cancel();
        co_await group.join();
        EXPECT_THROW(co_await timeout(5ms, stream.next()), TimeoutError) << "it is there for the next";
    };
    run(work());
}

}  // namespace
}  // namespace trawl
