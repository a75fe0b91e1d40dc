/// What a socket is called in messages and reports: its address, asked for when somebody reads it.
#pragma once

#include <sys/socket.h>

#include <string>

namespace trawl::loop {

/// "127.0.0.1:80", "[::1]:80", a Unix socket's path; `otherwise` for what has no name.
std::string address_name(const sockaddr* address, socklen_t size, std::string otherwise);
/// Who is at the other end of the socket `fd`; "descriptor 6" where nobody with a name is (a pipe, a connection that
/// broke), "a closed descriptor" for a negative one.
std::string peer_name(int fd);
/// Where the socket `fd` is bound; the same otherwise.
std::string local_name(int fd);

}  // namespace trawl::loop
