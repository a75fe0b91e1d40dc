/// What a download asks for next, as a table of answers.
#include "resume.hpp"

#include <gtest/gtest.h>

#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

std::string read(std::string_view text) {
    const auto range = parse_content_range(text);
    if (!range) return "none";
    return format("{}-{}/{}", range->first, range->last, range->size ? std::to_string(*range->size) : "?");
}

TEST(ContentRange, IsBytesOfAWhole) {
    EXPECT_EQ(read("bytes 0-0/1"), "0-0/1");
    EXPECT_EQ(read("Bytes 100-199/1000"), "100-199/1000");
    EXPECT_EQ(read("bytes 100-199/*"), "100-199/?");
    EXPECT_EQ(read("bytes 0-9223372036854775806/9223372036854775807"), "0-9223372036854775806/9223372036854775807");
    for (const char* text :
         {"", "bytes", "bytes */1000", "bytes 5-4/10", "bytes 5-10/10", "bytes 5-9/10 ", "bytes  5-9/10",
          "bytes -5-9/10", "bytes 5-/10", "bytes 5-9", "bytes 5-9/", "bytes +5-9/10", "items 5-9/10", "bytes=5-9/10",
          "bytes 5-9/99999999999999999999", "bytes 5-9/10,bytes 5-9/10"})
        EXPECT_EQ(read(text), "none") << text;
}

const Headers kWhole = {{"content-length", "10"}, {"etag", "\"v1\""}};

/// A download that was cut when four of ten bytes were there, and has asked for the rest.
Resume cut_at_four(const Headers& answer = kWhole) {
    Resume resume;
    Headers request;
    resume.prepare(request);
    EXPECT_EQ(request.get("range"), std::nullopt);
    EXPECT_EQ(request.get("accept-encoding"), "identity");
    EXPECT_EQ(resume.take_head(200, answer), Resume::Use::kFromStart);
    EXPECT_TRUE(resume.take(4));
    resume.prepare(request);
    return resume;
}

TEST(Resume, AsksForTheRestOnCondition) {
    Resume resume = cut_at_four();
    Headers request = {{"accept-encoding", "gzip"}};
    resume.prepare(request);
    EXPECT_EQ(request.get("range"), "bytes=4-");
    EXPECT_EQ(request.get("if-range"), "\"v1\"");
    EXPECT_EQ(request.get("accept-encoding"), "identity");
}

TEST(Resume, AsksForTheWholeWhereNothingTellsVersionsApart) {
    const Headers answers[] = {{{"content-length", "10"}},
                               {{"content-length", "10"}, {"etag", "W/\"v1\""}},
                               {{"etag", "\"v1\""}, {"accept-ranges", "none"}}};
    for (const Headers& answer : answers) {
        Resume resume = cut_at_four(answer);
        Headers request;
        resume.prepare(request);
        EXPECT_EQ(request.get("range"), std::nullopt);
        EXPECT_EQ(resume.take_head(200, answer), Resume::Use::kFromStart);
        EXPECT_EQ(resume.offset(), 0);
    }
}

TEST(Resume, GoesOnWithThePartThatFits) {
    Resume resume = cut_at_four();
    const Headers part = {{"content-range", "bytes 4-9/10"}, {"etag", "\"v1\""}};
    EXPECT_EQ(resume.take_head(206, part), Resume::Use::kGoesOn);
    EXPECT_TRUE(resume.take(5));
    EXPECT_FALSE(resume.take_end());
    EXPECT_TRUE(resume.take(1));
    EXPECT_TRUE(resume.take_end());
    EXPECT_FALSE(resume.take(1));
}

TEST(Resume, GoesOnWithAPartInTheCodingOfTheWhole) {
    Resume resume = cut_at_four({{"etag", "\"v1\""}, {"content-length", "10"}, {"content-encoding", "gzip"}});
    const Headers part = {{"content-range", "bytes 4-9/10"}, {"content-encoding", "gzip"}};
    EXPECT_EQ(resume.take_head(206, part), Resume::Use::kGoesOn);
}

// The file was its own end alone.
TEST(Resume, APartThatIsCalledTheWholeIsNone) {
    Resume resume = cut_at_four();
    const Headers part = {{"content-range", "bytes 4-9/10"}, {"etag", "\"v1\""}};
    EXPECT_EQ(resume.take_head(200, part), Resume::Use::kNothing);
    EXPECT_EQ(resume.offset(), 0);
    Headers request;
    resume.prepare(request);
    EXPECT_EQ(resume.take_head(200, part), Resume::Use::kFromStart) << "what answers no range is taken as it is";
}

TEST(Resume, APartMayEndBeforeTheWhole) {
    Resume resume = cut_at_four();
    EXPECT_EQ(resume.take_head(206, {{"content-range", "bytes 4-5/10"}}), Resume::Use::kGoesOn);
    EXPECT_TRUE(resume.take(2));
    EXPECT_FALSE(resume.take_end());
    EXPECT_FALSE(resume.take(1));
}

TEST(Resume, BeginsAnewWhereThePartDoesNotFit) {
    const Headers parts[] = {{},
                             {{"content-range", "bytes 3-9/10"}},
                             {{"content-range", "bytes 5-9/10"}},
                             {{"content-range", "bytes 4-10/11"}},
                             {{"content-range", "bytes 4-9/*"}},
                             {{"content-range", "junk"}},
                             {{"content-type", "multipart/byteranges; boundary=x"}},
                             {{"content-range", "bytes 4-9/10"}, {"etag", "\"v2\""}},
                             {{"content-range", "bytes 4-9/10"}, {"etag", "W/\"v1\""}},
                             {{"content-range", "bytes 4-9/10"}, {"content-encoding", "gzip"}}};
    for (const Headers& part : parts) {
        Resume resume = cut_at_four();
        EXPECT_EQ(resume.take_head(206, part), Resume::Use::kNothing) << part.get("content-range").value_or("-");
        Headers request;
        resume.prepare(request);
        EXPECT_EQ(request.get("range"), std::nullopt);
        EXPECT_EQ(resume.offset(), 0);
    }
}

TEST(Resume, ADateIsComparedToo) {
    const Headers whole = {{"content-length", "10"},
                           {"last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"},
                           {"date", "Mon, 07 Nov 1994 08:49:37 GMT"}};
    const auto use = [&](const char* modified) {
        Resume resume = cut_at_four(whole);
        return resume.take_head(206, {{"content-range", "bytes 4-9/10"}, {"last-modified", modified}});
    };
    EXPECT_EQ(use("Sun, 06 Nov 1994 08:49:37 GMT"), Resume::Use::kGoesOn);
    EXPECT_EQ(use("Sun, 06 Nov 1994 08:49:38 GMT"), Resume::Use::kNothing);
}

TEST(Resume, BeginsAnewWithTheWholeOrWithoutARange) {
    Resume changed = cut_at_four();
    EXPECT_EQ(changed.take_head(200, {{"content-length", "3"}}), Resume::Use::kFromStart);
    EXPECT_EQ(changed.offset(), 0);
    EXPECT_EQ(changed.size(), 3);
    Resume refused = cut_at_four();
    EXPECT_EQ(refused.take_head(416, {{"content-range", "bytes */4"}}), Resume::Use::kNothing);
    EXPECT_EQ(refused.offset(), 0);
}

TEST(Resume, OtherStatusesAreTheAnswer) {
    for (const int status : {201, 204, 301, 304, 404, 412, 503}) {
        Resume resume = cut_at_four();
        EXPECT_EQ(resume.take_head(status, {}), Resume::Use::kRefused) << status;
    }
    Resume unasked;
    Headers request;
    unasked.prepare(request);
    EXPECT_EQ(unasked.take_head(206, {{"content-range", "bytes 0-9/10"}}), Resume::Use::kRefused);
    EXPECT_EQ(unasked.take_head(416, {}), Resume::Use::kRefused);
}

TEST(Resume, WithoutALengthTheBodysEndIsTheEnd) {
    Resume resume = cut_at_four({{"etag", "\"v1\""}});
    EXPECT_EQ(resume.size(), std::nullopt);
    EXPECT_TRUE(resume.take_end());
}

}  // namespace
}  // namespace trawl::http
