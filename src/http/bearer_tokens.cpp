#include "bearer_tokens.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "loopback.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/time.hpp"

namespace trawl::http {
namespace {

// A token is fetched anew so long before it ends: longer than a request takes to arrive, as Go's oauth2 has it.
constexpr Duration kEarly = std::chrono::seconds(10);

bool is_bearer(std::string_view type) { return type == "Bearer" || type == "bearer" || type == "BEARER"; }

// RFC 6749, appendix A.12.
bool is_sendable(std::string_view token) {
    return !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
}

// Some send a number as a string. A day is enough: it is fetched again then.
std::int64_t seconds_of(const Json& lifetime) {
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
std::string shown(const std::string& code) {
    constexpr std::size_t kWordMax = 64;
    constexpr std::string_view kOfWords = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const bool is_word = code.size() <= kWordMax && code.find_first_not_of(kOfWords) == std::string::npos;
    return is_word ? code : "an error that is no code";
}

}  // namespace

BearerTokens::BearerTokens(Client& client, Url url, const std::string& secret, std::string proof)
    : client_(client), url_(std::move(url)), proof_(std::move(proof)) {
    if (!url_.is_https() && !is_loopback(url_.host()))
        throw UsageError(format("{}: a token's URL must be https: {} is sent to it", url_.redacted(), secret));
}

bool BearerTokens::is_fresh() const { return token_ && now() < token_->ends; }

Task<> BearerTokens::sign(Request& request, const Prove& prove) {
    if (!is_fresh()) {
        const Lock::Guard guard = co_await lock_.acquire();
        if (!is_fresh()) token_ = co_await fetch(prove);
    }
    request.mutable_headers().set("authorization", "Bearer " + token_->text);
}

// Others may have had the same token refused: whoever comes first drops it.
void BearerTokens::refused(const Request& request) {
    const auto used = request.headers().get("authorization");
    if (token_ && used == "Bearer " + token_->text) token_.reset();
}

Task<BearerTokens::Token> BearerTokens::fetch(const Prove& prove) {
    Request request = prove(client_.request("POST", url_).header("accept", "application/json"));
    // Asking twice for a token has no effect that could come twice, and without one nothing goes on.
    Response answer = co_await std::move(request).retry(RetryPolicy().all_methods());
    Token token = read(answer);
    if (on_token_) on_token_(token.text);
    co_return token;
}

// RFC 6749, sections 5.1 and 5.2.
BearerTokens::Token BearerTokens::read(const Response& answer) const {
    const std::string name = format("POST {}", url_.redacted());
    if (!answer.is_success()) throw AuthError(format("{}: {}", name, refusal(answer)));
    try {
        const Json json = answer.json();
        const auto type = json.find("token_type");
        const auto lifetime = json.find("expires_in");
        if (type && !is_bearer(type->string()))
            throw AuthError(format("{}: the token is not to be sent as a bearer's: its type is another", name));
        const Duration lasts = lifetime ? std::chrono::seconds(seconds_of(*lifetime)) : unknown_lifetime_;
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

std::string BearerTokens::refusal(const Response& answer) const {
    std::string code;
    try {
        const Json json = answer.json();
        if (const auto said = json.find("error")) code = said->string();
    } catch (const JsonError&) {  // ignored: there is no code to show
    }
    const bool is_passing = RetryPolicy::is_retried({FailureKind::status, answer.status(), {}});
    if (is_passing)
        return format("no token: status {}, attempt {} of {}", answer.status(), answer.attempts(),
                      answer.attempts_max());
    if (code.empty()) return format("no token: status {}; check {}", answer.status(), proof_);
    return format("no token: {} (status {}); check {}", shown(code), answer.status(), proof_);
}

}  // namespace trawl::http
