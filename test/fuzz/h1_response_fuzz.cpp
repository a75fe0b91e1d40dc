/// Any bytes as the answer to a request. Whole and in pieces, it comes to the same, and within the limits; what can be
/// used again is complete.
#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "h1.hpp"

namespace trawl::http {
namespace {

using fuzz::require;

constexpr H1Limits limits{
    .head_size_max = 200, .fields_max = 6, .overhead_size_max = 40, .body_size_max = 64, .informational_max = 2};
constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "CONNECT"};

struct Seen {
    H1State state;
    H1Error error;
    bool reusable;
    std::size_t leftover = 0;
    int status = 0;
    std::string text;  // reason, fields and body

    bool operator==(const Seen&) const = default;
};

/// What of the answer may be looked at in its state.
Seen look(ResponseParser& parser) {
    Seen seen{parser.state(), parser.failure().code, parser.reusable(), 0, 0, {}};
    require((seen.state == H1State::failed) == (seen.error != H1Error::none));
    if (seen.state == H1State::failed || seen.state == H1State::head) return seen;
    seen.status = parser.status();
    seen.text = parser.reason();
    std::size_t count = 0;
    for (const auto [name, value] : parser.headers()) {
        seen.text.append("\n").append(name).append(": ").append(value);
        ++count;
    }
    seen.text.append("\n\n").append(parser.body());
    require(count <= limits.fields_max && parser.body().size() <= limits.body_size_max);
    return seen;
}

Seen run(std::string_view bytes, std::string_view method, std::size_t piece, bool ends) {
    ResponseParser parser(limits);
    parser.begin(method);
    parser.request_sent();
    std::size_t leftover = 0;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        const std::string_view next = bytes.substr(0, piece);
        leftover += next.size() - parser.feed(next).consumed;
    }
    if (ends) parser.finish();
    require(!ends || parser.done());
    Seen seen = look(parser);
    require(!seen.reusable || (seen.state == H1State::complete && leftover == 0 && !ends));
    if (seen.state != H1State::failed) seen.leftover = leftover;
    return seen;
}

/// The first byte says which method, whether the connection ends, and how large the pieces are.
void check(std::string_view input) {
    if (input.empty()) return;
    const auto choice = static_cast<unsigned char>(input.front());
    const std::string_view bytes = input.substr(1), method = methods[choice & 3];
    const bool ends = (choice & 4) != 0;
    require(run(bytes, method, bytes.size() + 1, ends) == run(bytes, method, (choice >> 4) + std::size_t{1}, ends));
}

}  // namespace
}  // namespace trawl::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    trawl::http::check(trawl::fuzz::text_of(data, size));
    return 0;
}
