#include "trawl/http/auth.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "auth_aws.hpp"
#include "auth_digest.hpp"
#include "auth_hash.hpp"
#include "request_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/http/request.hpp"

namespace trawl {
namespace {

// RFC 7616, section 5.12: what our side adds to the hash, so that the server alone does not choose what is hashed.
std::string fresh_nonce() {
    std::array<char, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        throw OsError(errno, "draw random bytes for digest authentication");
    }
    return http::hex(std::string_view(bytes.data(), bytes.size()));
}

}  // namespace

// ---- DigestAuth ----

class DigestAuth::Impl {
public:
    Impl(std::string_view user, std::string_view password) : login_(std::string(user), std::string(password)) {
        if (user.find(':') != std::string_view::npos)  // RFC 7616, section 3.4.2
            throw UsageError("a user name has no colon in digest authentication: it ends there");
    }

    void sign(Request& request) {
        if (!login_.ready()) return;
        const std::string target = request.url().target();
        request.mutable_headers().set("authorization", login_.authorization(request.method(), target));
    }

    bool challenged(const Request& request, const Headers& answer) {
        const auto verdict = login_.challenged(http::parse_challenges(answer), fresh_nonce(), nonce_of(request));
        return verdict.has_value();
    }

private:
    // Several requests may have been refused with one nonce: the first of them brought the next one for all.
    static std::string nonce_of(const Request& request) {
        for (const http::Challenge& used : http::parse_challenges(request.headers(), "authorization")) {
            if (used.scheme == "digest") return std::string(used.get("nonce").value_or(""));
        }
        return {};
    }

    http::DigestLogin login_;
};

DigestAuth::DigestAuth(std::string_view user, std::string_view password)
    : impl_(std::make_unique<Impl>(user, password)) {}

DigestAuth::~DigestAuth() = default;

Task<> DigestAuth::sign(Request& request) {
    impl_->sign(request);
    co_return;
}

bool DigestAuth::challenged(const Request& request, const Headers& answer) {
    return impl_->challenged(request, answer);
}

// ---- AwsAuth ----

class AwsAuth::Impl {
public:
    Impl(std::string_view access_key, std::string_view secret_key, std::string_view region, std::string_view service)
        : credentials_{std::string(access_key), std::string(secret_key)},
          scope_{std::string(region), std::string(service)} {
        if (access_key.empty() || secret_key.empty() || region.empty() || service.empty())
            throw UsageError("AWS needs an access key, its secret, a region and a service: one of them is empty");
    }

    void set_token(std::string_view token) { credentials_.session_token = token; }

    void sign(Request& request) const {
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        http::sign_aws(request.method(), request.url(), request.mutable_headers(),
                       http::aws_payload_hash(request.body()), credentials_, scope_, now);
    }

private:
    http::AwsCredentials credentials_;
    http::AwsScope scope_;
};

AwsAuth::AwsAuth(std::string_view access_key, std::string_view secret_key, std::string_view region,
                 std::string_view service)
    : impl_(std::make_unique<Impl>(access_key, secret_key, region, service)) {}

AwsAuth::~AwsAuth() = default;

AwsAuth& AwsAuth::session_token(std::string_view token) {
    impl_->set_token(token);
    return *this;
}

Task<> AwsAuth::sign(Request& request) {
    impl_->sign(request);
    co_return;
}

}  // namespace trawl
