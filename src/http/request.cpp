#include "trawl/http/request.hpp"

#include <algorithm>
#include <array>

#include "trawl/base/ascii.hpp"
#include "trawl/base/base64.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/http_date.hpp"
#include "url_text.hpp"
#include "validators.hpp"

namespace trawl {

// A Url is never empty, but for one that was moved from.
void Request::check_unsent() const {
    if (!url_.str().empty()) return;
    throw UsageError("this request was sent before, or moved from: a request is sent once; send a copy of it");
}

Request&& Request::param(std::string_view key, std::string_view value) && {
    check_unsent();
    url_ = url_.with_query(key, value);
    return std::move(*this);
}

Request&& Request::params(const std::vector<std::pair<std::string, std::string>>& all) && {
    check_unsent();
    url_ = url_.with_query(all);
    return std::move(*this);
}

void Request::begin_body(Body kind, std::string_view content_type) {
    if (body_kind_ != Body::kNone && (kind != Body::kForm || body_kind_ != Body::kForm)) {
        throw UsageError("a request has one body: call one of body(), json() and form()");
    }
    body_kind_ = kind;
    if (!headers_.contains("content-type")) headers_.add("content-type", content_type);
}

Request&& Request::body(std::string bytes, std::string_view content_type) && {
    begin_body(Body::kOther, content_type);
    body_ = std::move(bytes);
    return std::move(*this);
}

Request&& Request::form(std::string_view key, std::string_view value) && {
    begin_body(Body::kForm, "application/x-www-form-urlencoded");
    if (!body_.empty()) body_ += '&';
    body_ += http::encode_component(key) + '=' + http::encode_component(value);
    return std::move(*this);
}

Request&& Request::basic_auth(std::string_view user, std::string_view password) && {
    if (user.find(':') != std::string_view::npos) {
        throw UsageError("a user name has no colon in basic authentication: what follows it would be the password");
    }
    headers_.set("authorization", "Basic " + base64(std::string(user) + ':' + std::string(password)));
    return std::move(*this);
}

Request&& Request::bearer_auth(std::string_view token) && {
    headers_.set("authorization", "Bearer " + std::string(token));
    return std::move(*this);
}

Request&& Request::timeout(Duration limit) && {
    if (limit <= Duration::zero()) throw UsageError("a request's timeout is longer than nothing");
    timeout_ = limit;
    return std::move(*this);
}

// Of the fields that a request has once (RFC 9110), those that both a caller and this library say.
void Request::add_header(std::string_view name, std::string_view value) {
    constexpr std::array<std::string_view, 3> kOnce = {"authorization", "content-type", "user-agent"};
    const bool is_once = std::ranges::any_of(kOnce, [name](auto one) { return equal_ignoring_case(one, name); });
    if (is_once) return headers_.set(name, value);
    headers_.add(name, value);
}

Request&& Request::header(std::string_view name, std::string_view value) && {
    add_header(name, value);
    return std::move(*this);
}

Request&& Request::secret_header(std::string_view name, std::string_view value) && {
    add_header(name, value);
    secret_headers_.emplace_back(name);
    return std::move(*this);
}

Request&& Request::if_none_match(std::string_view etag) && {
    if (!http::is_entity_tag(etag)) {
        throw UsageError("an entity tag is a quoted text, with W/ before it if it is weak: give it as it was sent");
    }
    const auto others = headers_.get("if-none-match");
    headers_.set("if-none-match", others ? format("{}, {}", *others, etag) : std::string(etag));
    return std::move(*this);
}

Request&& Request::if_modified_since(std::chrono::sys_seconds moment) && {
    headers_.set("if-modified-since", format_http_date(moment));
    return std::move(*this);
}

Request&& Request::if_changed(const Response& known) && {
    if (const auto tag = known.etag()) headers_.set("if-none-match", *tag);
    if (const auto moment = known.last_modified()) headers_.set("if-modified-since", format_http_date(*moment));
    return std::move(*this);
}

void Request::redirect_to(std::string method, Url url, Headers headers, bool keeps_body) {
    if (url.origin() != url_.origin()) auth_.reset();
    method_ = std::move(method);
    url_ = std::move(url);
    headers_ = std::move(headers);
    if (!keeps_body) body_.clear();
}

Task<Response> Request::send() && {
    Client& client = *client_;
    return client.send(std::move(*this));
}

Task<ResponseStream> Request::stream() && {
    Client& client = *client_;
    return client.stream(std::move(*this));
}

}  // namespace trawl
