// An edge of the backend is only the occasion to ask poll(2), which is what makes the answer a state.
#include "trawl/loop/ready.hpp"

#include <fcntl.h>
#include <poll.h>

#include <cerrno>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace loop {

bool Ready::await_ready() {
    require_free(slot());
    return attempt();
}

void Ready::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(slot());
}

void Ready::await_resume() const {
    if (error_ != 0) throw OsError(error_, "wait for a descriptor");
}

bool Ready::attempt() noexcept {
    const bool reads = direction_ == Direction::kRead;
    pollfd asked{record().fd, static_cast<short>(reads ? POLLIN : POLLOUT), 0};
    int ready;
    do {
        ready = ::poll(&asked, 1, 0);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) error_ = errno;
    if (ready != 0) return true;
    (reads ? record().readable : record().writable) = false;
    return false;
}

std::string Ready::describe() const {
    return format("descriptor {} to be {}", record().fd, direction_ == Direction::kRead ? "readable" : "writable");
}

Operation*& Ready::slot() const noexcept { return direction_ == Direction::kRead ? record().reader : record().writer; }

}  // namespace loop

namespace {

IoHandle handle_of_copy(int fd) {
    const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) throw OsError(errno, format("watch descriptor {}", fd));
    return IoHandle(copy);
}

}  // namespace

DescriptorWatch::DescriptorWatch(int fd) : io_(handle_of_copy(fd)) {}

}  // namespace trawl
