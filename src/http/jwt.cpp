#include "jwt.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "trawl/base/base64.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::http {
namespace {

template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const noexcept {
        kFree(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<&EVP_PKEY_free>>;
using Signing = std::unique_ptr<EVP_MD_CTX, Free<&EVP_MD_CTX_free>>;
using Memory = std::unique_ptr<BIO, Free<&BIO_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<&ECDSA_SIG_free>>;

constexpr int kRsaBitsMin = 2048;        // RFC 7518, section 3.3
constexpr std::size_t kP256Number = 32;  // section 3.4: each half of a signature

/// The passphrase, for OpenSSL to ask for; without one it would ask at the terminal.
struct Passphrase {
    std::string_view text;
    bool was_asked = false;

    static int give(char* to, int size, int /*writes*/, void* self) noexcept {
        auto& passphrase = *static_cast<Passphrase*>(self);
        passphrase.was_asked = true;
        if (passphrase.text.empty() || passphrase.text.size() > static_cast<std::size_t>(size)) return -1;
        std::memcpy(to, passphrase.text.data(), passphrase.text.size());
        return static_cast<int>(passphrase.text.size());
    }
};

std::string with_lines(std::string_view pem) {
    std::string text(pem);
    for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at))
        text.replace(at, 2, "\n");
    return text;
}

[[noreturn]] void refuse(const Passphrase& passphrase) {
    if (!passphrase.was_asked)
        throw UsageError(
            "the private key is none in PEM: it begins with a line such as -----BEGIN PRIVATE KEY----- and ends with "
            "one such as -----END PRIVATE KEY-----; a certificate or a public key is no private key");
    throw UsageError(passphrase.text.empty() ? "the private key is encrypted, and there is no passphrase"
                                             : "the passphrase does not open the private key");
}

Key read_key(std::string_view pem, std::string_view words) {
    ERR_clear_error();
    const std::string text = with_lines(pem);
    const Memory memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    Passphrase passphrase{words};
    Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, &Passphrase::give, &passphrase));
    ERR_clear_error();
    if (!key) refuse(passphrase);
    return key;
}

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 32> name{};
    return EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) == 1 &&
           std::string_view(name.data()) == "prime256v1";
}

std::string_view algorithm_of(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) {
        const int bits = EVP_PKEY_get_bits(key);
        if (bits >= kRsaBitsMin) return "RS256";
        throw UsageError(
            format("the private key is too short: it has {} bits, and RS256 wants {} at least (RFC 7518, 3.3)", bits,
                   kRsaBitsMin));
    }
    if (EVP_PKEY_is_a(key, "EC") == 1 && is_p256(key)) return "ES256";
    throw UsageError("the private key is of another kind: RSA keys (RS256) and keys of the curve P-256 (ES256) sign");
}

[[noreturn]] void fail() {
    ERR_clear_error();
    throw Error("OpenSSL does not sign with SHA-256 here; check its configuration");
}

// Two numbers in a row, and not OpenSSL's DER of them.
std::string plain(std::string_view der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const EcSignature numbers(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!numbers) fail();
    std::array<unsigned char, 2 * kP256Number> bytes{};
    const int size = static_cast<int>(kP256Number);
    if (BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), bytes.data(), size) != size ||
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), bytes.data() + kP256Number, size) != size)
        fail();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// RFC 7515, section 2: the letters of URLs, and no padding.
std::string base64_url(std::string_view bytes) {
    std::string text = base64(bytes);
    text.erase(text.find_last_not_of('=') + 1);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

}  // namespace

class SigningKey::Impl {
public:
    Impl(std::string_view pem, std::string_view passphrase)
        : key(read_key(pem, passphrase)), algorithm(algorithm_of(key.get())) {}

    Key key;
    std::string_view algorithm;
};

SigningKey::SigningKey(std::string_view pem, std::string_view passphrase)
    : impl_(std::make_unique<Impl>(pem, passphrase)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

std::string_view SigningKey::algorithm() const noexcept { return impl_->algorithm; }

std::string SigningKey::sign(std::string_view text) const {
    ERR_clear_error();
    const Signing signing(EVP_MD_CTX_new());
    const auto* const data = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (!signing || EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, impl_->key.get()) != 1 ||
        EVP_DigestSign(signing.get(), nullptr, &size, data, text.size()) != 1)
        fail();
    std::string signature(size, '\0');
    auto* const to = reinterpret_cast<unsigned char*>(signature.data());
    if (EVP_DigestSign(signing.get(), to, &size, data, text.size()) != 1) fail();
    signature.resize(size);
    return impl_->algorithm == "ES256" ? plain(signature) : signature;
}

std::string signed_jwt(const SigningKey& key, const JwtClaims& claims, std::chrono::sys_seconds now) {
    const auto seconds = now.time_since_epoch().count();
    const std::string head = format(R"({{"alg":"{}","typ":"JWT"}})", key.algorithm());
    const std::string scope = claims.scope.empty() ? "" : format(R"(,"scope":{})", quote_json(claims.scope));
    const std::string body = format(R"({{"iss":{},"sub":{},"aud":{},"iat":{},"exp":{}{}}})", quote_json(claims.issuer),
                                    quote_json(claims.subject), quote_json(claims.audience), seconds,
                                    seconds + claims.lifetime.count(), scope);
    std::string text = base64_url(head) + "." + base64_url(body);
    const std::string signature = base64_url(key.sign(text));
    return text + "." + signature;
}

}  // namespace trawl::http
