/// Page numbers and offsets in any order, with a total and without: every row once, and nothing lost in silence. Each
/// row of the tables is driven with one page at a time and with many ahead.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paginator_driver.hpp"

namespace trawl {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum class Behind { empty, clamps, starts_over, not_found };

/// A source of `count` rows. `facts` are its fields beside the items, for the page of that index.
struct Api {
    std::size_t count = 23;
    std::size_t size = 5;
    std::size_t base = 1;
    Behind behind = Behind::empty;
    std::function<std::string(std::size_t index)> facts = [](std::size_t) { return std::string(); };

    [[nodiscard]] std::size_t pages() const { return (count + size - 1) / size; }
};

Source by_page(const Api& api) {
    return [=](const PageRequest& request) -> Answer {
        std::size_t index = number(request, "page", api.base) - api.base;
        const bool is_behind = index >= api.pages();
        if (is_behind && api.behind == Behind::not_found) return {R"({"detail":"no such page"})", {}, 404};
        if (is_behind && api.behind == Behind::clamps) index = api.pages() - 1;
        if (is_behind && api.behind == Behind::starts_over) index = index % api.pages();
        const std::size_t begin = std::min(api.count, index * api.size);
        const std::string facts = api.facts(index);
        return "{" + facts + (facts.empty() ? "" : ",") +
               "\"items\":" + rows(std::min(api.size, api.count - begin), begin) + "}";
    };
}

/// `cap`: rows at most for the page at an offset, as sources that bound a page's bytes have it.
Source by_offset(const Api& api, const std::function<std::size_t(std::size_t offset)>& cap = {}) {
    return [=](const PageRequest& request) -> Answer {
        const std::size_t begin = std::min<std::size_t>(api.count, number(request, "offset", 0));
        std::size_t size = std::min<std::size_t>(api.size, number(request, "limit", api.size));
        if (cap) size = std::min(size, cap(begin));
        const std::string facts = api.facts(begin / api.size);
        return "{" + facts + (facts.empty() ? "" : ",") +
               "\"items\":" + rows(std::min(size, api.count - begin), begin) + "}";
    };
}

std::function<std::string(std::size_t)> always(std::string facts) {
    return [facts = std::move(facts)](std::size_t) { return facts; };
}

/// `facts` with the number of the page, counted from 1, in place of #.
std::function<std::string(std::size_t)> numbered(const std::string& facts) {
    return [facts](std::size_t index) {
        std::string text = facts;
        text.replace(text.find('#'), 1, std::to_string(index + 1));
        return text;
    };
}

/// `before` the page of that index, `then` from it on.
std::function<std::string(std::size_t)> changing(std::size_t at, const std::string& before, const std::string& then) {
    return [=](std::size_t index) { return index < at ? before : then; };
}

struct Whole {
    const char* name;
    std::string spec;
    Source source;
    std::size_t rows = 23;
    const char* note = "";  // part of one, if any is expected
};

class EveryRowOnce : public testing::TestWithParam<Whole> {};

TEST_P(EveryRowOnce, HoweverFarAhead) {
    const Whole& tested = GetParam();
    for (const std::uint64_t ahead : {1U, 2U, 3U, 7U, 40U}) {
        const Walked walked = tested.spec.empty() ? walk_detected("http://x/s", tested.source, ahead)
                                                  : walk(tested.spec, "http://x/s", tested.source, ahead);
        EXPECT_EQ(walked.error, "") << ahead;
        EXPECT_EQ(walked.verdict.failure, "") << ahead;
        EXPECT_EQ(by_id(walked.records), each_once(tested.rows)) << ahead;
        EXPECT_EQ(walked.verdict.rows, tested.rows) << ahead;
        const std::string note = walked.notes.empty() ? "" : walked.notes.back();
        EXPECT_THAT(note, HasSubstr(tested.note)) << ahead;
        EXPECT_EQ(note.empty(), *tested.note == '\0') << note;
    }
}

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

const Api plain;
const Api whole_pages{.count = 25};
const Api clamping{.behind = Behind::clamps};
const Api missing_behind{.behind = Behind::not_found};

INSTANTIATE_TEST_SUITE_P(
    UnknownTotal, EveryRowOnce,
    testing::Values(
        Whole{"pages", "page_number", by_page(plain)}, Whole{"whole_pages", "page_number", by_page(whole_pages), 25},
        Whole{"one_page", "page_number", by_page({.count = 3}), 3},
        Whole{"none", "page_number", by_page({.count = 0}), 0},
        Whole{"from_zero", "page_number:base_page=0", by_page({.base = 0})},
        Whole{"offsets", "offset:limit=5", by_offset(plain)},
        Whole{"offsets_without_a_limit", "offset", by_offset(plain)},
        Whole{"limit_that_is_clamped", "offset:limit=100", by_offset(plain)},
        Whole{"short_page_ends_it", "page_number:stop_after_short_page=true", by_page(plain)},
        Whole{"status_ends_it", "page_number:end_status=404", by_page(missing_behind)},
        Whole{"status_ends_whole_pages", "page_number:end_status=404,stop_after_empty_page=false",
              by_page({.count = 25, .behind = Behind::not_found}), 25},
        Whole{"errors_behind_the_end_are_none", "page_number:has_more_path=more",
              by_page({.behind = Behind::not_found, .facts = changing(4, R"("more":true)", R"("more":false)")})},
        Whole{"has_more_as_text", "page_number:has_more_path=more",
              by_page({.facts = changing(4, R"("more":"Y")", R"("more":"N")")})},
        Whole{"has_more_left_out", "page_number:has_more_path=more",
              by_page({.facts = changing(4, R"("more":1)", "")})},
        Whole{"offset_has_more", "offset:has_more_path=more",
              by_offset({.facts = changing(4, R"("more":true)", R"("more":false)")})}),
    case_name);

INSTANTIATE_TEST_SUITE_P(LastPageRepeated, EveryRowOnce,
                         testing::Values(Whole{"airbyte_28226_clamps_to_the_last_page", "page_number",
                                               by_page(clamping), 23, "page 6 is page 5 again"},
                                         Whole{"clamps_and_says_so", "page_number",
                                               by_page({.behind = Behind::clamps, .facts = numbered(R"("page":#)")}),
                                               23, "page 6 is page 5 again"},
                                         Whole{"clamps_after_two", "page_number",
                                               by_page({.count = 8, .behind = Behind::clamps}), 8,
                                               "page 3 is page 2 again"}),
                         case_name);

/// A clock in every page: the repetition shows by the page's own number alone.
Source clamps_with_a_clock() {
    auto clock = std::make_shared<int>(0);
    return [=](const PageRequest& request) -> Answer {
        const std::size_t page = std::min<std::size_t>(3, number(request, "page", 1));
        return format(R"({{"page":{},"items":[{{"id":{},"t":{}}}]}})", page, page - 1, ++*clock);
    };
}

TEST(LastPageRepeated, ShowsByThePagesOwnNumberWhereRowsChange) {
    const Walked walked = walk("page_number", "http://x/s", clamps_with_a_clock(), 5);
    EXPECT_EQ(walked.verdict.rows, 3U);
    EXPECT_THAT(walked.notes, ElementsAre(HasSubstr("page 4 is page 3 again")));
}

INSTANTIATE_TEST_SUITE_P(
    Totals, EveryRowOnce,
    testing::Values(
        Whole{"rows", "offset:limit=5", by_offset({.facts = always(R"("total":23)")})},
        Whole{"digits_in_quotes", "offset:limit=5", by_offset({.facts = always(R"("total":"23")")})},
        Whole{"pages_by_path", "page_number:total_path=n", by_page({.facts = always(R"("n":5)")})},
        Whole{"pages_by_name", "page_number", by_page({.facts = always(R"("total_pages":5)")})},
        Whole{"rows_found", "", by_page({.facts = numbered(R"("total":23,"page":#)")})},
        Whole{"rows_that_grow", "offset:limit=5",
              by_offset({.count = 33, .facts = changing(2, R"("total":23)", R"("total":33)")}), 33},
        Whole{"pages_that_grow", "page_number:total_path=n",
              by_page({.count = 33, .facts = changing(4, R"("n":5)", R"("n":7)")}), 33},
        Whole{
            "found_rows_that_grow", "",
            by_page({.count = 33,
                     .facts = [](std::size_t i) { return format(R"("page":{},"total":{})", i + 1, i < 2 ? 23 : 33); }}),
            33},
        Whole{"not_believed", "page_number:total_path=none", by_page({.facts = always(R"("total_pages":2)")})},
        Whole{"has_more_past_the_total", "page_number:total_path=n,has_more_path=more",
              by_page({.facts = changing(4, R"("n":3,"more":true)", R"("n":3,"more":false)")}), 23,
              "page 3 is the last, and the page that there is more"},
        Whole{"next_past_the_total", "page_number:total_path=n",
              by_page({.facts = changing(4, R"("n":3,"next":"/s?page=9")", R"("n":3,"next":null)")}), 23,
              "page 3 is the last, and the page that there is more"},
        Whole{"no_more_before_the_total", "page_number:total_path=n,has_more_path=more",
              by_page({.facts = changing(2, R"("n":5,"more":true)", R"("n":5,"more":false)")}), 23,
              "page 3 says that it is the last, and the total that there are 5"}),
    case_name);

/// `facts` with the page's number, counted from 1, and a clock among the rows: no answer comes twice.
Source with_a_clock(const Api& api) {
    auto clock = std::make_shared<int>(0);
    return [=, source = by_page(api)](const PageRequest& request) -> Answer {
        Answer answer = source(request);
        for (std::size_t at = 0; (at = answer.body.find("}", at)) != std::string::npos && at + 1 < answer.body.size();)
            at += answer.body.insert(at, format(",\"at\":{}", *clock)).empty()
                      ? 0
                      : format(",\"at\":{}", *clock).size() + 1;
        ++*clock;
        return answer;
    };
}

constexpr const char* kDisproved = "is the last, and page 5 has rows: asked on until none has";

INSTANTIATE_TEST_SUITE_P(
    TotalsThatAreTooSmall, EveryRowOnce,
    testing::Values(
        Whole{"a_page", "offset:limit=5", by_offset({.facts = always(R"("total":20)")}), 23, kDisproved},
        Whole{"two_pages", "offset:limit=5", by_offset({.count = 28, .facts = always(R"("total":20)")}), 28,
              kDisproved},
        Whole{"less_than_a_page", "offset:limit=5", by_offset({.count = 23, .facts = always(R"("total":18)")}), 23,
              kDisproved},
        Whole{"a_page_of_pages", "page_number", by_page({.facts = always(R"("total_pages":4)")}), 23, kDisproved},
        Whole{"found_rows", "", by_page({.facts = numbered(R"("total":20,"page":#)")}), 23, kDisproved},
        Whole{"found_pages", "", by_page({.facts = numbered(R"("total_pages":4,"page":#)")}), 23, kDisproved},
        Whole{"its_own_page_alone", "", by_page({.count = 23, .size = 10, .facts = numbered(R"("total":10,"page":#)")}),
              23, "page 1 is the last, and page 2 has rows"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    TotalsThatAreRight, EveryRowOnce,
    testing::Values(
        Whole{"whole_pages", "offset:limit=5", by_offset({.count = 20, .facts = always(R"("total":20)")}), 20},
        Whole{"nothing_there", "page_number",
              by_page({.count = 20, .behind = Behind::not_found, .facts = always(R"("total_pages":4)")}), 20},
        Whole{"clamps", "page_number",
              by_page({.count = 20, .behind = Behind::clamps, .facts = always(R"("total_pages":4)")}), 20},
        Whole{"starts_over", "page_number",
              by_page({.count = 20, .behind = Behind::starts_over, .facts = always(R"("total_pages":4)")}), 20},
        Whole{"one_page_that_clamps", "",
              by_page({.count = 10, .size = 10, .behind = Behind::clamps, .facts = always(R"("page":1,"total":10)")}),
              10},
        Whole{"one_page_of_a_known_size", "",
              by_page({.count = 10, .size = 20, .facts = always(R"("page":1,"total":10,"per_page":20)")}), 10}),
    case_name);

TEST(Probe, ARepeatedPageIsKnownByItsKeysWhereRowsChange) {
    for (const Behind behind : {Behind::clamps, Behind::starts_over}) {
        const Walked walked =
            walk("page_number", "http://x/s",
                 with_a_clock({.count = 20, .behind = behind, .facts = always(R"("total_pages":4)")}), 5);
        EXPECT_EQ(walked.records.size(), 20U);
        EXPECT_THAT(walked.notes, IsEmpty());
    }
}

TEST(Probe, ThePlaceOfARowOnItsPageIsNoKey) {
    const Source ranked = [](const PageRequest& request) -> Answer {
        const std::size_t page = number(request, "page", 1);
        std::string items;
        for (std::size_t rank = 0; rank < 5 && page < 6; ++rank)
            items += format(R"({}{{"rank":{},"id":{}}})", rank == 0 ? "" : ",", rank, page * 5 + rank);
        return R"({"total_pages":4,"items":[)" + items + "]}";
    };
    EXPECT_EQ(walk("page_number", "http://x/s", ranked, 5).records.size(), 25U);
}

TEST(Probe, IsNotMadeWherePagesSayTheEnd) {
    const auto asked = [](const std::string& spec, Source source) { return walk(spec, "http://x/s", source).asked; };
    EXPECT_THAT(asked("page_number:maximum_page=5", by_page({.count = 30, .facts = always(R"("total_pages":4)")})),
                testing::EndsWith("page=4 "));
    EXPECT_THAT(
        asked("page_number:has_more_path=more",
              by_page({.count = 20,
                       .facts = changing(3, R"("total_pages":4,"more":true)", R"("total_pages":4,"more":false)")})),
        testing::EndsWith("page=4 "));
    EXPECT_THAT(
        asked("page_number:total_path=n",
              by_page({.count = 20, .facts = changing(3, R"("n":4,"next":"/s?page=9")", R"("n":4,"next":null)")})),
        testing::EndsWith("page=4 "));
    EXPECT_THAT(asked("offset:limit=5", by_offset({.count = 18, .facts = always(R"("total":18)")})),
                testing::EndsWith("offset=15&limit=5 "));  // the last page is short, as was said
    EXPECT_THAT(asked("offset:limit=5", by_offset({.count = 20, .facts = always(R"("total":20)")})),
                testing::EndsWith("offset=20&limit=5 "));
}

INSTANTIATE_TEST_SUITE_P(
    Links, EveryRowOnce,
    testing::Values(Whole{"next_numbers_without_a_total", "",
                          [](const PageRequest& request) -> Answer {
                              const std::size_t page = number(request, "page", 1);
                              const std::string next = page < 5 ? format("\"/s?page={}\"", page + 1) : "null";
                              return format(R"({{"next":{},"items":{}}})", next,
                                            rows(page < 5 ? 5 : 3, (page - 1) * 5));
                          }},
                    Whole{"next_offsets_without_a_total", "",
                          [](const PageRequest& request) -> Answer {
                              const std::size_t at = number(request, "offset", 0);
                              const std::string next = at < 20 ? format("\"/s?offset={}\"", at + 5) : "null";
                              return format(R"({{"next":{},"items":{}}})", next, rows(at < 20 ? 5 : 3, at));
                          }},
                    Whole{"link_header_without_a_last", "",
                          [](const PageRequest& request) -> Answer {
                              const std::size_t page = number(request, "page", 1);
                              const std::string link = format("<http://x/s?page={}>; rel=\"next\"", page + 1);
                              const TestPage::HeaderList none, next = {{"Link", link}};
                              if (page > 5) return {"[]"};
                              return {rows(page < 5 ? 5 : 3, (page - 1) * 5), page < 5 ? next : none};
                          }},
                    Whole{"next_page_numbers", "",
                          [](const PageRequest& request) -> Answer {
                              const std::size_t page = number(request, "page", 1);
                              const std::string next = page < 5 ? std::to_string(page + 1) : "null";
                              return format(R"({{"next_page":{},"items":{}}})", next,
                                            rows(page < 5 ? 5 : 3, (page - 1) * 5));
                          }}),
    case_name);

std::size_t three_at_ten(std::size_t offset) { return offset == 10 ? 3 : 100; }
std::size_t two_behind_five(std::size_t offset) { return offset < 5 ? 100 : 2; }

INSTANTIATE_TEST_SUITE_P(
    Holes, EveryRowOnce,
    testing::Values(Whole{"a_page_capped_by_bytes", "offset:limit=5", by_offset(plain, three_at_ten)},
                    Whole{"with_a_total", "offset:limit=5",
                          by_offset({.facts = always(R"("total":23)")}, three_at_ten)},
                    Whole{"all_capped_but_the_first", "offset:limit=5", by_offset(plain, two_behind_five)},
                    Whole{"all_capped_with_a_total", "offset:limit=5",
                          by_offset({.facts = always(R"("total":23)")}, two_behind_five)},
                    Whole{"the_last_by_a_total_that_is_wrong", "offset:limit=5,has_more_path=more",
                          by_offset({.facts = changing(4, R"("total":13,"more":true)", R"("total":13,"more":false)")},
                                    three_at_ten),
                          23, "page 3 is the last, and the page that there is more"},
                    Whole{"without_a_limit", "offset", by_offset(plain, three_at_ten)}),
    case_name);

TEST(Holes, AreReportedAndFilledPieceByPiece) {
    const Source source = by_offset({.facts = always(R"("total":12)")}, two_behind_five);
    Paginator paginator(parse_paginator("offset:limit=5"), {.url = Url::parse("http://x/s")});
    const auto page = [&](const PageRequest& request) { return TestPage(request.url.str(), source(request).body); };
    const TestPage first = page(paginator.first());
    paginator.accept(0, first.view());
    const TestPage second = page(paginator.request_at(1));
    EXPECT_EQ(paginator.accept(1, second.view()).rows, 2U);
    EXPECT_THAT(paginator.holes(), ElementsAre(RowRange{7, 3}));
    EXPECT_EQ(paginator.verdict().failure, "the source said 12 rows and 7 came: 5 are missing");
    const auto covering = paginator.covering(7, 3);
    ASSERT_TRUE(covering);
    EXPECT_EQ(covering->request.url.str(), "http://x/s?offset=7&limit=3");
    const TestPage rest = page(covering->request);
    EXPECT_EQ(paginator.filled({7, 3}, rest.view()).rows, 2U);
    EXPECT_THAT(paginator.holes(), ElementsAre(RowRange{9, 1}));
}

TEST(Holes, ASourceThatFiltersAfterCountingHasNone) {
    // Of each five rows that are counted, the even ones are given; the first page is whole.
    const Source filters = [](const PageRequest& request) -> Answer {
        const std::size_t begin = number(request, "offset", 0), size = number(request, "limit", 5);
        std::string items;
        for (std::size_t id = begin; id < std::min<std::size_t>(begin + size, 20); ++id)
            if (id < 5 || id % 5 >= 3) items += (items.empty() ? "" : ",") + format("{{\"id\":{}}}", id);
        return "[" + items + "]";
    };
    const Walked walked = walk("offset:limit=5", "http://x/s", filters);
    EXPECT_EQ(walked.records.size(), 5U + 3 * 2);
    EXPECT_THAT(walked.notes, ElementsAre(HasSubstr("counts rows and then leaves some out")));
    EXPECT_EQ(walked.verdict.failure, "");
}

TEST(Holes, WhatTheSourceDoesNotGiveIsAProblem) {
    const Source loses =
        by_offset({.facts = always(R"("total":23)")}, [](std::size_t at) { return at == 13 ? 0 : three_at_ten(at); });
    const Walked walked = walk("offset:limit=5", "http://x/s", loses);
    EXPECT_THAT(walked.verdict.problems, Contains(HasSubstr("rows 14 to 15 did not come")));
    EXPECT_THAT(walked.verdict.failure, HasSubstr("2 are missing"));
}

TEST(Holes, ThatStayOpenAreAFailure) {
    Paginator paginator(parse_paginator("offset:limit=2"), {.url = Url::parse("http://x/s")});
    const TestPage first("http://x/s", rows(2)), second("http://x/s", rows(1, 2)), third("http://x/s", rows(2, 4));
    paginator.accept(0, first.view());
    paginator.accept(1, second.view());
    EXPECT_THAT(paginator.holes(), IsEmpty());  // it could be the last
    paginator.accept(2, third.view());
    EXPECT_THAT(paginator.holes(), ElementsAre(RowRange{3, 1}));
    EXPECT_EQ(paginator.verdict().failure, "rows 4 to 4 are missing");
}

TEST(Holes, OffsetsOneByOneGoByTheRowsThatCame) {
    Pagination pagination = parse_paginator("offset:limit=5,maximum_offset=20");
    pagination.one_by_one = true;
    const Source source = by_offset(plain, two_behind_five);
    const Walked walked = Driver(Paginator(pagination, {.url = Url::parse("http://x/s")}), source, 1).run();
    EXPECT_EQ(walked.records, each_once(21));  // 19 is the last offset below 20
}

struct Refused {
    const char* name;
    std::string spec;
    Source source;
    const char* says;  // the error, or the verdict's failure
};

class NothingLostInSilence : public testing::TestWithParam<Refused> {};

TEST_P(NothingLostInSilence, HoweverFarAhead) {
    const Refused& tested = GetParam();
    for (const std::uint64_t ahead : {1U, 4U, 40U}) {
        const Walked walked = tested.spec.empty() ? walk_detected("http://x/s", tested.source, ahead)
                                                  : walk(tested.spec, "http://x/s", tested.source, ahead);
        EXPECT_THAT(walked.error.empty() ? walked.verdict.failure : walked.error, HasSubstr(tested.says)) << ahead;
    }
}

/// Page `at` is another one.
Source with(Source source, std::size_t at, const std::string& other) {
    return
        [=](const PageRequest& request) { return number(request, "page", 1) == at ? Answer(other) : source(request); };
}

INSTANTIATE_TEST_SUITE_P(
    Pages, NothingLostInSilence,
    testing::Values(
        Refused{"parameter_ignored", "page_number", [](const PageRequest&) { return rows(5); },
                "pages 1 and 2 have the same rows"},
        Refused{"offset_ignored", "offset:limit=5", [](const PageRequest&) { return rows(5); },
                "pages 1 and 2 have the same rows"},
        Refused{
            "another_page_came", "page_number",
            with(by_page({.facts = numbered(R"("total_pages":5,"page":#)")}), 4, R"({"page":2,"items":[{"id":77}]})"),
            "page 4 says that it is at 2, and 4 was asked for"},
        Refused{"starts_over", "page_number", by_page({.behind = Behind::starts_over}),
                "page 6 has the rows of page 1 again"},
        Refused{"clamped_before_the_total", "page_number:total_path=n",
                by_page({.behind = Behind::clamps, .facts = always(R"("n":8)")}), "pages 5 and 6 have the same rows"},
        Refused{"empty_amid_the_plan", "page_number:total_path=n",
                with(by_page({.facts = always(R"("n":5)")}), 3, R"({"n":5,"items":[]})"), "page 3 of 5 is empty"},
        Refused{"missing_amid_the_plan", "page_number:total_path=n,end_status=404",
                by_page({.behind = Behind::not_found, .facts = always(R"("n":8)")}), "status 404"},
        Refused{"dlt_ignore_on_page_n_is_no_end", "page_number", by_page({.behind = Behind::not_found}), "status 404"},
        Refused{"first_page_empty_and_a_total", "offset:limit=5",
                [](const PageRequest&) { return R"({"total":9,"items":[]})"; }, "the source said 9 rows and 0 came"},
        Refused{"airbyte_66592_capped_rows", "offset:limit=5",
                [](const PageRequest& request) -> Answer {
                    const std::size_t at = number(request, "offset", 0);
                    return "{\"total\":100,\"items\":" + rows(at < 20 ? 5 : 0, at) + "}";
                },
                "is empty"},
        Refused{"airbyte_66592_capped_rows_found", "", by_page({.facts = numbered(R"("total":100,"page":#)")}),
                "page 6 of 20 is empty"},
        Refused{"capped_and_no_more", "page_number:has_more_path=more",
                by_page({.facts = changing(4, R"("total":100,"more":true)", R"("total":100,"more":false)")}),
                "the source said 100 rows and 23 came: 77 are missing"},
        Refused{"total_that_shrinks", "offset:limit=5",
                by_offset({.count = 13, .facts = changing(2, R"("total":23)", R"("total":13)")}),
                "the source said 23 rows and 13 came: 10 are missing"},
        Refused{"pages_that_shrink", "page_number:total_path=n",
                by_page({.count = 13, .facts = changing(2, R"("n":5)", R"("n":3)")}),
                "the source said 5 pages and 3 came"},
        Refused{"pages_larger_than_the_first", "offset",
                [](const PageRequest& request) {
                    const std::size_t at = number(request, "offset", 0);
                    return rows(at == 0 ? 5 : 8, at);
                },
                "page 2 has 8 rows and the first one 5"},
        Refused{"has_more_that_is_not_there", "page_number:has_more_path=mroe",
                by_page({.facts = always(R"("more":true)")}), "$.mroe is not on the first page"},
        Refused{"empty_pages_that_promise_more", "page_number:has_more_path=more",
                by_page({.facts = always(R"("more":true)")}), "is empty and says that there is more"},
        Refused{"an_empty_offset_that_promises_more", "offset:has_more_path=more",
                by_offset({.facts = always(R"("more":true)")}), "page 6 is empty and says that there is more"},
        Refused{"nothing_would_end_it", "offset:stop_after_empty_page=false", by_offset(plain),
                "the first page states no total, and stop_after_empty_page is false"},
        Refused{"too_many", "page_number:max_pages=3", by_page(plain), "3 pages and still no end"},
        Refused{"too_many_said", "page_number:total_path=n,max_pages=3", by_page({.facts = always(R"("n":4)")}),
                "the source says 4 pages, more than the 3 allowed"},
        Refused{"a_total_that_grows_too_far", "page_number:total_path=n,max_pages=9",
                by_page({.facts = changing(3, R"("n":5)", R"("n":50)")}), "more than the 9 allowed"}),
    case_name);

TEST(NothingLostInSilence, RowsBehindAnEmptyPageAreAFailure) {
    const Source gap = with(by_page(plain), 3, R"({"items":[]})");
    EXPECT_EQ(walk("page_number", "http://x/s", gap, 4).verdict.failure,
              "page 3 looks like the end, and there are other rows behind it");
    // One page at a time, nobody sees them: the user says that an empty page is no end.
    EXPECT_EQ(walk("page_number:stop_after_empty_page=false,maximum_page=6", "http://x/s", gap).verdict.rows, 18U);
}

TEST(NothingLostInSilence, APageTwiceAmidOthersIsAFailure) {
    const Source twice = with(by_page(plain), 4, "{\"items\":" + rows(5, 10) + "}");
    EXPECT_THAT(walk("page_number", "http://x/s", twice, 8).verdict.failure, HasSubstr("page 4 looks like the end"));
}

TEST(Overlap, NeighboursShareARow) {
    const Walked walked = walk("offset:limit=5,overlap=1", "http://x/s", by_offset({.count = 12}));
    EXPECT_EQ(walked.asked, "offset=0&limit=5 offset=4&limit=5 offset=8&limit=5 offset=12&limit=5 ");
    EXPECT_EQ(walked.records.size(), 12U + 2);
    EXPECT_EQ(walked.verdict.rows, 12U);
}

TEST(Overlap, IsNoReasonForOneMorePage) {
    for (const std::size_t count : {5U, 9U, 13U}) {
        const Walked walked = walk("offset:limit=5,overlap=1", "http://x/s",
                                   by_offset({.count = count, .facts = always(format("\"total\":{}", count))}));
        EXPECT_EQ(walked.verdict.pages, (count - 1) / 4);
        EXPECT_EQ(walked.verdict.failure, "");
    }
}

TEST(Overlap, ShowsARowThatWasRemovedMeanwhile_airbyte_39105) {
    // Row 2 goes away between the first page and the second: without an overlap, row 5 is never seen.
    int asked = 0;
    const Source source = [&asked](const PageRequest& request) -> Answer {
        std::vector<std::size_t> ids = {0, 1, 2, 3, 4, 5, 6, 7};
        if (asked++ > 0) ids.erase(ids.begin() + 2);
        std::string items;
        const std::size_t at = number(request, "offset", 0);
        for (std::size_t i = at; i < std::min(ids.size(), at + number(request, "limit", 5)); ++i)
            items += (items.empty() ? "" : ",") + format("{{\"id\":{}}}", ids[i]);
        return "[" + items + "]";
    };
    const Walked walked = walk("offset:limit=5,overlap=1", "http://x/s", source);
    EXPECT_THAT(walked.records, Contains("{\"id\":5}"));
    EXPECT_NE(walked.records.at(4), walked.records.at(5));  // which is how an engine with a key sees the gap
}

struct Cover {
    const char* name;
    const char* spec;
    const char* start;
    std::uint64_t begin, count;
    const char* request;  // query; empty: there is none
    std::uint64_t from = 0, size = 0;
};

class Covers : public testing::TestWithParam<Cover> {};

/// The first page has twelve rows.
TEST_P(Covers, OneRequest) {
    const Cover& tested = GetParam();
    Paginator paginator(parse_paginator(tested.spec), {.url = Url::parse(tested.start)});
    const TestPage first(paginator.first().url.str(), rows(12));
    paginator.accept(0, first.view());
    const auto covering = paginator.covering(tested.begin, tested.count);
    ASSERT_EQ(covering.has_value(), *tested.request != '\0');
    if (!covering) return;
    const std::string target = covering->request.url.target();
    EXPECT_EQ(target.substr(target.find('?') + 1), tested.request);
    EXPECT_EQ(covering->begin, tested.from);
    EXPECT_EQ(covering->size, tested.size);
    EXPECT_LE(covering->begin, tested.begin);
    EXPECT_GE(covering->begin + covering->size, tested.begin + tested.count);
}

constexpr const char* sized = "page_number:page_size_param=n,page_size=12";

INSTANTIATE_TEST_SUITE_P(
    Rows, Covers,
    testing::Values(
        Cover{"offset_with_a_limit", "offset:limit=12", "http://x/s", 17, 3, "offset=17&limit=3", 17, 3},
        Cover{"offset_of_a_walk_from_amid", "offset:limit=12,offset=24", "http://x/s", 2, 1, "offset=26&limit=1", 2, 1},
        Cover{"offset_of_a_whole_page", "offset:limit=12", "http://x/s", 12, 12, "offset=12&limit=12", 12, 12},
        Cover{"offset_more_than_a_page", "offset:limit=12", "http://x/s", 12, 13, ""},
        Cover{"nothing", "offset:limit=12", "http://x/s", 12, 0, ""},
        Cover{"page_of_one_row", sized, "http://x/s", 17, 1, "page=18&n=1", 17, 1},
        Cover{"page_that_fits", sized, "http://x/s", 18, 3, "page=7&n=3", 18, 3},
        Cover{"page_a_little_larger", sized, "http://x/s", 17, 3, "page=5&n=4", 16, 4},
        Cover{"page_much_larger", sized, "http://x/s", 11, 2, "page=3&n=5", 10, 5},
        Cover{"page_from_zero", "page_number:page_size_param=n,base_page=0", "http://x/s", 18, 3, "page=6&n=3", 18, 3},
        Cover{"page_of_a_walk_from_amid", sized, "http://x/s?page=3", 1, 1, "page=26&n=1", 1, 1},
        Cover{"page_without_a_size", "page_number", "http://x/s", 17, 3, ""},
        Cover{"cursor", "cursor", "http://x/s", 1, 1, ""}),
    case_name);

}  // namespace
}  // namespace trawl
