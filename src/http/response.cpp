#include "trawl/http/response.hpp"

#include <utility>

#include "status_text.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "validators.hpp"

namespace trawl {

std::string Response::redirect_target(std::string_view location) const {
    try {
        return url_.resolve(location).redacted();
    } catch (const InvalidUrl&) {
        return "another URL";
    }
}

std::optional<std::string_view> Response::etag() const& { return http::etag_of(headers_); }

std::optional<std::string> Response::etag() && {
    const auto tag = http::etag_of(headers_);
    return tag ? std::optional<std::string>(*tag) : std::nullopt;
}

std::optional<std::chrono::sys_seconds> Response::last_modified() const { return http::last_modified_of(headers_); }

Json Response::json() const {
    try {
        return Json::parse(body_);
    } catch (const JsonError& error) {
        throw JsonError(
            format("{} {} answered {} with what is not JSON: {}", method_, url_.redacted(), status_, error.what()));
    }
}

const Response& Response::raise_for_status() const& {
    if (is_success()) return *this;
    std::string advice(http::status_text(status_));
    const auto location = headers_.get("location");
    if (status_ >= 300 && status_ < 400 && location) advice = " (a redirect: use " + redirect_target(*location) + ")";
    if (attempts_note_) advice += "; " + *attempts_note_;
    throw StatusError(status_, format("{} {} answered {}{}", method_, url_.redacted(), status_, advice));
}

Response Response::raise_for_status() && {
    std::as_const(*this).raise_for_status();
    return std::move(*this);
}

}  // namespace trawl
