#include "wire.hpp"

#include <gtest/gtest.h>

namespace trawl::origin {
namespace {

using namespace std::chrono_literals;

Answer answer(std::string body) {
    Answer said;
    said.fields = "X: y\r\n";
    said.body = std::move(body);
    return said;
}

TEST(Wire, FramesByLengthByChunksOrByTheEndOfTheConnection) {
    Framing framing;
    const std::string head = "Server: origin\r\nContent-Type: application/json\r\n";
    EXPECT_EQ(to_wire(answer("{}"), framing).bytes,
              "HTTP/1.1 200 OK\r\n" + head + "Content-Length: 2\r\nX: y\r\n\r\n{}");
    framing.chunked = true;
    EXPECT_EQ(to_wire(answer("{}"), framing).bytes,
              "HTTP/1.1 200 OK\r\n" + head + "Transfer-Encoding: chunked\r\nX: y\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
    framing.http10 = true;
    framing.keep_alive = false;
    EXPECT_EQ(to_wire(answer("{}"), framing).bytes,
              "HTTP/1.0 200 OK\r\n" + head + "Connection: close\r\nX: y\r\n\r\n{}");
}

TEST(Wire, LargeBodiesHaveSeveralChunksAndEmptyOnesNone) {
    Framing framing;
    framing.chunked = true;
    const WireText large = to_wire(answer(std::string(5000, 'x')), framing);
    EXPECT_EQ(large.bytes.substr(large.head_size, 6), "1000\r\n");
    EXPECT_EQ(large.bytes.substr(large.head_size + 6 + 4096, 7), "\r\n388\r\n");
    const WireText empty = to_wire(answer(""), framing);
    EXPECT_EQ(empty.bytes.substr(empty.head_size), "0\r\n\r\n");
}

TEST(Wire, TheAnswerToHeadIsTheHeadOfTheAnswerToGet) {
    Framing framing;
    const WireText get = to_wire(answer("{}"), framing);
    framing.head_only = true;
    EXPECT_EQ(to_wire(answer("{}"), framing).bytes, get.bytes.substr(0, get.head_size));
}

TEST(Wire, SaysKeepAliveOnlyToThoseWhoAsk) {
    Framing framing;
    framing.say_keep_alive = true;
    EXPECT_NE(to_wire(answer(""), framing).bytes.find("Connection: keep-alive\r\n"), std::string::npos);
    framing.keep_alive = false;
    EXPECT_EQ(to_wire(answer(""), framing).bytes.find("keep-alive"), std::string::npos);
}

TEST(Cut, TruncationsAndResetsAlwaysLeaveSomethingOut) {
    for (const bool chunked : {false, true}) {
        for (const bool head_only : {false, true}) {
            Framing framing;
            framing.chunked = chunked;
            framing.head_only = head_only;
            const WireText text = to_wire(answer("0123456789"), framing);
            for (double place = 0; place < 1; place += 0.01) {
                EXPECT_LT(cut_at(Fate{Fault::truncate, place}, text, framing), text.bytes.size());
                EXPECT_LT(cut_at(Fate{Fault::reset, place}, text, framing), text.bytes.size());
            }
        }
    }
}

TEST(Cut, ResetsComeBeforeTheHeadOrAmidTheBody) {
    const WireText text = to_wire(answer("0123456789"), Framing());
    EXPECT_EQ(cut_at(Fate{Fault::reset, 0}, text, Framing()), 0U);
    EXPECT_EQ(cut_at(Fate{Fault::reset, 0.33}, text, Framing()), 0U);
    EXPECT_EQ(cut_at(Fate{Fault::reset, 0.34}, text, Framing()), text.head_size);
    EXPECT_EQ(cut_at(Fate{Fault::reset, 0.999}, text, Framing()), text.bytes.size() - 1);
}

TEST(Cut, ATruncatedChunkedBodyLacksOnlyItsLastChunk) {
    Framing framing;
    framing.chunked = true;
    const WireText text = to_wire(answer("0123456789"), framing);
    const std::size_t cut = cut_at(Fate{Fault::truncate, 0.5}, text, framing);
    EXPECT_EQ(text.bytes.substr(cut), "0\r\n\r\n");
    EXPECT_EQ(text.bytes.substr(text.head_size, cut - text.head_size), "a\r\n0123456789\r\n");
}

TEST(RetryAfter, IsWhatIsTrueUnlessSetOtherwise) {
    WireSettings settings;
    EXPECT_EQ(retry_after_field(settings, 0s, 0), "Retry-After: 1\r\n");
    EXPECT_EQ(retry_after_field(settings, 10ms, 0), "Retry-After: 1\r\n");
    EXPECT_EQ(retry_after_field(settings, 2001ms, 0), "Retry-After: 3\r\n");
    settings.retry_after = RetryAfter::seconds;
    settings.retry_after_seconds = 0;
    EXPECT_EQ(retry_after_field(settings, 2001ms, 0), "Retry-After: 0\r\n");
    settings.retry_after = RetryAfter::none;
    EXPECT_EQ(retry_after_field(settings, 2001ms, 0), "");
}

TEST(RetryAfter, CanBeADate) {
    WireSettings settings;
    settings.retry_after_date = true;
    settings.retry_after_seconds = 2;
    // The example of RFC 9110 section 5.6.7, two seconds before.
    EXPECT_EQ(retry_after_field(settings, 0s, 784111775), "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

}  // namespace
}  // namespace trawl::origin
