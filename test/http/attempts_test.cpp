/// The attempts of a request in virtual time: pauses, the gate of an origin, its budget, what errors are told.
#include "attempts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/http/decompression_bomb.hpp"
#include "trawl/http/refused_redirect.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl::http {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

const std::string kOrigin = "http://a:80";
constexpr Duration kNoJitter{};

/// Always the longest delays would need a generator of the test's own: a base of nothing has none.
RetryPolicy prompt(int attempts = 6) { return RetryPolicy(attempts, kNoJitter, kNoJitter); }

Failure status(int code, std::optional<std::string> retry_after = {}) {
    return {FailureKind::status, code, std::move(retry_after)};
}

Attempts get(RetryOrigins& origins, const RetryPolicy& policy, std::string method = "GET") {
    return {origins, policy, std::move(method), kOrigin, {}};
}

/// Runs `body` on a loop whose time jumps; gives the time that it took.
Duration virtually(const std::function<Task<>(RetryOrigins&)>& body) {
    VirtualLoop loop;
    RetryOrigins origins;
    loop.run(body(origins));
    return loop.elapsed();
}

TEST(Attempts, EndWithThePolicys) {
    virtually([](RetryOrigins& origins) -> Task<> {
        Attempts attempts = get(origins, prompt(3));
        for (int number = 1; number <= 3; ++number) {
            co_await attempts.admit();
            EXPECT_EQ(attempts.number(), number);
            EXPECT_EQ(attempts.goes_on(status(503), kOrigin), number < 3);
            co_await attempts.pause();
        }
        EXPECT_EQ(attempts.note(), "attempt 3 of 3");
    });
}

TEST(Attempts, PauseAsLongAsTheSourceAsks) {
    const Duration took = virtually([](RetryOrigins& origins) -> Task<> {
        Attempts attempts = get(origins, prompt());
        co_await attempts.admit();
        EXPECT_TRUE(attempts.goes_on(status(429, "30"), kOrigin));
        co_await attempts.pause();
        co_await attempts.admit();
    });
    EXPECT_EQ(took, 30s);
}

Task<> ask_after(RetryOrigins& origins, Duration pause, std::string origin, Duration expected) {
    const TimePoint began = Loop::current().now();
    co_await sleep(pause);
    Attempts attempts(origins, prompt(), "GET", origin, {});
    co_await attempts.admit();
    EXPECT_EQ(Loop::current().now() - began, expected) << origin;
}

Task<> be_refused(RetryOrigins& origins, std::string method, std::string retry_after) {
    Attempts attempts = get(origins, prompt(), std::move(method));
    co_await attempts.admit();
    (void)attempts.goes_on(status(429, std::move(retry_after)), kOrigin);
}

TEST(Attempts, WaitForWhatTheSourceToldOthers) {
    virtually([](RetryOrigins& origins) -> Task<> {
        co_await gather(be_refused(origins, "GET", "30"), ask_after(origins, 1s, kOrigin, 30s),
                        ask_after(origins, 31s, kOrigin, 31s), ask_after(origins, 1s, "http://b:80", 1s));
    });
}

TEST(Attempts, CloseTheGateForOthersAlsoWhereTheyGiveUp) {
    virtually([](RetryOrigins& origins) -> Task<> {
        co_await gather(be_refused(origins, "POST", "30"), ask_after(origins, 1s, kOrigin, 30s));
    });
}

TEST(Attempts, NeitherWaitNorHoldUpOthersLongerThanThePolicyAllows) {
    virtually([](RetryOrigins& origins) -> Task<> {
        co_await gather(be_refused(origins, "GET", "301"), ask_after(origins, 1s, kOrigin, 1s));
    });
}

TEST(Attempts, AnEarlierEndDoesNotOpenTheGate) {
    virtually([](RetryOrigins& origins) -> Task<> {
        Attempts attempts = get(origins, prompt());
        co_await attempts.admit();
        (void)attempts.goes_on(status(429, "30"), kOrigin);
        (void)attempts.goes_on(status(429, "2"), kOrigin);
        co_await ask_after(origins, 1s, kOrigin, 30s);
    });
}

TEST(Attempts, ComeBackOneByOneWhenTheGateOpens) {
    virtually([](RetryOrigins& origins) -> Task<> {
        origins.at(kOrigin, {})->gate = Loop::current().now() + 10s;
        const TimePoint began = Loop::current().now();
        Attempts attempts(origins, RetryPolicy(6, 1s, 1s), "GET", kOrigin, {});
        co_await attempts.admit();
        EXPECT_GE(Loop::current().now() - began, 10s);
        EXPECT_LT(Loop::current().now() - began, 11s);
    });
}

TEST(Attempts, RepeatWhatIsIdempotent) {
    virtually([](RetryOrigins& origins) -> Task<> {
        for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
            Attempts attempts = get(origins, prompt(), method);
            co_await attempts.admit();
            EXPECT_TRUE(attempts.goes_on(Failure{}, kOrigin)) << method;
        }
        for (const char* method : {"POST", "PATCH"}) {
            Attempts attempts = get(origins, prompt(), method);
            co_await attempts.admit();
            EXPECT_FALSE(attempts.goes_on(Failure{}, kOrigin)) << method;
            EXPECT_EQ(attempts.note(), format("attempt 1 of 6: a {} is not repeated", method));
            EXPECT_TRUE(attempts.goes_on(Failure{FailureKind::unsent, 0, {}}, kOrigin)) << method;
            Attempts all = get(origins, prompt().all_methods(), method);
            co_await all.admit();
            EXPECT_TRUE(all.goes_on(status(503), kOrigin)) << method;
        }
    });
}

TEST(Attempts, ShareTheBudgetOfTheirOrigin) {
    virtually([](RetryOrigins& origins) -> Task<> {
        // A hundred from the start, and a fifth of each request but the first, when there were as many as there may be.
        for (int i = 0; i < 124; ++i) {
            Attempts attempts = get(origins, prompt());
            co_await attempts.admit();
            EXPECT_TRUE(attempts.goes_on(status(500), kOrigin)) << i;
        }
        Attempts attempts = get(origins, prompt());
        co_await attempts.admit();
        EXPECT_FALSE(attempts.goes_on(status(500), kOrigin));
        EXPECT_THAT(attempts.note(), HasSubstr("attempt 1 of 6: too many requests to this source fail"));
        Attempts elsewhere(origins, prompt(), "GET", "http://b:80", {});
        co_await elsewhere.admit();
        EXPECT_TRUE(elsewhere.goes_on(status(500), "http://b:80"));
    });
}

TEST(Attempts, GiveUpAtOnceWhereTheNextWouldComeTooLate) {
    virtually([](RetryOrigins& origins) -> Task<> {
        Attempts attempts(origins, prompt(), "GET", kOrigin, Loop::current().now() + 5s);
        co_await attempts.admit();
        EXPECT_TRUE(attempts.goes_on(status(429, "4"), kOrigin));
        EXPECT_FALSE(attempts.goes_on(status(429, "5"), kOrigin));
        EXPECT_EQ(attempts.note(), "attempt 1 of 6: the next one would come after the request's time limit");
    });
}

TEST(Attempts, SayNothingOfTheFirstThatWasTheOnlyOneToMake) {
    virtually([](RetryOrigins& origins) -> Task<> {
        Attempts attempts = get(origins, prompt());
        co_await attempts.admit();
        EXPECT_FALSE(attempts.goes_on(status(404), kOrigin));
        EXPECT_EQ(attempts.note(), "");
        EXPECT_FALSE(attempts.goes_on(std::nullopt, kOrigin));
        EXPECT_EQ(attempts.note(), "");
    });
}

TEST(Attempts, ForgetOriginsThatNobodyAsks) {
    virtually([](RetryOrigins& origins) -> Task<> {
        const TimePoint now = Loop::current().now();
        const auto in_use = origins.at("in use", now);
        in_use->budget = RetryBudget(0.2, 3);
        origins.at("closed", now)->gate = now + 1s;
        for (std::size_t i = 0; i < 2 * RetryOrigins::kMost; ++i) (void)origins.at(format("{}", i), now);
        EXPECT_LE(origins.size(), RetryOrigins::kMost);
        EXPECT_EQ(origins.at("in use", now), in_use);
        EXPECT_EQ(origins.at("closed", now)->gate, now + 1s);
        co_return;
    });
}

template <class ErrorKind>
std::string with_note(const ErrorKind& error) {
    try {
        rethrow_with(std::make_exception_ptr(error), "attempt 6 of 6");
    } catch (const Error& noted) {
        EXPECT_EQ(typeid(noted), typeid(ErrorKind));
        return noted.what();
    }
}

/// "connection", "final": what the error is to a policy.
template <class ErrorKind>
std::string kind_of(const ErrorKind& error) {
    const auto failure = failure_of(std::make_exception_ptr(error));
    constexpr const char* kNames[] = {"unsent", "connection", "timeout", "damaged", "status"};
    return failure ? kNames[static_cast<int>(failure->kind)] : "final";
}

TEST(Attempts, ErrorsKeepTheirKind) {
    EXPECT_EQ(with_note(TimeoutError("GET x: slow")), "GET x: slow; attempt 6 of 6");
    EXPECT_EQ(with_note(ProtocolError("GET x: cut")), "GET x: cut; attempt 6 of 6");
    EXPECT_EQ(with_note(TruncatedError("h", "cut")), "TLS with h: cut; attempt 6 of 6");
    EXPECT_EQ(with_note(OsError(ECONNRESET, "GET x: broke")), "GET x: broke: Connection reset by peer; attempt 6 of 6");
    EXPECT_EQ(with_note(ConnectError(ECONNREFUSED, "GET x: cannot connect")),
              "GET x: cannot connect: Connection refused; attempt 6 of 6");
    EXPECT_EQ(with_note(ResolveError("GET x: no answer", ResolveError::Reason::kNoAnswer)),
              "GET x: no answer; attempt 6 of 6");
    EXPECT_EQ(with_note(CertificateError("h", "expired")), "TLS with h: expired");
    EXPECT_EQ(with_note(FileError(ENOENT, "read", "ca.pem", "")), "read 'ca.pem': No such file or directory");
}

TEST(Attempts, KnowWhichErrorsMayPass) {
    EXPECT_EQ(kind_of(TimeoutError("")), "timeout");
    EXPECT_EQ(kind_of(ProtocolError("")), "damaged");
    EXPECT_EQ(kind_of(OsError(ECONNRESET, "")), "connection");
    EXPECT_EQ(kind_of(ConnectError(ECONNREFUSED, "")), "unsent");
    EXPECT_EQ(kind_of(TruncatedError("h", "")), "unsent");
    EXPECT_EQ(kind_of(RefusedRedirect("")), "final");
    EXPECT_EQ(kind_of(BodyTooLarge("")), "final");
    EXPECT_EQ(kind_of(DecompressionBomb("")), "final");
    EXPECT_EQ(kind_of(CertificateError("h", "")), "final");
    EXPECT_EQ(kind_of(TlsError("h", "")), "final");
    EXPECT_EQ(kind_of(FileError(ENOENT, "read", "f", "")), "final");
    EXPECT_EQ(kind_of(ResolveError("")), "final");
    EXPECT_EQ(kind_of(ResolveError("", ResolveError::Reason::kNoSuchHost)), "final");
    EXPECT_EQ(kind_of(ResolveError("", ResolveError::Reason::kServerFailed)), "unsent");
    EXPECT_EQ(kind_of(ResolveError("", ResolveError::Reason::kNoAnswer)), "unsent");
    EXPECT_EQ(kind_of(UsageError("")), "final");
    EXPECT_EQ(kind_of(AuthError("")), "final");
}

}  // namespace
}  // namespace trawl::http
