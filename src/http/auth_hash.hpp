/// The hashes that logins and signatures are made of, by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace trawl::http {

enum class Hash { md5, sha256 };

/// The hash in lower-case hexadecimal digits. Throws Error if OpenSSL has it switched off (MD5, in FIPS mode).
[[nodiscard]] std::string hash_hex(Hash hash, std::string_view text);

/// HMAC-SHA-256 (RFC 2104), as bytes: it is the next one's key.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

[[nodiscard]] std::string hex(std::string_view bytes);

}  // namespace trawl::http
