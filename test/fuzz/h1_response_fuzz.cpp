/// libFuzzer target, not built by default: any bytes as the answer to a request. Whole and in pieces, it must come to
/// the same, and within the limits; what can be used again is complete.
///
///     clang++-19 -std=c++23 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/http
///         test/fuzz/h1_response_fuzz.cpp src/http/{h1_machine,h1_response,headers}.cpp src/base/error.cpp
///         <llhttp's own sources, in its strict mode> -lfmt -o h1_response_fuzz
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "h1.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

constexpr const char* kMethods[] = {"GET", "HEAD", "POST", "CONNECT"};

std::string verdict(std::string_view bytes, std::string_view method, std::size_t piece, bool eof) {
    const H1Limits limits{.head_size_max = 200, .fields_max = 6, .overhead_size_max = 40, .body_size_max = 64};
    ResponseParser parser(limits);
    parser.begin(method);
    parser.request_sent();
    std::size_t leftover = 0;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        const std::string_view next = bytes.substr(0, piece);
        leftover += next.size() - parser.feed(next).consumed;
    }
    if (eof) parser.finish();
    if (parser.body().size() > limits.body_size_max) std::abort();
    if (parser.state() == H1State::failed) return format("{}", to_string(parser.failure().code));
    if (parser.reusable() && (parser.state() != H1State::complete || leftover > 0 || eof)) std::abort();
    std::string out =
        format("{} {} {} {}", static_cast<int>(parser.state()), parser.reusable(), leftover, parser.body());
    if (parser.state() == H1State::head) return out;
    for (const auto [name, value] : parser.headers()) out += format("|{}={}", name, value);
    return out + format("|{} {}", parser.status(), parser.reason());
}

}  // namespace
}  // namespace trawl::http

/// The first byte says which method and whether the connection ends, the second how large the pieces are.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    const char* const method = trawl::http::kMethods[data[0] & 3];
    const bool eof = (data[0] & 4) != 0;
    const std::string whole = trawl::http::verdict(bytes, method, bytes.size() + 1, eof);
    const std::string pieces = trawl::http::verdict(bytes, method, data[1] % 16 + std::size_t{1}, eof);
    if (whole != pieces) std::abort();
    return 0;
}
