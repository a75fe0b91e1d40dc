/// H2Session: who may send when. Windows, bodies of requests, streams that nobody wants any more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "h2_peer.hpp"
#include "trawl/base/error.hpp"

namespace trawl::http::h2 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const H2Limits small_windows{.stream_window = 1'000, .connection_window = 100'000};

/// A session whose preface is sent and whose settings the server has taken in.
struct Greeted {
    explicit Greeted(const H2Limits& limits = {}) : session(limits) {
        preface = drain(session);
        session.feed(settings() + settings_ack());
        (void)drain(session);
    }
    /// Begins a request and sends it.
    StreamId get() {
        const StreamId id = h2::get(session);
        (void)drain(session);
        return id;
    }
    std::string output() { return frames(drain(session)); }

    H2Session session;
    std::string preface;
};

TEST(H2Flow, ExchangesWithAServer) {
    H2Session session;
    Server server;
    const StreamId first = session.begin("GET", url(), {{"Accept", "*/*"}});
    const StreamId second = session.begin("POST", url(), {}, "a body");
    talk(session, server);
    EXPECT_THAT(server.requests.at(first).fields, ElementsAre(":method: GET", ":scheme: http", ":authority: a.example",
                                                              ":path: /x?y=1 (never indexed)", "accept: */*"));
    EXPECT_TRUE(server.requests.at(first).complete);
    EXPECT_EQ(server.requests.at(second).body, "a body");
    EXPECT_TRUE(server.requests.at(second).complete);
    server.respond(second, {{":status", "201"}, {"server", "x"}, {"content-length", "4"}}, "done");
    server.respond(first, {{":status", "200"}, {"server", "x"}}, std::string(300'000, 'z'));
    talk(session, server);
    EXPECT_EQ(shown(session, second), "201 [server=x content-length=4] body 'done' complete");
    EXPECT_EQ(session.stream(first).state(), H2State::complete);
    EXPECT_EQ(session.stream(first).body(), std::string(300'000, 'z'));
    EXPECT_EQ(session.stream_count(), 0U);
    EXPECT_THAT(server.closed, ElementsAre("3 NO_ERROR (0)", "1 NO_ERROR (0)"));
}

TEST(H2Flow, SaysFirstWhatItAllows) {
    H2Session session({.head_size_max = 1'000, .stream_window = 2'000, .connection_window = 70'000});
    const std::string out = drain(session);
    const std::string payload = big_endian(2, 2) + big_endian(0, 4) + big_endian(4, 2) + big_endian(2'000, 4) +
                                big_endian(6, 2) + big_endian(1'000, 4);
    EXPECT_EQ(out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(H2FrameType::settings, none, 0, payload) +
                       window_update(0, 70'000 - 65'535));
}

TEST(H2Flow, AReaderThatDoesNotReadStopsTheServer) {
    H2Session session(small_windows);
    Server server;
    const StreamId id = get(session);
    talk(session, server);
    server.respond(id, {{":status", "200"}}, std::string(5'000, 'z'));
    talk(session, server);
    EXPECT_EQ(session.stream(id).body().size(), 1'000U);
    EXPECT_EQ(server.unsent(id), 4'000U);
    session.took(id, 499);  // less than half a window is not worth a frame
    talk(session, server);
    EXPECT_EQ(session.stream(id).body().size(), 1'000U);
    session.took(id, 1);
    talk(session, server);
    EXPECT_EQ(session.stream(id).body().size(), 1'500U);
    std::size_t read = 500;
    for (int round = 0; round < 20 && session.stream(id).state() == H2State::body; ++round) {
        std::string& body = session.stream(id).body();
        const std::size_t size = body.size() - (read == 500 ? 500 : 0);
        body.clear();
        session.took(id, size);
        read += size;
        talk(session, server);
    }
    EXPECT_EQ(shown(session, id).substr(0, 6), "200 []");
    EXPECT_EQ(read + session.stream(id).body().size(), 5'000U);
}

TEST(H2Flow, OneReaderDoesNotStopTheOthers) {
    H2Session session(small_windows);
    Server server;
    const StreamId slow = get(session), fast = get(session);
    talk(session, server);
    server.respond(slow, {{":status", "200"}}, std::string(5'000, 'a'));
    server.respond(fast, {{":status", "200"}}, std::string(1'000, 'b'));
    talk(session, server);
    EXPECT_EQ(session.stream(fast).state(), H2State::complete);
    EXPECT_EQ(session.stream(slow).state(), H2State::body);
}

TEST(H2Flow, CreditIsGivenInHalvesOfTheWindow) {
    Greeted peer(small_windows);
    const StreamId id = peer.get();
    peer.session.feed(ok(id) + data(id, std::string(1'000, 'z')));
    peer.session.took(id, 499);
    EXPECT_EQ(peer.output(), "");
    peer.session.took(id, 1);
    EXPECT_EQ(peer.output(), "WINDOW_UPDATE 1 +500");
    peer.session.took(id, 100'000);  // more than came: only what came counts
    EXPECT_EQ(peer.output(), "WINDOW_UPDATE 1 +500");
    peer.session.took(id, 100'000);
    EXPECT_EQ(peer.output(), "");
    peer.session.feed(data(id, std::string(500, 'z')));
    peer.session.took(id, 1);
    EXPECT_EQ(peer.output(), "");
}

TEST(H2Flow, TheConnectionsWindowComesBackAsStreamsAreRead) {
    Greeted peer({.stream_window = 60'000, .connection_window = 80'000});
    const StreamId first = peer.get(), second = peer.get();
    peer.session.feed(ok(first) + ok(second));
    for (int i = 0; i < 4; ++i) peer.session.feed(data(first, std::string(10'000, 'z')));
    peer.session.took(first, 20'000);
    EXPECT_EQ(peer.output(), "");
    peer.session.feed(data(second, std::string(10'000, 'z')) + data(second, std::string(10'000, 'z'), end_stream));
    peer.session.took(second, 20'000);  // of a stream that is over
    EXPECT_EQ(peer.output(), "WINDOW_UPDATE 0 +40000");
    peer.session.took(first, 20'000);
    EXPECT_EQ(peer.output(), "WINDOW_UPDATE 1 +40000");
}

TEST(H2Flow, WhatIsSentBeyondAWindowIsAnError) {
    Greeted peer(small_windows);
    const StreamId first = peer.get(), second = peer.get();
    peer.session.feed(ok(first) + ok(second) + data(first, std::string(1'001, 'z')));
    EXPECT_EQ(shown(peer.session, first), "failed: message");
    EXPECT_EQ(peer.session.stream(first).failure().text,
              "the response cannot be used: more bytes of its body came than were allowed");
    EXPECT_EQ(peer.output(), "RST_STREAM 1 FLOW_CONTROL_ERROR (3)");
    EXPECT_EQ(shown(peer.session, second), "200 [] body ''");
    Greeted other({.stream_window = 200'000, .connection_window = 65'535});
    const StreamId id = other.get();
    other.session.feed(ok(id));
    for (int i = 0; i < 4; ++i) other.session.feed(data(id, std::string(16'384, 'z')));
    EXPECT_EQ(other.session.failure(), "the server breaks the rules of HTTP/2: FLOW_CONTROL_ERROR (3)");
    EXPECT_EQ(other.output(), "GOAWAY 0 FLOW_CONTROL_ERROR (3)");
}

TEST(H2Flow, ARequestsBodyKeepsToTheServersWindows) {
    H2Session session;
    Server server({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1'000}}, false);
    session.feed(server.output());
    const StreamId id = session.begin("PUT", url(), {}, std::string(200'000, 'x'));
    talk(session, server);
    EXPECT_EQ(server.requests.at(id).body.size(), 1'000U);
    EXPECT_FALSE(session.wants_write());
    EXPECT_FALSE(server.requests.at(id).complete);
    for (std::size_t read = 0; !server.requests.at(id).complete && read < 200'000;) {
        const std::size_t size = server.requests.at(id).body.size() - read;
        ASSERT_GT(size, 0U);
        server.read(id, size);
        read += size;
        talk(session, server);
    }
    EXPECT_EQ(server.requests.at(id).body, std::string(200'000, 'x'));
    EXPECT_TRUE(server.requests.at(id).complete);
}

TEST(H2Flow, OutputComesInPiecesSoThatABodyWaitsForTheConnection) {
    Greeted peer;
    peer.session.feed(settings({{4, 10'000'000}}) + window_update(0, 10'000'000));
    const StreamId id = peer.session.begin("PUT", url(), {}, std::string(1'000'000, 'x'));
    std::string out;
    std::size_t pieces = 0;
    for (std::string piece = peer.session.output(); !piece.empty(); piece = peer.session.output()) {
        EXPECT_LE(piece.size(), 65'536U);
        out += piece;
        if (++pieces == 3) peer.session.feed(ping());  // is answered in front of what is left
    }
    EXPECT_GT(out.size(), 1'000'000U);
    EXPECT_GT(pieces, 15U);
    EXPECT_THAT(frames(out), testing::ContainsRegex("DATA 1 16384 bytes, PING 0 ack, DATA 1 16384 bytes"));
    EXPECT_FALSE(peer.session.wants_write());
    EXPECT_EQ(shown(peer.session, id), "nothing");
}

TEST(H2Flow, StreamsWaitForTheServersLimit) {
    H2Session session({.streams_max = 150});
    EXPECT_EQ(session.streams_max(), 100U);
    session.feed(settings());
    EXPECT_EQ(session.streams_max(), 150U);  // no limit of its own
    session.feed(settings({{3, 1}}));
    EXPECT_EQ(session.streams_max(), 1U);
    const StreamId first = get(session), second = get(session);
    EXPECT_EQ(session.stream_count(), 2U);
    EXPECT_THAT(frames(drain(session)), testing::EndsWith("HEADERS 1 end"));
    session.feed(ok(first, end_stream));
    EXPECT_EQ(frames(drain(session)), "HEADERS 3 end");
    session.feed(ok(second, end_stream));
    EXPECT_EQ(shown(session, second), "200 [] body '' complete");
}

TEST(H2Flow, AStreamIsForgottenAtEachOfItsStates) {
    struct {
        const char* name;
        std::string before, after;
        const char* output;
    } const cases[] = {
        {"nothing came", "", ok(1) + data(1, "late", end_stream), "RST_STREAM 1 CANCEL (8)"},
        {"within a head", ok(1).substr(0, 12), ok(1).substr(12) + data(1, "late"), "RST_STREAM 1 CANCEL (8)"},
        {"behind the head", ok(1), data(1, "late") + head(1, {{"x", "y"}}, end_stream), "RST_STREAM 1 CANCEL (8)"},
        {"within data", ok(1) + data(1, "late").substr(0, 11), data(1, "late").substr(11), "RST_STREAM 1 CANCEL (8)"},
        {"reset meanwhile", ok(1), reset(1, 2), "RST_STREAM 1 CANCEL (8)"},
        {"complete", ok(1) + data(1, "abc", end_stream), "", ""},
        {"failed", reset(1, 2), "", ""},
        {"failed by its own fault", ok(1) + data(1, std::string(21, 'a')), data(1, "late"), "RST_STREAM 1 CANCEL (8)"},
    };
    for (const auto& c : cases) {
        for (const bool sends_first : {false, true}) {
            Greeted peer({.body_size_max = 20});
            const StreamId id = peer.get();
            peer.session.feed(c.before);
            peer.session.forget(id);
            std::string output = sends_first ? drain(peer.session) : "";
            peer.session.feed(c.after);
            output += drain(peer.session);
            EXPECT_EQ(frames(output), c.output) << c.name;
            EXPECT_EQ(peer.session.failure(), "") << c.name;
            EXPECT_EQ(peer.session.stream_count(), 0U) << c.name;
            EXPECT_THAT(peer.session.take_changed(), IsEmpty()) << c.name;
            const StreamId next = peer.get();
            peer.session.feed(ok(next, end_stream));
            EXPECT_EQ(shown(peer.session, next), "200 [] body '' complete") << c.name;
            peer.session.forget(id);  // once more, which means nothing
        }
    }
}

TEST(H2Flow, ARequestThatDidNotLeaveIsForgottenWithoutATrace) {
    Greeted peer;
    peer.session.feed(settings({{3, 1}}));
    const StreamId first = peer.get();
    const StreamId second = get(peer.session);
    peer.session.forget(second);
    EXPECT_EQ(peer.output(), "");
    EXPECT_EQ(peer.session.stream_count(), 1U);
    peer.session.feed(ok(first, end_stream));
    const StreamId third = get(peer.session);
    EXPECT_EQ(peer.output(), "HEADERS 5 end");
    EXPECT_EQ(shown(peer.session, third), "nothing");
}

TEST(H2Flow, WhatWasUnreadOrComesLateNarrowsNoWindow) {
    Greeted peer({.stream_window = 60'000, .connection_window = 80'000});
    for (int round = 0; round < 20; ++round) {  // 800,000 bytes in all: ten times the window
        const StreamId id = peer.get();
        peer.session.feed(ok(id) + data(id, std::string(15'000, 'z')) + data(id, std::string(10'000, 'z')));
        peer.session.forget(id);
        if (round % 2 == 0) (void)drain(peer.session);
        peer.session.feed(data(id, std::string(15'000, 'z')));
        (void)drain(peer.session);
        ASSERT_EQ(peer.session.failure(), "") << round;
    }
    for (int round = 0; round < 20; ++round) {  // within a frame
        const StreamId id = peer.get();
        const std::string whole = data(id, std::string(16'000, 'z'));
        peer.session.feed(ok(id) + whole.substr(0, 1'000));
        peer.session.forget(id);
        peer.session.feed(whole.substr(1'000));
        (void)drain(peer.session);
        ASSERT_EQ(peer.session.failure(), "") << round;
    }
    H2Limits limits{.body_size_max = 10'000, .stream_window = 60'000, .connection_window = 80'000};
    Greeted strict(limits);
    for (int round = 0; round < 20; ++round) {
        const StreamId id = strict.get();
        strict.session.feed(ok(id) + data(id, std::string(15'000, 'z')) + data(id, std::string(15'000, 'z')));
        EXPECT_EQ(shown(strict.session, id), "failed: body_size");
        (void)drain(strict.session);
        ASSERT_EQ(strict.session.failure(), "") << round;
    }
}

TEST(H2Flow, AConnectionThatEndsFailsWhatIsNotComplete) {
    Greeted peer;
    const StreamId answered = peer.get(), half = peer.get(), silent = peer.get();
    const StreamId unsent = get(peer.session);
    peer.session.feed(ok(answered, end_stream) + ok(half) + data(half, "abc"));
    peer.session.finish();
    EXPECT_EQ(shown(peer.session, answered), "200 [] body '' complete");
    EXPECT_EQ(shown(peer.session, half), "failed: cut");
    EXPECT_EQ(shown(peer.session, silent), "failed: unanswered");
    EXPECT_EQ(shown(peer.session, unsent), "failed: unanswered, may repeat");
    EXPECT_THAT(peer.session.take_changed(), ElementsAre(answered, half, silent, unsent));
    EXPECT_FALSE(peer.session.is_open_for_more());
    EXPECT_FALSE(peer.session.wants_write());
    EXPECT_EQ(peer.session.output(), "");
    EXPECT_EQ(peer.session.stream_count(), 0U);
    EXPECT_EQ(peer.session.failure(), "");
    EXPECT_THROW((void)get(peer.session), UsageError);
    peer.session.feed(ok(silent, end_stream));
    EXPECT_EQ(shown(peer.session, silent), "failed: unanswered");
    peer.session.took(half, 3);
    peer.session.forget(half);
    (void)peer.session.take_changed();
    peer.session.finish();
    EXPECT_THAT(peer.session.take_changed(), testing::IsEmpty());
    EXPECT_EQ(shown(peer.session, unsent), "failed: unanswered, may repeat");
}

TEST(H2Flow, StreamIdsAreUsedUp) {
    Greeted peer({.stream_id_max = 5});
    for (const StreamId expected : {1, 3, 5}) {
        ASSERT_TRUE(peer.session.is_open_for_more());
        EXPECT_EQ(peer.get(), expected);
    }
    EXPECT_FALSE(peer.session.is_open_for_more());
    EXPECT_THROW((void)get(peer.session), UsageError);
    peer.session.feed(ok(5, end_stream));
    EXPECT_EQ(shown(peer.session, 5), "200 [] body '' complete");
}

}  // namespace
}  // namespace trawl::http::h2
