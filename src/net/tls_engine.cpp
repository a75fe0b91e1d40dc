#include "tls_engine.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <utility>

#include "tls_sessions.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::net {
namespace {

// ---- The engine as OpenSSL sees it: something to read from and to write to ----

TlsEngine& engine_of(BIO* bio) { return *static_cast<TlsEngine*>(BIO_get_data(bio)); }

int bio_read(BIO* bio, char* to, int size) {
    BIO_clear_retry_flags(bio);
    const int taken = engine_of(bio).take(to, size);
    if (taken > 0) return taken;
    BIO_set_retry_read(bio);
    return -1;
}

int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    engine_of(bio).give(bytes, size);
    return size;
}

// What was written needs no flushing; nothing else is known here.
long bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int bio_create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
}

BIO_METHOD* make_bio_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "chunks");
    BIO_meth_set_create(method, bio_create);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

// For the life of the process.
const BIO_METHOD* bio_method() {
    static const BIO_METHOD* const method = make_bio_method();
    return method;
}

// RFC 8446 section 5.1: change_cipher_spec, alert, handshake, application_data.
bool is_content_type(char byte) noexcept { return byte >= 20 && byte <= 23; }

// SSL_get_error() takes an error of an earlier call for one of the last. There is none, as a rule, and to look costs a
// tenth of clearing.
void forget_errors() noexcept {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

void SslFree::operator()(SSL* ssl) const noexcept { SSL_free(ssl); }

SslHandle new_ssl(SSL_CTX* context, bool is_server) {
    SslHandle ssl(SSL_new(context));
    if (!ssl) throw Error("OpenSSL could not make a connection: there may be no memory left");
    if (is_server) {
        SSL_set_accept_state(ssl.get());
    } else {
        SSL_set_connect_state(ssl.get());
    }
    return ssl;
}

TlsEngine::TlsEngine(SslHandle ssl, std::string host) : ssl_(std::move(ssl)), host_(std::move(host)) {
    BIO* bio = BIO_new(bio_method());
    BIO_set_data(bio, this);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_app_data(ssl_.get(), this);
}

// Without this, OpenSSL takes a session for spoilt when its connection is closed without a farewell, which is what
// happens to most connections of a pool. A session of a connection that failed is not taken up again.
TlsEngine::~TlsEngine() {
    if (state_ != TlsState::failed) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

TlsEngine& TlsEngine::of(const SSL* ssl) noexcept { return *static_cast<TlsEngine*>(SSL_get_app_data(ssl)); }

void TlsEngine::keep_sessions(std::shared_ptr<TlsSessions> sessions, std::string name) {
    sessions_ = std::move(sessions);
    session_name_ = std::move(name);
}

bool TlsEngine::keep(SSL_SESSION* session) {
    if (sessions_) sessions_->put(session_name_, session);
    return sessions_ != nullptr;
}

void TlsEngine::certificate_fails(X509_STORE_CTX* at) {
    if (certificate_fault_.empty()) certificate_fault_ = certificate_fault(at, host_);
}

int TlsEngine::take(char* to, int size) noexcept {
    const std::size_t taken = input_.copy(to, static_cast<std::size_t>(size));
    input_.remove_prefix(taken);
    return static_cast<int>(taken);
}

// ---- Failing ----

void TlsEngine::fail(TlsFault fault, std::string text) {
    state_ = TlsState::failed;
    failure_ = {fault, std::move(text)};
}

void TlsEngine::fail_by_openssl() {
    TlsFailure failure = failure_from_queue();
    if (certificate_fault_.empty()) {
        fail(failure.fault, std::move(failure.text));
    } else {
        fail(TlsFault::certificate, certificate_fault_);
    }
}

/// What OpenSSL says of its last call, before anything else is asked of it. True when there is no going on.
bool TlsEngine::went_wrong(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_NONE:
        case SSL_ERROR_WANT_READ:
            return false;
        case SSL_ERROR_ZERO_RETURN:
            state_ = TlsState::ended;
            return true;
        default:
            fail_by_openssl();
            return true;
    }
}

bool TlsEngine::looks_like_tls(std::string_view wire) {
    if (started_ || wire.empty()) return true;
    started_ = true;
    if (is_content_type(wire.front())) return true;
    const bool is_server = SSL_is_server(ssl_.get()) != 0;
    fail(TlsFault::not_tls, format("{} ('{}')",
                                   is_server ? "what the client sends is not TLS"
                                             : "the server does not speak TLS on this port: what it sends is something "
                                               "else; is it http, or another port?",
                                   shown_beginning(wire)));
    return false;
}

void TlsEngine::limit_silence(std::size_t wire, std::size_t plain) {
    silence_size_ = plain > 0 ? 0 : silence_size_ + wire;
    if (state_ == TlsState::failed || (silence_size_ <= kSilenceMax && output_.size() <= kAnswersMax)) return;
    fail(TlsFault::limit, "the peer sends messages of TLS without end, and no data");
}

// ---- Bytes ----

TlsState TlsEngine::shake_hands(std::string_view& wire) {
    if (state_ != TlsState::handshake || !looks_like_tls(wire)) return state_;
    input_ = wire;
    forget_errors();
    const int result = SSL_do_handshake(ssl_.get());
    const bool wrong = went_wrong(result);
    handshake_size_ += wire.size() - input_.size();
    wire = std::exchange(input_, {});
    if (wrong && state_ == TlsState::ended) fail(TlsFault::alert, "the peer ended the connection during the handshake");
    if (wrong) return state_;
    if (result == 1) {
        state_ = TlsState::open;
    } else if (handshake_size_ > kHandshakeMax) {
        fail(TlsFault::limit, format("the handshake has no end: {} bytes of it have come", handshake_size_));
    }
    return state_;
}

std::size_t TlsEngine::read(std::string_view& wire, char* to, std::size_t size) {
    input_ = wire;
    std::size_t total = 0;
    while (state_ == TlsState::open && total < size) {
        std::size_t got = 0;
        forget_errors();
        const int result = SSL_read_ex(ssl_.get(), to + total, size - total, &got);
        if (went_wrong(result) || result == 0) break;
        total += got;
        if (input_.empty() && SSL_has_pending(ssl_.get()) == 0) break;  // it would only say so
    }
    if (state_ == TlsState::open || state_ == TlsState::failed) limit_silence(wire.size() - input_.size(), total);
    wire = std::exchange(input_, {});
    return total;
}

void TlsEngine::end_of_wire() {
    if (state_ == TlsState::handshake) {
        fail(TlsFault::truncated, "the peer closed the connection during the handshake");
    } else if (state_ == TlsState::open) {
        fail(TlsFault::truncated,
             "the connection ended without the peer's end (close_notify): what was received may be cut short");
    }
}

bool TlsEngine::write(std::string_view bytes) {
    if (ended_writing_ || (state_ != TlsState::open && state_ != TlsState::ended)) return false;
    if (bytes.empty()) return true;
    std::size_t written = 0;
    forget_errors();
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    if (result == 1) return true;
    if (!went_wrong(result))
        fail(TlsFault::protocol,
             "a message of the peer's has begun and is not whole: nothing can be sent before it is");
    return false;
}

void TlsEngine::end_writing() {
    if (ended_writing_ || (state_ != TlsState::open && state_ != TlsState::ended)) return;
    ended_writing_ = true;
    forget_errors();
    SSL_shutdown(ssl_.get());
    forget_errors();
}

bool TlsEngine::has_plaintext() const noexcept { return SSL_pending(ssl_.get()) > 0; }

// Of a header that is whole but has nothing behind it, only the state of reading tells.
bool TlsEngine::is_within_record() const noexcept {
    return SSL_has_pending(ssl_.get()) != 0 || std::string_view(SSL_rstate_string(ssl_.get())) == "RB";
}

// ---- What was agreed on ----

std::string TlsEngine::alpn() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

std::string TlsEngine::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsEngine::cipher() const { return SSL_get_cipher_name(ssl_.get()); }

bool TlsEngine::was_resumed() const noexcept { return SSL_session_reused(ssl_.get()) != 0; }

}  // namespace trawl::net
