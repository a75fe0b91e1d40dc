/// The client's side of one HTTP/2 connection, without I/O (RFC 9113): requests in, frames out; frames in, responses
/// out. Nothing here throws for what the peer sends: the verdict on a stream is its failure, that on the connection is
/// failure().
///
///     const StreamId id = session.begin("GET", url, headers);
///     while (!session.stream(id).done()) {
///         while (session.wants_write()) send(session.output());
///         const std::string_view bytes = receive();
///         if (bytes.empty()) session.finish(); else session.feed(bytes);
///         std::string part = std::exchange(session.stream(id).body(), {});
///         session.took(id, part.size());
///     }
///     session.forget(id);
///
/// What a hostile server can make us hold is bounded: header fields, body and 1xx by the stream's limits, bodies that
/// nobody reads by the windows, answers that are not sent by answers_size_max, and how long it may go on without
/// bringing anything by idle_frames_max and resets_max. Beyond them the stream or the connection fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "h2_engine.hpp"
#include "h2_frames.hpp"
#include "h2_memory.hpp"
#include "h2_stream.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

class H2Session : private H2Events {
public:
    /// The preface, the settings and the connection's window are the first output.
    explicit H2Session(const H2Limits& limits = {});
    H2Session(const H2Session&) = delete;
    H2Session& operator=(const H2Session&) = delete;

    /// Queues a request; its fields are made by H2RequestFields, which throws for what is none. More than
    /// streams_max() at once wait until the server allows them. Throws UsageError unless is_open_for_more().
    StreamId begin(std::string_view method, const Url& url, const Headers& headers, std::string body = {},
                   std::span<const std::string> secret_headers = {});

    /// Takes the next bytes of the connection, all of them. What they changed is in take_changed() and failure();
    /// what is to be answered is in output().
    void feed(std::string_view bytes);
    /// The connection ended, in whatever way: streams that are not complete fail.
    void finish();

    /// The next bytes to send, at most 64 KB: they count as sent. Called again when those are gone, it lets a
    /// connection that is slow hold up the bodies of requests.
    [[nodiscard]] std::string output();
    /// False: there is no output. True: there is some, or there is none and this is false behind the call that says so.
    [[nodiscard]] bool wants_write() const noexcept;

    /// Requires: it was begun and not forgotten. Stays where it is until then.
    [[nodiscard]] H2Stream& stream(StreamId id) { return exchanges_.at(id).stream; }
    /// How much of the request's body output() has given, or is about to; of one that is out to its end, nothing.
    [[nodiscard]] std::size_t body_sent(StreamId id) const { return exchanges_.at(id).request_sent; }
    [[nodiscard]] bool is_body_out(StreamId id) const { return exchanges_.at(id).is_body_out; }
    /// The streams whose requests' bodies came to be out to their ends since the last call.
    [[nodiscard]] std::vector<StreamId> take_bodies_out() { return std::exchange(bodies_out_, {}); }
    /// The reader took so many bytes out of the stream's body() and has room for as many more. The server is told when
    /// it is worth a frame: at half a window.
    void took(StreamId id, std::size_t size);
    /// Nobody wants the answer any more, or it was read. If it is under way the stream is reset; what still arrives
    /// is dropped, without narrowing the connection's window.
    void forget(StreamId id);
    /// The streams of which a head or body came, or which became complete or failed, since the last call; each once.
    [[nodiscard]] std::vector<StreamId> take_changed();

    /// Whether the connection has not ended or failed, the server has not said that it closes, and ids are left.
    [[nodiscard]] bool is_open_for_more() const noexcept;
    /// What the server allows at once, or 100 until it says so; no more than the limits do.
    [[nodiscard]] std::size_t streams_max() const noexcept;
    /// Streams that take one of these places: begun, and not over in both directions.
    [[nodiscard]] std::size_t stream_count() const noexcept { return open_count_; }
    /// Why the connection failed, for people; empty if it did not. All its streams have failed with it.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
    struct Exchange {
        Exchange(std::string_view method, const H2Limits& limits, std::string body)
            : stream(method, limits), request_body(std::move(body)) {}

        H2Stream stream;
        std::string request_body;
        std::size_t request_sent = 0;            // bytes of it
        std::size_t unread = 0;                  // bytes of the response's body that took() has not heard of
        std::optional<std::uint64_t> fields_at;  // where in all of the output the last frame of its fields stands
        bool is_open = true;
        bool is_body_out = false;  // to its last byte
        bool is_changed = false;
    };

    void on_block(StreamId id) override;
    bool on_field(StreamId id, std::string_view name, std::string_view value) override;
    void on_block_end(StreamId id) override;
    void on_data(StreamId id, std::string_view data) override;
    void on_end(StreamId id) override;
    void on_invalid(StreamId id, std::string_view text) override;
    void on_server_reset(StreamId id, std::uint32_t code) override;
    void on_goaway(std::uint32_t code, std::string_view debug) override;
    std::optional<Read> read_body(StreamId id, std::span<char> out) override;
    void on_fields_sent(StreamId id) override;
    void on_unsendable(StreamId id) override;
    void on_answer(std::size_t size) override { answers_size_ += size; }
    void on_closed(StreamId id, std::uint32_t code, bool ended) override;
    void on_given_up(std::uint32_t code, std::string_view reason) override;

    [[nodiscard]] bool is_over() const noexcept { return has_ended_ || !failure_.empty(); }
    [[nodiscard]] bool has_left(const Exchange& exchange) const noexcept;
    [[nodiscard]] Exchange* find_live(StreamId id);
    [[nodiscard]] H2Failure closed_failure(const H2Stream& stream, std::uint32_t code, bool ended) const;
    void admit_frame();
    void answer();
    void mark(StreamId id, Exchange& exchange);
    void fail(StreamId id, Exchange& exchange, H2Failure failure, bool may_repeat = false);
    void drop(StreamId id, Exchange& exchange);
    void release_body(Exchange& exchange);
    void fail_connection(std::string text);
    void give_up(std::uint32_t code, std::string text);

    H2Limits limits_;
    H2Engine engine_;
    H2RequestFields fields_;
    H2FrameWalk walk_;
    std::map<StreamId, Exchange, std::less<>, H2Allocator<std::pair<const StreamId, Exchange>>> exchanges_;
    Exchange* found_ = nullptr;  // what find_live() found last: a head's fields are all of one stream
    StreamId found_id_ = 0;
    std::vector<StreamId> changed_;
    std::vector<StreamId> bodies_out_;
    std::string out_;
    std::string failure_;
    std::string goaway_;
    std::uint64_t taken_size_ = 0;  // bytes of output that were handed out
    std::size_t answers_size_ = 0;
    std::size_t open_count_ = 0;
    std::size_t idle_frames_ = 0;
    std::size_t resets_ = 0;
    bool sends_bodies_ = false;
    bool has_ended_ = false;
    bool is_asked_for_calm_ = false;  // by a GOAWAY: what it left out is not to be sent again at once
};

}  // namespace trawl::http
