#include "descriptor_name.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "trawl/base/format.hpp"

namespace trawl::loop {
namespace {

std::string path_of(const sockaddr* address, socklen_t size) {
    sockaddr_un name{};
    std::memcpy(&name, address, std::min<std::size_t>(size, sizeof name - 1));
    return name.sun_path;  // empty for one without a name, and for an abstract one
}

using AskForName = int (*)(int, sockaddr*, socklen_t*);

std::string name_by(AskForName ask, int fd) {
    if (fd < 0) return "a closed descriptor";
    std::string number = format("descriptor {}", fd);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (ask(fd, generic, &size) != 0) return number;
    return address_name(generic, size, std::move(number));
}

}  // namespace

std::string address_name(const sockaddr* address, socklen_t size, std::string otherwise) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        return format("{}:{}", text.data(), ntohs(v4.sin_port));
    }
    if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, address, sizeof v6);
        ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        return format("[{}]:{}", text.data(), ntohs(v6.sin6_port));
    }
    std::string path = address->sa_family == AF_UNIX ? path_of(address, size) : "";
    return path.empty() ? otherwise : path;
}

std::string peer_name(int fd) { return name_by(::getpeername, fd); }

std::string local_name(int fd) { return name_by(::getsockname, fd); }

}  // namespace trawl::loop
