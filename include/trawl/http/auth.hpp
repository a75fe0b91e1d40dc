/// Logins that need more than a header field: they sign each request, answer challenges, fetch tokens.
///
///     auto login = std::make_shared<DigestAuth>("ada", password);
///     Response user = co_await client.get("/users/1").auth(login);
///
/// Rules: one login serves any number of requests at once, of one thread; it is used where the request was addressed
/// to, and left behind by a redirect that leads to another origin.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/http/headers.hpp"

namespace trawl {

class Client;
class Request;

class Auth {
public:
    Auth() = default;
    Auth(const Auth&) = delete;
    Auth& operator=(const Auth&) = delete;
    virtual ~Auth() = default;

    /// Makes `request`, which is about to be sent, one that may pass. May suspend; throws what the errors of its own
    /// requests are.
    virtual Task<> sign(Request& request) = 0;
    /// `request` was answered with 401 and these fields. True when it is worth sending again, signed anew. Asked once
    /// for each request. Throws HttpError when it cannot be answered.
    virtual bool challenged(const Request& request, const Headers& answer) = 0;
};

/// Digest authentication (RFC 7616, RFC 2617): the password is proven, not sent. SHA-256 or MD5, what the server
/// offers. The first request is sent twice; from then on the server's nonce is used again until it is stale.
class DigestAuth final : public Auth {
public:
    /// Throws UsageError when `user` has a colon, which would end it.
    DigestAuth(std::string_view user, std::string_view password);
    ~DigestAuth() override;
    Task<> sign(Request& request) override;
    bool challenged(const Request& request, const Headers& answer) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// AWS Signature Version 4, for AWS itself and what speaks like it: S3 and its likes. The body is signed with the
/// rest.
class AwsAuth final : public Auth {
public:
    /// Throws UsageError for an empty key, region or service.
    AwsAuth(std::string_view access_key, std::string_view secret_key, std::string_view region,
            std::string_view service);
    ~AwsAuth() override;
    /// Of temporary credentials.
    AwsAuth& session_token(std::string_view token);
    Task<> sign(Request& request) override;
    bool challenged(const Request&, const Headers&) override { return false; }

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// OAuth 2.0 with a client's own credentials (RFC 6749, section 4.4): a token is fetched before it is needed, by one
/// request however many wait for it, and again a little before it ends, or when it is refused.
class OAuth2ClientCredentials final : public Auth {
public:
    /// `client` makes the requests for tokens, and outlives this. `token_url` is https, or on this machine. The
    /// client's id and secret are sent by basic authentication (RFC 6749, 2.3.1). Throws InvalidUrl, UsageError.
    OAuth2ClientCredentials(Client& client, std::string_view token_url, std::string_view id, std::string_view secret);
    ~OAuth2ClientCredentials() override;
    /// What the token is to be for: "read write".
    OAuth2ClientCredentials& scope(std::string_view scope);
    /// A further field of the request for a token: "audience" and its likes.
    OAuth2ClientCredentials& parameter(std::string_view name, std::string_view value);
    /// Sends id and secret as fields of the form instead: for servers that want it so.
    OAuth2ClientCredentials& secret_in_body();
    /// Is told each token that comes, before it is used: for who must keep it out of what is printed.
    OAuth2ClientCredentials& on_token(std::function<void(const std::string&)> told);

    /// Throws what a request throws; AuthError when no token is given.
    Task<> sign(Request& request) override;
    bool challenged(const Request& request, const Headers& answer) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// OAuth 2.0 with a JWT that a private key signs (RFC 7523, section 2.1), as Google's service accounts, Salesforce and
/// others have it. Tokens are kept and fetched as by OAuth2ClientCredentials.
class JwtBearerAuth final : public Auth {
public:
    /// `client` makes the requests for tokens, and outlives this. `token_url` is https, or on this machine.
    /// `private_key` is PEM: RSA of 2048 bits at least (RS256), or of the curve P-256 (ES256); in one line with "\n" as
    /// environment variables have it, too. `passphrase` opens it if it is encrypted. Throws InvalidUrl, UsageError.
    JwtBearerAuth(Client& client, std::string_view token_url, std::string_view client_id, std::string_view private_key,
                  std::string_view passphrase = {});
    ~JwtBearerAuth() override;
    /// Throws UsageError, which says what is wrong with a key. It is in no message.
    static void check_key(std::string_view private_key, std::string_view passphrase = {});

    /// What the token is to be for: "read write". A claim of the JWT.
    JwtBearerAuth& scope(std::string_view scope);
    /// For whom it is. Default: the client itself.
    JwtBearerAuth& subject(std::string_view subject);
    /// To whom the JWT speaks. Default: the token's URL.
    JwtBearerAuth& audience(std::string_view audience);
    /// As OAuth2ClientCredentials has it.
    JwtBearerAuth& on_token(std::function<void(const std::string&)> told);
    /// A field of the request for a token; its value is taken for a secret.
    JwtBearerAuth& header(std::string_view name, std::string_view value);
    /// How long a token counts whose giver does not say. Default: until it is refused, a day at most.
    JwtBearerAuth& lifetime_unless_told(Duration lifetime);

    /// Throws what a request throws; AuthError when no token is given.
    Task<> sign(Request& request) override;
    bool challenged(const Request& request, const Headers& answer) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace trawl
