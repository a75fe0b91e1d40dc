/// Sources that are away: for good, and for a moment.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "app.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;

/// Answers one request, with the first page of nine, and is gone.
Task<> serve_once(std::optional<TcpListener>& listener) {
    TcpStream stream = co_await listener->accept();
    listener.reset();
    Buffer head = co_await stream.receive();
    EXPECT_FALSE(head.empty());
    const std::string body = R"({"page":1,"total_pages":9,"items":[{"id":1}]})";
    const std::string answer =
        format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", body.size(), body);
    co_await stream.send(answer);
}

TEST(PageStream, ASourceThatIsGoneForTooLongIsGivenUp) {
    auto work = []() -> Task<std::string> {
        std::optional<TcpListener> listener(TcpListener::bind("127.0.0.1", 0));
        FetchOptions options(format("http://127.0.0.1:{}/x", listener->port()));
        options.outage_max = 0s;
        TaskGroup group;
        group.spawn(serve_once(listener));
        Client client;
        PageStream pages(client, options);
        std::string message;
        try {
            while (auto page = co_await pages.next()) EXPECT_EQ(page->records, "{\"id\":1}\n");
        } catch (const ConnectError& error) {
            message = error.what();
        }
        co_return message;
    };
    const std::string message = run(work());
    EXPECT_NE(message.find("could not be reached for 0 s"), std::string::npos) << message;
}

/// Answers the first page, and what was asked beside it with `instead`, for good; counts.
Task<> serve_first_alone(TcpListener& listener, std::string instead, int& requests) {
    TaskGroup group;
    auto serve = [](TcpStream stream, std::string otherwise, int& count) -> Task<> {
        while (true) {
            const Buffer head = co_await stream.receive();
            if (head.empty()) co_return;
            ++count;
            const std::string body = R"({"page":1,"total_pages":500,"items":[{"id":1}]})";
            const std::string first = format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
            const std::string& answer = count == 1 ? first : otherwise;
            co_await stream.send(answer);
        }
    };
    while (true) {
        TcpStream stream = co_await listener.accept();
        group.spawn(serve(std::move(stream), instead, requests));
    }
}

// Each gave up only when it had looked once more itself, five seconds after the one before it.
TEST(PageStream, AllThatWaitForASourceThatIsAwayGiveUpTogether) {
    auto work = []() -> Task<std::string> {
        TcpListener listener = TcpListener::bind("127.0.0.1", 0);
        FetchOptions options(format("http://127.0.0.1:{}/x?page=1", listener.port()));
        options.outage_max = 250ms;
        options.limits.limiter.fixed = 64;
        int requests = 0;
        TaskGroup group;
        group.spawn(serve_first_alone(listener, "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", requests));
        Client client;
        FetchStats stats;
        PageStream pages(client, options, &stats);
        std::string message;
        try {
            while (auto page = co_await pages.next()) EXPECT_EQ(page->records, "{\"id\":1}\n");
        } catch (const StatusError& error) {
            message = error.what();
        }
        EXPECT_EQ(stats.in_flight, 0U);
        EXPECT_LT(requests, 1 + 2 * 64);  // those that were under way, and a few that looked
        co_return message;
    };
    const std::string message = run(work());
    EXPECT_NE(message.find("has served nothing for 0 s"), std::string::npos) << message;
}

/// Gives pages of one row; for a while, from the tenth on, `instead`, or nothing but a closed connection.
struct Faltering {
    std::optional<TimePoint> until;  // the end of that while, once it has begun
    int answered = 0;

    Task<> serve(TcpStream stream, std::string instead) {
        while (true) {
            const Buffer head = co_await stream.receive();
            if (head.empty()) co_return;
            if (answered == 10 && !until) until = now() + 200ms;
            const bool serves = !until || now() >= *until;
            if (!serves && instead.empty()) co_return;
            const std::string target(head.view().substr(0, head.view().find(" HTTP")));
            const std::size_t at = target.find("page=");
            const int page = at == std::string::npos ? 1 : std::stoi(target.substr(at + 5));
            const std::string row = page <= 300 ? format("{{\"id\":{}}}", page) : "";
            const std::string body = format(R"({{"page":{},"total_pages":300,"items":[{}]}})", page, row);
            const std::string page_answer =
                format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
            const std::string& answer = serves ? page_answer : instead;
            co_await stream.send(answer);
            answered += serves ? 1 : 0;
        }
    }
    Task<> accept(TcpListener& listener, TaskGroup& group, std::string instead) {
        while (true) {
            TcpStream stream = co_await listener.accept();
            group.spawn(serve(std::move(stream), instead));
        }
    }
};

// Their share of retries was spent by pages that went on being asked for meanwhile.
TEST(PageStream, ASourceThatServesNothingForAMomentIsWaitedFor) {
    for (const std::string instead : {"", "HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"}) {
        auto work = [&instead]() -> Task<std::size_t> {
            TcpListener listener = TcpListener::bind("127.0.0.1", 0);
            Faltering source;
            TaskGroup group;
            group.spawn(source.accept(listener, group, instead));
            Client client;
            PageStream pages(client, FetchOptions(format("http://127.0.0.1:{}/x", listener.port())));
            std::size_t rows = 0;
            while (auto page = co_await pages.next()) rows += page->count;
            EXPECT_TRUE(source.until);
            group.cancel();
            co_return rows;
        };
        EXPECT_EQ(run(work()), 300U) << instead;
    }
}

/// Pages of one row, 300 of them; `fails` says which answers are `instead`, by their number and how often the page was
/// asked for before. Gives how many rows came.
template <class Fails>
std::size_t rows_of_300_pages(Fails fails, const std::string& instead) {
    auto work = [&]() -> Task<std::size_t> {
        int answers = 0;
        testing::App app([&](const std::string& target, int times) {
            const int page = testing::number_in(target, "page");
            const bool is_there = page <= 300;
            if (is_there && fails(++answers, times)) return testing::answer("", instead);
            const std::string row = is_there ? format("{{\"id\":{}}}", page) : "";
            return testing::answer(format(R"({{"page":{},"total_pages":300,"items":[{}]}})", page, row));
        });
        FetchOptions options(app.url("/x?page=1"));
        options.limits.limiter.fixed = 64;
        Client client;
        PageStream pages(client, options);
        std::size_t rows = 0;
        while (auto page = co_await pages.next()) rows += page->count;
        co_return rows;
    };
    return run(work());
}

TEST(PageStream, AMomentThatFailsAllThatIsUnderWayIsSurvived) {
    const auto for_a_moment = [](int answer, int) { return answer > 20 && answer <= 140; };
    EXPECT_EQ(rows_of_300_pages(for_a_moment, "500 Internal Server Error"), 300U);
}

TEST(PageStream, ASourceThatFailsEveryThirdRequestGivesAllPages) {
    const auto now_and_then = [](int answer, int times) { return answer % 3 == 0 && times == 1; };
    EXPECT_EQ(rows_of_300_pages(now_and_then, "503 Service Unavailable"), 300U);
}

}  // namespace
}  // namespace trawl
