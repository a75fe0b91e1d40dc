/// What a response means: 1xx, framing, the end of the body, reuse of the connection.
#include "h1.hpp"

#include <algorithm>

#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

/// A body is given room ahead up to this size; a server that only claims a large one gets no memory for the claim.
constexpr std::uint64_t reserve_max = 1 << 20;

}  // namespace

ResponseParser::ResponseParser(const H1Limits& limits) : machine_(Machine::Kind::response, limits) {}

void ResponseParser::begin(std::string_view method, bool asked_close) {
    machine_.restart();
    state_ = H1State::head;
    failure_.code = H1Error::none;
    failure_.text.clear();
    length_ = 0;
    informational_count_ = 0;
    started_ = false;
    has_length_ = false;
    is_head_request_ = method == "HEAD";
    is_connect_request_ = method == "CONNECT";
    request_sent_ = false;
    keep_alive_ = !asked_close;
    has_leftover_ = false;
}

ResponseParser::Fed ResponseParser::feed(std::string_view data) {
    if (data.empty()) return {state_, 0};
    started_ = true;
    std::size_t consumed = 0;
    while (!done()) {
        const Machine::Step step = machine_.run(data.substr(consumed));
        consumed += step.consumed;
        if (step.stop == Machine::Stop::more) return {state_, consumed};
        if (step.stop == Machine::Stop::error) fail(machine_.error(), machine_.error_text());
        if (step.stop == Machine::Stop::head) take_head();
        if (step.stop == Machine::Stop::message) take_end();
    }
    has_leftover_ = has_leftover_ || consumed < data.size();
    return {state_, consumed};
}

bool ResponseParser::take_head() {
    if (machine_.version_major() != 1) return fail(H1Error::version, "its HTTP version is neither 1.0 nor 1.1");
    if (machine_.status() < 100) return fail(H1Error::status, format("its status is {}", machine_.status()));
    keep_alive_ = keep_alive_ && keeps_alive(machine_.headers(), machine_.version_minor());
    return machine_.status() < 200 ? take_informational() : take_framing();
}

/// RFC 9110 section 15.2: any number of 1xx may come before the response; ours is bounded.
bool ResponseParser::take_informational() {
    if (machine_.status() == 101)
        return fail(H1Error::upgrade, "it switches to another protocol, which was not asked for");
    if (++informational_count_ > machine_.limits().informational_max)
        return fail(H1Error::informational_count, "more 1xx responses than allowed came before it");
    if (machine_.headers().contains("content-length") || machine_.headers().contains("transfer-encoding"))
        return fail(H1Error::framing, "a 1xx response claims to have a body");
    machine_.skip_body();
    return true;
}

bool ResponseParser::take_framing() {
    const BodyFraming framing = body_framing(machine_.headers(), machine_.version_minor());
    if (framing.kind == BodyFraming::Kind::invalid) return fail(H1Error::framing, framing.problem);
    const int status = machine_.status();
    const bool is_tunnel = is_connect_request_ && status < 300;
    if (is_head_request_ || is_tunnel || status == 204 || status == 304) {
        machine_.skip_body();
        state_ = H1State::body;
        // A 204 has no body, so what announces one is wrong about what follows (RFC 9110 section 15.3.5).
        const bool claims_body = framing.kind == BodyFraming::Kind::chunked || framing.length > 0;
        if (is_tunnel || (status == 204 && !is_head_request_ && claims_body)) keep_alive_ = false;
        return true;
    }
    has_length_ = framing.kind == BodyFraming::Kind::length;
    length_ = framing.length;
    if (length_ > machine_.limits().body_size_max)
        return fail(H1Error::body_size,
                    format("its body has {} bytes, {} are allowed", length_, machine_.limits().body_size_max));
    if (has_length_) machine_.body().reserve(static_cast<std::size_t>(std::min(length_, reserve_max)));
    state_ = framing.kind == BodyFraming::Kind::unspecified ? H1State::body_until_close : H1State::body;
    return true;
}

void ResponseParser::take_end() {
    if (machine_.status() < 200) return machine_.next_in_exchange();
    keep_alive_ = keep_alive_ && !machine_.said_close();
    state_ = H1State::complete;
}

H1State ResponseParser::finish() {
    keep_alive_ = false;
    if (state_ == H1State::body_until_close) {
        state_ = H1State::complete;
    } else if (state_ == H1State::head && !started()) {
        fail(H1Error::closed_unused, "the connection was closed before its first byte");
    } else if (state_ == H1State::head) {
        fail(H1Error::head_cut, "it breaks off within its head");
    } else if (state_ == H1State::body && has_length_) {
        fail(H1Error::body_cut,
             format("it breaks off: {} of {} bytes of its body arrived", machine_.body_size(), length_));
    } else if (state_ == H1State::body) {
        fail(H1Error::body_cut,
             format("it breaks off: its last chunk is missing after {} bytes", machine_.body_size()));
    }
    return state_;
}

bool ResponseParser::reusable() const noexcept {
    return state_ == H1State::complete && request_sent_ && keep_alive_ && !has_leftover_;
}

bool ResponseParser::fail(H1Error code, std::string_view text) {
    state_ = H1State::failed;
    failure_ = {code, format("the response cannot be used: {}", text)};
    return false;
}

}  // namespace trawl::http
