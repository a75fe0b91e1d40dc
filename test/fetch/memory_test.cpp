/// Pages that turn out larger than those before, and streams side by side: what lies in memory stays within bounds.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
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
    FetchStats stats;
};

Task<> read_all(PageStream pages, const ByteBudget& memory, Pulled& pulled) {
    while (true) {
        std::optional<Page> page = co_await pages.next();
        if (!page) break;
        EXPECT_TRUE(page->records.starts_with(format("{{\"id\":{},", page->index + 1))) << page->records.substr(0, 20);
        pulled.rows += page->count;
        pulled.used_max = std::max(pulled.used_max, memory.used());
        co_await sleep(0s);  // a reader does something with it
    }
}

Task<Pulled> pull(const App& source, std::size_t memory_max, int streams, std::size_t at_once = 32) {
    Client client;
    OriginLimits limits;
    limits.limiter.fixed = at_once;
    OriginGates gates(limits);
    ByteBudget memory(memory_max);
    StreamOrder order;
    Pulled pulled;
    TaskGroup group;
    for (int i = 0; i < streams; ++i) {
        FetchOptions options(source.url(format("/{}?page=1", i)));
        options.retry = RetryPolicy(6, 1ms);
        PageStream pages(client, std::move(options), {&gates, &memory, &order, &pulled.stats});
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

// A hundred streams wait for their place at the source while pages still seem small. Only what is under way by then can
// turn out too large.
TEST(PageStream, WhoWaitedForItsPlaceIsSentWithRoomForPagesAsTheyAreNow) {
    auto work = []() -> Task<> {
        App source(growing(1, 1, kMegabyte));
        const Pulled pulled = co_await pull(source, 2 * kMegabyte, 100, 4);
        EXPECT_EQ(pulled.rows, 100U);
        EXPECT_GT(pulled.stats.no_room, 0U);
        EXPECT_LE(pulled.stats.no_room, 4U);
        EXPECT_EQ(pulled.stats.retries, 0U);
        expect_bounded(pulled, 2 * kMegabyte, kMegabyte);
    };
    run(work());
}

TEST(PageStream, WhatIsAskedAgainIsSentWithRoomForPagesAsTheyAreNow) {
    auto work = []() -> Task<> {
        const App::Respond pages = growing(1, 1, kMegabyte);
        App source([&pages](const std::string& target, int times_asked) {
            return times_asked == 1 ? answer("", "500 Internal Server Error") : pages(target, times_asked);
        });
        const Pulled pulled = co_await pull(source, 2 * kMegabyte, 100, 4);
        EXPECT_EQ(pulled.rows, 100U);
        EXPECT_LE(pulled.stats.no_room, 4U);
        EXPECT_GE(pulled.stats.retries, 100U);
        expect_bounded(pulled, 2 * kMegabyte, kMegabyte);
    };
    run(work());
}

/// Pages of which each is four times as large as the one before. Some fail at first, others are found elsewhere.
App::Respond troubled(int pages, bool is_walk) {
    return [=](const std::string& target, int times_asked) {
        const int page = number_in(target, "page");
        const std::size_t kind = std::hash<std::string>{}(target) % 4;
        if (times_asked == 1 && kind == 0) return answer("", "500 Internal Server Error");
        if (kind == 1 && !target.starts_with("/moved"))
            return answer("", "302 Found", format("Location: /moved{}\r\n", target));
        const std::string text(std::size_t{10} << (2 * page), 'x');
        const std::string row = page > pages ? "" : format(R"({{"id":{},"x":"{}"}})", page, text);
        const std::string next = page >= pages ? "null" : format("\"?page={}\"", page + 1);
        const std::string where = is_walk ? format(R"("next":{})", next) : format(R"("total_pages":{})", pages);
        return answer(format(R"({{{},"items":[{}]}})", where, row));
    };
}

TEST(PageStream, AllPagesComeInOrderWhateverGrowsFailsAndMovesInLittleMemory) {
    auto work = [](bool is_walk) -> Task<> {
        App source(troubled(8, is_walk));
        const Pulled pulled = co_await pull(source, kMegabyte / 2, 20, 4);
        EXPECT_EQ(pulled.rows, 160U);
        EXPECT_GT(pulled.stats.no_room, 0U);
        EXPECT_GT(pulled.stats.retries, 0U);
    };
    run(work(false));
    run(work(true));
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
