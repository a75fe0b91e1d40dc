/// One Set-Cookie value taken apart (RFC 6265bis section 5.6): what it says, not yet whether it may say so.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/http/cookies.hpp"

namespace trawl::http {

struct SetCookie {
    std::string name, value;
    std::string domain;               ///< in lower case, without a leading dot; "": none was given
    std::optional<std::string> path;  ///< nothing: none was given, or one that is no path, and the default holds
    /// Of Expires and Max-Age, whichever wins. Nothing: a session cookie. time_min: it is to be removed.
    std::optional<std::chrono::sys_seconds> expires;
    SameSite same_site = SameSite::unset;
    bool secure = false, http_only = false;

    static constexpr std::chrono::sys_seconds time_min = std::chrono::sys_seconds::min();
};

/// Nothing: the whole is to be ignored. Times beyond 400 days from `now` are brought back to that.
[[nodiscard]] std::optional<SetCookie> parse_set_cookie(std::string_view text, std::chrono::sys_seconds now);

}  // namespace trawl::http
