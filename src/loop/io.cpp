// The system calls behind the operations. Each is tried at most once per wake-up, and only when the kernel has said
// that it may succeed: a short read means that the socket is drained, and the next edge will tell (epoll(7),
// "edge-triggered").
#include "trawl/loop/io.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "backend.hpp"
#include "trawl/base/error.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace loop {
namespace {

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

IoRecord::~IoRecord() {
    while (!accepted.empty()) ::close(accepted.pop_front());
}

void Operation::refuse_second() {
    throw UsageError(
        "two tasks wait for the same direction of one descriptor (a connection, a listener, a pipe): let one "
        "of them do it, or use a Lock");
}

void Operation::wait_in(Operation*& slot) noexcept {
    slot_ = &slot;
    slot = this;
    if (record_->backend != nullptr) record_->backend->operation_waits(*record_);
}

// ---- Receive ----

void Receive::put_back() noexcept { record().received.push_front(std::move(buffer_)); }

void Receive::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().reader);
}

bool Receive::attempt() noexcept {
    if (take()) return true;
    return !record().is_fed && read();
}

bool Receive::take() noexcept {
    IoRecord& record = this->record();
    if (!record.received.empty()) {
        buffer_ = record.received.pop_front();
        return done_ = true;
    }
    error_ = std::exchange(record.error, 0);
    return error_ != 0 || record.ended;
}

bool Receive::read() noexcept {
    IoRecord& record = this->record();
    Buffer buffer = Buffer::lease();
    ssize_t got;
    do {
        got = record.kind == IoKind::kStream ? ::recv(record.fd, buffer.data(), Buffer::kCapacity, 0)
                                             : ::read(record.fd, buffer.data(), Buffer::kCapacity);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && would_block(errno)) {
        record.readable = false;
        return false;
    }
    if (got < 0) {
        error_ = errno;
        return true;
    }
    // At the end of the stream the record stays readable: every further read says so again.
    if (got > 0 && static_cast<std::size_t>(got) < Buffer::kCapacity && !record.hung_up) record.readable = false;
    buffer.resize(static_cast<std::size_t>(got));
    buffer_ = std::move(buffer);
    return done_ = true;
}

Buffer Receive::await_resume() {
    if (error_ != 0) throw OsError(error_, "receive");
    done_ = false;
    return std::move(buffer_);
}

// ---- Send ----

void Send::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().writer);
}

bool Send::attempt() noexcept {
    while (!rest_.empty()) {
        ssize_t sent = ::send(record().fd, rest_.data(), rest_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == ENOTSOCK) sent = ::write(record().fd, rest_.data(), rest_.size());
        if (sent >= 0) {
            rest_.remove_prefix(static_cast<std::size_t>(sent));
        } else if (would_block(errno)) {
            record().writable = false;
            return false;
        } else if (errno != EINTR) {
            error_ = errno;
            return true;
        }
    }
    return true;
}

void Send::await_resume() {
    if (error_ != 0) throw OsError(error_, "send");
}

// ---- Accept ----

Accept::~Accept() {
    if (accepted_ >= 0) record().accepted.push_front(accepted_);
}

void Accept::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().reader);
}

bool Accept::take() noexcept {
    if (!record().accepted.empty()) {
        accepted_ = record().accepted.pop_front();
        return true;
    }
    error_ = std::exchange(record().error, 0);
    return error_ != 0;
}

bool Accept::attempt() noexcept {
    if (take()) return true;
    if (record().is_fed) return false;
    do {
        accepted_ = ::accept4(record().fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        // A connection that was reset before we took it is no concern of the listener's.
    } while (accepted_ < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (accepted_ >= 0) return true;
    if (would_block(errno)) {
        record().readable = false;
        return false;
    }
    error_ = errno;
    return true;
}

int Accept::await_resume() {
    if (error_ != 0) throw OsError(error_, "accept");
    return std::exchange(accepted_, -1);
}

// ---- Connect ----

Connect::Connect(IoRecord& record, const sockaddr* address, socklen_t size) noexcept : Operation(record), size_(size) {
    std::memcpy(&address_, address, size);
}

void Connect::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().writer);
}

bool Connect::attempt() noexcept {
    if (!started_) {
        started_ = true;
        record().writable = false;
        if (::connect(record().fd, reinterpret_cast<const sockaddr*>(&address_), size_) == 0) return true;
        if (errno == EINPROGRESS || errno == EINTR) return false;
        error_ = errno;
        return true;
    }
    socklen_t size = sizeof error_;
    if (::getsockopt(record().fd, SOL_SOCKET, SO_ERROR, &error_, &size) != 0) error_ = errno;
    return true;
}

}  // namespace loop

IoHandle::IoHandle(int fd, IoKind kind) : record_(&Loop::current().open(fd, kind)) { record_->retain(); }

void IoHandle::refuse_closed() { throw OsError(ECANCELED, "use a connection or listener that is closed"); }

void IoHandle::close() noexcept {
    if (record_ == nullptr) return;
    loop::IoRecord& record = *std::exchange(record_, nullptr);
    if (record.backend != nullptr) {
        record.backend->close(record);
    } else {
        ::close(std::exchange(record.fd, -1));
    }
    for (loop::Operation* waiting : {record.reader, record.writer}) {
        if (waiting == nullptr) continue;
        waiting->fail(ECANCELED);
        waiting->leave_slot();
        Schedule::current().wake(*waiting);
    }
    record.release();
}

// What has arrived at a fed descriptor is the backend's to take, and it may not have done so yet.
Buffer IoHandle::receive_arrived() {
    loop::IoRecord& record = this->record();
    if (record.reader != nullptr || record.backend == nullptr) return {};
    if (record.is_fed && !record.has_arrived()) {
        const TimePoint now = Loop::current().now();
        record.backend->wait(now, now, Schedule::current());
    }
    loop::Receive receiving(record);
    return receiving.attempt() ? receiving.await_resume() : Buffer();
}

// The peek comes first: it may itself be what moves bytes from the socket to the backend.
bool IoHandle::is_quiet() const noexcept {
    if (record_ == nullptr || record_->backend == nullptr) return false;
    if (record_->readable || record_->hung_up || record_->has_arrived()) return false;
    char byte;
    if (::recv(record_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || !loop::would_block(errno)) return false;
    record_->backend->look(Schedule::current());
    return !record_->has_arrived();
}

}  // namespace trawl
