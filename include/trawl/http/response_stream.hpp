/// ResponseStream: a response whose body is read while it arrives, at the reader's pace.
///
///     ResponseStream log = co_await client.get("/log.ndjson").stream();
///     log.raise_for_status();
///     while (auto line = co_await log.next_line()) consume(*line);
///
/// Rules: only a few pieces are received ahead of the reader, so that a slow one slows the server down. A body that
/// breaks off is an error, never a shorter body. A server may begin its answer before it has read the request: the rest
/// goes out meanwhile, until the answer is no success (HTTP/1.1) or whole (HTTP/2). Dropping the stream closes its
/// connection, unless the body had come to its end. One task reads at a time. The client must outlive the stream.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/response.hpp"

namespace trawl {

namespace http {
class Exchange;
}

class ResponseStream {
public:
    explicit ResponseStream(std::unique_ptr<http::Exchange> exchange);
    ResponseStream(ResponseStream&&) noexcept;
    ResponseStream& operator=(ResponseStream&&) noexcept;
    ~ResponseStream();

    [[nodiscard]] int status() const noexcept { return head_->status(); }
    [[nodiscard]] bool is_success() const noexcept { return head_->is_success(); }
    [[nodiscard]] const Headers& headers() const noexcept { return head_->headers(); }
    [[nodiscard]] const Url& url() const noexcept { return head_->url(); }
    /// As Response::raise_for_status().
    void raise_for_status() const { head_->raise_for_status(); }

    /// The next bytes of the body, never empty; nothing at its end. Suspends. Throws TimeoutError, ProtocolError,
    /// OsError; after that the body is at its end.
    Task<std::optional<std::string>> next();
    /// The next line without its end ("\n" or "\r\n"); the last one may lack it. Nothing at the end of the body.
    /// Suspends; throws as next() does.
    Task<std::optional<std::string>> next_line();
    /// The response with all of the body that was not taken. Suspends; throws as next() does.
    Task<Response> read();

private:
    Task<bool> more();
    void end() noexcept;
    std::string take(std::size_t size);

    std::unique_ptr<Response> head_;
    std::unique_ptr<http::Exchange> exchange_;  // null when the body has ended
    std::string waiting_;                       // received and not taken
    std::size_t taken_ = 0;                     // of it
    std::size_t searched_ = 0;                  // of it, without finding the end of a line
};

}  // namespace trawl
