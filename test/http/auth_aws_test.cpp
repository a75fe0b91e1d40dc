/// Signature Version 4: AWS's published test suite and the examples of S3's and IAM's documentation.
#include "auth_aws.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth_hash.hpp"

namespace trawl::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using testing::HasSubstr;
using testing::Not;

const AwsCredentials suite_credentials{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const AwsCredentials s3_credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
constexpr auto suite_time = sys_days(year_month_day(2015y, std::chrono::August, 30d)) + 12h + 36min;
constexpr auto s3_time = sys_days(year_month_day(2013y, std::chrono::May, 24d)) + 0s;

struct Vector {
    const char* name;
    const char* method;
    const char* url;
    Headers headers;
    const char* body;
    const char* signed_headers;
    const char* signature;
};

void check(const Vector& v, const AwsCredentials& credentials, const AwsScope& scope, std::chrono::sys_seconds time,
           std::string_view credential) {
    Headers headers = v.headers;
    const Url url = Url::parse(v.url);
    sign_aws(v.method, url, headers, aws_payload_hash(v.body), credentials, scope, time);
    EXPECT_EQ(headers.get("authorization"), "AWS4-HMAC-SHA256 Credential=" + std::string(credential) +
                                                "/aws4_request, SignedHeaders=" + v.signed_headers +
                                                ", Signature=" + v.signature)
        << v.name << ":\n"
        << aws_canonical_request(v.method, url, headers, aws_payload_hash(v.body), scope.service);
}

void check_suite(const Vector& vector) {
    check(vector, suite_credentials, {"us-east-1", "service"}, suite_time, "AKIDEXAMPLE/20150830/us-east-1/service");
}

TEST(AwsSignature, OfTheUrlIsThatOfThePublishedTestSuite) {
    const char* const unreserved =
        "https://example.amazonaws.com/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const Vector vectors[] = {
        {"get-vanilla",
         "GET",
         "https://example.amazonaws.com/",
         {},
         "",
         "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"post-vanilla",
         "POST",
         "https://example.amazonaws.com/",
         {},
         "",
         "host;x-amz-date",
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
        {"get-relative",
         "GET",
         "https://example.amazonaws.com/example/..",
         {},
         "",
         "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"get-slash",
         "GET",
         "https://example.amazonaws.com//",
         {},
         "",
         "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
        {"get-slashes",
         "GET",
         "https://example.amazonaws.com//example//",
         {},
         "",
         "host;x-amz-date",
         "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
        {"get-vanilla-query-order-key-case",
         "GET",
         "https://example.amazonaws.com/?Param2=value2&Param1=value1",
         {},
         "",
         "host;x-amz-date",
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
        {"get-vanilla-query-unreserved",
         "GET",
         unreserved,
         {},
         "",
         "host;x-amz-date",
         "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    };
    for (const Vector& v : vectors) check_suite(v);
}

TEST(AwsSignature, OfFieldsIsThatOfThePublishedTestSuite) {
    const Vector vectors[] = {
        {"get-header-value-trim",
         "GET",
         "https://example.amazonaws.com/",
         {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
         "",
         "host;my-header1;my-header2;x-amz-date",
         "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
        {"get-header-key-duplicate",
         "GET",
         "https://example.amazonaws.com/",
         {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
         "",
         "host;my-header1;x-amz-date",
         "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
        {"get-header-value-order",
         "GET",
         "https://example.amazonaws.com/",
         {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"}, {"My-Header1", "value2"}},
         "",
         "host;my-header1;x-amz-date",
         "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
        {"post-header-key-sort",
         "POST",
         "https://example.amazonaws.com/",
         {{"My-Header1", "value1"}},
         "",
         "host;my-header1;x-amz-date",
         "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
        {"post-x-www-form-urlencoded",
         "POST",
         "https://example.amazonaws.com/",
         {{"Content-Type", "application/x-www-form-urlencoded"}},
         "Param1=value1",
         "content-type;host;x-amz-date",
         "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    };
    for (const Vector& v : vectors) check_suite(v);
}

TEST(AwsSignature, IsThatOfTheDocumentationOfIam) {
    const Vector vector{"ListUsers",
                        "GET",
                        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
                        {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                        "",
                        "content-type;host;x-amz-date",
                        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"};
    check(vector, suite_credentials, {"us-east-1", "iam"}, suite_time, "AKIDEXAMPLE/20150830/us-east-1/iam");
}

TEST(AwsSignature, IsThatOfTheDocumentationOfS3) {
    const Vector vectors[] = {
        {"GET Object",
         "GET",
         "https://examplebucket.s3.amazonaws.com/test.txt",
         {{"Range", "bytes=0-9"}},
         "",
         "host;range;x-amz-content-sha256;x-amz-date",
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"PUT Object",
         "PUT",
         "https://examplebucket.s3.amazonaws.com/test$file.text",
         {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
         "Welcome to Amazon S3.",
         "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"GET Bucket Lifecycle",
         "GET",
         "https://examplebucket.s3.amazonaws.com/?lifecycle",
         {},
         "",
         "host;x-amz-content-sha256;x-amz-date",
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"List Objects",
         "GET",
         "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
         {},
         "",
         "host;x-amz-content-sha256;x-amz-date",
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    for (const Vector& v : vectors)
        check(v, s3_credentials, {"us-east-1", "s3"}, s3_time, "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3");
}

/// The second line of the canonical request is the path, the third the query.
std::string path_and_query(const char* url, std::string_view service) {
    const std::string text = aws_canonical_request("GET", Url::parse(url), {}, "", service);
    const std::size_t path = text.find('\n') + 1, query = text.find('\n', path) + 1;
    return text.substr(path, text.find('\n', query) - path);
}

TEST(AwsSignature, PathsAndQueriesAreWrittenInOneWay) {
    struct Case {
        const char* url;
        const char* service;
        const char* lines;
    };
    const Case cases[] = {
        {"https://h/a b/\xc3\xa9(1)+,;=", "s3", "/a%20b/%C3%A9%281%29%2B%2C%3B%3D\n"},
        {"https://h/a%20b/%C3%A9%281%29", "s3", "/a%20b/%C3%A9%281%29\n"},
        {"https://h/a%2Fb%25", "s3", "/a%2Fb%25\n"},
        {"https://h//a//b/", "s3", "//a//b/\n"},
        {"https://h/a b", "execute-api", "/a%2520b\n"},
        {"https://h/%e1%88%b4", "host", "/%25e1%2588%25b4\n"},
        {"https://h/a:b", "execute-api", "/a%3Ab\n"},
        {"https://h//a//b/", "execute-api", "/a/b/\n"},
        {"https://h", "execute-api", "/\n"},
        {"https://h/?b=2&a=1&b=1&a", "s3", "/\na=&a=1&b=1&b=2"},
        {"https://h/?a=x+y&b=x%2By&c=x%20y", "s3", "/\na=x%20y&b=x%2By&c=x%20y"},
        {"https://h/?a=b=c&d=/?:@", "s3", "/\na=b%3Dc&d=%2F%3F%3A%40"},
        {"https://h/?filter[name]=x", "s3", "/\nfilter%5Bname%5D=x"},
        {"https://h/?A=1&a=2&B=3", "s3", "/\nA=1&B=3&a=2"},
    };
    for (const Case& c : cases) EXPECT_EQ(path_and_query(c.url, c.service), c.lines) << c.url;
}

TEST(AwsSignature, ReplacesTheFieldsOfAnEarlierOne) {
    const Url url = Url::parse("https://h:8443/x");
    Headers once, twice;
    AwsCredentials temporary = s3_credentials;
    temporary.session_token = "hunter2";
    sign_aws("GET", url, once, aws_unsigned_payload, s3_credentials, {"eu-west-1", "s3"}, s3_time);
    sign_aws("GET", url, twice, aws_payload_hash("x"), temporary, {"us-east-1", "s3"}, suite_time);
    EXPECT_EQ(twice.get("x-amz-security-token"), "hunter2");
    EXPECT_THAT(std::string(twice.get("authorization").value()), HasSubstr(";x-amz-security-token, "));
    sign_aws("GET", url, twice, aws_unsigned_payload, s3_credentials, {"eu-west-1", "s3"}, s3_time);
    EXPECT_EQ(twice.get("authorization"), once.get("authorization"));
    EXPECT_EQ(twice.size(), 3U);
    EXPECT_EQ(twice.get("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    EXPECT_THAT(aws_canonical_request("GET", url, once, "", "s3"), HasSubstr("\nhost:h:8443\n"));
}

TEST(AwsSignature, WhatChangesOnTheWayIsNotSigned) {
    const Headers headers{{"User-Agent", "u"}, {"Accept-Encoding", "gzip"}, {"Connection", "close"}, {"X-Mine", "m"}};
    const std::string text = aws_canonical_request("GET", Url::parse("https://h/"), headers, "", "s3");
    EXPECT_EQ(text, "GET\n/\n\nhost:h\nx-mine:m\n\nhost;x-mine\n");
}

TEST(Hash, IsThatOfTheStandards) {
    EXPECT_EQ(hash_hex(Hash::md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");  // RFC 1321 appendix A.5
    EXPECT_EQ(hash_hex(Hash::sha256, ""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),  // RFC 4231 section 4.3
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace trawl::http
