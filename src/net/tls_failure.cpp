#include "tls_failure.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

constexpr std::size_t kShownMax = 60;   // of what the peer wrote, in a message
constexpr std::size_t kNamesShown = 5;  // of a certificate's names

// What a peer wrote goes to terminals and logs: nothing but visible ASCII does.
std::string shown(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kShownMax)) out += c >= ' ' && c <= '~' ? c : '.';
    return text.size() > kShownMax ? out + "..." : out;
}

struct MemoryFree {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

std::string shown(const X509_NAME* name) {
    const std::unique_ptr<BIO, MemoryFree> text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(text.get(), &bytes);
    return shown(std::string_view(bytes, static_cast<std::size_t>(std::max(size, 0L))));
}

std::string shown(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return "a date that is none";
    return format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

// ---- The names in a certificate ----

std::string_view bytes_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if (bytes.size() != 4 && bytes.size() != 16) return "an address of no known kind";
    ::inet_ntop(family, bytes.data(), text.data(), text.size());
    return text.data();
}

struct NamesFree {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

/// "a.example, 127.0.0.1", or nothing.
std::string names_in(const X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, NamesFree> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::string text;
    std::size_t count = 0;
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
        if (++count > kNamesShown) continue;
        if (count > 1) text += ", ";
        text += name->type == GEN_DNS ? shown(bytes_of(name->d.dNSName)) : address_text(bytes_of(name->d.iPAddress));
    }
    if (count > kNamesShown) text += format(" and {} more", count - kNamesShown);
    return text;
}

std::string wrong_host(const X509* certificate, const std::string& host) {
    const std::string names = names_in(certificate);
    if (names.empty())
        return format("the certificate names no host (a common name does not count), and so not {}", host);
    return format("the certificate is for {}, not for {}", names, host);
}

// ---- Certificates ----

std::string unknown_authority(const X509* certificate) {
    return format(
        "unknown certificate authority ({}); pass ca_file() with its certificate if it is to be trusted. A server that "
        "leaves out an intermediate certificate looks the same",
        shown(X509_get_issuer_name(certificate)));
}

std::string fault_text(int error, const X509* certificate, int depth, const std::string& host) {
    const std::string whose =
        depth == 0 ? "the certificate"
                   : format("the authority's certificate ({})", shown(X509_get_subject_name(certificate)));
    switch (error) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return format("{} has expired (on {})", whose, shown(X509_get0_notAfter(certificate)));
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return format("{} is not valid yet (from {} on); is this machine's clock right?", whose,
                          shown(X509_get0_notBefore(certificate)));
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return wrong_host(certificate, host);
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
            return "self-signed certificate; pass ca_file() with it if it is to be trusted";
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return unknown_authority(certificate);
        case X509_V_ERR_INVALID_CA:
            return format("{} may not sign others (it is no authority's, or its key usage forbids it)", whose);
        case X509_V_ERR_PATH_LENGTH_EXCEEDED:
            return format("{} may not stand so far from the host's (path length)", whose);
        case X509_V_ERR_PERMITTED_VIOLATION:
        case X509_V_ERR_EXCLUDED_VIOLATION:
            return "the certificate is for names that its authority may not sign for (name constraints)";
        case X509_V_ERR_INVALID_PURPOSE:
            return format("{} is not meant for this (extended key usage)", whose);
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
            return format("the key of {} is too weak (RSA needs 2048 bits)", whose);
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return format("{} is signed in a way that can be forged (SHA-1, MD5)", whose);
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return format("{} has a wrong signature", whose);
        default:
            return format("{} is not accepted: {}", whose, X509_verify_cert_error_string(error));
    }
}

// ---- Alerts (RFC 8446 section 6, RFC 5246 section 7.2) ----

struct AlertName {
    int number;
    const char* name;
    const char* advice;
};

constexpr AlertName kAlerts[] = {
    {10, "unexpected_message", ""},
    {20, "bad_record_mac", ""},
    {22, "record_overflow", ""},
    {40, "handshake_failure", "it may want other ciphers, or a client's certificate"},
    {42, "bad_certificate", "it does not accept our certificate; see client_certificate()"},
    {43, "unsupported_certificate", "it does not accept our certificate; see client_certificate()"},
    {44, "certificate_revoked", "it does not accept our certificate; see client_certificate()"},
    {45, "certificate_expired", "it does not accept our certificate; see client_certificate()"},
    {46, "certificate_unknown", "it does not accept our certificate; see client_certificate()"},
    {47, "illegal_parameter", ""},
    {48, "unknown_ca", "it does not know the authority of our certificate; see client_certificate()"},
    {49, "access_denied", ""},
    {50, "decode_error", ""},
    {51, "decrypt_error", ""},
    {70, "protocol_version", "it speaks no version of TLS that is accepted here; see min_version()"},
    {71, "insufficient_security", "it wants stronger ciphers"},
    {80, "internal_error", ""},
    {86, "inappropriate_fallback", ""},
    {90, "user_canceled", ""},
    {100, "no_renegotiation", ""},
    {109, "missing_extension", ""},
    {110, "unsupported_extension", ""},
    {112, "unrecognized_name", "it does not know the host by this name"},
    {113, "bad_certificate_status_response", ""},
    {115, "unknown_psk_identity", ""},
    {116, "certificate_required", "it wants a certificate of ours; pass client_certificate()"},
    {120, "no_application_protocol", "it speaks none of the protocols in alpn()"},
};

std::string refused_by(int alert) {
    for (const AlertName& known : kAlerts) {
        if (known.number != alert) continue;
        const std::string advice = known.advice;
        return format("the peer refused: alert {}{}{}", known.name, advice.empty() ? "" : ": ", advice);
    }
    return format("the peer refused: alert {}", alert);
}

/// What breaks TLS, or cannot be agreed on.
std::string reason_text(unsigned long error) {
    switch (ERR_GET_REASON(error)) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_WRONG_SSL_VERSION:
        case SSL_R_VERSION_TOO_LOW:
            return "the peer speaks no version of TLS that is accepted here; see min_version()";
        case SSL_R_NO_SHARED_CIPHER:
            return "there is no cipher that both sides accept";
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return "the client has shown no certificate";
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
            return "a record was damaged or forged on its way";
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
            return "the client speaks plain HTTP";
        default:
            break;
    }
    const char* text = ERR_reason_error_string(error);
    return format("what the peer sends breaks TLS ({})", text == nullptr ? "unknown" : text);
}

}  // namespace

std::string certificate_fault(X509_STORE_CTX* at, const std::string& host) {
    const X509* certificate = X509_STORE_CTX_get_current_cert(at);
    if (certificate == nullptr) certificate = X509_STORE_CTX_get0_cert(at);
    return fault_text(X509_STORE_CTX_get_error(at), certificate, X509_STORE_CTX_get_error_depth(at), host);
}

// The first error is the cause, those behind it are of its callers.
TlsFailure failure_from_queue() {
    const unsigned long error = ERR_get_error();
    ERR_clear_error();
    const int reason = ERR_GET_REASON(error);
    if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET)
        return {TlsFault::alert, refused_by(reason - SSL_AD_REASON_OFFSET)};
    return {TlsFault::protocol, reason_text(error)};
}

std::string shown_beginning(std::string_view bytes) { return shown(bytes.substr(0, bytes.find_first_of("\r\n"))); }

}  // namespace trawl::net
