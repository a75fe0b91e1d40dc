/// Content codings: which are read, every cut of a body into pieces, broken ends, bombs, bombs in bombs.
#include "content_coding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "content_samples.hpp"

namespace trawl::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Codings = std::vector<Coding>;

struct Decoded {
    std::string out;
    std::string error;  // empty: complete

    /// How much of a broken body is given before the break depends on how it came.
    friend bool operator==(const Decoded& left, const Decoded& right) {
        return left.error == right.error && (!left.error.empty() || left.out == right.out);
    }
    friend void PrintTo(const Decoded& decoded, std::ostream* stream) {
        *stream << '\'' << decoded.out.substr(0, 100) << "' " << decoded.error;
    }
};

/// `cuts`: where the body is cut; the bytes behind the last one come as one piece.
Decoded decode(const Codings& codings, std::string_view body, const std::vector<std::size_t>& cuts = {},
               const DecoderLimits& limits = {}) {
    Decoder decoder(codings, limits);
    Decoded result;
    std::size_t from = 0;
    Decoder::Verdict verdict;
    for (std::size_t i = 0; i <= cuts.size() && verdict; ++i) {
        const std::size_t to = i < cuts.size() ? cuts[i] : body.size();
        verdict = decoder.feed(body.substr(from, to - from), result.out);
        from = to;
    }
    if (verdict) verdict = decoder.finish();
    if (!verdict) result.error = verdict.error();
    return result;
}

std::vector<std::size_t> every_byte(std::string_view body) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < body.size(); ++i) cuts.push_back(i);
    return cuts;
}

/// The body whole, in single bytes, and cut in two at every place must be the same; gives what it is.
Decoded decode_every_way(const Codings& codings, std::string_view body) {
    const Decoded whole = decode(codings, body);
    EXPECT_EQ(decode(codings, body, every_byte(body)), whole) << "byte by byte";
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        const Decoded split = decode(codings, body, {cut});
        if (split != whole) ADD_FAILURE() << "cut at " << cut << ": " << split.error << " is not " << whole.error;
    }
    return whole;
}

std::string rows(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "{\"id\":" + std::to_string(i * 7919 % 10'007) + ",\"name\":\"x\"}\n";
    return text;
}

const Codings each_coding = {Coding::gzip, Coding::deflate, Coding::br, Coding::zstd};

struct Named {
    std::vector<const char*> fields;
    const char* read;  // the codings in order, or the reason
};

TEST(ContentEncoding, NamesTheCodingsInTheirOrderOrWhyNot) {
    const Named cases[] = {
        {{}, ""},
        {{""}, ""},
        {{"identity"}, ""},
        {{"gzip"}, "gzip "},
        {{"GZip"}, "gzip "},
        {{"x-gzip"}, "gzip "},
        {{"deflate"}, "deflate "},
        {{"br"}, "br "},
        {{"zstd"}, "zstd "},
        {{"gzip, br"}, "gzip br "},
        {{"gzip", "br"}, "gzip br "},
        {{" gzip\t,,identity , zstd,"}, "gzip zstd "},
        {{"gzip, gzip"}, "gzip gzip "},
        {{"identity, identity, identity"}, ""},
        {{"gzip, gzip, gzip"}, "is encoded more than 2 times over"},
        {{"gzip", "br", "zstd"}, "is encoded more than 2 times over"},
        {{"compress"}, "is encoded as 'compress', which cannot be read (gzip, deflate, br and zstd can)"},
        {{"gzip;q=1"}, "is encoded as 'gzip;q=1', which cannot be read (gzip, deflate, br and zstd can)"},
        {{"utf-8"}, ""},
        {{"None", "aws-chunked,gzip"}, "gzip "},
        {{"8bit, binary"}, ""},
        {{"latin-1"}, "is encoded as 'latin-1', which cannot be read (gzip, deflate, br and zstd can)"},
        {{"gzip br"}, "is encoded as 'gzip br', which cannot be read (gzip, deflate, br and zstd can)"},
        {{"gz\xffp"}, "is encoded as 'gz?p', which cannot be read (gzip, deflate, br and zstd can)"},
    };
    for (const Named& c : cases) {
        Headers headers;
        for (const char* field : c.fields) headers.add("Content-Encoding", field);
        std::string read;
        const auto codings = parse_content_encoding(headers);
        if (!codings) read = codings.error();
        for (const Coding coding : codings.value_or(Codings{})) read += std::string(to_string(coding)) + ' ';
        EXPECT_EQ(read, c.read);
    }
    Headers headers;
    headers.add("content-encoding", std::string(5000, 'x'));
    EXPECT_LT(parse_content_encoding(headers).error().size(), 200U);
}

TEST(ContentEncoding, AllThatIsOfferedCanBeRead) {
    Headers headers{{"content-encoding", "gzip, deflate"}};
    std::string_view offered = accept_encoding();
    for (; !offered.empty(); offered.remove_prefix(std::min(offered.find(", ") + 2, offered.size()))) {
        headers.set("content-encoding", offered.substr(0, offered.find(", ")));
        EXPECT_TRUE(parse_content_encoding(headers)) << offered;
        if (offered.find(", ") == std::string_view::npos) break;
    }
}

TEST(Decoder, WithoutACodingGivesTheBodyAsItIs) {
    EXPECT_EQ(decode_every_way({}, "plain"), (Decoded{"plain", ""}));
    EXPECT_EQ(decode({}, ""), (Decoded{"", ""}));
    const std::string large = rows(10'000);
    EXPECT_EQ(decode({}, large), (Decoded{large, ""}));
}

TEST(Decoder, GivesBackWhatWasEncodedHoweverItIsCut) {
    for (const Coding coding : each_coding)
        for (const std::string& text : {std::string(), std::string("x"), rows(40)}) {
            EXPECT_EQ(decode_every_way({coding}, encode(coding, text)), (Decoded{text, ""})) << to_string(coding);
        }
    EXPECT_EQ(decode_every_way({Coding::deflate}, encode_raw_deflate(rows(40))), (Decoded{rows(40), ""}));
    EXPECT_EQ(decode_every_way({Coding::deflate}, encode_raw_deflate("")), (Decoded{"", ""}));
}

TEST(Decoder, GivesBackLargeBodiesInRandomPieces) {
    std::mt19937 random(7);
    const std::string text = rows(30'000);
    for (const Coding coding : each_coding) {
        const std::string body = encode(coding, text);
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; at < body.size(); at += random() % 5000) cuts.push_back(at);
        EXPECT_TRUE((decode({coding}, body, cuts) == Decoded{text, ""})) << to_string(coding);
        EXPECT_TRUE((decode({coding}, body) == Decoded{text, ""})) << to_string(coding);
    }
}

TEST(Decoder, UndoesTwoCodingsInReverse) {
    const std::string text = rows(12);
    for (const Coding first : each_coding)
        for (const Coding second : each_coding) {
            const std::string body = encode(second, encode(first, text));
            EXPECT_EQ(decode_every_way({first, second}, body), (Decoded{text, ""}))
                << to_string(first) << to_string(second);
        }
    const std::string large = rows(30'000);
    EXPECT_TRUE(
        (decode({Coding::gzip, Coding::br}, encode(Coding::br, encode(Coding::gzip, large))) == Decoded{large, ""}));
}

TEST(Decoder, AnEmptyBodyIsEmptyWhateverItsCoding) {
    for (const Coding coding : each_coding) EXPECT_EQ(decode({coding}, ""), (Decoded{"", ""}));
    EXPECT_EQ(decode({Coding::gzip, Coding::br}, ""), (Decoded{"", ""}));
    // Here the outer stream is whole and says that the inner one has no byte, which no inner stream has.
    const std::string error = decode({Coding::gzip, Coding::br}, encode(Coding::br, "")).error;
    EXPECT_THAT(error, HasSubstr("the gzip stream breaks off"));
}

TEST(Decoder, ABodyThatBreaksOffIsAnErrorAtEveryByte) {
    const std::string text = rows(12);
    for (const Coding coding : each_coding) {
        const std::string body = encode(coding, text);
        for (std::size_t size = 1; size < body.size(); ++size) {
            const Decoded cut = decode({coding}, body.substr(0, size));
            EXPECT_THAT(cut.error, HasSubstr(std::string(to_string(coding)) + " stream breaks off")) << size;
            EXPECT_TRUE(text.starts_with(cut.out));
        }
    }
    const std::string raw = encode_raw_deflate(text);
    for (std::size_t size = 1; size < raw.size(); ++size)
        EXPECT_THAT(decode({Coding::deflate}, raw.substr(0, size)).error, HasSubstr("breaks off")) << size;
    EXPECT_EQ(decode({Coding::gzip}, encode(Coding::gzip, text).substr(0, 5)).error,
              "the gzip stream breaks off: 5 bytes arrived, which hold 0 bytes of content");
}

TEST(Decoder, AllMembersAndFramesCount) {
    const std::string a = rows(20), b = rows(3);
    const std::string gzip = encode(Coding::gzip, a) + encode(Coding::gzip, "") + encode(Coding::gzip, b);
    EXPECT_EQ(decode_every_way({Coding::gzip}, gzip), (Decoded{a + b, ""}));
    const std::string skipped("\x5e\x2a\x4d\x18\x03\x00\x00\x00xyz", 11);  // RFC 8878 section 3.1.2
    const std::string zstd = skipped + encode(Coding::zstd, a) + skipped + encode(Coding::zstd, b) + skipped;
    EXPECT_EQ(decode_every_way({Coding::zstd}, zstd), (Decoded{a + b, ""}));
    EXPECT_EQ(decode_every_way({Coding::zstd}, skipped), (Decoded{"", ""}));
    for (const Coding coding : {Coding::gzip, Coding::zstd}) {
        const std::string second = encode(coding, b);
        const std::string first = encode(coding, a);
        EXPECT_THAT(decode_every_way({coding}, first + second.substr(0, second.size() - 1)).error,
                    HasSubstr("breaks off"));
    }
}

TEST(Decoder, WhatFollowsTheEndIsAnErrorButForZerosBehindGzip) {
    const std::string zeros(600, '\0');
    for (const Coding coding : each_coding)
        for (const std::string& rest :
             {std::string("x"), std::string("\0\0x", 3), zeros + '\x1f', std::string("\x1f\x8c", 2)}) {
            EXPECT_NE(decode_every_way({coding}, encode(coding, "page") + rest).error, "") << to_string(coding);
        }
    EXPECT_EQ(decode_every_way({Coding::gzip}, encode(Coding::gzip, "page") + zeros), (Decoded{"page", ""}));
    EXPECT_EQ(decode_every_way({Coding::gzip}, zeros).error, "the gzip stream is damaged: incorrect header check");
    for (const Coding coding : {Coding::deflate, Coding::br, Coding::zstd})
        EXPECT_THAT(decode_every_way({coding}, encode(coding, "page") + '\0').error,
                    HasSubstr("is followed by bytes that do not belong to it"));
    EXPECT_THAT(decode_every_way({Coding::gzip}, encode(Coding::gzip, "page") + "<html>").error,
                HasSubstr("is followed by bytes that do not belong to it"));
    EXPECT_THAT(decode_every_way({Coding::deflate}, encode_raw_deflate("page") + "abcd").error,
                HasSubstr("is followed by bytes that do not belong to it"));
}

TEST(Decoder, WhatIsNotOfTheCodingIsAnError) {
    for (const Coding coding : {Coding::gzip, Coding::deflate, Coding::zstd})
        for (const char* body : {"{\"items\":[]}", "<html>", "\n\n\n\n"})
            EXPECT_NE(decode_every_way({coding}, body).error, "") << to_string(coding) << body;
    EXPECT_NE(decode_every_way({Coding::br}, "{\"items\":[]}").error, "");
    EXPECT_NE(decode_every_way({Coding::gzip}, encode(Coding::deflate, "page")).error, "");
    EXPECT_NE(decode_every_way({Coding::zstd}, encode(Coding::gzip, "page")).error, "");
}

/// gzip, deflate and our zstd frames carry checks; br has none, so that a flipped bit may give other text.
TEST(Decoder, AFlippedBitNeverPassesWhereTheFormatHasACheck) {
    const std::string text = rows(12);
    for (const Coding coding : {Coding::gzip, Coding::deflate, Coding::zstd}) {
        const std::string body = encode(coding, text);
        for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
            std::string damaged = body;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
            const Decoded decoded = decode({coding}, damaged);
            EXPECT_TRUE(!decoded.error.empty() || decoded.out == text) << to_string(coding) << " bit " << bit;
            EXPECT_EQ(decode({coding}, damaged, every_byte(damaged)), decoded) << to_string(coding) << " bit " << bit;
        }
    }
}

TEST(Decoder, AFailureIsForGood) {
    const Codings codings{Coding::gzip};
    Decoder decoder(codings);
    std::string out;
    const std::string error = decoder.feed("no gzip", out).error();
    EXPECT_EQ(error, "the gzip stream is damaged: incorrect header check");
    EXPECT_EQ(decoder.feed(encode(Coding::gzip, "page"), out).error(), error);
    EXPECT_EQ(decoder.finish().error(), error);
    EXPECT_EQ(out, "");
}

TEST(Decoder, EmptyPiecesChangeNothing) {
    for (const Coding coding : each_coding) {
        const std::string body = encode(coding, rows(12));
        Decoder decoder(std::span(&coding, 1));
        std::string out;
        for (std::size_t i = 0; i < body.size(); ++i) {
            for (int n = 0; n < 40; ++n) ASSERT_TRUE(decoder.feed("", out)) << to_string(coding);
            ASSERT_TRUE(decoder.feed(body.substr(i, 1), out));
        }
        ASSERT_TRUE(decoder.feed("", out));
        EXPECT_TRUE(decoder.finish());
        EXPECT_EQ(out, rows(12));
    }
}

TEST(Decoder, AStepAppendsAtMost64KB) {
    const std::string text = rows(20'000);
    for (const Coding coding : each_coding) {
        const std::string body = encode(coding, text);
        Decoder decoder(std::span(&coding, 1));
        std::string_view rest = body;
        std::string out;
        std::size_t steps = 0;
        for (std::size_t size = 0; decoder.step(rest, out).value(); size = out.size(), ++steps)
            ASSERT_LE(out.size() - size, Decoder::step_max);
        EXPECT_TRUE(out == text && rest.empty());
        EXPECT_GE(steps, text.size() / Decoder::step_max);
        EXPECT_TRUE(decoder.finish());
        EXPECT_EQ(decoder.in_size(), body.size());
        EXPECT_EQ(decoder.out_size(), text.size());
    }
}

TEST(Decoder, TheLimitOfTheBodyIsExact) {
    const std::string text = rows(8000);
    DecoderLimits limits;
    for (const Codings& codings : {Codings{}, Codings{Coding::gzip}, Codings{Coding::br}, Codings{Coding::zstd}}) {
        const std::string body = codings.empty() ? text : encode(codings[0], text);
        limits.out_max = text.size();
        EXPECT_TRUE((decode(codings, body, {}, limits) == Decoded{text, ""}));
        limits.out_max = text.size() - 1;
        const Decoded over = decode(codings, body, {}, limits);
        EXPECT_THAT(over.error,
                    HasSubstr("more than the " + std::to_string(limits.out_max) + " bytes that are allowed"));
        EXPECT_LE(over.out.size(), limits.out_max);
    }
    limits.out_max = 0;
    EXPECT_EQ(decode({Coding::gzip}, encode(Coding::gzip, ""), {}, limits), (Decoded{"", ""}));
    EXPECT_NE(decode({Coding::gzip}, encode(Coding::gzip, "x"), {}, limits).error, "");
    limits.out_max = UINT64_MAX;
    EXPECT_EQ(decode({Coding::gzip}, encode(Coding::gzip, "x"), {}, limits), (Decoded{"x", ""}));
}

TEST(Decoder, ABombStopsSoonAfterTheRatioCounts) {
    const std::string zeros(16 << 20, '\0');
    DecoderLimits limits;
    for (const Coding coding : {Coding::br, Coding::zstd, Coding::gzip}) {
        limits.ratio_max = coding == Coding::gzip ? 500 : 1000;
        const Decoded bomb = decode({coding}, encode(coding, zeros), {}, limits);
        EXPECT_THAT(bomb.error, HasSubstr("as in a decompression bomb")) << to_string(coding);
        EXPECT_LE(bomb.out.size(), (1U << 20) + (2U << 16) + (coding == Coding::gzip ? 15 << 20 : 0));
    }
    limits.ratio_from = zeros.size();
    EXPECT_TRUE((decode({Coding::br}, encode(Coding::br, zeros), {}, limits) == Decoded{zeros, ""}));
}

TEST(Decoder, ABombWithinABombIsStoppedWhereverItGrows) {
    const std::string zeros(16 << 20, '\0');
    const Decoded both = decode({Coding::zstd, Coding::br}, encode(Coding::br, encode(Coding::zstd, zeros)));
    EXPECT_THAT(both.error, HasSubstr("as in a decompression bomb"));
    EXPECT_LE(both.out.size(), 2U << 20);
    // The outer one alone grows: into gzip members that hold nothing.
    std::string members;
    const std::string empty_member = encode(Coding::gzip, "");
    while (members.size() < 8 << 20) members += empty_member;
    const Decoded between = decode({Coding::gzip, Coding::zstd}, encode(Coding::zstd, members));
    EXPECT_THAT(between.error, HasSubstr("the zstd stream grows to more than 1000 times its size"));
    EXPECT_EQ(between.out, "");
    DecoderLimits limits;
    limits.out_max = 1000;
    EXPECT_THAT(decode({Coding::gzip, Coding::zstd}, encode(Coding::zstd, members), {}, limits).error,
                HasSubstr("the zstd stream holds more than the 1000 bytes"));
}

TEST(Decoder, ZstdWindowsOver8MBAreRefusedHoweverTheyCome) {
    const std::string text(100, 'x');
    EXPECT_EQ(decode_every_way({Coding::zstd}, encode_zstd_window(text, 23)), (Decoded{text, ""}));
    EXPECT_EQ(decode_every_way({Coding::zstd}, encode_zstd_window(text, 24)).error,
              "the zstd stream needs a window of more than the 8 MB that HTTP allows (RFC 9659)");
}

// libzstd looks for a whole frame wherever a piece begins, also within the head of one.
TEST(Decoder, AHeadOfAZstdFrameThatReadsLikeAFrameIsAHead) {
    const std::string frame("\x28\xb5\x2f\xfd\x50\x2a\x4d\x18\0\0\0\0", 12);  // a size, an empty block, and no last one
    EXPECT_EQ(decode_every_way({Coding::zstd}, frame).error,
              "the zstd stream breaks off: 12 bytes arrived, which hold 0 bytes of content");
    EXPECT_NE(decode_every_way({Coding::zstd}, frame + frame).error, "");
}

TEST(Decoder, ZstdOfBeforeTheStandardIsRefused) {
    const std::string v05("\x25\xb5\x2f\xfd\x00\x00\x00\x00\x00", 9);
    EXPECT_EQ(decode_every_way({Coding::zstd}, v05).error, "the zstd stream is none: a frame begins otherwise");
    EXPECT_NE(decode_every_way({Coding::zstd}, "X" + encode(Coding::zstd, "page")).error, "");
}

TEST(Decoder, AZlibStreamThatNeedsADictionaryIsRefused) {
    const std::string body("\x78\xbb\x01\x02\x03\x04\x03\x00", 8);  // RFC 1950 section 2.2, FDICT
    EXPECT_THAT(decode_every_way({Coding::deflate}, body).error, HasSubstr("dictionary"));
}

}  // namespace
}  // namespace trawl::http
