/// What is in a HAR file, read with our own JSON reader, after requests of all kinds.
#include "trawl/http/har.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <optional>

#include "har_text.hpp"
#include "hostile.hpp"
#include "net/disk.hpp"
#include "scripted_server.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/file.hpp"
#include "trawl/net/file_faults.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ok;
using testing::outcome;
using testing::ScriptedServer;
using ::testing::StartsWith;
using Then = testing::Answer::Then;

using Play = std::function<Task<>(Client&)>;

/// The file that is left of what `test` does.
std::string recorded(std::vector<std::vector<Answer>> scripts, Play test, std::size_t body_max = 0,
                     ClientOptions options = {}) {
    std::string text;
    const Disk disk;
    auto work = [&]() -> Task<> {
        ScriptedServer server(std::move(scripts));
        options.har = std::make_shared<HarRecorder>(disk / "requests.har", body_max);
        options.first_byte_timeout = 20ms;
        Client client(server.url(), options);
        co_await test(client);
        co_await options.har->flush();
        text = co_await read_file(disk / "requests.har");
    };
    run(work());
    return text;
}

std::vector<Json> entries_of(const std::string& text) {
    const Json log = Json::parse(text)["log"];
    EXPECT_EQ(log["version"].string(), "1.2");
    EXPECT_EQ(log["creator"]["name"].string(), "trawl");
    return log["entries"].items();
}

std::string value_of(const Json& fields, std::string_view name) {
    for (const Json& field : fields.items()) {
        if (equal_ignoring_case(field["name"].string(), name)) return field["value"].string();
    }
    return "none";
}

TEST(Har, AnEntryHasWhatTheFormatAsksFor) {
    const std::string text = recorded({{{ok("fine")}}}, [](Client& client) -> Task<> {
        EXPECT_EQ(co_await outcome(client.get("/x").param("page", 2).header("X-Mine", "yes")), "200 'fine'");
    });
    const std::vector<Json> entries = entries_of(text);
    ASSERT_EQ(entries.size(), 1U);
    const Json& entry = entries[0];
    EXPECT_THAT(entry["startedDateTime"].string(), ::testing::MatchesRegex("20..-..-..T..:..:..\\....Z"));
    EXPECT_EQ(entry["cache"].size(), 0U);
    const Json request = entry["request"];
    EXPECT_EQ(request["method"].string(), "GET");
    EXPECT_THAT(request["url"].string(), ::testing::MatchesRegex("http://127.0.0.1:[0-9]+/x\\?page=2"));
    EXPECT_EQ(request["httpVersion"].string(), "HTTP/1.1");
    EXPECT_EQ(value_of(request["headers"], "x-mine"), "yes");
    EXPECT_EQ(value_of(request["queryString"], "page"), "2");
    EXPECT_EQ(request["bodySize"].integer(), 0);
    EXPECT_EQ(request["headersSize"].integer(), -1);
    EXPECT_FALSE(request.find("postData"));
    const Json response = entry["response"];
    EXPECT_EQ(response["status"].integer(), 200);
    EXPECT_EQ(response["httpVersion"].string(), "HTTP/1.1");
    EXPECT_EQ(value_of(response["headers"], "content-length"), "4");
    EXPECT_EQ(response["content"]["size"].integer(), 4);
    EXPECT_EQ(response["bodySize"].integer(), 4);
    EXPECT_EQ(response["redirectURL"].string(), "");
    EXPECT_FALSE(response["content"].find("text"));
    EXPECT_FALSE(response.find("_error"));
}

TEST(Har, TimesAddUp) {
    const std::string text = recorded({{{ok("1")}, {ok("2")}}}, [](Client& client) -> Task<> {
        co_await client.get("/1");
        co_await client.get("/2");
    });
    const std::vector<Json> entries = entries_of(text);
    ASSERT_EQ(entries.size(), 2U);
    for (const Json& entry : entries) {
        const Json timings = entry["timings"];
        double sum = 0;
        for (const char* part : {"blocked", "dns", "connect", "send", "wait", "receive"}) {
            sum += std::max(0.0, timings[part].number());
        }
        EXPECT_NEAR(sum, entry["time"].number(), 0.01);
        EXPECT_EQ(timings["ssl"].integer(), -1);
        EXPECT_GT(timings["wait"].number(), 0);
    }
    EXPECT_GT(entries[0]["timings"]["connect"].number(), 0);
    EXPECT_EQ(entries[1]["timings"]["connect"].integer(), -1);
}

TEST(Har, NoSecretIsInIt) {
    const std::string redirect =
        "HTTP/1.1 302 X\r\nSet-Cookie: sid=hush; Path=/\r\nLocation: /y?token=hush&page=3\r\n"
        "Link: </z?api_key=hush>; rel=\"next\", </z?page=9&token=hush>; rel=\"last\"\r\nContent-Length: 0\r\n\r\n";
    ClientOptions options;
    options.cookies = std::make_shared<CookieJar>();
    const std::string text = recorded(
        {{{redirect}, {ok("fine")}}},
        [](Client& client) -> Task<> {
            const Url url = client.get("/x?token=hush").url();
            std::string with_user = url.str();
            with_user.insert(with_user.find("//") + 2, "me:hush@");
            Response response = co_await client.get(with_user)
                                    .secret_header("X-Mine", "hush")
                                    .header("X-Api-Key", "hush")
                                    .header("Cookie", "a=hush; b=hush")
                                    .follow_redirects();
            EXPECT_EQ(response.text(), "fine");
        },
        1000, options);
    EXPECT_THAT(text, Not(HasSubstr("hush")));
    EXPECT_THAT(text, Not(HasSubstr("bWU6aHVzaA")));  // me:hush, as basic authentication has it
    const std::vector<Json> entries = entries_of(text);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0]["response"]["redirectURL"].string(), "/y?token=***&page=3");
    EXPECT_EQ(value_of(entries[0]["response"]["headers"], "location"), "/y?token=***&page=3");
    EXPECT_EQ(value_of(entries[0]["response"]["headers"], "link"),
              "</z?api_key=***>; rel=\"next\", </z?page=9&token=***>; rel=\"last\"");
    EXPECT_EQ(value_of(entries[0]["response"]["cookies"], "sid"), "***");
    EXPECT_EQ(value_of(entries[0]["request"]["cookies"], "b"), "***");
    EXPECT_EQ(value_of(entries[0]["request"]["headers"], "x-mine"), "***");
    EXPECT_EQ(value_of(entries[1]["request"]["queryString"], "token"), "***");
    EXPECT_EQ(value_of(entries[1]["request"]["cookies"], "sid"), "***");
}

TEST(Har, EachAttemptIsAnEntry) {
    ClientOptions options;
    options.retry = RetryPolicy(6, Duration::zero(), Duration::zero());
    const std::string cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    const std::string text = recorded(
        {{{"HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"}, {cut, Then::close}}, {{"", Then::stall}}, {{ok("fine")}}},
        [](Client& client) -> Task<> { EXPECT_EQ(co_await outcome(client.get("/x")), "200 'fine'"); }, 0, options);
    const std::vector<Json> entries = entries_of(text);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(entries[0]["response"]["status"].integer(), 503);
    EXPECT_FALSE(entries[0]["response"].find("_error"));
    EXPECT_EQ(entries[1]["response"]["status"].integer(), 200);
    EXPECT_EQ(entries[1]["response"]["bodySize"].integer(), 4);
    EXPECT_THAT(entries[1]["response"]["_error"].string(), HasSubstr("breaks off"));
    EXPECT_EQ(entries[2]["response"]["status"].integer(), 0);
    EXPECT_THAT(entries[2]["response"]["_error"].string(), HasSubstr("no answer within 0.02 s"));
    EXPECT_EQ(entries[3]["response"]["status"].integer(), 200);
}

TEST(Har, WhatFailsOrIsGivenUpIsAnEntry) {
    const std::string text = recorded(
        {{{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Then::stall}}, {{"", Then::stall}}},
        [](Client& client) -> Task<> {
            {
                ResponseStream dropped = co_await client.get("/dropped").stream();
            }
            EXPECT_THAT(co_await outcome(client.get("/late").timeout(5ms)), StartsWith("TimeoutError"));
            EXPECT_THAT(co_await outcome(client.get("http://127.0.0.1:1/refused")), StartsWith("ConnectError"));
        });
    const std::vector<Json> entries = entries_of(text);
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0]["response"]["_error"].string(), "given up before the answer's end");
    EXPECT_EQ(entries[0]["response"]["status"].integer(), 200);
    EXPECT_EQ(entries[1]["response"]["_error"].string(), "given up before the answer's end");
    EXPECT_EQ(entries[1]["response"]["status"].integer(), 0);
    EXPECT_THAT(entries[2]["response"]["_error"].string(), HasSubstr("cannot connect to 127.0.0.1:1"));
    EXPECT_EQ(entries[2]["timings"]["connect"].integer(), -1);
}

TEST(Har, BodiesAreKeptWhenAskedForAndUpToTheLimit) {
    const Play test = [](Client& client) -> Task<> {
        EXPECT_EQ(co_await outcome(client.post("/x").body("na\xc3\xafve text", "text/plain")), "200 'fine text'");
        EXPECT_EQ(co_await outcome(client.get("/y"), true), "200 'a\xff'");
    };
    const std::vector<std::vector<Answer>> scripts = {{{ok("fine text")}, {ok("a\xff")}}};
    const std::vector<Json> none = entries_of(recorded(scripts, test));
    EXPECT_FALSE(none[0]["request"].find("postData"));
    EXPECT_EQ(none[0]["request"]["bodySize"].integer(), 11);
    EXPECT_FALSE(none[0]["response"]["content"].find("text"));
    const std::vector<Json> all = entries_of(recorded(scripts, test, 100));
    EXPECT_EQ(all[0]["request"]["postData"]["text"].string(), "na\xc3\xafve text");
    EXPECT_EQ(all[0]["request"]["postData"]["mimeType"].string(), "text/plain");
    EXPECT_EQ(all[0]["response"]["content"]["text"].string(), "fine text");
    EXPECT_EQ(all[1]["response"]["content"]["text"].string(), "Yf8=");
    EXPECT_EQ(all[1]["response"]["content"]["encoding"].string(), "base64");
    const std::vector<Json> some = entries_of(recorded(scripts, test, 4));
    EXPECT_EQ(some[0]["response"]["content"]["text"].string(), "fine");
    EXPECT_EQ(some[0]["response"]["content"]["size"].integer(), 9);
}

TEST(Har, FieldsOfAnyBytesAreText) {
    const std::string odd = "HTTP/1.1 200 OK\r\nX-Odd: caf\xe9 \"quoted\"\\\r\nContent-Length: 0\r\n\r\n";
    const std::string text = recorded({{{odd}}}, [](Client& client) -> Task<> { co_await client.get("/"); });
    EXPECT_EQ(value_of(entries_of(text)[0]["response"]["headers"], "x-odd"), "caf\xc3\xa9 \"quoted\"\\");
}

TEST(Har, AFileWithoutEntriesIsOne) {
    const std::string text = recorded({{{ok("")}}}, [](Client&) -> Task<> { co_return; });
    EXPECT_EQ(entries_of(text).size(), 0U);
}

TEST(Har, TheFileIsWholeAfterEachEntry) {
    const Disk disk;
    auto work = [&]() -> Task<> {
        HarRecorder recorder(disk / "x.har");
        for (int i = 0; i < 3; ++i) {
            recorder.add(R"({"number":1})");
            co_await recorder.flush();
            const std::string text = co_await read_file(disk / "x.har");
            EXPECT_EQ(entries_of(text).size(), static_cast<std::size_t>(i + 1));
        }
        EXPECT_EQ(recorder.entries(), 3U);
    };
    run(work());
}

TEST(Har, AnErrorOfTheFileEndsTheRecordingAndNotTheRequests) {
    const Disk disk;
    auto work = [&]() -> Task<> {
        ScriptedServer server({{{ok("1")}, {ok("2")}}});
        ClientOptions options;
        options.har = std::make_shared<HarRecorder>(disk / "missing/x.har");
        Client client(server.url(), options);
        EXPECT_EQ(co_await outcome(client.get("/1")), "200 '1'");
        EXPECT_EQ(co_await error_of(options.har->flush()), ENOENT);
        EXPECT_EQ(co_await outcome(client.get("/2")), "200 '2'");
        EXPECT_EQ(co_await error_of(options.har->flush()), ENOENT);
    };
    run(work());
}

TEST(Har, RequestsWaitWhileMuchIsToBeWritten) {
    const Disk disk;
    auto work = [&]() -> Task<> {
        HarRecorder recorder(disk / "x.har");
        recorder.add('"' + std::string(3'000'000, 'x') + '"');
        co_await recorder.wait_for_room();
        EXPECT_GT((co_await read_file(disk / "x.har")).size(), 3'000'000U);
    };
    run(work());
}

TEST(HarText, KnowsUtf8) {
    for (const char* text :
         {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(http::is_utf8(text)) << text;
    for (const char* text : {"\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                             "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82"})
        EXPECT_FALSE(http::is_utf8(text));
}

TEST(HarText, WritesMomentsInUtc) {
    using std::chrono::system_clock;
    EXPECT_EQ(http::har_moment(system_clock::from_time_t(784'111'777) + 5ms), "1994-11-06T08:49:37.005Z");
}

TEST(HarText, ACookieWithoutANameIsAValue) {
    EXPECT_EQ(http::har_cookies("hush; Path=/", true), R"({"name":"","value":"***"})");
    EXPECT_EQ(http::har_cookies("a=1; hush", false), R"({"name":"a","value":"***"},{"name":"","value":"***"})");
}

TEST(HarText, UrlsAroundBracketsHaveNoSecretsEither) {
    EXPECT_EQ(http::redact_urls("/a?token=hush&x=<b>&token=hush"), "/a?token=***&x=<b>&token=***");
    EXPECT_EQ(http::redact_urls("<b>//u:hush@h/?token=hush"), "<b>//h/?token=***");
}

TEST(Har, AStreamMayOutliveItsLoop) {
    const Disk disk;
    ClientOptions options;
    options.har = std::make_shared<HarRecorder>(disk / "x.har");
    Client client("", options);
    std::optional<ResponseStream> kept;
    run([](Client& used, std::optional<ResponseStream>& stream) -> Task<> {
        ScriptedServer server({{{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Then::stall}}});
        stream.emplace(co_await used.get(server.url() + "/kept").stream());
    }(client, kept));
    kept.reset();
    run([](HarRecorder& recorder) -> Task<> { co_await recorder.flush(); }(*options.har));
    std::string text;
    run([](std::string path, std::string& read) -> Task<> { read = co_await read_file(path); }(disk / "x.har", text));
    const std::vector<Json> entries = entries_of(text);
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0]["response"]["_error"].string(), "given up before the answer's end");
}

TEST(Har, GoesOnInAnotherLoop) {
    const Disk disk;
    ClientOptions options;
    options.har = std::make_shared<HarRecorder>(disk / "x.har");
    Client client("", options);
    auto work = [&](bool is_last) -> Task<> {
        ScriptedServer server({{{ok("fine")}}});
        EXPECT_EQ(co_await outcome(client.get(server.url())), "200 'fine'");
        if (is_last) co_await options.har->flush();
    };
    for (const bool is_last : {false, false, true}) run(work(is_last));
    std::string text;
    run([](std::string path, std::string& read) -> Task<> { read = co_await read_file(path); }(disk / "x.har", text));
    EXPECT_EQ(entries_of(text).size(), 3U);
}

}  // namespace
}  // namespace trawl
