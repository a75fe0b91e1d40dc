/// libFuzzer target, not built by default: any bytes as an encoded body. Whole and in pieces, it must come to the same.
///
///     clang++-19 -std=c++23 -g -fsanitize=fuzzer,address,undefined -Iinclude -Isrc/http
///         test/fuzz/content_coding_fuzz.cpp src/http/{content_*,headers}.cpp src/base/error.cpp
///         -lz -lbrotlidec -lzstd -lfmt -o content_coding_fuzz
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "content_coding.hpp"

namespace trawl::http {
namespace {

struct Outcome {
    std::string out, error;
};

Outcome decode(const std::vector<Coding>& codings, std::string_view body, std::size_t piece) {
    DecoderLimits limits;
    limits.out_max = 1 << 22;
    Decoder decoder(codings, limits);
    Outcome outcome;
    Decoder::Verdict verdict;
    for (; !body.empty() && verdict; body.remove_prefix(std::min(piece, body.size())))
        verdict = decoder.feed(body.substr(0, piece), outcome.out);
    if (verdict) verdict = decoder.finish();
    if (!verdict) outcome.error = verdict.error();
    if (outcome.out.size() > limits.out_max) std::abort();
    return outcome;
}

/// The first byte says which codings, the second how large the pieces are.
void check(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return;
    std::vector<Coding> codings{static_cast<Coding>(data[0] & 3)};
    if ((data[0] & 4) != 0) codings.push_back(static_cast<Coding>(data[0] >> 3 & 3));
    const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
    const Outcome whole = decode(codings, body, body.size() + 1);
    const Outcome pieces = decode(codings, body, data[1] + std::size_t{1});
    if (whole.error.empty() != pieces.error.empty()) std::abort();
    if (whole.error.empty() && whole.out != pieces.out) std::abort();
}

}  // namespace
}  // namespace trawl::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::http::check(data, size);
    return 0;
}
