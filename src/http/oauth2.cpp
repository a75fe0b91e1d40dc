#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loopback.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/client.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"
#include "trawl/sync/lock.hpp"
#include "url_text.hpp"

namespace trawl {
namespace {

// A token is fetched anew so long before it ends: longer than a request takes to arrive, as Go's oauth2 has it.
constexpr Duration kEarly = std::chrono::seconds(10);

// RFC 6749, section 5.1 recommends expires_in. Without it a token is used until it is refused.
constexpr Duration kUnknownLifetime = std::chrono::hours(24);

struct Token {
    std::string text;
    TimePoint ends;
};

}  // namespace

class OAuth2ClientCredentials::Impl {
public:
    Impl(Client& client, std::string_view token_url, std::string_view id, std::string_view secret)
        : client_(client), url_(Url::parse(token_url)), id_(id), secret_(secret) {
        if (id.empty()) throw UsageError("OAuth 2.0 needs the client's id: it is empty");
        if (!url_.is_https() && !http::is_loopback(url_.host())) {
            throw UsageError(
                format("{}: a token's URL must be https: the client's secret is sent to it", url_.redacted()));
        }
    }

    std::vector<std::pair<std::string, std::string>> fields{{"grant_type", "client_credentials"}};
    bool secret_in_body = false;

    /// One request for a token, however many wait for it.
    Task<> sign(Request& request) {
        if (!is_fresh()) {
            const Lock::Guard guard = co_await lock_.acquire();
            if (!is_fresh()) token_ = co_await fetch();
        }
        request.mutable_headers().set("authorization", "Bearer " + token_->text);
    }

    // Others may have had the same token refused: whoever comes first drops it.
    bool refused(const Request& request) {
        const auto used = request.headers().get("authorization");
        if (token_ && used == "Bearer " + token_->text) token_.reset();
        return true;
    }

private:
    [[nodiscard]] bool is_fresh() const { return token_ && now() < token_->ends; }

    Task<Token> fetch() {
        Request request = client_.request("POST", url_);
        for (const auto& [name, value] : fields) request = std::move(request).form(name, value);
        if (secret_in_body) {
            request = std::move(request).form("client_id", id_).form("client_secret", secret_);
        } else {  // RFC 6749, 2.3.1: both are encoded first
            request = std::move(request).basic_auth(http::encode_component(id_), http::encode_component(secret_));
        }
        request = std::move(request).header("accept", "application/json");
        Response answer = co_await std::move(request);
        co_return read(answer);
    }

    // RFC 6749, sections 5.1 and 5.2.
    Token read(const Response& answer) const {
        const std::string name = format("POST {}", url_.redacted());
        if (!answer.is_success()) throw AuthError(format("{}: {}", name, refusal(answer)));
        try {
            const Json json = answer.json();
            const auto type = json.find("token_type");
            const auto lifetime = json.find("expires_in");
            if (type && !is_bearer(type->string()))
                throw AuthError(format("{}: the token is not to be sent as a bearer's: its type is another", name));
            const Duration lasts = lifetime ? std::chrono::seconds(seconds_of(*lifetime)) : kUnknownLifetime;
            std::string token = json["access_token"].string();
            if (!is_sendable(token))
                throw AuthError(format("{}: the token is empty, or has bytes that no header field may have", name));
            return {std::move(token), now() + std::max(lasts - kEarly, lasts / 2)};
        } catch (const JsonError&) {
            throw AuthError(
                format("{}: the answer is none to a request for a token (RFC 6749, 5.1): "
                       "check that this is the URL that gives tokens",
                       name));
        }
    }

    static bool is_bearer(std::string_view type) { return type == "Bearer" || type == "bearer" || type == "BEARER"; }

    // RFC 6749, appendix A.12.
    static bool is_sendable(std::string_view token) {
        return !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
    }

    // Some send a number as a string. A day is enough: it is fetched again then.
    static std::int64_t seconds_of(const Json& lifetime) {
        double seconds = 0;
        if (lifetime.kind() == Json::Kind::string) {
            const std::string text = lifetime.string();
            std::from_chars(text.data(), text.data() + text.size(), seconds);
        } else if (!lifetime.is_null()) {
            seconds = lifetime.number();
        }
        return seconds >= 1 ? static_cast<std::int64_t>(std::min(seconds, 86'400.0)) : 0;
    }

    // RFC 6749, 5.2 has codes of one word. What is longer is text, which may repeat what was sent.
    static std::string shown(const std::string& code) {
        constexpr std::size_t kWordMax = 64;
        constexpr std::string_view kOfWords = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
        const bool is_word = code.size() <= kWordMax && code.find_first_not_of(kOfWords) == std::string::npos;
        return is_word ? code : "an error that is no code";
    }

    static std::string refusal(const Response& answer) {
        try {
            const Json json = answer.json();
            const auto code = json.find("error");
            if (code)
                return format("no token: {} (status {}); check the client's id and secret", shown(code->string()),
                              answer.status());
        } catch (const JsonError&) {  // ignored: there is no code to show
        }
        return format("no token: status {}; check the client's id and secret", answer.status());
    }

    Client& client_;
    Url url_;
    std::string id_, secret_;
    std::optional<Token> token_;
    Lock lock_;
};

OAuth2ClientCredentials::OAuth2ClientCredentials(Client& client, std::string_view token_url, std::string_view id,
                                                 std::string_view secret)
    : impl_(std::make_unique<Impl>(client, token_url, id, secret)) {}

OAuth2ClientCredentials::~OAuth2ClientCredentials() = default;

OAuth2ClientCredentials& OAuth2ClientCredentials::scope(std::string_view scope) { return parameter("scope", scope); }

OAuth2ClientCredentials& OAuth2ClientCredentials::parameter(std::string_view name, std::string_view value) {
    impl_->fields.emplace_back(name, value);
    return *this;
}

OAuth2ClientCredentials& OAuth2ClientCredentials::secret_in_body() {
    impl_->secret_in_body = true;
    return *this;
}

Task<> OAuth2ClientCredentials::sign(Request& request) { return impl_->sign(request); }

bool OAuth2ClientCredentials::challenged(const Request& request, const Headers&) { return impl_->refused(request); }

}  // namespace trawl
