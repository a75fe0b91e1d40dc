#include "backend.hpp"

#include <unistd.h>

#include <cstdlib>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

// Refused by a seccomp filter or sysctl (EPERM, EACCES), not there at all (ENOSYS), too old (EINVAL), no memory for it
// (ENOMEM): epoll does the same work.
std::unique_ptr<Backend> make_best_backend() {
    try {
        return make_uring_backend();
    } catch (const OsError&) {
        return make_epoll_backend();
    }
}

}  // namespace

Backend::~Backend() {
    while (!records_.empty()) records_.pop_front().backend = nullptr;
}

void Backend::close(loop::IoRecord& record) noexcept {
    record.unlink();
    ::close(std::exchange(record.fd, -1));
}

void Backend::attempt(loop::Operation* operation, Schedule& schedule) {
    if (operation == nullptr || !operation->attempt()) return;
    operation->leave_slot();
    schedule.wake(*operation);
}

std::unique_ptr<Backend> make_kernel_backend() {
    const char* wanted = std::getenv("TRAWL_BACKEND");
    const std::string_view name = wanted == nullptr ? "" : wanted;
    if (name == "uring") return make_uring_backend();
    if (name == "epoll") return make_epoll_backend();
    if (name.empty() || name == "auto") return make_best_backend();
    throw UsageError(format("TRAWL_BACKEND is '{}': it can be uring, epoll or auto", name));
}

}  // namespace trawl
