/// A source that answers once and cannot be reached again.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
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

}  // namespace
}  // namespace trawl
