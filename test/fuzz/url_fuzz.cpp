/// Any bytes as a URL, and as a reference found in one. What is taken is in normal form, means itself, and fits into a
/// line of a request; what is refused says why.
#include <algorithm>

#include "fuzz.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/url.hpp"

namespace trawl {
namespace {

using fuzz::require;

bool is_clean(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

void check(const Url& url) {
    require(is_clean(url.str()) && url.target_view().starts_with('/') && !url.host().empty() && url.port() != 0);
    require(!url.target_view().contains('#'));
    const Url again = Url::parse(url.str());
    require(again == url && again.origin() == url.origin() && again.userinfo() == url.userinfo());
    require(url.resolve(url.str()) == url);
    require(url.with_query("k\n", "v&").query("k\n") == "v&");
    require(is_clean(url.redacted()));
}

}  // namespace
}  // namespace trawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = trawl::fuzz::text_of(data, size);
    static const trawl::Url base = trawl::Url::parse("https://user:pw@a.example:8443/b/c/d;p?q#f");
    try {
        trawl::check(trawl::Url::parse(text));
    } catch (const trawl::InvalidUrl&) {  // ignored: refused, and said why
    }
    try {
        trawl::check(base.resolve(text));
    } catch (const trawl::InvalidUrl&) {  // ignored: the same
    }
    return 0;
}
