/// Response: what a server answered, complete: a body that was cut short never becomes one.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "trawl/base/clock.hpp"
#include "trawl/http/headers.hpp"
#include "trawl/http/json.hpp"
#include "trawl/http/timings.hpp"
#include "trawl/http/url.hpp"

namespace trawl {

/// What a response that is about to go gives, it gives away: `auto text = (co_await client.get(url)).text()` is a
/// string of its own, where one that stays is looked into.
class Response {
public:
    Response(std::string method, Url url, int status, Headers headers, std::string body)
        : method_(std::move(method)),
          url_(std::move(url)),
          status_(status),
          headers_(std::move(headers)),
          body_(std::move(body)) {}

    [[nodiscard]] int status() const noexcept { return status_; }
    /// "HTTP/1.1".
    [[nodiscard]] std::string_view http_version() const noexcept { return http_version_; }
    void set_http_version(std::string_view literal) noexcept { http_version_ = literal; }
    /// 2xx.
    [[nodiscard]] bool is_success() const noexcept { return status_ >= 200 && status_ < 300; }
    [[nodiscard]] const Headers& headers() const& noexcept { return headers_; }
    [[nodiscard]] Headers headers() && noexcept { return std::move(headers_); }
    /// Its content codings (gzip, ...) are undone.
    [[nodiscard]] std::string_view text() const& noexcept { return body_; }
    [[nodiscard]] std::string text() && noexcept { return std::move(body_); }
    [[nodiscard]] std::string_view bytes() const& noexcept { return body_; }
    [[nodiscard]] std::string bytes() && noexcept { return std::move(body_); }
    /// The body as JSON. Throws JsonError, which names the request.
    [[nodiscard]] Json json() const;
    /// The entity tag with its quotes, and its W/ if it is weak (RFC 9110 section 8.8.3). Nothing for what is none.
    [[nodiscard]] std::optional<std::string_view> etag() const&;
    [[nodiscard]] std::optional<std::string> etag() &&;
    /// Nothing when it is missing, or no date.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> last_modified() const;
    /// The URL that answered.
    [[nodiscard]] const Url& url() const& noexcept { return url_; }
    [[nodiscard]] Url url() && noexcept { return std::move(url_); }
    [[nodiscard]] const std::string& method() const& noexcept { return method_; }
    [[nodiscard]] std::string method() && noexcept { return std::move(method_); }
    /// From sending the request until the last byte of the answer (of a stream: of its head).
    [[nodiscard]] Duration elapsed() const noexcept { return timings_.first_byte + timings_.body; }
    [[nodiscard]] const Timings& timings() const noexcept { return timings_; }
    void set_timings(const Timings& timings) noexcept { timings_ = timings; }
    /// How often the request was sent for it under a RetryPolicy; its times are those of the last attempt.
    [[nodiscard]] int attempts() const noexcept { return attempts_; }
    [[nodiscard]] int attempts_max() const noexcept { return attempts_max_; }
    /// `most`: how many the policy allows. `note`: what an error says of them ("attempt 2 of 6: a POST is not
    /// repeated"); null for nothing.
    void set_attempts(int attempts, int most, std::shared_ptr<const std::string> note = nullptr) noexcept {
        attempts_ = attempts;
        attempts_max_ = most;
        attempts_note_ = std::move(note);
    }

    /// Throws StatusError unless the status is a success; gives the response otherwise.
    const Response& raise_for_status() const&;
    Response raise_for_status() &&;

private:
    [[nodiscard]] std::string redirect_target(std::string_view location) const;

    std::string method_;
    Url url_;
    int status_;
    Headers headers_;
    std::string body_;
    std::string_view http_version_ = "HTTP/1.1";
    Timings timings_;
    int attempts_ = 1;
    int attempts_max_ = 1;
    std::shared_ptr<const std::string> attempts_note_;  // null for nearly all: a string is dearer to move
};

}  // namespace trawl
