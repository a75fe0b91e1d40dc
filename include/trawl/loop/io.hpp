/// What the loop does with file descriptors: the operations that a backend runs for the layers above it.
///
/// A descriptor is handed to the loop (IoHandle) and belongs to it. An operation is an awaiter; the loop's record of
/// the descriptor points to it, and destroying it takes it back. Bytes that had arrived for an operation that is
/// destroyed are kept for the next one. At most one operation waits in each direction.
///
/// A backend says when a system call may succeed, and the operation attempts it; or it feeds the record: it receives
/// and accepts by itself, ahead of the operations, which take what has arrived.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "trawl/coro/schedule.hpp"
#include "trawl/loop/arrivals.hpp"
#include "trawl/loop/buffer.hpp"

namespace trawl {

class Backend;

/// What a descriptor is: backends have better ways for some kinds than to ask whether they are ready.
enum class IoKind : unsigned char {
    kStream,    // a stream socket, connected or about to be: bytes
    kListener,  // a listening socket: connections
    kOther,     // anything else that poll(2) takes
};

namespace loop {

class Operation;

/// The loop's record of a descriptor. It outlives the frames that use it: the handle, each operation and what the
/// kernel does on its behalf keep it.
class IoRecord : public ListNode {
public:
    IoRecord(Backend& its_backend, int its_fd, IoKind its_kind) noexcept
        : backend(&its_backend), fd(its_fd), kind(its_kind) {}

    Backend* backend;  // null once its loop is gone
    int fd;            // -1 once it is closed
    IoKind kind;
    bool readable = false;        // the last word of the kernel: a read may succeed
    bool writable = false;        // the same for a write
    bool hung_up = false;         // the peer will send no more: reads reach the end
    Operation* reader = nullptr;  // at most one operation waits in each direction
    Operation* writer = nullptr;

    bool is_fed = false;         // the backend receives and accepts: operations make no system call for it
    bool ended = false;          // fed: the end of the stream has been received
    int error = 0;               // fed: the errno of receiving or accepting, for the next operation
    unsigned char pending = 0;   // the backend's: what the kernel does for this record now
    unsigned char stopping = 0;  // the backend's: what of it was cancelled
    Arrivals<Buffer> received;   // ahead of the operations, or for one that was destroyed before it saw the bytes
    Arrivals<int> accepted;      // connections, owned

    /// The next operation to read has something to take without waiting.
    [[nodiscard]] bool has_arrived() const noexcept {
        return !received.empty() || !accepted.empty() || ended || error != 0;
    }
    void retain() noexcept { ++users_; }
    void release() noexcept {
        if (--users_ == 0) delete this;
    }

private:
    ~IoRecord();
    int users_ = 0;
};

/// An awaiter of one system call's outcome.
class Operation : public Waiter {
public:
    explicit Operation(IoRecord& record) noexcept : record_(&record) { record.retain(); }
    virtual ~Operation() {
        leave_slot();
        record_->release();
    }

    [[nodiscard]] IoRecord& record() const noexcept { return *record_; }
    /// Throws UsageError when another operation waits in the slot already: it would never be woken.
    static void require_free(const Operation* slot) {
        if (slot != nullptr) refuse_second();
    }
    /// Tries the system call; true when it has an outcome, false when it must wait.
    virtual bool attempt() noexcept = 0;
    /// Waits in one of its record's two slots: `reader` or `writer`.
    void wait_in(Operation*& slot) noexcept;
    void leave_slot() noexcept {
        if (slot_ != nullptr) *slot_ = nullptr;
        slot_ = nullptr;
    }
    /// The outcome is this errno. For a descriptor that was closed under the operation.
    void fail(int error) noexcept { error_ = error; }
    using Waiter::suspend;

protected:
    int error_ = 0;

private:
    [[noreturn]] static void refuse_second();

    IoRecord* record_;
    Operation** slot_ = nullptr;
};

class Receive final : public Operation {
public:
    using Operation::Operation;
    ~Receive() override {
        if (done_) put_back();
    }

    /// Throws UsageError.
    bool await_ready() {
        require_free(record().reader);
        return (record().readable || record().has_arrived()) && attempt();
    }
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    /// The bytes; empty at the end of the stream. Throws OsError.
    Buffer await_resume();
    bool attempt() noexcept override;

private:
    bool take() noexcept;
    bool read() noexcept;
    void put_back() noexcept;

    Buffer buffer_;
    bool done_ = false;
};

class Send final : public Operation {
public:
    Send(IoRecord& record, std::string_view bytes) noexcept : Operation(record), rest_(bytes) {}

    /// Throws UsageError.
    bool await_ready() {
        require_free(record().writer);
        return attempt();
    }
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    /// All bytes were given to the kernel. Throws OsError.
    void await_resume();
    bool attempt() noexcept override;

private:
    std::string_view rest_;
};

class Accept final : public Operation {
public:
    using Operation::Operation;
    ~Accept() override;

    /// Throws UsageError.
    bool await_ready() {
        require_free(record().reader);
        return (record().readable || record().has_arrived()) && attempt();
    }
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    /// The new connection's descriptor (non-blocking), owned by the caller. Throws OsError.
    int await_resume();
    bool attempt() noexcept override;

private:
    bool take() noexcept;

    int accepted_ = -1;
};

class Connect final : public Operation {
public:
    Connect(IoRecord& record, const sockaddr* address, socklen_t size) noexcept;

    /// Throws UsageError.
    bool await_ready() {
        require_free(record().writer);
        return attempt();
    }
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    /// 0, or the errno with which connecting failed.
    int await_resume() noexcept { return error_; }
    bool attempt() noexcept override;

private:
    sockaddr_storage address_;
    socklen_t size_;
    bool started_ = false;
};

/// An operation that has not begun: it can be moved (into a timeout), and begins when it is awaited.
template <class Awaiter, class... Args>
class [[nodiscard("an operation does nothing until it is awaited")]] Begin {
public:
    explicit Begin(IoRecord& record, Args... args) noexcept : record_(&record), args_(args...) {}
    Awaiter operator co_await() const noexcept {
        return std::apply([this](const Args&... args) { return Awaiter(*record_, args...); }, args_);
    }

private:
    IoRecord* record_;
    std::tuple<Args...> args_;
};

}  // namespace loop

/// A descriptor that belongs to the loop of this thread. Closing (or destroying) it closes the descriptor; operations
/// that wait on it then fail with ECANCELED. It may outlive the loop, but works no more.
class IoHandle {
public:
    IoHandle() = default;
    /// Takes over `fd`, which must be non-blocking. Requires: a loop runs on this thread.
    explicit IoHandle(int fd, IoKind kind = IoKind::kOther);
    IoHandle(IoHandle&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
    IoHandle& operator=(IoHandle&& other) noexcept {
        std::swap(record_, other.record_);
        return *this;
    }
    ~IoHandle() { close(); }

    [[nodiscard]] bool is_open() const noexcept { return record_ != nullptr; }
    /// Throws OsError (ECANCELED) when it is closed, as all operations do.
    [[nodiscard]] int fd() const { return record().fd; }
    void close() noexcept;

    /// Waits for bytes. An empty Buffer is the end of the stream. Throws OsError.
    [[nodiscard]] auto receive() { return loop::Begin<loop::Receive>(record()); }
    /// Gives bytes that have arrived, without waiting: none of them may be because none have, because of the end, or
    /// because a task waits for them. Throws OsError.
    [[nodiscard]] Buffer receive_arrived();
    /// Sends all of `bytes`, which must stay as they are until it is done. Throws OsError.
    [[nodiscard]] auto send(std::string_view bytes) {
        return loop::Begin<loop::Send, std::string_view>(record(), bytes);
    }
    /// Waits for a connection on a listening socket; gives its descriptor, owned by the caller. Throws OsError.
    [[nodiscard]] auto accept() { return loop::Begin<loop::Accept>(record()); }
    /// Connects; gives 0 or the errno. `address` must stay as it is until it is done.
    [[nodiscard]] auto connect(const sockaddr* address, socklen_t size) {
        return loop::Begin<loop::Connect, const sockaddr*, socklen_t>(record(), address, size);
    }
    /// Any other operation (loop/ready.hpp has one), with what its constructor wants besides the record.
    template <class Awaiter, class... Args>
    [[nodiscard]] auto begin(Args... args) {
        return loop::Begin<Awaiter, Args...>(record(), args...);
    }
    /// True when nothing has arrived and the peer has not closed: what a pooled connection must be before it is used
    /// again.
    [[nodiscard]] bool is_quiet() const noexcept;

private:
    [[nodiscard]] loop::IoRecord& record() const {
        if (record_ == nullptr) refuse_closed();
        return *record_;
    }
    [[noreturn]] static void refuse_closed();

    loop::IoRecord* record_ = nullptr;
};

}  // namespace trawl
