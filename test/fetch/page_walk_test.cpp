/// Cursors, links and request bodies: what is asked for next, where it ends, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json_edit.hpp"
#include "paginator_driver.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

/// A POST with a body.
Walked post(const std::string& spec, const std::string& body, Source source) {
    PageRequest request{.method = "POST", .url = Url::parse("http://x/s"), .body = body};
    return Driver(Paginator(parse_paginator(spec), request), std::move(source), 3).run();
}

struct Way {
    const char* name;
    const char* spec;
    const char* start;
    std::vector<const char*> pages;  // one after the other
    const char* asked;
};

class Follows : public testing::TestWithParam<Way> {};

TEST_P(Follows, ToTheEnd) {
    const Way& way = GetParam();
    std::size_t at = 0;
    const Walked walked = walk(way.spec, way.start, [&](const PageRequest&) { return Answer(way.pages.at(at++)); });
    EXPECT_EQ(walked.error, "");
    EXPECT_EQ(walked.asked, way.asked);
    EXPECT_EQ(at, way.pages.size());
    EXPECT_EQ(walked.verdict.failure, "");
}

INSTANTIATE_TEST_SUITE_P(
    Cursors, Follows,
    testing::Values(Way{"null_ends_it",
                        "cursor",
                        "http://x/s?k=v",
                        {R"({"cursors":{"next":"a"},"items":[{"i":1}]})",
                         R"({"cursors":{"next":null},"items":[{"i":2}]})"},
                        "k=v k=v&cursor=a "},
                    Way{"nothing_ends_it",
                        "cursor",
                        "http://x/s?k=v",
                        {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"items":[{"i":2}]})"},
                        "k=v k=v&cursor=a "},
                    Way{"large_numbers_keep_every_digit",
                        "cursor:cursor_path=n",
                        "http://x/s?k",
                        {R"({"n":123456789012345678901234567890,"items":[{"i":1}]})", R"({"n":1.50,"items":[{"i":2}]})",
                         R"({"n":"","items":[{"i":3}]})"},
                        "k k&cursor=123456789012345678901234567890 k&cursor=1.50 "},
                    Way{"in_the_last_record",
                        "cursor:cursor_record_path=meta.id,cursor_param=after",
                        "http://x/s?k",
                        {R"([{"meta":{"id":5}},{"meta":{"id":7}}])", R"([{"meta":{"id":"x y"}}])", "[]"},
                        "k k&after=7 k&after=x%20y "},
                    Way{"empty_pages_amid_it",
                        "cursor",
                        "http://x/s?k",
                        {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"cursors":{"next":"b"},"items":[]})",
                         R"({"cursors":{"next":null},"items":[{"i":2}]})"},
                        "k k&cursor=a k&cursor=b "},
                    Way{"an_empty_page_ends_it_if_told",
                        "cursor:stop_after_empty_page=true",
                        "http://x/s?k",
                        {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"cursors":{"next":"b"},"items":[]})"},
                        "k k&cursor=a "},
                    Way{"has_more_false_ends_it",
                        "cursor:has_more_path=more",
                        "http://x/s?k",
                        {R"({"more":true,"cursors":{"next":"a"},"items":[{"i":1}]})",
                         R"({"more":false,"cursors":{"next":"b"},"items":[{"i":2}]})"},
                        "k k&cursor=a "},
                    Way{"without_has_more_the_cursor_speaks",
                        "cursor:has_more_path=more",
                        "http://x/s?k",
                        {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"items":[{"i":2}]})"},
                        "k k&cursor=a "},
                    Way{"from_amid_with_a_total_of_all",
                        "cursor",
                        "http://x/s?cursor=m",
                        {R"({"total":99,"cursors":{"next":"n"},"items":[{"i":1}]})",
                         R"({"total":99,"cursors":{"next":null},"items":[{"i":2}]})"},
                        "cursor=m cursor=n "},
                    Way{"a_total_of_each_page",
                        "cursor",
                        "http://x/s?k",
                        {R"({"total":1,"cursors":{"next":"n"},"items":[{"i":1}]})",
                         R"({"total":1,"cursors":{"next":null},"items":[{"i":2}]})"},
                        "k k&cursor=n "},
                    Way{"a_total_that_is_not_believed",
                        "cursor:total_path=none",
                        "http://x/s?k",
                        {R"({"total":9,"cursors":{"next":null},"items":[{"i":1}]})"},
                        "k "}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Links, Follows,
    testing::Values(
        Way{"parameters_that_next_repeats_are_not_doubled",
            "json_link",
            "http://x/s?limit=2&key=k",
            {R"({"next":"http://x/s?limit=2&key=k&page=2","items":[{"i":1}]})", R"({"next":null,"items":[{"i":2}]})"},
            "limit=2&key=k limit=2&key=k&page=2 "},
        Way{"query_alone",
            "json_link",
            "http://x/s?limit=2",
            {R"({"next":"?limit=2&page=2","items":[{"i":1}]})", R"({"next":"","items":[{"i":2}]})"},
            "limit=2 limit=2&page=2 "},
        Way{"false_ends_it",
            "json_link",
            "http://x/s?k",
            {R"({"next":"/s?p=2","items":[{"i":1}]})", R"({"next":false,"items":[{"i":2}]})"},
            "k p=2 "},
        Way{"empty_pages_amid_it",
            "json_link",
            "http://x/s?k",
            {R"({"next":"/s?p=2","items":[{"i":1}]})", R"({"next":"/s?p=3","items":[]})", R"({"items":[{"i":2}]})"},
            "k p=2 p=3 "},
        Way{"from_amid_with_a_total_of_all",
            "json_link",
            "http://x/s?p=2",
            {R"({"count":99,"previous":"/s?p=1","next":"/s?p=3","items":[{"i":1}]})",
             R"({"count":99,"previous":"/s?p=2","next":null,"items":[{"i":2}]})"},
            "p=2 p=3 "}),
    case_name);

struct Wrong {
    const char* name;
    const char* spec;
    std::vector<const char*> pages;  // the last one again and again
    const char* says;
};

class Refuses : public testing::TestWithParam<Wrong> {};

TEST_P(Refuses, WithAReason) {
    const Wrong& wrong = GetParam();
    std::size_t at = 0;
    const Walked walked = walk(wrong.spec, "http://x/s?k", [&](const PageRequest&) {
        return Answer(wrong.pages.at(std::min(at++, wrong.pages.size() - 1)));
    });
    EXPECT_THAT(walked.error.empty() ? walked.verdict.failure : walked.error, HasSubstr(wrong.says));
}

INSTANTIATE_TEST_SUITE_P(
    Walks, Refuses,
    testing::Values(
        Wrong{"airbyte_44016_next_repeats_itself",
              "json_link",
              {R"({"next":"/s?p=2","items":[{"i":1}]})", R"({"next":"/s?p=2","items":[{"i":2}]})"},
              "page 2 leads back to a page that was there before: http://x/s?p=2"},
        Wrong{"next_is_the_first_page", "json_link", {R"({"next":"/s?k","items":[{"i":1}]})"}, "page 1 leads back"},
        Wrong{"same_cursor",
              "cursor",
              {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"cursors":{"next":"a"},"items":[{"i":2}]})"},
              "page 2 leads back"},
        Wrong{"same_rows",
              "cursor",
              {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"cursors":{"next":"b"},"items":[{"i":1}]})"},
              "pages 1 and 2 have the same rows"},
        Wrong{"inclusive_key",
              "cursor:cursor_record_path=id,cursor_param=from",
              {R"([{"id":1},{"id":2}])", R"([{"id":2}])"},
              "page 2 leads back"},
        Wrong{"record_without_the_key",
              "cursor:cursor_record_path=key",
              {R"([{"id":1}])"},
              "the last record of page 1 has nothing at $.key"},
        Wrong{"next_is_true", "json_link", {R"({"next":true,"items":[{"i":1}]})"}, "$.next is true, which is no URL"},
        Wrong{"next_is_a_number", "json_link", {R"({"next":2,"items":[{"i":1}]})"}, "$.next is 2, which is no URL"},
        Wrong{"cursor_is_true",
              "cursor:cursor_path=next",
              {R"({"next":true,"items":[{"i":1}]})"},
              "$.next is true, which is no cursor"},
        Wrong{"more_without_a_cursor",
              "cursor:has_more_path=more",
              {R"({"more":true,"cursors":{"next":null},"items":[{"i":1}]})"},
              "says in $.more that there is more, but $.cursors.next has no cursor"},
        Wrong{"more_without_a_link",
              "json_link",
              {R"({"has_more":true,"next":"/s?p=2","items":[{"i":1}]})",
               R"({"has_more":true,"next":null,"items":[{"i":2}]})"},
              "page 2 says in $.has_more that there is more, and names no next page"},
        Wrong{"airbyte_66592_cursor_ends_early",
              "cursor",
              {R"({"total":9,"cursors":{"next":"a"},"items":[{"i":1}]})",
               R"({"total":9,"cursors":{"next":null},"items":[{"i":2}]})"},
              "the source said 9 rows and 2 came: 7 are missing"},
        Wrong{"links_end_early",
              "json_link",
              {R"({"total":9,"next":"/s?p=2","items":[{"i":1}]})", R"({"total":9,"next":null,"items":[{"i":2}]})"},
              "7 are missing"},
        Wrong{"total_by_path",
              "cursor:total_path=found",
              {R"({"found":"9","cursors":{"next":null},"items":[{"i":1}]})"},
              "8 are missing"},
        Wrong{"never_ends",
              "cursor:max_pages=2",
              {R"({"cursors":{"next":"a"},"items":[{"i":1}]})", R"({"cursors":{"next":"b"},"items":[{"i":2}]})"},
              "2 pages and still no end"}),
    case_name);

TEST(Cursor, IsReadFromAHeaderWhateverItsCase) {
    int page = 0;
    const Walked walked = walk("cursor:cursor_key=X-Next,cursor_param=c", "http://x/s?k", [&](const PageRequest&) {
        const TestPage::HeaderList next = {{"x-NEXT", format(" t{} ", page)}}, none = {{"x-next", ""}};
        const std::string body = rows(1, static_cast<std::size_t>(page));
        return ++page < 3 ? Answer(body, next) : Answer(body, none);
    });
    EXPECT_EQ(walked.asked, "k k&c=t0 k&c=t1 ");
    EXPECT_EQ(walked.records, each_once(3));
}

TEST(Walk, SaysWhenTheFieldThatWouldLeadOnIsNotThere) {
    const auto notes = [](const char* spec, const char* body) {
        return walk(spec, "http://x/s", [=](const PageRequest&) { return Answer(body); }).notes;
    };
    EXPECT_THAT(notes("cursor:cursor_path=mtea.next", R"({"meta":{"kind":"a"},"items":[{"i":1}]})"),
                ElementsAre("the first page has no $.mtea.next: one page was taken"));
    EXPECT_THAT(notes("json_link", R"({"items":[{"i":1}]})"), ElementsAre(HasSubstr("has no $.next")));
    EXPECT_THAT(notes("json_link", R"({"next":null,"items":[{"i":1}]})"), IsEmpty());
}

TEST(Walk, AFirstPageFromAmidTheSourceIsNoTruncation) {
    const Walked walked = walk("header_link", "http://x/s?p=2", [](const PageRequest&) -> Answer {
        return {rows(2), {{"Link", "</s?p=1>; rel=prev"}, {"X-Total-Count", "9"}}};
    });
    EXPECT_EQ(walked.verdict.failure, "");
    const Walked from_start = walk("header_link", "http://x/s",
                                   [](const PageRequest&) -> Answer { return {rows(2), {{"X-Total-Count", "9"}}}; });
    EXPECT_THAT(from_start.error, HasSubstr("X-Total-Count says 9 rows, this page has 2"));
}

TEST(Walk, ConflictingTotalsAreWalkedOneByOne) {
    const Source source = [](const PageRequest& request) {
        const std::size_t page = number(request, "page", 1);
        return format(R"({{"page":{},"total":9,"total_pages":7,"items":{}}})", page,
                      rows(page < 4 ? 3 : 0, (page - 1) * 3));
    };
    const Walked walked = walk_detected("http://x/s?page=1", source);
    EXPECT_EQ(walked.asked, "page=1 page=2 page=3 page=4 ");
    EXPECT_EQ(walked.records, each_once(9));
    EXPECT_EQ(walked.verdict.failure, "");
}

struct Body {
    const char* name;
    const char* spec;
    const char* start;
    const char* asked;
};

class Bodies : public testing::TestWithParam<Body> {};

/// Five rows, two a page; the values come in the body, the cursor is the number of rows that were given.
TEST_P(Bodies, CarryTheValue) {
    const Body& body = GetParam();
    const Walked walked = post(body.spec, body.start, [](const PageRequest& request) {
        EXPECT_EQ(request.method, "POST");
        const std::string text = request.body.empty() ? "{}" : request.body;
        const JsonPage sent = JsonPage::parse(text);
        const auto value = [&](const char* path) {
            const auto found = sent.scalar(JsonPath::parse(path));
            return found ? found->count().value_or(0) : 0;
        };
        const std::uint64_t page = value("page") + value("p.page"), at = value("from") + value("after") + value("v.c");
        const std::size_t begin = std::min<std::size_t>(5, page > 0 ? (page - 1) * 2 : at);
        const std::size_t size = std::min<std::size_t>(2, 5 - begin);
        const std::string next = begin + size < 5 ? std::to_string(begin + size) : "null";
        return format(R"({{"total":5,"next":{},"items":{}}})", next, rows(size, begin));
    });
    EXPECT_EQ(walked.asked, body.asked);
    EXPECT_EQ(walked.records, each_once(5));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, Bodies,
    testing::Values(Body{"page_number", "page_number:page_body_path=page", R"({"q":"x"})",
                         R"({"q":"x","page":1} {"q":"x","page":2} {"q":"x","page":3} {"q":"x","page":4} )"},
                    Body{"page_number_from_its_own", "page_number:page_body_path=p.page,maximum_page=4",
                         R"({"p": {"page": 1}})", R"({"p": {"page": 1}} {"p": {"page": 2}} {"p": {"page": 3}} )"},
                    Body{"page_size",
                         "page_number:page_body_path=page,page_size=2,page_size_body_path=n.rows,maximum_page=4", "{}",
                         R"({"page":1,"n":{"rows":2}} {"page":2,"n":{"rows":2}} {"page":3,"n":{"rows":2}} )"},
                    Body{"offset", "offset:offset_body_path=from,limit=2,limit_body_path=size", R"({"from":0})",
                         R"({"from":0,"size":2} {"from":2,"size":2} {"from":4,"size":2} )"},
                    Body{"cursor_as_a_number", "cursor:cursor_path=next,cursor_body_path=after", "",
                         R"(/s {"after":2} {"after":4} )"},
                    Body{"cursor_in_place_of_null", "cursor:cursor_path=next,cursor_body_path=v.c",
                         R"({"v": null, "w": [1]})",
                         R"({"v": null, "w": [1]} {"v": {"c":2}, "w": [1]} {"v": {"c":4}, "w": [1]} )"}),
    case_name);

TEST(Bodies, ThatAreNoObjectAreRefused) {
    for (const char* body : {"[1]", "nothing", "{\"a\":1"}) {
        const PageRequest request{.method = "POST", .url = Url::parse("http://x/s"), .body = body};
        EXPECT_THROW(Paginator(parse_paginator("cursor:cursor_body_path=c"), request), UsageError);
    }
}

TEST(Requests, OfLinksKeepMethodAndBody) {
    Paginator paginator(parse_paginator("json_link"), {"POST", Url::parse("http://x/s"), "{\"q\":1}"});
    const TestPage first("http://x/s", R"({"next":"/s?p=2","items":[{"i":1}]})");
    paginator.accept(0, first.view());
    const PageRequest expected{"POST", Url::parse("http://x/s?p=2"), "{\"q\":1}"};
    EXPECT_EQ(paginator.next(first.view()), expected);
}

TEST(JsonEdit, ChangesOneValueAndNoOtherByte) {
    const auto edited = [](const char* json, const char* path, const char* raw) {
        return fetch::with_value(json, JsonPath::parse(path), raw);
    };
    EXPECT_EQ(edited("", "a", "1"), R"({"a":1})");
    EXPECT_EQ(edited("{ }", "a.b", "1"), R"({ "a":{"b":1}})");
    EXPECT_EQ(edited(R"({ "a" : 1 , "b":[ 2 ]})", "a", "\"x\""), R"({ "a" : "x" , "b":[ 2 ]})");
    EXPECT_EQ(edited(R"({"a":{"b":{}}})", "a.b.c", "null"), R"({"a":{"b":{"c":null}}})");
    EXPECT_EQ(edited(R"({"a":7})", "a.b", "1"), R"({"a":{"b":1}})");
    EXPECT_EQ(edited(R"({"a":1})", "$['q\"']", "2"), R"({"a":1,"q\"":2})");
}

}  // namespace
}  // namespace trawl
