// libuv's server in bench/echo, as a user of libuv writes it: uv_try_write first, uv_write for what did not fit.
//
// Usage: bench_echo_libuv [plain] [<timers>]; prints its port.
#include <uv.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "listen.hpp"

namespace {

constexpr int kBacklog = 4096;
constexpr std::uint64_t kFarMs = 3'600'000;

std::array<char, 65536> shared_buffer;

struct Write {
    uv_write_t request;
    std::vector<char> rest;
};

void lend_buffer(uv_handle_t*, std::size_t, uv_buf_t* buffer) {
    *buffer = uv_buf_init(shared_buffer.data(), static_cast<unsigned>(shared_buffer.size()));
}

void close_and_free(uv_stream_t* stream) {
    uv_close(reinterpret_cast<uv_handle_t*>(stream),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_tcp_t*>(handle); });
}

void write_rest(uv_stream_t* stream, const char* bytes, std::size_t size) {
    auto* write = new Write{{}, {bytes, bytes + size}};
    write->request.data = write;
    const uv_buf_t rest = uv_buf_init(write->rest.data(), static_cast<unsigned>(size));
    uv_write(&write->request, stream, &rest, 1,
             [](uv_write_t* request, int) { delete static_cast<Write*>(request->data); });
}

void received(uv_stream_t* stream, ssize_t got, const uv_buf_t* buffer) {
    if (got < 0) {
        close_and_free(stream);
        return;
    }
    const uv_buf_t bytes = uv_buf_init(buffer->base, static_cast<unsigned>(got));
    const int written = uv_try_write(stream, &bytes, 1);
    if (written == got || (written < 0 && written != UV_EAGAIN)) return;
    const int sent = written < 0 ? 0 : written;
    write_rest(stream, buffer->base + sent, static_cast<std::size_t>(got - sent));
}

void accept_one(uv_stream_t* listener, int status) {
    if (status < 0) return;
    auto* connection = new uv_tcp_t;
    uv_tcp_init(listener->loop, connection);
    auto* stream = reinterpret_cast<uv_stream_t*>(connection);
    if (uv_accept(listener, stream) != 0) {
        close_and_free(stream);
        return;
    }
    uv_tcp_nodelay(connection, 1);
    uv_read_start(stream, lend_buffer, received);
}

void say_port(const uv_tcp_t& listener) {
    sockaddr_in address{};
    int size = sizeof address;
    uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    uv_loop_t* loop = uv_default_loop();
    uv_tcp_t listener;
    uv_tcp_init(loop, &listener);
    const sockaddr_in address = echo::loopback(0);
    uv_tcp_bind(&listener, reinterpret_cast<const sockaddr*>(&address), 0);
    if (uv_listen(reinterpret_cast<uv_stream_t*>(&listener), kBacklog, accept_one) != 0) echo::fail("uv_listen");
    say_port(listener);
    std::vector<uv_timer_t> timers(argc > 2 ? static_cast<std::size_t>(std::atol(argv[2])) : 0);
    for (uv_timer_t& timer : timers) {
        uv_timer_init(loop, &timer);
        uv_timer_start(&timer, [](uv_timer_t*) {}, kFarMs, 0);
    }
    uv_run(loop, UV_RUN_DEFAULT);
}
