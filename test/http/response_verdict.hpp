/// What ResponseParser makes of bytes, in words, and that it does not depend on how they arrive. For tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "h1.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {

/// "200 OK [a=1] body 'xyz' reusable", with "leftover N" if bytes remain, or "failed: code".
inline std::string shown(ResponseParser& parser, std::size_t leftover) {
    if (parser.state() == H1State::failed) return format("failed: {}", to_string(parser.failure().code));
    if (parser.state() == H1State::head) return "head";
    std::string fields;
    for (const auto [name, value] : parser.headers())
        fields += format("{}{}={}", fields.empty() ? "" : " ", name, value);
    std::string out = format("{} {} [{}] body '{}'", parser.status(), parser.reason(), fields, parser.body());
    if (parser.state() == H1State::body) out += " incomplete";
    if (parser.state() == H1State::body_until_close) out += " until close";
    if (parser.reusable()) out += " reusable";
    if (leftover > 0) out += format(" leftover {}", leftover);
    return out;
}

struct ResponseCase {
    const char* name;
    std::string bytes;
    const char* verdict;  // as shown() writes it
    const char* method = "GET";
    bool eof = false;  // the connection ends behind the bytes
};

/// Feeds the pieces to a parser that has seen other traffic before, as the one of a kept connection has.
inline std::string verdict(const ResponseCase& c, const std::vector<std::string_view>& pieces, const H1Limits& limits) {
    ResponseParser parser(limits);
    parser.begin("GET");
    parser.feed("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 3\r\n\r\nold");
    parser.begin(c.method);
    parser.request_sent();
    std::size_t leftover = 0;
    for (const std::string_view piece : pieces) {
        if (piece.empty()) continue;
        const ResponseParser::Fed fed = parser.feed(piece);
        EXPECT_TRUE(parser.done() || fed.consumed == piece.size());
        leftover += piece.size() - fed.consumed;
    }
    if (c.eof) parser.finish();
    return shown(parser, leftover);
}

/// Whole, cut in two at every byte, and byte by byte.
inline void check(const ResponseCase& c, const H1Limits& limits = {}) {
    const std::string_view bytes = c.bytes;
    ASSERT_EQ(verdict(c, {bytes}, limits), c.verdict) << c.name;
    for (std::size_t cut = 1; cut < bytes.size(); ++cut)
        ASSERT_EQ(verdict(c, {bytes.substr(0, cut), bytes.substr(cut)}, limits), c.verdict)
            << c.name << ", cut at " << cut;
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
    ASSERT_EQ(verdict(c, single, limits), c.verdict) << c.name << ", byte by byte";
}

}  // namespace trawl::http
