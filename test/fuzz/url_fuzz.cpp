/// libFuzzer target, not built by default: any bytes as a URL, and as a reference found in one. What is taken is in
/// normal form, means itself, and fits into a line of a request; what is refused says why.
///
///     clang++-19 -std=c++23 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/http
///         test/fuzz/url_fuzz.cpp src/http/{url,url_text}.cpp src/base/error.cpp -lfmt -o url_fuzz
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trawl/base/error.hpp"
#include "trawl/http/url.hpp"

namespace {

bool is_clean(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

void check(const trawl::Url& url) {
    if (!is_clean(url.str()) || !url.target_view().starts_with('/') || url.host().empty() || url.port() == 0)
        std::abort();
    if (url.target_view().find('#') != std::string_view::npos) std::abort();
    const trawl::Url again = trawl::Url::parse(url.str());
    if (again != url || again.origin() != url.origin() || again.userinfo() != url.userinfo()) std::abort();
    if (url.resolve(url.str()) != url) std::abort();
    if (url.with_query("k\n", "v&").query("k\n") != "v&") std::abort();
    if (!is_clean(url.redacted())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const trawl::Url base = trawl::Url::parse("https://user:pw@a.example:8443/b/c/d;p?q#f");
    try {
        check(trawl::Url::parse(text));
    } catch (const trawl::InvalidUrl&) {  // ignored: refused, and said why
    }
    try {
        check(base.resolve(text));
    } catch (const trawl::InvalidUrl&) {  // ignored: the same
    }
    return 0;
}
