/// TlsConnection: a socket and an engine. It outlives the stream whose tasks are destroyed or closed under them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tls_engine.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/buffer.hpp"
#include "trawl/net/stream_socket.hpp"

namespace trawl::net {

class TlsConnection {
public:
    using Shared = std::shared_ptr<TlsConnection>;

    /// How much is encrypted before it is sent by one call: sixteen records.
    static constexpr std::size_t kSliceMax = 256 * 1024;

    TlsConnection(StreamSocket&& socket, std::unique_ptr<TlsEngine> engine)
        : socket_(std::move(socket)), engine_(std::move(engine)) {}

    // As TlsStream's. Throw OsError (ECANCELED) for no connection.
    static Task<> shake_hands(Shared self);
    /// Waits until there is something for take_received(), be it the end.
    static Task<> arrival(Shared self);
    /// The bytes that were waited for; empty at the end.
    [[nodiscard]] Buffer take_received() noexcept { return std::exchange(plain_, Buffer()); }
    static Task<> send(Shared self, std::string_view bytes);
    [[nodiscard]] bool send_at_once(std::string_view bytes);
    static Task<> end_writing(Shared self);

    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }
    [[nodiscard]] bool is_quiet() noexcept;
    void close() noexcept;
    [[nodiscard]] const TlsEngine& engine() const noexcept { return *engine_; }

private:
    class Socket : public StreamSocket {
    public:
        explicit Socket(StreamSocket&& socket) noexcept : StreamSocket(std::move(socket)) {}
    };
    class Sending;

    Task<> flush();
    void flush_now() noexcept;
    void take(Buffer wire);
    bool take_arrived();
    void decrypt();
    bool is_silent();
    [[noreturn]] void throw_failure() const;
    void throw_what_arrived();

    Socket socket_;
    std::unique_ptr<TlsEngine> engine_;
    Buffer wire_;            // received, and
    std::string_view rest_;  // what of it has not been read
    Buffer plain_;           // decrypted, and not handed over
    std::string sending_;    // on its way to the kernel
    bool is_sending_ = false;
    bool is_cut_ = false;  // a record has been sent in part, and will not be sent to its end
};

}  // namespace trawl::net
