// The system calls behind the operations. Each is tried at most once per wake-up, and only when the kernel has said
// that it may succeed: a short read means that the socket is drained, and the next edge will tell (epoll(7),
// "edge-triggered").
#include "trawl/loop/io.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "backend.hpp"
#include "descriptor_name.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace loop {
namespace {

bool would_block(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

// What a connection breaks by (tcp(7), ip(7)). EPIPE is none of them: it says that we, or the peer, have ended one
// direction in good order, and what is still to be received ends in good order too.
bool is_break(int error) noexcept {
    switch (error) {
        case ECONNRESET:
        case ECONNABORTED:
        case ECONNREFUSED:
        case ETIMEDOUT:
        case EHOSTUNREACH:
        case ENETUNREACH:
        case ENETDOWN:
        case ENETRESET:
            return true;
        default:
            return false;
    }
}

const char* name_of(IoKind kind) noexcept {
    switch (kind) {
        case IoKind::kStream:
            return "connection";
        case IoKind::kListener:
            return "listener";
        case IoKind::kOther:
            break;
    }
    return "descriptor (a pipe, a UDP socket, a process, a watch)";
}

}  // namespace

void IoRecord::note_error(int code) noexcept {
    if (broken_by == 0 && is_break(code)) broken_by = code;
}

IoRecord::~IoRecord() {
    while (!accepted.empty()) ::close(accepted.pop_front());
}

void Operation::refuse(const Operation* slot) const {
    const IoRecord& its = record();
    const char* const name = name_of(its.kind);
    if (its.fd < 0) throw OsError(ECANCELED, format("use a {} that is closed", name));
    if (its.backend == nullptr)
        throw UsageError(format("the loop of this {} has ended: make it in the run() that uses it", name));
    if (its.schedule != &Schedule::current())
        throw UsageError(format("this {} belongs to another loop than the one that runs: use it in its own", name));
    throw UsageError(
        format("two tasks wait for the same direction of one {}; the first waits for this: {}. Let one of them do it, "
               "or use a Lock",
               name, slot->describe()));
}

void Operation::wait_in(Operation*& slot) noexcept {
    slot_ = &slot;
    slot = this;
    record().backend->operation_waits(record());
}

// ---- Receive ----

void Receive::hold(Buffer buffer) noexcept {
    buffer_ = std::move(buffer);
    record().is_handing_over = done_ = true;
}

void Receive::put_back() noexcept {
    record().is_handing_over = false;
    record().received.push_front(std::move(buffer_));
}

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
        hold(record.received.pop_front());
        return true;
    }
    error_ = std::exchange(record.error, 0);
    return error_ != 0 || (record.ended && end());
}

bool Receive::end() noexcept {
    error_ = record().broken_by;
    return true;
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
        record.note_error(error_);
        return true;
    }
    if (got == 0) return end();
    // At the end of the stream the record stays readable: every further read says so again.
    if (static_cast<std::size_t>(got) < Buffer::kCapacity && !record.hung_up) record.readable = false;
    buffer.resize(static_cast<std::size_t>(got));
    hold(std::move(buffer));
    return true;
}

Buffer Receive::await_resume() {
    if (error_ != 0) throw OsError(error_, describe());
    if (std::exchange(done_, false)) record().is_handing_over = false;
    return std::move(buffer_);
}

std::string Receive::describe() const { return "receive from " + peer_name(record().fd); }

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
            record().note_error(error_);
            return true;
        }
    }
    return true;
}

void Send::await_resume() {
    if (error_ != 0) throw OsError(error_, describe());
}

std::string Send::describe() const { return "send to " + peer_name(record().fd); }

// ---- Accept ----

Accept::~Accept() {
    if (accepted_ >= 0) record().accepted.push_front(accepted_);
}

void Accept::await_suspend(std::coroutine_handle<> handle) noexcept {
    suspend(handle);
    wait_in(record().reader);
}

// The kernel looks for a free descriptor first, and for a connection then (accept(2)): without one it would say EMFILE
// to whoever has only begun to wait.
bool Accept::nobody_connects() const noexcept {
    pollfd asked{record().fd, POLLIN, 0};
    return ::poll(&asked, 1, 0) == 0;
}

bool Accept::attempt() noexcept {
    if (!record().accepted.empty()) {
        accepted_ = record().accepted.pop_front();
        return true;
    }
    do {
        accepted_ = ::accept4(record().fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        // A connection that was reset before we took it is no concern of the listener's.
    } while (accepted_ < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (accepted_ >= 0) return true;
    error_ = errno;
    if (would_block(error_) || ((error_ == EMFILE || error_ == ENFILE) && nobody_connects())) {
        error_ = 0;
        record().readable = false;
        return false;
    }
    return true;
}

int Accept::await_resume() {
    if (error_ != 0) throw OsError(error_, describe());
    return std::exchange(accepted_, -1);
}

std::string Accept::describe() const { return "accept on " + local_name(record().fd); }

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

std::string Connect::describe() const {
    return "connect to " + address_name(reinterpret_cast<const sockaddr*>(&address_), size_, "an address");
}

}  // namespace loop

namespace {

Loop& loop_that_takes(int fd) {
    try {
        return Loop::current();
    } catch (const UsageError&) {
        ::close(fd);
        throw;
    }
}

}  // namespace

IoHandle::IoHandle(int fd, IoKind kind) : record_(&loop_that_takes(fd).open(fd, kind)), kind_(kind) {
    record_->retain();
}

void IoHandle::refuse_closed() const {
    throw OsError(ECANCELED, format("use a {} that is closed", loop::name_of(kind_)));
}

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

// A receive that has its bytes and has not been resumed yet would be overtaken.
Buffer IoHandle::receive_arrived() {
    loop::IoRecord& record = this->record();
    if (record.reader != nullptr || record.is_handing_over || record.backend == nullptr) return {};
    record.backend->collect(record, Schedule::current());
    loop::Receive receiving(record);
    return receiving.attempt() ? receiving.await_resume() : Buffer();
}

// The peek comes before the backend's word: it may itself be what moves bytes from the socket to the backend.
// `readable` is not asked: a read that just filled its buffer leaves it set.
bool IoHandle::is_quiet() const noexcept {
    if (record_ == nullptr || record_->backend == nullptr) return false;
    if (record_->hung_up || record_->has_arrived()) return false;
    if (record_->backend->hears_nothing_of(*record_)) return true;
    char byte;
    if (::recv(record_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0) return false;
    record_->note_error(errno);
    return loop::would_block(errno) && !record_->backend->may_hold_for(*record_);
}

}  // namespace trawl
