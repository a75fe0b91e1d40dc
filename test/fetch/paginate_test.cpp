/// Paginators driven over sources that live in this file: which URLs they ask for, where they end, what they refuse.
#include "trawl/fetch/paginate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paginator_driver.hpp"

namespace trawl {
namespace {

using testing::HasSubstr;

/// 7 rows by page number from `base`, 3 a page, with `facts` in front; behind the end it is empty.
Source numbered(std::uint64_t base, const std::string& facts) {
    return [=](const PageRequest& request) -> Answer {
        const std::uint64_t index = number(request, "page", base) - base;
        const std::size_t begin = std::min<std::size_t>(7, index * 3);
        return {"{" + facts + "\"items\":" + rows(std::min<std::size_t>(3, 7 - begin), begin) + "}"};
    };
}

/// 7 rows by offset, at most 3 a page whatever `limit` says.
Source sliced(const std::string& facts) {
    return [=](const PageRequest& request) -> Answer {
        const std::size_t begin = std::min<std::size_t>(7, number(request, "offset", 0));
        const std::size_t size = std::min<std::size_t>(3, number(request, "limit", 3));
        return {"{" + facts + "\"items\":" + rows(std::min(size, 7 - begin), begin) + "}"};
    };
}

TEST(PageNumber, WalksToTheEmptyPageWithoutATotal) {
    const Walked walked = walk("page_number:base_page=0", "http://x/s", numbered(0, ""));
    EXPECT_EQ(walked.asked, "page=0 page=1 page=2 page=3 ");
    EXPECT_EQ(walked.verdict.rows, 7U);
    EXPECT_TRUE(walked.verdict.complete());
}

TEST(PageNumber, BeginsWhereTheUrlBegins) {
    EXPECT_EQ(walk("page_number", "http://x/s?page=1", numbered(1, "")).asked, "page=1 page=2 page=3 page=4 ");
    EXPECT_EQ(walk("page_number:base_page=2", "http://x/s?page=1&k=v", numbered(1, "")).asked,
              "page=2&k=v page=3&k=v page=4&k=v ");
}

TEST(PageNumber, PlansAllPagesWhereTheTotalIsKnown) {
    EXPECT_EQ(walk("page_number:base_page=1,total_path=pages", "http://x/s", numbered(1, "\"pages\":3,")).asked,
              "page=1 page=2 page=3 ");
    EXPECT_EQ(walk("page_number:base_page=0", "http://x/s", numbered(0, "\"total_pages\":\"3\",")).asked,
              "page=0 page=1 page=2 ");
    EXPECT_EQ(walk("page_number", "http://x/s?page=2", numbered(1, "\"total_pages\":3,")).asked, "page=2 page=3 ");
}

TEST(PageNumber, ATotalOfRowsIsNotTakenForPages) {
    EXPECT_EQ(walk("page_number:base_page=0", "http://x/s", numbered(0, "\"total\":7,")).asked,
              "page=0 page=1 page=2 page=3 ");
}

TEST(PageNumber, EndsWhereItIsTold) {
    EXPECT_EQ(walk("page_number:base_page=0,maximum_page=2", "http://x/s", numbered(0, "")).asked, "page=0 page=1 ");
    EXPECT_EQ(walk("page_number:base_page=0,maximum_page=2,total_path=pages", "http://x/s", numbered(0, "\"pages\":3,"))
                  .asked,
              "page=0 page=1 ");
    EXPECT_EQ(walk("page_number:base_page=0,stop_after_short_page=true", "http://x/s", numbered(0, "")).asked,
              "page=0 page=1 page=2 ");
    const Source last_is_one = [](const PageRequest& request) {
        const bool more = number(request, "page", 0) < 1;
        return format("{{\"more\":{},\"items\":{}}}", more, rows(3, number(request, "page", 0) * 3));
    };
    EXPECT_EQ(walk("page_number:base_page=0,has_more_path=more", "http://x/s", last_is_one).asked, "page=0 page=1 ");
}

TEST(PageNumber, AShortPageAmidTheRetrievalLosesNothing) {
    const Source filtered = [](const PageRequest& request) {
        constexpr std::size_t sizes[] = {3, 1, 3, 0};
        const std::size_t page = number(request, "page", 0);
        return rows(sizes[page], page * 3);
    };
    EXPECT_EQ(walk("page_number:base_page=0", "http://x/s", filtered).verdict.rows, 7U);
}

TEST(PageNumber, RowsThatRepeatAreAnError) {
    const Source ignores_the_parameter = [](const PageRequest& request) {
        return format("{{\"page\":{},\"items\":{}}}", number(request, "page", 0), rows(3));
    };
    EXPECT_THAT(walk("page_number:base_page=0", "http://x/s", ignores_the_parameter).error,
                HasSubstr("pages 1 and 2 have the same rows"));
    EXPECT_THAT(walk("page_number:base_page=0,total_path=t", "http://x/s",
                     [](const PageRequest&) { return "{\"t\":9,\"items\":" + rows(3) + "}"; })
                    .error,
                HasSubstr("pages 1 and 2 have the same rows"));
    const Source clamps = [](const PageRequest& request) {
        return rows(3, std::min<std::size_t>(2, number(request, "page", 0)) * 3);
    };
    EXPECT_THAT(walk("page_number:base_page=0,total_path=t", "http://x/s",
                     [&](const PageRequest& request) { return "{\"t\":9,\"items\":" + clamps(request).body + "}"; })
                    .error,
                HasSubstr("pages 3 and 4 have the same rows"));
}

TEST(PageNumber, NeverEndingPagesAreAnError) {
    const Source endless = [](const PageRequest& request) { return rows(1, number(request, "page", 0)); };
    EXPECT_THAT(walk("page_number:base_page=0,max_pages=50", "http://x/s", endless).error,
                HasSubstr("50 pages and still no end"));
    const Source boasts = [](const PageRequest&) {
        return "{\"total_pages\":18446744073709551615,\"items\":" + rows(1) + "}";
    };
    EXPECT_THAT(walk("page_number:base_page=0", "http://x/s", boasts).error,
                HasSubstr("18446744073709551615 pages, more than the 1000000"));
}

TEST(Offset, AdvancesByTheRowsOfTheFirstPage) {
    const Walked walked = walk("offset:limit=100", "http://x/s", sliced(""));
    EXPECT_EQ(walked.asked, "offset=0&limit=100 offset=3&limit=3 offset=6&limit=3 offset=9&limit=3 offset=7&limit=2 ");
    EXPECT_EQ(walked.verdict.rows, 7U);
}

TEST(Offset, PlansByTheTotalInStepsOfTheFirstPage) {
    const Walked walked = walk("offset:limit=100", "http://x/s", sliced("\"total\":7,"));
    EXPECT_EQ(walked.asked, "offset=0&limit=100 offset=3&limit=3 offset=6&limit=3 ");
    EXPECT_TRUE(walked.verdict.complete());
    EXPECT_EQ(walked.verdict.expected_rows, 7U);
    EXPECT_EQ(walk("offset:offset=3", "http://x/s", sliced("\"total\":7,")).asked, "offset=3 offset=6 ");
    EXPECT_EQ(walk("offset:maximum_offset=6", "http://x/s", sliced("\"total\":7,")).asked, "offset=0 offset=3 ");
}

TEST(Offset, OwnNamesReplaceAndNeverDouble) {
    const Walked walked =
        walk("offset:limit=3,offset_param=skip,limit_param=take,maximum_offset=4", "http://x/s?take=9&skip=0&a=b",
             [](const PageRequest& request) { return rows(3, number(request, "skip", 0)); });
    EXPECT_EQ(walked.asked, "take=3&skip=0&a=b take=3&skip=3&a=b ");
}

TEST(Cursor, FollowsTokensToNullOrEmpty) {
    for (const char* last : {"null", "\"\"", "false"}) {
        const Source source = [&](const PageRequest& request) {
            const std::uint64_t at = number(request, "cursor", 0);
            return format("{{\"cursors\":{{\"next\":{}}},\"items\":{}}}", at < 2 ? format("\"{}\"", at + 1) : last,
                          rows(3, at * 3));
        };
        EXPECT_EQ(walk("cursor", "http://x/s?k=v", source).asked, "k=v k=v&cursor=1 k=v&cursor=2 ");
    }
}

TEST(Cursor, IsEncodedAndMayBeANumber) {
    const Source source = [](const PageRequest& request) -> std::string {
        if (!request.url.query("c")) return "{\"n\":\"a=&+ /\",\"items\":[{\"a\":1}]}";
        return *request.url.query("c") == "a=&+ /" ? "{\"n\":7,\"items\":[{\"a\":2}]}" : "{\"items\":[]}";
    };
    EXPECT_EQ(walk("cursor:cursor_path=n,cursor_param=c", "http://x/s?", source).verdict.pages, 3U);
}

TEST(Cursor, ATokenThatWasThereBeforeIsAnError) {
    int page = 0;
    const Source circle = [&](const PageRequest&) {
        const int at = page++;
        return format("{{\"cursors\":{{\"next\":\"t{}\"}},\"items\":{}}}", at % 3,
                      rows(2, static_cast<std::size_t>(at) * 2));
    };
    const Walked walked = walk("cursor", "http://x/s?x", circle);
    EXPECT_THAT(walked.error, HasSubstr("page 4 leads back to a page that was there before"));
    EXPECT_EQ(walked.verdict.pages, 4U);
}

TEST(JsonLink, FollowsRelativeAndAbsoluteUrls) {
    const Source source = [](const PageRequest& request) -> std::string {
        if (request.url.target() == "/a/s?") return R"({"next":"../b?p=2","items":[{"a":1}]})";
        if (request.url.target() == "/b?p=2") return R"({"next":"http://y/c?p=3","items":[]})";
        return R"({"next":null,"items":[{"a":2}]})";
    };
    const Walked walked = walk("json_link", "http://x/a/s?", source);
    EXPECT_EQ(walked.verdict.pages, 3U);
    EXPECT_EQ(walked.verdict.rows, 2U);
}

TEST(JsonLink, ANextUrlOfThisPageIsAnError) {
    const Source itself = [](const PageRequest& request) {
        return format(R"({{"next":"{}","items":[{{"a":1}}]}})", request.url.str());
    };
    EXPECT_THAT(walk("json_link", "http://x/s?token=secret", itself).error,
                testing::AllOf(HasSubstr("page 1 leads back"), testing::Not(HasSubstr("secret"))));
}

TEST(JsonLink, ANextUrlThatIsNoneIsAnError) {
    EXPECT_THROW(
        (void)walk("json_link", "http://x/s", [](const PageRequest&) { return R"({"next":"ftp://x/","items":[{}]})"; }),
        InvalidUrl);
}

TEST(HeaderLink, FollowsTheRelation) {
    const Source source = [](const PageRequest& request) -> Answer {
        if (!request.url.query("p")) return {rows(2), {{"link", "<?p=2>; rel=more"}}};
        return {rows(2, 2), {{"link", "<?p=1>; rel=prev"}}};
    };
    const Walked walked = walk("header_link:links_next_key=More", "http://x/s?", source);
    EXPECT_EQ(walked.asked, " p=2 ");
    EXPECT_EQ(walked.records, each_once(4));
}

TEST(SinglePage, IsOne) {
    EXPECT_EQ(walk("single_page", "http://x/s?a=b", [](const PageRequest&) { return rows(3); }).asked, "a=b ");
}

struct Sizes {
    const char* name;
    std::vector<std::size_t> sizes;  // of the pages of a source that says it has 8 rows
    std::vector<std::string> problems;
    bool fails;
};

class Audit : public testing::TestWithParam<Sizes> {};

TEST_P(Audit, ComparesWhatCameWithWhatTheSourceSaid) {
    const auto& sizes = GetParam().sizes;
    const Source source = [&](const PageRequest& request) {
        const std::size_t page = number(request, "page", 1) - 1;
        return format("{{\"total\":8,\"page\":{},\"items\":{}}}", page + 1,
                      rows(page < sizes.size() ? sizes[page] : 0, 3 * page));
    };
    const Walked walked = walk_detected("http://x/s", source);
    EXPECT_EQ(walked.verdict.problems, GetParam().problems);
    EXPECT_EQ(!walked.verdict.failure.empty(), GetParam().fails) << walked.verdict.failure;
}

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

INSTANTIATE_TEST_SUITE_P(
    Pages, Audit,
    testing::Values(Sizes{"all_came", {3, 3, 2}, {}, false},
                    Sizes{"some_are_missing",
                          {3, 1, 2},
                          {"page 2 has 1 rows instead of 3", "the source said 8 rows and 6 came: 2 are missing"},
                          true},
                    Sizes{"more_came", {3, 3, 3}, {"the source said 8 rows and 9 came: 1 more"}, true},
                    Sizes{"odd_pages_that_add_up", {3, 2, 3}, {"page 2 has 2 rows instead of 3"}, false},
                    Sizes{"the_last_is_empty",
                          {3, 3, 0},
                          {"the last page is empty", "the source said 8 rows and 6 came: 2 are missing"},
                          true}),
    case_name);

TEST(PageNumber, EqualRowsFarApartAreNoErrorWhereThePlanHasThemAndNothingTellsThemApart) {
    const Source source = [](const PageRequest& request) {
        const std::string light = number(request, "page", 1) == 2 ? R"({"light":"off"})" : R"({"light":"on"})";
        return format(R"({{"total_pages":3,"items":[{},{},{}]}})", light, light, light);
    };
    EXPECT_EQ(walk("page_number", "http://x/s", source).verdict.rows, 9U);
}

TEST(PageNumber, APageInPlaceOfAnotherIsAnErrorWhicheverCameFirst) {
    const Source source = [](const PageRequest& request) {
        return "{\"total_pages\":4,\"items\":" + rows(3, number(request, "page", 1) % 2 * 9) + "}";
    };
    for (const std::uint64_t ahead : {1U, 4U})
        EXPECT_THAT(walk("page_number", "http://x/s", source, ahead).error, HasSubstr("has the rows of page 1 again"));
}

TEST(PageNumber, ACircleOfMorePagesThanAreRememberedIsAnError) {
    constexpr std::size_t circle = 70'000;
    const Source source = [](const PageRequest& request) {
        const std::size_t page = number(request, "page", 1);
        return rows(2, 2 * (page <= circle ? page : page - circle + 1));
    };
    const Walked walked = walk("page_number", "http://x/s", source, 8);
    EXPECT_THAT(walked.error, HasSubstr("a cache or the source mixes pages up, or goes round in circles"));
    EXPECT_GE(walked.verdict.pages, circle);
}

TEST(PageNumber, TenOddPagesAreListedAndTheRestCounted) {
    const Source source = [](const PageRequest& request) {
        const std::size_t page = number(request, "page", 1);
        return "{\"total_pages\":17,\"items\":" + rows(page == 1 ? 3 : 2, page * 3) + "}";
    };
    const auto problems = walk("page_number", "http://x/s", source).verdict.problems;
    ASSERT_EQ(problems.size(), 11U);
    EXPECT_EQ(problems.back(), "... and 5 more pages of another size");
}

}  // namespace
}  // namespace trawl
