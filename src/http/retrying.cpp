#include "retrying.hpp"

#include <optional>
#include <utility>

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {
namespace {

// So long, and so far, the body of an answer that nobody wants is read, for its connection to serve on.
constexpr Duration kSkipTime = std::chrono::seconds(1);
constexpr std::size_t kSkipSize = 64 * 1024;

Task<> read_on(Exchange& exchange, std::size_t size_max) {
    while (!exchange.is_complete() && exchange.body().size() < size_max) co_await exchange.more();
}

/// What an attempt came to: an answer to give, an error, or neither when it is to be made again.
struct Outcome {
    std::optional<Exchange> exchange;
    std::exception_ptr error;
};

Task<Outcome> attempt(const Opener& open, Request request, Attempts& attempts, bool is_whole) {
    Outcome outcome;
    const std::string origin = request.url().origin();
    try {
        Exchange exchange = co_await open(std::move(request));
        const std::string answered = exchange.request().url().origin();
        if (attempts.goes_on(failure_of(exchange.status(), exchange.headers()), answered)) {
            co_await skip_body(exchange);
            co_return outcome;
        }
        if (is_whole) co_await read_on(exchange, std::string::npos);
        std::string note = attempts.note();
        auto kept = note.empty() ? nullptr : std::make_shared<const std::string>(std::move(note));
        exchange.set_attempts(attempts.number(), attempts.most(), std::move(kept));
        outcome.exchange.emplace(std::move(exchange));
    } catch (const Error&) {
        if (!attempts.goes_on(failure_of(std::current_exception()), origin)) outcome.error = std::current_exception();
    }
    co_return outcome;
}

Task<Exchange> open_until_it_is_one(const Opener& open, Request request, Attempts& attempts, bool is_whole) {
    while (true) {
        co_await attempts.admit();
        Outcome outcome = co_await attempt(open, request, attempts, is_whole);
        if (outcome.exchange) co_return *std::move(outcome.exchange);
        if (outcome.error) rethrow_with(outcome.error, attempts.note());
        co_await attempts.pause();
    }
}

}  // namespace

Task<> skip_body(Exchange& exchange) {
    try {
        co_await timeout(kSkipTime, read_on(exchange, kSkipSize));
        if (exchange.is_complete()) exchange.give_back();
    } catch (const Error&) {  // ignored: nobody wants it, and its connection is closed
    }
}

Task<Exchange> open_in_attempts(const Opener& open, Request request, Attempts& attempts, bool is_whole) {
    if (!attempts.deadline()) {
        co_return co_await open_until_it_is_one(open, std::move(request), attempts, is_whole);
    }
    const std::string message = too_slow(request, "not complete", *request.timeout());
    try {
        auto opening = open_until_it_is_one(open, std::move(request), attempts, is_whole);
        Exchange exchange = co_await timeout_at(*attempts.deadline(), std::move(opening));
        exchange.set_deadline(*attempts.deadline());
        co_return exchange;
    } catch (const TimeoutError&) {
        if (Loop::current().now() < *attempts.deadline()) throw;
        const std::string note = attempts.note();
        throw TimeoutError(note.empty() ? message : message + "; " + note);
    }
}

}  // namespace trawl::http
