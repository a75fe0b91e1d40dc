/// One HTTP/1 message at a time off the wire: llhttp in its strict mode, with limits, stopping where something is to be
/// decided. It knows syntax; what a message means (framing, reuse) is decided by the parsers in h1.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "trawl/http/headers.hpp"

namespace trawl::http {

enum class H1Error {
    none,
    closed_unused,        ///< the connection ended before the first byte of a message
    head_cut,             ///< it ended within the head
    body_cut,             ///< it ended before the body's end
    syntax,               ///< no HTTP/1
    version,              ///< neither 1.0 nor 1.1
    status,               ///< a status below 100
    framing,              ///< the body's length is contradictory or cannot be known
    head_size,            ///< the head is larger than allowed
    field_count,          ///< it has more fields than allowed
    overhead_size,        ///< chunk extensions and trailers are larger than allowed
    body_size,            ///< the body is larger than allowed
    informational_count,  ///< more 1xx responses than allowed came first
    upgrade,              ///< the peer speaks another protocol from here on, which nobody asked for
    request               ///< a request that may not be answered: no Host, a target of unknown form, CONNECT
};

/// The name of the enumerator.
[[nodiscard]] std::string_view to_string(H1Error error) noexcept;

struct H1Limits {
    std::size_t head_size_max = 65'536;        ///< bytes of all heads of one exchange, 1xx included
    std::size_t fields_max = 200;              ///< header fields, those of 1xx and trailers included
    std::size_t overhead_size_max = 16'384;    ///< bytes of chunk extensions and trailers
    std::uint64_t body_size_max = 1ULL << 30;  ///< bytes of the body
    std::size_t informational_max = 10;        ///< 1xx responses before the real one; Go stops at 5
};

struct MachineState;

/// Reads one message. Moving keeps its state; a moved-from one may only be destroyed or assigned.
class Machine {
public:
    enum class Kind { request, response };
    enum class Stop {
        more,     ///< all bytes were taken, more are needed
        head,     ///< the head is complete; the next run() goes on with the body, also without further bytes
        message,  ///< the message is complete
        error     ///< see error() and error_text()
    };
    struct Step {
        Stop stop;
        std::size_t consumed;
    };

    Machine(Kind kind, const H1Limits& limits);
    ~Machine();
    Machine(Machine&&) noexcept;
    Machine& operator=(Machine&&) noexcept;

    /// Forgets all but the capacity of its buffers.
    void restart();
    /// As restart(), but goes on counting: for the message behind a 1xx response.
    void next_in_exchange();
    /// Parses up to the next stop. After `message` or `error` one of the above comes first.
    [[nodiscard]] Step run(std::string_view data);
    /// Called when stopped at `head`: the message has no body, whatever its fields say.
    void skip_body() noexcept;

    [[nodiscard]] const Headers& headers() const noexcept;
    /// The reason phrase or the request target.
    [[nodiscard]] const std::string& start_text() const noexcept;
    [[nodiscard]] std::string& body() noexcept;
    [[nodiscard]] const std::string& body() const noexcept;
    /// Bytes of body so far, also those that were taken out of body().
    [[nodiscard]] std::uint64_t body_size() const noexcept;
    [[nodiscard]] std::size_t head_size() const noexcept;
    [[nodiscard]] int status() const noexcept;
    [[nodiscard]] std::string_view method() const noexcept;
    [[nodiscard]] int version_major() const noexcept;
    [[nodiscard]] int version_minor() const noexcept;
    /// Whether a `Connection: close` came in the head or the trailers. Known once the message is complete.
    [[nodiscard]] bool said_close() const noexcept;
    [[nodiscard]] H1Error error() const noexcept;
    [[nodiscard]] const char* error_text() const noexcept;
    [[nodiscard]] const H1Limits& limits() const noexcept;

private:
    std::unique_ptr<MachineState> state_;  // llhttp's name stays in one .cpp; its callbacks need an address that stays
};

/// How a message's body ends, found from its fields (RFC 9112 section 6.3), stricter than llhttp: `Transfer-Encoding`
/// is exactly "chunked", in HTTP/1.1 only; `Content-Length` is one number.
struct BodyFraming {
    enum class Kind { unspecified, length, chunked, invalid };
    Kind kind = Kind::unspecified;
    std::uint64_t length = 0;
    const char* problem = "";
};
[[nodiscard]] BodyFraming body_framing(const Headers& headers, int version_minor);

/// RFC 9112 section 9.3, for the side that sent these fields.
[[nodiscard]] bool keeps_alive(const Headers& headers, int version_minor);

}  // namespace trawl::http
