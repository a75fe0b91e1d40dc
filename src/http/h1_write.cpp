/// Requests and responses as bytes.
#include "h1_write.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "request_rules.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr;
    out.append(digits.data(), end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_target(std::string& out, std::string_view method, const Url& url, bool is_for_proxy) {
    out.append(method).append(" ");
    if (is_for_proxy) out.append(url.scheme()).append("://").append(url.host_header());
    out.append(url.target_view());
}

void check_framing(const Headers& headers, std::size_t body_size) {
    if (headers.contains("transfer-encoding"))
        throw UsageError("Transfer-Encoding cannot be set: a request's body is sent with its length");
    check_content_length(headers, body_size);
}

struct Phrase {
    int status;
    std::string_view text;
};

constexpr Phrase phrases[] = {{100, "Continue"},
                              {101, "Switching Protocols"},
                              {103, "Early Hints"},
                              {200, "OK"},
                              {201, "Created"},
                              {202, "Accepted"},
                              {203, "Non-Authoritative Information"},
                              {204, "No Content"},
                              {205, "Reset Content"},
                              {206, "Partial Content"},
                              {300, "Multiple Choices"},
                              {301, "Moved Permanently"},
                              {302, "Found"},
                              {303, "See Other"},
                              {304, "Not Modified"},
                              {307, "Temporary Redirect"},
                              {308, "Permanent Redirect"},
                              {400, "Bad Request"},
                              {401, "Unauthorized"},
                              {402, "Payment Required"},
                              {403, "Forbidden"},
                              {404, "Not Found"},
                              {405, "Method Not Allowed"},
                              {406, "Not Acceptable"},
                              {407, "Proxy Authentication Required"},
                              {408, "Request Timeout"},
                              {409, "Conflict"},
                              {410, "Gone"},
                              {411, "Length Required"},
                              {412, "Precondition Failed"},
                              {413, "Content Too Large"},
                              {414, "URI Too Long"},
                              {415, "Unsupported Media Type"},
                              {416, "Range Not Satisfiable"},
                              {417, "Expectation Failed"},
                              {421, "Misdirected Request"},
                              {422, "Unprocessable Content"},
                              {426, "Upgrade Required"},
                              {428, "Precondition Required"},
                              {429, "Too Many Requests"},
                              {431, "Request Header Fields Too Large"},
                              {500, "Internal Server Error"},
                              {501, "Not Implemented"},
                              {502, "Bad Gateway"},
                              {503, "Service Unavailable"},
                              {504, "Gateway Timeout"},
                              {505, "HTTP Version Not Supported"},
                              {511, "Network Authentication Required"}};

}  // namespace

void append_request(std::string& out, std::string_view method, const Url& url, const Headers& headers,
                    std::string_view body, const std::optional<std::string>& proxy_login) {
    check_method(method);
    check_framing(headers, body.size());
    check_host(headers);
    std::size_t size = out.size() + method.size() + url.str().size() + body.size() + 64;  // 64: fixed words, a length
    for (const auto [name, value] : headers) size += name.size() + value.size() + 4;
    out.reserve(size);
    append_target(out, method, url, proxy_login.has_value());
    out.append(" HTTP/1.1\r\n");
    if (const auto host = headers.get("host"))
        append_field(out, "Host", *host);
    else
        append_field(out, "Host", url.host_header());
    for (const auto [name, value] : headers)
        if (!equal_ignoring_case(name, "host") && !equal_ignoring_case(name, "content-length"))
            append_field(out, name, value);
    if (proxy_login && !proxy_login->empty()) append_field(out, "Proxy-Authorization", *proxy_login);
    if (!body.empty() || expects_body(method)) {
        out.append("Content-Length: ");
        append_number(out, body.size());
        out.append("\r\n");
    }
    out.append("\r\n").append(body);
}

bool RequestWriter::is_as_before(std::string_view method, const Url& url, const Headers& headers,
                                 const std::optional<std::string>& proxy_login) const noexcept {
    return !rest_.empty() && method == method_ && url.prefix() == prefix_ && headers == headers_ &&
           proxy_login == proxy_login_;
}

void RequestWriter::append(std::string& out, std::string_view method, const Url& url, const Headers& headers,
                           std::string_view body, const std::optional<std::string>& proxy_login) {
    constexpr std::size_t kRestMax = 4096;  // what is larger differs each time, or costs more to send than to make
    if (!body.empty()) return append_request(out, method, url, headers, body, proxy_login);
    if (is_as_before(method, url, headers, proxy_login)) {
        append_target(out, method, url, proxy_login.has_value());
        out.append(rest_);
        return;
    }
    rest_.clear();
    std::string written;
    append_request(written, method, url, headers, body, proxy_login);
    out.append(written);
    std::string target;
    append_target(target, method, url, proxy_login.has_value());
    if (written.size() > target.size() + kRestMax) return;
    method_ = method;
    prefix_ = url.prefix();
    headers_ = headers;
    proxy_login_ = proxy_login;
    rest_ = written.substr(target.size());
}

std::string write_response_head(int status, const Headers& headers, std::optional<std::uint64_t> content_length) {
    if (status < 100 || status > 999) throw UsageError(format("{} is no HTTP status", status));
    if (headers.contains("transfer-encoding") || headers.contains("content-length"))
        throw UsageError("a response's framing fields cannot be set; pass the body's length, or none for chunks");
    std::string out = "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(status));
    out.append(" ").append(reason_phrase(status)).append("\r\n");
    for (const auto [name, value] : headers) append_field(out, name, value);
    const bool has_body = status >= 200 && status != 204 && status != 304;
    if (has_body && content_length) {
        out.append("Content-Length: ");
        append_number(out, *content_length);
        out.append("\r\n");
    } else if (has_body) {
        append_field(out, "Transfer-Encoding", "chunked");
    }
    return out.append("\r\n");
}

void append_chunk(std::string& out, std::string_view data) {
    if (data.empty()) return;
    append_number(out, data.size(), 16);
    out.append("\r\n").append(data).append("\r\n");
}

std::string_view reason_phrase(int status) noexcept {
    const auto found = std::ranges::find(phrases, status, &Phrase::status);
    return found == std::end(phrases) ? std::string_view() : found->text;
}

}  // namespace trawl::http
