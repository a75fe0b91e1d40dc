/// Waiting until a descriptor is ready, without reading or writing: for descriptors that belong to somebody else (a
/// database's or curl's socket, inotify), and for operations that are made of a system call and a wait.
///
/// Rules: the answer is the descriptor's state, as poll(2) tells it (level-triggered), not an event since the last
/// look, so that it does not matter who reads how much in between. It is a hint, as everywhere: who reads next may find
/// that somebody else was faster. At most one task waits in each direction.
#pragma once

#include <string>

#include "trawl/loop/io.hpp"

namespace trawl {

namespace loop {

/// What is waited for: that a read, or a write, would not block. An error or a hang-up counts as both.
enum class Direction { kRead, kWrite };

class Ready final : public Operation {
public:
    Ready(IoRecord& record, Direction direction) noexcept : Operation(record), direction_(direction) {}

    /// Throws UsageError when another task waits in the same direction.
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    /// Throws OsError (ECANCELED) when the descriptor was closed meanwhile.
    void await_resume() const;
    bool attempt() noexcept override;
    [[nodiscard]] std::string describe() const override;

private:
    [[nodiscard]] Operation*& slot() const noexcept;

    Direction direction_;
};

}  // namespace loop

/// Waits on a descriptor that stays somebody else's. It is duplicated (dup(2)): the loop watches, and closes, a
/// descriptor of its own, and whoever owns the first may close it at any time. What both stand for (the connection, the
/// pipe) is open until both are closed: destroy the watch first, or the peer learns of a close only when it goes.
class DescriptorWatch {
public:
    DescriptorWatch() = default;
    /// Requires: a loop runs on this thread. Throws OsError: EBADF, EMFILE, EPERM (where epoll waits) for what is
    /// always ready (a regular file).
    explicit DescriptorWatch(int fd);

    /// Suspends until a read would not block: there is something to read, an end, or an error. Throws OsError
    /// (ECANCELED) when the watch is closed meanwhile, UsageError when somebody waits for the same already.
    [[nodiscard]] auto readable() { return io_.begin<loop::Ready>(loop::Direction::kRead); }
    /// The same for a write.
    [[nodiscard]] auto writable() { return io_.begin<loop::Ready>(loop::Direction::kWrite); }

    [[nodiscard]] bool is_open() const noexcept { return io_.is_open(); }
    void close() noexcept { io_.close(); }

private:
    IoHandle io_;
};

}  // namespace trawl
