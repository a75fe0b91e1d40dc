/// Downloads from servers that cut, change and refuse.
#include "trawl/http/download.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "content_samples.hpp"
#include "hostile.hpp"
#include "net/disk.hpp"
#include "raw_server.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/gather.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/net/file.hpp"

namespace trawl {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RawPeer;
using testing::RawServer;
using ::testing::StartsWith;

RetryPolicy prompt(int attempts = 6) { return RetryPolicy(attempts, Duration::zero(), Duration::zero()); }

/// A resource with versions.
struct Resource {
    std::string body;
    std::string fields = "ETag: \"v1\"\r\n";

    [[nodiscard]] std::string whole() const {
        return format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n{}", fields, body.size(), body);
    }
    [[nodiscard]] std::string rest(std::size_t first) const {
        return format("HTTP/1.1 206 Partial Content\r\n{}Content-Range: bytes {}-{}/{}\r\nContent-Length: {}\r\n\r\n{}",
                      fields, first, body.size() - 1, body.size(), body.size() - first, body.substr(first));
    }
    /// As a server that knows ranges and conditions.
    [[nodiscard]] std::string answer(const std::string& head) const {
        const std::size_t range = head.find("range: bytes=");
        const std::size_t condition = head.find("if-range: \"v1\"");
        if (range == std::string::npos || (condition != std::string::npos && fields.find("v1") == std::string::npos)) {
            return whole();
        }
        return rest(std::stoul(head.substr(range + 13)));
    }
};

/// Downloads "/x" into a file of that name; gives what is in it, or the error; no other file may be left.
Task<std::string> downloaded(const std::string& url, const Disk& disk, Download* done = nullptr,
                             RetryPolicy policy = prompt()) {
    ClientOptions options;
    options.first_byte_timeout = options.read_timeout = 100ms;
    Client client(url, options);
    std::string result;
    try {
        Download download = co_await trawl::download(client.get("/x?token=hush").retry(policy), disk / "x");
        result = co_await read_file(disk / "x");
        EXPECT_EQ(download.bytes, static_cast<std::int64_t>(result.size()));
        if (done != nullptr) *done = std::move(download);
        EXPECT_THAT(disk.names(), ElementsAre("x"));
    } catch (...) {
        result = testing::in_words(std::current_exception());
        EXPECT_THAT(disk.names(), IsEmpty());
    }
    co_return result;
}

const std::string kBody = "0123456789abcdefghijklmnopqrstuvwxyz";

TEST(Download, IsTheWholeWhereverItsAnswersAreCut) {
    const Resource resource{kBody};
    const std::size_t all = resource.whole().size();
    for (std::size_t cut = 0; cut <= all; ++cut) {
        auto work = [&]() -> Task<> {
            const Disk disk;
            RawServer server([&](RawPeer& peer) -> Task<> {
                const std::string head = co_await peer.head();
                std::string answer = resource.answer(head);
                if (peer.number() == 0) answer.resize(cut);
                if (peer.number() == 1) answer.resize(std::min(answer.size(), cut + 2));
                co_await peer.send(answer);
            });
            EXPECT_EQ(co_await downloaded(server.url(), disk), kBody) << cut;
        };
        run(work());
    }
}

TEST(Download, AsksForWhatIsMissingAlone) {
    auto work = []() -> Task<> {
        const Resource resource{std::string(300'000, 'a') + std::string(300'000, 'b')};
        const Disk disk;
        std::vector<std::string> heads;
        RawServer server([&](RawPeer& peer) -> Task<> {
            heads.push_back(co_await peer.head());
            std::string answer = resource.answer(heads.back());
            answer.resize(std::min<std::size_t>(answer.size(), 100'000));
            co_await peer.send(answer);
        });
        Download done;
        const std::string body = co_await downloaded(server.url(), disk, &done, prompt(2));
        EXPECT_TRUE(body == resource.body);
        EXPECT_EQ(done.resumed, heads.size() - 1);
        EXPECT_EQ(done.restarts, 0U);
        EXPECT_GE(heads.size(), 7U);
        EXPECT_THAT(heads[0], HasSubstr("\r\naccept-encoding: identity\r\n"));
        EXPECT_THAT(heads[1], HasSubstr("\r\nif-range: \"v1\"\r\n"));
        EXPECT_EQ(done.headers.get("etag"), "\"v1\"");
    };
    run(work());
}

/// The first answer is cut in the middle, those to come are `later`'s.
std::string after_a_cut(const Resource& first, const std::function<std::string(const std::string& head)>& later,
                        Download* done = nullptr) {
    std::string result;
    auto work = [&]() -> Task<> {
        const Disk disk;
        RawServer server([&](RawPeer& peer) -> Task<> {
            const std::string head = co_await peer.head();
            std::string answer = first.whole();
            answer.resize(answer.size() - first.body.size() / 2);
            if (peer.number() > 0) answer = later(head);
            co_await peer.send(answer);
        });
        result = co_await downloaded(server.url(), disk, done);
    };
    run(work());
    return result;
}

TEST(Download, AnotherVersionBeginsAnew) {
    const Resource other{"another text", "ETag: \"v2\"\r\n"};
    Download done;
    const auto as_it_should = [&](const std::string& head) { return other.answer(head); };
    EXPECT_EQ(after_a_cut({kBody}, as_it_should, &done), "another text");
    EXPECT_EQ(done.restarts, 1U);
    EXPECT_EQ(done.resumed, 0U);
}

TEST(Download, NeverMixesVersionsWhenAServerIgnoresTheCondition) {
    const Resource other{std::string(kBody.rbegin(), kBody.rend()), "ETag: \"v2\"\r\n"};
    const auto wrong = [&](const std::string& head) {
        const std::size_t range = head.find("range: bytes=");
        return range == std::string::npos ? other.whole() : other.rest(std::stoul(head.substr(range + 13)));
    };
    Download done;
    EXPECT_EQ(after_a_cut({kBody}, wrong, &done), other.body);
    EXPECT_EQ(done.restarts, 1U);
}

TEST(Download, WithoutAValidatorTheRestIsNotAskedFor) {
    const Resource plain{kBody, ""};
    const auto later = [&](const std::string& head) {
        EXPECT_EQ(head.find("\r\nrange:"), std::string::npos);
        return plain.whole();
    };
    EXPECT_EQ(after_a_cut(plain, later), kBody);
}

TEST(Download, ARangeThatCannotBeGivenBeginsAnew) {
    const auto later = [](const std::string& head) {
        if (head.find("\r\nrange:") == std::string::npos) return Resource{"short"}.whole();
        return std::string("HTTP/1.1 416 X\r\nContent-Range: bytes */5\r\nContent-Length: 0\r\n\r\n");
    };
    EXPECT_EQ(after_a_cut({kBody}, later), "short");
}

// The gzip of a file that its server calls one was undone: no dump.json.gz.
TEST(Download, WhatIsStoredInACodingStaysInIt) {
    const std::string stored = http::encode(http::Coding::gzip, "hello");
    const Resource file{stored, "ETag: \"v1\"\r\nContent-Encoding: gzip\r\n"};
    const auto rest = [&](const std::string& head) { return file.answer(head); };
    Download done;
    EXPECT_EQ(after_a_cut(file, rest, &done), stored);
    EXPECT_EQ(done.resumed, 1U);
}

TEST(Download, MoreThanTheRangeIsRefused) {
    const auto later = [](const std::string& head) {
        std::string answer = Resource{kBody}.answer(head);
        answer.replace(answer.find("Content-Length: 18"), 18, "Content-Length: 19");
        return answer + "!";
    };
    EXPECT_THAT(after_a_cut({kBody}, later), HasSubstr("more bytes came than the range has"));
}

TEST(Download, AnErrorsStatusIsAnError) {
    const auto gone = [](const std::string&) { return std::string("HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\nno"); };
    const std::string error = after_a_cut({kBody}, gone);
    EXPECT_THAT(error, HasSubstr("/x?token=*** answered 404"));
    const auto empty = [](const std::string&) { return std::string("HTTP/1.1 204 X\r\n\r\n"); };
    EXPECT_THAT(after_a_cut({kBody}, empty), HasSubstr("an answer of status 204 is nothing to download"));
}

TEST(Download, GivesUpWhereNothingMoreComes) {
    const auto nothing_more = [](const std::string& head) {
        const std::string answer = Resource{kBody}.answer(head);
        return answer.substr(0, answer.find("\r\n\r\n") + 4);
    };
    const std::string error = after_a_cut({kBody}, nothing_more);
    EXPECT_THAT(error, StartsWith("ProtocolError: GET http://127.0.0.1:"));
    EXPECT_THAT(error, EndsWith("; 6 cuts without progress, at byte 18 of 36"));
}

TEST(Download, GivesUpWhereNoPartEverFits) {
    const auto never = [](const std::string& head) {
        if (head.find("\r\nrange:") != std::string::npos)
            return std::string("HTTP/1.1 416 X\r\nContent-Length: 0\r\n\r\n");
        std::string answer = Resource{kBody}.whole();
        return answer.substr(0, answer.size() - 1);
    };
    EXPECT_THAT(after_a_cut({kBody}, never), HasSubstr("6 cuts without progress"));
}

TEST(Download, ReplacesAFileOnlyWhenAllIsThere) {
    auto work = []() -> Task<> {
        const Disk disk;
        const std::string path = disk / "x";
        co_await write_file(path, "old");
        const std::string whole = Resource{"new"}.whole();
        RawServer server([&](RawPeer& peer) -> Task<> {
            const std::string head = co_await peer.head();
            if (peer.number() == 0) {
                co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                const std::string silence = co_await peer.some();
            }
            co_await peer.send(whole);
        });
        Client client(server.url());
        try {
            co_await download(client.get("/x").timeout(20ms), path);
            ADD_FAILURE() << "no time limit";
        } catch (const TimeoutError& error) {
            EXPECT_THAT(error.what(), HasSubstr("not complete within 0.02 s"));
        }
        EXPECT_EQ(co_await read_file(path), "old");
        EXPECT_THAT(disk.names(), ElementsAre("x"));
        co_await download(client.get("/x"), path);
        EXPECT_EQ(co_await read_file(path), "new");
    };
    run(work());
}

TEST(Download, RefusesWhatIsNoPlainGet) {
    auto work = []() -> Task<> {
        Client client("http://127.0.0.1:1");
        Request requests[] = {client.post("/x"), client.get("/x").json("{}"),
                              client.get("/x").header("Range", "bytes=1-")};
        for (Request& request : requests) {
            bool is_refused = false;
            try {
                co_await download(std::move(request), "/dev/null/x");
            } catch (const UsageError&) {
                is_refused = true;
            }
            EXPECT_TRUE(is_refused);
        }
    };
    run(work());
}

}  // namespace
}  // namespace trawl
