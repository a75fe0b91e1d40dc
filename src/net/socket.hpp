/// The system calls that every kind of socket begins with.
#pragma once

#include <cstdint>
#include <string>

#include "trawl/net/address.hpp"

namespace trawl::net {

/// A socket that is non-blocking and that children do not inherit; owned by the caller. Throws OsError.
int new_socket(int family, int type);
/// The same, to connect to `address`. Throws ConnectError, which names it.
int new_socket_to(const Address& address, int type);
/// What to do about an errno of connecting, accepting or making a socket; empty when that is plain.
std::string advice_on(int error);
/// Sets a socket's option that is a number. Throws OsError, which names it by `what`.
void set_option(int fd, int level, int name, int value, const char* what);
/// `host` in digits. Throws UsageError for anything else: names are for those who connect.
Address numeric_address(const std::string& host, std::uint16_t port);
/// Binds to `address`. Throws OsError.
void bind_to(int fd, const Address& address);
/// Where the socket is bound, and whom it is connected to. Throw OsError (ENOTCONN).
Address local_address(int fd);
Address peer_address(int fd);

}  // namespace trawl::net
