/// libFuzzer target, not built by default: any bytes as a Link header. A link always has a relation.
///
///     clang++-19 -std=c++23 -g -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/fetch
///     test/fuzz/link_header_fuzz.cpp
///         src/fetch/link_header.cpp -o link_header_fuzz
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "trawl/fetch/link_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const trawl::Link& link : trawl::parse_link_header({reinterpret_cast<const char*>(data), size}))
        if (link.rels.empty()) std::abort();
    return 0;
}
