/// What a response over HTTP/2 means: 1xx, head, body, trailers, limits.
#include "h2_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

// nginx's head of a static page has 7 fields in 180 bytes, that of an API behind a gateway twice as many.
constexpr std::size_t usual_head_size = 512;
constexpr std::size_t usual_field_count = 16;

constexpr std::size_t field_overhead = 32;  // RFC 9113 section 6.5.2

/// A body is given room ahead up to this size; a server that only claims a large one gets no memory for the claim.
constexpr std::uint64_t reserve_max = 1 << 20;

int status_of(std::string_view text) {
    int status = 0;
    std::from_chars(text.data(), text.data() + text.size(), status);
    return status;
}

}  // namespace

std::string_view to_string(H2Error error) noexcept {
    constexpr std::array<std::string_view, 12> names = {
        "none",        "unanswered",          "cut",       "refused", "reset",     "message", "head_size",
        "field_count", "informational_count", "body_size", "request", "connection"};
    return names[static_cast<std::size_t>(error)];
}

void H2Stream::begin_block() {
    started_ = true;
    if (state_ != H2State::head) return;
    fields_.clear();
    fields_.reserve(usual_head_size, usual_field_count);
}

/// Trailers are counted and dropped.
bool H2Stream::take_field(std::string_view name, std::string_view value) {
    if (state_ == H2State::failed) return false;
    head_size_ += name.size() + value.size() + field_overhead;
    if (head_size_ > limits_->head_size_max)
        return refuse(H2Error::head_size, format("its header fields are larger than {} bytes", limits_->head_size_max));
    if (name == ":status") {
        status_ = status_of(value);
        return true;
    }
    if (++field_count_ > limits_->fields_max)
        return refuse(H2Error::field_count, format("it has more than {} header fields", limits_->fields_max));
    if (state_ != H2State::head) return true;
    fields_.extend_name(name);
    fields_.extend_value(value);
    (void)fields_.finish_field();  // nobody calls with an empty name
    return true;
}

bool H2Stream::end_block() {
    if (state_ != H2State::head) return state_ != H2State::failed;
    if (status_ < 100) return refuse(H2Error::message, format("its status is {}", status_));
    if (status_ >= 200) return take_final_head();
    if (++informational_count_ > limits_->informational_max)
        return refuse(H2Error::informational_count, "more 1xx responses than allowed came before it");
    return true;
}

bool H2Stream::take_final_head() {
    const bool has_body = !is_head_request_ && status_ != 204 && status_ != 304;
    const auto text = headers().get("content-length");
    std::uint64_t length = 0;
    if (!has_body) {
        length_ = 0;
    } else if (text) {
        const auto parsed = std::from_chars(text->data(), text->data() + text->size(), length);
        if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size())
            return refuse(H2Error::message, "its content-length is not a number");
        length_ = length;
    }
    if (length > limits_->body_size_max)
        return refuse(H2Error::body_size,
                      format("its body has {} bytes, {} are allowed", length, limits_->body_size_max));
    body_.reserve(static_cast<std::size_t>(std::min(length, reserve_max)));
    state_ = H2State::body;
    return true;
}

bool H2Stream::take_data(std::string_view data) {
    if (done()) return false;
    body_size_ += data.size();
    if (body_size_ > limits_->body_size_max)
        return refuse(H2Error::body_size, format("its body is larger than {} bytes", limits_->body_size_max));
    body_.append(data);
    return true;
}

H2Failure H2Stream::cut() const {
    constexpr std::string_view begin = "the response cannot be used: it breaks off";
    if (!started_) return {H2Error::unanswered, "the connection ended before the first byte of the response"};
    if (state_ == H2State::head) return {H2Error::cut, format("{} within its head", begin)};
    if (length_) return {H2Error::cut, format("{}: {} of {} bytes of its body arrived", begin, body_size_, *length_)};
    return {H2Error::cut, format("{}: the end of its body is missing after {} bytes", begin, body_size_)};
}

H2Failure H2Stream::wrong_length(bool ended) const {
    constexpr std::string_view begin = "the response cannot be used";
    if (state_ == H2State::head && ended)
        return {H2Error::message, format("{}: it ends without a head, behind a 1xx response", begin)};
    if (state_ == H2State::head) return {H2Error::message, format("{}: its body begins before its head", begin)};
    if (!ended && length_ == 0U) return {H2Error::message, format("{}: it has a body where there can be none", begin)};
    if (!ended)
        return {H2Error::message,
                format("{}: its body is longer than its content-length, {}", begin, length_.value_or(0))};
    return {H2Error::message, format("{}: its body ends after {} of {} bytes", begin, body_size_, length_.value_or(0))};
}

bool H2Stream::refuse(H2Error code, std::string text) {
    fail({code, format("the response cannot be used: {}", text)});
    return false;
}

void H2Stream::fail(H2Failure failure, bool may_repeat) {
    state_ = H2State::failed;
    failure_ = std::move(failure);
    may_repeat_ = may_repeat;
    body_ = std::string();
}

}  // namespace trawl::http
