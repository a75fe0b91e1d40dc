/// Gets one page, however often it has to be asked for: the retries of a retrieval, and its counts.
#pragma once

#include <optional>
#include <random>
#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/retry.hpp"

namespace trawl::fetch {

class PageSource {
public:
    /// All of them must outlive it. Throws InvalidUrl.
    PageSource(Client& client, const FetchOptions& options, FetchStats& stats)
        : client_(client), options_(options), stats_(stats), origin_(Url::parse(options.url).origin()) {}

    /// The successful response to a GET of `url`. Retries what may pass; throws what does not, saying why it gave up.
    Task<Response> get(Url url);

private:
    struct Attempt;
    Task<Attempt> attempt(const Url& url);
    [[nodiscard]] Request request(const Url& url);
    [[nodiscard]] RetryDecision decide(const Attempt& failed, int number);
    Task<> wait_for_the_gate();

    Client& client_;
    const FetchOptions& options_;
    FetchStats& stats_;
    std::string origin_;  // of the first page
    RetryPolicy policy_;
    RetryBudget budget_;
    std::mt19937_64 random_{std::random_device()()};
    bool answered_ = false;  // by anything: until then, a refused connection means a wrong address
    TimePoint gate_{};       // nobody asks before this: the source said Retry-After
};

}  // namespace trawl::fetch
