/// The pool: scenarios that assert on its printed state, and random traffic that checks its promises.
#include "pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

namespace trawl::http {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{};

struct PoolTest : testing::Test {
    /// Opens a connection for request `id` and has it connected.
    void open(Pool& pool, RequestId id, const char* origin, TimePoint now = start) {
        const PoolDecisions decisions = pool.request(id, origin, now);
        ASSERT_EQ(decisions.assigned.size(), 1U);
        ASSERT_TRUE(decisions.assigned[0].open);
        pool.connected(decisions.assigned[0].connection, now);
    }
};

TEST_F(PoolTest, OneConnectionServesOneRequestAfterTheOther) {
    Pool pool;
    EXPECT_EQ(pool.describe(start), "queue 0");
    EXPECT_EQ(pool.request(7, "http://a:80", start).describe(), "open 1 for 7");
    EXPECT_EQ(pool.describe(start), "[http://a:80 h1 connecting] queue 0");
    pool.connected(1, start);
    EXPECT_EQ(pool.describe(start), "[http://a:80 h1 active] queue 0");
    EXPECT_EQ(pool.released(1, true, start + 1s).describe(), "wait");
    EXPECT_EQ(pool.describe(start + 4s), "[http://a:80 h1 idle 3s] queue 0");
    EXPECT_EQ(pool.request(8, "http://a:80", start + 5s).describe(), "use 1 for 8");
    EXPECT_EQ(pool.describe(start + 5s), "[http://a:80 h1 active] queue 0");
    EXPECT_EQ(pool.released(1, false, start + 6s).describe(), "close 1");
    EXPECT_EQ(pool.describe(start + 6s), "queue 0");
}

TEST_F(PoolTest, AConnectionServesItsOwnOriginOnly) {
    Pool pool;
    open(pool, 1, "http://a:80");
    EXPECT_EQ(pool.released(1, true, start).describe(), "wait");
    EXPECT_EQ(pool.request(2, "https://a:443", start).describe(), "open 2 for 2");
    EXPECT_EQ(pool.describe(start), "[http://a:80 h1 idle 0s] [https://a:443 h1 connecting] queue 0");
}

TEST_F(PoolTest, TheFreshestIdleConnectionIsUsedFirst) {
    Pool pool;
    for (RequestId id : {1U, 2U, 3U}) open(pool, id, "a");
    for (ConnectionId id : {2U, 3U, 1U}) (void)pool.released(id, true, start);
    EXPECT_EQ(pool.request(4, "a", start).describe(), "use 1 for 4");
    EXPECT_EQ(pool.request(5, "a", start).describe(), "use 3 for 5");
    EXPECT_EQ(pool.request(6, "a", start).describe(), "use 2 for 6");
    EXPECT_EQ(pool.request(7, "a", start).describe(), "open 4 for 7");
}

TEST_F(PoolTest, RequestsBeyondTheOriginsLimitWaitInOrder) {
    Pool pool({.per_origin_max = 2});
    open(pool, 1, "a");
    open(pool, 2, "a");
    EXPECT_EQ(pool.request(3, "a", start).describe(), "wait");
    EXPECT_EQ(pool.request(4, "a", start).describe(), "wait");
    EXPECT_EQ(pool.request(5, "b", start).describe(), "open 3 for 5");
    EXPECT_EQ(pool.describe(start), "[a h1 active] [a h1 active] [b h1 connecting] queue 2");
    EXPECT_EQ(pool.released(2, true, start).describe(), "use 2 for 3");
    EXPECT_EQ(pool.released(1, false, start).describe(), "open 4 for 4; close 1");
    EXPECT_EQ(pool.describe(start), "[a h1 active] [b h1 connecting] [a h1 connecting] queue 0");
}

TEST_F(PoolTest, RequestsBeyondThePoolsLimitWaitInOrderOfArrival) {
    Pool pool({.connections_max = 2});
    open(pool, 1, "z");
    open(pool, 2, "z");
    EXPECT_EQ(pool.request(3, "y", start).describe(), "wait");
    EXPECT_EQ(pool.request(4, "b", start).describe(), "wait");
    EXPECT_EQ(pool.request(5, "z", start).describe(), "wait");
    EXPECT_EQ(pool.closed(1, start).describe(), "open 3 for 3");
    // Request 4 came before 5, but the connection is of 5's origin: using it beats closing it.
    EXPECT_EQ(pool.released(2, true, start).describe(), "use 2 for 5");
    EXPECT_EQ(pool.released(2, true, start).describe(), "open 4 for 4; close 2");
    EXPECT_EQ(pool.describe(start), "[y h1 connecting] [b h1 connecting] queue 0");
}

TEST_F(PoolTest, AFullPoolClosesTheConnectionThatHasBeenIdleLongest) {
    Pool pool({.connections_max = 3});
    for (RequestId id : {1U, 2U, 3U}) open(pool, id, "a");
    (void)pool.released(2, true, start + 1s);
    (void)pool.released(1, true, start + 2s);
    EXPECT_EQ(pool.request(4, "b", start + 3s).describe(), "open 4 for 4; close 2");
    EXPECT_EQ(pool.describe(start + 3s), "[a h1 idle 1s] [a h1 active] [b h1 connecting] queue 0");
}

TEST_F(PoolTest, IdleConnectionsExpire) {
    struct Case {
        std::optional<Duration> keep_alive;
        Duration fresh_until;  // usable before, closed from then on
    };
    for (const Case& c : {Case{std::nullopt, 15s}, Case{5s, 4s}, Case{60s, 15s}, Case{2s, 1s}}) {
        for (const bool in_time : {true, false}) {
            Pool pool;
            open(pool, 1, "a");
            EXPECT_EQ(pool.released(1, true, start, c.keep_alive).describe(), "wait");
            EXPECT_EQ(pool.next_expiry(), start + c.fresh_until);
            const TimePoint now = start + c.fresh_until - (in_time ? 1ns : 0ns);
            EXPECT_EQ(pool.request(2, "a", now).describe(), in_time ? "use 1 for 2" : "open 2 for 2; close 1");
        }
        Pool pool;
        open(pool, 1, "a");
        (void)pool.released(1, true, start, c.keep_alive);
        EXPECT_EQ(pool.expire(start + c.fresh_until - 1ns).describe(), "wait");
        EXPECT_EQ(pool.expire(start + c.fresh_until).describe(), "close 1");
        EXPECT_EQ(pool.next_expiry(), std::nullopt);
        EXPECT_EQ(pool.describe(start), "queue 0");
    }
}

TEST_F(PoolTest, AServerThatPromisesASecondOrLessIsNotBelieved) {
    for (const Duration promise : {Duration(0s), Duration(1s)}) {
        Pool pool;
        open(pool, 1, "a");
        EXPECT_EQ(pool.released(1, true, start, promise).describe(), "close 1");
    }
}

TEST_F(PoolTest, AConnectionEndsAfterItsLifetimeHoweverBusy) {
    Pool pool;
    open(pool, 1, "a");
    EXPECT_EQ(pool.released(1, true, start + 1h - 1s).describe(), "wait");
    EXPECT_EQ(pool.next_expiry(), start + 1h);
    EXPECT_EQ(pool.request(2, "a", start + 1h - 1ns).describe(), "use 1 for 2");
    EXPECT_EQ(pool.released(1, true, start + 1h).describe(), "close 1");
}

TEST_F(PoolTest, ACancelledRequestLeavesTheQueueOrItsConnection) {
    Pool pool({.per_origin_max = 1});
    open(pool, 1, "a");
    for (RequestId id : {2U, 3U, 4U}) EXPECT_EQ(pool.request(id, "a", start).describe(), "wait");
    EXPECT_EQ(pool.cancelled(2, start).describe(), "wait");
    EXPECT_EQ(pool.describe(start), "[a h1 active] queue 2");
    EXPECT_EQ(pool.cancelled(1, start).describe(), "open 2 for 3; close 1");
    EXPECT_EQ(pool.cancelled(3, start).describe(), "open 3 for 4; close 2");  // while it was connecting
    pool.connected(2, start);                                                 // too late: nobody waits for it
    EXPECT_EQ(pool.describe(start), "[a h1 connecting] queue 0");
    EXPECT_EQ(pool.cancelled(99, start).describe(), "wait");
}

TEST_F(PoolTest, AFailedConnectionPassesItsPlaceOn) {
    Pool pool({.per_origin_max = 1});
    EXPECT_EQ(pool.request(1, "a", start).describe(), "open 1 for 1");
    EXPECT_EQ(pool.request(2, "a", start).describe(), "wait");
    EXPECT_EQ(pool.closed(1, start).describe(), "open 2 for 2");
    EXPECT_EQ(pool.request(1, "a", start).describe(), "wait");  // the failed request tries again, behind the others
    EXPECT_EQ(pool.closed(1, start).describe(), "wait");        // told twice
}

TEST_F(PoolTest, AnIdleConnectionThatItsPeerClosedIsGone) {
    Pool pool;
    open(pool, 1, "a");
    (void)pool.released(1, true, start);
    EXPECT_EQ(pool.closed(1, start).describe(), "wait");
    EXPECT_EQ(pool.request(2, "a", start).describe(), "open 2 for 2");
}

/// Keeps the books beside the pool and checks every decision against them.
class Model {
public:
    explicit Model(unsigned seed) : random_(seed) {}

    void step() {
        now_ += std::chrono::milliseconds(pick(2'000));
        switch (pick(6)) {
            case 0:
            case 1:
                return ask();
            case 2:
            case 3:
                return release();
            case 4:
                return cancel();
            default:
                return pick(2) == 0 ? lose() : apply(pool_.expire(now_));
        }
    }

    void check() const {
        ASSERT_LE(pool_.connection_count(), limits.connections_max);
        ASSERT_EQ(pool_.connection_count(), connections_.size());
        ASSERT_EQ(pool_.waiting_count(), waiting_.size());
        std::map<std::string, std::size_t> used;
        for (const auto& [id, c] : connections_) ++used[c.origin];
        for (const auto& [origin, count] : used) ASSERT_LE(count, limits.per_origin_max) << origin;
        for (const auto& [id, origin] : waiting_) {
            ASSERT_TRUE(used[origin] == limits.per_origin_max || connections_.size() == limits.connections_max) << id;
            const bool at_its_limit = used[origin] == limits.per_origin_max;
            for (const auto& [other, c] : connections_)
                ASSERT_TRUE(c.request != 0 || (at_its_limit && c.origin != origin)) << id << " waits beside " << other;
        }
    }

private:
    static constexpr PoolLimits limits{.connections_max = 6, .per_origin_max = 3, .idle_max = 5s, .lifetime_max = 40s};
    struct Connection {
        std::string origin;
        RequestId request;  // 0: idle
    };

    unsigned pick(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }

    void apply(const PoolDecisions& decisions) {
        for (const ConnectionId id : decisions.close) ASSERT_EQ(connections_.erase(id), 1U);
        for (const auto& a : decisions.assigned) {
            const auto waiting = std::ranges::find(waiting_, a.request, &std::pair<RequestId, std::string>::first);
            ASSERT_NE(waiting, waiting_.end());
            for (auto earlier = waiting_.begin(); earlier != waiting; ++earlier)
                ASSERT_NE(earlier->second, waiting->second) << "overtaken within its origin";
            if (a.open) {
                ASSERT_TRUE(connections_.emplace(a.connection, Connection{waiting->second, a.request}).second);
                pool_.connected(a.connection, now_);
            } else {
                ASSERT_EQ(connections_.at(a.connection).request, 0U);
                ASSERT_EQ(connections_.at(a.connection).origin, waiting->second);
                connections_.at(a.connection).request = a.request;
            }
            waiting_.erase(waiting);
        }
    }

    void ask() {
        const std::string origin(1, static_cast<char>('a' + pick(4)));
        waiting_.emplace_back(++last_request_, origin);
        apply(pool_.request(last_request_, origin, now_));
    }

    void release() {
        for (auto& [id, c] : connections_) {
            if (c.request == 0 || pick(2) == 0) continue;
            const bool reusable = pick(4) > 0;
            c.request = 0;
            return apply(pool_.released(id, reusable, now_));
        }
    }

    void lose() {
        if (connections_.empty()) return;
        const ConnectionId id = connections_.begin()->first;
        connections_.erase(id);
        apply(pool_.closed(id, now_));
    }

    void cancel() {
        const RequestId id = last_request_ - std::min<RequestId>(pick(10), last_request_);
        std::erase_if(waiting_, [id](const auto& waiting) { return waiting.first == id; });
        apply(pool_.cancelled(id, now_));
    }

    std::mt19937 random_;
    Pool pool_{limits};
    TimePoint now_ = start;
    std::map<ConnectionId, Connection> connections_;
    std::deque<std::pair<RequestId, std::string>> waiting_;
    RequestId last_request_ = 0;
};

TEST_F(PoolTest, RandomTrafficBreaksNoPromise) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        Model model(seed);
        for (int i = 0; i < 400; ++i) {
            model.step();
            model.check();
            ASSERT_FALSE(HasFatalFailure()) << "seed " << seed << ", step " << i;
        }
    }
}

TEST(KeepAlive, ItsTimeoutIsRead) {
    struct Case {
        const char* value;
        std::optional<Duration> timeout;
    };
    const Case cases[] = {
        {"timeout=5", 5s},
        {"timeout=5, max=100", 5s},
        {"max=100, timeout=7", 7s},
        {"timeout = \"9\"", 9s},
        {"max=3", std::nullopt},
        {"", std::nullopt},
        {"timeout=", std::nullopt},
        {"timeout=x", std::nullopt},
        {"timeout=-1", std::nullopt},
        {"timeout=99999999999", std::nullopt},
    };
    for (const Case& c : cases) EXPECT_EQ(parse_keep_alive(c.value), c.timeout) << c.value;
}

}  // namespace
}  // namespace trawl::http
