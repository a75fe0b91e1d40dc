/// HTTP/1 without I/O (RFC 9112): bytes in, a response or a request out. Nothing here throws for what the peer sends:
/// the verdict is a state and a failure. One parser serves a connection for its whole life and reuses its buffers.
///
///     parser.begin("GET");
///     append_request(bytes, "GET", url, headers), send(bytes);
///     parser.request_sent();
///     while (!parser.done()) {
///         std::string_view chunk = receive();
///         if (chunk.empty()) parser.finish(); else parser.feed(chunk);
///     }
///     release(connection, parser.reusable());
///
/// A server feeds a RequestParser until it is complete, answers, and calls next(), which may be complete at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "h1_machine.hpp"
#include "trawl/http/headers.hpp"

namespace trawl::http {

enum class H1State {
    head,              ///< the head is not complete
    body,              ///< the body is not complete; its end will be seen
    body_until_close,  ///< the body ends with the connection
    complete,          ///< the message is there, whole
    failed             ///< the connection is of no use any more
};

struct H1Failure {
    H1Error code = H1Error::none;
    std::string text;  ///< for people: "the response breaks off: 10 of 7200 bytes of its body arrived"
};

/// The client's side: one response after the other.
class ResponseParser {
public:
    explicit ResponseParser(const H1Limits& limits = {});

    /// Starts over for the response to a request with this method. `asked_close`: the request said Connection: close.
    void begin(std::string_view method, bool asked_close = false);
    /// The request is on its way to the last byte. Until then the connection cannot be reused.
    void request_sent() noexcept { request_sent_ = true; }

    struct Fed {
        H1State state;
        std::size_t consumed;  ///< less than was fed only if it is complete or failed
    };
    /// Takes the next bytes of the connection. No bytes change nothing: the end of the connection is finish().
    Fed feed(std::string_view data);
    /// The peer ended the connection cleanly (FIN, or close_notify under TLS). A reset is the caller's error to report.
    H1State finish();

    [[nodiscard]] H1State state() const noexcept { return state_; }
    [[nodiscard]] bool done() const noexcept { return state_ == H1State::complete || state_ == H1State::failed; }
    [[nodiscard]] const H1Failure& failure() const noexcept { return failure_; }
    /// Whether any byte of a response came: an idempotent request may be sent again silently only if none did.
    [[nodiscard]] bool started() const noexcept { return started_; }

    /// Both messages complete by their own framing, neither side said close, no byte came beyond the response.
    [[nodiscard]] bool reusable() const noexcept;

    /// Valid once the head is complete (state() is neither head nor failed), until begin().
    [[nodiscard]] int status() const noexcept { return machine_.status(); }
    [[nodiscard]] const std::string& reason() const noexcept { return machine_.start_text(); }
    [[nodiscard]] const Headers& headers() const noexcept { return machine_.headers(); }
    /// What has arrived of the body. It may be taken out (moved, swapped, cleared) at any time; more is appended.
    [[nodiscard]] std::string& body() noexcept { return machine_.body(); }

private:
    bool take_head();
    bool take_informational();
    bool take_framing();
    void take_end();
    bool fail(H1Error code, std::string_view text);

    Machine machine_;
    H1State state_ = H1State::head;
    H1Failure failure_;
    std::uint64_t length_ = 0;  // by Content-Length
    std::size_t informational_count_ = 0;
    bool started_ = false;
    bool has_length_ = false;
    bool is_head_request_ = false;
    bool is_connect_request_ = false;
    bool request_sent_ = false;
    bool keep_alive_ = true;
    bool has_leftover_ = false;
};

/// The server's side: one request after the other; bytes of the next one that came early are kept.
class RequestParser {
public:
    explicit RequestParser(const H1Limits& limits = {});

    /// Takes the next bytes of the connection, all of them.
    H1State feed(std::string_view data);
    /// The peer ended the connection. closed_unused is the regular end between two requests.
    H1State finish();
    /// The request was answered: starts the next one with what was pipelined behind it. Requires: complete.
    H1State next();

    [[nodiscard]] H1State state() const noexcept { return state_; }
    [[nodiscard]] const H1Failure& failure() const noexcept { return failure_; }

    /// Valid once the head is complete, until next().
    [[nodiscard]] std::string_view method() const noexcept { return machine_.method(); }
    /// As it came: "/path?query", "*", or "http://host/path".
    [[nodiscard]] const std::string& target() const noexcept { return machine_.start_text(); }
    [[nodiscard]] const Headers& headers() const noexcept { return machine_.headers(); }
    [[nodiscard]] std::string& body() noexcept { return machine_.body(); }
    /// Whether the client waits for a 100 before it sends the body (RFC 9110 section 10.1.1).
    [[nodiscard]] bool expects_continue() const noexcept;
    /// Whether the client will read further answers on this connection.
    [[nodiscard]] bool keep_alive() const noexcept { return keep_alive_; }

private:
    bool take_head();
    bool take_host();
    bool fail(H1Error code, std::string_view text);

    Machine machine_;
    H1State state_ = H1State::head;
    H1Failure failure_;
    std::string pending_;
    bool keep_alive_ = false;
};

}  // namespace trawl::http
