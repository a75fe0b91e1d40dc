/// TLS: a connection that nobody on the way can read or change, to a host that has shown who it is (RFC 8446).
///
///     TlsContext context(TlsOptions().alpn({"http/1.1"}));       // once: it reads the files, and keeps the sessions
///     TcpStream tcp = co_await TcpStream::connect(host, 443);
///     TlsStream stream = co_await TlsStream::connect(std::move(tcp), context, host);
///
/// Rules:
/// - A host is accepted when its certificate names it as a subject alternative name (RFC 6125): by name, where `*` is
///   for one whole label with at least two behind it, or, for an address, as an address. Common names do not count.
/// - An end is one only with TLS's own end (close_notify): without it, somebody may have cut the connection, and
///   receive() throws TruncatedError. What depends on the end, such as a body without a length, is complete only
///   after the other one.
/// - TLS 1.2 at least, no renegotiation, no compression, OpenSSL's security level 2 (RSA of 2048 bits, no SHA-1).
/// - A peer cannot make this side keep more than a few hundred kilobytes that the caller has not asked for.
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/net/tcp.hpp"
#include "trawl/net/tls_options.hpp"
#include "trawl/net/unix.hpp"

namespace trawl {

namespace net {
class TlsClientSettings;
class TlsConnection;
class TlsServerSettings;
}  // namespace net

/// Options with their files read, and the sessions of earlier connections, by which later ones to the same host and
/// port begin with less work and without another look at the certificate. Copies share both. Threads may share it too.
class TlsContext {
public:
    /// Reads the files, and blocks for it. Throws FileError for a file that cannot be read, UsageError for one that is
    /// not what it should be.
    explicit TlsContext(const TlsOptions& options = TlsOptions());

    /// TlsOptions::key().
    [[nodiscard]] const std::string& key() const noexcept;

private:
    friend class TlsStream;
    std::shared_ptr<net::TlsClientSettings> settings_;
};

/// The same for a server.
class TlsServerContext {
public:
    /// Reads the files, and blocks for it. Throws FileError, UsageError.
    explicit TlsServerContext(const TlsServerOptions& options);

private:
    friend class TlsStream;
    std::shared_ptr<net::TlsServerSettings> settings_;
};

/// A receive that has not begun: await it, put it into timeout(), or make a Task of it. The bytes stay with the
/// connection until the moment when they are handed over.
class [[nodiscard("a receive does nothing until it is awaited")]] TlsReceive {
public:
    auto operator co_await() && { return Awaiter(std::move(connection_)); }
    operator Task<Buffer>() && {  // NOLINT(google-explicit-constructor): gather(stream.receive(), ...)
        return as_task(std::move(connection_));
    }

private:
    friend class TlsStream;
    using Connection = std::shared_ptr<net::TlsConnection>;

    explicit TlsReceive(Connection connection) noexcept : connection_(std::move(connection)) {}
    static Task<> arrival(Connection connection);
    static Buffer take(net::TlsConnection& connection) noexcept;
    static Task<Buffer> as_task(Connection connection);

    class Awaiter {
    public:
        explicit Awaiter(Connection connection)
            : connection_(std::move(connection)), arrival_(arrival(connection_).operator co_await()) {}
        bool await_ready() const { return arrival_.await_ready(); }
        void await_suspend(std::coroutine_handle<> handle) noexcept { arrival_.await_suspend(handle); }
        Buffer await_resume() {
            arrival_.await_resume();
            return take(*connection_);
        }

    private:
        Connection connection_;
        decltype(std::declval<Task<>>().operator co_await()) arrival_;
    };

    Connection connection_;
};

/// One end of a TLS connection. Owned by one task at a time, or by two, of which one sends and the other receives;
/// destroying it closes it. Time limits are the caller's: `timeout(10s, TlsStream::connect(...))`.
class TlsStream {
public:
    TlsStream() = default;
    TlsStream(TlsStream&& other) noexcept = default;
    TlsStream& operator=(TlsStream&& other) noexcept;
    ~TlsStream() { close(); }

    /// Shakes hands with a server as the one named `host` (a name, or an address in digits). Throws CertificateError;
    /// TlsError when the server does not speak TLS, or none that we accept, or refuses us; TruncatedError when it hangs
    /// up; OsError; UsageError for what can be no host. A server of TLS 1.3 may refuse us (for want of a client's
    /// certificate) after this: the first receive() then throws.
    static Task<TlsStream> connect(TcpStream stream, TlsContext context, std::string host);
    static Task<TlsStream> connect(UnixStream stream, TlsContext context, std::string host);
    /// Shakes hands with a client. Throws as connect().
    static Task<TlsStream> accept(TcpStream stream, TlsServerContext context);
    static Task<TlsStream> accept(UnixStream stream, TlsServerContext context);

    /// Waits for bytes: as many as have arrived in whole records, up to Buffer::kCapacity. An empty Buffer is the
    /// peer's end. Throws TruncatedError for an end of the connection without one, TlsError (the peer's alert, bytes
    /// that are no TLS), OsError. What had arrived for a receive that is destroyed is kept for the next one.
    [[nodiscard]] TlsReceive receive() { return TlsReceive(connection_); }
    /// Sends all of `bytes`, which must stay as they are until it is done. A send that is destroyed may have sent any
    /// part of them: nothing can be sent behind it (ClosedError). Throws OsError, TlsError.
    [[nodiscard]] Task<> send(std::string_view bytes);
    /// The same for a few kilobytes, as far as it can be done without waiting. False: not all is with the kernel, and
    /// send() takes it there, be it a send of nothing; they need not stay as they are. Throws as send() does.
    [[nodiscard]] bool send_at_once(std::string_view bytes);
    /// The peer receives what was sent, and then the end; it may go on sending. To be called when no send waits.
    [[nodiscard]] Task<> shutdown_send();

    [[nodiscard]] bool is_open() const noexcept;
    /// Nothing to receive has arrived, nothing has ended: what a connection must be before it is used for another
    /// request. Records without bytes for the caller (session tickets, new keys) are taken in on the spot.
    [[nodiscard]] bool is_quiet() noexcept;
    /// Tells the peer of the end if that can be done without waiting. Waiting operations fail with OsError (ECANCELED).
    void close() noexcept;

    /// What was agreed on. The protocol of TlsOptions::alpn(), or nothing; "TLSv1.3"; "TLS_AES_256_GCM_SHA384"; whether
    /// a session of an earlier connection was taken up. Empty and false when it is closed.
    [[nodiscard]] std::string alpn() const;
    [[nodiscard]] std::string version() const;
    [[nodiscard]] std::string cipher() const;
    [[nodiscard]] bool was_resumed() const noexcept;

private:
    explicit TlsStream(std::shared_ptr<net::TlsConnection> connection) noexcept : connection_(std::move(connection)) {}
    static Task<TlsStream> shake_hands(std::shared_ptr<net::TlsConnection> connection);

    std::shared_ptr<net::TlsConnection> connection_;
};

}  // namespace trawl
