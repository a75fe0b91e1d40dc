/// Signing requests to AWS and what speaks like it (Signature Version 4): S3 and its likes, API Gateway, and the rest.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "trawl/http/headers.hpp"
#include "trawl/http/url.hpp"

namespace trawl::http {

struct AwsCredentials {
    std::string access_key, secret_key;
    std::string session_token{};  ///< of temporary credentials, else ""
};

struct AwsScope {
    std::string region, service;  ///< "us-east-1", "s3"
};

/// SHA-256 of the body, in hexadecimal digits.
[[nodiscard]] std::string aws_payload_hash(std::string_view body);
/// Instead of a hash: the body is not signed. S3 takes it over https.
inline constexpr std::string_view aws_unsigned_payload = "UNSIGNED-PAYLOAD";

/// Sets X-Amz-Date, Authorization, for S3 X-Amz-Content-Sha256, and with a session token X-Amz-Security-Token.
/// Everything in `headers` is signed but what may change on the way (see the .cpp), so it is the last step before
/// sending. `now` is calendar time; the source refuses one that is more than minutes off.
void sign_aws(std::string_view method, const Url& url, Headers& headers, std::string_view payload_hash,
              const AwsCredentials& credentials, const AwsScope& scope, std::chrono::sys_seconds now);

/// The text that is signed, by which differences are found: the source's answer shows the one that it made.
[[nodiscard]] std::string aws_canonical_request(std::string_view method, const Url& url, const Headers& headers,
                                                std::string_view payload_hash, std::string_view service);

}  // namespace trawl::http
