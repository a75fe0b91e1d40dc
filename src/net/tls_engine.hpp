/// TLS without I/O (RFC 8446, RFC 5246): the bytes of the wire in, plaintext out, and the other way round. Nothing here
/// throws for what the peer sends: the verdict is a state and a failure.
///
///     while (engine.state() == TlsState::handshake) {
///         engine.shake_hands(wire);                          // takes from the front of `wire`
///         send(engine.output()), engine.output().clear();
///         if (wire.empty()) wire = receive();                // at its end: engine.end_of_wire()
///     }
///     const std::size_t size = engine.read(wire, to, capacity);
///
/// OpenSSL reads from the caller's chunk: each byte is copied once, into the record that is being put together, and
/// decrypted from there to where the caller wants it.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tls_failure.hpp"

namespace trawl::net {

class TlsSessions;

enum class TlsState : unsigned char {
    handshake,  ///< not connected yet
    open,       ///< connected
    ended,      ///< the peer has said that it sends no more; we may
    failed      ///< of no use any more
};

struct SslFree {
    void operator()(SSL* ssl) const noexcept;
};
using SslHandle = std::unique_ptr<SSL, SslFree>;

class TlsEngine {
public:
    /// A handshake takes a few kilobytes; certificates of OpenSSL's maximum (100 KB) fit.
    static constexpr std::size_t kHandshakeMax = 256 * 1024;
    /// What a peer may send after the handshake without any byte for the caller (tickets, new keys, empty records).
    static constexpr std::size_t kSilenceMax = 1024 * 1024;
    /// Answers to the peer that wait to be sent: a few new keys and an alert.
    static constexpr std::size_t kAnswersMax = 64 * 1024;

    /// `ssl` knows its role and its settings, and whom to expect (`host`, for messages).
    TlsEngine(SslHandle ssl, std::string host);
    TlsEngine(const TlsEngine&) = delete;
    TlsEngine& operator=(const TlsEngine&) = delete;
    ~TlsEngine();

    /// Sessions that the peer offers go there, under this name.
    void keep_sessions(std::shared_ptr<TlsSessions> sessions, std::string name);

    [[nodiscard]] TlsState state() const noexcept { return state_; }
    [[nodiscard]] const TlsFailure& failure() const noexcept { return failure_; }
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

    /// Goes on with the handshake; bytes behind it stay in `wire`.
    TlsState shake_hands(std::string_view& wire);
    /// Decrypts from the front of `wire` to `to`, and gives how much that was: less than `size` only when all of `wire`
    /// is taken (a record that is not whole yet is kept here), or at an end. Requires: the handshake is done.
    std::size_t read(std::string_view& wire, char* to, std::size_t size);
    /// The connection below has ended. That is a failure unless the peer's end has been seen.
    void end_of_wire();
    /// Encrypts `bytes` to the output. False when this side has ended or the connection has failed.
    bool write(std::string_view bytes);
    /// Encrypts our end (close_notify). Once is enough.
    void end_writing();
    [[nodiscard]] bool has_ended_writing() const noexcept { return ended_writing_; }
    /// What is to be sent; the caller takes it out.
    [[nodiscard]] std::string& output() noexcept { return output_; }
    /// Plaintext is left over of a record, and nothing else is needed to read it.
    [[nodiscard]] bool has_plaintext() const noexcept;
    /// A record has begun to arrive and is not whole.
    [[nodiscard]] bool is_within_record() const noexcept;

    [[nodiscard]] std::string alpn() const;
    [[nodiscard]] std::string version() const;
    [[nodiscard]] std::string cipher() const;
    [[nodiscard]] bool was_resumed() const noexcept;

    // For OpenSSL's callbacks, and for tests.
    [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
    int take(char* to, int size) noexcept;
    void give(const char* bytes, int size) { output_.append(bytes, static_cast<std::size_t>(size)); }
    bool keep(SSL_SESSION* session);  // true: it is taken over
    void certificate_fails(X509_STORE_CTX* at);
    static TlsEngine& of(const SSL* ssl) noexcept;

private:
    bool looks_like_tls(std::string_view wire);
    void fail(TlsFault fault, std::string text);
    void fail_by_openssl();
    bool went_wrong(int result);
    void limit_silence(std::size_t wire, std::size_t plain);

    SslHandle ssl_;
    std::string host_;
    std::string_view input_;
    std::string output_;
    TlsState state_ = TlsState::handshake;
    TlsFailure failure_;
    std::string certificate_fault_;
    std::shared_ptr<TlsSessions> sessions_;
    std::string session_name_;
    std::size_t handshake_size_ = 0;
    std::size_t silence_size_ = 0;
    bool started_ = false;
    bool ended_writing_ = false;
};

/// A connection's part of `context`, for the engine that takes it over. Throws Error when there is no memory.
SslHandle new_ssl(SSL_CTX* context, bool is_server);

}  // namespace trawl::net
