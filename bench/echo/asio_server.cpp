// Boost.Asio's server in bench/echo: by coroutines, or by callbacks. Both name their executors by type instead of
// any_io_executor, and the context is told that one thread uses it, which is faster.
//
// Usage: bench_echo_asio coroutine|callback [<timers>]; prints its port.
#include <array>
#include <boost/asio.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Awaitable = asio::awaitable<void, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr asio::use_awaitable_t<Executor> use_awaitable;
constexpr std::size_t kBufferSize = 4096;

void send_at_once(Socket& socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
}

Awaitable echo(Socket socket) {
    std::array<char, kBufferSize> buffer;
    try {
        while (true) {
            const std::size_t size = co_await socket.async_read_some(asio::buffer(buffer), use_awaitable);
            co_await asio::async_write(socket, asio::buffer(buffer.data(), size), use_awaitable);
        }
    } catch (const boost::system::system_error&) {
        // The end of the connection is an error to Asio.
    }
}

Awaitable accept(Acceptor& acceptor) {
    while (true) {
        Socket socket = co_await acceptor.async_accept(use_awaitable);
        send_at_once(socket);
        asio::co_spawn(acceptor.get_executor(), echo(std::move(socket)), asio::detached);
    }
}

class Session : public std::enable_shared_from_this<Session> {
public:
    explicit Session(Socket socket) : socket_(std::move(socket)) {}
    void receive() {
        socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](error_code error, std::size_t size) {
            if (!error) self->send(size);
        });
    }

private:
    void send(std::size_t size) {
        asio::async_write(socket_, asio::buffer(buffer_.data(), size),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) self->receive();
                          });
    }

    Socket socket_;
    std::array<char, kBufferSize> buffer_;
};

void accept_by_callback(Acceptor& acceptor) {
    acceptor.async_accept([&acceptor](error_code error, Socket socket) {
        if (!error) {
            send_at_once(socket);
            std::make_shared<Session>(std::move(socket))->receive();
        }
        accept_by_callback(acceptor);
    });
}

}  // namespace

int main(int argc, char** argv) {
    asio::io_context context(1);
    Acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    std::printf("%d\n", static_cast<int>(acceptor.local_endpoint().port()));
    std::fflush(stdout);
    std::vector<Timer> timers;
    for (int i = 0; i < (argc > 2 ? std::atoi(argv[2]) : 0); ++i) {
        timers.emplace_back(context, std::chrono::hours(1));
        timers.back().async_wait([](error_code) {});
    }
    if (argc > 1 && std::strcmp(argv[1], "callback") == 0) {
        accept_by_callback(acceptor);
    } else {
        asio::co_spawn(context, accept(acceptor), asio::detached);
    }
    context.run();
}
