/// A client with a RetryPolicy against servers that fail as their script says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "hostile.hpp"
#include "net/dns_server.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::ok;
using testing::outcome;
using testing::ScriptedServer;
using ::testing::StartsWith;
using Then = testing::Answer::Then;

/// The default, without the waiting.
RetryPolicy prompt(int attempts = 6) { return RetryPolicy(attempts, Duration::zero(), Duration::zero()); }

ClientOptions retrying(const RetryPolicy& policy = prompt()) {
    ClientOptions options;
    options.retry = policy;
    options.first_byte_timeout = 30ms;
    options.read_timeout = 30ms;
    return options;
}

std::string with_status(int status, const std::string& fields = {}, const std::string& body = {}) {
    return format("HTTP/1.1 {} X\r\n{}Content-Length: {}\r\n\r\n{}", status, fields, body.size(), body);
}

using Test = std::function<Task<>(Client&, ScriptedServer&)>;
void with_server(std::vector<std::vector<Answer>> scripts, Test test, ClientOptions options = retrying()) {
    auto body = [](std::vector<std::vector<Answer>> answers, Test& check, ClientOptions limits) -> Task<> {
        ScriptedServer server(std::move(answers));
        Client client(server.url(), limits);
        co_await check(client, server);
    };
    run(body(std::move(scripts), test, options));
}

TEST(Retrying, IsOffByDefault) {
    with_server(
        {{{with_status(503)}, {ok("late")}}},
        [](Client& client, ScriptedServer& server) -> Task<> {
            EXPECT_EQ(co_await outcome(client.get("/")), "503 ''");
            EXPECT_EQ(server.requests().size(), 1U);
        },
        ClientOptions());
}

TEST(Retrying, GivesTheAnswerThatComesAfterFailures) {
    const std::vector<std::vector<Answer>> scripts = {
        {{with_status(503)}, {with_status(500, "", "sorry")}, {ok("").substr(0, 9), Then::reset}},
        {{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::close}},
        {{"", Then::stall}},
        {{ok("whole")}}};
    for (const bool in_pieces : {false, true}) {
        with_server(scripts, [in_pieces](Client& client, ScriptedServer& server) -> Task<> {
            const std::string result = co_await outcome(client.get("/x"), in_pieces);
            if (in_pieces) {  // what has begun to be read is not begun anew
                EXPECT_THAT(result, HasSubstr("ProtocolError: GET http://127.0.0.1"));
                EXPECT_EQ(server.requests().size(), 4U);
            } else {
                EXPECT_EQ(result, "200 'whole'");
                EXPECT_EQ(server.requests().size(), 6U);
            }
        });
    }
}

TEST(Retrying, UsesTheConnectionAgainThatBroughtAWholeRefusal) {
    with_server({{{with_status(503, "", "sorry")}, {ok("fine")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    EXPECT_EQ(co_await outcome(client.get("/x"), true), "200 'fine'");
                    EXPECT_EQ(server.connections(), 1U);
                });
}

TEST(Retrying, DoesNotReadOnWhatNobodyWants) {
    const std::string endless = "HTTP/1.1 503 X\r\nContent-Length: 1000000\r\n\r\n" + std::string(100'000, 'x');
    with_server({{{endless}}, {{ok("fine")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_EQ(co_await outcome(client.get("/x")), "200 'fine'");
        EXPECT_EQ(server.connections(), 2U);
    });
}

TEST(Retrying, GivesTheLastResponseWhenStatusesUseUpTheAttempts) {
    with_server(
        {{{with_status(503)}, {with_status(503)}, {with_status(500, "", "last words")}, {ok("too late")}}},
        [](Client& client, ScriptedServer& server) -> Task<> {
            Response response = co_await client.get("/x?token=hush");
            EXPECT_EQ(response.status(), 500);
            EXPECT_EQ(response.text(), "last words");
            EXPECT_EQ(response.attempts(), 3);
            EXPECT_EQ(server.requests().size(), 3U);
            try {
                response.raise_for_status();
                ADD_FAILURE() << "no error";
            } catch (const StatusError& error) {
                EXPECT_THAT(error.what(), EndsWith("; attempt 3 of 3"));
            }
        },
        retrying(prompt(3)));
}

TEST(Retrying, AStatusErrorSaysWhyThereWasNoFurtherAttempt) {
    const std::vector<std::vector<Answer>> scripts = {
        {{with_status(503)}, {with_status(429, "Retry-After: 3600\r\n")}, {with_status(404)}}};
    with_server(scripts, [](Client& client, ScriptedServer&) -> Task<> {
        const auto refusal = [](const Response& response) {
            try {
                response.raise_for_status();
            } catch (const StatusError& error) {
                return std::string(error.what());
            }
            return std::string("no error");
        };
        Response posted = co_await client.post("/x");
        EXPECT_THAT(refusal(posted), EndsWith("; attempt 1 of 6: a POST is not repeated"));
        Response held_up = co_await client.get("/x");
        EXPECT_THAT(refusal(held_up), HasSubstr("; attempt 1 of 6: "));
        EXPECT_THAT(refusal(held_up), HasSubstr("3600 s"));
        Response missing = co_await client.get("/x");
        EXPECT_THAT(refusal(missing), EndsWith("(not found: check the path)"));
    });
}

TEST(Retrying, ErrorsNameTheAttempt) {
    with_server(
        {{{"junk\r\n\r\n", Then::close}}},
        [](Client& client, ScriptedServer& server) -> Task<> {
            const std::string error = co_await outcome(client.get("/x?token=hush"));
            EXPECT_THAT(error, StartsWith("ProtocolError: GET http://127.0.0.1:"));
            EXPECT_THAT(error, EndsWith("; attempt 3 of 3"));
            EXPECT_EQ(server.requests().size(), 3U);
        },
        retrying(prompt(3)));
}

TEST(Retrying, ARefusedConnectionIsTriedAgainWhateverTheMethod) {
    auto work = []() -> Task<> {
        std::string url;
        {
            ScriptedServer gone({{{ok("")}}});
            url = gone.url();
        }
        Client client(url, retrying(prompt(4)));
        const std::string error = co_await outcome(client.post("/x"));
        EXPECT_THAT(error, StartsWith("ConnectError: POST http://127.0.0.1:"));
        EXPECT_THAT(error, EndsWith("attempt 4 of 4"));
    };
    run(work());
}

TEST(Retrying, APostIsSentOnceUnlessThePolicySaysOtherwise) {
    with_server({{{with_status(503), Then::close}}, {{ok("posted")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    EXPECT_EQ(co_await outcome(client.post("/x").json("{}")), "503 ''");
                    EXPECT_EQ(server.requests().size(), 1U);
                });
    with_server({{{"", Then::close}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_THAT(co_await outcome(client.post("/x")), EndsWith("; attempt 1 of 6: a POST is not repeated"));
        EXPECT_EQ(server.requests().size(), 1U);
    });
    with_server(
        {{{with_status(503), Then::close}}, {{ok("posted")}}},
        [](Client& client, ScriptedServer&) -> Task<> {
            EXPECT_EQ(co_await outcome(client.post("/x").body("{}", "text/plain")), "200 'posted'");
        },
        retrying(prompt().all_methods()));
}

TEST(Retrying, ARequestMayHaveItsOwnPolicy) {
    with_server(
        {{{with_status(503)}, {ok("second")}}},
        [](Client& client, ScriptedServer&) -> Task<> {
            EXPECT_EQ(co_await outcome(client.get("/x").retry(prompt(2))), "200 'second'");
        },
        ClientOptions());
    with_server({{{with_status(503)}, {ok("second")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_EQ(co_await outcome(client.get("/x").retry(RetryPolicy(1))), "503 ''");
        EXPECT_EQ(server.requests().size(), 1U);
    });
}

TEST(Retrying, DoesNotRepeatWhatWillNotPass) {
    with_server({{{with_status(404)}, {with_status(302, "Location: http://u:p@elsewhere/\r\n")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    EXPECT_EQ(co_await outcome(client.get("/x")), "404 ''");
                    const std::string error = co_await outcome(client.get("/x").follow_redirects());
                    EXPECT_THAT(error, HasSubstr("comes with a user's name"));
                    EXPECT_THAT(error, ::testing::Not(HasSubstr("attempt")));
                    EXPECT_EQ(server.requests().size(), 2U);
                });
}

TEST(Retrying, TheTimeLimitIsForAllAttempts) {
    with_server(
        {{{with_status(503)}, {"", Then::stall}}},
        [](Client& client, ScriptedServer& server) -> Task<> {
            const std::string error = co_await outcome(client.get("/x").timeout(20ms));
            EXPECT_THAT(error, StartsWith("TimeoutError: GET http://127.0.0.1:"));
            EXPECT_THAT(error, EndsWith("not complete within 0.02 s; check that the source is up; attempt 2 of 6"));
            EXPECT_EQ(server.requests().size(), 2U);
        },
        [] {
            ClientOptions options = retrying();
            options.first_byte_timeout = 60s;
            return options;
        }());
}

TEST(Retrying, TheTimeLimitIsForAStreamsBodyToo) {
    with_server({{{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Then::stall}}},
                [](Client& client, ScriptedServer&) -> Task<> {
                    const std::string error = co_await outcome(client.get("/x").timeout(10ms), true);
                    EXPECT_THAT(error, EndsWith("not complete within 0.01 s; check that the source is up"));
                });
}

// The error was about the coding, and the pause that the server asked for was not made.
TEST(Retrying, AnErrorInAnUnknownCodingIsAnErrorLikeOthers) {
    with_server({{{with_status(429, "Retry-After: 100\r\nContent-Encoding: x-mine\r\n", "slow down")}}},
                [](Client& client, ScriptedServer&) -> Task<> {
                    EXPECT_EQ(co_await outcome(client.get("/x").timeout(50s)), "429 'slow down'");
                });
}

TEST(Retrying, AnAnswerIsGivenAtOnceWhereTheNextAttemptWouldComeTooLate) {
    with_server({{{with_status(429, "Retry-After: 100\r\n", "slow down")}}},
                [](Client& client, ScriptedServer&) -> Task<> {
                    EXPECT_EQ(co_await outcome(client.get("/x").timeout(50s)), "429 'slow down'");
                });
}

TEST(Retrying, RetryAfterHoldsUpTheRequestsOfOtherTasks) {
    with_server({{{with_status(429, "Retry-After: 100\r\n")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_EQ(co_await outcome(client.get("/first").timeout(50s)), "429 ''");
        const std::string error = co_await outcome(client.get("/second").timeout(10ms));
        EXPECT_THAT(error, StartsWith("TimeoutError"));
        EXPECT_THAT(error, EndsWith("the source asks everybody to wait (Retry-After)"));
        EXPECT_EQ(server.requests().size(), 1U);
    });
}

TEST(Retrying, ATaskThatIsCancelledInAPauseLeavesNothingBehind) {
    with_server(
        {{{with_status(503)}, {ok("later")}}},
        [](Client& client, ScriptedServer& server) -> Task<> {
            try {
                auto request = client.get("/x").send();
                co_await timeout(20ms, std::move(request));
                ADD_FAILURE() << "no pause";
            } catch (const TimeoutError&) {
                EXPECT_EQ(server.requests().size(), 1U);
            }
            EXPECT_EQ(co_await outcome(client.get("/y").retry(RetryPolicy(1))), "200 'later'");
            EXPECT_THAT(client.describe_pool(), HasSubstr(" idle "));
        },
        retrying(RetryPolicy(6, 1h, 1h)));
}

/// Name servers that say `code` to the first two questions, and then where the server is.
Task<std::string> behind_names(ScriptedServer& server, unsigned code, const char* method, std::size_t& asked) {
    DnsServer names([&](const std::string& name, unsigned type) {
        if (++asked <= 2) return DnsReply().code(code);
        return type == kDnsA ? DnsReply().a(name, 60, "127.0.0.1") : DnsReply();
    });
    configure_resolver(names.options().tries(1));
    Client client(format("http://a.example:{}", Url::parse(server.url()).port()), retrying());
    std::string result = co_await outcome(client.request(method, "/x"));
    co_return result;
}

TEST(Retrying, AsksAgainWhenNameServersFailAndNotWhenTheyAnswer) {
    const auto work = [](unsigned code, const char* method, std::size_t& asked) -> Task<std::string> {
        ScriptedServer server({{{ok("found")}}});
        std::string result = co_await behind_names(server, code, method, asked);
        co_return result;
    };
    constexpr unsigned kServfail = 2, kNxdomain = 3;
    for (const char* method : {"GET", "POST"}) {
        std::size_t asked = 0;
        EXPECT_EQ(run(work(kServfail, method, asked)), "200 'found'") << method;
        EXPECT_EQ(asked, 4U);
    }
    std::size_t asked = 0;
    EXPECT_THAT(run(work(kNxdomain, "GET", asked)), HasSubstr("no such host"));
    EXPECT_EQ(asked, 2U);
}

}  // namespace
}  // namespace trawl
