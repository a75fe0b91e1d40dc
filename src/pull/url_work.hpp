/// UrlWork: a list of URLs, as many at once as their origins can serve; one that fails does not stop the others.
#pragma once

#include <cstddef>
#include <string>

#include "trawl/base/error.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/request_log.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/task_group.hpp"
#include "trawl/pull/get.hpp"
#include "trawl/sync/semaphore.hpp"

namespace trawl::pulling {

/// Who derives from it outlives run().
class UrlWork {
public:
    /// `progress` must outlive it. Throws FileError for certificates that cannot be read.
    UrlWork(GetOptions options, GetProgress& progress);
    UrlWork(const UrlWork&) = delete;
    UrlWork& operator=(const UrlWork&) = delete;
    virtual ~UrlWork() = default;

    /// Suspends. Throws UsageError for a list without a URL, InvalidUrl for the first one that is none.
    Task<> run();

protected:
    /// What the URL's result is called; in the order of the list.
    [[nodiscard]] virtual std::string name_of(const Url& url) = 0;
    /// It was there before: it is not asked for.
    [[nodiscard]] virtual Task<bool> is_there(std::string name) = 0;
    /// Sends the request and keeps what comes. Throws trawl::Error: that one is counted as failed.
    virtual Task<> take(Request request, std::string name) = 0;

    [[nodiscard]] const GetOptions& options() const noexcept { return options_; }
    [[nodiscard]] GetProgress& progress() noexcept { return progress_; }

private:
    Task<> work_on(Url url, std::string name, Semaphore::Permit place);
    void fail(const std::string& message);
    void settle(const Url& url, OriginGate::Pass& pass, const Error* error);
    void tell(const Url& url, Duration took, const std::string& problem) const;

    // URLs under way or waiting for their origin: enough for several origins at once, and a bound on memory.
    static constexpr std::size_t kWaitingMax = 4096;

    static ClientOptions client_options(const GetOptions& options);

    GetOptions options_;
    GetProgress& progress_;
    Client client_;
    OriginGates gates_;
    RequestLog log_;
    Semaphore waiting_{kWaitingMax};
};

}  // namespace trawl::pulling
