/// What a request means: which ones may be answered, framing, pipelining.
#include <algorithm>

#include "h1.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

/// The forms of RFC 9112 section 3.2 that a server which is no proxy answers.
bool is_known_target(std::string_view method, std::string_view target) {
    return target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://") ||
           (target == "*" && method == "OPTIONS");
}

}  // namespace

RequestParser::RequestParser(const H1Limits& limits) : machine_(Machine::Kind::request, limits) {}

H1State RequestParser::feed(std::string_view data) {
    if (data.empty()) return state_;
    while (state_ == H1State::head || state_ == H1State::body) {
        const Machine::Step step = machine_.run(data);
        data.remove_prefix(step.consumed);
        if (step.stop == Machine::Stop::more) return state_;
        if (step.stop == Machine::Stop::error) fail(machine_.error(), machine_.error_text());
        if (step.stop == Machine::Stop::head) take_head();
        if (step.stop == Machine::Stop::message) {
            keep_alive_ = keep_alive_ && !machine_.said_close();
            state_ = H1State::complete;
        }
    }
    if (state_ == H1State::complete) pending_ += data;
    return state_;
}

bool RequestParser::take_head() {
    if (machine_.version_major() != 1) return fail(H1Error::version, "its HTTP version is neither 1.0 nor 1.1");
    if (machine_.method() == "CONNECT") return fail(H1Error::request, "CONNECT is not supported");
    if (!is_known_target(machine_.method(), target())) return fail(H1Error::request, "its target has an unknown form");
    if (!take_host()) return false;
    const BodyFraming framing = body_framing(machine_.headers(), machine_.version_minor());
    if (framing.kind == BodyFraming::Kind::invalid) return fail(H1Error::framing, framing.problem);
    if (framing.length > machine_.limits().body_size_max)
        return fail(H1Error::body_size,
                    format("its body has {} bytes, {} are allowed", framing.length, machine_.limits().body_size_max));
    keep_alive_ = keeps_alive(machine_.headers(), machine_.version_minor());
    state_ = H1State::body;
    return true;
}

/// RFC 9112 section 3.2: exactly one Host in HTTP/1.1, or the request must be refused.
bool RequestParser::take_host() {
    const std::size_t hosts = machine_.headers().count("host");
    if (hosts > 1) return fail(H1Error::request, "it has more than one Host field");
    if (hosts == 0 && machine_.version_minor() == 1) return fail(H1Error::request, "it has no Host field");
    return true;
}

H1State RequestParser::finish() {
    if (state_ == H1State::head && machine_.head_size() == 0) {
        fail(H1Error::closed_unused, "the connection was closed before its first byte");
    } else if (state_ == H1State::head) {
        fail(H1Error::head_cut, "it breaks off within its head");
    } else if (state_ == H1State::body) {
        fail(H1Error::body_cut, format("it breaks off after {} bytes of its body", machine_.body_size()));
    }
    return state_;
}

H1State RequestParser::next() {
    machine_.restart();
    state_ = H1State::head;
    keep_alive_ = false;
    const std::string early = std::move(pending_);
    pending_.clear();
    return early.empty() ? state_ : feed(early);
}

bool RequestParser::expects_continue() const noexcept {
    return machine_.version_minor() == 1 && machine_.headers().has_token("expect", "100-continue");
}

bool RequestParser::fail(H1Error code, std::string_view text) {
    state_ = H1State::failed;
    keep_alive_ = false;
    failure_ = {code, format("the request cannot be answered: {}", text)};
    return false;
}

}  // namespace trawl::http
