/// What the loop does with file descriptors: the operations that a backend runs for the layers above it.
///
/// A descriptor is handed to the loop (IoHandle) and belongs to it. An operation is an awaiter; the loop's record of
/// the descriptor points to it, and destroying it takes it back. Bytes that had arrived for an operation that is
/// destroyed are kept for the next one, and so is the error with which a connection broke: the kernel tells it once,
/// the record tells it to every receive from then on, in place of the end. At most one operation waits in each
/// direction.
///
/// A backend says when a system call may succeed, and the operation attempts it; or it feeds the record: it receives by
/// itself, ahead of the operations, which take what has arrived.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
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
        : backend(&its_backend), schedule(&Schedule::current()), fd(its_fd), kind(its_kind) {}

    Backend* backend;    // null once its loop is gone
    Schedule* schedule;  // its loop's
    int fd;              // -1 once it is closed
    IoKind kind;
    bool readable = false;        // the last word of the kernel: a read may succeed
    bool writable = false;        // the same for a write
    bool hung_up = false;         // the peer will send no more: reads reach the end
    Operation* reader = nullptr;  // at most one operation waits in each direction
    Operation* writer = nullptr;

    bool is_handing_over = false;  // a receive has bytes, and its task has not been resumed with them yet
    bool is_fed = false;           // the backend receives: operations make no system call for it
    bool ended = false;            // fed: the end of the stream has been received, or the error that stands for it
    int error = 0;                 // fed: the errno of receiving, for the next operation
    int broken_by = 0;             // the errno with which the connection broke: it stands in the place of every end
    unsigned char pending = 0;     // the backend's: what the kernel does for this record now
    unsigned char stopping = 0;    // the backend's: what of it was cancelled
    Arrivals<Buffer> received;     // ahead of the operations, or for one that was destroyed before it saw the bytes
    Arrivals<int> accepted;        // connections, owned, of operations that were destroyed before they gave them

    /// The next operation to read has something to take without waiting.
    [[nodiscard]] bool has_arrived() const noexcept {
        return !received.empty() || !accepted.empty() || ended || error != 0;
    }
    /// Keeps `code` for good when it says that the connection broke; the kernel will not say so again (SO_ERROR).
    void note_error(int code) noexcept;
    void retain() noexcept { ++users_; }
    void release() noexcept {
        if (--users_ == 0) delete this;
    }

private:
    ~IoRecord();
    int users_ = 0;
};

/// Keeps a record alive.
class IoRecordUse {
public:
    explicit IoRecordUse(IoRecord& record) noexcept : record_(&record) { record.retain(); }
    IoRecordUse(const IoRecordUse& other) noexcept : IoRecordUse(*other.record_) {}
    IoRecordUse& operator=(const IoRecordUse&) = delete;
    ~IoRecordUse() { record_->release(); }
    [[nodiscard]] IoRecord& get() const noexcept { return *record_; }

private:
    IoRecord* record_;
};

/// An awaiter of one system call's outcome.
class Operation : public Waiter {
public:
    explicit Operation(IoRecord& record) noexcept : record_(record) {}
    virtual ~Operation() { leave_slot(); }

    [[nodiscard]] IoRecord& record() const noexcept { return record_.get(); }
    /// Throws when waiting in the slot would be for ever: OsError (ECANCELED) when the descriptor has been closed since
    /// the operation was made; UsageError when its loop has ended or is not the one that runs, and when another
    /// operation waits there already.
    void require_free(const Operation* slot) const {
        const IoRecord& its = record();
        if (its.fd < 0 || its.backend == nullptr || its.schedule != &Schedule::current() || slot != nullptr)
            refuse(slot);
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
    [[noreturn]] void refuse(const Operation* slot) const;

    IoRecordUse record_;
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
    /// The bytes; empty at the end of the stream. Throws OsError; of a connection that broke, each time again.
    Buffer await_resume();
    bool attempt() noexcept override;
    [[nodiscard]] std::string describe() const override;

private:
    bool take() noexcept;
    bool read() noexcept;
    bool end() noexcept;
    void hold(Buffer buffer) noexcept;
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
    /// What the kernel has not taken yet.
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
    [[nodiscard]] std::string describe() const override;

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
    [[nodiscard]] std::string describe() const override;

private:
    [[nodiscard]] bool nobody_connects() const noexcept;

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
    [[nodiscard]] std::string describe() const override;

private:
    sockaddr_storage address_;
    socklen_t size_;
    bool started_ = false;
};

/// An operation that has not begun: it can be moved (into a timeout), and begins when it is awaited. The handle may be
/// closed or destroyed before: it throws OsError (ECANCELED) then.
template <class Awaiter, class... Args>
class [[nodiscard("an operation does nothing until it is awaited")]] Begin {
public:
    explicit Begin(IoRecord& record, Args... args) noexcept : record_(record), args_(args...) {}
    Awaiter operator co_await() const noexcept {
        return std::apply([this](const Args&... args) { return Awaiter(record_.get(), args...); }, args_);
    }

private:
    IoRecordUse record_;
    std::tuple<Args...> args_;
};

}  // namespace loop

/// A descriptor that belongs to the loop of this thread. Closing (or destroying) it closes the descriptor; operations
/// that wait on it then fail with ECANCELED. It may outlive the loop, but works no more: operations throw UsageError.
class IoHandle {
public:
    IoHandle() = default;
    /// Takes over `fd`, which must be non-blocking, and has closed it when it throws: UsageError when no loop runs on
    /// this thread, OsError.
    explicit IoHandle(int fd, IoKind kind = IoKind::kOther);
    IoHandle(IoHandle&& other) noexcept : record_(std::exchange(other.record_, nullptr)), kind_(other.kind_) {}
    /// Closes what it held before.
    IoHandle& operator=(IoHandle&& other) noexcept {
        if (this == &other) return *this;
        close();
        record_ = std::exchange(other.record_, nullptr);
        kind_ = other.kind_;
        return *this;
    }
    ~IoHandle() { close(); }

    [[nodiscard]] bool is_open() const noexcept { return record_ != nullptr; }
    /// Throws OsError (ECANCELED) when it is closed, as all operations do.
    [[nodiscard]] int fd() const { return record().fd; }
    void close() noexcept;

    /// Waits for bytes. An empty Buffer is the end of the stream. Throws OsError. Once a connection broke (ECONNRESET,
    /// ETIMEDOUT, ...), whichever operation was told, each receive throws that error when it has no more bytes to give.
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
    [[noreturn]] void refuse_closed() const;

    loop::IoRecord* record_ = nullptr;
    IoKind kind_ = IoKind::kOther;  // of what it held: a message names it
};

}  // namespace trawl
