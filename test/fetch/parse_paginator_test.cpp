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

TEST(ParsePaginator, PutsValuesIntoBodiesAndReadsCursorsFromHeadersAndRecords) {
    const Pagination page =
        parse_paginator("page_number:page_body_path=p.number,page_size=50,page_size_body_path=p.size,end_status=404");
    EXPECT_EQ(page.body_path->str(), "$.p.number");
    EXPECT_EQ(page.limit_body_path->str(), "$.p.size");
    EXPECT_EQ(page.limit, 50U);
    EXPECT_EQ(page.end_status, 404);
    EXPECT_EQ(parse_paginator("page_number:page_size=50,page_size_param=per_page").limit_param, "per_page");
    const Pagination offset = parse_paginator("offset:offset_body_path=from,limit_body_path=size,limit=9,overlap=1");
    EXPECT_EQ(offset.body_path->str(), "$.from");
    EXPECT_EQ(offset.limit_body_path->str(), "$.size");
    EXPECT_EQ(offset.overlap, 1U);
    EXPECT_EQ(parse_paginator("cursor:cursor_body_path=q.after").body_path->str(), "$.q.after");
    EXPECT_EQ(parse_paginator("cursor:cursor_key=X-Next").cursor_header, "x-next");
    EXPECT_EQ(parse_paginator("cursor:cursor_record_path=meta.id").cursor_record_path->str(), "$.meta.id");
}

TEST(ParsePaginator, NoTotalIsBelievedIfNoneIsSaid) {
    const Pagination offset = parse_paginator("offset:total_path=none");
    EXPECT_FALSE(offset.total_path);
    EXPECT_FALSE(offset.believes_totals);
    EXPECT_TRUE(parse_paginator("cursor:total_path=meta.total").believes_totals);
}

TEST(ParsePaginator, KnowsTheProtocols) {
    EXPECT_EQ(parse_paginator("odata").preset, PaginationPreset::odata);
    const Pagination relay = parse_paginator("relay:connection_path=data.issues,cursor_body_path=variables.c");
    EXPECT_EQ(relay.preset, PaginationPreset::relay);
    EXPECT_EQ(relay.connection.str(), "$.data.issues");
    EXPECT_EQ(relay.body_path->str(), "$.variables.c");
    EXPECT_EQ(name(PaginationKind::json_link), "json_link");
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
        Bad{"unknown", "magic",
            "there are: page_number, offset, cursor, json_link, header_link, single_page, odata, relay"},
        Bad{"empty", "", "no paginator ''"}, Bad{"option_typo", "offset:limt=3", "did you mean limit?"},
        Bad{"option_of_another_kind", "cursor:base_page=1", "no option of the paginator cursor 'base_page'"},
        Bad{"none_taken", "single_page:a=b", "are none"}, Bad{"no_equals", "offset:limit", "has no '='"},
        Bad{"not_a_number", "offset:limit=ten", "option limit: 'ten' is not a whole number"},
        Bad{"negative", "offset:limit=-1", "not a whole number"}, Bad{"zero", "offset:limit=0", "at least 1"},
        Bad{"too_large", "offset:offset=99999999999999999999", "not a whole number"},
        Bad{"not_a_truth", "page_number:stop_after_empty_page=yes", "neither true nor false"},
        Bad{"bad_path", "json_link:next_url_path=a..b", "option next_url_path: 'a..b' is not a path"},
        Bad{"empty_value", "cursor:cursor_param=", "must not be empty"},
        Bad{"body_path_into_a_list", "cursor:cursor_body_path=a[0]", "leads into a list"},
        Bad{"body_path_of_all", "cursor:cursor_body_path=$", "it must name a field"},
        Bad{"end_status_of_success", "page_number:end_status=200", "'200' is no status from 400 to 599"},
        Bad{"end_status_in_words", "page_number:end_status=not_found", "'not_found' is no status"},
        Bad{"header_name", "cursor:cursor_key=X Next", "'X Next' is no name of a header"},
        Bad{"two_places_for_a_page", "page_number:page_param=p,page_body_path=q",
            "page_param and page_body_path exclude each other"},
        Bad{"two_places_for_a_cursor", "cursor:cursor_key=k,cursor_record_path=id",
            "cursor_key and cursor_record_path exclude each other"},
        Bad{"two_sources_of_a_cursor", "cursor:cursor_path=a,cursor_key=k", "cursor_path and cursor_key exclude"},
        Bad{"size_without_a_parameter", "page_number:page_size=50", "name it with page_size_param"},
        Bad{"no_page_at_all", "page_number:base_page=3,maximum_page=3", "must be greater than base_page"},
        Bad{"no_offset_at_all", "offset:offset=9,maximum_offset=4", "must be greater than offset"},
        Bad{"overlap_of_all", "offset:limit=1,overlap=1", "overlap must be smaller than limit"},
        Bad{"pages_without_an_end", "page_number:stop_after_empty_page=false",
            "nothing would end it: stop_after_empty_page is false, and there is no total_path, maximum_page"},
        Bad{"offsets_without_an_end", "offset:stop_after_empty_page=false,total_path=none",
            "there is no total_path, maximum_offset"},
        Bad{"no_options_of_odata", "odata:total_path=x", "no option of the paginator odata 'total_path'"},
        Bad{"relay_typo", "relay:conection_path=x", "did you mean connection_path?"}),
    case_name);

}  // namespace
}  // namespace trawl
