/// The redirect's decision: where to, with which method, with which fields.
#include "redirect.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "secret_names.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

using Reason = std::unexpected<std::string>;

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_followed(const RedirectedRequest& request, int status, const RedirectOptions& options) {
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    return is_redirect(status) && options.hops_max > 0 && (is_read || options.all_methods);
}

/// Where the userinfo of a URL's text begins and ends, its "@" included; empty if it has none.
std::pair<std::size_t, std::size_t> userinfo_range(std::string_view text) {
    const std::size_t begin = text.find("//") + 2;
    const std::size_t end = std::min(text.find_first_of("/?#", begin), text.size());
    const std::size_t at = text.substr(begin, end - begin).rfind('@');
    return {begin, at == std::string_view::npos ? begin : begin + at + 1};
}

Url without_userinfo(const Url& url) {
    std::string text = url.str();
    const auto [begin, end] = userinfo_range(text);
    return Url::parse(text.erase(begin, end - begin));
}

Url with_userinfo_of(const Url& url, const Url& from) {
    std::string text = url.str();
    const auto [begin, end] = userinfo_range(from.str());
    return Url::parse(text.insert(userinfo_range(text).first, from.str(), begin, end - begin));
}

/// Section 10.2.2: a Location without a fragment inherits that of the URL that led there.
Url with_fragment_of(const Url& url, const Url& from) {
    const std::size_t fragment = from.str().find('#');
    if (fragment == std::string::npos || url.str().find('#') != std::string::npos) return url;
    return Url::parse(url.str() + from.str().substr(fragment));
}

/// The one Location. Two different ones are not ours to choose from; "" if there is none to follow.
std::expected<std::string_view, std::string> location_of(const Headers& answer) {
    const std::vector<std::string_view> all = answer.get_all("location");
    for (const std::string_view other : all)
        if (other != all.front()) return Reason("the redirect has two Locations, which differ");
    return all.empty() ? std::string_view() : all.front();
}

/// Userinfo of the request's own URL is kept within its origin, as if the client had been asked for the new URL with
/// it.
std::expected<Url, std::string> target_of(const Url& url, std::string_view location) {
    try {
        const Url target = without_userinfo(url).resolve(location);
        if (target.userinfo())
            return Reason(
                format("the redirect to '{}' comes with a user's name for it, which could be anybody's; request it "
                       "directly if it is right",
                       target.redacted()));
        if (url.is_https() && !target.is_https())
            return Reason(
                format("the redirect leads from https to '{}', where anybody can read along; request it directly if "
                       "that is acceptable",
                       target.redacted()));
        return with_fragment_of(target.origin() == url.origin() ? with_userinfo_of(target, url) : target, url);
    } catch (const InvalidUrl& error) {
        return Reason(format("the redirect leads nowhere: {}", error.what()));
    }
}

/// Sections 15.4.2 to 15.4.9: 301 and 302 make a GET of a POST, because clients always did; 303 of all but HEAD.
std::string next_method(const std::string& method, int status) {
    const bool is_see_other = status == 303 && method != "HEAD";
    const bool is_old_post = (status == 301 || status == 302) && method == "POST";
    return is_see_other || is_old_post ? "GET" : method;
}

/// Section 15.4: what describes a body that is not sent any more.
void drop_content_fields(Headers& headers) {
    constexpr std::array<std::string_view, 11> names = {"content-encoding",
                                                        "content-language",
                                                        "content-location",
                                                        "content-type",
                                                        "content-length",
                                                        "content-digest",
                                                        "repr-digest",
                                                        "digest",
                                                        "last-modified",
                                                        "transfer-encoding",
                                                        "expect"};
    for (const std::string_view name : names) headers.remove(name);
}

bool stays_within_origin(std::string_view name, const RedirectOptions& options) {
    const auto is_it = [name](std::string_view other) { return equal_ignoring_case(name, other); };
    return is_it("host") || sounds_secret(name) || std::ranges::any_of(options.secret_headers, is_it);
}

Headers without_secrets(const Headers& headers, const RedirectOptions& options) {
    Headers kept;
    for (const auto [name, value] : headers)
        if (!stays_within_origin(name, options)) kept.add(name, value);
    return kept;
}

}  // namespace

std::expected<std::optional<RedirectedRequest>, std::string> redirect(const RedirectedRequest& request, int status,
                                                                      const Headers& answer,
                                                                      const RedirectOptions& options) {
    if (!is_followed(request, status, options)) return std::nullopt;
    const auto location = location_of(answer);
    if (!location) return Reason(location.error());
    if (location->empty()) return std::nullopt;
    if (request.hops >= options.hops_max)
        return Reason(format("after {} redirects there is another one; is it a loop?", request.hops));
    const auto target = target_of(request.url, *location);
    if (!target) return Reason(target.error());
    const bool is_same_origin = target->origin() == request.url.origin();
    const std::string method = next_method(request.method, status);
    const bool is_same_request = method == request.method && status != 303;
    RedirectedRequest next{method, *target,
                           is_same_origin ? request.headers : without_secrets(request.headers, options),
                           request.has_body && is_same_request, request.hops + 1};
    if (method != request.method || next.has_body != request.has_body) drop_content_fields(next.headers);
    return next;
}

}  // namespace trawl::http
