/// The pool: scenarios that assert on its printed state, and random traffic that checks its promises.
#include "pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>

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
        (void)pool.connected(decisions.assigned[0].connection, now);
    }
};

TEST_F(PoolTest, OneConnectionServesOneRequestAfterTheOther) {
    Pool pool;
    EXPECT_EQ(pool.describe(start), "queue 0");
    EXPECT_EQ(pool.request(7, "http://a:80", start).describe(), "open 1 for 7");
    EXPECT_EQ(pool.describe(start), "[http://a:80 connecting] queue 0");
    EXPECT_EQ(pool.connected(1, start).describe(), "wait");
    EXPECT_EQ(pool.describe(start), "[http://a:80 h1 active] queue 0");
    EXPECT_EQ(pool.released(7, true, start + 1s).describe(), "wait");
    EXPECT_EQ(pool.describe(start + 4s), "[http://a:80 h1 idle 3s] queue 0");
    EXPECT_EQ(pool.request(8, "http://a:80", start + 5s).describe(), "use 1 for 8");
    EXPECT_EQ(pool.describe(start + 5s), "[http://a:80 h1 active] queue 0");
    EXPECT_EQ(pool.released(8, false, start + 6s).describe(), "close 1");
    EXPECT_EQ(pool.describe(start + 6s), "queue 0");
}

TEST_F(PoolTest, WhatIsFreeCanBeHadAtOnceAndNothingElse) {
    Pool pool({.connections_max = 2, .idle_max = 5s});
    EXPECT_EQ(pool.request_at_once(1, "a", start), std::nullopt);
    open(pool, 1, "a");
    open(pool, 2, "a");
    EXPECT_EQ(pool.request_at_once(3, "a", start), std::nullopt);
    (void)pool.released(2, true, start);
    EXPECT_EQ(pool.request_at_once(3, "b", start), std::nullopt);
    EXPECT_EQ(pool.request_at_once(3, "a", start + 5s), std::nullopt);
    EXPECT_EQ(pool.request_at_once(3, "a", start + 4s), 2U);
    EXPECT_EQ(pool.describe(start + 4s), "[a h1 active] [a h1 active] queue 0");
    EXPECT_EQ(pool.request(4, "a", start + 4s).describe(), "wait");
    EXPECT_EQ(pool.released(3, true, start + 4s).describe(), "use 2 for 4");
    EXPECT_EQ(pool.cancelled(4, start + 4s).describe(), "close 2");
}

TEST_F(PoolTest, AShareCanBeHadAtOnceWhileThereIsRoom) {
    Pool pool({.lifetime_max = 40s});
    EXPECT_EQ(pool.request(1, "a", start, true).describe(), "open 1 for 1");
    EXPECT_EQ(pool.connected_shared(1, 2, start).describe(), "wait");
    EXPECT_EQ(pool.request_at_once(2, "a", start + 40s), std::nullopt);
    EXPECT_EQ(pool.request_at_once(2, "a", start), 1U);
    EXPECT_EQ(pool.request_at_once(3, "a", start), std::nullopt);
    EXPECT_EQ(pool.describe(start), "[a h2 2/2] queue 0");
}

TEST_F(PoolTest, AConnectionServesItsOwnOriginOnly) {
    Pool pool;
    open(pool, 1, "http://a:80");
    EXPECT_EQ(pool.released(1, true, start).describe(), "wait");
    EXPECT_EQ(pool.request(2, "https://a:443", start).describe(), "open 2 for 2");
    EXPECT_EQ(pool.describe(start), "[http://a:80 h1 idle 0s] [https://a:443 connecting] queue 0");
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
    EXPECT_EQ(pool.describe(start), "[a h1 active] [a h1 active] [b connecting] queue 2");
    EXPECT_EQ(pool.released(2, true, start).describe(), "use 2 for 3");
    EXPECT_EQ(pool.released(1, false, start).describe(), "open 4 for 4; close 1");
    EXPECT_EQ(pool.describe(start), "[a h1 active] [b connecting] [a connecting] queue 0");
}

TEST_F(PoolTest, RequestsBeyondThePoolsLimitWaitInOrderOfArrival) {
    Pool pool({.connections_max = 2});
    open(pool, 1, "z");
    open(pool, 2, "z");
    EXPECT_EQ(pool.request(3, "y", start).describe(), "wait");
    EXPECT_EQ(pool.request(4, "b", start).describe(), "wait");
    EXPECT_EQ(pool.request(5, "z", start).describe(), "wait");
    EXPECT_EQ(pool.cancelled(1, start).describe(), "open 3 for 3; close 1");
    // Request 4 came before 5, but the connection is of 5's origin: using it beats closing it.
    EXPECT_EQ(pool.released(2, true, start).describe(), "use 2 for 5");
    EXPECT_EQ(pool.released(5, true, start).describe(), "open 4 for 4; close 2");
    EXPECT_EQ(pool.describe(start), "[y connecting] [b connecting] queue 0");
}

TEST_F(PoolTest, AFullPoolClosesTheConnectionThatHasBeenIdleLongest) {
    Pool pool({.connections_max = 3});
    for (RequestId id : {1U, 2U, 3U}) open(pool, id, "a");
    (void)pool.released(2, true, start + 1s);
    (void)pool.released(1, true, start + 2s);
    EXPECT_EQ(pool.request(4, "b", start + 3s).describe(), "open 4 for 4; close 2");
    EXPECT_EQ(pool.describe(start + 3s), "[a h1 idle 1s] [a h1 active] [b connecting] queue 0");
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
    EXPECT_EQ(pool.released(2, true, start + 1h).describe(), "close 1");
}

TEST_F(PoolTest, ACancelledRequestLeavesTheQueueOrItsConnection) {
    Pool pool({.per_origin_max = 1});
    open(pool, 1, "a");
    for (RequestId id : {2U, 3U, 4U}) EXPECT_EQ(pool.request(id, "a", start).describe(), "wait");
    EXPECT_EQ(pool.cancelled(2, start).describe(), "wait");
    EXPECT_EQ(pool.describe(start), "[a h1 active] queue 2");
    EXPECT_EQ(pool.cancelled(1, start).describe(), "open 2 for 3; close 1");
    EXPECT_EQ(pool.cancelled(3, start).describe(), "open 3 for 4; close 2");  // while it was connecting
    EXPECT_EQ(pool.connected(2, start).describe(), "wait");                   // too late: nobody waits for it
    EXPECT_EQ(pool.describe(start), "[a connecting] queue 0");
    EXPECT_EQ(pool.cancelled(99, start).describe(), "wait");
}

TEST_F(PoolTest, AFailedConnectionPassesItsPlaceOn) {
    Pool pool({.per_origin_max = 1});
    EXPECT_EQ(pool.request(1, "a", start).describe(), "open 1 for 1");
    EXPECT_EQ(pool.request(2, "a", start).describe(), "wait");
    EXPECT_EQ(pool.cancelled(1, start).describe(), "open 2 for 2; close 1");
    EXPECT_EQ(pool.request(1, "a", start).describe(), "wait");  // the failed request tries again, behind the others
}

TEST_F(PoolTest, ASharedConnectionCarriesAsManyRequestsAsItsServerAllows) {
    Pool pool;
    EXPECT_EQ(pool.request(1, "a", start, true).describe(), "open 1 for 1");
    EXPECT_EQ(pool.connected_shared(1, 3, start).describe(), "wait");
    EXPECT_EQ(pool.request(2, "a", start, true).describe(), "use 1 for 2");
    EXPECT_EQ(pool.request(3, "a", start, true).describe(), "use 1 for 3");
    EXPECT_EQ(pool.describe(start), "[a h2 3/3] queue 0");
    EXPECT_EQ(pool.request(4, "a", start, true).describe(), "open 2 for 4");
    EXPECT_EQ(pool.released(2, true, start).describe(), "wait");
    EXPECT_EQ(pool.request(5, "a", start, true).describe(), "use 1 for 5");
    EXPECT_EQ(pool.describe(start), "[a h2 3/3] [a connecting] queue 0");
    EXPECT_EQ(pool.connected_shared(2, 3, start).describe(), "wait");
    EXPECT_EQ(pool.request(6, "a", start, true).describe(), "use 2 for 6");
    EXPECT_EQ(pool.cancelled(1, start).describe(), "wait");  // the others go on
    EXPECT_EQ(pool.describe(start), "[a h2 2/3] [a h2 2/3] queue 0");
    EXPECT_EQ(pool.request(7, "a", start, true).describe(), "use 1 for 7");
}

TEST_F(PoolTest, WhereConnectionsMayBeSharedRequestsWaitForTheFirst) {
    for (const bool shared : {true, false}) {
        Pool pool;
        EXPECT_EQ(pool.request(1, "a", start, true).describe(), "open 1 for 1");
        EXPECT_EQ(pool.request(2, "a", start, true).describe(), "wait");
        EXPECT_EQ(pool.request(3, "a", start, true).describe(), "wait");
        EXPECT_EQ(pool.describe(start), "[a connecting] queue 2");
        if (shared) {
            EXPECT_EQ(pool.connected_shared(1, 100, start).describe(), "use 1 for 2; use 1 for 3");
        } else {
            EXPECT_EQ(pool.connected(1, start).describe(), "open 2 for 2; open 3 for 3");
            EXPECT_EQ(pool.request(4, "a", start, true).describe(), "open 4 for 4");
        }
    }
}

TEST_F(PoolTest, WhenTheFirstCannotBeOpenedTheNextRequestTries) {
    Pool pool;
    EXPECT_EQ(pool.request(1, "a", start, true).describe(), "open 1 for 1");
    EXPECT_EQ(pool.request(2, "a", start, true).describe(), "wait");
    EXPECT_EQ(pool.cancelled(1, start).describe(), "open 2 for 2; close 1");
}

/// Behind each other, the hundredth would have waited for a hundred times the limit of a connection.
TEST_F(PoolTest, WhereTheFirstCannotBeOpenedMoreAndMoreTryAtOnce) {
    Pool pool;
    for (const RequestId id : {1U, 2U, 3U, 4U, 5U, 6U}) (void)pool.request(id, "a", start, true);
    EXPECT_EQ(pool.cancelled(1, start).describe(), "open 2 for 2; open 3 for 3; close 1");
    EXPECT_EQ(pool.cancelled(2, start).describe(), "open 4 for 4; open 5 for 5; open 6 for 6; close 2");
    EXPECT_EQ(pool.connected_shared(3, 2, start).describe(), "wait");
    EXPECT_EQ(pool.request(7, "a", start, true).describe(), "use 3 for 7");
    EXPECT_EQ(pool.request(8, "a", start, true).describe(), "wait");
}

TEST_F(PoolTest, AServerMayAllowMoreOrFewerRequests) {
    Pool pool({.per_origin_max = 1});
    for (const RequestId id : {1U, 2U, 3U}) (void)pool.request(id, "a", start, true);
    EXPECT_EQ(pool.connected_shared(1, 1, start).describe(), "wait");
    EXPECT_EQ(pool.resized(1, 2, start).describe(), "use 1 for 2");
    EXPECT_EQ(pool.resized(1, 0, start).describe(), "wait");
    EXPECT_EQ(pool.describe(start), "[a h2 2/0] queue 1");
    EXPECT_EQ(pool.released(1, true, start).describe(), "wait");
    EXPECT_EQ(pool.resized(1, 5, start).describe(), "use 1 for 3");
}

TEST_F(PoolTest, ARetiredConnectionServesItsRequestsToTheEnd) {
    Pool pool;
    (void)pool.request(1, "a", start, true);
    (void)pool.connected_shared(1, 10, start);
    (void)pool.request(2, "a", start, true);
    EXPECT_EQ(pool.retired(1, start).describe(), "wait");
    EXPECT_EQ(pool.retired(1, start).describe(), "wait");
    EXPECT_EQ(pool.request(3, "a", start, true).describe(), "open 2 for 3");
    EXPECT_EQ(pool.released(1, true, start).describe(), "wait");
    EXPECT_EQ(pool.cancelled(2, start).describe(), "close 1");
    EXPECT_EQ(pool.describe(start), "[a connecting] queue 0");
}

TEST_F(PoolTest, AnIdleSharedConnectionExpiresOrMakesRoom) {
    for (const bool in_time : {true, false}) {
        Pool pool({.connections_max = 1});
        (void)pool.request(1, "a", start, true);
        (void)pool.connected_shared(1, 10, start);
        EXPECT_EQ(pool.released(1, true, start).describe(), "wait");
        EXPECT_EQ(pool.describe(start + 4s), "[a h2 idle 4s] queue 0");
        EXPECT_EQ(pool.next_expiry(), start + 15s);
        const TimePoint now = start + 15s - (in_time ? 1ns : 0ns);
        EXPECT_EQ(pool.request(2, "a", now, true).describe(), in_time ? "use 1 for 2" : "open 2 for 2; close 1");
        EXPECT_EQ(pool.request(3, "b", now).describe(), "wait");
        if (!in_time) continue;
        EXPECT_EQ(pool.released(2, true, now).describe(), "open 2 for 3; close 1");
    }
}

TEST_F(PoolTest, ABusySharedConnectionIsReplacedAfterItsLifetime) {
    Pool pool;
    (void)pool.request(1, "a", start, true);
    (void)pool.connected_shared(1, 10, start);
    EXPECT_EQ(pool.request(2, "a", start + 1h - 1ns, true).describe(), "use 1 for 2");
    EXPECT_EQ(pool.request(3, "a", start + 1h, true).describe(), "open 2 for 3");
    EXPECT_EQ(pool.released(1, true, start + 1h).describe(), "wait");
    EXPECT_EQ(pool.released(2, true, start + 1h).describe(), "close 1");
}

/// Keeps the books beside the pool and checks every decision against them.
class Model {
public:
    explicit Model(unsigned seed) : random_(seed) {}

    void step() {
        now_ += std::chrono::milliseconds(pick(2'000));
        switch (pick(8)) {
            case 0:
            case 1:
            case 2:
                return ask();
            case 3:
                return release();
            case 4:
                return cancel();
            case 5:
                return connect();
            case 6:
                return change_a_shared_one();
            default:
                return apply(pool_.expire(now_));
        }
    }

    void check() const {
        ASSERT_LE(pool_.connection_count(), limits.connections_max);
        ASSERT_EQ(pool_.connection_count(), connections_.size());
        ASSERT_EQ(pool_.waiting_count(), waiting_.size());
        std::map<std::string, std::size_t> used, opening;
        for (const auto& [id, c] : connections_) {
            ++used[c.origin];
            opening[c.origin] += c.is_open ? 0 : 1;
        }
        for (const auto& [origin, count] : used) ASSERT_LE(count, limits.per_origin_max) << origin;
        for (const auto& [id, origin] : waiting_) {
            const bool at_its_limit = used[origin] == limits.per_origin_max;
            const bool may_be_served_soon = may_share(origin) && opening[origin] > 0;
            ASSERT_TRUE(at_its_limit || may_be_served_soon || connections_.size() == limits.connections_max) << id;
            for (const auto& [other, c] : connections_) {
                ASSERT_FALSE(c.origin == origin && has_room(c)) << id << " waits beside " << other;
                ASSERT_TRUE(!c.requests.empty() || at_its_limit || may_be_served_soon) << id << " waits for " << other;
            }
        }
    }

private:
    static constexpr PoolLimits limits{.connections_max = 6, .per_origin_max = 3, .idle_max = 5s, .lifetime_max = 40s};
    struct Connection {
        std::string origin;
        std::set<RequestId> requests{};  // none: idle
        std::size_t requests_max = 1;
        bool is_open = false, is_shared = false, is_retired = false;
        TimePoint opened{};
    };

    unsigned pick(unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random_); }
    static bool may_share(const std::string& origin) { return origin >= "c"; }
    bool has_room(const Connection& c) const {
        return c.is_open && !c.is_retired && c.requests.size() < c.requests_max &&
               now_ - c.opened < limits.lifetime_max;
    }

    void apply(const PoolDecisions& decisions) {
        for (const ConnectionId id : decisions.close) ASSERT_EQ(connections_.erase(id), 1U);
        for (const auto& a : decisions.assigned) {
            const auto waiting = std::ranges::find(waiting_, a.request, &std::pair<RequestId, std::string>::first);
            ASSERT_NE(waiting, waiting_.end());
            for (auto earlier = waiting_.begin(); earlier != waiting; ++earlier)
                ASSERT_NE(earlier->second, waiting->second) << "overtaken within its origin";
            if (a.open) {
                ASSERT_TRUE(connections_.emplace(a.connection, Connection{waiting->second}).second);
            }
            Connection& connection = connections_.at(a.connection);
            ASSERT_EQ(connection.origin, waiting->second);
            ASSERT_TRUE(a.open || has_room(connection));
            connection.requests.insert(a.request);
            waiting_.erase(waiting);
        }
    }

    void ask() {
        const std::string origin(1, static_cast<char>('a' + pick(4)));
        waiting_.emplace_back(++last_request_, origin);
        if (pick(2) == 0) {
            if (const auto free = pool_.request_at_once(last_request_, origin, now_)) {
                return apply({.assigned = {{last_request_, *free, false}}, .close = {}});
            }
        }
        apply(pool_.request(last_request_, origin, now_, may_share(origin)));
    }

    void connect() {
        for (auto& [id, c] : connections_) {
            if (c.is_open) continue;
            c.is_open = true;
            c.opened = now_;
            c.is_shared = may_share(c.origin) && pick(4) > 0;
            if (!c.is_shared) return apply(pool_.connected(id, now_));
            c.requests_max = 1 + pick(3);
            return apply(pool_.connected_shared(id, c.requests_max, now_));
        }
    }

    void change_a_shared_one() {
        for (auto& [id, c] : connections_) {
            if (!c.is_shared || pick(2) == 0) continue;
            if (pick(3) == 0) {
                c.is_retired = true;
                return apply(pool_.retired(id, now_));
            }
            c.requests_max = pick(4);
            return apply(pool_.resized(id, c.requests_max, now_));
        }
    }

    void release() {
        for (auto& [id, c] : connections_) {
            if (!c.is_open || c.requests.empty() || pick(2) == 0) continue;
            const RequestId done = *c.requests.begin();
            c.requests.erase(done);
            return apply(pool_.released(done, pick(4) > 0, now_));
        }
    }

    void cancel() {
        const RequestId id = last_request_ - std::min<RequestId>(pick(10), last_request_);
        std::erase_if(waiting_, [id](const auto& waiting) { return waiting.first == id; });
        for (auto& [connection, c] : connections_) c.requests.erase(id);
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
