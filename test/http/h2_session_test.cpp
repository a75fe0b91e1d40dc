/// H2Session: what a response over HTTP/2 comes to. Each case is fed whole, cut in two at every byte, and byte by byte,
/// with the same verdict.
#include "h2_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "h2_peer.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http::h2 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const H2Limits small_limits{.head_size_max = 300, .fields_max = 4, .informational_max = 2, .body_size_max = 20};

struct Case {
    const char* name;
    std::string bytes;    // behind the server's settings; the request is stream 1
    const char* verdict;  // shown(), with "; connection failed" where it did
    const char* method = "GET";
    bool ends = false;  // the connection ends behind the bytes
};

std::string verdict(const Case& c, const std::vector<std::string_view>& pieces, const H2Limits& limits) {
    H2Session session(limits);
    const StreamId id = session.begin(c.method, url(), {});
    (void)drain(session);
    session.feed(settings());
    for (const std::string_view piece : pieces) session.feed(piece);
    if (c.ends) session.finish();
    return shown(session, id) + (session.failure().empty() ? "" : "; connection failed");
}

void check(const Case& c, const H2Limits& limits = {}) {
    const std::string_view bytes = c.bytes;
    ASSERT_EQ(verdict(c, {bytes}, limits), c.verdict) << c.name;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut)
        ASSERT_EQ(verdict(c, {bytes.substr(0, cut), bytes.substr(cut)}, limits), c.verdict)
            << c.name << ", cut at " << cut;
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
    ASSERT_EQ(verdict(c, single, limits), c.verdict) << c.name << ", byte by byte";
}

std::string sized(const char* length) { return head(1, {{":status", "200"}, {"content-length", length}}); }
std::string status(const char* code, int flags = none) { return head(1, {{":status", code}}, flags); }

TEST(H2Session, FindsTheEndOfTheBody) {
    const Case cases[] = {
        {"nothing", "", "nothing"},
        {"no body", ok(1, end_stream), "200 [] body '' complete"},
        {"a head", ok(1), "200 [] body ''"},
        {"a body", ok(1) + data(1, "abc", end_stream), "200 [] body 'abc' complete"},
        {"in parts", ok(1) + data(1, "ab") + data(1, "") + data(1, "c") + data(1, "", end_stream),
         "200 [] body 'abc' complete"},
        {"padded", ok(1) + data(1, std::string("\3abc\0\0\0", 7), end_stream | padded), "200 [] body 'abc' complete"},
        {"padding alone", ok(1) + data(1, std::string("\2\0\0", 3), end_stream | padded), "200 [] body '' complete"},
        {"length", sized("3") + data(1, "abc", end_stream), "200 [content-length=3] body 'abc' complete"},
        {"the end comes alone", sized("3") + data(1, "abc") + data(1, "", end_stream),
         "200 [content-length=3] body 'abc' complete"},
        {"length reached, no end", sized("3") + data(1, "abc"), "200 [content-length=3] body 'abc'"},
        {"trailers", ok(1) + data(1, "a") + head(1, {{"x", "y"}}, end_stream), "200 [] body 'a' complete"},
        {"no body, trailers", ok(1) + head(1, {{"x", "y"}}, end_stream), "200 [] body '' complete"},
        {"fields", head(1, {{":status", "200"}, {"a", "1"}, {"b", ""}, {"a", "2"}}, end_stream),
         "200 [a=1 b= a=2] body '' complete"},
        {"continuation",
         frame(H2FrameType::headers, end_stream, 1, block({{":status", "200"}})) +
             frame(H2FrameType::continuation, none, 1, "") +
             frame(H2FrameType::continuation, end_headers, 1, block({{"a", "1"}})),
         "200 [a=1] body '' complete"},
        {"unknown frames", frame(H2FrameType{77}, 0xff, 1, "?") + ok(1, end_stream), "200 [] body '' complete"},
    };
    for (const Case& c : cases) check(c);
}

TEST(H2Session, AShortBodyIsAnError) {
    const Case cases[] = {
        {"ends early", sized("3") + data(1, "ab", end_stream), "failed: message"},
        {"ends early, alone", sized("3") + data(1, "ab") + data(1, "", end_stream), "failed: message"},
        {"ends with its head", head(1, {{":status", "200"}, {"content-length", "3"}}, end_stream), "failed: message"},
        {"ends with trailers", sized("3") + data(1, "ab") + head(1, {{"x", "y"}}, end_stream), "failed: message"},
        {"too long", sized("3") + data(1, "abcd", end_stream), "failed: message"},
        {"too long in parts", sized("3") + data(1, "abc") + data(1, "d"), "failed: message"},
        {"too long and padded", sized("3") + data(1, std::string("\1abcd\0", 6), padded), "failed: message"},
        {"cut before the head", "", "failed: unanswered", "GET", true},
        {"cut within the head", ok(1).substr(0, 12), "failed: cut", "GET", true},
        {"cut behind a 1xx", status("100"), "failed: cut", "GET", true},
        {"cut behind the head", ok(1), "failed: cut", "GET", true},
        {"cut within the body", sized("3") + data(1, "ab"), "failed: cut", "GET", true},
        {"cut where the length is reached", sized("3") + data(1, "abc"), "failed: cut", "GET", true},
        {"cut within the last frame", ok(1) + data(1, "abc", end_stream).substr(0, 11), "failed: cut", "GET", true},
        {"complete, then cut", ok(1) + data(1, "abc", end_stream), "200 [] body 'abc' complete", "GET", true},
    };
    for (const Case& c : cases) check(c);
}

TEST(H2Session, KnowsWhichResponsesHaveNoBody) {
    const Case cases[] = {
        {"HEAD", head(1, {{":status", "200"}, {"content-length", "99"}}, end_stream),
         "200 [content-length=99] body '' complete", "HEAD"},
        {"HEAD, huge length", head(1, {{":status", "200"}, {"content-length", "99999999999"}}, end_stream),
         "200 [content-length=99999999999] body '' complete", "HEAD"},
        {"HEAD, empty data", sized("9") + data(1, "", end_stream), "200 [content-length=9] body '' complete", "HEAD"},
        {"HEAD with a body", sized("1") + data(1, "x", end_stream), "failed: message", "HEAD"},
        {"204", status("204", end_stream), "204 [] body '' complete"},
        {"204 with zero", head(1, {{":status", "204"}, {"content-length", "0"}}, end_stream),
         "204 [] body '' complete"},
        {"204 that claims a body", head(1, {{":status", "204"}, {"content-length", "3"}}), "failed: message"},
        {"204 with a body", status("204") + data(1, "x", end_stream), "failed: message"},
        {"304", head(1, {{":status", "304"}, {"content-length", "3"}}, end_stream),
         "304 [content-length=3] body '' complete"},
        {"304 with a body", status("304") + data(1, "x", end_stream), "failed: message"},
    };
    for (const Case& c : cases) check(c);
}

TEST(H2Session, SkipsInformationalResponses) {
    const Case cases[] = {
        {"100", status("100") + ok(1, end_stream), "200 [] body '' complete"},
        {"103 twice", head(1, {{":status", "103"}, {"link", "a"}}) + status("103") + ok(1, end_stream),
         "200 [] body '' complete"},
        {"only", status("103"), "head"},
        {"too many", status("103") + status("103") + status("103"), "failed: informational_count"},
        {"101", status("101"), "failed: message"},
        {"that ends", status("100", end_stream), "failed: message"},
        {"with a length", head(1, {{":status", "103"}, {"content-length", "3"}}), "failed: message"},
        {"with a body", status("100") + data(1, "x"), "failed: message"},
        {"and an end", status("100") + data(1, "", end_stream), "failed: message"},
    };
    for (const Case& c : cases) check(c, small_limits);
}

TEST(H2Session, KeepsToItsLimits) {
    const std::string long_value(269, 'a');  // with its name and 32 bytes, and :status with 42, it makes 344
    const Case cases[] = {
        {"four fields", head(1, {{":status", "200"}, {"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}, end_stream),
         "200 [a=1 b=2 c=3 d=4] body '' complete"},
        {"five fields", head(1, {{":status", "200"}, {"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}}),
         "failed: field_count"},
        {"five with trailers",
         head(1, {{":status", "200"}, {"a", "1"}, {"b", "2"}}) +
             head(1, {{"c", "1"}, {"d", "2"}, {"e", "3"}}, end_stream),
         "failed: field_count"},
        {"five with a 1xx",
         head(1, {{":status", "103"}, {"a", "1"}, {"b", "2"}, {"c", "3"}}) +
             head(1, {{":status", "200"}, {"d", "1"}, {"e", "2"}}),
         "failed: field_count"},
        {"a long field", head(1, {{":status", "200"}, {"a", long_value}}), "failed: head_size"},
        {"exactly as long as allowed", head(1, {{":status", "200"}, {"a", std::string(225, 'a')}}, end_stream),
         nullptr},
        {"one byte more", head(1, {{":status", "200"}, {"a", std::string(226, 'a')}}), "failed: head_size"},
        {"long with trailers",
         head(1, {{":status", "200"}, {"a", std::string(150, 'a')}}) +
             head(1, {{"b", std::string(100, 'a')}}, end_stream),
         "failed: head_size"},
        {"a long body", ok(1) + data(1, std::string(21, 'a')), "failed: body_size"},
        {"a long body in parts", ok(1) + data(1, std::string(20, 'a')) + data(1, "a"), "failed: body_size"},
        {"as long as allowed", ok(1) + data(1, std::string(20, 'a'), end_stream),
         "200 [] body 'aaaaaaaaaaaaaaaaaaaa' complete"},
        {"a long body, announced", sized("21"), "failed: body_size"},
        {"of HEAD", head(1, {{":status", "200"}, {"content-length", "21"}}, end_stream),
         "200 [content-length=21] body '' complete", "HEAD"},
    };
    const std::string longest = "200 [a=" + std::string(225, 'a') + "] body '' complete";
    for (Case c : cases) {
        if (c.verdict == nullptr) c.verdict = longest.c_str();
        check(c, small_limits);
    }
}

TEST(H2Session, RefusesHeadsThatAreNone) {
    using namespace std::string_literals;
    const Case cases[] = {
        {"no status", head(1, {{"a", "1"}}), "failed: message"},
        {"two of them", head(1, {{":status", "200"}, {":status", "200"}}), "failed: message"},
        {"behind a field", head(1, {{"a", "1"}, {":status", "200"}}), "failed: message"},
        {"of two digits", status("20"), "failed: message"},
        {"of four digits", status("2000"), "failed: message"},
        {"no number", status("2x0"), "failed: message"},
        {"below 100", status("099", end_stream), "failed: message"},
        {"another pseudo field", head(1, {{":status", "200"}, {":path", "/"}}), "failed: message"},
        {"an unknown one", head(1, {{":status", "200"}, {":x", "y"}}), "failed: message"},
        {"capitals", head(1, {{":status", "200"}, {"Server", "x"}}), "failed: message"},
        {"no name", head(1, {{":status", "200"}, {"", "x"}}), "failed: message"},
        {"a blank in a name", head(1, {{":status", "200"}, {"a b", "x"}}), "failed: message"},
        {"a line break in a value", head(1, {{":status", "200"}, {"a", "x\r\nb: y"}}), "failed: message"},
        {"a NUL in a value", head(1, {{":status", "200"}, {"a", "x\0y"s}}), "failed: message"},
        {"blanks around a value", head(1, {{":status", "200"}, {"a", " x "}}), "failed: message"},
        {"connection", head(1, {{":status", "200"}, {"connection", "close"}}), "failed: message"},
        {"transfer-encoding", head(1, {{":status", "200"}, {"transfer-encoding", "chunked"}}), "failed: message"},
        {"upgrade", head(1, {{":status", "200"}, {"upgrade", "h2c"}}), "failed: message"},
        {"two lengths", head(1, {{":status", "200"}, {"content-length", "3"}, {"content-length", "3"}}),
         "failed: message"},
        {"a list of lengths", sized("3, 3"), "failed: message"},
        {"a signed length", sized("+3"), "failed: message"},
        {"an empty length", sized(""), "failed: message"},
        {"a huge length", sized("18446744073709551616"), "failed: message"},
        {"a pseudo field in trailers", ok(1) + head(1, {{":status", "200"}}, end_stream), "failed: message"},
        {"trailers that do not end", ok(1) + head(1, {{"a", "1"}}), "failed: message"},
    };
    for (const Case& c : cases) check(c);
}

TEST(H2Session, AResetStreamIsAnError) {
    const Case cases[] = {
        {"before the head", reset(1, 2), "failed: reset"},
        {"within the body", ok(1) + data(1, "ab") + reset(1, 2), "failed: reset"},
        {"without an error", ok(1) + data(1, "ab") + reset(1, 0), "failed: reset"},
        {"refused", reset(1, 7), "failed: refused, may repeat"},
        {"refused behind a head", ok(1) + reset(1, 7), "failed: reset"},
        {"refused behind a 1xx", status("103") + reset(1, 7), "failed: reset"},
        {"complete, then reset", ok(1) + data(1, "ab", end_stream) + reset(1, 0), "200 [] body 'ab' complete"},
    };
    for (const Case& c : cases) check(c);
}

/// A bad field resets the last stream of a connection that closes; the rest of the block is damaged.
TEST(H2Session, WhatIsWrongBehindAVerdictIsSeenHoweverItArrives) {
    check(
        {"two faults in one block",
         goaway(1) + frame(H2FrameType::headers, end_headers, 1, block({{":status", "200"}, {"A", "b"}}) + "\xff\xff"),
         "failed: message; connection failed"});
}

TEST(H2Session, AResponseMayComeBeforeTheRequestIsComplete) {
    H2Session session;
    const StreamId id = session.begin("POST", url(), {}, std::string(100'000, 'x'));
    (void)drain(session);  // the window of 65,535 bytes holds it up
    session.feed(settings() + status("413") + data(id, "no", end_stream) + reset(id, 0));
    EXPECT_EQ(shown(session, id), "413 [] body 'no' complete");
    EXPECT_EQ(session.stream_count(), 0U);
    EXPECT_EQ(frames(drain(session)), "SETTINGS 0 ack");
}

TEST(H2Session, FailuresAreSentences) {
    const auto failure = [](const std::string& bytes, const char* method = "GET", bool ends = false) {
        H2Session session(small_limits);
        const StreamId id = session.begin(method, url(), {});
        (void)drain(session);
        session.feed(settings() + bytes);
        if (ends) session.finish();
        return session.stream(id).failure().text;
    };
    const std::string begin = "the response cannot be used: ";
    EXPECT_EQ(failure(reset(1, 2)), "the server reset the stream: INTERNAL_ERROR (2)");
    EXPECT_EQ(failure(reset(1, 77)), "the server reset the stream: unknown (77)");
    EXPECT_EQ(failure(sized("3") + data(1, "ab", end_stream)), begin + "its body ends after 2 of 3 bytes");
    EXPECT_EQ(failure(sized("3") + data(1, "abcd")), begin + "its body is longer than its content-length, 3");
    EXPECT_EQ(failure(sized("3") + data(1, "a"), "HEAD"), begin + "it has a body where there can be none");
    EXPECT_EQ(failure(status("100") + data(1, "x")), begin + "its body begins before its head");
    EXPECT_EQ(failure("", "GET", true), "the connection ended before the first byte of the response");
    EXPECT_EQ(failure(sized("3") + data(1, "ab"), "GET", true),
              begin + "it breaks off: 2 of 3 bytes of its body arrived");
    EXPECT_EQ(failure(ok(1) + data(1, "ab"), "GET", true),
              begin + "it breaks off: the end of its body is missing after 2 bytes");
    EXPECT_EQ(failure(goaway(1, 2, "going down"), "GET", true),
              "the connection ended before the first byte of the response (the server had said that it closes: "
              "INTERNAL_ERROR (2), \"going down\")");
    EXPECT_EQ(failure(goaway(0, 0, std::string("\x1b[0m\n"))),
              "the server did not process the request; it closes: NO_ERROR (0)");
    EXPECT_EQ(failure(head(1, {{":status", "200"}, {"A", "b"}})),
              begin + "it has a header field that may not stand there, or not like that");
    EXPECT_EQ(failure(sized("21")), begin + "its body has 21 bytes, 20 are allowed");
}

TEST(H2Session, ManyStreamsAtOnceAreKeptApart) {
    H2Session session;
    std::vector<StreamId> ids;
    for (int i = 0; i < 50; ++i) ids.push_back(get(session));
    EXPECT_EQ(session.stream_count(), 50U);
    (void)drain(session);
    session.feed(settings());
    std::mt19937 random(1);
    std::vector<StreamId> turns;
    for (const StreamId id : ids) turns.insert(turns.end(), 4, id);
    std::ranges::shuffle(turns, random);
    std::map<StreamId, int> seen;
    std::string bytes;
    for (const StreamId id : turns) {
        const int turn = seen[id]++;
        bytes += turn == 0 ? ok(id) : data(id, format("{}:{};", id, turn), turn == 3 ? end_stream : none);
    }
    for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(rest.size(), 7)))
        session.feed(rest.substr(0, 7));
    for (const StreamId id : ids)
        EXPECT_EQ(shown(session, id), format("200 [] body '{0}:1;{0}:2;{0}:3;' complete", id));
    EXPECT_EQ(session.stream_count(), 0U);
}

TEST(H2Session, SaysOnceWhichStreamsChanged) {
    H2Session session;
    const StreamId first = get(session), second = get(session), third = get(session);
    (void)drain(session);
    session.feed(settings());
    EXPECT_THAT(session.take_changed(), IsEmpty());
    session.feed(head(second, {{":status", "103"}}));
    EXPECT_THAT(session.take_changed(), IsEmpty());
    session.feed(ok(second) + ok(first) + data(second, "a") + data(second, "b", end_stream));
    EXPECT_THAT(session.take_changed(), ElementsAre(second, first));
    EXPECT_THAT(session.take_changed(), IsEmpty());
    session.feed(data(first, "a") + reset(third, 2));
    session.forget(first);
    EXPECT_THAT(session.take_changed(), ElementsAre(third));
    session.finish();
    EXPECT_THAT(session.take_changed(), IsEmpty());
}

TEST(H2Session, ABodyCanBeTakenOutWhileItArrives) {
    H2Session session({.body_size_max = 6});
    const StreamId id = get(session);
    (void)drain(session);
    session.feed(settings() + ok(id) + data(id, "abc"));
    EXPECT_EQ(std::exchange(session.stream(id).body(), {}), "abc");
    session.feed(data(id, "def"));
    EXPECT_EQ(session.stream(id).body(), "def");
    session.feed(data(id, "g"));  // the limit is one on the whole body
    EXPECT_EQ(shown(session, id), "failed: body_size");
    EXPECT_EQ(session.stream(id).body(), "");
}

TEST(H2Session, ALimitOfOneStreamLeavesTheOthersAlone) {
    H2Session session(small_limits);
    const StreamId first = get(session), second = get(session);
    (void)drain(session);
    session.feed(settings() + ok(first) + ok(second) + data(first, std::string(21, 'a')));
    EXPECT_EQ(shown(session, first), "failed: body_size");
    EXPECT_EQ(frames(drain(session)), "SETTINGS 0 ack, RST_STREAM 1 CANCEL (8)");
    session.feed(data(first, "late", end_stream) + data(second, "b", end_stream));
    EXPECT_EQ(shown(session, second), "200 [] body 'b' complete");
    EXPECT_TRUE(session.is_open_for_more());
}

/// Damages valid connections at random: the verdict may be anything, but not depend on how the bytes arrive.
TEST(H2Session, DamagedBytesGetOneVerdictHoweverTheyArrive) {
    const std::string originals[] = {
        sized("6") + data(1, "abc") + ping() + data(1, "def", end_stream),
        status("103") + ok(1) + data(1, "a") + settings({{4, 100}}) + head(1, {{"x", "y"}}, end_stream),
        ok(1) + window_update(0, 9) + data(1, "abc") + goaway(1) + data(1, "d", end_stream),
    };
    std::mt19937 random(1);
    const auto pick = [&random](std::size_t below) {
        return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
    };
    for (int round = 0; round < 3'000; ++round) {
        Case c{"damaged", originals[pick(std::size(originals))], "", "GET", pick(2) == 0};
        for (std::size_t damage = pick(3) + 1; damage > 0; --damage) {
            const std::size_t at = pick(c.bytes.size());
            if (pick(2) == 0) c.bytes[at] = static_cast<char>(pick(256));
            if (pick(2) == 0) c.bytes[at] = static_cast<char>(c.bytes[at] ^ (1 << pick(8)));
            if (pick(4) == 0) c.bytes.insert(at, 1, static_cast<char>(pick(256)));
        }
        const std::string_view bytes = c.bytes;
        const std::size_t first = pick(bytes.size() + 1);
        const std::size_t second = first + pick(bytes.size() - first + 1);
        ASSERT_EQ(verdict(c, {bytes}, small_limits),
                  verdict(c, {bytes.substr(0, first), bytes.substr(first, second - first), bytes.substr(second)},
                          small_limits))
            << "round " << round << ": " << testing::PrintToString(c.bytes);
    }
}

}  // namespace
}  // namespace trawl::http::h2
