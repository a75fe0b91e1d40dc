#include "host_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "trawl/base/error.hpp"

namespace trawl::net {
namespace {

using ::testing::HasSubstr;

TEST(HostName, IsInLowerCaseAndKeepsItsDot) {
    EXPECT_EQ(checked_host_name("API.Example"), "api.example");
    EXPECT_EQ(checked_host_name("api.example."), "api.example.");
    EXPECT_EQ(checked_host_name("_srv.a-b.1"), "_srv.a-b.1");
    EXPECT_EQ(checked_host_name(std::string(63, 'a') + ".b"), std::string(63, 'a') + ".b");
}

std::string refusal_of(std::string_view host) {
    try {
        static_cast<void>(checked_host_name(host));
    } catch (const ResolveError& error) {
        EXPECT_EQ(error.reason(), ResolveError::Reason::kBadName);
        return error.what();
    }
    return "accepted";
}

TEST(HostName, SaysWhatIsWrongWithIt) {
    std::string long_name;
    while (long_name.size() < 254) long_name += "abc.";
    EXPECT_THAT(refusal_of(""), HasSubstr("empty"));
    EXPECT_THAT(refusal_of("."), HasSubstr("empty"));
    EXPECT_THAT(refusal_of("a..b"), HasSubstr("'a..b': it has an empty part"));
    EXPECT_THAT(refusal_of(".a"), HasSubstr("empty part"));
    EXPECT_THAT(refusal_of("a.."), HasSubstr("empty part"));
    EXPECT_THAT(refusal_of(std::string(64, 'a')), HasSubstr("63 bytes"));
    EXPECT_THAT(refusal_of(long_name + "abcd"), HasSubstr("253 bytes"));
    EXPECT_THAT(refusal_of("m\xc3\xbcnchen.example"), HasSubstr("xn--"));
    for (const char* host : {"a b", "a/b", "a:80", "[::1]", "a\\b", "a@b", "a%b", "*.b"})
        EXPECT_THAT(refusal_of(host), HasSubstr("no name of a host")) << host;
}

TEST(HostName, WithANulIsRefusedAndShownWithoutHarm) {
    EXPECT_THAT(refusal_of(std::string_view("127.0.0.1\0.evil", 15)), HasSubstr("'127.0.0.1?.evil'"));
    EXPECT_THAT(refusal_of("\x1b[2J"), HasSubstr("'?[2J'"));
}

TEST(HostName, LiesUnderASuffixByWholeLabels) {
    EXPECT_TRUE(is_under("localhost", "localhost"));
    EXPECT_TRUE(is_under("localhost.", "localhost"));
    EXPECT_TRUE(is_under("a.b.localhost.", "localhost"));
    EXPECT_FALSE(is_under("notlocalhost", "localhost"));
    EXPECT_FALSE(is_under("localhost.example", "localhost"));
}

}  // namespace
}  // namespace trawl::net
