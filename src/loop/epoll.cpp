// The epoll backend: edge-triggered, one registration per descriptor (epoll(7)). An edge only sets flags and tries the
// operation that waits; everything else happens when its coroutine is resumed.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "backend.hpp"
#include "file_descriptor.hpp"
#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using loop::FileDescriptor;
using loop::IoRecord;

// Bounds the work between two looks at the timers.
constexpr int kEventsMax = 256;

timespec until(TimePoint deadline, TimePoint now) noexcept {
    const auto left = std::max(deadline - now, Duration::zero());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
    timespec result{};
    result.tv_sec = seconds.count();
    result.tv_nsec = (left - seconds).count();
    return result;
}

class EpollBackend final : public Backend {
public:
    EpollBackend() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (epoll_.get() < 0) throw OsError(errno, "epoll_create1");
        if (wake_.get() < 0) throw OsError(errno, "eventfd");
        watch(wake_.get(), nullptr, EPOLLIN | EPOLLET);
    }

    [[nodiscard]] std::string_view name() const noexcept override { return "epoll"; }

    IoRecord& open(int fd, IoKind kind) override {
        auto* record = new IoRecord(*this, fd, kind);
        watch(fd, record, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
        records_.push_back(*record);
        return *record;
    }

    // Closing alone does not take the descriptor out while a copy of it is open elsewhere (dup(2), a child that has not
    // called exec yet): the kernel would go on naming a record that is gone.
    void close(IoRecord& record) noexcept override {
        epoll_event unused{};
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, record.fd, &unused);
        Backend::close(record);
    }

    void wait(std::optional<TimePoint> deadline, TimePoint now, Schedule& schedule) override {
        std::array<epoll_event, kEventsMax> events;
        const int count = poll(events.data(), deadline, now);
        if (count < 0 && errno != EINTR) throw OsError(errno, "epoll_wait");
        for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)], schedule);
    }

    void wake() noexcept override {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);  // full means: it will wake
    }

private:
    void watch(int fd, IoRecord* record, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = record;
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
            const int error = errno;
            if (record != nullptr) {
                record->retain();
                record->release();
            }
            ::close(fd);
            throw OsError(error, "epoll_ctl");
        }
    }

    // epoll_pwait2 takes nanoseconds (Linux 5.11); before it, and where a sandbox that does not know it forbids it
    // (EPERM: an old libseccomp), milliseconds rounded up.
    int poll(epoll_event* events, std::optional<TimePoint> deadline, TimePoint now) noexcept {
        if (!deadline) return ::epoll_wait(epoll_.get(), events, kEventsMax, -1);
        const timespec timeout = until(*deadline, now);
        if (timeout.tv_sec == 0 && timeout.tv_nsec == 0) return ::epoll_wait(epoll_.get(), events, kEventsMax, 0);
        if (has_pwait2_) {
            const int count = ::epoll_pwait2(epoll_.get(), events, kEventsMax, &timeout, nullptr);
            if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return count;
            has_pwait2_ = false;
        }
        constexpr time_t kSecondsMax = 3600;
        const auto seconds = static_cast<int>(std::min(timeout.tv_sec, kSecondsMax));
        return ::epoll_wait(epoll_.get(), events, kEventsMax,
                            seconds * 1000 + static_cast<int>(timeout.tv_nsec / 1000000) + 1);
    }

    void handle(const epoll_event& event, Schedule& schedule) {
        if (event.data.ptr == nullptr) return;  // woken; every write is an edge of its own, so that it need not be read
        auto& record = *static_cast<IoRecord*>(event.data.ptr);
        const bool ended = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        if (ended) record.hung_up = true;
        if (ended || (event.events & EPOLLIN) != 0) record.readable = true;
        if ((event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) record.writable = true;
        if (record.readable) attempt(record.reader, schedule);
        if (record.writable) attempt(record.writer, schedule);
    }

    FileDescriptor epoll_;
    FileDescriptor wake_;
    bool has_pwait2_ = true;
};

}  // namespace

std::unique_ptr<Backend> make_epoll_backend() { return std::make_unique<EpollBackend>(); }

}  // namespace trawl
