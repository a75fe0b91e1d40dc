/// What a request leads to, one sending at a time.
#include "trawl/http/request_steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hostile.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::ok;
using testing::ScriptedServer;

std::string moved(const std::string& where) {
    return format("HTTP/1.1 302 Found\r\nLocation: {}\r\nX-Left: 3\r\nContent-Length: 0\r\n\r\n", where);
}

TEST(RequestSteps, AnAnswerIsOneStep) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{ok("hello")}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a"));
        EXPECT_EQ(steps.request().url().str(), server.url() + "/a");
        const bool is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.status(), 200);
        EXPECT_TRUE(steps.is_complete());
        EXPECT_EQ(steps.take_response().text(), "hello");
        EXPECT_THAT(client.describe_pool(), ::testing::HasSubstr("idle"));
    };
    run(work());
}

TEST(RequestSteps, ARedirectIsAStepAndWhereItLeadsIsNotAskedYet) {
    auto work = []() -> Task<> {
        ScriptedServer there({{{ok("there")}}});
        ScriptedServer here({{{moved(there.url() + "/b")}}});
        Client client(here.url());
        RequestSteps steps = client.steps(client.get("/a").secret_header("X-Api-Key", "hush").follow_redirects());
        bool is_answered = co_await steps.send();
        EXPECT_FALSE(is_answered);
        EXPECT_EQ(steps.request().url().str(), there.url() + "/b");
        EXPECT_EQ(steps.status(), 302);
        EXPECT_EQ(steps.headers().get("x-left"), "3");
        EXPECT_EQ(there.connections(), 0U);
        is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.take_response().text(), "there");
        EXPECT_THAT(there.requests().at(0), ::testing::Not(::testing::HasSubstr("hush")));
    };
    run(work());
}

TEST(RequestSteps, ARedirectThatIsNotToBeFollowedIsTheAnswer) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{moved("/b")}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a"));
        const bool is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.take_response().status(), 302);
    };
    run(work());
}

TEST(RequestSteps, HopsAreCountedOverAllSteps) {
    auto work = []() -> Task<std::string> {
        ScriptedServer server({{{moved("/b")}, {moved("/a")}, {moved("/b")}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a").follow_redirects(2));
        try {
            bool is_answered = false;
            while (!is_answered) is_answered = co_await steps.send();
        } catch (const ProtocolError& error) {
            co_return error.what();
        }
        co_return "";
    };
    EXPECT_THAT(run(work()), ::testing::HasSubstr("after 2 redirects there is another one"));
}

TEST(RequestSteps, AChallengeIsAStep) {
    auto work = []() -> Task<> {
        const std::string challenge =
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n"
            "Content-Length: 0\r\n\r\n";
        ScriptedServer server({{{challenge}, {ok("in")}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a").auth(std::make_shared<DigestAuth>("ada", "x")));
        bool is_answered = co_await steps.send();
        EXPECT_FALSE(is_answered);
        EXPECT_EQ(steps.status(), 401);
        EXPECT_EQ(server.requests().size(), 1U);
        is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.take_response().text(), "in");
        EXPECT_THAT(server.requests().at(1), ::testing::HasSubstr("Digest"));
    };
    run(work());
}

// The second time it is signed anew: a nonce is counted up, a date is another one.
TEST(RequestSteps, AKeptConnectionThatWasClosedIsAStep) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{ok("first")}, {"", Answer::Then::close}}, {{ok("second")}}});
        Client client(server.url());
        Response first = co_await client.get("/a");
        EXPECT_EQ(first.text(), "first");
        RequestSteps steps = client.steps(client.get("/b").bearer_auth("x"));
        bool is_answered = co_await steps.send();
        EXPECT_FALSE(is_answered);
        EXPECT_EQ(steps.status(), 0);
        EXPECT_TRUE(steps.headers().empty());
        EXPECT_EQ(server.connections(), 1U);
        is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.take_response().text(), "second");
        EXPECT_EQ(server.requests().at(1), server.requests().at(2));
    };
    run(work());
}

/// Sends it until it is answered, or fails.
Task<> send_all(RequestSteps& steps) {
    try {
        bool is_answered = false;
        while (!is_answered) is_answered = co_await steps.send();
    } catch (const Error&) {  // ignored: what is tested is what happened before
    }
}

TEST(RequestSteps, EachSendingIsToldWhenItLeaves) {
    auto work = []() -> Task<> {
        ScriptedServer server(
            {{{moved("/b")}, {"", Answer::Then::close}}, {{moved("/c")}, {"nonsense", Answer::Then::close}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a").follow_redirects());
        std::vector<std::string> told;
        TimePoint last = Clock::now();
        steps.when_sent([&](TimePoint sent) {
            told.push_back(format("{} behind {}", steps.request().url().target(), server.requests().size()));
            EXPECT_GT(sent, last);
            last = sent;
        });
        co_await send_all(steps);
        EXPECT_THAT(told, ::testing::ElementsAre("/a behind 0", "/b behind 1", "/b behind 2", "/c behind 3"));
        EXPECT_EQ(server.requests().size(), 4U);
    };
    run(work());
}

TEST(RequestSteps, WhatHadNoConnectionNeverLeft) {
    auto work = []() -> Task<> {
        std::optional<TcpListener> closed(TcpListener::bind("127.0.0.1", 0));
        Client client(format("http://127.0.0.1:{}", closed->port()));
        closed.reset();
        RequestSteps steps = client.steps(client.get("/a"));
        steps.when_sent([](TimePoint) { ADD_FAILURE(); });
        co_await send_all(steps);
    };
    run(work());
}

TEST(RequestSteps, EachStepHasItsOwnTime) {
    auto work = []() -> Task<std::string> {
        ScriptedServer server({{{moved("/b")}, {"", Answer::Then::stall}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a").follow_redirects().timeout(30ms));
        const bool is_answered = co_await steps.send();
        EXPECT_FALSE(is_answered);
        co_await sleep(40ms);  // longer than the request may take: nobody was asked meanwhile
        try {
            co_await steps.send();
        } catch (const TimeoutError& error) {
            co_return error.what();
        }
        co_return "";
    };
    EXPECT_THAT(run(work()), ::testing::HasSubstr("/b: not complete"));
}

TEST(RequestSteps, ABodyIsThereWhenItIsComplete) {
    auto work = []() -> Task<> {
        const std::string body(300'000, 'x');  // more than comes with a head
        ScriptedServer server({{{ok(body)}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a").timeout(60s));
        const bool is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.status(), 200);
        EXPECT_EQ(steps.headers().get("content-length"), "300000");
        EXPECT_FALSE(steps.is_complete());
        while (!steps.is_complete()) {
            const std::size_t before = steps.received();
            co_await steps.more();
            EXPECT_GE(steps.received(), before);
        }
        EXPECT_EQ(steps.received(), body.size());
        EXPECT_EQ(steps.take_response().text(), body);
        EXPECT_THAT(client.describe_pool(), ::testing::HasSubstr("idle"));
    };
    run(work());
}

TEST(RequestSteps, TheTimeOfAStepIsThatOfItsHeadAndItsBodyTogether) {
    auto work = []() -> Task<std::string> {
        ScriptedServer server({{{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Answer::Then::stall}}});
        Client client(server.url());
        RequestSteps steps = client.steps(client.get("/a").timeout(30ms));
        const bool is_answered = co_await steps.send();
        EXPECT_TRUE(is_answered);
        EXPECT_EQ(steps.received(), 4U);
        try {
            co_await steps.more();
        } catch (const TimeoutError& error) {
            co_return error.what();
        }
        co_return "";
    };
    EXPECT_THAT(run(work()), ::testing::HasSubstr("/a: not complete within 0.03 s"));
}

TEST(RequestSteps, ARequestIsSentOnce) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{ok("hello")}}});
        Client client(server.url());
        Request request = client.get("/a");
        const Response answer = co_await std::move(request);
        EXPECT_EQ(answer.text(), "hello");
        EXPECT_THROW((void)client.steps(std::move(request)),
                     UsageError);  // NOLINT(bugprone-use-after-move): on purpose
    };
    run(work());
}

}  // namespace
}  // namespace trawl
