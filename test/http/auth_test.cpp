/// Logins in the client: signed when sent, a 401 answered once, left behind where they do not belong.
#include "trawl/http/auth.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/client.hpp"

namespace trawl {
namespace {

using testing::Answer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::ScriptedServer;

std::string challenge(const std::string& nonce, const std::string& more = "") {
    return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"" + nonce +
           "\", qop=\"auth\", algorithm=SHA-256" + more + "\r\nContent-Length: 3\r\n\r\nno!";
}

std::string json(const std::string& text) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) +
           "\r\n\r\n" + text;
}

TEST(DigestAuth, AnswersAChallengeAndUsesItsNonceAgain) {
    run([]() -> Task<> {
        const Answer first{challenge("n1")}, second{ok("one")}, third{ok("two")};
        ScriptedServer server({{first, second, third}});
        Client client(server.url());
        auto login = std::make_shared<DigestAuth>("ada", "secret");
        Response one = co_await client.get("/1").auth(login);
        EXPECT_EQ(one.text(), "one");
        Response two = co_await client.get("/2").auth(login);
        EXPECT_EQ(two.text(), "two");
        EXPECT_EQ(server.connections(), 1U);
        EXPECT_THAT(server.requests()[0], Not(HasSubstr("authorization")));
        EXPECT_THAT(server.requests()[1], HasSubstr("nonce=\"n1\""));
        EXPECT_THAT(server.requests()[1], HasSubstr("nc=00000001"));
        EXPECT_THAT(server.requests()[2], HasSubstr("nc=00000002"));
        for (const std::string& request : server.requests()) EXPECT_THAT(request, Not(HasSubstr("secret")));
    }());
}

// Others had used the nonce up while it was on its way, and the next one, too.
TEST(DigestAuth, StaleNoncesAreAnsweredUntilOneHolds) {
    run([]() -> Task<> {
        const Answer first{challenge("n1")}, second{challenge("n2", ", stale=true")};
        const Answer third{challenge("n3", ", stale=TRUE")}, fourth{ok("in")};
        ScriptedServer server({{first, second, third, fourth}});
        Client client(server.url());
        Response answer = co_await client.get("/").auth(std::make_shared<DigestAuth>("ada", "secret"));
        EXPECT_EQ(answer.text(), "in");
        EXPECT_THAT(server.requests()[3], HasSubstr("nonce=\"n3\""));
    }());
}

TEST(DigestAuth, StaleNoncesWithoutEndAreTheAnswer) {
    run([]() -> Task<> {
        std::vector<Answer> answers;
        for (int i = 0; i < 50; ++i) answers.push_back({challenge(format("n{}", i), ", stale=true")});
        ScriptedServer server({answers});
        Client client(server.url());
        Response answer = co_await client.get("/").auth(std::make_shared<DigestAuth>("ada", "secret"));
        EXPECT_EQ(answer.status(), 401);
        EXPECT_LT(server.requests().size(), 20U);
    }());
}

TEST(DigestAuth, ARefusedPasswordIsTheAnswer) {
    run([]() -> Task<> {
        const Answer first{challenge("n1")}, second{challenge("n2")};
        ScriptedServer server({{first, second}});
        Client client(server.url());
        Response answer = co_await client.get("/").auth(std::make_shared<DigestAuth>("ada", "wrong"));
        EXPECT_EQ(answer.status(), 401);
        EXPECT_EQ(answer.text(), "no!");
        EXPECT_EQ(server.requests().size(), 2U);
    }());
}

TEST(DigestAuth, ANameHasNoColon) { EXPECT_THROW(DigestAuth("ada:x", "y"), UsageError); }

TEST(DigestAuth, ABodyIsSentAgain) {
    run([]() -> Task<> {
        const Answer first{challenge("n1")}, second{ok("done")};
        ScriptedServer server({{first, second}});
        Client client(server.url());
        Response answer =
            co_await client.put("/file").body("GET /", "text/plain").auth(std::make_shared<DigestAuth>("ada", "x"));
        EXPECT_EQ(answer.text(), "done");
        EXPECT_THAT(server.requests()[1], HasSubstr("Content-Length: 5"));
    }());
}

TEST(DigestAuth, ARedirectElsewhereLeavesItBehind) {
    run([]() -> Task<> {
        const Answer there{challenge("other")};
        ScriptedServer elsewhere({{there}});
        const Answer first{challenge("n1")};
        const Answer second{"HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() + "/x\r\nContent-Length: 0\r\n\r\n"};
        ScriptedServer server({{first, second}});
        Client client(server.url());
        Response answer = co_await client.get("/").auth(std::make_shared<DigestAuth>("ada", "x")).follow_redirects();
        EXPECT_EQ(answer.status(), 401);
        EXPECT_EQ(elsewhere.requests().size(), 1U);
        EXPECT_THAT(elsewhere.requests()[0], Not(HasSubstr("Digest")));
    }());
}

TEST(AwsAuth, SignsWhatIsSent) {
    run([]() -> Task<> {
        const Answer answer{ok("")};
        ScriptedServer server({{answer}});
        Client client(server.url());
        auto login = std::make_shared<AwsAuth>("AKID", "secret", "eu-central-1", "s3");
        login->session_token("token");
        co_await client.get("/bucket/key").auth(login);
        EXPECT_THAT(server.requests()[0], HasSubstr("AWS4-HMAC-SHA256 Credential=AKID/"));
        EXPECT_THAT(server.requests()[0], HasSubstr("/eu-central-1/s3/aws4_request"));
        EXPECT_THAT(server.requests()[0], HasSubstr("token"));
        EXPECT_THAT(server.requests()[0], Not(HasSubstr("secret")));
    }());
    EXPECT_THROW(AwsAuth("", "secret", "eu", "s3"), UsageError);
}

Task<int> status_of(Client& client, std::shared_ptr<Auth> login) {
    Response answer = co_await client.get("/page").auth(std::move(login));
    co_return answer.status();
}

TEST(OAuth2ClientCredentials, OneRequestForATokenServesAllWhoWait) {
    run([]() -> Task<> {
        const Answer token{json(R"({"access_token": "t1", "token_type": "Bearer", "expires_in": 3600})")};
        ScriptedServer tokens({{token}});
        const Answer page{ok("page")};
        ScriptedServer server({{page, page, page}});
        Client client(server.url());
        auto login = std::make_shared<OAuth2ClientCredentials>(client, tokens.url() + "/token", "id", "s&cret");
        login->scope("read write");
        std::vector<Task<int>> requests;
        for (int i = 0; i < 5; ++i) requests.push_back(status_of(client, login));
        co_await gather(std::move(requests));
        co_await status_of(client, login);
        EXPECT_EQ(tokens.requests().size(), 1U);
        EXPECT_THAT(tokens.requests()[0], HasSubstr("authorization: Basic aWQ6cyUyNmNyZXQ="));  // id:s%26cret
        EXPECT_EQ(server.requests().size(), 6U);
        for (const std::string& request : server.requests())
            EXPECT_THAT(request, HasSubstr("authorization: Bearer t1"));
    }());
}

TEST(OAuth2ClientCredentials, ARefusedTokenIsFetchedAnewOnce) {
    run([]() -> Task<> {
        const Answer first{json(R"({"access_token": "t1", "token_type": "bearer"})")};
        const Answer second{json(R"({"access_token": "t2", "token_type": "bearer", "expires_in": "60"})")};
        ScriptedServer tokens({{first, second}});
        const Answer refused{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}, page{ok("page")};
        ScriptedServer server({{refused, page, refused, refused}});
        Client client(server.url());
        auto login = std::make_shared<OAuth2ClientCredentials>(client, tokens.url() + "/token", "id", "secret");
        const int status = co_await status_of(client, login);
        EXPECT_EQ(status, 200);
        EXPECT_THAT(server.requests()[1], HasSubstr("Bearer t2"));
    }());
}

TEST(OAuth2ClientCredentials, WhatIsNoTokenIsAnError) {
    struct Case {
        std::string answer;
        const char* words;
    };
    const Case cases[] = {
        {"HTTP/1.1 400 Bad Request\r\nContent-Length: 27\r\n\r\n{\"error\": \"invalid_client\"} ", "invalid_client"},
        {"HTTP/1.1 501 Oops\r\nContent-Length: 0\r\n\r\n", "status 501"},
        {"HTTP/1.1 503 X\r\nRetry-After: 9999\r\nContent-Length: 0\r\n\r\n", "status 503, attempt 1 of 6"},
        {json("[]"), "none to a request for a token"},
        {json(R"({"access_token": 5})"), "none to a request for a token"},
        {json(R"({"access_token": "t", "token_type": "mac"})"), "another"},
        {json(R"({"access_token": ""})"), "the token is empty"},
        {json(R"({"access_token": "a\r\nx: hush"})"), "bytes that no header field may have"},
        {"HTTP/1.1 400 X\r\nContent-Length: 40\r\n\r\n{\"error\": \"the secret hush is no good\"} ", "no code"},
    };
    for (const Case& c : cases) {
        run([](const Case& expected) -> Task<> {
            const Answer answer{expected.answer};
            ScriptedServer tokens({{answer}});
            Client client(tokens.url());
            auto login = std::make_shared<OAuth2ClientCredentials>(client, tokens.url() + "/token?key=hush", "id", "x");
            try {
                co_await status_of(client, login);
                ADD_FAILURE() << expected.answer;
            } catch (const AuthError& error) {
                EXPECT_THAT(error.what(), HasSubstr("/token"));
                EXPECT_THAT(error.what(), HasSubstr(expected.words));
                EXPECT_THAT(error.what(), Not(HasSubstr("hush")));
            }
        }(c));
    }
}

// One 503 of the server that gives tokens ended what had gone well with that of the pages.
TEST(OAuth2ClientCredentials, AsksAgainForATokenWhereThatMayHelp) {
    run([]() -> Task<> {
        const Answer busy{"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"};
        const Answer token{json(R"({"access_token": "t1"})")}, page{ok("page")};
        ScriptedServer tokens({{busy, token}}), server({{page}});
        Client client(server.url());
        auto login = std::make_shared<OAuth2ClientCredentials>(client, tokens.url() + "/token", "id", "x");
        std::string told;
        login->on_token([&told](const std::string& text) { told += text; });
        EXPECT_EQ(co_await status_of(client, login), 200);
        EXPECT_EQ(tokens.requests().size(), 2U);
        EXPECT_EQ(told, "t1");
    }());
}

TEST(OAuth2ClientCredentials, ALifetimeBeyondAllNumbersIsADay) {
    for (const char* lifetime : {"1e300", "99999999999999999999", "\"1e300\"", "\"inf\""}) {
        run([](std::string lasts) -> Task<> {
            const Answer token{json(format(R"({{"access_token": "t", "expires_in": {}}})", lasts))};
            const Answer page{ok("page")};
            ScriptedServer tokens({{token, token}}), server({{page, page}});
            Client client(server.url());
            auto login = std::make_shared<OAuth2ClientCredentials>(client, tokens.url() + "/token", "id", "x");
            EXPECT_EQ(co_await status_of(client, login), 200);
            EXPECT_EQ(co_await status_of(client, login), 200);
            EXPECT_EQ(tokens.requests().size(), 1U) << lasts;
        }(lifetime));
    }
}

TEST(OAuth2ClientCredentials, ASecretIsNotSentInTheOpen) {
    run([]() -> Task<> {
        Client client;
        EXPECT_THROW(OAuth2ClientCredentials(client, "http://example.com/token", "id", "secret"), UsageError);
        EXPECT_THROW(OAuth2ClientCredentials(client, "http://127.example.com/token", "id", "secret"), UsageError);
        EXPECT_THROW(OAuth2ClientCredentials(client, "https://example.com/token", "", "secret"), UsageError);
        co_return;
    }());
}

TEST(Cookies, AreKeptAndSentWhereTheyBelong) {
    run([]() -> Task<> {
        const Answer sets{
            "HTTP/1.1 200 OK\r\nSet-Cookie: sid=1; Path=/\r\nSet-Cookie: deep=2; Path=/deep\r\n"
            "Content-Length: 0\r\n\r\n"};
        const Answer page{ok("page")};
        ScriptedServer server({{sets, page, page}});
        ClientOptions options;
        options.cookies = std::make_shared<CookieJar>();
        Client client(server.url(), options);
        co_await client.get("/login");
        co_await client.get("/");
        co_await client.get("/deep/x").header("cookie", "own=3");
        EXPECT_THAT(server.requests()[0], Not(HasSubstr("ookie")));
        EXPECT_THAT(server.requests()[1], HasSubstr("cookie: sid=1\r\n"));
        EXPECT_THAT(server.requests()[2], HasSubstr("cookie: own=3; deep=2; sid=1\r\n"));
    }());
}

TEST(Cookies, OfARedirectAreSentToWhereItLeads) {
    run([]() -> Task<> {
        const Answer moved{"HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: sid=1\r\nContent-Length: 0\r\n\r\n"};
        const Answer cleared{
            "HTTP/1.1 302 Found\r\nLocation: /bye\r\nSet-Cookie: sid=; Max-Age=0\r\n"
            "Content-Length: 0\r\n\r\n"};
        const Answer page{ok("page")};
        ScriptedServer server({{moved, cleared, page}});
        ClientOptions options;
        options.cookies = std::make_shared<CookieJar>();
        Client client(server.url(), options);
        co_await client.get("/login").follow_redirects();
        EXPECT_THAT(server.requests()[1], HasSubstr("cookie: sid=1\r\n"));
        EXPECT_THAT(server.requests()[2], Not(HasSubstr("cookie")));
    }());
}

}  // namespace
}  // namespace trawl
