// What a response gives: a look into itself while it stays, the thing itself when it is about to go.
#include "trawl/http/response.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/client.hpp"

namespace trawl {
namespace {

using trawl::testing::Answer;
using trawl::testing::ScriptedServer;

// Each body and tag is too long to be kept inside of a string object.
TEST(Response, ThatIsAboutToGoGivesWhatOutlivesIt) {
    const std::string body(1000, 'b');
    const std::string tag = '"' + std::string(100, 't') + '"';
    auto work = [&]() -> Task<> {
        const std::string answer = "HTTP/1.1 200 OK\r\nETag: " + tag + "\r\nContent-Length: 1000\r\n\r\n" + body;
        ScriptedServer server({std::vector<Answer>(7, Answer{answer})});
        Client client(server.url());
        const auto text = (co_await client.get("/x")).text();
        const auto bytes = (co_await client.get("/x")).bytes();
        const auto etag = (co_await client.get("/x")).etag();
        const auto& headers = (co_await client.get("/x")).headers();
        const auto& url = (co_await client.get("/x")).url();
        const auto& method = (co_await client.get("/x")).method();
        const Response& response = (co_await client.get("/x")).raise_for_status();
        EXPECT_EQ(text, body);
        EXPECT_EQ(bytes, body);
        EXPECT_EQ(etag, tag);
        EXPECT_EQ(headers.get("etag"), tag);
        EXPECT_EQ(url.target(), "/x");
        EXPECT_EQ(method, "GET");
        EXPECT_EQ(response.text(), body);
    };
    run(work());
}

TEST(Response, OfAnErrorIsNotGivenAway) {
    Response missing("GET", Url::parse("http://h/x?token=hush"), 404, Headers(), "body");
    EXPECT_THROW((void)std::move(missing).raise_for_status(), StatusError);
    EXPECT_EQ(missing.text(), "body");
}

}  // namespace
}  // namespace trawl
