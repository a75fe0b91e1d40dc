/// Sources that have something else than an empty page behind their end: full ones for any offset, or an error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>

#include "app.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace {

using ::testing::AllOf;
using testing::answer;
using testing::App;
using ::testing::HasSubstr;
using ::testing::Lt;
using testing::number_in;

constexpr int kRows = 95;

/// The id of row `i` of the answer to offset and limit.
using IdOf = std::function<int(int offset, int limit, int i)>;

int moved_back(int offset, int limit, int i) { return std::min(offset, kRows - limit) + i; }
int in_circles(int offset, int /*limit*/, int i) { return (offset + i) % kRows; }
int without_end(int offset, int /*limit*/, int i) { return offset + i; }

struct Read {
    std::multiset<std::string> records;
    std::string error;
    int requests = 0;
};

std::string full_page(const IdOf& id_of, const std::string& target, int total) {
    const int offset = number_in(target, "offset"), limit = number_in(target, "limit");
    std::string items;
    for (int i = 0; i < limit; ++i) items += format(R"({}{{"id":{}}})", i > 0 ? "," : "", id_of(offset, limit, i));
    return format(R"({{"items":[{}]{}}})", items, total > 0 ? format(R"(,"total":{})", total) : "");
}

Read read_all(const IdOf& id_of, int total, const std::string& paginator = "offset:limit=10") {
    auto work = [](const IdOf& ids, int said, std::string spec) -> Task<Read> {
        App app([&ids, said](const std::string& target, int) { return answer(full_page(ids, target, said)); });
        Client client;
        PageStream pages = fetch_pages(client, app.url("/items?offset=0&limit=10"))
                               .paginate(std::move(spec))
                               .primary_key("$.id")
                               .stream();
        Read read;
        try {
            while (auto page = co_await pages.next()) {
                const Json rows = page->json();
                for (const Json& row : rows.items()) read.records.insert(std::string(row.raw()));
            }
        } catch (const PaginationError& error) {
            read.error = error.what();
        }
        read.requests = app.requests();
        co_return read;
    };
    return run(work(id_of, total, paginator));
}

TEST(BehindTheEnd, ATooLargeOffsetThatIsMovedBackIsTheEnd) {
    for (const int total : {0, kRows}) {
        const Read read = read_all(moved_back, total);
        EXPECT_EQ(read.error, "");
        EXPECT_EQ(read.records.size(), 95U);
        EXPECT_THAT(read.requests, Lt(60));  // some are asked for ahead
    }
}

TEST(BehindTheEnd, ATotalThatSaysMoreMakesItAnError) {
    EXPECT_THAT(read_all(moved_back, 500).error,
                AllOf(HasSubstr("the source said 500 rows"), HasSubstr("behind the first 95")));
}

TEST(BehindTheEnd, ASourceThatGoesRoundInCirclesIsAnError) {
    const Read read = read_all(in_circles, 0);
    EXPECT_THAT(read.error, HasSubstr("brought no new row"));
    EXPECT_EQ(read.records.size(), 95U);
    EXPECT_THAT(read.requests, Lt(400));
}

TEST(BehindTheEnd, PagesMaxCountsThePagesThatAreReadBehindAPlan) {
    for (const int total : {0, kRows}) {
        const Read read = read_all(without_end, total, "offset:limit=10,max_pages=20");
        EXPECT_THAT(read.error, HasSubstr("20 pages and still no end")) << total;
        EXPECT_THAT(read.requests, Lt(22)) << total;
    }
}

// As Django REST framework does. The pagination was named, so that its count of rows was no number of pages.
TEST(BehindTheEnd, A404BehindAllRowsThatTheSourceCountsIsTheEnd) {
    auto work = [](int said) -> Task<std::string> {
        App app([said](const std::string& target, int) {
            const int page = number_in(target, "page");
            if (page > 3) return answer("{}", "404 Not Found");
            return answer(
                format(R"({{"count":{},"results":[{{"id":{}}},{{"id":{}}}]}})", said, 2 * page, 2 * page + 1));
        });
        Client client;
        PageStream pages = fetch_pages(client, app.url("/items?page=1")).paginate("page_number").stream();
        std::uint64_t rows = 0;
        try {
            while (auto page = co_await pages.next()) rows += page->count;
        } catch (const StatusError& error) {
            co_return error.what();
        }
        co_return format("{} rows", rows);
    };
    EXPECT_EQ(run(work(6)), "6 rows");
    EXPECT_THAT(run(work(7)), HasSubstr("404"));
}

}  // namespace
}  // namespace trawl
