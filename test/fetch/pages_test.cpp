#include "trawl/fetch/pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

/// Answers GETs by a function of the target; keeps connections alive and counts what happens at once.
class App {
public:
    using Respond = std::function<std::string(const std::string& target, int times_asked)>;

    explicit App(Respond respond) : listener_(TcpListener::bind("127.0.0.1", 0)), respond_(std::move(respond)) {
        group_.spawn(accept_all());
    }
    [[nodiscard]] std::string url(const std::string& target) const {
        return format("http://127.0.0.1:{}{}", listener_.port(), target);
    }
    [[nodiscard]] int requests() const { return requests_; }
    [[nodiscard]] bool was_told(const std::string& text) const { return heads_.find(text) != std::string::npos; }

private:
    Task<> accept_all() {
        while (true) {
            TcpStream stream = co_await listener_.accept();
            group_.spawn(serve_until_it_leaves(std::move(stream)));
        }
    }
    Task<> serve_until_it_leaves(TcpStream stream) {
        try {
            co_await serve(std::move(stream));
        } catch (const OsError&) {  // a client that drops a request resets its connection
        }
    }
    Task<> serve(TcpStream stream) {
        std::string received;
        while (true) {
            const auto end = received.find("\r\n\r\n");
            if (end == std::string::npos) {
                Buffer buffer = co_await stream.receive();
                if (buffer.empty()) co_return;
                received += buffer.view();
                continue;
            }
            const std::string target = received.substr(4, received.find(' ', 4) - 4);
            heads_ += received.substr(0, end + 4);
            received.erase(0, end + 4);
            ++requests_;
            co_await sleep(0s);
            const std::string answer = respond_(target, ++asked_[target]);
            if (answer.empty()) stream.reset();
            if (answer.empty()) co_return;
            co_await stream.send(answer);
        }
    }

    TcpListener listener_;
    Respond respond_;
    std::map<std::string, int> asked_;
    int requests_ = 0;
    std::string heads_;
    TaskGroup group_;
};

std::string answer(const std::string& body, const std::string& status = "200 OK", const std::string& fields = {}) {
    return format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), fields, body);
}

int number_in(const std::string& target, const std::string& key) {
    const auto at = target.find(key + "=");
    return at == std::string::npos ? 1 : std::stoi(target.substr(at + key.size() + 1));
}

/// Page `number` of `pages`, with two records each.
std::string numbered_page(int number, int pages) {
    return format(R"({{"page":{},"total_pages":{},"items":[{{"id":{}}},{{"id":{}}}]}})", number, pages, 2 * number - 1,
                  2 * number);
}

struct Pulled {
    std::string records;
    std::vector<std::string> notes;
    FetchStats stats;
    int requests = 0;
};

Pulled pull_all(App::Respond respond, const std::function<void(FetchOptions&)>& change = {},
                const std::string& target = "/x") {
    auto work = [](App::Respond app_respond, const std::function<void(FetchOptions&)>& adjust,
                   std::string at) -> Task<Pulled> {
        App app(std::move(app_respond));
        Client client;
        FetchOptions options(app.url(at));
        if (adjust) adjust(options);
        PageStream pages(client, options);
        Pulled result;
        std::uint64_t index = 0;
        while (auto page = co_await pages.next()) {
            EXPECT_EQ(page->index, index++);
            result.records += page->records;
        }
        result.notes = pages.notes();
        result.stats = pages.stats();
        result.requests = app.requests();
        co_return result;
    };
    return run(work(std::move(respond), change, target));
}

std::string ids(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) text += format("{{\"id\":{}}}\n", i);
    return text;
}

TEST(PageStream, FetchesNumberedPagesConcurrentlyAndGivesThemInOrder) {
    const Pulled all =
        pull_all([](const std::string& target, int) { return answer(numbered_page(number_in(target, "page"), 40)); });
    EXPECT_EQ(all.records, ids(80));
    EXPECT_EQ(all.requests, 40);
    EXPECT_EQ(all.stats.pages_total, 40U);
    EXPECT_EQ(all.stats.in_flight_peak, 8U);
    EXPECT_EQ(all.stats.in_flight, 0U);
}

TEST(PageStream, KeepsToTheConcurrencyItWasGiven) {
    const Pulled all =
        pull_all([](const std::string& target, int) { return answer(numbered_page(number_in(target, "page"), 20)); },
                 [](FetchOptions& options) { options.limits.limiter.fixed = 1; });
    EXPECT_EQ(all.records, ids(40));
    EXPECT_EQ(all.stats.in_flight_peak, 1U);
}

TEST(PageStream, RetriesWhatMayPass) {
    const Pulled all = pull_all([](const std::string& target, int times) {
        const int number = number_in(target, "page");
        if (number == 3 && times == 1) return answer("no", "503 Service Unavailable", "Retry-After: 0\r\n");
        if (number == 5 && times == 1) return std::string();  // a reset
        return answer(numbered_page(number, 8));
    });
    EXPECT_EQ(all.records, ids(16));
    EXPECT_EQ(all.stats.retries, 2U);
}

TEST(PageStream, APageThatIsRefusedEndsIt) {
    auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        return number == 7 ? answer("gone", "404 Not Found") : answer(numbered_page(number, 30));
    };
    EXPECT_THROW(pull_all(respond), StatusError);
}

TEST(PageStream, APageThatIsNotJsonEndsIt) {
    auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        return number == 7 ? answer("<html>") : answer(numbered_page(number, 30));
    };
    EXPECT_THROW(pull_all(respond), PageError);
}

std::string failure_of(const App::Respond& respond, const std::function<void(FetchOptions&)>& change = {}) {
    try {
        pull_all(respond, change);
        return "none";
    } catch (const PageError& error) {
        return error.what();
    }
}

TEST(PageStream, HalfACharacterIsAnErrorThatNamesThePageAndTheRecord) {
    const std::string message = failure_of([](const std::string& target, int) {
        const bool is_third = number_in(target, "page") == 3;
        std::string page = numbered_page(number_in(target, "page"), 8);
        if (is_third) page.replace(page.find(":6"), 2, R"(:"\ud800")");
        return answer(page);
    });
    EXPECT_NE(message.find("/x?page=3: record 2 holds \\ud800"), std::string::npos) << message;
}

TEST(PageStream, APageThatIsTooLargeIsNotAskedForAgain) {
    const auto message_and_requests = [](const std::string& large) {
        auto work = [](std::string body) -> Task<std::pair<std::string, int>> {
            App app([body](const std::string&, int) { return body; });
            ClientOptions limits;
            limits.body_max = 100;
            Client client("", limits);
            PageStream pages(client, FetchOptions(app.url("/x")));
            std::string message;
            try {
                co_await pages.next();
            } catch (const PageError& error) {
                message = error.what();
            }
            co_return std::pair(message, app.requests());
        };
        return run(work(large));
    };
    const std::string chunk = "65\r\n" + std::string(101, ' ') + "\r\n";  // with no end in sight
    for (const std::string& large :
         {answer(std::string(101, ' ')), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk}) {
        const auto [message, requests] = message_and_requests(large);
        EXPECT_NE(message.find("raise --memory"), std::string::npos) << message;
        EXPECT_EQ(requests, 1);
    }
}

TEST(PageStream, ASourceThatDoesNotTurnPagesIsAnError) {
    EXPECT_THROW(pull_all([](const std::string&, int) { return answer(numbered_page(1, 30)); }), PaginationError);
}

TEST(PageStream, APageThatSaysItIsAnotherOneIsAnError) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        std::string page = numbered_page(number, 30);
        if (number == 9) page.replace(page.find("9"), 1, "3");
        return answer(page);
    };
    EXPECT_THROW(pull_all(respond), PaginationError);
}

TEST(PageStream, FollowsLinksOneAfterTheOther) {
    const Pulled all = pull_all([](const std::string& target, int) {
        const int number = number_in(target, "c");
        const std::string next = number < 5 ? format("\"/x?c={}\"", number + 1) : "null";
        return answer(format(R"({{"next":{},"items":[{{"id":{}}}]}})", next, number));
    });
    EXPECT_EQ(all.records, ids(5));
    EXPECT_EQ(all.stats.in_flight_peak, 1U);
}

TEST(PageStream, HeadersAreForTheFirstOriginAlone) {
    auto work = []() -> Task<bool> {
        App other([](const std::string&, int) { return answer(R"({"next":null,"items":[{"id":2}]})"); });
        const std::string next = other.url("/x");
        App app([next](const std::string&, int) {
            return answer(format(R"({{"next":"{}","items":[{{"id":1}}]}})", next));
        });
        Client client;
        FetchOptions options(app.url("/x"));
        options.headers.emplace_back("Authorization", "Bearer secret");
        PageStream pages(client, options);
        std::string records;
        while (auto page = co_await pages.next()) records += page->records;
        EXPECT_EQ(records, ids(2));
        co_return app.was_told("Bearer secret") && !other.was_told("Bearer secret");
    };
    EXPECT_TRUE(run(work()));
}

TEST(PageStream, ASinglePageIsEnough) {
    const Pulled all = pull_all([](const std::string&, int) { return answer(R"([{"id":1}])"); });
    EXPECT_EQ(all.records, ids(1));
    EXPECT_EQ(all.requests, 1);
}

TEST(PageStream, LessThanTheSourceSaidIsAnError) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        const std::string items =
            number == 3 ? R"([{"id":5}])" : format(R"([{{"id":{}}},{{"id":{}}}])", 2 * number - 1, 2 * number);
        return answer(format(R"({{"page":{},"total":8,"items":{}}})", number, items));
    };
    EXPECT_THROW(pull_all(respond), PaginationError);
}

TEST(PageStream, AnEmptyPageBeforeTheLastIsAnError) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        return answer(number == 4 ? R"({"page":4,"total_pages":9,"items":[]})" : numbered_page(number, 9));
    };
    EXPECT_THROW(pull_all(respond), PaginationError);
}

TEST(PageStream, ANextBehindTheAnnouncedLastPageIsFollowed) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        if (number > 5) return answer(R"({"total":6,"next":null,"items":[]})");
        const std::string next = number < 5 ? format("\"/x?page={}\"", number + 1) : "null";
        return answer(
            format(R"({{"total":6,"next":{},"items":[{{"id":{}}},{{"id":{}}}]}})", next, 2 * number - 1, 2 * number));
    };
    const Pulled pulled = pull_all(respond);
    EXPECT_EQ(std::count(pulled.records.begin(), pulled.records.end(), '\n'), 10);
}

TEST(PageStream, ALinkBehindTheAnnouncedLastPageIsFollowed) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        if (number > 5) return answer("[]", "200 OK", "X-Total-Count: 6\r\n");
        const std::string body = format(R"([{{"id":{}}},{{"id":{}}}])", 2 * number - 1, 2 * number);
        const std::string link = number < 5 ? format("Link: </x?page={}>; rel=\"next\"\r\n", number + 1) : "";
        return answer(body, "200 OK", "X-Total-Count: 6\r\n" + link);
    };
    const Pulled pulled = pull_all(respond);
    EXPECT_EQ(std::count(pulled.records.begin(), pulled.records.end(), '\n'), 10);
}

TEST(PageStream, DroppingItCancelsWhatIsUnderWay) {
    auto work = []() -> Task<bool> {
        App app([](const std::string& target, int) { return answer(numbered_page(number_in(target, "page"), 1000)); });
        Client client;
        FetchStats stats;
        {
            PageStream pages(client, FetchOptions(app.url("/x")), &stats);
            auto first = co_await pages.next();
            auto second = co_await pages.next();
            EXPECT_TRUE(first && second);
        }
        const int requests = app.requests();
        co_await sleep(5ms);
        co_return app.requests() <= requests + 8 && requests < 100;  // bounded ahead of next(), and stopped
    };
    EXPECT_TRUE(run(work()));
}

}  // namespace
}  // namespace trawl
