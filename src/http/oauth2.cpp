#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "bearer_tokens.hpp"
#include "jwt.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/auth.hpp"
#include "trawl/http/client.hpp"
#include "url_text.hpp"

namespace trawl {
namespace {

constexpr std::string_view kJwtGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer";  // RFC 7523, section 2.1

// Google takes no more; what dlt asks for.
constexpr std::chrono::seconds kAssertionLifetime = std::chrono::hours(1);

std::string named(std::string_view id) {
    if (id.empty()) throw UsageError("OAuth 2.0 needs the client's id: it is empty");
    return std::string(id);
}

}  // namespace

// ---- A client's own credentials ----

class OAuth2ClientCredentials::Impl {
public:
    Impl(Client& client, std::string_view token_url, std::string_view id, std::string_view secret)
        : tokens(client, Url::parse(token_url), "the client's secret", "the client's id and secret"),
          id_(named(id)),
          secret_(secret) {}

    Request prove(Request request) const {
        for (const auto& [name, value] : fields) request = std::move(request).form(name, value);
        if (secret_in_body) return std::move(request).form("client_id", id_).form("client_secret", secret_);
        // RFC 6749, 2.3.1: both are encoded first
        return std::move(request).basic_auth(http::encode_component(id_), http::encode_component(secret_));
    }

    http::BearerTokens tokens;
    std::vector<std::pair<std::string, std::string>> fields{{"grant_type", "client_credentials"}};
    bool secret_in_body = false;

private:
    std::string id_, secret_;
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

OAuth2ClientCredentials& OAuth2ClientCredentials::on_token(std::function<void(const std::string&)> told) {
    impl_->tokens.on_token(std::move(told));
    return *this;
}

Task<> OAuth2ClientCredentials::sign(Request& request) {
    const http::BearerTokens::Prove prove = [this](Request asking) { return impl_->prove(std::move(asking)); };
    co_await impl_->tokens.sign(request, prove);
}

bool OAuth2ClientCredentials::challenged(const Request& request, const Headers&) {
    impl_->tokens.refused(request);
    return true;
}

// ---- A JWT ----

class JwtBearerAuth::Impl {
public:
    Impl(Client& client, std::string_view token_url, std::string_view id, std::string_view private_key,
         std::string_view passphrase)
        : tokens(client, Url::parse(token_url), "what the key signed",
                 "the client's id, its private key and this clock"),
          key_(private_key, passphrase) {
        claims.issuer = claims.subject = named(id);
        claims.audience = token_url;
        claims.lifetime = kAssertionLifetime;
    }

    Request prove(Request request) const {
        for (const auto& [name, value] : headers) request = std::move(request).secret_header(name, value);
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        return std::move(request).form("grant_type", kJwtGrant).form("assertion", http::signed_jwt(key_, claims, now));
    }

    http::BearerTokens tokens;
    http::JwtClaims claims;
    std::vector<std::pair<std::string, std::string>> headers;

private:
    http::SigningKey key_;
};

JwtBearerAuth::JwtBearerAuth(Client& client, std::string_view token_url, std::string_view client_id,
                             std::string_view private_key, std::string_view passphrase)
    : impl_(std::make_unique<Impl>(client, token_url, client_id, private_key, passphrase)) {}

JwtBearerAuth::~JwtBearerAuth() = default;

void JwtBearerAuth::check_key(std::string_view private_key, std::string_view passphrase) {
    const http::SigningKey key(private_key, passphrase);
}

JwtBearerAuth& JwtBearerAuth::scope(std::string_view scope) {
    impl_->claims.scope = scope;
    return *this;
}

JwtBearerAuth& JwtBearerAuth::subject(std::string_view subject) {
    impl_->claims.subject = subject;
    return *this;
}

JwtBearerAuth& JwtBearerAuth::audience(std::string_view audience) {
    impl_->claims.audience = audience;
    return *this;
}

JwtBearerAuth& JwtBearerAuth::header(std::string_view name, std::string_view value) {
    impl_->headers.emplace_back(name, value);
    return *this;
}

JwtBearerAuth& JwtBearerAuth::lifetime_unless_told(Duration lifetime) {
    impl_->tokens.lifetime_unless_told(lifetime);
    return *this;
}

JwtBearerAuth& JwtBearerAuth::on_token(std::function<void(const std::string&)> told) {
    impl_->tokens.on_token(std::move(told));
    return *this;
}

Task<> JwtBearerAuth::sign(Request& request) {
    const http::BearerTokens::Prove prove = [this](Request asking) { return impl_->prove(std::move(asking)); };
    co_await impl_->tokens.sign(request, prove);
}

bool JwtBearerAuth::challenged(const Request& request, const Headers&) {
    impl_->tokens.refused(request);
    return true;
}

}  // namespace trawl
