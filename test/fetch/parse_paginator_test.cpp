/// The text of --paginator: dlt's defaults, and messages that help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trawl/base/error.hpp"
#include "trawl/fetch/pagination.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;

TEST(ParsePaginator, HasDltsDefaults) {
    const Pagination page = parse_paginator("page_number");
    EXPECT_EQ(page.kind, PaginationKind::page_number);
    EXPECT_EQ(page.param, "page");
    EXPECT_FALSE(page.first);
    EXPECT_TRUE(page.stop_after_empty_page);
    const Pagination offset = parse_paginator("offset:limit=100");
    EXPECT_EQ(offset.param, "offset");
    EXPECT_EQ(offset.limit_param, "limit");
    EXPECT_EQ(offset.limit, 100U);
    EXPECT_EQ(offset.total_path->str(), "$.total");
    const Pagination cursor = parse_paginator("cursor");
    EXPECT_EQ(cursor.param, "cursor");
    EXPECT_EQ(cursor.next_path.str(), "$.cursors.next");
    EXPECT_FALSE(cursor.stop_after_empty_page);
    EXPECT_EQ(parse_paginator("json_link").next_path.str(), "$.next");
    EXPECT_EQ(parse_paginator("header_link").relation, "next");
    EXPECT_EQ(parse_paginator("single_page").kind, PaginationKind::single_page);
}

TEST(ParsePaginator, TakesOptionsInAnyOrderAndWithBlanks) {
    const Pagination page = parse_paginator(
        " page_number : total_path=$.meta.pages , page_param = p,base_page=0,maximum_page=9,"
        "stop_after_empty_page=false,has_more_path=more,max_pages=5,stop_after_short_page=true");
    EXPECT_EQ(page.param, "p");
    EXPECT_EQ(page.first, 0U);
    EXPECT_EQ(page.total_path->str(), "$.meta.pages");
    EXPECT_EQ(page.has_more_path->str(), "$.more");
    EXPECT_EQ(page.maximum, 9U);
    EXPECT_EQ(page.pages_max, 5U);
    EXPECT_FALSE(page.stop_after_empty_page);
    EXPECT_TRUE(page.stop_after_short_page);
    EXPECT_EQ(parse_paginator("cursor:cursor_path=meta.next,cursor_param=after").next_path.str(), "$.meta.next");
    EXPECT_EQ(parse_paginator("json_link:next_url_path=links.next").next_path.str(), "$.links.next");
    EXPECT_EQ(parse_paginator("cursor:cursor_path=$['a=b']").next_path.str(), "$['a=b']");
}

struct Bad {
    const char* name;
    const char* text;
    const char* says;
};

class BadPaginator : public testing::TestWithParam<Bad> {};

TEST_P(BadPaginator, SaysWhatIsWrong) {
    try {
        (void)parse_paginator(GetParam().text);
        FAIL() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr(GetParam().says));
    }
}

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Texts, BadPaginator,
    testing::Values(
        Bad{"typo", "page_numbr", "did you mean page_number?"},
        Bad{"unknown", "magic", "there are: page_number, offset, cursor, json_link, header_link, single_page"},
        Bad{"empty", "", "no paginator ''"}, Bad{"option_typo", "offset:limt=3", "did you mean limit?"},
        Bad{"option_of_another_kind", "cursor:base_page=1", "no option of the paginator cursor 'base_page'"},
        Bad{"none_taken", "single_page:a=b", "are none"}, Bad{"no_equals", "offset:limit", "has no '='"},
        Bad{"not_a_number", "offset:limit=ten", "option limit: 'ten' is not a whole number"},
        Bad{"negative", "offset:limit=-1", "not a whole number"}, Bad{"zero", "offset:limit=0", "at least 1"},
        Bad{"too_large", "offset:offset=99999999999999999999", "not a whole number"},
        Bad{"not_a_truth", "page_number:stop_after_empty_page=yes", "neither true nor false"},
        Bad{"bad_path", "json_link:next_url_path=a..b", "option next_url_path: 'a..b' is not a path"},
        Bad{"empty_value", "cursor:cursor_param=", "must not be empty"}),
    case_name);

}  // namespace
}  // namespace trawl
