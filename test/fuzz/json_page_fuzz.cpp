/// Any bytes as a page. Records cut from a page are JSON again, one a line.
#include "fuzz.hpp"
#include "trawl/base/error.hpp"
#include "trawl/fetch/json_page.hpp"

namespace trawl {
namespace {

bool is_json(std::string_view text) {
    try {
        (void)JsonPage::parse(text);
        return true;
    } catch (const PageError&) {
        return false;
    }
}

void check(std::string_view body) {
    const JsonPage page = JsonPage::parse(body);
    (void)page.fields(3);
    const Records records = page.records();
    std::size_t lines = 0;
    for (std::string_view rest = records.ndjson; !rest.empty(); ++lines) {
        const std::size_t end = rest.find('\n');
        fuzz::require(end != std::string_view::npos && is_json(rest.substr(0, end)));
        rest.remove_prefix(end + 1);
    }
    fuzz::require(lines == records.count);
}

}  // namespace
}  // namespace trawl

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        trawl::check(trawl::fuzz::text_of(data, size));
    } catch (const trawl::FetchError&) {  // ignored: refused, and said why
    }
    return 0;
}
