/// A request's fields in HTTP/2's words.
#include "h2_request.hpp"

#include <algorithm>
#include <array>

#include "request_rules.hpp"
#include "secret_names.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

/// Fields that are about the connection, or that are written elsewhere.
bool is_left_out(std::string_view name, std::string_view value, const Headers& headers) {
    constexpr std::array<std::string_view, 7> names = {
        "connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "content-length"};
    const auto is_it = [name](std::string_view other) { return equal_ignoring_case(name, other); };
    if (std::ranges::any_of(names, is_it) || headers.has_token("connection", name)) return true;
    return is_it("te") && !equal_ignoring_case(value, "trailers");
}

bool is_secret(std::string_view name, std::span<const std::string> secret_headers) {
    return sounds_secret(name) || std::ranges::any_of(secret_headers, [name](std::string_view other) {
               return equal_ignoring_case(name, other);
           });
}

}  // namespace

// The texts keep the room that those of the last request had.
void H2RequestFields::make_pseudo(std::string_view method, const Url& url, const Headers& headers) {
    fields_[0].value = method;
    fields_[1].value = url.scheme();
    fields_[2].value = headers.get("host").value_or(url.host_header());
    fields_[3].value = url.target_view();
    fields_[3].secret = url.target_view().find('?') != std::string_view::npos;
}

void H2RequestFields::make_plain(const Headers& headers, std::span<const std::string> secret_headers) {
    plain_end_ = 0;
    fields_.clear();
    for (const char* name : {":method", ":scheme", ":authority", ":path"}) fields_.push_back({name, {}});
    for (const auto [name, value] : headers)
        if (!is_left_out(name, value, headers))
            fields_.push_back({lower_ascii(name), std::string(value), is_secret(name, secret_headers)});
    headers_ = headers;
    secret_headers_.assign(secret_headers.begin(), secret_headers.end());
    plain_end_ = fields_.size();
}

const std::vector<H2Field>& H2RequestFields::make(std::string_view method, const Url& url, const Headers& headers,
                                                  std::size_t body_size, std::span<const std::string> secret_headers) {
    check_method(method);
    check_host(headers);
    check_content_length(headers, body_size);
    if (plain_end_ == 0 || headers != headers_ || !std::ranges::equal(secret_headers, secret_headers_))
        make_plain(headers, secret_headers);
    fields_.resize(plain_end_);
    make_pseudo(method, url, headers);
    if (body_size > 0 || expects_body(method)) fields_.push_back({"content-length", format("{}", body_size)});
    return fields_;
}

}  // namespace trawl::http
