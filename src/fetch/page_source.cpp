#include "page_source.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <variant>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/http/decompression_bomb.hpp"
#include "trawl/http/refused_redirect.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/resolver.hpp"

namespace trawl::fetch {

/// What one attempt came to: a response, or the error with which it failed.
struct PageSource::Attempt {
    std::optional<Response> response;
    std::exception_ptr error;
    Failure failure;
    Duration took{};
    bool is_final = false;               // the policy need not be asked
    bool is_unreachable = false;         // no connection could be made, to a source that has answered
    std::optional<std::size_t> no_room;  // for a body of so many bytes: it was given up
};

/// Whom a page is asked of now, which redirects change, and the place that it has there.
struct PageSource::Way {
    std::string origin;
    OriginGate* gate;
    OriginGate::Pass pass;
};

/// What counts of a page's attempts.
struct PageSource::Tries {
    int number = 1;
    std::optional<TimePoint> outage;  // that the last of them fell into, by when it began
    bool is_rationed = false;         // the next one is one of the retries that the origin may have
};

namespace {

Failure failure_of(const Response& response) {
    Failure failure;
    failure.kind = FailureKind::status;
    failure.status = response.status();
    if (const auto field = response.headers().get("retry-after")) failure.retry_after = std::string(*field);
    return failure;
}

// "Retry-After: 0" is what servers say that do not know it either.
bool says_when(const Failure& failure) {
    if (!failure.retry_after) return false;
    return parse_retry_after(*failure.retry_after, std::chrono::system_clock::now()) > Duration::zero();
}

// The same kind of error, with the reason behind what it says.
[[noreturn]] void rethrow_with(std::exception_ptr error, const PageRequest& request, const std::string& reason) {
    try {
        std::rethrow_exception(error);
    } catch (const ConnectError& connect) {
        throw ConnectError(connect.code(), format("{}{}", connect.what_failed(), reason));
    } catch (const FileError&) {  // of the files that TLS needs
        throw;
    } catch (const OsError& broken) {
        throw OsError(broken.code(),
                      format("{} {}: the connection broke{}", request.method, request.url.redacted(), reason));
    } catch (const TruncatedError& broken_off) {
        throw TruncatedError(broken_off.host(), broken_off.reason() + reason);
    } catch (const TimeoutError& timeout) {
        throw TimeoutError(timeout.what() + reason);
    } catch (const ProtocolError& protocol) {
        throw ProtocolError(protocol.what() + reason);
    } catch (const ResolveError& unresolved) {
        throw ResolveError(unresolved.what() + reason, unresolved.reason());
    } catch (const PageError& page) {
        throw PageError(page.what() + reason);
    }
}

// Most servers have one kind of JSON and look for its name or for */*; some answer 406 where neither is there, also to
// what is JSON by another name (application/vnd.api+json), or an error's (application/problem+json). JSON first, for
// sources that also have HTML. "application/*+json" would be no media range (RFC 9110, section 12.5.1).
constexpr std::string_view kAccept = "application/json, */*;q=0.1";

[[noreturn]] void raise_with(const Response& response, const std::string& reason) {
    try {
        response.raise_for_status();
    } catch (const StatusError& error) {
        throw StatusError(error.status(), error.what() + reason);
    }
    // A response action called a success a failure that may pass.
    throw StatusError(response.status(),
                      format("{} {}: status {}, which is a failure by a response action{}", response.method(),
                             response.url().redacted(), response.status(), reason));
}

// For the log. What the source asks for is told as it said it.
std::string reason_of(const Failure& failure, const std::exception_ptr& error) {
    if (error) return message_of(error);
    const std::string status = format("status {}", failure.status);
    return failure.retry_after ? format("{}, Retry-After: {}", status, *failure.retry_after) : status;
}

RetryDecision gone_for(Duration time, const Failure& failure) {
    const double seconds = std::chrono::duration<double>(time).count();
    if (failure.kind == FailureKind::status)
        return GiveUp{format("the source has served nothing for {:.0f} s", seconds)};
    return GiveUp{format("the source could not be reached for {:.0f} s", seconds)};
}

/// What a body is said to be long; 0 where nothing says it. A compressed one is longer.
std::size_t length_of(const Headers& headers) {
    const std::string_view field = headers.get("content-length").value_or("");
    std::size_t length = 0;
    const auto read = std::from_chars(field.data(), field.data() + field.size(), length);
    return read.ec == std::errc() ? length : 0;
}

/// It failed as all do where nothing is served: a server that is started anew, or what stands before one.
bool is_down(const Failure& failure, bool is_answered) {
    if (!is_answered) return failure.kind != FailureKind::timeout;
    return !failure.retry_after && failure.status >= 502 && failure.status <= 504;
}

[[noreturn]] void fail_by_action(const Response& response, const ResponseAction& action) {
    const std::string says = action.content ? format(" and says \"{}\"", *action.content) : "";
    const std::string message = format("{} {}: status {}{}, which is a failure by a response action", response.method(),
                                       response.url().redacted(), response.status(), says);
    if (response.is_success()) throw FetchError(message);  // it is the content that is wrong
    throw StatusError(response.status(), message);
}

}  // namespace

/// A request that is under way, until it is destroyed: those that are cancelled do not come to an end.
class PageSource::Counted {
public:
    explicit Counted(FetchStats& stats) noexcept : stats_(stats) {
        ++stats_.requests;
        ++stats_.in_flight;
        stats_.in_flight_peak = std::max(stats_.in_flight_peak, stats_.in_flight);
    }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --stats_.in_flight; }

private:
    FetchStats& stats_;
};

// Each request counts for the origin that it goes to, and waits for its place there: also what a page's first one leads
// to.
Task<> PageSource::go_on(const RequestSteps& steps, Way& way) {
    if (steps.status() != 0) {
        way.gate->learn(steps.headers());
        way.pass.succeeded(kind_);
    }
    way.pass.leave();
    if (const auto field = steps.headers().get("retry-after")) {  // RFC 9110, section 10.2.3: of a redirect, too
        const auto asked = parse_retry_after(*field, std::chrono::system_clock::now());
        if (asked && *asked > options_.retry.longest_wait())
            throw RefusedRedirect(
                format("{}: the redirect there asks to wait for {} s first, which is longer than retry.longest_wait",
                       steps.request().url().redacted(), std::chrono::floor<std::chrono::seconds>(*asked).count()));
        if (asked) co_await sleep(*asked);
    }
    way.origin = steps.request().url().origin();
    way.gate = &gates_.at(way.origin);
    auto entering = gates_.enter_next(way.origin, options_.weight);
    const bool is_in = co_await wait_for(way, std::move(entering));
    if (is_in) co_return;
    throw ConnectError(ETIMEDOUT, format("wait for {}, where a redirect leads", way.origin));
}

// As long as it may be away, and no longer: all that wait for it give up then, not one after the other when it is their
// turn to look. False: it is still away.
Task<bool> PageSource::wait_for(Way& way, Task<OriginGate::Pass> entering) const {
    const auto since = way.gate->outage_since();
    if (!since) {
        way.pass = co_await std::move(entering);
        co_return true;
    }
    try {
        way.pass = co_await timeout_at(std::max(*since + options_.outage_max, now()), std::move(entering));
        co_return true;
    } catch (const TimeoutError&) {  // ignored: that is what it says
        co_return false;
    }
}

Task<PageSource::Attempt> PageSource::attempt(const PageRequest& request, Way& way, PageRoom& room) {
    Attempt result;
    const TimePoint sent = now();
    try {
        std::optional<Counted> counted(stats_);
        RequestSteps steps = client_.steps(build(request));
        steps.when_sent([&way](TimePoint left) { way.pass.left_at(left); });
        bool is_answered = co_await steps.send();
        while (!is_answered) {
            counted.reset();
            co_await go_on(steps, way);
            counted.emplace(stats_);
            is_answered = co_await steps.send();
        }
        const std::size_t said = length_of(steps.headers());
        while (!steps.is_complete() && !result.no_room) {
            const std::size_t body = std::max(said, steps.received());
            if (!room.has_room(body)) result.no_room = body;
            if (!result.no_room) co_await steps.more();
        }
        if (result.no_room) co_return result;
        Response response = steps.take_response();
        stats_.waited += response.elapsed();
        answered_ = true;
        result.failure = failure_of(response);
        result.response = std::move(response);
    } catch (const TimeoutError&) {
        result.failure.kind = FailureKind::timeout;
        result.error = std::current_exception();
    } catch (const RefusedRedirect&) {  // the next one would lead the same way
        result.is_final = true;
        result.error = std::current_exception();
    } catch (const DecompressionBomb&) {  // the next one would be the same
        result.is_final = true;
        result.error = std::current_exception();
    } catch (const BodyTooLarge& large) {  // the next one would be as large
        result.is_final = true;
        result.error = std::make_exception_ptr(PageError(format(
            "{}: the page is larger than --memory allows; raise --memory, or ask for smaller pages", large.what())));
    } catch (const ProtocolError&) {
        result.failure.kind = FailureKind::damaged;
        result.error = std::current_exception();
    } catch (const ResolveError& unresolved) {
        result.failure.kind = FailureKind::unsent;
        result.is_final = !may_pass(unresolved.reason());
        result.error = std::current_exception();
    } catch (const ConnectError&) {
        result.is_final = !answered_;
        result.is_unreachable = answered_;
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
    result.took = now() - sent;
    co_return result;
}

Request PageSource::build(const PageRequest& request) {
    Request result = client_.request(request.method, request.url).follow_redirects();
    // What the user gave for one origin is not told to another, wherever a next page or a redirect may lead.
    if (request.url.origin() == origin_) {
        for (const auto& [name, value] : options_.headers) result = std::move(result).secret_header(name, value);
        if (options_.auth) result = std::move(result).auth(options_.auth);
    }
    if (!result.headers().contains("accept")) result.mutable_headers().add("accept", kAccept);
    if (!request.body.empty()) result = std::move(result).json(request.body);
    if (options_.timeout) result = std::move(result).timeout(*options_.timeout);
    return result;
}

const ResponseAction* PageSource::action_for(const Attempt& done) const {
    if (!done.response) return nullptr;
    return find_action(options_.actions, done.response->status(), done.response->text());
}

// A success may say in its text that it is none.
bool PageSource::is_good(const PageRequest& request, Attempt& done) const {
    if (!done.response || !done.response->is_success()) return false;
    const auto refusal = check_ ? check_(request, *done.response) : std::nullopt;
    if (!refusal) return true;
    done.failure.kind = FailureKind::damaged;
    done.error =
        std::make_exception_ptr(PageError(format("{} {}: {}", request.method, request.url.redacted(), *refusal)));
    return false;
}

// Who says "too many" and not for how long is asked at the gate's pace. Pages that wait there together share what the
// source refuses, so that it is not their own attempts that count.
RetryDecision PageSource::decide_refused(const OriginGate& gate) const {
    const auto& refusals = gate.refusals();
    const auto count_min = static_cast<std::size_t>(options_.retry.attempts());
    if (!refusals || refusals->count < count_min || exact_now() - refusals->since < options_.refused_max)
        return Retry{{}, true};
    const double seconds = std::chrono::duration<double>(exact_now() - refusals->since).count();
    return GiveUp{
        format("the source refused all of the last {} requests, for {:.0f} s, and does not say for how long; name the "
               "rate that "
               "it allows (requests_per_minute in a connector's file)",
               refusals->count, seconds)};
}

// While a source is away, whoever looks for it may be any page: it is not their own attempts that count, but how long.
std::optional<RetryDecision> PageSource::decide_unreachable(const OriginGate& gate, const Attempt& failed,
                                                            Tries& tries) const {
    const auto since = gate.outage_since();
    if (!since || options_.retry.attempts() == 1) return std::nullopt;
    if (exact_now() - *since >= options_.outage_max) return gone_for(exact_now() - *since, failed.failure);
    if (tries.outage == since) return Retry{{}, true};
    tries.outage = since;  // the first time counts: who finds each connection closed anew is not to go on for ever
    return std::nullopt;
}

RetryDecision PageSource::decide(const OriginGate& gate, const Attempt& failed, Tries& tries, Asking how) {
    tries.is_rationed = false;
    if (failed.is_final) return GiveUp{};
    const Failure& failure = failed.failure;
    const bool is_status = failure.kind == FailureKind::status;
    if (is_status && failure.status == 429 && !says_when(failure)) return decide_refused(gate);
    if (is_status && failure.status != 429 && failure.status != 503 && how == Asking::lightly) return GiveUp{};
    const bool is_away =
        failed.is_unreachable || (gate.outage_since() && is_down(failure, failed.response.has_value()));
    if (is_away) {
        if (const auto decision = decide_unreachable(gate, failed, tries)) return *decision;
    }
    // Asking again loads nobody who is not there. What bounds it is each page's number of attempts.
    tries.is_rationed = !is_away && failure.kind != FailureKind::connection;
    const double random = std::uniform_real_distribution<double>()(random_);
    return options_.retry.decide(tries.number++, failed.failure, std::chrono::system_clock::now(), random);
}

// What the source's limiter is to make of it: an answer, a refusal, or nothing.
void PageSource::settle(Way& way, const Attempt& done, bool is_first) {
    if (done.response) way.gate->learn(done.response->headers());
    const Failure& failure = done.failure;
    if (done.is_final) return way.pass.failed();
    if (!done.is_unreachable && is_down(failure, done.response.has_value())) {
        const Refusal refusal{RefusalKind::unavailable, {}};
        return way.pass.down(failure.status == 503 ? &refusal : nullptr, is_first);
    }
    if (done.response && failure.status != 429 && failure.status != 503) return way.pass.succeeded(kind_);
    if (done.is_unreachable) return way.pass.lost();
    Refusal refusal;
    if (!done.response) refusal.kind = RefusalKind::timeout;
    if (done.response && failure.status == 503) refusal.kind = RefusalKind::unavailable;
    if (failure.retry_after)
        refusal.retry_after = parse_retry_after(*failure.retry_after, std::chrono::system_clock::now());
    if (refusal.retry_after) refusal.retry_after = std::min(*refusal.retry_after, options_.retry.longest_wait());
    way.pass.refused(refusal);
}

void PageSource::tell(const PageRequest& request, const Attempt& done, int asked) const {
    RequestLog::End end;
    end.attempt = asked;
    end.took = done.took;
    end.error = done.error;
    if (done.response) end.response = &*done.response;
    log_.ended(request, end);
}

void PageSource::give_up(const PageRequest& request, const Attempt& done, const std::string& why) const {
    // A refusal that no retry can change speaks for itself.
    const bool was_tried = RetryPolicy::is_retried(done.failure) && !done.is_final;
    const std::string reason = was_tried && !why.empty() ? "; gave up: " + why + "; try again later" : "";
    if (done.error) rethrow_with(done.error, request, reason);
    constexpr int kUnauthorized = 401;
    const bool had_login = options_.auth != nullptr || !options_.headers.empty();
    const bool was_refused = done.response->status() == kUnauthorized && had_login && request.url.origin() == origin_;
    raise_with(*done.response, was_refused ? "; the source does not accept the login" + reason : reason);
}

// Whoever can change a page's text could make us show the rest of the retrieval to everyone.
void PageSource::refuse_downgrade(const PageRequest& request) const {
    if (!origin_.starts_with("https:") || request.url.is_https()) return;
    throw ProtocolError(format("{} {}: the page before leads from https to http, which is not followed", request.method,
                               request.url.redacted()));
}

// The body is the user's, and may hold a key: whoever can change a page's text is not to say who gets it.
void PageSource::refuse_to_tell(const PageRequest& request) const {
    if (request.body.empty() || request.url.origin() == origin_) return;
    throw ProtocolError(format("{} {}: the page before leads to another origin than {}, which is not told the body",
                               request.method, request.url.redacted(), origin_));
}

Task<OriginGate::Pass> PageSource::enter(const PageRequest& request) {
    refuse_downgrade(request);
    refuse_to_tell(request);
    co_return co_await gates_.enter(request.url.origin(), options_.weight);
}

// Whoever has too little room for what pages are by now leaves the line, and waits for more outside of it: those who
// hold the memory may stand behind.
Task<OriginGate::Pass> PageSource::enter(const PageRequest& request, PageRoom& room) {
    refuse_downgrade(request);
    refuse_to_tell(request);
    const OriginGate::MayGo has_room = [&room] { return room.has_room_now(); };
    while (true) {
        OriginGate::Pass pass = co_await gates_.enter(request.url.origin(), options_.weight, has_room);
        if (pass) co_return pass;
        co_await room.wait();
    }
}

Task<OriginGate::Pass> PageSource::enter_with_room(OriginGate& gate, PageRoom& room) const {
    const OriginGate::MayGo has_room = [&room] { return room.has_room_now(); };
    while (true) {
        OriginGate::Pass pass = co_await gate.enter(options_.weight, has_room);
        if (pass) co_return pass;
        co_await room.wait();
    }
}

Task<bool> PageSource::enter_again(Way& way, const std::string& origin, PageRoom& room) {
    way.origin = origin;
    way.gate = &gates_.at(origin);
    auto entering = enter_with_room(*way.gate, room);
    co_return co_await wait_for(way, std::move(entering));
}

// How long the source asked to wait holds for everyone who asks it: the gate sees to that, and nobody comes unasked.
Task<> PageSource::pause(const Retry& retry, const Tries& tries, const std::string& origin) {
    if (retry.asked_by_source) co_return;
    co_await sleep(retry.delay);
    if (tries.is_rationed) co_await gates_.wait_for_retry(origin);
}

Task<std::variant<Response, NoPage>> PageSource::get(PageRequest request, OriginGate::Pass pass, PageRoom& room,
                                                     Asking how) {
    using Answer = std::variant<Response, NoPage>;
    const std::string origin = request.url.origin();
    Way way{origin, &gates_.at(origin), std::move(pass)};
    Tries tries;
    for (int asked = 1;; ++asked) {
        Attempt done = co_await attempt(request, way, room);
        if (done.no_room) {
            way.pass.leave();
            ++stats_.no_room;
            log_.no_room(request, asked, *done.no_room);
            co_await room.wait();
            way.origin = origin;
            way.gate = &gates_.at(origin);
            way.pass = co_await enter_with_room(*way.gate, room);
            continue;
        }
        tell(request, done, asked);
        const std::size_t limit = way.gate->limiter().limit();
        settle(way, done, asked == 1);
        log_.limited(way.origin, limit, way.gate->limiter().limit());
        stats_.limit = gates_.limit();
        if (const ResponseAction* action = action_for(done)) {
            const int status = done.response->status();
            if (action->action == ResponseAction::Action::fail) fail_by_action(*done.response, *action);
            if (action->action != ResponseAction::Action::retry) co_return Answer(NoPage{action->action, status});
            done.failure.status = 503;  // what it is to be taken for
        } else if (is_good(request, done)) {
            co_return Answer(std::move(*done.response));
        }
        const RetryDecision decision = decide(*way.gate, done, tries, how);
        if (const auto* given_up = std::get_if<GiveUp>(&decision)) give_up(request, done, given_up->reason);
        ++stats_.retries;
        const Retry& retry = std::get<Retry>(decision);
        log_.retried(request, asked, reason_of(done.failure, done.error), retry);
        co_await pause(retry, tries, origin);
        bool is_in = false;
        while (!is_in) {
            is_in = co_await enter_again(way, origin, room);
            const auto still = gates_.at(origin).outage_since();
            const bool is_gone = !is_in && still && exact_now() - *still >= options_.outage_max;
            if (is_gone) give_up(request, done, std::get<GiveUp>(gone_for(exact_now() - *still, done.failure)).reason);
        }
    }
}

}  // namespace trawl::fetch
