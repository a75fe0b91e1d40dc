/// Pages that turn out larger than those before, and streams side by side: what lies in memory stays within bounds.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "allocated.hpp"
#include "app.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/fetch/stream_order.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::App;
using testing::number_in;

constexpr std::size_t kMegabyte = std::size_t{1} << 20;

/// `pages` of a row each, which has `large` bytes from page `grows` on.
App::Respond growing(int pages, int grows, std::size_t large, bool says_length = true) {
    return [=](const std::string& target, int) {
        const int page = number_in(target, "page");
        const std::string text(page >= grows ? large : 10, 'x');
        const std::string row = page > pages ? "" : format(R"({{"id":{},"x":"{}"}})", page, text);
        const std::string body = format(R"({{"page":{},"total_pages":{},"items":[{}]}})", page, pages, row);
        return says_length ? answer(body) : "HTTP/1.1 200 OK\r\n\r\n" + body;
    };
}

struct Pulled {
    std::uint64_t rows = 0;
    std::size_t used_max = 0;  // of the memory, as it was whenever a page was given
};

Task<> read_all(PageStream pages, const ByteBudget& memory, Pulled& pulled) {
    while (true) {
        std::optional<Page> page = co_await pages.next();
        if (!page) break;
        pulled.rows += page->count;
        pulled.used_max = std::max(pulled.used_max, memory.used());
        co_await sleep(0s);  // a reader does something with it
    }
}

Task<Pulled> pull(const App& source, std::size_t memory_max, int streams) {
    Client client;
    OriginLimits limits;
    limits.limiter.fixed = 32;
    OriginGates gates(limits);
    ByteBudget memory(memory_max);
    StreamOrder order;
    Pulled pulled;
    TaskGroup group;
    for (int i = 0; i < streams; ++i) {
        FetchOptions options(source.url(format("/{}?page=1", i)));
        PageStream pages(client, std::move(options), {&gates, &memory, &order});
        group.spawn(read_all(std::move(pages), memory, pulled));
    }
    co_await group.join();
    EXPECT_EQ(memory.used(), 0U);
    co_return pulled;
}

/// What is counted stays below the limit and two pages: the one that is urgent, and the one in the reader's hand.
void expect_bounded(const Pulled& pulled, std::size_t memory_max, std::size_t large) {
    EXPECT_LE(pulled.used_max, memory_max + 6 * large) << pulled.used_max / kMegabyte << " MB";
}

TEST(PageStream, PagesThatGrowStayWithinTheMemoryThatIsAllowed) {
    auto work = [](bool says_length) -> Task<int> {
        App source(growing(100, 40, kMegabyte, says_length));
        const Pulled pulled = co_await pull(source, 2 * kMegabyte, 1);
        EXPECT_EQ(pulled.rows, 100U);
        expect_bounded(pulled, 2 * kMegabyte, kMegabyte);
        co_return source.requests();
    };
    // Some of those that were under way when they grew were given up and asked for again, and none of the others.
    const int requests = run(work(true));
    EXPECT_GT(requests, 102);
    EXPECT_LT(requests, 102 + 2 * 32);
    EXPECT_GT(run(work(false)), 102);
}

TEST(PageStream, StreamsSideBySideShareTheMemoryAlsoForTheirFirstPages) {
    auto work = []() -> Task<> {
        App source(growing(3, 1, kMegabyte));
        const Pulled pulled = co_await pull(source, 2 * kMegabyte, 40);
        EXPECT_EQ(pulled.rows, 120U);
        expect_bounded(pulled, 2 * kMegabyte, kMegabyte);
    };
    run(work());
}

// As many streams live side by side as there are children: what reading a page takes must not stay with any of them.
TEST(PageStream, KeepsNothingOfThePageThatItGave) {
    std::size_t kept = 0;
    auto work = [&kept]() -> Task<> {
        App source(growing(1, 1, kMegabyte));
        Client client;
        std::vector<PageStream> streams;
        for (int i = 0; i < 20; ++i)
            streams.push_back(fetch_pages(client, source.url(format("/{}?page=1", i))).primary_key("id").stream());
        const std::size_t before = testing::allocated_bytes();
        for (PageStream& pages : streams) {
            std::optional<Page> page = co_await pages.next();
            EXPECT_TRUE(page);
        }
        kept = testing::allocated_bytes() - before;
    };
    run(work());
    EXPECT_LT(kept, 10 * kMegabyte);
}

// What was asked for ahead is cancelled with the stream.
TEST(PageStream, NothingIsUnderWayAnyMoreWhenItIsGone) {
    FetchStats stats;
    auto work = [&]() -> Task<> {
        App source(growing(400, 1000, 0));
        Client client;
        PageStream pages(client, FetchOptions(source.url("/x?page=1")), &stats);
        for (int i = 0; i < 3; ++i) {
            std::optional<Page> page = co_await pages.next();
            EXPECT_TRUE(page);
        }
        EXPECT_GT(stats.in_flight, 0U);
    };
    run(work());
    EXPECT_EQ(stats.in_flight, 0U);
}

TEST(StreamOrder, ForgetsALargePageByAndBy) {
    StreamOrder order;
    order.learn(10 * kMegabyte);
    EXPECT_EQ(order.page_bytes(), 10 * kMegabyte);
    for (int i = 0; i < 22; ++i) order.learn(100);
    EXPECT_LT(order.page_bytes(), 5 * kMegabyte);
    EXPECT_GT(order.page_bytes(), 4 * kMegabyte);
    for (int i = 0; i < 1000; ++i) order.learn(100);
    EXPECT_LT(order.page_bytes(), 200U);
    order.expect(50);
    order.expect(300);
    EXPECT_EQ(order.page_bytes(), 300U);
}

}  // namespace
}  // namespace trawl
