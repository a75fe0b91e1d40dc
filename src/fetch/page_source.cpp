#include "page_source.hpp"

#include "retry.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::fetch {

/// What one attempt came to: a response, or the error with which it failed.
struct PageSource::Attempt {
    std::optional<Response> response;
    std::exception_ptr error;
    Outcome outcome;
};

namespace {

Outcome outcome_of(const Response& response) {
    Outcome outcome;
    outcome.status = response.status();
    if (const auto field = response.headers().get("retry-after")) {
        outcome.retry_after = parse_retry_after(*field, std::chrono::system_clock::now());
    }
    return outcome;
}

std::string reason_text(GiveUp reason, int attempts, const Outcome& outcome) {
    switch (reason) {
        case GiveUp::attempts:
            return format("; gave up after {} attempts: try again later", attempts);
        case GiveUp::budget:
            return "; gave up because too many requests fail: try again later";
        case GiveUp::wait:
            return format("; it asks to wait {} s: run it again then",
                          std::chrono::duration_cast<std::chrono::seconds>(*outcome.retry_after).count());
        default:
            return {};
    }
}

// The same kind of error, with the reason behind what it says.
[[noreturn]] void rethrow_with(std::exception_ptr error, const Url& url, const std::string& reason) {
    try {
        std::rethrow_exception(error);
    } catch (const ConnectError& connect) {
        throw ConnectError(connect.code(), format("GET {}: cannot connect to {}:{}{}; check that the source is up",
                                                  url.redacted(), url.host(), url.port(), reason));
    } catch (const OsError& broken) {
        throw OsError(broken.code(), format("GET {}: the connection broke{}", url.redacted(), reason));
    } catch (const TimeoutError& timeout) {
        throw TimeoutError(timeout.what() + reason);
    } catch (const ProtocolError& protocol) {
        throw ProtocolError(protocol.what() + reason);
    }
}

[[noreturn]] void raise_with(const Response& response, const std::string& reason) {
    try {
        response.raise_for_status();
    } catch (const StatusError& error) {
        throw StatusError(error.status(), error.what() + reason);
    }
    std::terminate();  // only called for what is no success
}

}  // namespace

Task<PageSource::Attempt> PageSource::attempt(const Url& url) {
    Attempt result;
    ++stats_.requests;
    ++stats_.in_flight;
    stats_.in_flight_peak = std::max(stats_.in_flight_peak, stats_.in_flight);
    try {
        Response response = co_await request(url);
        stats_.waited += response.elapsed();
        answered_ = true;
        result.outcome = outcome_of(response);
        result.response = std::move(response);
    } catch (const TimeoutError&) {
        result.error = std::current_exception();
    } catch (const ProtocolError&) {
        result.error = std::current_exception();
    } catch (const ConnectError&) {
        result.error = std::current_exception();
        result.outcome.is_final = !answered_;
    } catch (const OsError&) {
        result.error = std::current_exception();
    }
    --stats_.in_flight;
    co_return result;
}

Request PageSource::request(const Url& url) {
    Request result = client_.request("GET", url);
    for (const auto& [name, value] : options_.headers) result = std::move(result).header(name, value);
    if (result.headers().contains("accept")) return result;
    return std::move(result).header("accept", "application/json");
}

Task<> PageSource::wait_for_the_gate() {
    while (Loop::current().now() < gate_) co_await sleep(gate_ - Loop::current().now());
}

Task<Response> PageSource::get(Url url) {
    const RetryPolicy policy;
    for (int number = 1;; ++number) {
        co_await wait_for_the_gate();
        Attempt done = co_await attempt(url);
        if (done.response && done.response->is_success()) co_return std::move(*done.response);
        const double random = std::uniform_real_distribution<double>()(random_);
        const RetryDecision decision = decide(policy, number, done.outcome, random, stats_.requests, stats_.retries);
        if (decision.give_up != GiveUp::no) {
            const std::string reason = reason_text(decision.give_up, number, done.outcome);
            if (done.error) rethrow_with(done.error, url, reason);
            raise_with(*done.response, reason);
        }
        ++stats_.retries;
        if (decision.for_everyone) gate_ = std::max(gate_, Loop::current().deadline_after(decision.delay));
        co_await sleep(decision.delay);
    }
}

}  // namespace trawl::fetch
