/// Where the time of a request went.
#pragma once

#include "trawl/base/clock.hpp"

namespace trawl {

/// One after the other; what did not happen took no time (a connection that was open already is neither resolved nor
/// connected). Of a request that was redirected, the last hop's.
struct Timings {
    Duration queue{};       ///< until a connection was free, or could be opened
    Duration resolve{};     ///< the host's name
    Duration connect{};     ///< TCP
    Duration tls{};         ///< the handshake
    Duration first_byte{};  ///< from sending the request until the head of the answer was there
    Duration body{};        ///< from then until the last byte

    [[nodiscard]] Duration total() const noexcept { return queue + resolve + connect + tls + first_byte + body; }
};

}  // namespace trawl
