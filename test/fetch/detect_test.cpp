/// Detection as a table: the first response of a source, and what is said about it.
#include "trawl/fetch/detect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "page_helpers.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;
using Headers = TestPage::HeaderList;

/// "page_number page=1 pages=103 records=5127", "json_link $.next": what a driver acts on.
std::string shown(const Pagination& found) {
    std::string text(name(found.kind));
    if (!found.param.empty()) text += " " + found.param;
    if (found.body_path) text += " " + found.body_path->str();
    if (found.first) text += format("={}", *found.first);
    if (!found.next_path.steps().empty()) text += " " + found.next_path.str();
    if (found.kind == PaginationKind::single_page) return text + (found.warnings.empty() ? "" : " warned");
    if (found.pages) text += format(" pages={}", *found.pages);
    if (found.records) text += format(" records={}", *found.records);
    if (found.has_more_path) text += " while " + found.has_more_path->str();
    if (!found.pages && found.link_path) text += " while linked by " + found.link_path->str();
    if (!found.pages && !found.link_relation.empty()) text += " while linked";
    if (found.is_guess) text += " until empty";
    return text + (found.warnings.empty() ? "" : " warned");
}

struct Case {
    const char* name;
    std::string url;
    std::string body;
    Headers headers;
    const char* found;
};

class Detect : public testing::TestWithParam<Case> {};

TEST_P(Detect, Finds) {
    const Case& tested = GetParam();
    const TestPage page(tested.url, tested.body, tested.headers);
    const Pagination found = detect(page.view());
    EXPECT_EQ(shown(found), tested.found) << found.explanation;
    EXPECT_THAT(found.explanation, HasSubstr("pagination: "));
}

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

Headers link(const char* value) { return {{"Link", value}}; }

INSTANTIATE_TEST_SUITE_P(
    LinkHeader, Detect,
    testing::Values(
        Case{"json_server",
             "http://x/s?_page=1&_limit=3",
             rows(3),
             {{"Link", R"(<http://x/s?_page=1&_limit=3>; rel="first", <http://x/s?_page=2&_limit=3>; rel="next", )"
                       R"(<http://x/s?_page=34&_limit=3>; rel="last")"},
              {"X-Total-Count", "100"}},
             "page_number _page=1 pages=34 records=100"},
        Case{"github", "https://x/r", rows(3),
             link(R"(<https://x/r?page=2>; rel="next", <https://x/r?page=9>; rel="last")"),
             "page_number page=1 pages=9"},
        Case{"from_page_three", "https://x/r?page=3", rows(3),
             link(R"(<https://x/r?page=4>; rel="next", <https://x/r?page=9>; rel="last")"),
             "page_number page=3 pages=7"},
        Case{"counted_from_zero", "https://x/r", rows(3),
             link(R"(<https://x/r?page=1>; rel="next", <https://x/r?page=8>; rel="last")"),
             "page_number page=0 pages=9"},
        Case{"no_total", "https://x/r", rows(3), link(R"(<https://x/r?page=2>; rel="next")"),
             "page_number page=1 while linked"},
        Case{"gitlab_without_a_last", "https://x/r?per_page=3&page=4", rows(3),
             link(R"(<https://x/r?per_page=3&page=5>; rel="next")"), "page_number page=4 while linked"},
        Case{"offsets_without_a_total", "https://x/r?limit=3", rows(3),
             link(R"(<https://x/r?limit=3&offset=3>; rel="next")"), "offset offset=0 while linked"},
        Case{"a_page_that_jumps", "https://x/r?page=1", rows(3), link(R"(<https://x/r?page=3>; rel="next")"),
             "header_link"},
        Case{"cursor_in_it", "https://x/r", rows(3), link(R"(<https://x/r?after=3>; rel="next")"), "header_link"},
        Case{"id_that_looks_like_an_offset", "https://x/u?since=0", rows(3),
             link(R"(<https://x/u?since=3>; rel="next")"), "header_link"},
        Case{"two_parameters_change", "https://x/r?page=1&t=1", rows(3),
             link(R"(<https://x/r?page=2&t=2>; rel="next", <https://x/r?page=9&t=2>; rel="last")"), "header_link"},
        Case{"other_path", "https://x/r?page=1", rows(3),
             link(R"(<https://x/q?page=2>; rel="next", <https://x/q?page=9>; rel="last")"), "header_link"},
        Case{
            "totals_disagree",
            "http://x/s?page=1",
            rows(3),
            {{"Link", R"(<http://x/s?page=2>; rel="next", <http://x/s?page=34>; rel="last")"}, {"X-Total-Count", "50"}},
            "header_link warned"},
        Case{"total_below_next",
             "http://x/s?page=1",
             rows(3),
             {{"Link", R"(<http://x/s?page=2>; rel="next")"}, {"X-Total-Count", "3"}},
             "header_link warned"}),
    case_name);

std::string drf(std::size_t count, const char* next) {
    return format(R"({{"count":{},"next":{},"previous":null,"results":{}}})", count, next, rows(3));
}

INSTANTIATE_TEST_SUITE_P(
    NextUrl, Detect,
    testing::Values(
        Case{"drf_page_number",
             "http://x/s/",
             drf(100, R"("http://x/s/?page=2")"),
             {},
             "page_number page=1 pages=34 records=100"},
        Case{"drf_limit_offset",
             "http://x/s/?limit=3",
             drf(100, R"("http://x/s/?limit=3&offset=3")"),
             {},
             "offset offset=0 pages=34 records=100"},
        Case{"relative_without_a_slash",
             "http://x/s/items",
             drf(100, R"("items?page=2")"),
             {},
             "page_number page=1 pages=34 records=100"},
        Case{"drf_adds_both",
             "http://x/s/",
             drf(100, R"("http://x/s/?limit=3&offset=3")"),
             {},
             "offset offset=0 pages=34 records=100"},
        Case{"drf_cursor",
             "http://x/s/",
             R"({"next":"http://x/s/?cursor=cD0y","previous":null,"results":)" + rows(3) + "}",
             {},
             "json_link $.next"},
        Case{"drf_last_page", "http://x/s/", drf(3, "null"), {}, "single_page"},
        Case{"drf_last_of_many", "http://x/s/?page=34", drf(100, "null"), {}, "single_page"},
        Case{"total_but_next_is_null", "http://x/s/", drf(9, "null"), {}, "single_page warned"},
        Case{"count_of_this_page",
             "http://x/s/",
             drf(3, R"("http://x/s/?page=2")"),
             {},
             "page_number page=1 while linked by $.next"},
        Case{"relative",
             "http://x/s",
             R"({"next_url":"?page=2","total_pages":4,"items":)" + rows(3) + "}",
             {},
             "page_number page=1 pages=4"},
        Case{"hal",
             "http://x/s",
             R"({"_links":{"next":{"href":"/s?after=x"}},"_embedded":{"s":)" + rows(3) + "}}",
             {},
             "json_link $._links.next.href"},
        Case{"json_api",
             "http://x/s",
             R"({"links":{"next":"http://x/s?after=x"},"data":)" + rows(3) + "}",
             {},
             "json_link $.links.next"},
        Case{"odata",
             "http://x/s",
             R"({"@odata.nextLink":"http://x/s?$skiptoken=x","value":)" + rows(3) + "}",
             {},
             "json_link $['@odata.nextLink']"},
        Case{"paging",
             "http://x/s",
             R"({"paging":{"next":"https://y/s?after=x"},"data":)" + rows(3) + "}",
             {},
             "json_link $.paging.next"},
        Case{"pages_without_a_total",
             "http://x/s?page=2",
             R"({"next":"/s?page=3","items":)" + rows(3) + "}",
             {},
             "page_number page=2 while linked by $.next"},
        Case{"offsets_without_a_total",
             "http://x/s",
             R"({"links":{"next":"/s?offset=3"},"items":)" + rows(3) + "}",
             {},
             "offset offset=0 while linked by $.links.next"},
        Case{"offsets_that_do_not_add_up",
             "http://x/s",
             R"({"next":"/s?offset=5","items":)" + rows(3) + "}",
             {},
             "json_link $.next"},
        Case{"true_beside_a_page",
             "http://x/s?page=1",
             R"({"next":true,"items":)" + rows(3) + "}",
             {},
             "page_number page=1 while $.next"},
        Case{
            "false_beside_a_page", "http://x/s?page=1", R"({"next":false,"items":)" + rows(3) + "}", {}, "single_page"},
        Case{"http_behind_a_proxy", "https://x/s/", drf(100, R"("http://x/s/?page=2")"), {}, "json_link $.next"},
        Case{"meta",
             "http://x/s",
             R"({"meta":{"next":"/s?page=2","total":7},"objects":)" + rows(3) + "}",
             {},
             "page_number page=1 pages=3 records=7"}),
    case_name);

std::string body(const std::string& facts) { return "{" + facts + ",\"items\":" + rows(3) + "}"; }

INSTANTIATE_TEST_SUITE_P(
    Numbers, Detect,
    testing::Values(
        Case{"page_and_pages", "http://x/s", body(R"("page":1,"total_pages":7)"), {}, "page_number page=1 pages=7"},
        Case{"total_and_size",
             "http://x/s",
             body(R"("page":1,"per_page":3,"total":7)"),
             {},
             "page_number page=1 pages=3 records=7"},
        Case{"digit_strings",
             "http://x/s",
             body(R"("page":"1","per_page":"3","total":"7")"),
             {},
             "page_number page=1 pages=3 records=7"},
        Case{"own_parameter", "http://x/s?p=1", body(R"("total":7)"), {}, "page_number p=1 pages=3 records=7"},
        Case{"nested",
             "http://x/s",
             body(R"("meta":{"pagination":{"currentPage":1,"totalPages":7}})"),
             {},
             "page_number page=1 pages=7"},
        Case{"wrapped",
             "http://x/s",
             R"({"code":0,"data":{"total":7,"page":1,"list":)" + rows(3) + "}}",
             {},
             "page_number page=1 pages=3 records=7"},
        Case{"spring",
             "http://x/s",
             R"({"content":)" + rows(3) + R"(,"totalPages":3,"totalElements":7,"size":3,"number":0})",
             {},
             "page_number page=0 pages=3 records=7"},
        Case{"laravel",
             "http://x/s",
             R"({"current_page":1,"last_page":3,"per_page":3,"total":7,"data":)" + rows(3) + "}",
             {},
             "page_number page=1 pages=3 records=7"},
        Case{"later_page",
             "http://x/s?page=2",
             body(R"("page":2,"per_page":3,"total":7)"),
             {},
             "page_number page=2 pages=2 records=4"},
        Case{"last_short_page",
             "http://x/s?page=2",
             body(R"("page":2,"per_page":4,"total":7)"),
             {},
             "page_number page=2 pages=1 records=3"},
        Case{"one_page", "http://x/s", body(R"("page":1,"total_pages":1)"), {}, "page_number page=1 pages=1"},
        Case{"clamped_size",
             "http://x/s?page=1&per_page=1000",
             body(R"("per_page":1000,"total":7)"),
             {},
             "page_number page=1 pages=3 records=7"},
        Case{"short_first_page",
             "http://x/s",
             body(R"("page":1,"per_page":4,"total":20,"total_pages":5)"),
             {},
             "page_number page=1 pages=5 records=20"},
        Case{"totals_disagree",
             "http://x/s",
             body(R"("page":1,"total":90,"total_pages":2)"),
             {},
             "page_number page=1 records=90 warned"},
        Case{"header_total",
             "http://x/s?page=1",
             rows(3),
             {{"X-Total-Count", "7"}},
             "page_number page=1 pages=3 records=7"},
        Case{"header_pages",
             "http://x/s?page=1",
             rows(3),
             {{"X-WP-TotalPages", "3"}, {"X-WP-Total", "7"}},
             "page_number page=1 pages=3 records=7"},
        Case{
            "offset", "http://x/s", body(R"("offset":0,"limit":3,"total":7)"), {}, "offset offset=0 pages=3 records=7"},
        Case{"skip", "http://x/s", body(R"("skip":0,"limit":3,"total":7)"), {}, "offset skip=0 pages=3 records=7"},
        Case{"jira",
             "http://x/s",
             body(R"("startAt":0,"maxResults":3,"total":7)"),
             {},
             "offset startAt=0 pages=3 records=7"},
        Case{"own_offset",
             "http://x/s?offset=3&limit=3",
             body(R"("count":10)"),
             {},
             "offset offset=3 pages=3 records=7"},
        Case{"has_more", "http://x/s?page=1", body(R"("has_more":true)"), {}, "page_number page=1 while $.has_more"},
        Case{"offset_has_more",
             "http://x/s?offset=0",
             body(R"("hasMore":true)"),
             {},
             "offset offset=0 while $.hasMore"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Cursors, Detect,
    testing::Values(
        Case{"next_cursor", "http://x/s", body(R"("next_cursor":"abc")"), {}, "cursor cursor $.next_cursor"},
        Case{"slack",
             "http://x/s",
             body(R"("response_metadata":{"next_cursor":"abc"})"),
             {},
             "cursor cursor $.response_metadata.next_cursor"},
        Case{"google", "http://x/s", body(R"("nextPageToken":"abc")"), {}, "cursor pageToken $.nextPageToken"},
        Case{"google_snake",
             "http://x/s",
             body(R"("next_page_token":"abc")"),
             {},
             "cursor page_token $.next_page_token"},
        Case{"dlt", "http://x/s", body(R"("cursors":{"next":"abc"})"), {}, "cursor cursor $.cursors.next"},
        Case{"after",
             "http://x/s",
             body(R"("paging":{"cursors":{"before":"a","after":"b"}})"),
             {},
             "cursor after $.paging.cursors.after"},
        Case{"own_parameter",
             "http://x/s?next_token=",
             body(R"("meta":{"next_token":"abc"})"),
             {},
             "cursor next_token $.meta.next_token"},
        Case{"with_has_more",
             "http://x/s",
             body(R"("next_cursor":"abc","has_more":true)"),
             {},
             "cursor cursor $.next_cursor while $.has_more"},
        Case{"next_page_number",
             "http://x/s",
             body(R"("next_page":2)"),
             {},
             "page_number page=1 while linked by $.next_page"},
        Case{"next_page_number_of_a_later_page",
             "http://x/s?page=4",
             body(R"("next_page":"5")"),
             {},
             "page_number page=4 while linked by $.next_page"},
        Case{"next_page_that_jumps", "http://x/s", body(R"("next_page":7)"), {}, "cursor page $.next_page"},
        Case{"next_page_that_is_a_token", "http://x/s", body(R"("next_page":"c2Vj")"), {}, "cursor page $.next_page"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Single, Detect,
    testing::Values(
        Case{"array", "http://x/s", rows(3), {}, "single_page"}, Case{"empty", "http://x/s", "[]", {}, "single_page"},
        Case{"count_of_this_page", "http://x/s", body(R"("count":3)"), {}, "single_page"},
        Case{"cursor_at_its_end", "http://x/s", body(R"("next_cursor":"")"), {}, "single_page"},
        Case{"null_cursor", "http://x/s", body(R"("next_cursor":null,"has_more":false)"), {}, "single_page"},
        Case{"pages_of_a_book", "http://x/s", body(R"("pages":320)"), {}, "single_page"},
        Case{"facts_in_records_are_none", "http://x/s", R"([{"next":"/s?page=2","total":9}])", {}, "single_page"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    TotalsAsSourcesWriteThem, Detect,
    testing::Values(
        Case{"float", "http://x/s", body(R"("page":1,"total":7.0)"), {}, "page_number page=1 pages=3 records=7"},
        Case{"exponent", "http://x/s", body(R"("page":1,"total":0.7e1)"), {}, "page_number page=1 pages=3 records=7"},
        Case{"blanks", "http://x/s", body(R"("page":1,"total":" 7 ")"), {}, "page_number page=1 pages=3 records=7"},
        Case{"the_last_of_two",
             "http://x/s",
             R"({"total":3,"page":1,"items":)" + rows(3) + R"(,"total":7})",
             {},
             "page_number page=1 pages=3 records=7"},
        Case{"header_float",
             "http://x/s?page=1",
             rows(3),
             {{"X-Total-Count", "7.0"}},
             "page_number page=1 pages=3 records=7"},
        Case{"content_range",
             "http://x/s?offset=0",
             rows(3),
             {{"Content-Range", "items 0-2/7"}},
             "offset offset=0 pages=3 records=7"},
        Case{"content_range_of_bytes", "http://x/s", rows(3), {{"Content-Range", "bytes 0-2/7"}}, "single_page"},
        Case{"words", "http://x/s", body(R"("page":1,"total":"7 rows")"), {}, "page_number page=1 until empty"},
        Case{"null", "http://x/s", body(R"("page":1,"total":null)"), {}, "page_number page=1 until empty"},
        Case{"negative", "http://x/s", body(R"("page":1,"total":-1)"), {}, "page_number page=1 until empty"},
        Case{"a_fraction", "http://x/s", body(R"("page":1,"total":7.5)"), {}, "page_number page=1 until empty"},
        Case{"beyond_all_counts",
             "http://x/s",
             body(R"("page":1,"total":1000000000000000000000000000000)"),
             {},
             "page_number page=1 until empty"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    PlacesWithoutATotal, Detect,
    testing::Values(
        Case{"page_and_size", "http://x/s", body(R"("page":1,"per_page":3)"), {}, "page_number page=1 until empty"},
        Case{"counted_from_zero", "http://x/s", body(R"("page":0,"size":3)"), {}, "page_number page=0 until empty"},
        Case{"offset_and_limit", "http://x/s", body(R"("offset":0,"limit":3)"), {}, "offset offset=0 until empty"},
        Case{"page_in_the_url", "http://x/s?page=1&per_page=3", rows(3), {}, "page_number page=1 until empty"},
        Case{"page_alone_in_the_url", "http://x/s?p=2", rows(3), {}, "page_number p=2 until empty"},
        Case{"limit_in_the_url", "http://x/s?limit=20", rows(20), {}, "offset offset=0 until empty"},
        Case{"take_goes_with_skip", "http://x/s?take=20", rows(20), {}, "offset skip=0 until empty"},
        Case{"a_size_that_the_source_clamps", "http://x/s?limit=1000", rows(100), {}, "offset offset=0 until empty"},
        Case{"a_short_page", "http://x/s?page=1&per_page=4", rows(3), {}, "page_number page=1 until empty"},
        Case{"a_short_page_of_the_answer",
             "http://x/s",
             body(R"("page":1,"per_page":4)"),
             {},
             "page_number page=1 until empty"},
        Case{"a_short_page_of_a_size_alone", "http://x/s?limit=4", rows(3), {}, "single_page"},
        Case{"one_row_was_wanted", "http://x/s?limit=1", rows(1), {}, "single_page warned"},
        Case{"nothing_more", "http://x/s?page=1", body(R"("has_more":false)"), {}, "single_page"},
        Case{"the_last", "http://x/s?page=1", body(R"("last":true)"), {}, "single_page"},
        Case{"no_cursor", "http://x/s?limit=3", body(R"("next_cursor":null)"), {}, "single_page"},
        Case{"a_size_alone", "http://x/s?per_page=20", rows(20), {}, "single_page warned"},
        Case{"a_round_number_of_rows", "http://x/s", rows(20), {}, "single_page warned"},
        Case{"a_round_number_that_is_the_total",
             "http://x/s",
             R"({"total":20,"items":)" + rows(20) + "}",
             {},
             "single_page"}),
    case_name);

/// A POST with a body.
struct Posted {
    const char* name;
    std::string sent;
    std::string body;
    const char* found;
};

class DetectPosted : public testing::TestWithParam<Posted> {};

TEST_P(DetectPosted, Finds) {
    const TestPage page("http://x/s", GetParam().body, {}, GetParam().sent);
    const Pagination found = detect(page.view());
    EXPECT_EQ(shown(found), GetParam().found) << found.explanation;
}

std::string query(const std::string& variables) {
    return R"({"query":"query($n: Int, $cursor: String) { issues(first: $n, after: $cursor) { nodes { id } } }",)"
           R"("variables":)" +
           variables + "}";
}

std::string connection(const char* info) {
    return format(R"({{"data":{{"issues":{{"nodes":{},"pageInfo":{{{}}}}}}}}})", rows(2), info);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, DetectPosted,
    testing::Values(
        Posted{"graphql", query(R"({"n":2})"), connection(R"("hasNextPage":true,"endCursor":"x")"),
               "cursor $.variables.cursor $.data.issues.pageInfo.endCursor while $.data.issues.pageInfo.hasNextPage"},
        Posted{"graphql_at_its_end", query("{}"), connection(R"("hasNextPage":false,"endCursor":"x")"), "single_page"},
        Posted{"page_in_the_body", R"({"q":1,"page":1})", body(R"("total":7)"),
               "page_number $.page=1 pages=3 records=7"},
        Posted{"offset_in_the_body", R"({"paging":{"offset":3,"limit":3}})", body(R"("total":10)"),
               "offset $.paging.offset=3 pages=3 records=7"},
        Posted{"has_more_and_a_page_in_the_body", R"({"page":1})", body(R"("has_more":true)"),
               "page_number $.page=1 while $.has_more"}),
    case_name);

TEST(DetectErrors, AQueryWithoutACursorSaysWhatToDo) {
    const TestPage page("http://x/s", connection(R"("hasNextPage":true,"endCursor":"x")"), {},
                        R"({"query":"{ issues { nodes { id } } }"})");
    try {
        (void)detect(page.view());
        FAIL();
    } catch (const PaginationError& error) {
        EXPECT_THAT(error.what(), HasSubstr("$.data.issues has more pages, but the query takes no cursor"));
    }
}

INSTANTIATE_TEST_SUITE_P(
    OData, Detect,
    testing::Values(Case{"skiptoken",
                         "http://x/s",
                         R"({"@odata.count":9,"@odata.nextLink":"http://x/s?$skiptoken=x","value":)" + rows(3) + "}",
                         {},
                         "json_link $['@odata.nextLink']"},
                    Case{"skip_and_a_count",
                         "http://x/s",
                         R"({"@odata.count":9,"@odata.nextLink":"http://x/s?$skip=3","value":)" + rows(3) + "}",
                         {},
                         "offset $skip=0 pages=3 records=9"},
                    Case{"skip_without_a_count",
                         "http://x/s",
                         R"({"@odata.nextLink":"http://x/s?$skip=3","value":)" + rows(3) + "}",
                         {},
                         "offset $skip=0 while linked by $['@odata.nextLink']"},
                    Case{"count_without_a_link",
                         "http://x/s?$top=3&$count=true",
                         R"({"@odata.count":9,"value":)" + rows(3) + "}",
                         {},
                         "offset $skip=0 pages=3 records=9"},
                    Case{"version_3",
                         "http://x/s",
                         R"({"odata.nextLink":"s?$skiptoken=x","value":)" + rows(3) + "}",
                         {},
                         "json_link $['odata.nextLink']"},
                    Case{"version_2",
                         "http://x/s",
                         R"({"d":{"__next":"http://x/s?$skiptoken=x","results":)" + rows(3) + "}}",
                         {},
                         "json_link $.d.__next"},
                    Case{"version_2_count",
                         "http://x/s",
                         R"({"d":{"__count":"9","results":)" + rows(3) + "}}",
                         {},
                         "offset $skip=0 pages=3 records=9"},
                    Case{"one_page",
                         "http://x/s",
                         R"({"@odata.context":"http://x/$metadata#s","value":)" + rows(3) + "}",
                         {},
                         "single_page"}),
    case_name);

TEST(DetectErrors, MorePagesThanCanBeAskedForAreNeverDropped) {
    const auto message = [](const std::string& text) -> std::string {
        try {
            const TestPage page("http://x/s", text);
            return shown(detect(page.view()));
        } catch (const PaginationError& error) {
            return error.what();
        }
    };
    EXPECT_THAT(message(body(R"("total":7)")), HasSubstr("$.total says 7 rows, this page has 3"));
    EXPECT_THAT(message(body(R"("has_more":true)")), HasSubstr("$.has_more says that there are more"));
    EXPECT_THAT(message(body(R"("meta":{"next_token":"x"})")), HasSubstr("cursor:cursor_path=$.meta.next_token"));
}

TEST(DetectExplains, WithTheFactsAndWhereTheyWere) {
    const TestPage page("http://x/s", body(R"("page":1,"per_page":3,"total":7)"));
    EXPECT_EQ(detect(page.view()).explanation,
              "pagination: page number `page`, 3 pages (total 7 in $.total, 3 a page)");
    const TestPage null_next("http://x/s/", drf(9, "null"));
    EXPECT_EQ(detect(null_next.view()).warnings.at(0),
              "$.count says 9 rows and this page has 3, but $.next is null: nothing more is fetched");
}

TEST(DetectHostile, HugeTotalsDoNotWrap) {
    const TestPage page("http://x/s?page=18446744073709551615", body(R"("total":18446744073709551615,"per_page":1)"));
    EXPECT_EQ(detect(page.view()).kind, PaginationKind::page_number);
    const TestPage zero("http://x/s?page=1", body(R"("total":0,"per_page":0,"total_pages":0)"));
    EXPECT_EQ(detect(zero.view()).pages.value_or(1), 1U);
}

}  // namespace
}  // namespace trawl
