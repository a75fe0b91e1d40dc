/// Pages whose request leads to another one: each counts for the origin that it goes to.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/scripted_server.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

constexpr int kPages = 3;
constexpr std::size_t kPlenty = 100;

/// Behind the last one comes an empty one.
std::string page(int number) {
    const std::string row = number > kPages ? "" : format("{{\"id\":{}}}", number);
    return testing::ok(format(R"({{"page":{},"total_pages":{},"items":[{}]}})", number, kPages, row));
}

std::string moved(const std::string& where) {
    return format("HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", where);
}

/// Gives the page that a target names (/x?page=2, /y?page=2), or leads what asks for /x elsewhere.
class Source {
public:
    enum class Does { answer, lead_on, close_every_second };
    explicit Source(Does does, std::string elsewhere = "")
        : does_(does), elsewhere_(std::move(elsewhere)), listener_(TcpListener::bind("127.0.0.1", 0)) {
        group_.spawn(accept_all());
    }
    [[nodiscard]] std::string url() const { return format("http://127.0.0.1:{}", listener_.port()); }
    [[nodiscard]] std::size_t requests() const { return requests_; }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            group_.spawn(serve(std::move(stream)));
        }
    }

    Task<> serve(TcpStream stream) {
        for (int served = 0;; ++served) {
            const Buffer head = co_await stream.receive();
            if (head.empty()) co_return;
            ++requests_;
            if (does_ == Does::close_every_second && served == 1) co_return;
            const std::string answer = answer_to(head.view());
            co_await stream.send(answer);
        }
    }

    [[nodiscard]] std::string answer_to(std::string_view head) const {
        const int number = head[head.find("page=") + 5] - '0';
        const bool leads_on = does_ == Does::lead_on && head.starts_with("GET /x");
        return leads_on ? moved(format("{}/y?page={}", elsewhere_, number)) : page(number);
    }

    Does does_;
    std::string elsewhere_;
    std::size_t requests_ = 0;
    TcpListener listener_;
    TaskGroup group_;
};

/// What was asked of a source, and whether it may be asked for more.
struct Asked {
    std::size_t requests = 0;
    bool is_closed = false;
};

Asked asked(const Source& server, OriginGates& gates) {
    return {server.requests(), gates.at(server.url()).closed_until(now()).has_value()};
}

/// Pulls from the first of the servers, which may be asked for `most` in an hour each.
Task<std::vector<Asked>> pull(std::vector<Source*> servers, std::size_t most) {
    OriginLimits limits;
    limits.limiter.fixed = 1;
    limits.windows.push_back({static_cast<double>(most), 1h});
    OriginGates gates(limits);
    Client client;
    PageStream pages(client, FetchOptions(servers.front()->url() + "/x?page=1"), {&gates});
    std::string records;
    while (true) {
        std::optional<Page> given = co_await pages.next();
        if (!given) break;
        records += given->records;
    }
    EXPECT_EQ(records, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
    std::vector<Asked> counts;
    std::size_t requests = 0;
    for (const Source* server : servers) {
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
        Source there(Source::Does::answer);
        Source here(Source::Does::lead_on, there.url());
        std::vector<Source*> sources{&here, &there};
        co_return co_await pull(std::move(sources), most);
    };
    expect_all_count(ask, kPages);
}

TEST(PageStream, ARedirectWithinAnOriginCountsThereOnceMore) {
    auto ask = [](std::size_t most) -> Task<std::vector<Asked>> {
        Source here(Source::Does::lead_on);
        std::vector<Source*> sources{&here};
        co_return co_await pull(std::move(sources), most);
    };
    expect_all_count(ask, std::size_t{2} * kPages);
}

TEST(PageStream, ARequestThatIsSentAgainOverAnotherConnectionCountsOnceMore) {
    auto ask = [](std::size_t most) -> Task<std::vector<Asked>> {
        Source here(Source::Does::close_every_second);
        std::vector<Source*> sources{&here};
        co_return co_await pull(std::move(sources), most);
    };
    expect_all_count(ask, std::size_t{2} * kPages - 1);
}

}  // namespace
}  // namespace trawl
