#include "session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "data.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::origin {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct Heard {
    std::string text;
    std::string end;  // "closed" or "reset"
};

Task<> attend(TcpListener& listener, Source& source) {
    TcpStream stream = co_await listener.accept();
    Session session(std::move(stream), source);
    co_await session.run();
}

// Sends in pieces, waits for nothing in between, and reads to the end.
Task<Heard> talk(std::uint16_t port, const std::vector<std::string>& pieces) {
    Heard heard;
    TcpStream stream = co_await TcpStream::connect("127.0.0.1", port);
    try {
        for (const std::string& piece : pieces) co_await stream.send(piece);
        while (true) {
            Buffer buffer = co_await stream.receive();
            if (buffer.empty()) break;
            heard.text += buffer.view();
        }
        heard.end = "closed";
    } catch (const OsError& error) {
        heard.end = error.code() == ECONNRESET ? "reset" : error.what();
    }
    co_return heard;
}

Task<Heard> conversation(Source& source, const std::vector<std::string>& pieces) {
    TcpListener listener = TcpListener::bind("127.0.0.1", 0);
    TaskGroup group;
    group.spawn(attend(listener, source));
    Heard heard = co_await talk(listener.port(), pieces);
    co_await group.join();
    co_return heard;
}

class SessionTest : public testing::Test {
protected:
    Heard hear(const std::vector<std::string>& pieces) {
        std::vector<DataSet> sets;
        sets.push_back(numbers(120));
        source_.emplace(settings_, std::move(sets));
        return run(conversation(*source_, pieces));
    }
    static std::string get(const std::string& target, bool last = true, const std::string& method = "GET") {
        return method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + (last ? "Connection: close\r\n\r\n" : "\r\n");
    }
    void always(Fault fault) { settings_.faults.shares[static_cast<std::size_t>(fault)] = 1; }

    Settings settings_;
    std::optional<Source> source_;
};

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

TEST_F(SessionTest, AnswersPipelinedRequestsInOrder) {
    const Heard heard = hear({get("/things", false) + get("/health", false) + get("/nothing")});
    EXPECT_EQ(count(heard.text, "HTTP/1.1 200 OK"), 2U);
    EXPECT_LT(heard.text.find("\"items\""), heard.text.find("\"ok\""));
    EXPECT_LT(heard.text.find("\"ok\""), heard.text.find("HTTP/1.1 404"));
    EXPECT_EQ(heard.end, "closed");
    EXPECT_EQ(source_->counters.requests, 3U);
    EXPECT_EQ(source_->counters.pages, 1U);
    EXPECT_EQ(source_->counters.open_connections, 0U);
}

TEST_F(SessionTest, UnderstandsRequestsThatComeInPieces) {
    const std::string request = get("/health");
    std::vector<std::string> pieces;
    for (char c : request) pieces.emplace_back(1, c);
    EXPECT_THAT(hear(pieces).text, EndsWith("{\"status\":\"ok\"}\n"));
}

TEST_F(SessionTest, HeadHasTheLengthButNotTheBody) {
    const Heard heard = hear({get("/health", true, "HEAD")});
    EXPECT_THAT(heard.text, HasSubstr("Content-Length: 16\r\n"));
    EXPECT_THAT(heard.text, EndsWith("\r\n\r\n"));
}

TEST_F(SessionTest, RefusesWhatIsNoRequest) {
    EXPECT_THAT(hear({"GARBAGE\r\n\r\n"}).text, StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(hear({"GET / HTTP/1.1\r\n\r\n"}).text, StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(hear({"GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n"}).text,
                StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(hear({get("/things", true, "DELETE")}).text, StartsWith("HTTP/1.1 405 "));
    EXPECT_EQ(source_->counters.bad_requests, 1U);
}

TEST_F(SessionTest, ClosesAfterAsManyRequestsAsSet) {
    settings_.wire.keep_alive_max = 2;
    const Heard heard = hear({get("/health", false) + get("/health", false)});
    EXPECT_EQ(count(heard.text, "HTTP/1.1 200"), 2U);
    EXPECT_EQ(count(heard.text, "Connection: close"), 1U);
    settings_.wire.keep_alive = false;
    EXPECT_THAT(hear({get("/health", false)}).text, HasSubstr("Connection: close"));
}

TEST_F(SessionTest, ATruncatedBodyEndsCleanlyAndTooEarly) {
    always(Fault::truncate);
    const Heard heard = hear({get("/things", false)});
    EXPECT_THAT(heard.text, StartsWith("HTTP/1.1 200 OK"));
    EXPECT_EQ(heard.text.find("]}\n"), std::string::npos);
    EXPECT_EQ(heard.end, "closed");
    EXPECT_EQ(source_->counters.pages, 0U);
    EXPECT_EQ(source_->counters.faults[static_cast<std::size_t>(Fault::truncate)], 1U);
}

TEST_F(SessionTest, AResetIsAReset) {
    always(Fault::reset);
    bool amid_the_body = false;
    for (int i = 0; i < 20; ++i) {
        settings_.seed = static_cast<std::uint64_t>(i);
        const Heard heard = hear({get("/things", false)});
        EXPECT_EQ(heard.end, "reset");
        EXPECT_EQ(heard.text.find("]}\n"), std::string::npos);
        amid_the_body = amid_the_body || heard.text.find("\"items\"") != std::string::npos;
    }
    EXPECT_TRUE(amid_the_body) << "a third of them come before the head, but not all";
}

TEST_F(SessionTest, AStalledRequestEndsWhenTheClientGoesAway) {
    always(Fault::stall);
    std::vector<DataSet> sets;
    sets.push_back(numbers(1));
    source_.emplace(settings_, std::move(sets));
    auto work = [](Source& source, std::string request) -> Task<> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        TaskGroup group;
        group.spawn(attend(listener, source));
        {
            TcpStream stream = co_await TcpStream::connect("127.0.0.1", listener.port());
            co_await stream.send(request);
            while (source.counters.faults[static_cast<std::size_t>(Fault::stall)] == 0) co_await sleep(Duration(0));
        }
        co_await group.join();
    };
    run(work(*source_, get("/things", false)));
    EXPECT_EQ(source_->counters.bytes, 0U);
    EXPECT_EQ(source_->counters.open_connections, 0U);
}

TEST_F(SessionTest, ASlowAnswerIsWholeAndKeepsTheConnection) {
    always(Fault::slow);
    settings_.faults.drip = std::chrono::milliseconds(5);
    const Heard heard = hear({get("/things", false) + get("/things")});
    EXPECT_EQ(count(heard.text, "]}\n"), 2U);
    EXPECT_EQ(source_->counters.pages, 2U);
}

TEST_F(SessionTest, AnIdleConnectionIsClosedWithoutAWord) {
    settings_.wire.idle = std::chrono::milliseconds(5);
    const Heard heard = hear({get("/health", false)});
    EXPECT_EQ(count(heard.text, "Connection: close"), 0U);
    EXPECT_EQ(heard.end, "closed");
}

TEST_F(SessionTest, FaultsThatAreAnswers) {
    const std::pair<Fault, const char*> cases[] = {
        {Fault::too_many, "HTTP/1.1 429 "},
        {Fault::error, "HTTP/1.1 500 "},
        {Fault::unavailable, "HTTP/1.1 503 "},
        {Fault::garbage, "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/html"}};
    for (const auto& [fault, head] : cases) {
        settings_ = Settings();
        always(fault);
        const Heard heard = hear({get("/things")});
        EXPECT_THAT(heard.text, StartsWith(head));
        EXPECT_EQ(count(heard.text, "Retry-After: 1\r\n"),
                  fault == Fault::too_many || fault == Fault::unavailable ? 1U : 0U);
    }
}

TEST_F(SessionTest, FaultsAreForPagesOnly) {
    always(Fault::error);
    EXPECT_THAT(hear({get("/stats")}).text, StartsWith("HTTP/1.1 200 "));
}

TEST_F(SessionTest, NamedPagesFailInEveryStyle) {
    settings_.faults.fail_pages = {{2, 404}};
    EXPECT_THAT(hear({get("/things?page=2")}).text, StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(hear({get("/offset/things?offset=50")}).text, StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(hear({get("/things?page=3")}).text, StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace trawl::origin
