/// One exchange on a connection of HTTP/2: what came of its response, within limits, and what became of it. It knows
/// what a response means; frames, windows and who may send when are the session's (h2_session.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "headers_builder.hpp"
#include "trawl/http/headers.hpp"

namespace trawl::http {

using StreamId = std::int32_t;

enum class H2State {
    head,      ///< the head is not complete
    body,      ///< the body is not complete
    complete,  ///< the response is there, whole
    failed     ///< see failure(); what had come of the body is gone
};

enum class H2Error {
    none,
    unanswered,           ///< the connection ended before the first byte of the response
    cut,                  ///< it ended before the response did
    refused,              ///< the server did not process the request, and says so
    reset,                ///< the server gave the stream up
    message,              ///< the response breaks the rules of HTTP, its length among them
    head_size,            ///< its header fields are larger than allowed
    field_count,          ///< it has more header fields than allowed
    informational_count,  ///< more 1xx responses than allowed came first
    body_size,            ///< the body is larger than allowed
    request,              ///< the request's own fields are too large to be sent
    connection            ///< the whole connection failed
};

/// The name of the enumerator.
[[nodiscard]] std::string_view to_string(H2Error error) noexcept;

struct H2Failure {
    H2Error code = H2Error::none;
    std::string text;  ///< for people: "the server reset the stream: INTERNAL_ERROR (2)"
};

struct H2Limits {
    std::size_t head_size_max = 65'536;        ///< of all header blocks of one exchange, as RFC 9113 6.5.2 counts them
    std::size_t fields_max = 200;              ///< header fields, those of 1xx and trailers included
    std::size_t informational_max = 10;        ///< 1xx responses before the real one
    std::uint64_t body_size_max = 1ULL << 30;  ///< bytes of the body
    std::uint32_t stream_window = 1 << 20;     ///< bytes that may arrive ahead of the reader of one stream
    /// The same for all streams together, at least 65,535. Streams that nobody reads hold up the others when they have
    /// filled it: whoever waits for one stream while others lie unread needs stream_window for each of them.
    std::uint32_t connection_window = 1 << 24;
    std::size_t streams_max = 1'000;        ///< at once, if the server allows more
    std::size_t idle_frames_max = 10'000;   ///< frames in a row that bring nothing any further; so has Go
    std::size_t resets_max = 1'000;         ///< streams that the server resets in a row, none answered in between
    std::size_t answers_size_max = 65'536;  ///< bytes of answers to PING and SETTINGS that wait to be sent
    StreamId stream_id_max = std::numeric_limits<StreamId>::max();  ///< the connection is used up beyond it
};

class H2Stream {
public:
    H2Stream(std::string_view method, const H2Limits& limits) : limits_(&limits), is_head_request_(method == "HEAD") {}

    [[nodiscard]] H2State state() const noexcept { return state_; }
    [[nodiscard]] bool done() const noexcept { return state_ == H2State::complete || state_ == H2State::failed; }
    [[nodiscard]] const H2Failure& failure() const noexcept { return failure_; }
    /// Whether anything of a response came, be it a 1xx.
    [[nodiscard]] bool started() const noexcept { return started_; }
    /// Failed, and the server certainly did nothing: it said so, or the request did not leave. Any method may be sent
    /// again at once, unless the server asked for calm: then this is false.
    [[nodiscard]] bool may_repeat() const noexcept { return may_repeat_; }

    /// Valid once the head is complete.
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const Headers& headers() const noexcept { return fields_.headers(); }
    /// They are gone then.
    [[nodiscard]] Headers take_headers() noexcept { return std::move(fields_.headers()); }
    /// What has arrived of the body. It may be taken out (moved, swapped, cleared) at any time; more is appended.
    /// H2Session::took() says so to the server.
    [[nodiscard]] std::string& body() noexcept { return body_; }
    /// Bytes of body so far, also those that were taken out.
    [[nodiscard]] std::uint64_t body_size() const noexcept { return body_size_; }

    /// What the session tells it. A header block begins, of a 1xx, the head or trailers.
    void begin_block();
    /// A field of the block. False: the stream failed, the rest is not wanted.
    [[nodiscard]] bool take_field(std::string_view name, std::string_view value);
    /// The block is complete. False: the stream failed.
    [[nodiscard]] bool end_block();
    /// Bytes of the body. False: the stream failed.
    [[nodiscard]] bool take_data(std::string_view data);
    /// The response is complete. Requires: neither it nor the stream's failure came before.
    void take_end() noexcept { state_ = H2State::complete; }
    /// The connection ended, or the framing broke: why there is not all of it.
    [[nodiscard]] H2Failure cut() const;
    /// Why the body is not what its head announced. `ended`: it is too short; else too long.
    [[nodiscard]] H2Failure wrong_length(bool ended) const;
    /// Requires: not done.
    void fail(H2Failure failure, bool may_repeat = false);

private:
    [[nodiscard]] bool refuse(H2Error code, std::string text);
    [[nodiscard]] bool take_final_head();

    const H2Limits* limits_;
    H2State state_ = H2State::head;
    H2Failure failure_;
    HeadersBuilder fields_;
    std::string body_;
    std::optional<std::uint64_t> length_;  // by content-length
    std::uint64_t body_size_ = 0;
    std::size_t head_size_ = 0;
    std::size_t field_count_ = 0;
    std::size_t informational_count_ = 0;
    int status_ = 0;
    bool is_head_request_;
    bool started_ = false;
    bool may_repeat_ = false;
};

}  // namespace trawl::http
