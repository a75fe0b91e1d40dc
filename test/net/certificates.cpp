#include "certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <map>
#include <utility>

#include "trawl/base/error.hpp"

namespace trawl {
namespace {

constexpr long kDay = 24 * 60 * 60;

void require(bool done, const char* what) {
    if (!done) throw Error(std::string("a test's certificate cannot be made: ") + what);
}

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
    require(key != nullptr, "key");
    return {key, EVP_PKEY_free};
}

// Keys of RSA take long to find: there is one of each size.
std::shared_ptr<EVP_PKEY> new_key(int rsa_bits) {
    static std::map<int, std::shared_ptr<EVP_PKEY>> found;
    if (rsa_bits == 0) return owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    std::shared_ptr<EVP_PKEY>& key = found[rsa_bits];
    if (!key) key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsa_bits)));
    return key;
}

void set_name(X509_NAME* name, const std::string& text) {
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(text.c_str()),
                                       -1, -1, 0) == 1,
            "name");
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& text) {
    if (text.empty()) return;
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, text.c_str());
    require(extension != nullptr, text.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// A name with bytes that no text form can say.
void add_raw_name(X509* certificate, const std::string& bytes) {
    if (bytes.empty()) return;
    GENERAL_NAMES* names = GENERAL_NAMES_new();
    GENERAL_NAME* name = GENERAL_NAME_new();
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, bytes.data(), static_cast<int>(bytes.size()));
    GENERAL_NAME_set0_value(name, GEN_DNS, text);
    sk_GENERAL_NAME_push(names, name);
    require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1, "raw name");
    GENERAL_NAMES_free(names);
}

void add_extensions(X509* certificate, X509* issuer, const CertificateSpec& spec) {
    add_extension(certificate, issuer, NID_basic_constraints, spec.constraints);
    add_extension(certificate, issuer, NID_key_usage, spec.key_usage);
    add_extension(certificate, issuer, NID_ext_key_usage, spec.extended_key_usage);
    add_extension(certificate, issuer, NID_name_constraints, spec.name_constraints);
    add_extension(certificate, issuer, NID_subject_alt_name, spec.names);
    add_raw_name(certificate, spec.raw_name);
}

template <class Write>
std::string to_text(Write write) {
    const std::shared_ptr<BIO> memory(BIO_new(BIO_s_mem()), BIO_free);
    require(write(memory.get()) == 1, "text");
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Identity Identity::make(const CertificateSpec& spec, const Identity* issuer) {
    static long serial = 0;
    Identity made;
    made.key_ = new_key(spec.rsa_bits);
    made.certificate_ = {X509_new(), X509_free};
    X509* certificate = made.certificate_.get();
    X509* signer = issuer == nullptr ? certificate : issuer->certificate();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), spec.from_days * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate), spec.to_days * kDay);
    set_name(X509_get_subject_name(certificate), spec.common_name);
    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    X509_set_pubkey(certificate, made.key());
    add_extensions(certificate, signer, spec);
    EVP_PKEY* key = issuer == nullptr ? made.key() : issuer->key();
    require(X509_sign(certificate, key, EVP_get_digestbyname(spec.digest)) > 0, "signature");
    return made;
}

Identity Identity::self_signed(const CertificateSpec& spec) { return make(spec, nullptr); }

Identity Identity::issue(const CertificateSpec& spec) const { return make(spec, this); }

namespace {

CertificateSpec as_authority(const std::string& name, CertificateSpec spec) {
    spec.common_name = name;
    spec.names.clear();
    if (spec.constraints.empty()) spec.constraints = "critical,CA:TRUE";
    if (spec.key_usage.empty()) spec.key_usage = "critical,keyCertSign,cRLSign";
    return spec;
}

}  // namespace

Identity Identity::authority(const std::string& name, CertificateSpec spec) {
    return make(as_authority(name, std::move(spec)), nullptr);
}

Identity Identity::issue_authority(const std::string& name, CertificateSpec spec) const {
    return make(as_authority(name, std::move(spec)), this);
}

std::string Identity::pem() const {
    return to_text([&](BIO* to) { return PEM_write_bio_X509(to, certificate()); });
}

std::string Identity::key_pem(const char* password) const {
    const EVP_CIPHER* cipher = password == nullptr ? nullptr : EVP_aes_128_cbc();
    return to_text([&](BIO* to) {
        return PEM_write_bio_PKCS8PrivateKey(to, key(), cipher, password,
                                             password == nullptr ? 0 : static_cast<int>(std::string(password).size()),
                                             nullptr, nullptr);
    });
}

std::string write_text(const std::string& path, const std::string& text) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    require(file != nullptr, path.c_str());
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
    return path;
}

}  // namespace trawl
