/// Any bytes as an encoded body. Whole and in pieces, it comes to the same; no more comes out of it than is allowed.
#include <algorithm>
#include <string>
#include <vector>

#include "content_coding.hpp"
#include "fuzz.hpp"

namespace trawl::http {
namespace {

using fuzz::require;

struct Outcome {
    std::string out, error;
};

/// Small limits: what is behind them would be more of the same. What the ratio comes to is looked at after each step,
/// so that it depends on the pieces: it is left out here.
constexpr DecoderLimits limits{.out_max = 3'000, .ratio_max = 1'000'000};

Outcome decode(const std::vector<Coding>& codings, std::string_view body, std::size_t piece) {
    Decoder decoder(codings, limits);
    Outcome outcome;
    Decoder::Verdict verdict;
    for (; !body.empty() && verdict; body.remove_prefix(std::min(piece, body.size())))
        verdict = decoder.feed(body.substr(0, piece), outcome.out);
    if (verdict) verdict = decoder.finish();
    if (!verdict) outcome.error = verdict.error();
    require(verdict || !outcome.error.empty());
    require(outcome.out.size() <= limits.out_max);
    return outcome;
}

/// The first byte says which codings, and how large the pieces are.
void check(std::string_view input) {
    if (input.empty()) return;
    const auto choice = static_cast<unsigned char>(input.front());
    std::vector<Coding> codings{static_cast<Coding>(choice & 3)};
    if ((choice & 4) != 0) codings.push_back(static_cast<Coding>(choice >> 3 & 3));
    const std::string_view body = input.substr(1);
    const Outcome whole = decode(codings, body, body.size() + 1);
    const Outcome pieces = decode(codings, body, (choice >> 5) + std::size_t{1});
    require(whole.error.empty() == pieces.error.empty());
    require(!whole.error.empty() || whole.out == pieces.out);
}

}  // namespace
}  // namespace trawl::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::http::check(trawl::fuzz::text_of(data, size));
    return 0;
}
