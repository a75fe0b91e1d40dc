// The floor of bench/echo on io_uring: a server with no library, as a reference line.
//
// Accepts and receives are multishot, bytes arrive in a ring of provided buffers. Answers are sent by send(2) where
// they arrive ("call"), or are submitted together with the next wait ("batch"). Usage: bench_echo_floor_uring
// call|batch <buffers, a power of two>
#include <unistd.h>

#include <cstring>

#include "uring.hpp"

using echo::Op;
using echo::Tag;

namespace {

class Server {
public:
    Server(int listener, bool batch, unsigned buffers) : uring_(buffers), listener_(listener), batch_(batch) {
        uring_.accept(listener_);
    }
    void turn() {
        uring_.turn(1, [this](const io_uring_cqe& cqe) { handle(cqe); });
    }

private:
    void handle(const io_uring_cqe& cqe) {
        const Tag tag = Tag::of(cqe);
        switch (tag.op) {
            case Op::kAccept:
                accepted(cqe);
                break;
            case Op::kReceive:
                received(cqe, static_cast<int>(tag.who));
                break;
            case Op::kSend:
                uring_.give_back(tag.buffer);
                break;
        }
    }
    void accepted(const io_uring_cqe& cqe) {
        if (cqe.res < 0) echo::fail("accept");
        echo::send_at_once(cqe.res);
        uring_.receive(cqe.res, static_cast<std::uint32_t>(cqe.res));
        if ((cqe.flags & IORING_CQE_F_MORE) == 0) uring_.accept(listener_);
    }
    void received(const io_uring_cqe& cqe, int fd) {
        if (cqe.res <= 0 && cqe.res != -ENOBUFS) {
            ::close(fd);
            return;
        }
        if (cqe.res > 0) answer(fd, static_cast<std::uint16_t>(cqe.flags >> IORING_CQE_BUFFER_SHIFT), cqe.res);
        if ((cqe.flags & IORING_CQE_F_MORE) == 0) uring_.receive(fd, static_cast<std::uint32_t>(fd));
    }
    void answer(int fd, std::uint16_t buffer, int size) {
        const auto bytes = static_cast<std::size_t>(size);
        if (batch_) {
            uring_.send(fd, uring_.buffer(buffer), bytes, {Op::kSend, buffer, 0});
            return;
        }
        if (::send(fd, uring_.buffer(buffer), bytes, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
            echo::fail("send");
        uring_.give_back(buffer);
    }

    echo::Uring uring_;
    int listener_;
    bool batch_;
};

}  // namespace

int main(int argc, char** argv) {
    const bool batch = argc > 1 && std::strcmp(argv[1], "batch") == 0;
    const unsigned buffers = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 1024;
    Server server(echo::listen_and_say(0), batch, buffers);
    while (true) server.turn();
}
