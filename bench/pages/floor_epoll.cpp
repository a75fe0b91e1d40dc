// The floor of bench/pages: a bare epoll loop that fetches pages with no library at all, as a reference line.
//
// It knows only what this benchmark's server answers: HTTP/1.1 200 with Content-Length, on loopback. Anything else ends
// it. Usage: bench_floor_epoll <http://127.0.0.1:port> <pages> <connections>; prints its counts as one JSON line.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t page_count = 100;
// A whole response (about 7.5 KB) fits twice, so that one read takes all that has arrived.
constexpr std::size_t buffer_size = 16384;

[[noreturn]] void fail(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Connection {
    int fd = -1;
    std::size_t received = 0;     // bytes of the current response in `buffer`, its header included
    std::size_t body_size = 0;    // 0 until the header block is complete
    std::size_t header_size = 0;  // with the empty line
    std::array<char, buffer_size> buffer;
};

struct Work {
    std::vector<std::string> requests;
    std::uint64_t total = 0;
    std::uint64_t next = 0;
    std::uint64_t pages = 0;
    std::uint64_t bytes = 0;
};

std::uint16_t port_of(std::string_view base_url) {
    const std::string_view digits = base_url.substr(base_url.rfind(':') + 1);
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc()) fail("the base URL has no port");
    return port;
}

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/// Sends the next page's request on `connection`; does nothing when all pages have been asked for.
void send_next(Connection& connection, Work& work) {
    if (work.next == work.total) return;
    const std::string& request = work.requests[work.next++ % page_count];
    connection.received = connection.body_size = connection.header_size = 0;
    // A request of some 60 bytes into an idle socket is always taken whole.
    const ssize_t sent = ::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) fail("send");
}

void parse_header(Connection& connection) {
    const std::string_view received(connection.buffer.data(), connection.received);
    const std::size_t end = received.find("\r\n\r\n");
    if (end == std::string_view::npos) return;
    constexpr std::string_view name = "\r\nContent-Length: ";
    const std::size_t length = received.substr(0, end).find(name);
    if (!received.starts_with("HTTP/1.1 200 ") || length == std::string_view::npos)
        fail("an answer that is not a page");
    std::from_chars(received.data() + length + name.size(), received.data() + end, connection.body_size);
    connection.header_size = end + 4;
    if (connection.header_size + connection.body_size > buffer_size) fail("a page larger than the buffer");
}

/// Reads what has arrived; when the response is complete, counts it and asks for the next.
void on_readable(Connection& connection, Work& work) {
    const ssize_t count =
        ::recv(connection.fd, connection.buffer.data() + connection.received, buffer_size - connection.received, 0);
    if (count <= 0) fail("recv");
    connection.received += static_cast<std::size_t>(count);
    if (connection.header_size == 0) parse_header(connection);
    if (connection.header_size == 0 || connection.received < connection.header_size + connection.body_size) return;
    ++work.pages;
    work.bytes += connection.body_size;
    send_next(connection, work);
}

void fetch_all(std::vector<Connection>& connections, Work& work) {
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    for (Connection& connection : connections) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = &connection;
        if (::epoll_ctl(epoll, EPOLL_CTL_ADD, connection.fd, &event) != 0) fail("epoll_ctl");
        send_next(connection, work);
    }
    std::array<epoll_event, 256> events;
    while (work.pages < work.total) {
        const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            on_readable(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr), work);
        }
    }
    ::close(epoll);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: bench_floor_epoll <http://127.0.0.1:port> <pages> <connections>\n", stderr);
        return 2;
    }
    Work work;
    work.total = std::strtoull(argv[2], nullptr, 10);
    for (std::size_t number = 1; number <= page_count; ++number) {
        work.requests.push_back("GET /page-" + std::to_string(number) + ".json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    }
    std::vector<Connection> connections(std::strtoull(argv[3], nullptr, 10));
    const std::uint16_t port = port_of(argv[1]);
    const auto start = std::chrono::steady_clock::now();
    for (Connection& connection : connections) connection.fd = connect_to(port);
    fetch_all(connections, work);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("{\"pages\": %llu, \"bytes\": %llu, \"seconds\": %.6f}\n", static_cast<unsigned long long>(work.pages),
                static_cast<unsigned long long>(work.bytes), seconds.count());
}
