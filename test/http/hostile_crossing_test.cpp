/// No answer reaches a request that it was not made for. Hundreds of requests at once, each with a number that its
/// answer must carry, some of them cancelled, at a server that misbehaves at random from a seed.
#include <gtest/gtest.h>

#include <random>

#include "hostile.hpp"
#include "raw_server.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::ok;
using testing::outcome;
using testing::RawPeer;
using testing::RawServer;

/// What a test draws from a seed. One loop runs it, so that the same draws meet the same requests, as a rule.
class Dice {
public:
    explicit Dice(unsigned seed) : random_(seed) {}
    unsigned below(unsigned end) { return std::uniform_int_distribution<unsigned>(0, end - 1)(random_); }

private:
    std::mt19937 random_;
};

/// "17" of "GET /17 HTTP/1.1...".
std::string number_in(const std::string& head) {
    const std::size_t begin = head.find('/') + 1;
    return head.substr(begin, head.find(' ', begin) - begin);
}

std::string with_length(const std::string& fields, std::size_t length, const std::string& body) {
    return format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", fields, length, body);
}

std::string chunked(const std::string& body) {
    return format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n", body.size(), body);
}

struct Move {
    std::string bytes;
    enum class Then { go_on, close, reset, stall } then = Then::go_on;
};

/// Whole answers first, then what leaves something behind. "stolen" is never the answer to anything.
Move draw(Dice& dice, const std::string& number) {
    using enum Move::Then;
    const std::string stolen = ok("stolen");
    const std::string half = number + "half";
    switch (dice.below(16)) {
        case 0:
            return {chunked(number)};
        case 1:
            return {"HTTP/1.1 103 E\r\nLink: a\r\n\r\n" + ok(number)};
        case 2:
            return {ok(number), close};
        case 3:
            return {with_length("Connection: close\r\n", number.size(), number)};
        case 4:
            return {"HTTP/1.1 200 OK\r\n\r\n" + number, close};
        case 5:
            return {ok(number) + stolen};
        case 6:
            return {chunked(number) + stolen.substr(0, 20)};
        case 7:
            return {with_length("", 1'000, half), close};
        case 8:
            return {with_length("", 1'000, half), reset};
        case 9:
            return {with_length("", 1'000, half), stall};
        case 10:
            return {with_length("Content-Length: 6\r\n", number.size(), number) + stolen};
        case 11:
            return {"HTTP/1.1 204 N\r\nContent-Length: 6\r\n\r\nstolen"};
        case 12:
            return {"", dice.below(2) == 0 ? close : reset};
        case 13:
            return {"", stall};
        default:
            return {ok(number)};
    }
}

/// What a connection of the server does, request after request.
Task<> misbehave(RawPeer& peer, Dice& dice) {
    while (true) {
        const std::string head = co_await peer.head();
        if (head.empty()) co_return;
        const Move move = draw(dice, number_in(head));
        for (unsigned turns = dice.below(3); turns > 0; --turns) co_await sleep(Duration::zero());
        co_await peer.send(move.bytes);
        if (move.then == Move::Then::close) co_return;
        if (move.then == Move::Then::reset) peer.reset();
        if (move.then == Move::Then::reset) co_return;
        if (move.then == Move::Then::stall) co_await peer.rest();
    }
}

struct Counts {
    std::size_t answered = 0, empty = 0, failed = 0, crossed = 0;
};

Task<> ask(Client& client, unsigned number, bool in_pieces, Counts& counts) {
    const std::string mine = std::to_string(number);
    const std::string got = co_await outcome(client.get("/" + mine).timeout(20s), in_pieces);
    if (got == format("200 '{}'", mine)) {
        ++counts.answered;
    } else if (got == "204 ''") {
        ++counts.empty;
    } else if (got.starts_with("2")) {
        ++counts.crossed;
        ADD_FAILURE() << "request " << mine << " was answered with " << got;
    } else {
        ++counts.failed;
    }
}

/// Asks, and gives up when it has taken its turns: at whatever point that is.
Task<> ask_for_a_while(Client& client, unsigned number, Counts& counts, unsigned turns) {
    TaskGroup group;
    group.spawn(ask(client, number, false, counts));
    while (turns-- > 0 && group.size() > 0) co_await sleep(Duration::zero());
}

Task<Counts> storm(unsigned seed) {
    Dice dice(seed);
    Counts counts;
    RawServer server([&dice](RawPeer& peer) -> Task<> { co_await misbehave(peer, dice); });
    ClientOptions options;
    options.connections = 20;
    options.first_byte_timeout = options.read_timeout = 100ms;
    Client client(server.url(), options);
    TaskGroup group;
    for (unsigned number = 1'000; number < 1'400; ++number) {
        if (dice.below(4) == 0) {
            group.spawn(ask_for_a_while(client, number, counts, dice.below(60)));
        } else {
            group.spawn(ask(client, number, dice.below(3) == 0, counts));
        }
    }
    co_await group.join();
    EXPECT_THAT(client.describe_pool(), ::testing::EndsWith("queue 0"));
    EXPECT_THAT(client.describe_pool(), ::testing::Not(::testing::HasSubstr("active")));
    EXPECT_THAT(client.describe_pool(), ::testing::Not(::testing::HasSubstr("connecting")));
    co_return counts;
}

TEST(HostileCrossing, AnAnswerReachesNobodyElse) {
    const std::size_t leased = Buffer::leased();
    Counts all;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        SCOPED_TRACE(format("seed {}", seed));
        const Counts counts = run(storm(seed));
        all.answered += counts.answered;
        all.failed += counts.failed;
        EXPECT_EQ(counts.crossed, 0U);
    }
    EXPECT_GT(all.answered, 0U) << "some requests are answered";
    EXPECT_GT(all.failed, 0U) << "and some are not";
    EXPECT_EQ(Buffer::leased(), leased);
}

}  // namespace
}  // namespace trawl
