/// A way through a proxy: from its end on, the bytes are the server's.
#pragma once

#include "trawl/coro/task.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/proxies.hpp"
#include "trawl/net/tcp.hpp"

namespace trawl::http {

/// Asks the proxy at the other end of `stream` to connect us to the request's host: by SOCKS 5, or by CONNECT (RFC
/// 9110, 9.3.6). Suspends. Throws ConnectError when it cannot or may not, AuthError when it wants another login,
/// ProtocolError when it is no proxy, OsError.
Task<> open_tunnel(TcpStream& stream, const Proxy& proxy, const Request& request);

/// The value of Proxy-Authorization for a proxy with a login; "" for one without.
[[nodiscard]] std::string proxy_authorization(const Proxy& proxy);

}  // namespace trawl::http
