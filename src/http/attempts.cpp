#include "attempts.hpp"

#include <algorithm>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/http/decompression_bomb.hpp"
#include "trawl/http/refused_redirect.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/resolver.hpp"

namespace trawl::http {

std::shared_ptr<RetryOrigin> RetryOrigins::at(const std::string& origin, TimePoint now) {
    if (origins_.size() >= kMost && !origins_.contains(origin)) {
        std::erase_if(origins_,
                      [now](const auto& entry) { return entry.second.use_count() == 1 && entry.second->gate <= now; });
    }
    std::shared_ptr<RetryOrigin>& found = origins_[origin];
    if (!found) found = std::make_shared<RetryOrigin>();
    return found;
}

double RetryOrigins::random() {
    if (!random_) random_.emplace(std::random_device()());
    return std::uniform_real_distribution<double>()(*random_);
}

std::optional<Failure> failure_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const TimeoutError&) {
        return Failure{FailureKind::timeout, 0, {}};
    } catch (const RefusedRedirect&) {
        return std::nullopt;
    } catch (const BodyTooLarge&) {
        return std::nullopt;
    } catch (const DecompressionBomb&) {
        return std::nullopt;
    } catch (const ProtocolError&) {
        return Failure{FailureKind::damaged, 0, {}};
    } catch (const ResolveError& unresolved) {
        if (!may_pass(unresolved.reason())) return std::nullopt;
        return Failure{FailureKind::unsent, 0, {}};
    } catch (const ConnectError&) {
        return Failure{FailureKind::unsent, 0, {}};
    } catch (const FileError&) {  // of the files that TLS needs
        return std::nullopt;
    } catch (const OsError&) {
        return Failure{FailureKind::connection, 0, {}};
    } catch (const TruncatedError&) {  // the handshake broke off: behind it, this is a ProtocolError
        return Failure{FailureKind::unsent, 0, {}};
    } catch (const Error&) {  // ignored: the caller has it, and throws it
        return std::nullopt;
    }
}

Failure failure_of(int status, const Headers& answer) {
    Failure failure{FailureKind::status, status, {}};
    if (const auto field = answer.get("retry-after")) failure.retry_after = std::string(*field);
    return failure;
}

void rethrow_with(const std::exception_ptr& error, const std::string& note) {
    if (note.empty()) std::rethrow_exception(error);
    const std::string behind = "; " + note;
    try {
        std::rethrow_exception(error);
    } catch (const ResolveError& unresolved) {
        throw ResolveError(unresolved.what() + behind, unresolved.reason());
    } catch (const ConnectError& refused) {
        throw ConnectError(refused.code(), std::string(refused.what_failed()), note);
    } catch (const FileError&) {
        throw;
    } catch (const OsError& broken) {
        throw OsError(broken.code(), std::string(broken.what_failed()), note);
    } catch (const TruncatedError& broken_off) {
        throw TruncatedError(broken_off.host(), broken_off.reason() + behind);
    } catch (const TimeoutError& timeout) {
        throw TimeoutError(timeout.what() + behind);
    } catch (const RefusedRedirect&) {
        throw;
    } catch (const BodyTooLarge&) {
        throw;
    } catch (const DecompressionBomb&) {
        throw;
    } catch (const ProtocolError& damaged) {
        throw ProtocolError(damaged.what() + behind);
    }
}

Attempts::Attempts(RetryOrigins& origins, const RetryPolicy& policy, std::string method, const std::string& origin,
                   std::optional<TimePoint> deadline)
    : origins_(origins),
      policy_(policy),
      method_(std::move(method)),
      origin_(origins.at(origin, Loop::current().now())),
      deadline_(deadline) {
    origin_->budget.on_request();
}

// Those who waited for the same moment do not come back in it together.
Task<> Attempts::admit() {
    while (Loop::current().now() < origin_->gate) {
        const auto jitter = std::chrono::duration_cast<Duration>(policy_.base() * origins_.random());
        co_await sleep_until(origin_->gate + jitter);
    }
    ++number_;
}

bool Attempts::goes_on(const std::optional<Failure>& failure, const std::string& answered) {
    reason_.clear();
    if (!failure) return false;
    close_gate(*failure, answered);
    const RetryDecision decision = decide(*failure);
    if (const auto* give_up = std::get_if<GiveUp>(&decision)) {
        if (RetryPolicy::is_retried(*failure) && number_ < most()) reason_ = give_up->reason;
        return false;
    }
    delay_ = std::get<Retry>(decision).delay;
    if (deadline_ && Loop::current().now() + delay_ >= *deadline_) {
        reason_ = "the next one would come after the request's time limit";
        return false;
    }
    return true;
}

RetryDecision Attempts::decide(const Failure& failure) {
    if (RetryPolicy::is_retried(failure) && !policy_.may_repeat(method_, failure.kind)) {
        return GiveUp{format("a {} is not repeated", method_)};
    }
    RetryDecision decision = policy_.decide(number_, failure, std::chrono::system_clock::now(), origins_.random());
    if (std::holds_alternative<Retry>(decision) && !origin_->budget.take(Loop::current().now()))
        decision = GiveUp{"too many requests to this source fail, and no more of them are repeated now"};
    return decision;
}

// Also where this request gives up: the source asked everybody. What it asks for beyond the limit is everybody's own to
// find out, and to give up for.
void Attempts::close_gate(const Failure& failure, const std::string& answered) {
    if (!RetryPolicy::is_retried(failure) || !failure.retry_after) return;
    const auto asked = parse_retry_after(*failure.retry_after, std::chrono::system_clock::now());
    if (!asked || *asked > policy_.longest_wait()) return;
    const TimePoint now = Loop::current().now();
    RetryOrigin& origin = *origins_.at(answered, now);
    origin.gate = std::max(origin.gate, now + *asked);
}

Task<> Attempts::pause() { co_await sleep(std::exchange(delay_, Duration::zero())); }

std::string Attempts::note() const {
    if (number_ == 0) return "the source asks everybody to wait (Retry-After)";
    if (most() == 1 || (number_ == 1 && reason_.empty())) return "";
    const std::string attempt = format("attempt {} of {}", number_, most());
    return reason_.empty() ? attempt : format("{}: {}", attempt, reason_);
}

}  // namespace trawl::http
