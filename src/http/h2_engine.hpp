/// nghttp2 as a client, without its I/O: frames in, events out; requests in, frames out. It keeps the rules of frames,
/// of HPACK and of the windows (RFC 9113); what a response means, and how much of it there may be, is the session's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "h2_request.hpp"
#include "h2_stream.hpp"

namespace trawl::http {

/// What happens on a connection. Streams that were reset from our side may still be named.
class H2Events {
public:
    /// A header block begins; its fields; it is complete. False from on_field: the rest is not wanted, the stream was
    /// reset.
    virtual void on_block(StreamId id) = 0;
    [[nodiscard]] virtual bool on_field(StreamId id, std::string_view name, std::string_view value) = 0;
    virtual void on_block_end(StreamId id) = 0;
    virtual void on_data(StreamId id, std::string_view data) = 0;
    /// The response is complete, by its last block or its last data.
    virtual void on_end(StreamId id) = 0;
    /// What came breaks HTTP's rules; the engine resets the stream.
    virtual void on_invalid(StreamId id, std::string_view text) = 0;
    virtual void on_server_reset(StreamId id, std::uint32_t code) = 0;
    virtual void on_goaway(std::uint32_t code, std::string_view debug) = 0;

    /// The next bytes of a request's body are written to `out`. Nothing: not now.
    struct Read {
        std::size_t size;
        bool is_last;
    };
    [[nodiscard]] virtual std::optional<Read> read_body(StreamId id, std::span<char> out) = 0;
    /// The request's fields will stand behind what was written so far.
    virtual void on_fields_sent(StreamId id) = 0;
    /// They are too large.
    virtual void on_unsendable(StreamId id) = 0;
    /// An answer to PING or SETTINGS of so many bytes is on its way.
    virtual void on_answer(std::size_t size) = 0;

    /// The stream is over, in whatever way. `ended`: the server had said that its side is complete.
    virtual void on_closed(StreamId id, std::uint32_t code, bool ended) = 0;
    /// The engine gives the connection up: it says so to the server with this code, and why.
    virtual void on_given_up(std::uint32_t code, std::string_view reason) = 0;

protected:
    ~H2Events() = default;
};

struct H2EngineState;

class H2Engine {
public:
    /// Queues the preface, the settings and the connection's window. `events` outlives the engine. Events are told
    /// within feed() and write() only, and everything but these two may be called from within them.
    H2Engine(H2Events& events, const H2Limits& limits);
    ~H2Engine();
    H2Engine(const H2Engine&) = delete;
    H2Engine& operator=(const H2Engine&) = delete;

    /// Queues a request. Requires: accepts_requests().
    StreamId submit(const std::vector<H2Field>& fields, bool has_body);
    /// Takes the next bytes of the connection, all of them. What an event throws, it throws. Nothing if they were
    /// taken; a reason if the engine is of no use any more.
    [[nodiscard]] std::optional<std::string> feed(std::string_view bytes);
    /// Appends frames to `out` until it has `size_max` bytes or there are no more. Returns as feed() does.
    [[nodiscard]] std::optional<std::string> write(std::string& out, std::size_t size_max);

    void reset(StreamId id, std::uint32_t code);
    /// The stream's reader took so many bytes: the server may send more, on the stream and on the connection.
    void consume(StreamId id, std::size_t size);
    /// The same for bytes whose stream matters no more.
    void consume_connection(std::size_t size);
    /// Gives the connection up from our side: on_given_up() comes with the next write().
    void give_up(std::uint32_t code);

    [[nodiscard]] bool wants_write() const noexcept;
    /// No GOAWAY, neither ours nor theirs, and stream ids are left.
    [[nodiscard]] bool accepts_requests() const noexcept;
    /// The id of the next stream.
    [[nodiscard]] std::uint32_t next_id() const noexcept;
    /// How many streams the server allows at once; 100 until it says so.
    [[nodiscard]] std::size_t streams_max() const noexcept;

private:
    std::unique_ptr<H2EngineState> state_;  // nghttp2's names stay in one .cpp
};

}  // namespace trawl::http
