/// Hashes by OpenSSL's EVP.
#include "auth_hash.hpp"

#include <openssl/evp.h>

#include <array>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::http {
namespace {

using Bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string_view view(const Bytes& bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

std::string hash_hex(Hash hash, std::string_view text) {
    const char* const name = hash == Hash::md5 ? "MD5" : "SHA256";
    Bytes bytes{};
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, name, nullptr, text.data(), text.size(), bytes.data(), &size) != 1)
        throw Error(format(
            "OpenSSL does not compute {} here; FIPS mode forbids MD5, for one: ask the source for SHA-256", name));
    return hex(view(bytes, size));
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    Bytes bytes{};
    std::size_t size = 0;
    const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
    if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), data, text.size(), bytes.data(),
                  bytes.size(), &size) == nullptr)
        throw Error("OpenSSL does not compute HMAC-SHA-256 here; check its configuration");
    return std::string(view(bytes, size));
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

}  // namespace trawl::http
