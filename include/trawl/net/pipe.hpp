/// Pipes: bytes in one direction, between processes or tasks (pipe(7)).
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "trawl/loop/io.hpp"

namespace trawl {

namespace net {

/// A write that never raises SIGPIPE, whatever the process has decided about that signal.
class WriteToPipe final : public loop::Operation {
public:
    WriteToPipe(loop::IoRecord& record, std::string_view bytes) noexcept : Operation(record), rest_(bytes) {}

    /// Throws UsageError when another task sends.
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle) noexcept;
    void await_resume() const;
    bool attempt() noexcept override;
    [[nodiscard]] std::string describe() const override;

private:
    std::string_view rest_;
};

/// Throws OsError (ECANCELED) when this end is closed.
void require_open_pipe(const IoHandle& end, const char* operation);

}  // namespace net

/// The end of a pipe that is read. Owned by one task at a time; destroying it closes it.
class PipeReader {
public:
    PipeReader() = default;
    /// Takes over a non-blocking descriptor.
    explicit PipeReader(int fd) : io_(fd) {}

    /// Waits for bytes; an empty Buffer is the end: every copy of the other end is closed. Throws OsError.
    [[nodiscard]] auto receive() {
        net::require_open_pipe(io_, "read from");
        return io_.receive();
    }

    [[nodiscard]] bool is_open() const noexcept { return io_.is_open(); }
    void close() noexcept { io_.close(); }

private:
    IoHandle io_;
};

/// The end of a pipe that is written.
class PipeWriter {
public:
    PipeWriter() = default;
    /// Takes over a non-blocking descriptor.
    explicit PipeWriter(int fd) : io_(fd) {}

    /// Writes all of `bytes`, which must stay as they are until it is done. Throws OsError (EPIPE when nobody can read
    /// them any more; no SIGPIPE is raised).
    [[nodiscard]] auto send(std::string_view bytes) {
        net::require_open_pipe(io_, "write to");
        return io_.begin<net::WriteToPipe>(bytes);
    }

    [[nodiscard]] bool is_open() const noexcept { return io_.is_open(); }
    /// The reader receives what was written, and then the end.
    void close() noexcept { io_.close(); }

private:
    IoHandle io_;
};

/// A pipe. Throws OsError.
std::pair<PipeReader, PipeWriter> make_pipe();

}  // namespace trawl
