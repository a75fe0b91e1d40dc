// The floor of bench/echo on epoll: a server with no library, as a reference line. Edge-triggered: the kernel need not
// look again whether a connection is still readable. One read takes a whole message, as messages are small here.
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "listen.hpp"

namespace {

constexpr int kEventsMax = 1024;  // as many as connections: no batch is cut

void watch(int epoll, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) echo::fail("epoll_ctl");
}

void accept_one(int epoll, int listener) {
    const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno != EAGAIN) echo::fail("accept4");
        return;
    }
    echo::send_at_once(fd);
    watch(epoll, fd, EPOLLIN | EPOLLET);
}

void answer(int fd) {
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0 || ::send(fd, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) ::close(fd);
}

}  // namespace

int main() {
    const int listener = echo::listen_and_say(SOCK_NONBLOCK);
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) echo::fail("epoll_create1");
    watch(epoll, listener, EPOLLIN);
    std::array<epoll_event, kEventsMax> events;
    while (true) {
        const int count = ::epoll_wait(epoll, events.data(), kEventsMax, -1);
        if (count < 0 && errno != EINTR) echo::fail("epoll_wait");
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd == listener) {
                accept_one(epoll, listener);
            } else {
                answer(fd);
            }
        }
    }
}
