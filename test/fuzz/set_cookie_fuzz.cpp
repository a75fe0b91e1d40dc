/// libFuzzer target, not built by default: any bytes as a Set-Cookie. What is stored can be sent, to where it may go.
///
///     clang++-19 -std=c++23 -g -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/http
///         test/fuzz/set_cookie_fuzz.cpp src/http/{cookie*,set_cookie,public_suffix,headers,url*}.cpp
///         src/base/error.cpp -lpsl -lfmt -o set_cookie_fuzz
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "public_suffix.hpp"
#include "trawl/http/cookies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::chrono::sys_seconds now{std::chrono::seconds(1'800'000'000)};
    static const trawl::Url urls[] = {trawl::Url::parse("http://www.example.co.uk/a/b"),
                                      trawl::Url::parse("https://me.github.io/"),
                                      trawl::Url::parse("http://127.0.0.1/")};
    for (const trawl::Url& url : urls) {
        trawl::CookieJar jar;
        if (jar.store(url, text, now) != trawl::CookieVerdict::stored) {
            if (jar.size() != 0) std::abort();
            continue;
        }
        const trawl::Cookie cookie = jar.cookies().at(0);
        if (!cookie.host_only && trawl::http::is_public_suffix(cookie.domain)) std::abort();
        if (!url.host().ends_with(cookie.domain) || !cookie.path.starts_with('/')) std::abort();
        if (cookie.secure && !url.is_https()) std::abort();
        if (cookie.expires && (*cookie.expires <= now || *cookie.expires > now + std::chrono::days(400))) std::abort();
        trawl::Headers headers;
        headers.add("cookie", jar.header_for(url, now));  // throws if it could break out of its line
    }
    return 0;
}
