#include "trawl/http/client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "hostile.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/coro/task_set.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::ok;
using testing::ScriptedServer;
using Then = testing::Answer::Then;

ClientOptions quick() {
    ClientOptions options;
    options.first_byte_timeout = 50ms;
    options.read_timeout = 50ms;
    return options;
}

Task<std::string> text_of(Client& client, std::string target) {
    Response response = co_await client.get(target);
    co_return std::string(response.text());
}

/// Runs `test(client, server)` against a server with these scripts.
using Test = std::function<Task<>(Client&, ScriptedServer&)>;
void with_server(std::vector<std::vector<Answer>> scripts, Test test, ClientOptions options = {}) {
    auto body = [](std::vector<std::vector<Answer>> answers, Test& check, ClientOptions limits) -> Task<> {
        ScriptedServer server(std::move(answers));
        Client client(server.url(), limits);
        co_await check(client, server);
    };
    run(body(std::move(scripts), test, options));
}

template <class ErrorKind>
Task<std::string> error_of(Client& client, std::string method = "GET") {
    try {
        co_await client.request(method, "/x?token=hush");
    } catch (const ErrorKind& error) {
        co_return error.what();
    }
    co_return "no error";
}

TEST(Client, UsesAConnectionAgain) {
    with_server({{{ok("one")}, {ok("two")}, {ok("three")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_EQ(co_await text_of(client, "/1"), "one");
        EXPECT_EQ(co_await text_of(client, "/2"), "two");
        EXPECT_EQ(co_await text_of(client, "/3"), "three");
        EXPECT_EQ(server.connections(), 1U);
    });
}

TEST(Client, SendsHostAndTheFieldsItWasGiven) {
    with_server({{{ok("")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        co_await client.get("/a b?x=1").header("X-Mine", "yes").param("page", "2");
        const std::string& head = server.requests().front();
        EXPECT_EQ(head.substr(0, head.find("\r\n")), "GET /a%20b?x=1&page=2 HTTP/1.1");
        EXPECT_NE(head.find("\r\nHost: 127.0.0.1:"), std::string::npos);
        EXPECT_NE(head.find("\r\nX-Mine: yes\r\n"), std::string::npos);
    });
}

TEST(Client, SendsTheUrlsUserAndPasswordAsBasicAuthentication) {
    with_server({{{ok("")}, {ok("")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        std::string url = server.url();
        url.insert(url.find("//") + 2, "Aladdin:open%20sesame@");
        co_await client.get(url + "/1");
        co_await client.get(url + "/2").header("Authorization", "Bearer mine");
        EXPECT_NE(server.requests()[0].find("\r\nauthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
                  std::string::npos);
        EXPECT_EQ(server.requests()[1].find("Basic"), std::string::npos);
    });
}

TEST(Client, RefusesAFieldThatWouldSplitTheRequest) {
    with_server({{{ok("")}}}, [](Client& client, ScriptedServer&) -> Task<> {
        EXPECT_THROW(client.get("/").header("a", "b\r\nevil: 1"), UsageError);
        co_return;
    });
}

TEST(Client, AStatusIsNoErrorUntilAskedFor) {
    with_server({{{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}}},
                [](Client& client, ScriptedServer&) -> Task<> {
                    Response response = co_await client.get("/x?token=hush");
                    EXPECT_EQ(response.status(), 404);
                    try {
                        response.raise_for_status();
                        ADD_FAILURE() << "no error";
                    } catch (const StatusError& error) {
                        EXPECT_EQ(error.status(), 404);
                        const std::string what = error.what();
                        EXPECT_NE(what.find("404"), std::string::npos);
                        EXPECT_EQ(what.find("hush"), std::string::npos) << what;
                    }
                });
}

TEST(Client, AnAnswerCutShortIsAnErrorAndItsConnectionIsGone) {
    with_server({{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::close}}, {{ok("whole")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    const std::string error = co_await error_of<ProtocolError>(client);
                    EXPECT_NE(error.find("GET http://127.0.0.1"), std::string::npos) << error;
                    EXPECT_EQ(error.find("hush"), std::string::npos) << error;
                    EXPECT_EQ(co_await text_of(client, "/"), "whole");
                    EXPECT_EQ(server.connections(), 2U);
                });
}

TEST(Client, AResetIsAnOsErrorThatNamesTheRequest) {
    with_server({{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::reset}}},
                [](Client& client, ScriptedServer&) -> Task<> {
                    const std::string error = co_await error_of<OsError>(client);
                    EXPECT_NE(error.find("GET http://127.0.0.1"), std::string::npos) << error;
                });
}

TEST(Client, AUsedConnectionThatDiesUnansweredIsReplacedSilently) {
    with_server({{{ok("one")}, {"", Then::close}}, {{ok("two")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    EXPECT_EQ(co_await text_of(client, "/1"), "one");
                    EXPECT_EQ(co_await text_of(client, "/2"), "two");
                    EXPECT_EQ(server.connections(), 2U);
                });
}

TEST(Client, ARequestThatIsNotIdempotentIsNotSentTwice) {
    with_server({{{ok("one")}, {"", Then::close}}, {{ok("two")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    EXPECT_EQ(co_await text_of(client, "/1"), "one");
                    const std::string error = co_await error_of<ProtocolError>(client, "POST");
                    EXPECT_NE(error, "no error");
                    EXPECT_EQ(server.connections(), 1U);
                });
}

TEST(Client, AFreshConnectionThatDiesUnansweredIsAnError) {
    with_server({{{"", Then::close}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_NE(co_await error_of<ProtocolError>(client), "no error");
        EXPECT_EQ(server.connections(), 1U);
    });
}

TEST(Client, BytesBehindAnAnswerAreNeverTheNextOne) {
    with_server({{{ok("one") + ok("smuggled")}}, {{ok("two")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        EXPECT_EQ(co_await text_of(client, "/1"), "one");
        EXPECT_EQ(co_await text_of(client, "/2"), "two");
        EXPECT_EQ(server.connections(), 2U);
    });
}

TEST(Client, AnAnswerThatSaysCloseEndsItsConnection) {
    with_server({{{"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\none"}}, {{ok("two")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    EXPECT_EQ(co_await text_of(client, "/1"), "one");
                    EXPECT_EQ(co_await text_of(client, "/2"), "two");
                    EXPECT_EQ(server.connections(), 2U);
                });
}

TEST(Client, NoAnswerInTimeIsATimeout) {
    with_server(
        {{{"", Then::stall}}},
        [](Client& client, ScriptedServer&) -> Task<> {
            const std::string error = co_await error_of<TimeoutError>(client);
            EXPECT_NE(error.find("no answer within 0.05 s"), std::string::npos) << error;
        },
        quick());
}

TEST(Client, AnAnswerThatStopsIsATimeout) {
    with_server(
        {{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::stall}}},
        [](Client& client, ScriptedServer&) -> Task<> {
            const std::string error = co_await error_of<TimeoutError>(client);
            EXPECT_NE(error.find("nothing more of the answer came"), std::string::npos) << error;
        },
        quick());
}

TEST(Client, ALimitForTheWholeRequestHolds) {
    with_server({{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::stall}}},
                [](Client& client, ScriptedServer&) -> Task<> {
                    std::string error;
                    try {
                        co_await client.get("/").timeout(20ms);
                    } catch (const TimeoutError& timeout) {
                        error = timeout.what();
                    }
                    EXPECT_NE(error.find("not complete within 0.02 s"), std::string::npos) << error;
                });
}

TEST(Client, ADestroyedRequestDoesNotPoisonTheNext) {
    with_server({{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Then::stall}}, {{ok("fine")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    {
                        TaskGroup group;
                        auto fetch = [](Client& from) -> Task<> { co_await from.get("/1"); };
                        group.spawn(fetch(client));
                        while (server.requests().empty()) co_await sleep(1ms);
                    }
                    EXPECT_EQ(co_await text_of(client, "/2"), "fine");
                });
}

TEST(Client, HeadHasNoBody) {
    with_server({{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"}, {ok("next")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    Response response = co_await client.head("/");
                    EXPECT_EQ(response.text(), "");
                    EXPECT_EQ(co_await text_of(client, "/"), "next");
                    EXPECT_EQ(server.connections(), 1U);
                });
}

TEST(Client, OpensNoMoreConnectionsThanItMay) {
    ClientOptions options;
    options.connections = 3;
    with_server(
        {std::vector<Answer>(50, Answer{ok("x")})},
        [](Client& client, ScriptedServer& server) -> Task<> {
            std::vector<Task<std::string>> tasks;
            for (int i = 0; i < 30; ++i) tasks.push_back(text_of(client, "/"));
            auto texts = co_await gather(std::move(tasks));
            EXPECT_EQ(texts.size(), 30U);
            EXPECT_EQ(server.connections(), 3U);
        },
        options);
}

TEST(Client, TakesRequestsTogetherAsTheyAre) {
    with_server({std::vector<Answer>(50, Answer{ok("x")})}, [](Client& client, ScriptedServer&) -> Task<> {
        auto both = co_await gather(client.get("/a").header("accept", "text/plain"), client.head("/b"));
        EXPECT_EQ(std::get<0>(both).text(), "x");
        EXPECT_EQ(std::get<1>(both).status(), 200);
        auto mixed = co_await gather(client.get("/a"), text_of(client, "/b"), sleep(std::chrono::milliseconds(0)));
        EXPECT_EQ(std::get<0>(mixed).text(), "x");
        EXPECT_EQ(std::get<1>(mixed), "x");
        std::vector<Request> requests;
        for (int i = 0; i < 3; ++i) requests.push_back(client.get("/c").param("page", i));
        auto all = co_await gather(std::move(requests));
        EXPECT_EQ(all.size(), 3U);
    });
}

TEST(Client, TellsTheOutcomesOfRequestsAsTheyAre) {
    with_server({std::vector<Answer>(50, Answer{ok("x")})}, [](Client& client, ScriptedServer&) -> Task<> {
        auto both = co_await gather_outcomes(client.get("/a"), client.get("http://127.0.0.1:1/"));
        EXPECT_EQ(std::get<0>(both).take().text(), "x");
        EXPECT_THROW(std::get<1>(both).take(), ConnectError);
        TaskSet<Response> set;
        set.add(client.get("/a"));
        auto done = co_await set.next();
        EXPECT_EQ(done->outcome.take().text(), "x");
    });
}

TEST(Client, WaitsForAConnectionNoLongerThanItMay) {
    run([]() -> Task<> {
        const testing::Answer stalls{"", testing::Answer::Then::stall};
        testing::ScriptedServer server({{stalls}});
        ClientOptions options;
        options.connections = 1;
        options.pool_timeout = std::chrono::milliseconds(20);
        Client client(server.url(), options);
        TaskGroup group;
        group.spawn([](Client& used) -> Task<> { co_await used.get("/first"); }(client));
        while (server.requests().empty()) co_await sleep(std::chrono::milliseconds(1));
        try {
            co_await client.get("/second");
            ADD_FAILURE() << "served";
        } catch (const TimeoutError& error) {
            EXPECT_THAT(error.what(), ::testing::HasSubstr("/second: all 1 connections were in use for 0.02 s"));
        }
        EXPECT_EQ(server.requests().size(), 1U);
    }());
}

TEST(Client, NobodyListeningIsAConnectErrorThatNamesTheRequest) {
    auto work = []() -> Task<std::string> {
        std::string url;
        {
            TcpListener gone = TcpListener::bind("127.0.0.1", 0);
            url = format("http://127.0.0.1:{}", gone.port());
        }
        Client client(url);
        co_return co_await error_of<ConnectError>(client);
    };
    const std::string error = run(work());
    EXPECT_NE(error.find("GET http://127.0.0.1"), std::string::npos) << error;
    EXPECT_NE(error.find("refused"), std::string::npos) << error;
}

/// "hello, " a hundred times, by gzip(1).
std::string hello_by_gzip() {
    constexpr char kBytes[] =
        "\037\213\010\000\000\000\000\000\002\003\313\110\315\311\311\327\121\310\030\245\106\251\241\106\001\000\014"
        "\060\037\206\274\002\000\000";
    return {kBytes, sizeof kBytes - 1};
}

std::string encoded(const std::string& coding, const std::string& body) {
    return format("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: {}\r\n\r\n{}", coding, body.size(), body);
}

TEST(Client, AsksForCompressedBodiesAndDecodesThem) {
    with_server({{{encoded("gzip", hello_by_gzip())}, {encoded("gzip", "")}, {ok("plain")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    const std::string text = co_await text_of(client, "/");
                    EXPECT_EQ(text.size(), 700U);
                    EXPECT_EQ(text.substr(0, 14), "hello, hello, ");
                    EXPECT_NE(server.requests()[0].find("\r\naccept-encoding: gzip, deflate, br, zstd\r\n"),
                              std::string::npos);
                    EXPECT_EQ(co_await text_of(client, "/"), "") << "an empty body is one, whatever its coding";
                    EXPECT_EQ(co_await text_of(client, "/"), "plain");
                    EXPECT_EQ(server.connections(), 1U);
                });
}

TEST(Client, ABodyThatCannotBeDecodedIsAnError) {
    std::string cut = hello_by_gzip();
    cut.resize(cut.size() - 4);
    for (const std::string& answer : {encoded("gzip", cut), encoded("gzip", "no gzip"), encoded("compress", "x")}) {
        with_server({{{answer}}, {{ok("fine")}}}, [&](Client& client, ScriptedServer&) -> Task<> {
            const std::string error = co_await error_of<ProtocolError>(client);
            EXPECT_NE(error.find("GET http://127.0.0.1"), std::string::npos) << error;
            EXPECT_EQ(error.find("hush"), std::string::npos) << error;
            EXPECT_EQ(co_await text_of(client, "/"), "fine");
        });
    }
}

TEST(Client, ABodyThatDecodesToTooMuchIsAnError) {
    ClientOptions options;
    options.body_max = 699;
    with_server(
        {{{encoded("gzip", hello_by_gzip())}}},
        [](Client& client, ScriptedServer&) -> Task<> {
            EXPECT_NE(co_await error_of<ProtocolError>(client), "no error");
        },
        options);
}

Answer moved(const std::string& where, const std::string& body = "") {
    return {format("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: {}\r\n\r\n{}", where, body.size(), body)};
}

TEST(Client, RedirectsAreAnswersUnlessTheyAreToBeFollowed) {
    with_server({{moved("/there?token=secret")}}, [](Client& client, ScriptedServer& server) -> Task<> {
        Response response = co_await client.get("/");
        EXPECT_EQ(response.status(), 302);
        EXPECT_EQ(server.requests().size(), 1U);
    });
}

TEST(Client, FollowsRedirectsOnTheSameConnection) {
    with_server({{moved("/two", "short"), moved("three"), {ok("there")}}},
                [](Client& client, ScriptedServer& server) -> Task<> {
                    Response response = co_await client.get("/one").header("authorization", "mine").follow_redirects();
                    EXPECT_EQ(response.text(), "there");
                    EXPECT_EQ(response.url().target(), "/three");
                    EXPECT_EQ(server.connections(), 1U);
                    EXPECT_NE(server.requests()[2].find("\r\nauthorization: mine\r\n"), std::string::npos);
                });
}

TEST(Client, RedirectsToAnotherOriginLoseSecrets) {
    auto work = []() -> Task<> {
        ScriptedServer other({{{ok("there")}}});
        ScriptedServer server({{moved(other.url() + "/x")}});
        Client client(server.url());
        Response response = co_await client.get("/")
                                .bearer_auth("hush")
                                .secret_header("x-tenant", "hush")
                                .header("x-open", "yes")
                                .follow_redirects();
        EXPECT_EQ(response.text(), "there");
        EXPECT_EQ(other.requests()[0].find("hush"), std::string::npos) << other.requests()[0];
        EXPECT_NE(other.requests()[0].find("\r\nx-open: yes\r\n"), std::string::npos);
        EXPECT_NE(server.requests()[0].find("\r\nx-tenant: hush\r\n"), std::string::npos);
    };
    run(work());
}

TEST(Client, RedirectsWithoutEndAreAnError) {
    with_server({std::vector<Answer>(20, moved("/again"))}, [](Client& client, ScriptedServer& server) -> Task<> {
        std::string error;
        try {
            co_await client.get("/?token=hush").follow_redirects(3);
        } catch (const ProtocolError& thrown) {
            error = thrown.what();
        }
        EXPECT_NE(error.find("after 3 redirects"), std::string::npos) << error;
        EXPECT_EQ(server.requests().size(), 4U);
    });
}

TEST(Client, ARedirectedWriteIsNotSentElsewhere) {
    with_server({{moved("/two"), {ok("there")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        Response response = co_await client.post("/").json("{}").follow_redirects();
        EXPECT_EQ(response.status(), 302);
        EXPECT_EQ(server.requests().size(), 1U);
    });
}

TEST(Client, TellsWhereTheTimeWent) {
    with_server({{{ok("one")}, {ok("two")}}}, [](Client& client, ScriptedServer&) -> Task<> {
        Response first = co_await client.get("/");
        EXPECT_GT(first.timings().connect, Duration::zero());
        EXPECT_GT(first.timings().first_byte, Duration::zero());
        EXPECT_EQ(first.timings().tls, Duration::zero());
        Response second = co_await client.get("/");
        EXPECT_EQ(second.timings().connect, Duration::zero()) << "the connection was open already";
    });
}

TEST(Client, MayOutliveItsLoopAndServeAnother) {
    Client client;
    auto work = [&client]() -> Task<std::string> {
        ScriptedServer server({{{ok("a")}}});
        co_return co_await text_of(client, server.url() + "/");
    };
    EXPECT_EQ(run(work()), "a");
    EXPECT_EQ(run(work()), "a");
}

TEST(Client, WithoutConnectionsIsAnErrorAndNotAWait) {
    ClientOptions options;
    options.connections = 0;
    EXPECT_THROW(Client("http://h/", options), UsageError);
}

TEST(Client, AnErrorNamesTheLimitThatWasReached) {
    const Answer stalls{"", Then::stall};
    with_server(
        {{stalls}},
        [](Client& client, ScriptedServer&) -> Task<> {
            for (const bool in_pieces : {false, true}) {
                const auto error = co_await testing::outcome(client.get("/").timeout(30s), in_pieces);
                EXPECT_THAT(error, ::testing::HasSubstr("no answer within 0.05 s"));
                const auto other = co_await testing::outcome(client.get("/").timeout(20ms), in_pieces);
                EXPECT_THAT(other, ::testing::HasSubstr("not complete within 0.02 s"));
            }
        },
        quick());
}

TEST(Client, APartIsNotAskedForCompressed) {
    with_server({{{ok("")}, {ok("")}}}, [](Client& client, ScriptedServer& server) -> Task<> {
        co_await client.get("/").header("Range", "bytes=5-");
        co_await client.get("/").header("Range", "bytes=5-").header("Accept-Encoding", "gzip");
        EXPECT_NE(server.requests()[0].find("\r\naccept-encoding: identity\r\n"), std::string::npos);
        EXPECT_NE(server.requests()[1].find("\r\nAccept-Encoding: gzip\r\n"), std::string::npos);
    });
}

}  // namespace
}  // namespace trawl
