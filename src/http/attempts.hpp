/// The attempts that a request has under a RetryPolicy, and what a client remembers of each origin for all of them.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/retry.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

struct RetryOrigin {
    RetryBudget budget;
    TimePoint gate{};  // nobody asks before: the source said Retry-After
};

class RetryOrigins {
public:
    /// Beyond that, those are forgotten that nobody asks and that may be asked: a client that visits the whole world
    /// keeps no list of it.
    static constexpr std::size_t kMost = 1000;

    [[nodiscard]] std::shared_ptr<RetryOrigin> at(const std::string& origin, TimePoint now);
    [[nodiscard]] std::size_t size() const noexcept { return origins_.size(); }
    /// Uniform in [0, 1).
    [[nodiscard]] double random();

private:
    std::unordered_map<std::string, std::shared_ptr<RetryOrigin>> origins_;
    std::optional<std::minstd_rand> random_;  // seeded when it is first needed, which is a system call
};

/// What an error is to a policy; nothing when no further attempt can change it (a certificate, a wrong use).
[[nodiscard]] std::optional<Failure> failure_of(const std::exception_ptr& error);
[[nodiscard]] Failure failure_of(int status, const Headers& answer);

/// Throws `error` again, of the same kind, with "; `note`" behind what it says, unless that is empty.
[[noreturn]] void rethrow_with(const std::exception_ptr& error, const std::string& note);

class Attempts {
public:
    /// `origins` outlives it. `origin`: of the request's URL. `deadline`: of everything.
    Attempts(RetryOrigins& origins, const RetryPolicy& policy, std::string method, const std::string& origin,
             std::optional<TimePoint> deadline);

    /// Waits until the origin may be asked, and counts an attempt.
    Task<> admit();
    /// Whether another attempt is to be made after this failure; nothing: one that will not pass. `answered`: the
    /// origin that failed, which a redirect may have led to.
    [[nodiscard]] bool goes_on(const std::optional<Failure>& failure, const std::string& answered);
    /// Waits as long as goes_on() decided.
    Task<> pause();

    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] int most() const noexcept { return policy_.attempts(); }
    [[nodiscard]] std::optional<TimePoint> deadline() const noexcept { return deadline_; }
    /// "attempt 3 of 6", "attempt 1 of 6: a POST is not repeated"; "" where there is nothing to say.
    [[nodiscard]] std::string note() const;

private:
    [[nodiscard]] RetryDecision decide(const Failure& failure);
    void close_gate(const Failure& failure, const std::string& answered);

    RetryOrigins& origins_;
    RetryPolicy policy_;
    std::string method_;
    std::shared_ptr<RetryOrigin> origin_;
    std::optional<TimePoint> deadline_;
    int number_ = 0;
    Duration delay_{};    // until the next one
    std::string reason_;  // why it gave up before the attempts were used up
};

}  // namespace trawl::http
