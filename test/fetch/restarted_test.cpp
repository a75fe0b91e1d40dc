/// A source that is restarted while it is read over TLS: its handshakes break off.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "net/certificates.hpp"
#include "net/disk.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/tls.hpp"

namespace trawl {
namespace {

constexpr int kPages = 4;

const Identity& identity() {
    static const Identity self = [] {
        CertificateSpec spec;
        spec.names = "IP:127.0.0.1";
        return Identity::self_signed(spec);
    }();
    return self;
}

/// Serves a page for each connection, and hangs up in the handshake of those that are named (from 1).
class Source {
public:
    explicit Source(std::set<int> broken_off)
        : broken_off_(std::move(broken_off)), listener_(TcpListener::bind("127.0.0.1", 0)) {
        group_.spawn(serve());
    }
    [[nodiscard]] std::string url() const { return format("https://127.0.0.1:{}/x?page=1", listener_.port()); }
    [[nodiscard]] int accepted() const { return accepted_; }

private:
    static TlsServerOptions server_options(const Disk& disk) {
        return {write_text(disk / "chain.pem", identity().pem()), write_text(disk / "key.pem", identity().key_pem())};
    }

    Task<> serve() {
        while (true) {
            TcpStream socket = co_await listener_.accept();
            ++accepted_;
            if (broken_off_.contains(accepted_)) {
                Buffer hello = co_await socket.receive();  // what is not read would make the end a reset
                continue;
            }
            TlsStream stream = co_await TlsStream::accept(std::move(socket), context_);
            co_await answer(stream);
        }
    }

    static Task<> answer(TlsStream& stream) {
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            Buffer buffer = co_await stream.receive();
            if (buffer.empty()) co_return;
            head += buffer.view();
        }
        const int page = head[head.find("page=") + 5] - '0';
        const std::string items = page > kPages ? "" : format(R"({{"id":{}}})", page);
        const std::string body = format(R"({{"page":{},"total_pages":{},"items":[{}]}})", page, kPages, items);
        const std::string all =
            format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", body.size(), body);
        co_await stream.send(all);
        co_await stream.shutdown_send();
    }

    std::set<int> broken_off_;
    int accepted_ = 0;
    Disk disk_;
    TlsServerContext context_{server_options(disk_)};
    TcpListener listener_;
    TaskGroup group_;
};

ClientOptions trusting() {
    ClientOptions options;
    options.tls.ca_pem(identity().pem()).without_system_cas();
    return options;
}

Task<std::string> records_of(Source& source, FetchStats& stats) {
    Client client({}, trusting());
    FetchOptions options(source.url());
    options.limits.limiter.fixed = 1;
    PageStream pages(client, options, &stats);
    std::string records;
    while (true) {
        std::optional<Page> page = co_await pages.next();
        if (!page) co_return records;
        records += page->records;
    }
}

TEST(PageStream, RetriesWhenASourceThatHasAnsweredBreaksAHandshakeOff) {
    auto work = []() -> Task<> {
        Source source({2, 4});
        FetchStats stats;
        const std::string records = co_await records_of(source, stats);
        EXPECT_EQ(records, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n{\"id\":4}\n");
        EXPECT_EQ(stats.retries, 2U);
    };
    run(work());
}

TEST(PageStream, DoesNotRetryAHandshakeThatBreaksOffBeforeAnyAnswer) {
    auto work = []() -> Task<> {
        Source source({1});
        FetchStats stats;
        bool failed = false;
        try {
            co_await records_of(source, stats);
        } catch (const TruncatedError&) {
            failed = true;
        }
        EXPECT_TRUE(failed);
        EXPECT_EQ(source.accepted(), 1);
    };
    run(work());
}

}  // namespace
}  // namespace trawl
