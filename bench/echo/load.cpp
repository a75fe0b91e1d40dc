// The load of bench/echo: connections that send a message of 64 bytes, wait for its echo, check it, and send the next.
//
// A bare io_uring on one thread: receives are multishot, the sends of a turn are submitted with the next wait, so that
// it needs no more than the leanest server (its own CPU time is printed beside the server's). The server's CPU time is
// that of its process's clock, read at both ends of the window.
//
//     bench_echo_load <port> <server pid> <connections> <warm-up ms> <window ms>
//     bench_echo_load idle ... the same: nothing is sent, and it connects, and measures, when the server is quiet
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "uring.hpp"

using echo::Op;
using echo::Tag;

namespace {

constexpr std::size_t kMessage = 64;
constexpr unsigned kBuffers = 4096;
constexpr long kQuietMsMax = 120000;

std::int64_t read_clock(clockid_t clock) {
    timespec time{};
    if (::clock_gettime(clock, &time) != 0) echo::fail("clock_gettime");
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

clockid_t cpu_clock_of(pid_t process) {
    clockid_t clock{};
    if (::clock_getcpuclockid(process, &clock) != 0) echo::fail("clock_getcpuclockid");
    return clock;
}

/// User and system time of a process in clock ticks (proc(5): the 14th and 15th field of stat; names may hold blanks).
struct Ticks {
    long user = 0;
    long system = 0;

    static Ticks of(pid_t process) {
        char text[1024] = {};
        const std::string path = "/proc/" + std::to_string(process) + "/stat";
        std::FILE* file = std::fopen(path.c_str(), "r");
        if (file == nullptr) echo::fail("/proc/PID/stat");
        const std::size_t size = std::fread(text, 1, sizeof text - 1, file);
        std::fclose(file);
        const char* behind_name = size > 0 ? std::strrchr(text, ')') : nullptr;
        Ticks ticks;
        if (behind_name == nullptr ||
            std::sscanf(behind_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &ticks.user,
                        &ticks.system) != 2)
            echo::fail("/proc/PID/stat has another form");
        return ticks;
    }
};

struct Connection {
    int fd = -1;
    std::uint64_t sent = 0;
    std::size_t received = 0;
    char message[kMessage] = {};
    char echoed[kMessage] = {};
};

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) echo::fail("socket");
    const sockaddr_in address = echo::loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) echo::fail("connect");
    echo::send_at_once(fd);
    return fd;
}

class Load {
public:
    explicit Load(std::vector<Connection>& connections) : uring_(kBuffers), connections_(connections) {
        for (std::uint32_t i = 0; i < connections_.size(); ++i) {
            uring_.receive(connections_[i].fd, i);
            send_next(i);
        }
    }
    void turn() {
        uring_.turn(1, [this](const io_uring_cqe& cqe) { handle(cqe); });
        ++turns_;
    }
    [[nodiscard]] std::uint64_t messages() const noexcept { return messages_; }
    [[nodiscard]] std::uint64_t turns() const noexcept { return turns_; }

private:
    // Every message differs from the one before it and from those of other connections.
    void send_next(std::uint32_t who) {
        Connection& connection = connections_[who];
        const std::uint64_t number = ++connection.sent;
        std::memcpy(connection.message, &number, sizeof number);
        std::memcpy(connection.message + sizeof number, &who, sizeof who);
        uring_.send(connection.fd, connection.message, kMessage, {Op::kSend, 0, who}, IOSQE_CQE_SKIP_SUCCESS);
    }
    void handle(const io_uring_cqe& cqe) {
        const Tag tag = Tag::of(cqe);
        if (tag.op == Op::kSend) {
            give_up("a send failed or was cut short", cqe.res);
        }
        if (cqe.res <= 0 && cqe.res != -ENOBUFS) give_up("the server closed a connection", cqe.res);
        if (cqe.res > 0) {
            const auto buffer = static_cast<std::uint16_t>(cqe.flags >> IORING_CQE_BUFFER_SHIFT);
            received(tag.who, uring_.buffer(buffer), static_cast<std::size_t>(cqe.res));
            uring_.give_back(buffer);
        }
        if ((cqe.flags & IORING_CQE_F_MORE) == 0) uring_.receive(connections_[tag.who].fd, tag.who);
    }
    void received(std::uint32_t who, const char* bytes, std::size_t size) {
        Connection& connection = connections_[who];
        if (connection.received + size > kMessage) give_up("more came back than was sent", static_cast<int>(size));
        std::memcpy(connection.echoed + connection.received, bytes, size);
        connection.received += size;
        if (connection.received < kMessage) return;
        if (std::memcmp(connection.echoed, connection.message, kMessage) != 0) give_up("an echo differs", 0);
        connection.received = 0;
        ++messages_;
        send_next(who);
    }
    [[noreturn]] static void give_up(const char* what, int result) {
        std::fprintf(stderr, "bench_echo_load: %s (%d)\n", what, result);
        std::exit(1);
    }

    echo::Uring uring_;
    std::vector<Connection>& connections_;
    std::uint64_t messages_ = 0;
    std::uint64_t turns_ = 0;
};

/// What is read at both ends of the window.
struct Reading {
    explicit Reading(pid_t process, std::uint64_t messages_so_far = 0, std::uint64_t turns_so_far = 0)
        : wall(read_clock(CLOCK_MONOTONIC)),
          own(read_clock(CLOCK_PROCESS_CPUTIME_ID)),
          server(read_clock(cpu_clock_of(process))),
          ticks(Ticks::of(process)),
          messages(messages_so_far),
          turns(turns_so_far) {}

    std::int64_t wall, own, server;
    Ticks ticks;
    std::uint64_t messages, turns;
};

void print_between(const Reading& begin, const Reading& end) {
    auto print = [separator = "{"](const char* name, auto before, auto after) mutable {
        std::printf("%s\"%s\": %lld", separator, name, static_cast<long long>(after - before));
        separator = ", ";
    };
    print("messages", begin.messages, end.messages);
    print("turns", begin.turns, end.turns);
    print("wall_ns", begin.wall, end.wall);
    print("own_cpu_ns", begin.own, end.own);
    print("server_cpu_ns", begin.server, end.server);
    print("server_user_ticks", begin.ticks.user, end.ticks.user);
    print("server_system_ticks", begin.ticks.system, end.ticks.system);
    std::puts("}");
}

void run_load(std::vector<Connection>& connections, pid_t server, long warm_up_ms, long window_ms) {
    Load load(connections);
    const auto run_for = [&](long milliseconds) {
        const std::int64_t end = read_clock(CLOCK_MONOTONIC) + std::int64_t{milliseconds} * 1'000'000;
        while (read_clock(CLOCK_MONOTONIC) < end) load.turn();
    };
    run_for(warm_up_ms);
    const Reading begin(server, load.messages(), load.turns());
    run_for(window_ms);
    print_between(begin, Reading(server, load.messages(), load.turns()));
}

void wait_ms(long milliseconds) {
    const timespec time{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
    ::nanosleep(&time, nullptr);
}

// A server is quiet when half a second takes it less than a millisecond.
void wait_until_quiet(pid_t server) {
    constexpr long kStepMs = 500;
    for (long waited = 0; waited < kQuietMsMax; waited += kStepMs) {
        const std::int64_t before = read_clock(cpu_clock_of(server));
        wait_ms(kStepMs);
        if (read_clock(cpu_clock_of(server)) - before < 1'000'000) return;
    }
    std::fputs("bench_echo_load: the server does not become quiet\n", stderr);
}

// Connections come when a server has made its timers: until then it may not accept any.
void run_idle(pid_t server, std::uint16_t port, std::size_t connections, long window_ms) {
    wait_until_quiet(server);
    for (std::size_t i = 0; i < connections; ++i) connect_to(port);
    wait_until_quiet(server);
    const Reading begin(server);
    wait_ms(window_ms);
    print_between(begin, Reading(server));
}

}  // namespace

int main(int argc, char** argv) {
    const bool idle = argc > 1 && std::strcmp(argv[1], "idle") == 0;
    char** numbers = argv + (idle ? 2 : 1);
    if (argc - (numbers - argv) != 5) {
        std::fputs("usage: bench_echo_load [idle] port pid connections warm-up-ms window-ms\n", stderr);
        return 2;
    }
    const auto number = [numbers](int i) { return std::strtol(numbers[i], nullptr, 10); };
    const auto server = static_cast<pid_t>(number(1));
    const auto port = static_cast<std::uint16_t>(number(0));
    const auto count = static_cast<std::size_t>(number(2));
    if (idle) {
        run_idle(server, port, count, number(4));
        return 0;
    }
    std::vector<Connection> connections(count);
    for (Connection& connection : connections) connection.fd = connect_to(port);
    run_load(connections, server, number(3), number(4));
}
