/// H2Session: what a server may not do. The connection fails, in bounded memory, and says why to people and server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "h2_peer.hpp"

namespace trawl::http::h2 {
namespace {

using testing::HasSubstr;

/// Feeds `bytes` behind the settings of a server that has one request to answer.
struct Attacked {
    explicit Attacked(const H2Limits& limits = {}) : session(limits), id(h2::get(session)) {
        (void)drain(session);
        session.feed(settings() + settings_ack());
        (void)drain(session);
    }
    void expect_failure(const char* name, const std::string& said) {
        EXPECT_NE(session.failure(), "") << name;
        EXPECT_EQ(frames(drain(session)), said) << name;
        EXPECT_FALSE(session.wants_write()) << name;
        EXPECT_FALSE(session.is_open_for_more()) << name;
        EXPECT_EQ(session.stream_count(), 0U) << name;
        EXPECT_EQ(session.stream(id).state(), H2State::failed) << name;
    }

    H2Session session;
    StreamId id;
};

TEST(H2Hostile, BreakingTheRulesOfFramesFailsTheConnection) {
    const std::string oversized = frame(H2FrameType::data, none, 1, std::string(16'385, 'x'));
    struct {
        const char* name;
        std::string bytes;
        const char* said;
    } const cases[] = {
        {"a response that was not asked for", ok(3), "PROTOCOL_ERROR (1)"},
        {"data that were not asked for", data(3, "x"), "PROTOCOL_ERROR (1)"},
        {"a stream of the server's", ok(2), "PROTOCOL_ERROR (1)"},
        {"a response on no stream", ok(0), "PROTOCOL_ERROR (1)"},
        {"data on no stream", data(0, "x"), "PROTOCOL_ERROR (1)"},
        {"data before a head", data(1, "x"), "PROTOCOL_ERROR (1)"},
        {"a reset of no stream", reset(0, 2), "PROTOCOL_ERROR (1)"},
        {"a reset of a stream that is not", reset(7, 2), "PROTOCOL_ERROR (1)"},
        {"a push", frame(H2FrameType::push_promise, end_headers, 1, big_endian(2, 4) + block({{":method", "GET"}})),
         "PROTOCOL_ERROR (1)"},
        {"a continuation of nothing", frame(H2FrameType::continuation, end_headers, 1), "PROTOCOL_ERROR (1)"},
        {"a frame within a head", frame(H2FrameType::headers, none, 1, block({{":status", "200"}})) + ping(),
         "PROTOCOL_ERROR (1)"},
        {"a damaged head", frame(H2FrameType::headers, end_headers, 1, "\xff\xff\xff\xff\xff\xff"),
         "COMPRESSION_ERROR (9)"},
        {"a field out of a table that is empty", frame(H2FrameType::headers, end_headers, 1, "\xc0"),
         "COMPRESSION_ERROR (9)"},
        {"a table larger than allowed", frame(H2FrameType::headers, end_headers, 1, "\x3f\xff\xff\x03\x88"),
         "COMPRESSION_ERROR (9)"},
        {"a frame larger than allowed", ok(1) + oversized, "FRAME_SIZE_ERROR (6)"},
        {"its head alone", ok(1) + oversized.substr(0, 9), "FRAME_SIZE_ERROR (6)"},
        {"a short ping", frame(H2FrameType::ping, none, 0, "1234567"), "FRAME_SIZE_ERROR (6)"},
        {"settings that are cut", frame(H2FrameType::settings, none, 0, "1234"), "FRAME_SIZE_ERROR (6)"},
        {"settings on a stream", frame(H2FrameType::settings, none, 1), "PROTOCOL_ERROR (1)"},
        {"settings that enable push", settings({{2, 1}}), "PROTOCOL_ERROR (1)"},
        {"a window beyond 31 bits", settings({{4, 0x8000'0000}}), "FLOW_CONTROL_ERROR (3)"},
        {"an answer to no settings", settings_ack(), "PROTOCOL_ERROR (1)"},
        {"a window that overflows", window_update(0, 0x7fff'ffff), "FLOW_CONTROL_ERROR (3)"},
        {"a window by nothing", window_update(0, 0), "PROTOCOL_ERROR (1)"},
        {"padding without room", frame(H2FrameType::headers, end_headers | padded, 1, "\xff"), "PROTOCOL_ERROR (1)"},
        {"a GOAWAY that takes back", ok(1) + goaway(1) + goaway(3), "PROTOCOL_ERROR (1)"},
        {"too many settings", settings(std::vector<std::pair<std::uint16_t, std::uint32_t>>(33, {9, 1})),
         "ENHANCE_YOUR_CALM (11)"},
    };
    for (const auto& c : cases) {
        Attacked one;
        one.session.feed(c.bytes);
        one.expect_failure(c.name, format("GOAWAY 0 {}", c.said));
        one.session.feed(ok(one.id, end_stream));  // too late
        EXPECT_EQ(shown(one.session, one.id).substr(0, 6), "failed") << c.name;
        Attacked bytewise;
        for (const char byte : c.bytes) bytewise.session.feed({&byte, 1});
        bytewise.expect_failure(c.name, format("GOAWAY 0 {}", c.said));
        EXPECT_EQ(bytewise.session.failure(), one.session.failure()) << c.name;
    }
}

TEST(H2Hostile, AWindowOfAStreamThatOverflowsFailsTheStream) {
    Attacked one;
    one.session.feed(window_update(one.id, 0x7fff'ffff));
    EXPECT_EQ(shown(one.session, one.id), "failed: message");
    EXPECT_EQ(frames(drain(one.session)), "RST_STREAM 1 FLOW_CONTROL_ERROR (3)");
    EXPECT_EQ(one.session.failure(), "");
}

TEST(H2Hostile, AServerThatSpeaksSomethingElseIsToldApart) {
    for (const bool bytewise : {false, true}) {
        H2Session session;
        const StreamId id = get(session);
        (void)drain(session);
        const std::string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
        for (std::size_t i = 0; bytewise && i < answer.size(); ++i) session.feed(answer.substr(i, 1));
        if (!bytewise) session.feed(answer);
        EXPECT_EQ(session.failure(), "the server answers in HTTP/1 on a connection that was opened for HTTP/2");
        EXPECT_EQ(shown(session, id), "failed: connection");
    }
    H2Session session;
    session.feed("SSH-2.0-OpenSSH_9.2p1\r\n");
    EXPECT_EQ(session.failure(), "the server does not speak HTTP/2: it does not begin with its settings");
    H2Session impatient;
    impatient.feed(ping());
    EXPECT_EQ(impatient.failure(), session.failure());
    EXPECT_THAT(frames(drain(impatient)), testing::EndsWith("GOAWAY 0 PROTOCOL_ERROR (1)"));
    H2Session confirmed;
    confirmed.feed(settings_ack());
    EXPECT_EQ(confirmed.failure(), "the server breaks the rules of HTTP/2: PROTOCOL_ERROR (1), \"SETTINGS expected\"");
}

TEST(H2Hostile, StreamsOfAConnectionThatFailsSayWhetherTheyLeft) {
    Attacked one;
    const StreamId unsent = get(one.session);
    one.session.feed(ok(9));
    EXPECT_EQ(shown(one.session, one.id), "failed: connection");
    EXPECT_EQ(shown(one.session, unsent), "failed: connection, may repeat");
    EXPECT_EQ(one.session.stream(one.id).failure().text, one.session.failure());
    one.session.finish();
    EXPECT_EQ(shown(one.session, one.id), "failed: connection");
    EXPECT_FALSE(one.session.wants_write());
}

TEST(H2Hostile, AGoawayLetsStreamsUpToItsLastOneFinish) {
    Attacked one;
    const StreamId second = get(one.session), third = get(one.session);
    (void)drain(one.session);
    one.session.feed(ok(second));
    const StreamId unsent = get(one.session);
    one.session.feed(goaway(second, 0, "bye"));
    EXPECT_EQ(shown(one.session, one.id), "nothing");
    EXPECT_EQ(shown(one.session, third), "failed: refused, may repeat");
    EXPECT_EQ(shown(one.session, unsent), "failed: refused, may repeat");
    EXPECT_EQ(one.session.stream(third).failure().text,
              "the server did not process the request; it closes: NO_ERROR (0), \"bye\"");
    EXPECT_FALSE(one.session.is_open_for_more());
    EXPECT_EQ(one.session.failure(), "");
    EXPECT_EQ(one.session.stream_count(), 2U);
    one.session.feed(data(second, "b", end_stream) + goaway(one.id) + ok(one.id) + data(one.id, "a", end_stream));
    EXPECT_EQ(shown(one.session, one.id), "200 [] body 'a' complete");
    EXPECT_EQ(shown(one.session, second), "200 [] body 'b' complete");
    EXPECT_EQ(frames(drain(one.session)), "");
}

TEST(H2Hostile, AGoawayAheadOfTheEndLetsEverythingFinish) {
    Attacked one;
    one.session.feed(goaway(0x7fff'ffff));
    EXPECT_FALSE(one.session.is_open_for_more());
    one.session.feed(ok(one.id, end_stream) + goaway(one.id));
    EXPECT_EQ(shown(one.session, one.id), "200 [] body '' complete");
}

TEST(H2Hostile, FloodsAreBounded) {
    const std::size_t many = 200'000;
    struct {
        const char* name;
        std::string frame;
        const char* text;
    } const cases[] = {
        {"pings", ping(), "asks for more answers"},
        {"settings", settings({{4, 100}}), "asks for more answers"},
        {"empty settings", settings(), "asks for more answers"},
        {"answers to pings", frame(H2FrameType::ping, ack, 0, "12345678"), "bring no response"},
        {"windows", window_update(0, 1), "bring no response"},
        {"windows of the stream", window_update(1, 1), "bring no response"},
        {"priorities", frame(H2FrameType::priority, none, 1, big_endian(3, 4) + "x"), "bring no response"},
        {"empty data", data(1, ""), "bring no response"},
        {"padding", data(1, std::string("\1\0", 2), padded), "bring no response"},
        {"unknown frames", frame(H2FrameType{77}, 0, 0, "?"), "bring no response"},
        {"resets of what is over", reset(3, 8), "reset 1001 streams in a row"},
    };
    for (const auto& c : cases) {
        Attacked one;
        const StreamId other = get(one.session);
        (void)drain(one.session);
        one.session.feed(ok(one.id) + ok(other, end_stream));
        const std::string batch = repeated(c.frame, 1'000);
        std::size_t fed = 0;
        for (; fed < many && one.session.failure().empty(); fed += 1'000) one.session.feed(batch);
        EXPECT_LE(fed, 11'000U) << c.name;
        EXPECT_THAT(one.session.failure(), HasSubstr(c.text)) << c.name;
        const std::string out = drain(one.session);
        EXPECT_LE(out.size(), 70'000U) << c.name;
        EXPECT_THAT(frames(out), testing::EndsWith("GOAWAY 0 ENHANCE_YOUR_CALM (11)")) << c.name;
        EXPECT_EQ(one.session.stream(one.id).failure().code, H2Error::connection) << c.name;
    }
}

TEST(H2Hostile, AnswersThatAreSentAreNoFlood) {
    Attacked one;
    one.session.feed(ok(one.id));
    for (int i = 0; i < 50'000; ++i) {
        one.session.feed(ping() + (i % 100 == 0 ? data(one.id, "x") : ""));
        if (i % 1'000 == 0) {
            const std::string out = drain(one.session);
            EXPECT_LE(out.size(), 17'000U);
        }
    }
    EXPECT_EQ(one.session.failure(), "");
}

TEST(H2Hostile, ResettingEveryRequestIsAFlood) {
    H2Session session({.resets_max = 20});
    session.feed(settings());
    int asked = 0;
    while (session.is_open_for_more() && asked < 1'000) {
        const StreamId id = get(session);
        (void)drain(session);
        session.feed(reset(id, 7));
        session.forget(id);
        ++asked;
    }
    EXPECT_EQ(asked, 21);
    EXPECT_EQ(session.failure(), "the server reset 21 streams in a row");
}

TEST(H2Hostile, AnAnswerInBetweenForgivesResets) {
    H2Session session({.resets_max = 20});
    session.feed(settings());
    for (int i = 0; i < 100; ++i) {
        const StreamId id = get(session);
        (void)drain(session);
        session.feed(i % 10 == 0 ? ok(id, end_stream) : reset(id, 7));
        session.forget(id);
    }
    EXPECT_EQ(session.failure(), "");
}

TEST(H2Hostile, AHeadWithoutEndFailsTheConnection) {
    Attacked one;
    std::string bytes = frame(H2FrameType::headers, none, one.id, block({{":status", "200"}}));
    for (int i = 0; i < 100; ++i) bytes += frame(H2FrameType::continuation, none, one.id, block({{"a", "b"}}));
    one.session.feed(bytes);
    EXPECT_NE(one.session.failure(), "");
    Attacked empty;
    empty.session.feed(frame(H2FrameType::headers, none, empty.id) +
                       repeated(frame(H2FrameType::continuation, none, empty.id), 100));
    EXPECT_NE(empty.session.failure(), "");
}

/// A field of 4,000 bytes in HPACK's table, named by one byte each: 64 MB out of 20 KB.
TEST(H2Hostile, ACompressedHeadIsCountedAsWhatItMeans) {
    Attacked one;
    const std::string stored = "\x40" + literal("a") + literal(std::string(4'000, 'x'));
    one.session.feed(frame(H2FrameType::headers, end_headers, one.id,
                           block({{":status", "200"}}) + stored + std::string(12'000, '\xbe')));
    EXPECT_EQ(shown(one.session, one.id), "failed: head_size");
    EXPECT_EQ(one.session.failure(), "");
    const StreamId next = get(one.session);
    (void)drain(one.session);
    one.session.feed(frame(H2FrameType::headers, end_headers | end_stream, next, "\x88\xbe"));  // the table is whole
    EXPECT_EQ(shown(one.session, next), "200 [a=" + std::string(4'000, 'x') + "] body '' complete");
}

TEST(H2Hostile, DataOfForgottenStreamsAreNoFlood) {
    Attacked one;
    const StreamId other = get(one.session);
    (void)drain(one.session);
    one.session.forget(other);
    one.session.feed(repeated(data(other, "x"), 20'000));
    EXPECT_EQ(one.session.failure(), "");
    one.session.feed(ok(one.id, end_stream));
    EXPECT_EQ(shown(one.session, one.id), "200 [] body '' complete");
}

/// Uploads are acknowledged by two frames for each of theirs: 80 MB of them would have been a flood.
TEST(H2Hostile, WindowsThatLetABodyGoOnAreNoFlood) {
    const auto sent_by = [](std::uint32_t window) {
        H2Session session({.idle_frames_max = 100});
        session.feed(settings({{4, 0}}));
        const StreamId id = session.begin("POST", url(), {}, std::string(1 << 22, 'x'));
        (void)drain(session);
        while (session.failure().empty() && !session.is_body_out(id)) {
            session.feed(window_update(0, window) + window_update(id, window));
            (void)drain(session);
        }
        return session.failure();
    };
    EXPECT_EQ(sent_by(16'384), "");
    EXPECT_THAT(sent_by(1), HasSubstr("bring no response"));
}

}  // namespace
}  // namespace trawl::http::h2
