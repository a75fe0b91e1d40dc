#include "tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "tls_files.hpp"
#include "tls_sessions.hpp"
#include "trawl/base/ascii.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

// 112 bits: RSA of 2048 bits, no SHA-1 and no MD5, whatever the system's openssl.cnf says.
constexpr int kSecurityLevel = 2;

// ---- Whom to expect ----

/// A host as certificates and servers know it: a name in lower case without the root's dot, or an address.
struct ExpectedHost {
    std::string text;
    bool is_address = false;
};

bool is_address(const std::string& text) noexcept {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

// "[::1]" as in URLs, "fe80::1%eth0" as in addresses of a link: certificates know neither brackets nor zones.
ExpectedHost expected(std::string host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host.find(':') != std::string::npos) host = host.substr(0, host.find('%'));
    if (host.size() > 1 && host.back() == '.') host.pop_back();
    std::transform(host.begin(), host.end(), host.begin(), to_lower);
    const bool has_room = !host.empty() && host.size() <= 253;  // RFC 1035 section 2.3.4
    if (!has_room || !std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c <= '~'; }))
        throw UsageError(format("no host has such a name for TLS: '{}'; names are 1 to 253 visible ASCII characters",
                                shown_beginning(host)));
    return {host, is_address(host)};
}

// RFC 6125 section 6.4; OpenSSL wants two labels behind a wildcard by itself. An address is no name for SNI (RFC 6066
// section 3).
void expect(SSL* ssl, const ExpectedHost& host, bool verifies) {
    if (!host.is_address) SSL_set_tlsext_host_name(ssl, host.text.c_str());
    if (!verifies) return;
    X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const int done = host.is_address ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.text.c_str())
                                     : X509_VERIFY_PARAM_set1_host(rules, host.text.data(), host.text.size());
    if (done != 1) throw UsageError(format("no certificate can be for '{}'", host.text));
}

// ---- OpenSSL's callbacks ----

int on_verify(int accepted, X509_STORE_CTX* at) {
    if (accepted == 1) return 1;
    const auto* ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(at, SSL_get_ex_data_X509_STORE_CTX_idx()));
    TlsEngine::of(ssl).certificate_fails(at);
    return 0;
}

// The session is ours from then on.
int on_session(SSL* ssl, SSL_SESSION* session) { return TlsEngine::of(ssl).keep(session) ? 1 : 0; }

/// `own` is a std::string: our protocols, the best first, as in the handshake.
int on_protocols(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                 unsigned offered_size, void* own) {
    const std::string& protocols = *static_cast<const std::string*>(own);
    unsigned char* found = nullptr;
    const int result =
        SSL_select_next_proto(&found, chosen_size, reinterpret_cast<const unsigned char*>(protocols.data()),
                              static_cast<unsigned>(protocols.size()), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// ---- Contexts ----

/// RFC 7301 section 3.1: each name behind its length.
std::string on_the_wire(const std::vector<std::string>& protocols) {
    std::string wire;
    for (const std::string& name : protocols) {
        wire += static_cast<char>(static_cast<unsigned char>(name.size()));
        wire += name;
    }
    return wire;
}

ContextHandle new_context(const SSL_METHOD* method, TlsVersion min_version) {
    ERR_clear_error();
    ContextHandle context(SSL_CTX_new(method));
    if (!context) throw Error("OpenSSL could not be set up: its configuration (openssl.cnf) may be damaged");
    SSL_CTX_set_security_level(context.get(), kSecurityLevel);
    SSL_CTX_set_min_proto_version(context.get(), min_version == TlsVersion::kTls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), 0);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // An idle connection holds no records' buffers: 34 KB each.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    // Whatever the user trusts is trusted, be it an intermediate authority or the server itself.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    return context;
}

}  // namespace

void ContextFree::operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }

TlsClientSettings::TlsClientSettings(const TlsOptions& options)
    : context_(new_context(TLS_client_method(), options.min_version())),
      sessions_(std::make_shared<TlsSessions>()),
      key_(options.key()),
      verifies_(options.verifies()) {
    SSL_CTX* context = context_.get();
    if (options.has_system_cas()) SSL_CTX_set_default_verify_paths(context);
    for (const std::string& path : options.ca_files()) trust_file(context, path);
    for (const std::string& text : options.ca_pems()) trust_text(context, text);
    if (!options.chain_file().empty()) identify(context, options.chain_file(), options.key_file());
    const std::string protocols = on_the_wire(options.alpn());
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
    if (verifies_) SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
}

std::unique_ptr<TlsEngine> TlsClientSettings::engine(const std::string& host, std::uint16_t port) const {
    const ExpectedHost known = expected(host);
    SslHandle ssl = new_ssl(context_.get(), false);
    expect(ssl.get(), known, verifies_);
    const std::string name = format("{} {}", known.text, port);
    if (const SessionHandle session = sessions_->take(name)) SSL_set_session(ssl.get(), session.get());
    auto engine = std::make_unique<TlsEngine>(std::move(ssl), known.text);
    engine->keep_sessions(sessions_, name);
    return engine;
}

TlsServerSettings::TlsServerSettings(const TlsServerOptions& options)
    : protocols_(on_the_wire(options.alpn())), context_(new_context(TLS_server_method(), options.min_version())) {
    SSL_CTX* context = context_.get();
    identify(context, options.chain_file(), options.key_file());
    if (!options.client_ca_file().empty()) {
        trust_file(context, options.client_ca_file());
        announce_authorities(context, options.client_ca_file());
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, on_verify);
    }
    // Sessions are in the tickets that clients bring, and good for this context alone.
    const unsigned char id[] = "trawl";
    SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    if (!protocols_.empty()) SSL_CTX_set_alpn_select_cb(context, on_protocols, &protocols_);
}

std::unique_ptr<TlsEngine> TlsServerSettings::engine() const {
    return std::make_unique<TlsEngine>(new_ssl(context_.get(), true), "the client");
}

}  // namespace trawl::net
