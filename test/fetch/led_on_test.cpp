/// Pages whose request leads to another one: each counts for the origin that it goes to.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "app.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::App;
using testing::number_in;

constexpr int kPages = 3;
constexpr std::size_t kPlenty = 100;

/// Behind the last one comes an empty one.
std::string page_of(const std::string& target) {
    const int number = number_in(target, "page");
    const std::string row = number > kPages ? "" : format("{{\"id\":{}}}", number);
    return answer(format(R"({{"page":{},"total_pages":{},"items":[{}]}})", number, kPages, row));
}

/// Leads what asks for /x to /y, at `elsewhere` or here.
App::Respond leads_on(const std::string& elsewhere = "") {
    return [elsewhere](const std::string& target, int) {
        const bool is_there = target.starts_with("/y");
        const std::string there = format("Location: {}/y?page={}\r\n", elsewhere, number_in(target, "page"));
        return is_there ? page_of(target) : answer("", "302 Found", there);
    };
}

/// What was asked of a source, and whether it may be asked for more.
struct Asked {
    std::size_t requests = 0;
    bool is_closed = false;
};

Asked asked(const App& app, OriginGates& gates) {
    return {static_cast<std::size_t>(app.requests()), gates.at(app.origin()).closed_until(now()).has_value()};
}

/// Pulls from the first of the servers, which may be asked for `most` in an hour each.
Task<std::vector<Asked>> pull(std::vector<App*> servers, std::size_t most) {
    OriginLimits limits;
    limits.limiter.fixed = 1;
    limits.windows.push_back({static_cast<double>(most), 1h});
    OriginGates gates(limits);
    Client client;
    PageStream pages(client, FetchOptions(servers.front()->url("/x?page=1")), {&gates});
    std::string records;
    while (true) {
        std::optional<Page> given = co_await pages.next();
        if (!given) break;
        records += given->records;
    }
    EXPECT_EQ(records, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
    std::vector<Asked> counts;
    std::size_t requests = 0;
    for (const App* server : servers) {
        counts.push_back(asked(*server, gates));
        requests += counts.back().requests;
    }
    EXPECT_EQ(pages.stats().requests, requests);
    co_return counts;
}

/// `ask(most)` pulls; what is allowed is used up when it is as much as was asked for, and not when it is one more.
template <class Ask>
void expect_all_count(Ask ask, std::size_t requests_min) {
    const std::vector<Asked> free = run(ask(kPlenty));
    for (std::size_t i = 0; i < free.size(); ++i) {
        EXPECT_GE(free[i].requests, requests_min);
        EXPECT_FALSE(free[i].is_closed);
        EXPECT_TRUE(run(ask(free[i].requests))[i].is_closed) << "server " << i;
        EXPECT_FALSE(run(ask(free[i].requests + 1))[i].is_closed) << "server " << i;
    }
}

TEST(PageStream, ARedirectCountsForTheOriginThatItLeadsTo) {
    auto ask = [](std::size_t most) -> Task<std::vector<Asked>> {
        App there([](const std::string& target, int) { return page_of(target); });
        App here(leads_on(there.origin()));
        std::vector<App*> sources{&here, &there};
        co_return co_await pull(std::move(sources), most);
    };
    expect_all_count(ask, kPages);
}

TEST(PageStream, ARedirectWithinAnOriginCountsThereOnceMore) {
    auto ask = [](std::size_t most) -> Task<std::vector<Asked>> {
        App here(leads_on());
        std::vector<App*> sources{&here};
        co_return co_await pull(std::move(sources), most);
    };
    expect_all_count(ask, std::size_t{2} * kPages);
}

// Every second request finds its connection closed, which has served one before.
TEST(PageStream, ARequestThatIsSentAgainOverAnotherConnectionCountsOnceMore) {
    auto ask = [](std::size_t most) -> Task<std::vector<Asked>> {
        int requests = 0;
        App here([&](const std::string& target, int) { return ++requests % 2 == 0 ? "" : page_of(target); });
        std::vector<App*> sources{&here};
        co_return co_await pull(std::move(sources), most);
    };
    expect_all_count(ask, std::size_t{2} * kPages - 1);
}

}  // namespace
}  // namespace trawl
