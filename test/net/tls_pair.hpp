/// A client's and a server's engine that talk through memory, for tests.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "certificates.hpp"
#include "tls_context.hpp"
#include "tls_engine.hpp"
#include "trawl/base/error.hpp"

namespace trawl::net {

/// The authority that the tests' clients trust.
inline const Identity& trusted_authority() {
    static const Identity authority = Identity::authority("Test CA");
    return authority;
}

/// Options that trust it, and nobody else.
inline TlsOptions trusting_options() { return TlsOptions().ca_pem(trusted_authority().pem()).without_system_cas(); }

/// A server that shows whatever certificate it is told to, however bad. Settings are made on `context()`.
class TestServer {
public:
    explicit TestServer(const Identity& identity, const std::vector<Identity>& chain = {})
        : context_(SSL_CTX_new(TLS_server_method())) {
        SSL_CTX* context = context_.get();
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_options(context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
        SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("test"), 4);
        SSL_CTX_use_certificate(context, identity.certificate());
        SSL_CTX_use_PrivateKey(context, identity.key());
        for (const Identity& one : chain) SSL_CTX_add1_chain_cert(context, one.certificate());
    }
    [[nodiscard]] SSL_CTX* context() const noexcept { return context_.get(); }
    [[nodiscard]] std::unique_ptr<TlsEngine> engine() const {
        return std::make_unique<TlsEngine>(new_ssl(context(), true), "the client");
    }

private:
    ContextHandle context_;
};

/// A server for a.example whose certificate is good.
inline const TestServer& good_server() {
    static const TestServer server(trusted_authority().issue({}));
    return server;
}

inline std::string read_all(TlsEngine& engine, std::string_view& wire) {
    std::string all;
    char piece[1000];
    while (const std::size_t got = engine.read(wire, piece, sizeof piece)) all.append(piece, got);
    return all;
}

/// Takes what `engine` has to send.
inline std::string sent_by(TlsEngine& engine) { return std::exchange(engine.output(), {}); }

/// Hands bytes over in pieces of at most `piece`; gives the plaintext that came out of them.
inline std::string deliver(TlsEngine& to, std::string_view bytes, std::size_t piece = 1 << 20) {
    std::string plain;
    while (!bytes.empty()) {
        std::string_view wire = bytes.substr(0, piece);
        bytes.remove_prefix(wire.size());
        if (to.state() == TlsState::handshake) to.shake_hands(wire);
        if (to.state() == TlsState::open) plain += read_all(to, wire);
    }
    return plain;
}

struct TlsPair {
    std::unique_ptr<TlsEngine> client;
    std::unique_ptr<TlsEngine> server;

    /// Shakes hands until nobody has anything to say. What one side sends before it fails is delivered.
    TlsPair& shake_hands(std::size_t piece = 1 << 20) {
        std::string_view nothing;
        client->shake_hands(nothing);
        for (int round = 0; round < 10; ++round) {
            const std::string there = sent_by(*client);
            deliver(*server, there, piece);
            const std::string back = sent_by(*server);
            deliver(*client, back, piece);
            if (there.empty() && back.empty()) break;
        }
        return *this;
    }
    [[nodiscard]] bool is_open() const {
        return client->state() == TlsState::open && server->state() == TlsState::open;
    }
};

inline TlsPair pair_of(const TlsClientSettings& client, const TestServer& server,
                       const std::string& host = "a.example") {
    return {client.engine(host, 443), server.engine()};
}

/// A client that trusts the tests' authority and a good server, connected.
inline TlsPair connected_pair() {
    static const TlsClientSettings settings{trusting_options()};
    TlsPair pair = pair_of(settings, good_server());
    pair.shake_hands();
    return pair;
}

}  // namespace trawl::net
