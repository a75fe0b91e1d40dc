/// Certificates for tests, made on the spot: authorities, hosts, and everything that can be wrong with either.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <vector>

namespace trawl {

/// What a certificate is to say. Fields that are left alone make a good one for a.example, from yesterday to tomorrow.
struct CertificateSpec {
    std::string common_name = "a.example";
    std::string names = "DNS:a.example";  // subject alternative names as OpenSSL writes them; empty: none
    std::string raw_name;                 // one more DNS name, with any bytes in it
    std::string constraints;              // of an authority's: "CA:TRUE,pathlen:0"; empty: none
    std::string key_usage;
    std::string extended_key_usage;
    std::string name_constraints;
    int from_days = -1;
    int to_days = 1;
    int rsa_bits = 0;  // an elliptic key unless told
    const char* digest = "SHA256";
};

/// A certificate and its key.
class Identity {
public:
    /// Signs itself.
    static Identity self_signed(const CertificateSpec& spec);
    static Identity authority(const std::string& name, CertificateSpec spec = {});

    /// Signs another one, with whatever right.
    [[nodiscard]] Identity issue(const CertificateSpec& spec) const;
    [[nodiscard]] Identity issue_authority(const std::string& name, CertificateSpec spec = {}) const;

    [[nodiscard]] std::string pem() const;
    [[nodiscard]] std::string key_pem(const char* password = nullptr) const;
    [[nodiscard]] X509* certificate() const noexcept { return certificate_.get(); }
    [[nodiscard]] EVP_PKEY* key() const noexcept { return key_.get(); }

private:
    static Identity make(const CertificateSpec& spec, const Identity* issuer);

    std::shared_ptr<X509> certificate_;
    std::shared_ptr<EVP_PKEY> key_;
};

/// Writes `text` to the file `path`, and gives its path.
std::string write_text(const std::string& path, const std::string& text);

}  // namespace trawl
