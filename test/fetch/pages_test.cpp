#include "trawl/fetch/pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app.hpp"
#include "net/dns_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using testing::answer;
using testing::App;
using testing::number_in;

/// Page `number` of those that there are, with two records each, which says that there are `announced`.
std::string numbered_page(int number, int announced, int pages) {
    const std::string items = number > pages ? "" : format(R"({{"id":{}}},{{"id":{}}})", 2 * number - 1, 2 * number);
    return format(R"({{"page":{},"total_pages":{},"items":[{}]}})", number, announced, items);
}

std::string numbered_page(int number, int pages) { return numbered_page(number, pages, pages); }

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

/// With pauses between attempts that are none.
void quickly(FetchOptions& options) { options.retry = RetryPolicy(RetryPolicy::default_attempts, 1us, 1us); }

TEST(PageStream, FetchesNumberedPagesConcurrentlyAndGivesThemInOrder) {
    const Pulled all =
        pull_all([](const std::string& target, int) { return answer(numbered_page(number_in(target, "page"), 40)); });
    EXPECT_EQ(all.records, ids(80));
    EXPECT_EQ(all.requests, 41);  // one behind the last, which is full
    EXPECT_EQ(all.stats.pages_total, 40U);
    EXPECT_GE(all.stats.in_flight_peak, LimiterOptions().initial);  // and more, the faster they are
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

TEST(PageStream, AnAnswerThatIsNoPageIsAskedForAgain) {
    const std::string page = numbered_page(3, 6);
    const std::string cut = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + page.substr(0, page.size() - 2);
    for (const std::string& damaged : {cut, answer(""), answer("<html>busy</html>")}) {
        const Pulled all = pull_all(
            [&](const std::string& target, int times) {
                const int number = number_in(target, "page");
                return number == 3 && times == 1 ? damaged : answer(numbered_page(number, 6));
            },
            quickly);
        EXPECT_EQ(all.records, ids(12));
        EXPECT_EQ(all.stats.retries, 1U);
    }
}

TEST(PageStream, ARefusalThatNamesNoTimeIsNoAttempt) {
    const auto busy = [](const std::string& target, int times) {
        if (times <= 2 && target.ends_with("2")) return answer("no", "429 Too Many Requests", "Retry-After: 0\r\n");
        return answer(numbered_page(number_in(target, "page"), 2));
    };
    EXPECT_EQ(pull_all(busy, [](FetchOptions& options) { options.retry = RetryPolicy(2, 1us, 1us); }).records, ids(4));
}

TEST(PageStream, AListInAnotherOrderForEachPageIsAnError) {
    const auto shuffled = [](const std::string& target, int) {  // every page has rows 1 to 10
        std::string items;
        for (int i = 1; i <= 10 && number_in(target, "page") <= 4; ++i)
            items += format(R"({}{{"id":{}}})", i > 1 ? "," : "", (i + 3 * number_in(target, "page")) % 10 + 1);
        return answer(format(R"({{"page":{},"total":40,"items":[{}]}})", number_in(target, "page"), items));
    };
    for (const std::vector<std::string>& key : {std::vector<std::string>{"$.id"}, {}}) {
        try {
            pull_all(shuffled, [&](FetchOptions& options) { options.primary_key = key; });
            FAIL();
        } catch (const PaginationError& error) {
            EXPECT_NE(std::string(error.what()).find("and 10 different ones"), std::string::npos) << error.what();
        }
    }
}

TEST(PageStream, ASourceThatHasTheSameRowsForEveryPageIsAnError) {
    const auto shuffled = [](const std::string& target, int) {
        std::string items;
        for (int i = 0; i < 10; ++i)
            items += format(R"({}{{"id":{}}})", i > 0 ? "," : "", (7 * i + number_in(target, "page")) % 20);
        return answer("[" + items + "]");
    };
    EXPECT_THROW(pull_all(shuffled, {}, "/x?page=1"), PaginationError);
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
    EXPECT_THROW(pull_all(respond, quickly), PageError);
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

/// The error of a source that gives `answers` to all requests, and how many it had.
std::pair<std::string, int> refusal_of(const std::string& answers) {
    auto work = [](std::string given) -> Task<std::pair<std::string, int>> {
        App app([given](const std::string&, int) { return given; });
        Client client;
        FetchOptions options(app.url("/x"));
        quickly(options);
        PageStream pages(client, options);
        std::string message;
        try {
            co_await pages.next();
        } catch (const Error& error) {
            message = error.what();
        }
        co_return std::pair(message, app.requests());
    };
    return run(work(answers));
}

TEST(PageStream, ADecompressionBombIsNotAskedForAgain) {
    std::string bomb("\x28\xb5\x2f\xfd\x00\x50", 6);                       // a frame of zstd, window 1 MB
    for (int i = 0; i < 16; ++i) bomb += std::string("\x02\x00\x10 ", 4);  // 128 KB of blanks
    bomb += std::string("\x03\x00\x10 ", 4);                               // and the last
    const auto [message, requests] = refusal_of(answer(bomb, "200 OK", "Content-Encoding: zstd\r\n"));
    EXPECT_NE(message.find("as in a decompression bomb"), std::string::npos) << message;
    EXPECT_EQ(requests, 1);
}

TEST(PageStream, AnErrorSaysOnceWhichOptionToCheck) {
    const auto [message, requests] = refusal_of(answer(R"({"id":1})"));
    const auto option = message.find("--records");
    EXPECT_NE(option, std::string::npos) << message;
    EXPECT_EQ(message.find("--records", option + 1), std::string::npos) << message;
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
        const std::string items = number > 4    ? "[]"
                                  : number == 3 ? R"([{"id":5}])"
                                                : format(R"([{{"id":{}}},{{"id":{}}}])", 2 * number - 1, 2 * number);
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

std::function<void(FetchOptions&)> by(const std::string& paginator) {
    return [paginator](FetchOptions& options) {
        options.paginator = paginator;
        quickly(options);
    };
}

TEST(PageStream, RowsBehindTheLastAnnouncedPageAreFetched) {
    for (const int announced : {2, 4}) {
        const Pulled all = pull_all([=](const std::string& target, int) {
            return answer(numbered_page(number_in(target, "page"), announced, 5));
        });
        EXPECT_EQ(all.records, ids(10));
        EXPECT_EQ(std::count_if(all.notes.begin(), all.notes.end(),
                                [](const auto& note) { return note.find("asked on until none has") != note.npos; }),
                  1);
    }
}

TEST(PageStream, TheLookBehindTheEndIsUnderWayBeforeTheLastPageIsTaken) {
    auto work = []() -> Task<bool> {
        int highest = 0;
        App app([&](const std::string& target, int) {
            highest = std::max(highest, number_in(target, "page"));
            return answer(format(
                R"({{"page":{},"total":8,"items":{}}})", number_in(target, "page"),
                number_in(target, "page") > 4 ? "[]" : format(R"([{{"id":{}}},{{}}])", number_in(target, "page"))));
        });
        Client client;
        PageStream pages(client, FetchOptions(app.url("/x")));
        auto first = co_await pages.next();
        auto second = co_await pages.next();
        while (highest < 5) co_await sleep(1ms);
        co_return first&& second;
    };
    EXPECT_TRUE(run(work()));
}

TEST(PageStream, AnErrorBehindTheEndIsNoErrorOfTheRetrieval) {
    for (const char* status : {"400 Bad Request", "404 Not Found", "416 Range Not Satisfiable", "500 Oops"}) {
        const Pulled all = pull_all([status](const std::string& target, int) {
            const int number = number_in(target, "page");
            return number > 5 ? answer("no", status) : answer(numbered_page(number, 5));
        });
        EXPECT_EQ(all.records, ids(10)) << status;
        EXPECT_EQ(all.requests, 6) << status;  // asked once
        const bool is_told = all.notes.back().find("could not be seen") != std::string::npos;
        EXPECT_EQ(is_told, *status == '5') << all.notes.back();
    }
}

TEST(PageStream, NoContentIsAPageWithoutRows) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        return number > 5 ? std::string("HTTP/1.1 204 No Content\r\n\r\n") : answer(numbered_page(number, 9));
    };
    EXPECT_EQ(pull_all(respond, by("page_number:total_path=none")).records, ids(10));
    EXPECT_EQ(pull_all([](const std::string&, int) { return std::string("HTTP/1.1 204 No Content\r\n\r\n"); }).records,
              "");
}

TEST(PageStream, TheStatusThatEndsItAlsoEndsAShortLastPage) {
    const auto respond = [](const std::string& target, int) {
        const int offset = target.find("offset") == std::string::npos ? 0 : number_in(target, "offset");
        if (offset >= 5) return answer("no", "416 Range Not Satisfiable");
        return answer(format(R"({{"items":[{{"id":{}}}{}]}})", offset + 1,
                             offset < 4 ? format(R"(,{{"id":{}}})", offset + 2) : ""));
    };
    EXPECT_EQ(pull_all(respond, by("offset:limit=2,end_status=416")).records, ids(5));
}

TEST(PageStream, AnErrorBesideAnEmptyListIsNotTheEnd) {
    const auto respond = [](int failures) {
        return [failures](const std::string& target, int times) {
            const int number = number_in(target, "page");
            if (number == 3 && times <= failures) return answer(R"({"items":[],"error":"no luck"})");
            return answer(number > 5 ? R"({"items":[],"error":null})" : numbered_page(number, 1, 5));
        };
    };
    EXPECT_EQ(pull_all(respond(1), by("page_number:total_path=none")).records, ids(10));
    try {
        pull_all(respond(100), by("page_number:total_path=none"));
        FAIL() << "the rows behind page 3 are lost";
    } catch (const PageError& error) {
        const std::string_view said = error.what();
        EXPECT_NE(said.find("page=3"), said.npos) << said;
        EXPECT_NE(said.find("$.error: \"no luck\""), said.npos) << said;
        EXPECT_NE(said.find("6 attempts"), said.npos) << said;
    }
}

TEST(PageStream, RowsALineAreRead) {
    const Pulled all = pull_all(
        [](const std::string& target, int) {
            const int number = number_in(target, "page");
            if (number == 3) return answer("{\"id\":5}", "200 OK");
            if (number == 0 || number > 3) return answer("");
            return answer(format("{{\"id\":{}}}\r\n\n{{\"id\":{}}}\n", 2 * number - 1, 2 * number));
        },
        by("page_number"));
    EXPECT_EQ(all.records, ids(5));
}

TEST(PageStream, ARedirectThatIsRefusedIsNotTriedAgain) {
    auto work = []() -> Task<int> {
        App app([](const std::string&, int) { return answer("", "302 Found", "Location: /x\r\n"); });
        Client client;
        PageStream pages(client, FetchOptions(app.url("/x")));
        try {
            auto page = co_await pages.next();
            ADD_FAILURE() << page.has_value();
        } catch (const ProtocolError&) {
        }
        co_return app.requests();
    };
    EXPECT_EQ(run(work()), 11);
}

TEST(PageStream, ASourceThatRefusesEverythingIsGivenUp) {
    const auto respond = [](const std::string& target, int) {
        const int number = number_in(target, "page");
        return number > 2 ? answer("no", "429 Too Many Requests") : answer(numbered_page(number, 9));
    };
    const auto at_once = [](FetchOptions& options) {
        options.refused_max = 0s;
        options.retry = RetryPolicy(2);
        options.limits.limiter.fixed = 1;
        options.paginator = "page_number";
    };
    try {
        pull_all(respond, at_once);
        FAIL();
    } catch (const StatusError& error) {
        EXPECT_EQ(error.status(), 429);
        EXPECT_NE(std::string_view(error.what()).find("refused all of the last"), std::string::npos) << error.what();
    }
}

TEST(PageStream, ANameServerThatFailsOnceIsAskedAgain) {
    auto work = []() -> Task<int> {
        int asked = 0;
        DnsServer names([&](const std::string& name, unsigned type) {
            ++asked;
            if (asked <= 2) return DnsReply().code(2);  // SERVFAIL
            return type == kDnsA ? DnsReply().a(name, 60, "127.0.0.1") : DnsReply();
        });
        configure_resolver(names.options().tries(1));
        App app([](const std::string&, int) { return answer(R"([{"id":1}])"); });
        Client client;
        std::string url = app.url("/x");
        url.replace(url.find("127.0.0.1"), 9, "source.example");
        FetchOptions options(url);
        options.retry = RetryPolicy(RetryPolicy::default_attempts, 1us, 1us);
        PageStream pages(client, options);
        auto page = co_await pages.next();
        EXPECT_TRUE(page && page->count == 1);
        co_return static_cast<int>(pages.stats().retries);
    };
    EXPECT_GE(run(work()), 1);
}

TEST(PageStream, AHostThatIsNotThereIsLookedUpOnce) {
    auto work = []() -> Task<std::uint64_t> {
        DnsServer names([](const std::string&, unsigned) { return DnsReply().code(3).soa(60, 60); });  // NXDOMAIN
        configure_resolver(names.options());
        Client client;
        PageStream pages(client, FetchOptions("http://source.example/x"));
        try {
            auto page = co_await pages.next();
            ADD_FAILURE() << page.has_value();
        } catch (const ResolveError&) {
        }
        co_return pages.stats().requests;
    };
    EXPECT_EQ(run(work()), 1U);
}

/// How far a walk has come while nobody takes its pages.
TEST(PageStream, ReadsAheadOfItsReaderWhereOnlyAPageNamesTheNext) {
    constexpr int kPages = 400;
    const auto asked_with = [](std::size_t memory_max, std::size_t text_size) {
        auto work = [](std::size_t most, std::size_t size) -> Task<int> {
            App app([size](const std::string& target, int) {
                const int number = number_in(target, "c");
                const std::string next = number < kPages ? format("\"/x?c={}\"", number + 1) : "null";
                return answer(
                    format(R"({{"next":{},"items":[{{"id":{},"text":"{}"}}]}})", next, number, std::string(size, 'x')));
            });
            Client client;
            FetchOptions options(app.url("/x"));
            options.memory_max = most;
            PageStream pages(client, options);
            auto first = co_await pages.next();
            EXPECT_TRUE(first);
            for (int before = 0; app.requests() < kPages && (before != app.requests() || before < 2);) {
                before = app.requests();
                co_await sleep(20ms);
            }
            co_return app.requests();
        };
        return run(work(memory_max, text_size));
    };
    EXPECT_EQ(asked_with(std::size_t{64} << 20, 1000), kPages);
    const int bounded = asked_with(50'000, 1000);
    EXPECT_GT(bounded, 5);
    EXPECT_LT(bounded, 60);
    EXPECT_LT(asked_with(50'000, 1), 60);  // a page is more than its rows
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
