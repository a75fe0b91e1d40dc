/// libFuzzer target, not built by default: any bytes as a page. Records cut from a page must be JSON again, one a line.
///
///     clang++-19 -std=c++23 -g -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/fetch test/fuzz/json_page_fuzz.cpp
///         src/fetch/{json_*,find_records}.cpp src/base/error.cpp -lsimdjson -lfmt -o json_page_fuzz
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trawl/base/error.hpp"
#include "trawl/fetch/json_page.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    try {
        const trawl::JsonPage page = trawl::JsonPage::parse(body);
        (void)page.fields(3);
        const trawl::Records records = page.records();
        std::size_t lines = 0;
        std::string_view rest = records.ndjson;
        for (; !rest.empty(); ++lines) {
            const std::size_t end = rest.find('\n');
            try {
                (void)trawl::JsonPage::parse(rest.substr(0, end));
            } catch (const trawl::PageError&) {
                std::abort();
            }
            rest.remove_prefix(end + 1);
        }
        if (lines != records.count) std::abort();
    } catch (const trawl::FetchError&) {
    }
    return 0;
}
