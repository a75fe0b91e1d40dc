#include "trawl/net/tls.hpp"

#include <cerrno>
#include <utility>

#include "tls_connection.hpp"
#include "tls_context.hpp"
#include "trawl/base/error.hpp"

namespace trawl {

TlsContext::TlsContext(const TlsOptions& options) : settings_(std::make_shared<net::TlsClientSettings>(options)) {}

const std::string& TlsContext::key() const noexcept { return settings_->key(); }

TlsServerContext::TlsServerContext(const TlsServerOptions& options)
    : settings_(std::make_shared<net::TlsServerSettings>(options)) {}

// ---- TlsReceive ----

Task<> TlsReceive::arrival(Connection connection) { return net::TlsConnection::arrival(std::move(connection)); }

Buffer TlsReceive::take(net::TlsConnection& connection) noexcept { return connection.take_received(); }

Task<Buffer> TlsReceive::as_task(Connection connection) { co_return co_await TlsReceive(std::move(connection)); }

// ---- TlsStream ----

Task<TlsStream> TlsStream::shake_hands(std::shared_ptr<net::TlsConnection> connection) {
    TlsStream stream(connection);  // which closes it, whatever happens
    co_await net::TlsConnection::shake_hands(std::move(connection));
    co_return std::move(stream);
}

Task<TlsStream> TlsStream::connect(TcpStream stream, TlsContext context, std::string host) {
    const std::uint16_t port = stream.peer_address().port();
    auto engine = context.settings_->engine(host, port);
    co_return co_await shake_hands(std::make_shared<net::TlsConnection>(std::move(stream), std::move(engine)));
}

Task<TlsStream> TlsStream::connect(UnixStream stream, TlsContext context, std::string host) {
    auto engine = context.settings_->engine(host, 0);
    co_return co_await shake_hands(std::make_shared<net::TlsConnection>(std::move(stream), std::move(engine)));
}

Task<TlsStream> TlsStream::accept(TcpStream stream, TlsServerContext context) {
    auto engine = context.settings_->engine();
    co_return co_await shake_hands(std::make_shared<net::TlsConnection>(std::move(stream), std::move(engine)));
}

Task<TlsStream> TlsStream::accept(UnixStream stream, TlsServerContext context) {
    auto engine = context.settings_->engine();
    co_return co_await shake_hands(std::make_shared<net::TlsConnection>(std::move(stream), std::move(engine)));
}

TlsStream& TlsStream::operator=(TlsStream&& other) noexcept {
    if (this == &other) return *this;
    close();
    connection_ = std::move(other.connection_);
    return *this;
}

Task<> TlsStream::send(std::string_view bytes) { return net::TlsConnection::send(connection_, bytes); }

bool TlsStream::send_at_once(std::string_view bytes) {
    if (!is_open()) throw OsError(ECANCELED, "use a TLS connection that is closed");
    return connection_->send_at_once(bytes);
}

Task<> TlsStream::shutdown_send() { return net::TlsConnection::end_writing(connection_); }

bool TlsStream::is_open() const noexcept { return connection_ && connection_->is_open(); }

bool TlsStream::is_quiet() noexcept { return connection_ && connection_->is_quiet(); }

void TlsStream::close() noexcept {
    if (connection_) connection_->close();
}

std::string TlsStream::alpn() const { return is_open() ? connection_->engine().alpn() : std::string(); }

std::string TlsStream::version() const { return is_open() ? connection_->engine().version() : std::string(); }

std::string TlsStream::cipher() const { return is_open() ? connection_->engine().cipher() : std::string(); }

bool TlsStream::was_resumed() const noexcept { return is_open() && connection_->engine().was_resumed(); }

}  // namespace trawl
