#include "page_source.hpp"

#include <algorithm>
#include <variant>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::fetch {

/// What one attempt came to: a response, or the error with which it failed.
struct PageSource::Attempt {
    std::optional<Response> response;
    std::exception_ptr error;
    Failure failure;
    bool is_final = false;  // the policy need not be asked
};

namespace {

Failure failure_of(const Response& response) {
    Failure failure;
    failure.kind = FailureKind::status;
    failure.status = response.status();
    if (const auto field = response.headers().get("retry-after")) failure.retry_after = std::string(*field);
    return failure;
}

// The same kind of error, with the reason behind what it says.
[[noreturn]] void rethrow_with(std::exception_ptr error, const Url& url, const std::string& reason) {
    try {
        std::rethrow_exception(error);
    } catch (const ConnectError& connect) {
        throw ConnectError(connect.code(), format("{}{}", connect.what_failed(), reason));
    } catch (const FileError&) {  // of the files that TLS needs
        throw;
    } catch (const OsError& broken) {
        throw OsError(broken.code(), format("GET {}: the connection broke{}", url.redacted(), reason));
    } catch (const TruncatedError& broken_off) {
        throw TruncatedError(broken_off.host(), broken_off.reason() + reason);
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
        result.failure = failure_of(response);
        result.response = std::move(response);
    } catch (const TimeoutError&) {
        result.failure.kind = FailureKind::timeout;
        result.error = std::current_exception();
    } catch (const ProtocolError&) {
        result.failure.kind = FailureKind::damaged;
        result.error = std::current_exception();
    } catch (const ConnectError&) {
        result.is_final = !answered_;
        result.error = std::current_exception();
    } catch (const TruncatedError&) {  // the handshake broke off: from a source that has answered, a bad moment
        result.is_final = !answered_;
        result.error = std::current_exception();
    } catch (const TlsError&) {
        result.is_final = true;
        result.error = std::current_exception();
    } catch (const FileError&) {
        result.is_final = true;
        result.error = std::current_exception();
    } catch (const OsError&) {
        result.error = std::current_exception();
    }
    --stats_.in_flight;
    co_return result;
}

Request PageSource::request(const Url& url) {
    Request result = client_.request("GET", url).follow_redirects();
    // What the user gave for one origin is not told to another, wherever a next page or a redirect may lead.
    if (url.origin() == origin_) {
        for (const auto& [name, value] : options_.headers) result = std::move(result).secret_header(name, value);
    }
    if (!result.headers().contains("accept")) result.mutable_headers().add("accept", "application/json");
    return result;
}

RetryDecision PageSource::decide(const Attempt& failed, int number) {
    if (failed.is_final) return GiveUp{};
    const double random = std::uniform_real_distribution<double>()(random_);
    return policy_.decide(number, failed.failure, std::chrono::system_clock::now(), random, budget_);
}

Task<> PageSource::wait_for_the_gate() {
    while (Loop::current().now() < gate_) co_await sleep(gate_ - Loop::current().now());
}

Task<Response> PageSource::get(Url url) {
    budget_.on_request();
    for (int number = 1;; ++number) {
        co_await wait_for_the_gate();
        Attempt done = co_await attempt(url);
        if (done.response && done.response->is_success()) co_return std::move(*done.response);
        const RetryDecision decision = decide(done, number);
        if (const auto* give_up = std::get_if<GiveUp>(&decision)) {
            // A refusal that no retry can change speaks for itself.
            const bool was_tried = RetryPolicy::is_retried(done.failure) && !done.is_final;
            const std::string reason = was_tried ? "; gave up: " + give_up->reason + "; try again later" : "";
            if (done.error) rethrow_with(done.error, url, reason);
            raise_with(*done.response, reason);
        }
        ++stats_.retries;
        const Retry& retry = std::get<Retry>(decision);
        if (retry.asked_by_source) gate_ = std::max(gate_, Loop::current().deadline_after(retry.delay));
        co_await sleep(retry.delay);
    }
}

}  // namespace trawl::fetch
