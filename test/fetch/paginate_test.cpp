/// Paginators driven over sources that live in this file: which URLs they ask for, where they end, what they refuse.
#include "trawl/fetch/paginate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "page_helpers.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Source = std::function<std::string(const Url&)>;

std::uint64_t param(const Url& url, const char* key, std::uint64_t otherwise) {
    const auto text = url.query(key);
    return text ? std::stoull(*text) : otherwise;
}

struct Walked {
    std::string asked;  // the queries, one after the other
    PageVerdict verdict;
    std::string error;
};

/// Drives a paginator as its header says: the plan if there is one, else page by page.
Walked walk(const char* spec, const char* start, const Source& source) {
    Walked walked;
    Paginator paginator(parse_paginator(spec), Url::parse(start));
    const auto ask = [&](const Url& url) {
        walked.asked += url.target().substr(url.target().find('?') + 1) + " ";
        return TestPage(url.str(), source(url));
    };
    try {
        const TestPage first = ask(paginator.first());
        std::optional<Url> next = paginator.advance(first.view());
        if (const auto pages = paginator.planned_pages()) {
            for (std::uint64_t i = 1; i < *pages; ++i) paginator.arrived(i, ask(paginator.page_url(i)).records);
        } else {
            while (next) {
                const TestPage page = ask(*next);
                next = paginator.advance(page.view());
            }
        }
    } catch (const PaginationError& error) {
        walked.error = error.what();
    }
    walked.verdict = paginator.verdict();
    return walked;
}

/// 7 rows by page number from `base`, 3 a page, with `facts` in front; behind the end it is empty.
Source numbered(std::uint64_t base, const std::string& facts) {
    return [=](const Url& url) {
        const std::uint64_t index = param(url, "page", base) - base;
        const std::size_t begin = std::min<std::size_t>(7, index * 3);
        return "{" + facts + "\"items\":" + rows(std::min<std::size_t>(3, 7 - begin), begin) + "}";
    };
}

/// 7 rows by offset, at most 3 a page whatever `limit` says.
Source sliced(const std::string& facts) {
    return [=](const Url& url) {
        const std::size_t begin = std::min<std::size_t>(7, param(url, "offset", 0));
        const std::size_t size = std::min<std::size_t>(3, param(url, "limit", 3));
        return "{" + facts + "\"items\":" + rows(std::min(size, 7 - begin), begin) + "}";
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
    const Source last_is_one = [](const Url& url) {
        const bool more = param(url, "page", 0) < 1;
        return format("{{\"more\":{},\"items\":{}}}", more, rows(3, param(url, "page", 0) * 3));
    };
    EXPECT_EQ(walk("page_number:base_page=0,has_more_path=more", "http://x/s", last_is_one).asked, "page=0 page=1 ");
}

TEST(PageNumber, AShortPageAmidTheRetrievalLosesNothing) {
    const Source filtered = [](const Url& url) {
        constexpr std::size_t sizes[] = {3, 1, 3, 0};
        const std::size_t page = param(url, "page", 0);
        return rows(sizes[page], page * 3);
    };
    EXPECT_EQ(walk("page_number:base_page=0", "http://x/s", filtered).verdict.rows, 7U);
}

TEST(PageNumber, RowsThatRepeatAreAnError) {
    const Source ignores_the_parameter = [](const Url& url) {
        return format("{{\"page\":{},\"items\":{}}}", param(url, "page", 0), rows(3));
    };
    EXPECT_THAT(walk("page_number:base_page=0", "http://x/s", ignores_the_parameter).error,
                HasSubstr("pages 1 and 2 have the same rows"));
    EXPECT_THAT(walk("page_number:base_page=0,total_path=t", "http://x/s",
                     [](const Url&) { return "{\"t\":9,\"items\":" + rows(3) + "}"; })
                    .error,
                HasSubstr("pages 1 and 2 have the same rows"));
    const Source clamps = [](const Url& url) { return rows(3, std::min<std::size_t>(2, param(url, "page", 0)) * 3); };
    EXPECT_THAT(walk("page_number:base_page=0", "http://x/s", clamps).error,
                HasSubstr("pages 3 and 4 have the same rows"));
}

TEST(PageNumber, NeverEndingPagesAreAnError) {
    const Source endless = [](const Url& url) { return rows(1, param(url, "page", 0)); };
    EXPECT_THAT(walk("page_number:base_page=0,max_pages=50", "http://x/s", endless).error,
                HasSubstr("50 pages and still no end"));
    const Source boasts = [](const Url&) { return "{\"total_pages\":18446744073709551615,\"items\":" + rows(1) + "}"; };
    EXPECT_THAT(walk("page_number:base_page=0", "http://x/s", boasts).error,
                HasSubstr("18446744073709551615 pages, more than the 1000000"));
}

TEST(Offset, AdvancesByTheRowsThatCame) {
    const Walked walked = walk("offset:limit=100", "http://x/s", sliced(""));
    EXPECT_EQ(walked.asked, "offset=0&limit=100 offset=3&limit=100 offset=6&limit=100 offset=7&limit=100 ");
    EXPECT_EQ(walked.verdict.rows, 7U);
}

TEST(Offset, PlansByTheTotalInStepsOfTheFirstPage) {
    const Walked walked = walk("offset:limit=100", "http://x/s", sliced("\"total\":7,"));
    EXPECT_EQ(walked.asked, "offset=0&limit=100 offset=3&limit=100 offset=6&limit=100 ");
    EXPECT_TRUE(walked.verdict.complete());
    EXPECT_EQ(walked.verdict.expected_rows, 7U);
    EXPECT_EQ(walk("offset:offset=3", "http://x/s", sliced("\"total\":7,")).asked, "offset=3 offset=6 ");
    EXPECT_EQ(walk("offset:maximum_offset=6", "http://x/s", sliced("\"total\":7,")).asked, "offset=0 offset=3 ");
}

TEST(Offset, OwnNamesReplaceAndNeverDouble) {
    const Walked walked =
        walk("offset:limit=3,offset_param=skip,limit_param=take,maximum_offset=4", "http://x/s?take=9&skip=0&a=b",
             [](const Url& url) { return rows(3, param(url, "skip", 0)); });
    EXPECT_EQ(walked.asked, "take=3&skip=0&a=b take=3&skip=3&a=b ");
}

TEST(Cursor, FollowsTokensToNullOrEmpty) {
    for (const char* last : {"null", "\"\"", "false"}) {
        const Source source = [&](const Url& url) {
            const std::uint64_t at = param(url, "cursor", 0);
            return format("{{\"cursors\":{{\"next\":{}}},\"items\":{}}}", at < 2 ? format("\"{}\"", at + 1) : last,
                          rows(3, at * 3));
        };
        EXPECT_EQ(walk("cursor", "http://x/s?k=v", source).asked, "k=v k=v&cursor=1 k=v&cursor=2 ");
    }
}

TEST(Cursor, IsEncodedAndMayBeANumber) {
    const Source source = [](const Url& url) -> std::string {
        if (!url.query("c")) return "{\"n\":\"a=&+ /\",\"items\":[{\"a\":1}]}";
        return *url.query("c") == "a=&+ /" ? "{\"n\":7,\"items\":[{\"a\":2}]}" : "{\"items\":[]}";
    };
    EXPECT_EQ(walk("cursor:cursor_path=n,cursor_param=c", "http://x/s?", source).verdict.pages, 3U);
}

TEST(Cursor, ATokenThatWasThereBeforeIsAnError) {
    int page = 0;
    const Source circle = [&](const Url&) {
        const int at = page++;
        return format("{{\"cursors\":{{\"next\":\"t{}\"}},\"items\":{}}}", at % 3,
                      rows(2, static_cast<std::size_t>(at) * 2));
    };
    const Walked walked = walk("cursor", "http://x/s?x", circle);
    EXPECT_THAT(walked.error, HasSubstr("page 4 leads back to a page that was there before"));
    EXPECT_EQ(walked.verdict.pages, 4U);
}

TEST(JsonLink, FollowsRelativeAndAbsoluteUrls) {
    const Source source = [](const Url& url) -> std::string {
        if (url.target() == "/a/s?") return R"({"next":"../b?p=2","items":[{"a":1}]})";
        if (url.target() == "/b?p=2") return R"({"next":"http://y/c?p=3","items":[]})";
        return R"({"next":null,"items":[{"a":2}]})";
    };
    const Walked walked = walk("json_link", "http://x/a/s?", source);
    EXPECT_EQ(walked.verdict.pages, 3U);
    EXPECT_EQ(walked.verdict.rows, 2U);
}

TEST(JsonLink, ANextUrlOfThisPageIsAnError) {
    const Source itself = [](const Url& url) { return format(R"({{"next":"{}","items":[{{"a":1}}]}})", url.str()); };
    EXPECT_THAT(walk("json_link", "http://x/s?token=secret", itself).error,
                testing::AllOf(HasSubstr("page 1 leads back"), testing::Not(HasSubstr("secret"))));
}

TEST(JsonLink, ANextUrlThatIsNoneIsAnError) {
    EXPECT_THROW(
        (void)walk("json_link", "http://x/s", [](const Url&) { return R"({"next":"ftp://x/","items":[{}]})"; }),
        InvalidUrl);
}

TEST(HeaderLink, FollowsTheRelation) {
    Paginator paginator(parse_paginator("header_link:links_next_key=More"), Url::parse("http://x/s"));
    const TestPage first("http://x/s", rows(2), {{"link", "<?p=2>; rel=more"}});
    const auto next = paginator.advance(first.view());
    ASSERT_TRUE(next);
    EXPECT_EQ(next->str(), "http://x/s?p=2");
    EXPECT_FALSE(paginator.planned_pages());
    const TestPage last(next->str(), rows(2, 2), {{"link", "<?p=1>; rel=prev"}});
    EXPECT_FALSE(paginator.advance(last.view()));
}

TEST(SinglePage, IsOne) {
    EXPECT_EQ(walk("single_page", "http://x/s?a=b", [](const Url&) { return rows(3); }).asked, "a=b ");
}

TEST(Audit, ReportsWhatIsMissingAndWhatIsMore) {
    const auto verdict = [](std::size_t total, std::size_t second, std::size_t third) {
        const std::size_t sizes[] = {3, second, third};
        return walk("offset", "http://x/s",
                    [=](const Url& url) {
                        const std::size_t offset = param(url, "offset", 0);
                        return format("{{\"total\":{},\"items\":{}}}", total, rows(sizes[offset / 3], offset));
                    })
            .verdict;
    };
    EXPECT_THAT(verdict(8, 3, 2).problems, ElementsAre());
    EXPECT_THAT(verdict(8, 1, 2).problems,
                ElementsAre("page 2 has 1 rows instead of 3", "the source said 8 rows and 6 came: 2 are missing"));
    EXPECT_THAT(verdict(8, 3, 3).problems, ElementsAre("the source said 8 rows and 9 came: 1 more"));
    EXPECT_THAT(verdict(8, 3, 0).problems,
                ElementsAre("the last page is empty", "the source said 8 rows and 6 came: 2 are missing"));
}

Records some_rows(std::size_t count, std::uint64_t fingerprint) {
    Records records;
    records.count = count;
    records.fingerprint = fingerprint;
    return records;
}

TEST(Audit, ComparesNeighboursInWhateverOrderTheyArrive) {
    const std::vector<std::vector<std::uint64_t>> orders = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 3, 1}};
    for (const auto& order : orders) {
        PageAudit good, bad;
        int errors = 0;
        for (const std::uint64_t index : order) {
            good.arrived(index, some_rows(index == 4 ? 1 : 3, 100 + index), 3);
            try {
                bad.arrived(index, some_rows(3, index == 3 ? 102 : 100 + index), 3);
            } catch (const PaginationError& error) {
                EXPECT_THAT(error.what(), HasSubstr("pages 3 and 4 have the same rows"));
                ++errors;
            }
        }
        EXPECT_EQ(errors, 1);
        EXPECT_EQ(good.verdict({}).rows, 13U);
        EXPECT_TRUE(good.verdict({}).complete());
    }
}

TEST(Audit, EqualRowsFarApartAndEmptyPagesAreNoError) {
    PageAudit audit;
    audit.arrived(0, some_rows(3, 1), {});
    audit.arrived(2, some_rows(3, 1), {});
    audit.arrived(1, some_rows(3, 2), {});
    audit.arrived(3, some_rows(0, 7), {});
    audit.arrived(4, some_rows(0, 7), {});
    EXPECT_EQ(audit.verdict({}).pages, 5U);
}

TEST(Audit, ListsTenIrregularPagesAndCountsTheRest) {
    PageAudit audit;
    for (std::uint64_t i = 0; i < 15; ++i) audit.arrived(i, some_rows(2, i), 3);
    const PageVerdict verdict = audit.verdict({});
    EXPECT_EQ(verdict.problems.size(), 11U);
    EXPECT_EQ(verdict.problems.back(), "... and 4 more pages of another size");
}

}  // namespace
}  // namespace trawl
