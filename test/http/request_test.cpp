#include "trawl/http/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "hostile.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/client.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

TEST(Request, ParametersAreSetOnce) {
    Client client("http://h/");
    const std::vector<std::pair<std::string, std::string>> more = {{"a", "3"}, {"d", "x y"}};
    const Request request =
        client.get("/p?a=1&b=2").param("b", -7).param("c", 18446744073709551615U).param("e", true).params(more);
    EXPECT_EQ(request.url().target(), "/p?a=3&b=-7&c=18446744073709551615&e=true&d=x%20y");
}

TEST(Request, AFormIsEncoded) {
    Client client("http://h/");
    const Request request = client.post("/").form("user name", "A&B=C").form("empty", "");
    EXPECT_EQ(request.body(), "user%20name=A%26B%3DC&empty=");
    EXPECT_EQ(request.headers().get("content-type"), "application/x-www-form-urlencoded");
}

TEST(Request, JsonIsSentAsItIs) {
    Client client("http://h/");
    const Request request = client.post("/").json(R"({"n": 1e400})");
    EXPECT_EQ(request.body(), R"({"n": 1e400})");
    EXPECT_EQ(request.headers().get("content-type"), "application/json");
}

// A second Content-Type was sent beside the first, or the caller's own was lost.
TEST(Request, ACallersFieldsHold) {
    Client client("http://h/");
    const Request before = client.patch("/").header("Content-Type", "application/merge-patch+json").json("{}");
    const Request behind = client.patch("/").json("{}").header("content-type", "application/merge-patch+json");
    for (const Request& request : {before, behind}) {
        EXPECT_EQ(request.headers().get_all("content-type").size(), 1U);
        EXPECT_EQ(request.headers().get("content-type"), "application/merge-patch+json");
    }
    const Request login = client.get("/").bearer_auth("one").header("Authorization", "Basic two");
    EXPECT_EQ(login.headers().get_all("authorization").size(), 1U);
    EXPECT_EQ(login.headers().get("authorization"), "Basic two");
    const Request accepts = client.get("/").header("accept", "a/b").header("accept", "c/d");
    EXPECT_EQ(accepts.headers().get_all("accept").size(), 2U);
}

TEST(Request, HasOneBody) {
    Client client("http://h/");
    EXPECT_THROW((void)client.post("/").json("1").body("x", "text/plain"), UsageError);
    EXPECT_THROW((void)client.post("/").json("1").form("a", "b"), UsageError);
    EXPECT_THROW((void)client.post("/").form("a", "b").json("1"), UsageError);
    EXPECT_THROW((void)client.post("/").body("", "text/plain").body("", "text/plain"), UsageError);
}

TEST(Request, CredentialsReplaceEarlierOnes) {
    Client client("http://h/");
    const Request request = client.get("/").bearer_auth("first").basic_auth("Aladdin", "open sesame");
    EXPECT_EQ(request.headers().get_all("authorization"),
              std::vector<std::string_view>{"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="});
    EXPECT_THROW((void)client.get("/").basic_auth("a:b", "c"), UsageError);
    EXPECT_THROW((void)client.get("/").bearer_auth("a\r\nx: y"), UsageError);
}

TEST(Request, MayBePutTogetherStepByStep) {
    Client client("http://h/");
    Request request = client.get("/p");
    for (int page = 1; page <= 2; ++page) request = std::move(request).param("page", page).header("x", "y");
    EXPECT_EQ(request.method(), "GET");
    EXPECT_EQ(request.url().str(), "http://h/p?page=2");
    EXPECT_EQ(request.headers().count("x"), 2U);
}

TEST(Request, ATimeoutIsLongerThanNothing) {
    Client client("http://h/");
    EXPECT_THROW((void)client.get("/").timeout(0s), UsageError);
    EXPECT_THROW((void)client.get("/").timeout(-1s), UsageError);
}

TEST(Request, IsSentOnce) {
    run([]() -> Task<> {
        testing::ScriptedServer server({{{testing::ok("a")}, {testing::ok("b")}}});
        Client client(server.url());
        Request request = client.get("/").param("a", 1);
        Request copy = request;
        EXPECT_EQ(co_await testing::outcome(std::move(request)), "200 'a'");
        for (const bool in_pieces : {false, true}) {
            const std::string again = co_await testing::outcome(std::move(request), in_pieces);
            EXPECT_THAT(again, ::testing::StartsWith("UsageError: this request was sent before"));
            const std::string tried = co_await testing::outcome(std::move(request).retry(), in_pieces);
            EXPECT_THAT(tried, ::testing::StartsWith("UsageError: this request was sent before"));
        }
        EXPECT_THROW((void)std::move(request).param("a", 1), UsageError);
        EXPECT_THROW((void)std::move(request).params({{"a", "1"}}), UsageError);
        EXPECT_EQ(co_await testing::outcome(std::move(copy)), "200 'b'");
        EXPECT_EQ(server.requests().size(), 2U);
    }());
}

}  // namespace
}  // namespace trawl
