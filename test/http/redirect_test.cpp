/// Redirects: the next request by status, method and Location; what is refused; what stays behind at an origin's
/// border.
#include "redirect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trawl::http {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const Headers& headers) {
    std::string out;
    for (const auto [name, value] : headers) out += std::string(name) + '=' + std::string(value) + ';';
    return out;
}

/// "GET http://...", " +body" if it is sent again; "stays" if the answer is it; or the reason.
std::string next_of(const RedirectedRequest& request, int status, const Headers& answer,
                    const RedirectOptions& options = {}) {
    const auto next = redirect(request, status, answer, options);
    if (!next) return next.error();
    if (!*next) return "stays";
    return (*next)->method + ' ' + (*next)->url.str() + ((*next)->has_body ? " +body" : "");
}

RedirectedRequest get(const char* url) { return {"GET", Url::parse(url), {}}; }

TEST(Redirect, TheMethodFollowsFromTheStatus) {
    struct Case {
        const char* method;
        int status;
        const char* next;
    };
    const Case cases[] = {
        {"GET", 301, "GET http://h/b"},
        {"GET", 302, "GET http://h/b"},
        {"GET", 303, "GET http://h/b"},
        {"GET", 307, "GET http://h/b"},
        {"GET", 308, "GET http://h/b"},
        {"HEAD", 301, "HEAD http://h/b"},
        {"HEAD", 302, "HEAD http://h/b"},
        {"HEAD", 303, "HEAD http://h/b"},
        {"HEAD", 307, "HEAD http://h/b"},
        {"HEAD", 308, "HEAD http://h/b"},
        {"POST", 301, "GET http://h/b"},
        {"POST", 302, "GET http://h/b"},
        {"POST", 303, "GET http://h/b"},
        {"POST", 307, "POST http://h/b +body"},
        {"POST", 308, "POST http://h/b +body"},
        {"PUT", 301, "PUT http://h/b +body"},
        {"PUT", 302, "PUT http://h/b +body"},
        {"PUT", 303, "GET http://h/b"},
        {"PUT", 307, "PUT http://h/b +body"},
        {"DELETE", 301, "DELETE http://h/b +body"},
        {"DELETE", 303, "GET http://h/b"},
        {"PATCH", 308, "PATCH http://h/b +body"},
        {"post", 302, "post http://h/b +body"},  // methods are case-sensitive: this is another one
        {"GET", 200, "stays"},
        {"GET", 201, "stays"},
        {"GET", 300, "stays"},
        {"GET", 304, "stays"},
        {"GET", 305, "stays"},
        {"GET", 306, "stays"},
        {"GET", 309, "stays"},
        {"GET", 404, "stays"},
    };
    RedirectOptions options;
    options.all_methods = true;
    for (const Case& c : cases) {
        const bool is_read = std::string_view("GET HEAD").find(c.method) != std::string_view::npos;
        const RedirectedRequest request{c.method, Url::parse("http://h/a"), {}, !is_read};
        EXPECT_EQ(next_of(request, c.status, {{"location", "/b"}}, options), c.next) << c.method << ' ' << c.status;
        EXPECT_EQ(next_of(request, c.status, {{"location", "/b"}}), is_read ? c.next : "stays") << c.method << c.status;
    }
}

TEST(Redirect, TheLocationIsResolvedAgainstTheRequest) {
    struct Case {
        const char* url;
        const char* location;
        const char* next;
    };
    const Case cases[] = {
        {"http://h/a/b?q", "c", "GET http://h/a/c"},
        {"http://h/a/b?q", "/c", "GET http://h/c"},
        {"http://h/a/b?q", "../c", "GET http://h/c"},
        {"http://h/a/b?q", "?r", "GET http://h/a/b?r"},
        {"http://h/a/b?q", "//other/c", "GET http://other/c"},
        {"http://h/a/b?q", "https://other:8443/c", "GET https://other:8443/c"},
        {"http://h/a/b?q", "HTTP://H:80/c", "GET http://h/c"},
        {"http://h/a", "http://h/a", "GET http://h/a"},
        {"http://h/a", "/b c\xc3\xa9", "GET http://h/b%20c%C3%A9"},
        {"https://h/a", "/b", "GET https://h/b"},
        {"http://h/a", "https://h/a", "GET https://h/a"},
        // RFC 9110 section 10.2.2
        {"http://h/a#f", "/b", "GET http://h/b#f"},
        {"http://h/a#f", "/b#g", "GET http://h/b#g"},
        {"http://h/a#f", "/b#", "GET http://h/b#"},
        {"http://h/a#f", "https://other/b", "GET https://other/b#f"},
        {"http://h/a", "/b#g", "GET http://h/b#g"},
        // Our own userinfo stays within its origin.
        {"http://u:p@h/a", "/b", "GET http://u:p@h/b"},
        {"http://u:p@h/a#f", "http://h/b", "GET http://u:p@h/b#f"},
        {"http://u:p@h/a", "//h:80/b", "GET http://u:p@h/b"},
        {"http://u:p@h/a", "http://h:81/b", "GET http://h:81/b"},
        {"http://u:p@h/a", "https://h/b", "GET https://h/b"},
        {"http://u:p@h/a", "http://other/b?x=@", "GET http://other/b?x=@"},
        {"http://h/a@b", "/c@d", "GET http://h/c@d"},
        {"http://h/a", "", "stays"},
        {"http://h/a", "   ", "stays"},
    };
    for (const Case& c : cases)
        EXPECT_EQ(next_of(get(c.url), 302, {{"Location", c.location}}), c.next) << c.url << ' ' << c.location;
    EXPECT_EQ(next_of(get("http://h/a"), 302, {}), "stays");
}

TEST(Redirect, WhatMustNotBeFollowedIsAReason) {
    struct Case {
        const char* url;
        const char* location;
        const char* reason;
    };
    const Case cases[] = {
        {"https://h/a", "http://h/a", "leads from https to 'http://h/a'"},
        {"https://h/a", "http://other/?token=hunter2", "token=***"},
        {"http://h/a", "http://u:hunter2@h/", "comes with a user's name"},
        {"http://h/a", "//u@other/", "comes with a user's name"},
        {"http://u:p@h/a", "http://u:p@h/b", "comes with a user's name"},
        {"http://h/a", "ftp://h/", "the scheme 'ftp' is not supported"},
        {"http://h/a", "javascript:alert(1)", "leads nowhere"},
        {"http://h/a", "file:///etc/passwd", "leads nowhere"},
        {"http://h/a", "http:///x", "the host is missing"},
        {"http://h/a", "http://h:99999/", "from 1 to 65535"},
        {"http://h/a", "http://good.com\\@evil.com/", "leads nowhere"},
    };
    for (const Case& c : cases) {
        const std::string reason = next_of(get(c.url), 302, {{"location", c.location}});
        EXPECT_THAT(reason, HasSubstr(c.reason)) << c.location;
        EXPECT_THAT(reason, Not(HasSubstr("hunter2")));
    }
    EXPECT_EQ(next_of(get("http://h/a"), 302, {{"location", "/b"}, {"Location", "/c"}}),
              "the redirect has two Locations, which differ");
    EXPECT_EQ(next_of(get("http://h/a"), 302, {{"location", "/b"}, {"Location", "/b"}}), "GET http://h/b");
    EXPECT_EQ(next_of(get("http://h/a"), 200, {{"location", "/b"}, {"Location", "/c"}}), "stays");
}

TEST(Redirect, HopsAreCountedAndLoopsEnd) {
    RedirectedRequest request = get("http://h/a");
    RedirectOptions options;
    options.hops_max = 3;
    const Headers answer{{"location", "/a"}};
    for (int i = 0; i < 3; ++i) request = redirect(request, 302, answer, options).value().value();
    EXPECT_EQ(request.hops, 3U);
    EXPECT_EQ(next_of(request, 302, answer, options), "after 3 redirects there is another one; is it a loop?");
    EXPECT_EQ(next_of(request, 200, answer, options), "stays");
    options.hops_max = 0;
    EXPECT_EQ(next_of(get("http://h/a"), 302, answer, options), "stays");
}

Headers secrets() {
    return {{"Accept", "a"}, {"AUTHORIZATION", "b"}, {"Cookie", "c"}, {"Proxy-Authorization", "d"},
            {"X-Mine", "e"}, {"X-Api-Key", "f"},     {"Host", "h"},   {"accept", "g"}};
}

TEST(Redirect, SecretsStayWithinTheirOrigin) {
    RedirectOptions options;
    options.secret_headers = {"x-mine"};
    RedirectedRequest request = get("http://h/a");
    request.headers = secrets();
    const auto headers_at = [&](const char* location) {
        return text_of(redirect(request, 307, Headers{{"location", location}}, options).value().value().headers);
    };
    EXPECT_EQ(headers_at("http://h:80/b"), text_of(request.headers));
    for (const char* location : {"http://other/", "http://www.h/", "http://h:81/", "https://h/", "//h./"})
        EXPECT_EQ(headers_at(location), "Accept=a;accept=g;") << location;
    options.secret_headers.clear();
    EXPECT_EQ(headers_at("http://other/"), "Accept=a;X-Mine=e;accept=g;");
    request.headers = {{"Private-Token", "a"}, {"X-Auth", "b"},         {"X-Session-Id", "c"}, {"Cookie2", "d"},
                       {"X-Amz-Date", "e"},    {"apikey", "f"},         {"User-Agent", "g"},   {"Accept-Language", "h"},
                       {"If-None-Match", "i"}, {"X-Functions-Key", "j"}};
    EXPECT_EQ(headers_at("http://other/"), "User-Agent=g;Accept-Language=h;If-None-Match=i;");
}

TEST(Redirect, SecretsDoNotComeBackWhenAHopLeadsHome) {
    RedirectedRequest request = get("https://u:p@h/a");
    request.headers = secrets();
    const RedirectedRequest away = redirect(request, 302, Headers{{"location", "https://other/b"}}).value().value();
    const RedirectedRequest home = redirect(away, 302, Headers{{"location", "https://h/c"}}).value().value();
    EXPECT_EQ(home.url.str(), "https://h/c");
    EXPECT_EQ(text_of(home.headers), "Accept=a;X-Mine=e;accept=g;");
}

TEST(Redirect, FieldsOfABodyThatIsNotSentAgainGo) {
    RedirectOptions options;
    options.all_methods = true;
    const RedirectedRequest request{
        "POST", Url::parse("http://h/a"),
        Headers{{"Content-Type", "x"}, {"content-length", "3"}, {"Accept", "a"}, {"Content-Encoding", "gzip"}}, true};
    const Headers answer{{"location", "/b"}};
    EXPECT_EQ(text_of(redirect(request, 303, answer, options).value().value().headers), "Accept=a;");
    EXPECT_EQ(text_of(redirect(request, 301, answer, options).value().value().headers), "Accept=a;");
    EXPECT_EQ(text_of(redirect(request, 308, answer, options).value().value().headers), text_of(request.headers));
    RedirectedRequest get_with_type = get("http://h/a");
    get_with_type.headers = {{"Content-Type", "x"}};
    EXPECT_EQ(text_of(redirect(get_with_type, 303, answer).value().value().headers), "Content-Type=x;");
    get_with_type.has_body = true;
    EXPECT_EQ(text_of(redirect(get_with_type, 303, answer).value().value().headers), "");
    EXPECT_EQ(next_of(get_with_type, 303, answer), "GET http://h/b");
    EXPECT_EQ(next_of(get_with_type, 302, answer), "GET http://h/b +body");
}

}  // namespace
}  // namespace trawl::http
