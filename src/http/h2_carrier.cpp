#include "h2_carrier.hpp"

#include <cerrno>
#include <utility>

#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/body_too_large.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {

H2Carrier::~H2Carrier() {
    if (id_) connection_->forget(*id_);
}

Task<> H2Carrier::begin(const Request& request, const ClientOptions& options) {
    if (!connection_->takes_requests()) throw OsError(ECONNRESET, request_name(request) + ": the connection broke");
    id_ = connection_->begin(request, news_);
    stream_ = &connection_->stream(*id_);
    has_left_ = !request.body().empty();
    if (has_left_) co_await wait_until_taken(request, options);
    const TimePoint deadline = Loop::current().deadline_after(options.first_byte_timeout);
    try {
        while (stream().state() == H2State::head) {
            news_.clear();
            co_await timeout_at(deadline, news_.wait());
        }
    } catch (const TimeoutError&) {
        connection_->suspect(options.first_byte_timeout);
        throw_no_head(request, stream().started(), options);
    }
    check(request);
    body_seen_ = stream().body_size();
}

// Ends with the answer's head as well.
Task<> H2Carrier::wait_until_taken(const Request& request, const ClientOptions& options) {
    TimePoint next_look = Loop::current().deadline_after(options.write_timeout);
    while (stream().state() == H2State::head && is_sending()) {
        try {
            news_.clear();
            co_await timeout_at(next_look, news_.wait());
        } catch (const TimeoutError&) {
            if (!went_on_sending()) {
                connection_->suspect(options.write_timeout);
                throw_not_taken(request, options);
            }
            next_look = Loop::current().deadline_after(options.write_timeout);
        }
    }
}

// Windows open when the server likes; nothing tells of it but that the body goes on. What stands still from one look to
// the next is not taken.
bool H2Carrier::went_on_sending() {
    if (!has_left_) return false;
    has_left_ = is_sending();
    const std::size_t sent = connection_->body_sent(*id_);
    return !has_left_ || std::exchange(body_sent_, sent) != sent;
}

// Whoever asks for more has room for it: what had come counts as taken, also if it is kept.
Task<> H2Carrier::more(const Request& request, const ClientOptions& options) {
    connection_->took(*id_, body_seen_ - std::exchange(credited_, body_seen_));
    TimePoint deadline = Loop::current().deadline_after(options.read_timeout);
    while (!stream().done() && stream().body_size() == body_seen_) {
        try {
            news_.clear();
            co_await timeout_at(deadline, news_.wait());
        } catch (const TimeoutError&) {
            if (!went_on_sending()) {
                connection_->suspect(options.read_timeout);
                throw_no_more(request, options);
            }
            deadline = Loop::current().deadline_after(options.read_timeout);
        }
    }
    check(request);
    body_seen_ = stream().body_size();
}

// A stream that failed by itself is something else: its connection lives, and what the server did is unknown.
bool H2Carrier::died_unanswered() const noexcept {
    if (!id_) return true;
    const H2Error code = stream().failure().code;
    return !stream().started() && (code == H2Error::unanswered || code == H2Error::connection);
}

void H2Carrier::check(const Request& request) const {
    if (stream().state() != H2State::failed) return;
    const H2Failure& failure = stream().failure();
    if (failure.code == H2Error::body_size) throw BodyTooLarge(format("{}: {}", request_name(request), failure.text));
    const bool is_cut = failure.code == H2Error::unanswered || failure.code == H2Error::cut;
    if (!is_cut || !connection_->error()) throw ProtocolError(format("{}: {}", request_name(request), failure.text));
    try {
        std::rethrow_exception(connection_->error());
    } catch (const Error&) {
        throw_broken(request);
    }
}

}  // namespace trawl::http
