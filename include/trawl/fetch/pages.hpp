/// Every page of a source: found, fetched concurrently where that is possible, each retried on its own, given in order.
///
///     PageStream pages(client, FetchOptions("http://api.example.com/items"));
///     while (auto page = co_await pages.next()) consume(*page);
///
/// The stream is bounded: pages are fetched only so far ahead of next(). Destroying it cancels whatever is under way.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"

namespace trawl {

class FetchOptions {
public:
    explicit FetchOptions(std::string first_url) : url(std::move(first_url)) {}

    std::string url;                       // of the first page
    std::optional<std::string> records;    // where the records are ("$.items"); found when not given
    std::optional<std::string> paginator;  // "page_number:page_param=p"; found when not given
    std::size_t concurrency = 8;           // pages at once
    std::vector<std::pair<std::string, std::string>> headers;  // sent with every request to the URL's origin
};

/// A page's records.
struct Page {
    std::uint64_t index = 0;  // 0 for the first
    std::string records;      // one JSON text per line, as the source wrote it
    std::size_t count = 0;    // of records
    std::size_t bytes = 0;    // of the response's body
};

/// What has happened so far. Counts only grow, but for in_flight.
struct FetchStats {
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
    std::size_t in_flight = 0;
    std::size_t in_flight_peak = 0;
    Duration waited{};                         // the times of complete requests, added up
    std::optional<std::uint64_t> pages_total;  // when the source tells
};

class PageStream {
public:
    /// Counts into `stats` if given, which may be read at any time between suspensions.
    /// Requires: a task of this thread's loop makes it, and outlives it; the client and `stats` outlive it too.
    PageStream(Client& client, FetchOptions options, FetchStats* stats = nullptr);
    PageStream(const PageStream&) = delete;
    PageStream& operator=(const PageStream&) = delete;
    ~PageStream();

    /// The next page in the source's order; nothing behind the last. The first call reads the first page and finds out
    /// how the others follow. Suspends. Throws what made the retrieval fail: InvalidUrl, UsageError, ResolveError,
    /// ConnectError, OsError, TimeoutError, ProtocolError, StatusError, PageError, NoRecordsError, PaginationError;
    /// after that, the stream is at its end.
    Task<std::optional<Page>> next();

    [[nodiscard]] const FetchStats& stats() const noexcept;
    /// What was found, and what does not add up: for people. Complete when next() has given nothing.
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
