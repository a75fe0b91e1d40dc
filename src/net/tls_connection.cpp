#include "tls_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "trawl/base/error.hpp"

namespace trawl::net {
namespace {

void require_open(const TlsConnection::Shared& connection) {
    if (!connection || !connection->is_open()) throw OsError(ECANCELED, "use a TLS connection that is closed");
}

}  // namespace

/// The one task that sends. A send that does not come to its end leaves a record that nobody can complete.
class TlsConnection::Sending {
public:
    explicit Sending(TlsConnection& connection) : connection_(connection) {
        if (connection.is_sending_)
            throw UsageError("two tasks send on one TLS connection: let one of them do it, or use a Lock");
        if (connection.is_cut_)
            throw ClosedError(
                "a send was given up on this TLS connection, and nothing can be sent behind it: close it");
        connection.is_sending_ = true;
    }
    Sending(const Sending&) = delete;
    Sending& operator=(const Sending&) = delete;
    ~Sending() {
        connection_.is_sending_ = false;
        connection_.is_cut_ = !connection_.sending_.empty();
    }

private:
    TlsConnection& connection_;
};

// ---- Failing ----

void TlsConnection::throw_failure() const {
    const TlsFailure& failure = engine_->failure();
    switch (failure.fault) {
        case TlsFault::certificate:
            throw CertificateError(engine_->host(), failure.text);
        case TlsFault::truncated:
            throw TruncatedError(engine_->host(), failure.text);
        default:
            throw TlsError(engine_->host(), failure.text);
    }
}

/// A peer that refuses us says so and hangs up, and what we learn first is that sending failed.
void TlsConnection::throw_what_arrived() {
    while (engine_->state() != TlsState::failed && take_arrived()) {
        if (engine_->state() == TlsState::handshake) engine_->shake_hands(rest_);
        if (engine_->state() != TlsState::handshake) decrypt();
        if (!plain_.empty()) return;
    }
    if (engine_->failure().fault == TlsFault::alert) throw_failure();
}

// ---- Bytes of the wire ----

void TlsConnection::take(Buffer wire) {
    if (wire.empty()) engine_->end_of_wire();
    wire_ = std::move(wire);
    rest_ = wire_.view();
}

/// Takes what has arrived, without waiting. False when there is nothing to take.
bool TlsConnection::take_arrived() {
    if (!rest_.empty()) return false;
    Buffer wire = socket_.receive_arrived();
    if (wire.empty()) return false;
    take(std::move(wire));
    return true;
}

Task<> TlsConnection::flush() {
    while (!engine_->output().empty()) {
        sending_.swap(engine_->output());
        co_await socket_.send(sending_);
        sending_.clear();
    }
}

/// Sends what is to be sent if that can be done without waiting: a farewell, which nobody waits for.
void TlsConnection::flush_now() noexcept {
    if (is_sending_ || is_cut_ || !socket_.is_open() || engine_->output().empty()) return;
    try {
        loop::Send sending = socket_.send(engine_->output()).operator co_await();
        is_cut_ = !sending.await_ready();
        if (!is_cut_) sending.await_resume();
    } catch (const Error&) {  // ignored: the connection is being given up
        is_cut_ = true;
    }
    engine_->output().clear();
}

// ---- Operations ----

Task<> TlsConnection::shake_hands(Shared self) {
    TlsEngine& engine = *self->engine_;
    const Sending sending(*self);
    while (engine.shake_hands(self->rest_) == TlsState::handshake || !engine.output().empty()) {
        if (engine.state() == TlsState::failed) break;
        try {
            co_await self->flush();
        } catch (const OsError&) {
            self->throw_what_arrived();
            throw;
        }
        if (engine.state() != TlsState::handshake) co_return;
        Buffer wire = co_await self->socket_.receive();
        self->take(std::move(wire));
    }
    if (engine.state() != TlsState::failed) co_return;
    self->is_sending_ = false;
    self->flush_now();
    self->throw_failure();
}

/// Decrypts what has been received, if nothing of it waits to be handed over already.
void TlsConnection::decrypt() {
    if (!plain_.empty()) return;
    if (engine_->state() == TlsState::failed) throw_failure();
    if (rest_.empty() && !engine_->has_plaintext()) return;
    plain_ = Buffer::lease();
    plain_.resize(engine_->read(rest_, plain_.data(), Buffer::kCapacity));
    if (rest_.empty()) wire_ = Buffer();
    const bool has_bytes = !plain_.empty();
    if (!has_bytes) plain_ = Buffer();
    if (engine_->state() != TlsState::failed) return;
    flush_now();
    if (!has_bytes) throw_failure();
}

Task<> TlsConnection::arrival(Shared self) {
    for (;;) {
        require_open(self);
        self->decrypt();
        if (!self->plain_.empty() || self->engine_->state() == TlsState::ended) co_return;
        Buffer wire = co_await self->socket_.receive();
        self->take(std::move(wire));
    }
}

Task<> TlsConnection::send(Shared self, std::string_view bytes) {
    require_open(self);
    const Sending sending(*self);
    if (self->engine_->has_ended_writing()) throw ClosedError("this side of the TLS connection has ended already");
    try {
        while (!bytes.empty()) {
            if (!self->engine_->write(bytes.substr(0, kSliceMax))) self->throw_failure();
            bytes.remove_prefix(std::min(bytes.size(), kSliceMax));
            co_await self->flush();
        }
        if (!self->engine_->output().empty()) co_await self->flush();  // what send_at_once() has left
    } catch (const OsError&) {
        self->throw_what_arrived();
        throw;
    }
}

// What the kernel does not take stays in the engine's output, in front of whatever comes next, and cuts nothing off.
// When the socket fails, `sending_` is left as it is, so that the connection is known to be cut.
bool TlsConnection::send_at_once(std::string_view bytes) {
    const Sending sending(*this);
    if (engine_->has_ended_writing()) throw ClosedError("this side of the TLS connection has ended already");
    if (!engine_->write(bytes)) throw_failure();
    sending_.swap(engine_->output());
    try {
        loop::Send operation = socket_.send(sending_).operator co_await();
        const bool is_out = operation.await_ready();
        if (is_out) operation.await_resume();
        sending_.erase(0, sending_.size() - operation.rest().size());
        sending_.swap(engine_->output());
        return is_out;
    } catch (const OsError&) {
        throw_what_arrived();
        throw;
    }
}

Task<> TlsConnection::end_writing(Shared self) {
    require_open(self);
    const Sending sending(*self);
    self->engine_->end_writing();
    co_await self->flush();
}

// ---- Between two requests ----

/// Whatever has arrived is taken in, and none of it was for the caller.
bool TlsConnection::is_silent() {
    for (;;) {
        decrypt();
        if (!plain_.empty() || engine_->state() != TlsState::open) return false;
        if (socket_.is_quiet()) return !engine_->is_within_record();
        if (!take_arrived()) return false;
    }
}

bool TlsConnection::is_quiet() noexcept {
    if (!socket_.is_open() || is_sending_ || is_cut_) return false;
    try {
        return is_silent();
    } catch (const Error&) {  // ignored: a connection that has failed is not quiet, and the next receive says why
        return false;
    }
}

void TlsConnection::close() noexcept {
    if (!socket_.is_open()) return;
    if (!is_sending_ && !is_cut_ && engine_->state() != TlsState::handshake) {
        engine_->end_writing();
        flush_now();
    }
    socket_.close();
}

}  // namespace trawl::net
