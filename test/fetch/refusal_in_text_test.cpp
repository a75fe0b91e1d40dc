/// What an answer says of itself: when a page without rows is a refusal, and when it is the end.
#include "trawl/fetch/refusal_in_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace trawl::fetch {
namespace {

using testing::HasSubstr;
using testing::TestWithParam;

struct Refused {
    const char* body;
    const char* says;
};

class ARefusal : public TestWithParam<Refused> {};

TEST_P(ARefusal, IsNamedByItsField) {
    const auto refusal = RefusalsInText().in(GetParam().body, "", std::nullopt);
    ASSERT_TRUE(refusal) << GetParam().body;
    EXPECT_THAT(*refusal, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(Fields, ARefusal,
                         testing::Values(Refused{R"({"items":[],"error":"no luck"})", "$.error: \"no luck\""},
                                         Refused{R"({"items":[],"error":true})", "$.error"},
                                         Refused{R"({"items":[],"error":{"code":7,"message":"no luck"}})", "no luck"},
                                         Refused{R"({"items":[],"errors":[{"message":"no luck"}]})", "$.errors: \"{"},
                                         Refused{R"({"items":[],"errorMessage":"no luck"})", "$.errorMessage"},
                                         Refused{R"({"items":[],"error_code":42})", "$.error_code: \"42\""},
                                         Refused{R"({"items":[],"success":false})", "$.success"},
                                         Refused{R"({"items":[],"ok":false})", "$.ok"},
                                         Refused{R"({"items":[],"status":"error"})", "$.status"},
                                         Refused{R"({"items":[],"status":"Failed"})", "$.status"},
                                         Refused{R"({"items":[],"code":429})", "$.code"},
                                         Refused{R"({"items":[],"statusCode":"503"})", "$.statusCode"},
                                         Refused{R"({"items":[],"message":"Rate limit exceeded"})", "$.message"},
                                         Refused{R"({"items":[],"detail":"Token expired"})", "$.detail"},
                                         Refused{R"({"items":[],"meta":{"error":"no luck"}})", "$.meta.error"}));

class NoRefusal : public TestWithParam<const char*> {};

TEST_P(NoRefusal, IsTheEnd) { EXPECT_EQ(RefusalsInText().in(GetParam(), "", std::nullopt), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    Fields, NoRefusal,
    testing::Values(R"({"items":[]})", R"([])", R"({"items":[],"error":null})", R"({"items":[],"error":false})",
                    R"({"items":[],"error":""})", R"({"items":[],"errors":[]})", R"({"items":[],"errors":{}})",
                    R"({"items":[],"error":0})", R"({"items":[],"error_code":"0"})", R"({"items":[],"error":"none"})",
                    R"({"items":[],"error":{"code":0,"message":""}})", R"({"items":[],"error":{"code":200}})",
                    R"({"items":[],"success":true,"status":"ok"})", R"({"items":[],"query":{"error":"is it one"}})",
                    R"({"items":[{"id":1}],"errors":["row 7 was left out"]})",
                    R"({"items":[{"id":1}],"status":"error"})", R"({"message":"no items here"})", "no JSON at all"));

TEST(RefusalsInText, WhatWasAcceptedAndHasNoRowsIsNotMadeYet) {
    const auto says = [](int status, const char* body) { return RefusalsInText().in(status, body, "", std::nullopt); };
    EXPECT_TRUE(says(202, R"({"items":[]})"));
    EXPECT_FALSE(says(200, R"({"items":[]})"));
    EXPECT_FALSE(says(202, R"({"items":[{"id":1}]})"));
    EXPECT_FALSE(says(202, "<html>"));
}

TEST(RefusalsInText, WhatTheFirstPageSaysBesideItsRowsIsUsual) {
    const std::string first = R"({"items":[{"id":1}],"status":"error","errors":["an old warning"]})";
    RefusalsInText refusals;
    refusals.learn(JsonPage::parse(first), first);
    EXPECT_EQ(refusals.in(R"({"items":[],"status":"error","errors":["an old warning"]})", "", std::nullopt),
              std::nullopt);
    EXPECT_TRUE(refusals.in(R"({"items":[],"error":"another one"})", "", std::nullopt));
}

TEST(RefusalsInText, AQueryThatFailedInPartIsRefused) {
    const char* partial = R"({"data":{"items":[{"id":1}]},"errors":[{"message":"no luck"}]})";
    EXPECT_TRUE(RefusalsInText().in(partial, R"({"query":"{items{id}}"})", std::nullopt));
    EXPECT_FALSE(RefusalsInText().in(partial, R"({"page":1})", std::nullopt));
    EXPECT_FALSE(RefusalsInText().in(R"({"data":{"items":[{"id":1}]},"errors":[]})", R"({"query":"{items{id}}"})",
                                     std::nullopt));
}

TEST(RefusalsInText, TheRecordsAreWhereTheUserSays) {
    const char* body = R"({"error":"no luck","items":[{"id":1}],"rows":[]})";
    EXPECT_TRUE(RefusalsInText().in(body, "", JsonPath::parse("$.rows")));
    EXPECT_FALSE(RefusalsInText().in(body, "", JsonPath::parse("$.items")));
}

}  // namespace
}  // namespace trawl::fetch
