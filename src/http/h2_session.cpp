/// A connection of HTTP/2 as its user sees it: streams, windows, what the server may not do.
#include "h2_session.hpp"

#include <algorithm>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr std::size_t output_size_max = 65'536;
constexpr std::size_t frame_size_max = 16'384;  // RFC 9113 section 6.5.2; our settings do not raise it

// A WINDOW_UPDATE brings a request on, not a response, and servers send two of them for as little as a frame of a body.
// Windows that open byte by byte remain a flood.
constexpr std::size_t kBytesOfAWindow = 1024;

enum Code : std::uint32_t {  // RFC 9113 section 7
    protocol_error = 1,
    flow_control_error = 3,
    frame_size_error = 6,
    refused_stream = 7,
    cancel = 8,
    enhance_your_calm = 11
};

/// The start of what a server says for its log, if it is text.
std::string debug_text(std::string_view debug) {
    const std::string_view start = debug.substr(0, 100);
    const bool is_text = std::ranges::all_of(start, [](char c) { return c >= ' ' && c <= '~'; });
    return start.empty() || !is_text ? std::string() : format(", \"{}\"", start);
}

}  // namespace

H2Session::H2Session(const H2Limits& limits) : limits_(limits), engine_(*this, limits_) {}

StreamId H2Session::begin(std::string_view method, const Url& url, const Headers& headers, std::string body,
                          std::span<const std::string> secret_headers) {
    if (!is_open_for_more()) throw UsageError("this connection takes no further request; open another one");
    const StreamId id = engine_.submit(fields_.make(method, url, headers, body.size(), secret_headers), !body.empty());
    exchanges_.try_emplace(id, method, limits_, std::move(body));
    ++open_count_;
    idle_frames_ = 0;
    return id;
}

void H2Session::feed(std::string_view bytes) {
    while (!bytes.empty() && !is_over()) {
        const H2FrameWalk::Piece piece = walk_.next(bytes);
        if (piece.begins) admit_frame();
        if (is_over()) break;
        if (piece.bytes.empty()) continue;  // a frame's head is not complete
        if (const auto problem = engine_.feed(piece.bytes))
            fail_connection(format("the connection cannot be used any more: {}", *problem));
        if (piece.ends) answer();  // not before: a stream that is closed within a frame changes how the rest is read
    }
}

/// Counts frames, and gives up at those that no server may send.
void H2Session::admit_frame() {
    const bool is_data = walk_.type() == H2FrameType::data && walk_.length() > 0;
    const bool is_late = is_data && find_live(walk_.stream()) == nullptr;  // it was under way when we lost interest
    if (!is_late) ++idle_frames_;
    if (!walk_.begins_with_settings())
        give_up(protocol_error, walk_.looks_like_http1()
                                    ? "the server answers in HTTP/1 on a connection that was opened for HTTP/2"
                                    : "the server does not speak HTTP/2: it does not begin with its settings");
    else if (walk_.length() > frame_size_max)
        give_up(frame_size_error,
                format("the server sends a frame of {} bytes, {} are allowed", walk_.length(), frame_size_max));
    else if (walk_.type() == H2FrameType::push_promise)
        give_up(protocol_error, "the server pushes responses, which it was told not to");
    else if (idle_frames_ > limits_.idle_frames_max)
        give_up(enhance_your_calm,
                format("the server sent {} frames in a row that bring no response any further", idle_frames_));
    if (is_over()) answer();
}

/// Hands over what the engine has to say but for requests' bodies, so that verdicts are known and events told in the
/// order of the frames, however these arrive.
void H2Session::answer() {
    if (const auto problem = engine_.write(out_, std::string::npos))
        fail_connection(format("the connection cannot be used any more: {}", *problem));
    if (answers_size_ <= limits_.answers_size_max || is_over()) return;
    give_up(enhance_your_calm, "the server asks for more answers to PING and SETTINGS than it takes in");
    (void)engine_.write(out_, std::string::npos);  // its last words
}

void H2Session::finish() {
    has_ended_ = true;
    for (auto& [id, exchange] : exchanges_) {
        if (exchange.stream.done()) continue;
        H2Failure failure = exchange.stream.cut();
        if (!goaway_.empty()) failure.text += format(" (the server had said that it closes: {})", goaway_);
        fail(id, exchange, std::move(failure), !has_left(exchange));
    }
    open_count_ = 0;
}

std::string H2Session::output() {
    if (has_ended_) return {};
    sends_bodies_ = true;
    const auto problem = engine_.write(out_, output_size_max);
    sends_bodies_ = false;
    if (problem) fail_connection(format("the connection cannot be used any more: {}", *problem));
    std::string piece = out_.size() <= output_size_max ? std::exchange(out_, {}) : out_.substr(0, output_size_max);
    if (!out_.empty()) out_.erase(0, output_size_max);
    if (out_.empty()) answers_size_ = 0;
    taken_size_ += piece.size();
    return piece;
}

bool H2Session::wants_write() const noexcept { return !has_ended_ && (!out_.empty() || engine_.wants_write()); }

void H2Session::took(StreamId id, std::size_t size) {
    Exchange& exchange = exchanges_.at(id);
    size = std::min(size, exchange.unread);
    exchange.unread -= size;
    if (!is_over() && size > 0) engine_.consume(id, size);
}

void H2Session::forget(StreamId id) {
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end()) return;
    Exchange& exchange = found->second;
    if (exchange.is_open && !is_over()) {
        engine_.reset(id, cancel);
        --open_count_;
    }
    release_body(exchange);
    found_ = nullptr;
    exchanges_.erase(found);
}

std::vector<StreamId> H2Session::take_changed() {
    std::vector<StreamId> changed = std::exchange(changed_, {});
    std::erase_if(changed, [this](StreamId id) { return !exchanges_.contains(id); });
    for (const StreamId id : changed) exchanges_.at(id).is_changed = false;
    return changed;
}

bool H2Session::is_open_for_more() const noexcept {
    return !is_over() && engine_.accepts_requests() &&
           engine_.next_id() <= static_cast<std::uint32_t>(limits_.stream_id_max);
}

std::size_t H2Session::streams_max() const noexcept { return std::min(engine_.streams_max(), limits_.streams_max); }

/// Whether the server may know of it.
bool H2Session::has_left(const Exchange& exchange) const noexcept {
    return exchange.fields_at && taken_size_ > *exchange.fields_at;
}

/// Nothing if the stream was forgotten, or if its verdict is known.
H2Session::Exchange* H2Session::find_live(StreamId id) {
    if (found_ == nullptr || id != found_id_) {
        const auto at = exchanges_.find(id);
        found_ = at == exchanges_.end() ? nullptr : &at->second;
        found_id_ = id;
    }
    return found_ == nullptr || found_->stream.done() ? nullptr : found_;
}

void H2Session::mark(StreamId id, Exchange& exchange) {
    if (!exchange.is_changed) changed_.push_back(id);
    exchange.is_changed = true;
}

void H2Session::fail(StreamId id, Exchange& exchange, H2Failure failure, bool may_repeat) {
    exchange.stream.fail(std::move(failure), may_repeat);
    release_body(exchange);
    mark(id, exchange);
}

/// The stream has failed by itself: its limits.
void H2Session::drop(StreamId id, Exchange& exchange) {
    engine_.reset(id, cancel);
    release_body(exchange);
    mark(id, exchange);
}

/// Gives back what a stream without a future holds: memory, and its part of the connection's window.
void H2Session::release_body(Exchange& exchange) {
    exchange.request_body = std::string();
    exchange.request_sent = 0;
    const std::size_t unread = std::exchange(exchange.unread, 0);
    if (unread > 0 && !is_over()) engine_.consume_connection(unread);
}

void H2Session::fail_connection(std::string text) {
    if (is_over()) return;
    failure_ = std::move(text);
    for (auto& [id, exchange] : exchanges_)
        if (!exchange.stream.done()) fail(id, exchange, {H2Error::connection, failure_}, !has_left(exchange));
    open_count_ = 0;
}

void H2Session::give_up(std::uint32_t code, std::string text) {
    fail_connection(std::move(text));
    engine_.give_up(code);
}

void H2Session::on_block(StreamId id) {
    if (Exchange* exchange = find_live(id)) exchange->stream.begin_block();
}

bool H2Session::on_field(StreamId id, std::string_view name, std::string_view value) {
    Exchange* exchange = find_live(id);
    if (exchange == nullptr || exchange->stream.take_field(name, value)) return true;
    drop(id, *exchange);
    return false;
}

void H2Session::on_block_end(StreamId id) {
    Exchange* exchange = find_live(id);
    if (exchange == nullptr) return;
    if (!exchange->stream.end_block()) return drop(id, *exchange);
    if (exchange->stream.state() == H2State::head) return;  // a 1xx
    idle_frames_ = 0;
    mark(id, *exchange);
}

void H2Session::on_data(StreamId id, std::string_view data) {
    Exchange* exchange = find_live(id);
    if (exchange == nullptr) return engine_.consume_connection(data.size());
    idle_frames_ = 0;
    exchange->unread += data.size();
    if (!exchange->stream.take_data(data)) return drop(id, *exchange);
    mark(id, *exchange);
}

void H2Session::on_end(StreamId id) {
    Exchange* exchange = find_live(id);
    if (exchange == nullptr) return;
    exchange->stream.take_end();
    resets_ = 0;
    mark(id, *exchange);
}

void H2Session::on_invalid(StreamId id, std::string_view text) {
    if (Exchange* exchange = find_live(id)) fail(id, *exchange, {H2Error::message, std::string(text)});
}

void H2Session::on_server_reset(StreamId id, std::uint32_t code) {
    if (Exchange* exchange = find_live(id)) {
        const bool is_refused = code == refused_stream && !exchange->stream.started();
        fail(id, *exchange,
             {is_refused ? H2Error::refused : H2Error::reset,
              format("the server reset the stream: {}", h2_error_name(code))},
             is_refused);
    }
    if (++resets_ > limits_.resets_max)
        give_up(enhance_your_calm, format("the server reset {} streams in a row", resets_));
}

void H2Session::on_goaway(std::uint32_t code, std::string_view debug) {
    goaway_ = h2_error_name(code) + debug_text(debug);
    is_asked_for_calm_ = code == enhance_your_calm;
}

std::optional<H2Events::Read> H2Session::read_body(StreamId id, std::span<char> out) {
    if (!sends_bodies_) return std::nullopt;
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end()) return Read{0, true};
    Exchange& exchange = found->second;
    const std::string_view left = std::string_view(exchange.request_body).substr(exchange.request_sent);
    const std::size_t size = left.copy(out.data(), out.size());
    exchange.request_sent += size;
    idle_frames_ -= std::min(idle_frames_, size / kBytesOfAWindow);
    const bool is_last = size == left.size();
    if (is_last) {
        exchange.request_body = std::string();
        exchange.request_sent = 0;
        exchange.is_body_out = true;
        bodies_out_.push_back(id);
    }
    return Read{size, is_last};
}

void H2Session::on_fields_sent(StreamId id) {
    Exchange* exchange = find_live(id);
    if (exchange == nullptr) return;
    exchange->fields_at = taken_size_ + out_.size();
    if (exchange->request_body.empty()) exchange->is_body_out = true;
}

void H2Session::on_unsendable(StreamId id) {
    if (Exchange* exchange = find_live(id))
        fail(id, *exchange, {H2Error::request, "the request's header fields are too large for HTTP/2: beyond 64 KB"});
}

H2Failure H2Session::closed_failure(const H2Stream& stream, std::uint32_t code, bool ended) const {
    if (code == refused_stream)
        return {H2Error::refused, format("the server did not process the request; it closes: {}", goaway_)};
    if (code == protocol_error) return stream.wrong_length(ended);
    if (code == flow_control_error)
        return {H2Error::message, "the response cannot be used: more bytes of its body came than were allowed"};
    return {H2Error::reset, format("the stream was closed before the response was there: {}", h2_error_name(code))};
}

/// Of streams that have no verdict yet, refused are those that a GOAWAY left out; others broke the length of their
/// body.
void H2Session::on_closed(StreamId id, std::uint32_t code, bool ended) {
    const auto found = exchanges_.find(id);
    if (found == exchanges_.end() || !found->second.is_open) return;
    Exchange& exchange = found->second;
    exchange.is_open = false;
    exchange.request_body = std::string();
    if (open_count_ > 0) --open_count_;
    if (!exchange.stream.done())
        fail(id, exchange, closed_failure(exchange.stream, code, ended), code == refused_stream && !is_asked_for_calm_);
}

void H2Session::on_given_up(std::uint32_t code, std::string_view reason) {
    fail_connection(format("the server breaks the rules of HTTP/2: {}{}", h2_error_name(code), debug_text(reason)));
}

}  // namespace trawl::http
