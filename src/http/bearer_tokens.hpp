/// Tokens that somebody gives to whoever proves who they are (RFC 6749): fetched before they are needed, by one request
/// however many wait for it, and again a little before they end, or when they are refused.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/url.hpp"
#include "trawl/sync/lock.hpp"

namespace trawl::http {

class BearerTokens {
public:
    /// Makes the request for a token, which is a POST to its URL, one that may pass.
    using Prove = std::function<Request(Request)>;

    /// `client` outlives this. `url` is https, or on this machine, because `secret` is sent to it (UsageError). `proof`
    /// is what to check when no token is given: "the client's id and secret".
    BearerTokens(Client& client, Url url, const std::string& secret, std::string proof);

    /// A token counts for so long when the answer does not say (RFC 6749, section 5.1 recommends it).
    void lifetime_unless_told(Duration lifetime) noexcept { unknown_lifetime_ = lifetime; }
    /// Is told each token that comes.
    void on_token(std::function<void(const std::string&)> told) noexcept { on_token_ = std::move(told); }
    [[nodiscard]] const Url& url() const noexcept { return url_; }

    /// Gives `request` a token that holds. Throws what a request throws; AuthError when no token is given.
    Task<> sign(Request& request, const Prove& prove);
    /// `request` was answered with 401: its token is not used again.
    void refused(const Request& request);

private:
    struct Token {
        std::string text;
        TimePoint ends;
    };
    [[nodiscard]] bool is_fresh() const;
    Task<Token> fetch(const Prove& prove);
    [[nodiscard]] Token read(const Response& answer) const;
    [[nodiscard]] std::string refusal(const Response& answer) const;

    Client& client_;
    Url url_;
    std::string proof_;
    Duration unknown_lifetime_ = std::chrono::hours(24);  // used until it is refused
    std::optional<Token> token_;
    std::function<void(const std::string&)> on_token_;
    Lock lock_;
};

}  // namespace trawl::http
