#include "login.hpp"

#include <variant>

#include "trawl/http/request.hpp"

namespace trawl::pulling {
namespace {

// Of one that does not say: dlt's default.
constexpr Duration kTokenLifetime = std::chrono::hours(1);

/// A login that is the same for each request.
template <class Add>
class Fixed final : public Auth {
public:
    explicit Fixed(Add add) : add_(std::move(add)) {}
    Task<> sign(Request& request) override {
        add_(request);
        co_return;
    }
    bool challenged(const Request&, const Headers&) override { return false; }

private:
    Add add_;
};

template <class Add>
std::shared_ptr<Auth> fixed(Add add) {
    return std::make_shared<Fixed<Add>>(std::move(add));
}

std::shared_ptr<Auth> api_key(const ApiKeyLogin& login) {
    using Location = ApiKeyLogin::Location;
    const auto name = login.name;
    const auto key = login.api_key;
    if (login.location == Location::query)
        return fixed([name, key](Request& request) { request = std::move(request).param(name, key); });
    if (login.location == Location::cookie)
        return fixed(
            [name, key](Request& request) { request = std::move(request).secret_header("Cookie", name + "=" + key); });
    return fixed([name, key](Request& request) { request = std::move(request).secret_header(name, key); });
}

using OnSecret = std::function<void(const std::string&)>;

std::shared_ptr<Auth> oauth2(const OAuth2Login& login, Client& client, const OnSecret& on_secret) {
    auto auth =
        std::make_shared<OAuth2ClientCredentials>(client, login.access_token_url, login.client_id, login.client_secret);
    if (!login.scope.empty()) auth->scope(login.scope);
    for (const auto& [name, value] : login.parameters) auth->parameter(name, value);
    if (login.secret_in_body) auth->secret_in_body();
    auth->on_token(on_secret);
    return auth;
}

std::shared_ptr<Auth> jwt(const JwtLogin& login, Client& client, const OnSecret& on_secret) {
    auto auth = std::make_shared<JwtBearerAuth>(client, login.auth_endpoint, login.client_id, login.private_key,
                                                login.private_key_passphrase);
    auth->scope(login.scopes).lifetime_unless_told(login.default_token_expiration.value_or(kTokenLifetime));
    for (const auto& [name, value] : login.headers) auth->header(name, value);
    auth->on_token(on_secret);
    return auth;
}

std::shared_ptr<Auth> aws(const AwsLogin& login) {
    auto auth = std::make_shared<AwsAuth>(login.access_key, login.secret_key, login.region, login.service);
    if (!login.session_token.empty()) auth->session_token(login.session_token);
    return auth;
}

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};

}  // namespace

std::shared_ptr<Auth> make_login(const Login& login, Client& client, const OnSecret& on_secret) {
    return std::visit(Overloaded{[](const BearerLogin& bearer) {
                                     return fixed([token = bearer.token](Request& request) {
                                         request = std::move(request).bearer_auth(token);
                                     });
                                 },
                                 [](const BasicLogin& basic) {
                                     return fixed([user = basic.username, password = basic.password](Request& request) {
                                         request = std::move(request).basic_auth(user, password);
                                     });
                                 },
                                 [](const ApiKeyLogin& key) { return api_key(key); },
                                 [](const DigestLogin& digest) -> std::shared_ptr<Auth> {
                                     return std::make_shared<DigestAuth>(digest.username, digest.password);
                                 },
                                 [&](const OAuth2Login& credentials) { return oauth2(credentials, client, on_secret); },
                                 [&](const JwtLogin& key) { return jwt(key, client, on_secret); },
                                 [](const AwsLogin& key) { return aws(key); }},
                      login);
}

}  // namespace trawl::pulling
