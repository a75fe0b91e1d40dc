/// Unix sockets: connections within this machine, named by a path (unix(7)).
///
/// A name that begins with '@' (or a zero byte) is abstract: no file, gone with its listener, and without permissions,
/// so that whoever shares the network namespace may connect: look at peer_credentials(). A file whose name begins with
/// '@' is "./@name". Names have at most 107 bytes (UsageError).
#pragma once

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/loop/io.hpp"
#include "trawl/net/stream_socket.hpp"

namespace trawl {

/// Who is at the other end, as the kernel saw it when the connection (or the pair) was made. Later changes of the
/// process do not show.
struct PeerCredentials {
    pid_t process = 0;  // 0 when it is not visible from here (another PID namespace)
    uid_t user = 0;
    gid_t group = 0;
};

/// A connection: see StreamSocket for what it does. There is no reset: closing with unread bytes is one.
class UnixStream : public StreamSocket {
public:
    UnixStream() = default;
    /// Takes over a connected, non-blocking socket.
    explicit UnixStream(int fd) : StreamSocket(fd) {}

    /// Connects to the listener of that name. Waits while the listener's queue is full. Throws ConnectError: ENOENT
    /// (no such file), ECONNREFUSED (nobody listens), EACCES (no permission to write to the file).
    static Task<UnixStream> connect(std::string path);
    /// Two ends that are connected with each other. Throws OsError.
    static std::pair<UnixStream, UnixStream> pair();

    /// Throws OsError.
    [[nodiscard]] PeerCredentials peer_credentials() const;
};

/// How to listen. `UnixListener::bind("service.sock", UnixListenOptions().permissions(0600))`.
class UnixListenOptions {
public:
    UnixListenOptions() {}  // NOLINT(modernize-use-equals-default): a defaulted one would make it an aggregate

    /// How many connections may wait to be accepted; the kernel takes no more than net.core.somaxconn.
    UnixListenOptions& backlog(int connections) noexcept {
        backlog_ = connections;
        return *this;
    }
    /// The file's mode: who may write to it may connect. It has no wider one at any time. Default: 0777 less the umask.
    UnixListenOptions& permissions(mode_t mode) noexcept {
        permissions_ = mode;
        return *this;
    }

private:
    friend class UnixListener;
    int backlog_ = SOMAXCONN;
    std::optional<mode_t> permissions_;
};

/// A listener and its file, which it removes when it is closed, unless somebody has put another in its place.
class UnixListener {
public:
    UnixListener() = default;
    UnixListener(UnixListener&& other) noexcept { swap(other); }
    UnixListener& operator=(UnixListener&& other) noexcept {
        swap(other);
        return *this;
    }
    ~UnixListener() { close(); }

    /// Listens on `path`. A socket file that nobody listens on any more (its process was killed) is replaced; of two
    /// that replace it at the same instant, the later has the name. Throws OsError: EADDRINUSE when somebody listens
    /// there or the file is no socket; UsageError for a name that is empty, too long, or abstract with permissions.
    static UnixListener bind(std::string path, const UnixListenOptions& options = {});

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// Waits for a connection. Throws OsError (EMFILE: the connection waits on).
    Task<UnixStream> accept();
    void close() noexcept;

private:
    void swap(UnixListener& other) noexcept;

    IoHandle io_;
    std::string path_;
    struct stat file_{};  // which file is ours; nothing for an abstract name
};

}  // namespace trawl
