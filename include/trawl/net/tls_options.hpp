/// What a TLS connection is to be like: whom to trust, who we are, which protocols and versions.
///
///     TlsOptions().ca_file("company-ca.pem").alpn({"h2", "http/1.1"})
///
/// Rules: certificates are verified unless somebody says otherwise in so many words. Files are read when a TlsContext
/// is made, not here.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace trawl {

/// Older versions are not spoken (RFC 8996).
enum class TlsVersion : unsigned char { kTls12, kTls13 };

/// A client's side. Two are equal when connections made with them may stand for each other.
class TlsOptions {
public:
    TlsOptions() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    /// Trusts the certificates in this file (PEM) besides the system's: authorities, or the certificate of the one
    /// server that is meant. May be called several times.
    TlsOptions& ca_file(std::string path) {
        ca_files_.push_back(std::move(path));
        return *this;
    }
    /// The same with the text of such a file.
    TlsOptions& ca_pem(std::string text) {
        ca_pems_.push_back(std::move(text));
        return *this;
    }
    /// Trusts ca_file() and ca_pem() alone. Otherwise the system's authorities are trusted too: those of OpenSSL's
    /// directory, or where SSL_CERT_FILE and SSL_CERT_DIR point.
    TlsOptions& without_system_cas() noexcept {
        system_cas_ = false;
        return *this;
    }
    /// Accepts any certificate of any host, expired or forged: everybody on the way can read and change what is sent.
    /// For experiments; the cure for a certificate of one's own is ca_file().
    TlsOptions& dangerously_unverified() noexcept {
        verify_ = false;
        return *this;
    }
    /// Who we are, to servers that ask: a file with our certificate and those that lead to its authority, and one with
    /// its key (both PEM, the key not encrypted; they may be the same file).
    TlsOptions& client_certificate(std::string chain_path, std::string key_path) {
        chain_file_ = std::move(chain_path);
        key_file_ = std::move(key_path);
        return *this;
    }
    /// The protocols to offer inside TLS (RFC 7301), the best first: {"h2", "http/1.1"}. Throws UsageError for names
    /// that are empty or longer than 255 bytes.
    TlsOptions& alpn(std::vector<std::string> protocols);
    /// Default: 1.2.
    TlsOptions& min_version(TlsVersion version) noexcept {
        min_version_ = version;
        return *this;
    }

    [[nodiscard]] bool verifies() const noexcept { return verify_; }
    [[nodiscard]] bool has_system_cas() const noexcept { return system_cas_; }
    [[nodiscard]] const std::vector<std::string>& ca_files() const noexcept { return ca_files_; }
    [[nodiscard]] const std::vector<std::string>& ca_pems() const noexcept { return ca_pems_; }
    [[nodiscard]] const std::string& chain_file() const noexcept { return chain_file_; }
    [[nodiscard]] const std::string& key_file() const noexcept { return key_file_; }
    [[nodiscard]] const std::vector<std::string>& alpn() const noexcept { return alpn_; }
    [[nodiscard]] TlsVersion min_version() const noexcept { return min_version_; }

    /// A text that equal options have in common and others do not: part of a connection pool's key. Files count by
    /// their names; no secret is in it. It is empty for options that say nothing.
    [[nodiscard]] std::string key() const;
    bool operator==(const TlsOptions&) const = default;

private:
    std::vector<std::string> ca_files_;
    std::vector<std::string> ca_pems_;
    std::string chain_file_;
    std::string key_file_;
    std::vector<std::string> alpn_;
    TlsVersion min_version_ = TlsVersion::kTls12;
    bool verify_ = true;
    bool system_cas_ = true;
};

/// A server's side.
class TlsServerOptions {
public:
    /// The server's certificate with those that lead to its authority, and its key: as client_certificate().
    TlsServerOptions(std::string chain_path, std::string key_path)
        : chain_file_(std::move(chain_path)), key_file_(std::move(key_path)) {}

    /// Refuses clients without a certificate that an authority in this file has signed.
    TlsServerOptions& require_client(std::string ca_path) {
        client_ca_file_ = std::move(ca_path);
        return *this;
    }
    /// The protocols to speak inside TLS, the best first: the first that the client offers too is spoken; a client that
    /// offers only others is refused. Throws UsageError as TlsOptions::alpn().
    TlsServerOptions& alpn(std::vector<std::string> protocols);
    /// Default: 1.2.
    TlsServerOptions& min_version(TlsVersion version) noexcept {
        min_version_ = version;
        return *this;
    }

    [[nodiscard]] const std::string& chain_file() const noexcept { return chain_file_; }
    [[nodiscard]] const std::string& key_file() const noexcept { return key_file_; }
    [[nodiscard]] const std::string& client_ca_file() const noexcept { return client_ca_file_; }
    [[nodiscard]] const std::vector<std::string>& alpn() const noexcept { return alpn_; }
    [[nodiscard]] TlsVersion min_version() const noexcept { return min_version_; }

private:
    std::string chain_file_;
    std::string key_file_;
    std::string client_ca_file_;
    std::vector<std::string> alpn_;
    TlsVersion min_version_ = TlsVersion::kTls12;
};

}  // namespace trawl
