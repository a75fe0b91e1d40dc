/// What a status code means, and what to do about it, in a few words.
#pragma once

#include <string_view>

namespace trawl::http {

/// " (not found: check the path)" and the like; "" for a status without a common meaning.
constexpr std::string_view status_text(int status) noexcept {
    switch (status) {
        case 301:
        case 302:
        case 303:
        case 307:
        case 308:
            return " (a redirect: use the URL that its Location header names)";
        case 400:
            return " (bad request: check the query)";
        case 401:
            return " (unauthorized: the source wants credentials, or others than these)";
        case 403:
            return " (forbidden: these credentials may not read it)";
        case 404:
            return " (not found: check the path)";
        case 405:
            return " (method not allowed)";
        case 406:
            return " (not acceptable: it has nothing of the kind that the Accept header asks for)";
        case 410:
            return " (gone)";
        case 429:
            return " (too many requests: send fewer at once, or try later)";
        case 500:
            return " (the server failed: try later)";
        case 502:
        case 503:
        case 504:
            return " (the server is not available: try later)";
        default:
            return "";
    }
}

}  // namespace trawl::http
