/// The decision about a redirect (RFC 9110 section 15.4): which request comes next, or that the answer itself is it.
///
/// Rules, each of them against a way in which requests went wrong: GET and HEAD are followed, other methods only when
/// asked to; never from https to http; at most hops_max in a row, which also ends loops. Where the origin changes
/// (scheme, host or port), all that is a secret stays behind: Authorization, Cookie, Proxy-Authorization, what the
/// caller marked as secret, what sounds secret ("X-Api-Key"), and Host, which names the old one. A later hop is made
/// from what is left, so that nothing comes back when it leads home. Cookies of a jar are asked for anew for each URL.
///
/// A Location with userinfo is refused (section 4.2.4): it would make us log in with somebody else's password.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

struct RedirectOptions {
    std::size_t hops_max = 10;                ///< 0: none is followed, the answer is the redirect; fetch has 20, Go 10
    bool all_methods = false;                 ///< follow those of POST, PUT, ... too, whose bodies may be sent twice
    std::vector<std::string> secret_headers;  ///< further names of fields that stay within their origin
};

/// A request as far as it matters here.
struct RedirectedRequest {
    std::string method;
    Url url;
    Headers headers;
    bool has_body = false;
    std::size_t hops = 0;  ///< redirects that led to it
};

/// The request to send next; nothing if the answer is no redirect to follow: another status, no Location or an empty
/// one, a method that is not followed, hops_max 0. A reason, fit to stand behind "GET http://...: ", if it is one that
/// must not be followed. `next.has_body`: the body of `request` is to be sent again.
[[nodiscard]] std::expected<std::optional<RedirectedRequest>, std::string> redirect(
    const RedirectedRequest& request, int status, const Headers& answer, const RedirectOptions& options = {});

}  // namespace trawl::http
