/// Servers whose compressed bodies are bombs, break off, go on, or are no such thing: each is an error that says which
/// coding is wrong, and comes before much has been decoded.
#include <gtest/gtest.h>

#include <array>

#include "content_samples.hpp"
#include "hostile.hpp"

namespace trawl {
namespace {

using http::Coding;
using testing::Answer;
using testing::Hostile;
using testing::ok;
using testing::outcome;
using testing::refused;
using testing::ScriptedServer;
using testing::taken;
using Then = testing::Answer::Then;

constexpr std::array kCodings = {Coding::gzip, Coding::deflate, Coding::br, Coding::zstd};

std::string coded(std::string_view codings, std::string_view body) {
    return format("HTTP/1.1 200 OK\r\nContent-Encoding: {}\r\nContent-Length: {}\r\n\r\n{}", codings, body.size(),
                  body);
}
std::string coded(Coding coding, std::string_view body) { return coded(to_string(coding), body); }

/// 50 MB of zeros: gzip and deflate make 50 KB of it, br and zstd far less.
const std::string& bomb(Coding coding) {
    static const std::array<std::string, 4> bombs = [] {
        const std::string zeros(50'000'000, '\0');
        return std::array{encode(Coding::gzip, zeros), encode(Coding::deflate, zeros), encode(Coding::br, zeros),
                          encode(Coding::zstd, zeros)};
    }();
    return bombs[static_cast<std::size_t>(coding)];
}

TEST(HostileCoding, ABombIsNotDecoded) {
    for (const Coding coding : kCodings) {
        const std::string name(to_string(coding));
        const std::string words = "the " + name + " stream grows to more than 1000 times its size";
        check(std::array{refused("plain", coded(coding, bomb(coding)), words)});
    }
    const std::string twice = encode(Coding::gzip, bomb(Coding::gzip));
    const std::string mixed = encode(Coding::br, bomb(Coding::zstd));
    const std::string chunked = format(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: br\r\n\r\n"
        "{:x}\r\n{}\r\n0\r\n\r\n",
        bomb(Coding::br).size(), bomb(Coding::br));
    const std::string until_close = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n" + bomb(Coding::br);
    check(
        std::array{refused("gzip twice", coded("gzip, gzip", twice), "as in a decompression bomb"),
                   refused("zstd in br", coded("zstd, br", mixed), "as in a decompression bomb"),
                   refused("in two fields", coded("zstd\r\nContent-Encoding: br", mixed), "as in a decompression bomb"),
                   refused("in chunks", chunked, "as in a decompression bomb"),
                   refused("until close", until_close, "as in a decompression bomb", Then::close)});
}

// One buffer of 32 KB, a thousand times.
TEST(HostileCoding, OfABombLittleIsGivenToAReaderOfPieces) {
    auto work = [](const std::string& answer) -> Task<std::size_t> {
        ScriptedServer server({{{answer}}});
        Client client(server.url());
        std::size_t given = 0;
        try {
            ResponseStream stream = co_await client.get("/").stream();
            while (true) {
                std::optional<std::string> piece = co_await stream.next();
                if (!piece) break;
                given += piece->size();
            }
            ADD_FAILURE() << "no error";
        } catch (const ProtocolError&) {  // ignored: expected, and worded above
        }
        co_return given;
    };
    for (const Coding coding : kCodings)
        EXPECT_LE(run(work(coded(coding, bomb(coding)))), 34'000'000U) << to_string(coding);
}

TEST(HostileCoding, ABodyOfManyBytesIsOneOnlyWithinTheLimit) {
    ClientOptions options;
    options.body_max = 100'000;
    std::string text;  // not so repetitive that it were a bomb
    for (int i = 0; text.size() <= options.body_max; ++i) text += std::to_string(i * 7919 % 10'007);
    for (const Coding coding : kCodings) {
        const std::string words = format("the {} stream holds more than the 100000 bytes", to_string(coding));
        check(std::array{refused("one byte or more too many", coded(coding, encode(coding, text)), words)}, options);
        const std::string all = text.substr(0, options.body_max);
        const Hostile fits{"as many as allowed",
                           coded(coding, encode(coding, all)),
                           "200 '" + all + "'",
                           "",
                           Then::keep,
                           "GET",
                           "same"};
        check(std::array{fits}, options);
    }
}

TEST(HostileCoding, ABombBehindARedirectAndInFrontOfOne) {
    const std::string here = coded(Coding::br, bomb(Coding::br));
    const std::string moved = "HTTP/1.1 302 Found\r\nLocation: /there\r\n" + here.substr(here.find("\r\n") + 2);
    auto work = [](std::string first, std::string second) -> Task<std::string> {
        const std::string to = "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
        ScriptedServer server({{{first.empty() ? to : first}, {second}}, {{second}}});
        Client client(server.url());
        co_return co_await outcome(client.get("/").follow_redirects());
    };
    EXPECT_THAT(run(work("", here)), ::testing::HasSubstr("/there: the br stream grows to more than 1000 times"));
    EXPECT_EQ(run(work(moved, ok("there"))), "200 'there'");
}

// Its body is nobody's concern, whatever it is.
TEST(HostileCoding, ARedirectsBodyNeedNotBeReadable) {
    for (const char* fields :
         {"Content-Encoding: compress", "Content-Encoding: gzip", "Content-Encoding: br, br, br"}) {
        auto work = [](std::string coding) -> Task<std::string> {
            const std::string moved =
                format("HTTP/1.1 302 Found\r\nLocation: /there\r\n{}\r\nContent-Length: 3\r\n\r\nabc", coding);
            ScriptedServer server({{{moved}, {ok("there")}}});
            Client client(server.url());
            co_return co_await outcome(client.get("/").follow_redirects());
        };
        EXPECT_EQ(run(work(fields)), "200 'there'") << fields;
    }
}

TEST(HostileCoding, WhatBreaksOffOrGoesOnIsAnError) {
    const std::string text = "a text of some length, of some length, of some length";
    for (const Coding coding : kCodings) {
        const std::string whole = encode(coding, text);
        const std::string name(to_string(coding));
        const Hostile rows[] = {
            refused("a byte is missing", coded(coding, whole.substr(0, whole.size() - 1)), name + " stream breaks off"),
            refused("half is missing", coded(coding, whole.substr(0, whole.size() / 2)), name + " stream breaks off"),
            refused("all but a byte is missing", coded(coding, whole.substr(0, 1)), name + " stream breaks off"),
            refused("a byte too many", coded(coding, whole + "x"), "the " + name + " stream"),
            refused("a page behind it", coded(coding, whole + "<html></html>"), "the " + name + " stream"),
            refused("the text itself", coded(coding, text), "the " + name + " stream"),
            refused("an encoding too few", coded(name + ", " + name, whole), "the " + name + " stream"),
            taken("nothing", coded(coding, ""), "200 ''"),
            taken("whole", coded(coding, whole), "200 '" + text + "'"),
        };
        check(rows);
    }
}

TEST(HostileCoding, ABitThatFlipsIsAnError) {
    const std::string text = "a text of some length, of some length, of some length";
    const Hostile rows[] = {
        refused("gzip's check",
                coded(Coding::gzip,
                      [&] {
                          std::string bytes = encode(Coding::gzip, text);
                          bytes[bytes.size() - 8] ^= 1;
                          return bytes;
                      }()),
                "the gzip stream is damaged"),
        refused("gzip's length",
                coded(Coding::gzip,
                      [&] {
                          std::string bytes = encode(Coding::gzip, text);
                          bytes[bytes.size() - 1] ^= 1;
                          return bytes;
                      }()),
                "the gzip stream is damaged"),
        refused("zstd's check",
                coded(Coding::zstd,
                      [&] {
                          std::string bytes = encode(Coding::zstd, text);
                          bytes[bytes.size() - 1] ^= 1;
                          return bytes;
                      }()),
                "the zstd stream"),
    };
    check(rows);
}

TEST(HostileCoding, OnlyKnownCodingsAndTwoOfThemAreUndone) {
    const std::string body = encode(Coding::gzip, "abc");
    const std::string twice = encode(Coding::gzip, body);
    const Hostile rows[] = {
        refused("compress", coded("compress", "abc"), "is encoded as 'compress'"),
        refused("a private one", coded("x-mine", "abc"), "is encoded as 'x-mine'"),
        refused("a parameter", coded("gzip;q=1", body), "is encoded as 'gzip;q=1'"),
        refused("a star", coded("*", "abc"), "is encoded as '*'"),
        refused("quotes", coded("\"gzip\"", body), "is encoded as '\"gzip\"'"),
        refused("two words", coded("gzip br", body), "is encoded as 'gzip br'"),
        refused("a long word", coded(std::string(10'000, 'x'), "abc"),
                "is encoded as '" + std::string(40, 'x') + "...'"),
        refused("bytes above 0x7f", coded("\xc2\x9b", "abc"), "is encoded as '?"),
        refused("three", coded("gzip, gzip, gzip", encode(Coding::gzip, twice)), "is encoded more than 2 times over"),
        refused("a hundred",
                coded(
                    "gzip" +
                        [] {
                            std::string more;
                            for (int i = 0; i < 99; ++i) more += ",gzip";
                            return more;
                        }(),
                    body),
                "is encoded more than 2 times over"),
        taken("two", coded("gzip, gzip", twice)),
        taken("identity", coded("identity", "abc")),
        taken("commas alone", coded(", ,", "abc")),
        taken("in capitals", coded("GZIP", body)),
        taken("none in other words", coded("none", "abc")),
        taken("a private one of an error", "HTTP/1.1 404 X\r\nContent-Encoding: x-mine\r\nContent-Length: 3\r\n\r\nabc",
              "404 'abc'"),
        taken("a private one of nothing", coded("x-mine", ""), "200 ''"),
        taken("a private one of a 304", "HTTP/1.1 304 X\r\nContent-Encoding: x-mine\r\n\r\n", "304 ''"),
    };
    check(rows);
}

}  // namespace
}  // namespace trawl
