/// A signed JSON Web Token (RFC 7519), with which a client proves itself instead of with a password (RFC 7523).
///
/// Rules: no clock. A key and its passphrase are in no message. OpenSSL is named in this file's body alone.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace trawl::http {

/// A private key and the algorithm of RFC 7518 that goes with it: RS256 of RSA, ES256 of the curve P-256.
class SigningKey {
public:
    /// Reads a key in PEM, which `passphrase` opens if it is encrypted. In an environment variable it may be one line,
    /// with "\n" for the ends of its lines. Throws UsageError, which says what is wrong with it.
    SigningKey(std::string_view pem, std::string_view passphrase);
    SigningKey(SigningKey&& other) noexcept;
    SigningKey& operator=(SigningKey&& other) noexcept;
    ~SigningKey();

    [[nodiscard]] std::string_view algorithm() const noexcept;
    /// The signature of `text`, as bytes (RFC 7518, sections 3.3 and 3.4).
    [[nodiscard]] std::string sign(std::string_view text) const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// What is said in a token (RFC 7523, section 3).
struct JwtClaims {
    std::string issuer, subject, audience;
    std::string scope;  // "read write"; empty: it says nothing of a scope
    std::chrono::seconds lifetime{};
};

/// "head.claims.signature".
[[nodiscard]] std::string signed_jwt(const SigningKey& key, const JwtClaims& claims, std::chrono::sys_seconds now);

}  // namespace trawl::http
