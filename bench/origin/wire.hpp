/// An answer as bytes: status line, fields and framed body in one string, and where faults cut it. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "answer.hpp"
#include "faults.hpp"
#include "settings.hpp"

namespace trawl::origin {

/// How an answer is framed (RFC 9112 section 6).
struct Framing {
    bool http10 = false;          // the body ends with the connection
    bool chunked = false;         // in HTTP/1.1: Transfer-Encoding instead of Content-Length
    bool keep_alive = true;       // else the answer says that the connection is closed behind it
    bool say_keep_alive = false;  // to clients that ask for it: those of HTTP/1.0 need the answer
    bool head_only = false;       // the answer to HEAD: as that to GET, without the body
};

struct WireText {
    std::string bytes;
    std::size_t head_size = 0;
};

WireText to_wire(const Answer& answer, const Framing& framing);

/// How many bytes of `text` are sent before a reset or a truncation strikes; always fewer than there are. A third of
/// the resets come before the first byte. A truncated chunked body misses nothing but its last chunk.
std::size_t cut_at(const Fate& fate, const WireText& text, const Framing& framing) noexcept;

/// "Retry-After: 1\r\n" (RFC 9110 section 10.2.3), or nothing. `wait`: the time after which it makes sense to try
/// again; 0: not known. `now`: calendar time in seconds, for the form that is a date.
std::string retry_after_field(const WireSettings& settings, Duration wait, long now);

}  // namespace trawl::origin
