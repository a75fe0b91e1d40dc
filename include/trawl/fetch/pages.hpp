/// Every page of a source: found, fetched concurrently where that is possible, each retried on its own, given in order.
///
///     PageStream pages = fetch_pages(client, "https://api.example.com/items")
///                            .paginate("page_number:page_param=p,total_path=pages")   // found when left out
///                            .records("$.items")                                      // found when left out
///                            .stream();
///     while (auto page = co_await pages.next()) consume(*page);
///
/// Rules: asking for the next page is what drives the source: pages are fetched only so far ahead of next() as
/// `memory_max` bytes allow. How many requests are under way is found out (see limiter.hpp), unless `limits` say it.
/// Destroying the stream cancels whatever is under way.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/base/log.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/byte_budget.hpp"
#include "trawl/fetch/origin_gate.hpp"
#include "trawl/fetch/pages_found.hpp"
#include "trawl/fetch/pagination.hpp"
#include "trawl/fetch/response_action.hpp"
#include "trawl/fetch/stream_order.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/json.hpp"
#include "trawl/http/retry.hpp"

namespace trawl {

class FetchOptions {
public:
    explicit FetchOptions(std::string first_url) : url(std::move(first_url)) {}

    std::string url;                       // of the first page
    std::string method = "GET";            // or POST, of a source that is asked that way: it is repeated like a GET
    std::string body;                      // JSON, of a POST
    std::optional<std::string> records;    // where the records are ("$.items"); found when not given
    std::optional<std::string> paginator;  // "page_number:page_param=p"; found when not given
    std::optional<Pagination> pagination;  // the same, put together already: counts before `paginator`
    std::vector<std::string> primary_key;  // paths in a record: rows that move while they are read are then caught
    std::vector<std::pair<std::string, std::string>> headers;  // sent with every request to the URL's origin
    std::shared_ptr<Auth> auth;                                // the same of a login
    std::vector<ResponseAction> actions;                       // what is no page, and what it is
    OriginLimits limits;                                       // hard settings; the rest is found out
    std::optional<Duration> timeout;                           // of a request with its answer; each retry has its own
    double weight = 1;                                         // of a request, against the limits

    RetryPolicy retry;  // of each page
    /// So long may a source refuse everything with 429 and not say for how long: the longest of the usual windows, a
    /// minute, is over by then, whenever it began.
    Duration refused_max = std::chrono::seconds(65);

    /// So long may a source that has answered before not be reached at all, or serve nothing: a server that is deployed
    /// anew, or a machine that is started again, is back by then.
    Duration outage_max = std::chrono::seconds(60);

    /// What may lie in memory, beside one page: pages under way, pages that wait for next(), and the one that it gave
    /// last. A slow reader slows the source down. A page that is asked for is taken to be as large as the largest so
    /// far; one that turns out larger, and for which there is no room, is asked for again when there is.
    std::size_t memory_max = kMemoryMax;
    static constexpr std::size_t kMemoryMax = std::size_t{64} << 20;
};

/// A page's records.
struct Page {
    std::uint64_t index = 0;  // 0 for the first; counts what was given
    std::string records;      // one JSON text per line, as the source wrote it
    std::size_t count = 0;    // of records
    std::size_t bytes = 0;    // of the response's body

    /// The records as one JSON array: for (const Json& row : page->json().items()). Reads them anew each time.
    [[nodiscard]] Json json() const;
};

/// What has happened so far. Counts only grow, but for in_flight and limit.
struct FetchStats {
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
    std::uint64_t no_room = 0;  // requests that were given up for want of memory, to be sent again: no retries
    std::size_t in_flight = 0;
    std::size_t in_flight_peak = 0;
    std::size_t limit = 0;  // requests at once that the origins are allowed now, in all; 0 before the first answer
    Duration waited{};      // the times of complete requests, added up
    std::optional<std::uint64_t> pages_total;  // when the source tells
    std::uint64_t repeated = 0;                // rows that came twice and were given once
    std::uint64_t reread = 0;                  // requests that looked for rows that may have moved
};

/// What several streams share. Each may be left out: the stream has its own then. All must outlive the stream.
struct FetchShared {
    OriginGates* gates = nullptr;  // one gate for each origin, whatever is asked of it
    ByteBudget* memory = nullptr;  // instead of memory_max
    StreamOrder* order = nullptr;  // of streams that share memory and are all read, each by itself
    FetchStats* stats = nullptr;   // may be read at any time between suspensions
    const Log* log = nullptr;      // is told of each request, each retry and each change of a limit
    std::size_t kind = 0;          // of streams whose requests take equally long at the same load: a resource
};

class PageStream {
public:
    /// Requires: a task of this thread's loop makes it, and outlives it; the client and what is shared outlive it too.
    /// Throws InvalidUrl, UsageError.
    PageStream(Client& client, FetchOptions options, FetchShared shared = {});
    PageStream(Client& client, FetchOptions options, FetchStats* stats);
    PageStream(PageStream&&) noexcept;
    PageStream& operator=(PageStream&&) noexcept;
    ~PageStream();

    /// The next page in the source's order; nothing behind the last. The first call reads the first page and finds out
    /// how the others follow. Suspends. Throws what made the retrieval fail: InvalidUrl, UsageError, ResolveError,
    /// ConnectError, OsError, TimeoutError, ProtocolError, StatusError, PageError, NoRecordsError, PaginationError;
    /// after that, the stream is at its end. Pages before the one that failed have been given.
    Task<std::optional<Page>> next();

    [[nodiscard]] const FetchStats& stats() const noexcept;
    /// What was found, and what does not add up: for people. Complete when next() has given nothing.
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept;
    /// What the first page told. Nothing before it came, and of a source that answered with none.
    [[nodiscard]] const std::optional<PagesFound>& found() const noexcept;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Puts a retrieval together: see the top of this file.
class [[nodiscard("nothing is fetched until the stream is asked")]] PagesRequest {
public:
    PagesRequest(Client& client, FetchOptions options) : client_(&client), options_(std::move(options)) {}
    PagesRequest(const PagesRequest&) = default;
    PagesRequest(PagesRequest&&) noexcept = default;
    PagesRequest& operator=(const PagesRequest&) = default;
    /// Also to itself, which `pages = std::move(pages).max_concurrency(3)` is.
    PagesRequest& operator=(PagesRequest&& other) noexcept {
        if (this == &other) return *this;
        std::destroy_at(this);
        return *std::construct_at(this, std::move(other));
    }
    ~PagesRequest() = default;

    PagesRequest&& paginate(std::string spec) && {
        options_.paginator = std::move(spec);
        return std::move(*this);
    }
    PagesRequest&& paginate(Pagination pagination) && {
        options_.pagination = std::move(pagination);
        return std::move(*this);
    }
    PagesRequest&& records(std::string path) && {
        options_.records = std::move(path);
        return std::move(*this);
    }
    PagesRequest&& primary_key(std::string path) && {
        options_.primary_key.push_back(std::move(path));
        return std::move(*this);
    }
    /// Sent to the URL's origin alone.
    PagesRequest&& header(std::string name, std::string value) && {
        options_.headers.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }
    PagesRequest&& auth(std::shared_ptr<Auth> login) && {
        options_.auth = std::move(login);
        return std::move(*this);
    }
    PagesRequest&& max_concurrency(std::size_t most) && {
        options_.limits.limiter.max_concurrency = most;
        return std::move(*this);
    }
    PagesRequest&& limit(double requests, Duration per) && {
        options_.limits.windows.push_back({requests, per});
        return std::move(*this);
    }
    [[nodiscard]] PageStream stream(FetchShared shared = {}) && {
        return PageStream(*client_, std::move(options_), shared);
    }

private:
    Client* client_;
    FetchOptions options_;
};

/// `target` is a URL, or a path under the client's base URL.
[[nodiscard]] PagesRequest fetch_pages(Client& client, std::string_view target);

}  // namespace trawl
