#include "loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <string>

namespace trawl::http {

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    const std::string digits(host);
    ::in_addr v4{};
    if (::inet_pton(AF_INET, digits.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == IN_LOOPBACKNET;
    ::in6_addr v6{};
    return ::inet_pton(AF_INET6, digits.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace trawl::http
