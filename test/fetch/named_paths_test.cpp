/// A name in --paginator that leads nowhere is no end where the page says in another way that there is more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paginator_driver.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Case {
    const char* name;
    const char* paginator;
    std::string body;
    TestPage::HeaderList headers;
    const char* error;  // of it; empty: none
    const char* note;
};

class Named : public testing::TestWithParam<Case> {};

TEST_P(Named, AgainstTheFirstPage) {
    const Case& tested = GetParam();
    const Walked walked =
        walk(tested.paginator, "http://x/s", [&](const PageRequest&) { return Answer(tested.body, tested.headers); });
    EXPECT_THAT(walked.error, *tested.error ? HasSubstr(tested.error) : testing::Matcher<std::string>(IsEmpty()));
    if (*tested.note)
        EXPECT_THAT(walked.notes, ElementsAre(HasSubstr(tested.note)));
    else
        EXPECT_THAT(walked.notes, IsEmpty());
}

std::string body(const std::string& facts, std::size_t count = 3) {
    return "{" + facts + ",\"items\":" + rows(count) + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Successors, Named,
    testing::Values(
        Case{"a_slip",
             "cursor:cursor_path=$.paging.aftr",
             body(R"("paging":{"after":"b"})"),
             {},
             "`cursor_path=$.paging.aftr` is not in the page; it has $.paging.after, which looks like a cursor",
             ""},
        Case{"another_spelling",
             "cursor:cursor_path=$.nextCursor",
             body(R"("next_cursor":"b")"),
             {},
             "it has $.next_cursor, which looks like a cursor",
             ""},
        Case{"another_cursor",
             "cursor:cursor_path=$.meta.next",
             body(R"("meta":{"next_cursor":"b"})"),
             {},
             "it has $.meta.next_cursor, which looks like a cursor",
             ""},
        Case{"pages", "cursor", body(R"("meta":{"total_pages":12})"), {}, "page number `page`, 12 pages", ""},
        Case{"a_header",
             "cursor",
             rows(3),
             {{"Link", R"(<http://x/s?page=2>; rel="next")"}},
             "it says otherwise how pages follow",
             ""},
        Case{"a_link_in_the_page",
             "header_link",
             body(R"("next":"/s?after=b")"),
             {},
             "it has $.next, which looks like the next URL",
             ""},
        Case{"a_cursor_and_no_link",
             "json_link",
             body(R"("next_cursor":"b")"),
             {},
             "`next_url_path=$.next` is not in the page; it has $.next_cursor",
             ""},
        Case{"a_link_that_is_an_object",
             "json_link",
             body(R"("next":{"href":"/s?after=b"})"),
             {},
             "it has $.next.href, which looks like the next URL",
             ""},
        Case{"no_odata", "odata", body(R"("meta":{"total_pages":12})"), {}, "`@odata.nextLink` is not in the page", ""},
        Case{"nothing_at_all",
             "cursor",
             body(R"("kind":"list")"),
             {},
             "",
             "the first page has no $.cursors.next: one page was taken"},
        Case{"null_is_the_end",
             "cursor:cursor_path=$.meta.next",
             body(R"("meta":{"next":null,"next_id":"b"})"),
             {},
             "",
             ""},
        Case{"one_page_of_one", "cursor", body(R"("page":1,"total_pages":1)"), {}, "", "one page was taken"},
        Case{"no_link_header", "header_link", rows(3), {}, "", ""},
        Case{"no_link_header_and_a_full_page", "header_link", rows(20), {}, "", "the first page has no Link header"},
        Case{"no_rows", "cursor", R"({"items":[],"total_pages":12})", {}, "", ""}),
    [](const auto& tested) { return tested.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Totals, Named,
    testing::Values(
        Case{"elsewhere",
             "offset:limit=3,total_path=$.total",
             body(R"("count":7)"),
             {},
             "`total_path=$.total` is not in the page; it has $.count",
             ""},
        Case{"a_slip",
             "offset:limit=3,total_path=$.meta.totl",
             body(R"("meta":{"total":7})"),
             {},
             "it has $.meta.total",
             ""},
        Case{"of_pages",
             "page_number:total_path=$.pages",
             body(R"("page":1,"total_pages":7)"),
             {},
             "`total_path=$.pages` is not in the page; it has $.total_pages",
             ""},
        Case{"no_count", "page_number:total_path=$.kind", body(R"("kind":"list")"), {}, "which is no count", ""},
        Case{"of_a_cursor",
             "cursor:cursor_path=$.next,total_path=$.totals",
             body(R"("next":null,"total":3)"),
             {},
             "`total_path=$.totals` is not in the page",
             ""}),
    [](const auto& tested) { return tested.param.name; });

TEST(NamedTotals, OfRowsWherePagesAreMeantSaysSo) {
    const Walked walked = walk(
        "page_number:total_path=$.total", "http://x/s",
        [](const PageRequest& asked) {
            const std::uint64_t page = number(asked, "page", 1);
            const std::string items = rows(page > 12 ? 0 : page == 12 ? 17 : 20, (page - 1) * 20);
            return R"({"total":237,"items":)" + items + "}";
        },
        4);
    EXPECT_EQ(walked.error,
              "total_path of page_number counts pages; $.total looks like rows (237, 20 a page): leave it out");
}

TEST(NamedTotals, TheDefaultNeedNotBeThere) {
    const Walked walked = walk("offset:limit=3", "http://x/s", [](const PageRequest& asked) {
        return rows(number(asked, "offset", 0) < 6 ? 3 : 0, number(asked, "offset", 0));
    });
    EXPECT_THAT(walked.error, IsEmpty());
    EXPECT_EQ(walked.records, each_once(6));
}

TEST(NamedParameters, OneThatIsIgnoredIsTold) {
    const Walked walked =
        walk("page_number:page_param=p", "http://x/s", [](const PageRequest&) { return Answer(rows(3)); });
    EXPECT_THAT(walked.error, HasSubstr("the parameter sent was `p`; for another: page_number:page_param=NAME"));
}

}  // namespace
}  // namespace trawl
