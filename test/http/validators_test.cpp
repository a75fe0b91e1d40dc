/// Conditional requests: entity tags, dates, and a 304.
#include "validators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hostile.hpp"
#include "scripted_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/client.hpp"

namespace trawl::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::outcome;
using testing::ScriptedServer;

const std::chrono::sys_seconds kMoment(784'111'777s);
const char* const kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(EntityTag, IsAQuotedTextOrAWeakOne) {
    for (const char* tag : {R"("")", R"("a")", R"(W/"a")", R"("a,b")", R"("\")", "\"\xe4\""})
        EXPECT_TRUE(is_entity_tag(tag)) << tag;
    for (const char* text : {"", "a", "\"", "W/", R"(W/")", R"("a)", R"(a")", R"(w/"a")", R"("a"b")", R"("a b")",
                             "\"a\x7f\"", "\"a\tb\"", R"("a", "b")", "*"})
        EXPECT_FALSE(is_entity_tag(text)) << text;
    EXPECT_TRUE(is_strong(R"("W/")"));
    EXPECT_FALSE(is_strong(R"(W/"a")"));
}

TEST(EntityTag, OfAnAnswerIsTheOnlyOne) {
    EXPECT_EQ(etag_of({{"ETag", R"(W/"a")"}}), R"(W/"a")");
    EXPECT_EQ(etag_of({{"ETag", "a"}}), std::nullopt);
    EXPECT_EQ(etag_of({{"ETag", R"("a")"}, {"ETag", R"("b")"}}), std::nullopt);
    EXPECT_EQ(etag_of({}), std::nullopt);
}

TEST(StrongValidator, IsAStrongTagOrADateThatWasOldAlready) {
    const auto of = [](const Headers& answer) { return strong_validator(answer).value_or("none"); };
    EXPECT_EQ(of({{"etag", R"("a")"}}), R"("a")");
    EXPECT_EQ(of({{"last-modified", kDate}, {"date", "Sun, 06 Nov 1994 08:50:37 GMT"}}), kDate);
    EXPECT_EQ(of({{"last-modified", kDate}, {"date", "Sun, 06 Nov 1994 08:50:36 GMT"}}), "none");
    EXPECT_EQ(of({{"last-modified", kDate}}), "none");
    EXPECT_EQ(of({{"date", kDate}}), "none");
    EXPECT_EQ(of({{"etag", R"("a")"}, {"last-modified", kDate}, {"date", "Sun, 06 Nov 1994 08:49:38 GMT"}}), "none");
    EXPECT_EQ(of({{"etag", R"("a")"}, {"last-modified", kDate}, {"date", "Sun, 06 Nov 1994 08:49:39 GMT"}}), R"("a")");
    EXPECT_EQ(of({{"etag", R"("a")"}, {"last-modified", kDate}}), R"("a")");
    const char* later = "Mon, 07 Nov 1994 08:49:37 GMT";
    EXPECT_EQ(of({{"etag", R"(W/"a")"}, {"last-modified", kDate}, {"date", later}}), "none");
    EXPECT_EQ(of({{"etag", "junk"}, {"last-modified", kDate}, {"date", later}}), "none");
}

std::string not_modified(const std::string& tag) {
    return "HTTP/1.1 304 Not Modified\r\nETag: " + tag + "\r\nContent-Length: 5\r\n\r\n";
}

TEST(Conditional, AsksByTagsAndDateAndTakesA304WithoutABody) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{not_modified(R"("b")")}, {ok("other")}}});
        Client client(server.url());
        Response same =
            co_await client.get("/x").if_none_match(R"("a")").if_none_match(R"(W/"b")").if_modified_since(kMoment);
        EXPECT_EQ(same.status(), 304);
        EXPECT_EQ(same.text(), "");
        EXPECT_EQ(same.etag(), R"("b")");
        EXPECT_THAT(server.requests()[0], HasSubstr("\r\nif-none-match: \"a\", W/\"b\"\r\n"));
        EXPECT_THAT(server.requests()[0], HasSubstr(std::string("\r\nif-modified-since: ") + kDate + "\r\n"));
        EXPECT_EQ(co_await outcome(client.get("/y")), "200 'other'");
        EXPECT_EQ(server.connections(), 1U);
    };
    run(work());
}

TEST(Conditional, AStreamOfA304IsAtItsEnd) {
    auto work = []() -> Task<> {
        ScriptedServer server({{{not_modified(R"("b")")}, {ok("other")}}});
        Client client(server.url());
        EXPECT_EQ(co_await outcome(client.get("/x").if_none_match(R"("b")"), true), "304 ''");
        EXPECT_EQ(co_await outcome(client.get("/y")), "200 'other'");
        EXPECT_EQ(server.connections(), 1U);
    };
    run(work());
}

TEST(Conditional, AsksByWhatAKnownAnswerHas) {
    auto work = []() -> Task<> {
        const std::string with_both = std::string("HTTP/1.1 200 OK\r\nETag: W/\"v1\"\r\nLast-Modified: ") + kDate +
                                      "\r\nContent-Length: 0\r\n\r\n";
        ScriptedServer server({{{with_both}, {ok("bare")}, {ok("")}, {ok("")}}});
        Client client(server.url());
        Response known = co_await client.get("/x");
        EXPECT_EQ(known.etag(), "W/\"v1\"");
        EXPECT_EQ(known.last_modified(), kMoment);
        Response bare = co_await client.get("/bare");
        EXPECT_EQ(bare.etag(), std::nullopt);
        EXPECT_EQ(bare.last_modified(), std::nullopt);
        co_await client.get("/x").if_changed(known);
        EXPECT_THAT(server.requests()[2], HasSubstr("\r\nif-none-match: W/\"v1\"\r\n"));
        EXPECT_THAT(server.requests()[2], HasSubstr(std::string("\r\nif-modified-since: ") + kDate + "\r\n"));
        co_await client.get("/x").if_changed(bare);
        EXPECT_THAT(server.requests()[3], Not(HasSubstr("\r\nif-")));
    };
    run(work());
}

TEST(Conditional, RefusesATagWithoutItsQuotes) {
    Client client("http://127.0.0.1");
    EXPECT_THROW(client.get("/").if_none_match("abc"), UsageError);
    EXPECT_THROW(client.get("/").if_none_match("*"), UsageError);
}

}  // namespace
}  // namespace trawl::http
