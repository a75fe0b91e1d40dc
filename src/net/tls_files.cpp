#include "tls_files.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

struct BioFree {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using BioHandle = std::unique_ptr<BIO, BioFree>;

struct CertificateFree {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};

// OpenSSL would ask on the terminal. `asked` is a bool, or nothing.
int no_password(char* /*to*/, int /*size*/, int /*for_writing*/, void* asked) {
    if (asked != nullptr) *static_cast<bool*>(asked) = true;
    return -1;
}

std::string last_reason() {
    const char* text = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return text == nullptr ? "for no reason that is known" : text;
}

BioHandle open_file(const std::string& path, const char* advice) {
    ERR_clear_error();
    errno = 0;
    BioHandle file(BIO_new_file(path.c_str(), "r"));
    if (!file) throw FileError(errno, "read", path, advice);
    return file;
}

void trust(SSL_CTX* context, BIO* from, const std::string& where) {
    ERR_clear_error();
    std::size_t count = 0;
    for (;; ++count) {
        const std::unique_ptr<X509, CertificateFree> certificate(
            PEM_read_bio_X509(from, nullptr, no_password, nullptr));
        if (!certificate) break;
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    }
    const bool at_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string reason = last_reason();
    if (count == 0 && at_the_end)
        throw UsageError(where +
                         " has no certificate in PEM form (-----BEGIN CERTIFICATE-----): convert it, for example "
                         "by openssl x509 -inform der");
    if (!at_the_end)
        throw UsageError(format("certificate {} of {} is damaged ({}): get the file anew", count + 1, where, reason));
}

[[noreturn]] void refuse_key(const std::string& path, const std::string& reason, bool needs_password) {
    if (needs_password)
        throw UsageError(format("the key in '{}' is encrypted: decrypt it, for example by openssl pkey", path));
    throw UsageError(format("'{}' has no private key in PEM form that can be used ({})", path, reason));
}

}  // namespace

void trust_file(SSL_CTX* context, const std::string& path) {
    const BioHandle file = open_file(path, "ca_file() needs a file with certificates in PEM form");
    trust(context, file.get(), "'" + path + "'");
}

void trust_text(SSL_CTX* context, const std::string& text) {
    const BioHandle memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    trust(context, memory.get(), "the text given to ca_pem()");
}

void announce_authorities(SSL_CTX* context, const std::string& path) {
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(path.c_str()));
    ERR_clear_error();
}

void identify(SSL_CTX* context, const std::string& chain_path, const std::string& key_path) {
    bool needs_password = false;
    SSL_CTX_set_default_passwd_cb(context, no_password);
    SSL_CTX_set_default_passwd_cb_userdata(context, &needs_password);
    open_file(chain_path, "it should hold our certificate in PEM form");
    if (SSL_CTX_use_certificate_chain_file(context, chain_path.c_str()) != 1)
        throw UsageError(
            format("'{}' has no certificate in PEM form that can be used ({})", chain_path, last_reason()));
    open_file(key_path, "it should hold the key of our certificate in PEM form");
    const bool done = SSL_CTX_use_PrivateKey_file(context, key_path.c_str(), SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    if (done) return;
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH)
        throw UsageError(format("the key in '{}' is not that of the certificate in '{}'", key_path, chain_path));
    refuse_key(key_path, last_reason(), needs_password);
}

}  // namespace trawl::net
