#include "trawl/net/unix.hpp"

#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>

#include "socket.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/time.hpp"

namespace trawl {
namespace {

// A listener that is alive empties its queue in microseconds; one that is not is asked 20 times a second.
constexpr Duration kRetryFirst = std::chrono::milliseconds(1);
constexpr Duration kRetryMax = std::chrono::milliseconds(50);

bool is_abstract(const std::string& path) noexcept { return path[0] == '@' || path[0] == '\0'; }

/// The name as it can be shown.
std::string shown(const std::string& path) { return path[0] == '\0' ? "@" + path.substr(1) : path; }

// An abstract name counts by its size, zero bytes included; a path ends with a zero byte (unix(7)).
Address address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty()) throw UsageError("a Unix socket needs a name: a path, or @name for one without a file");
    if (path.size() >= sizeof address.sun_path) {
        throw UsageError(
            format("the name of a Unix socket has at most {} bytes, and this has {}: {}; use a shorter one",
                   sizeof address.sun_path - 1, path.size(), shown(path)));
    }
    if (!is_abstract(path) && path.find('\0') != std::string::npos)
        throw UsageError(format("the path of a Unix socket has a zero byte inside: {}", path.c_str()));
    std::memcpy(address.sun_path, path.data(), path.size());
    if (is_abstract(path)) address.sun_path[0] = '\0';
    const std::size_t size = offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract(path) ? 0 : 1);
    return {reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)};
}

/// A blocking call would tell no more: connecting to a Unix socket never waits for the peer's process.
int try_connect(const Address& address) {
    const int fd = net::new_socket(AF_UNIX, SOCK_STREAM);
    const int error = ::connect(fd, address.get(), address.size()) == 0 ? 0 : errno;
    ::close(fd);
    return error;
}

bool try_bind(int fd, const Address& address) noexcept { return ::bind(fd, address.get(), address.size()) == 0; }

/// True when `path` was a socket file that nobody listened on, and is gone. Otherwise errno is EADDRINUSE.
bool remove_stale(const std::string& path, const Address& address) {
    struct stat file{};
    const bool is_socket = ::lstat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
    if (is_socket && try_connect(address) == ECONNREFUSED && ::unlink(path.c_str()) == 0) return true;
    errno = EADDRINUSE;
    return false;
}

}  // namespace

// ---- UnixStream ----

// A full queue is EAGAIN, and nothing tells when it has room again (connect(2)). A socket that was refused has hung up
// for the loop: each attempt has its own.
Task<UnixStream> UnixStream::connect(std::string path) {
    const Address address = address_of(path);
    for (Duration wait = kRetryFirst;; wait = std::min(wait * 2, kRetryMax)) {
        UnixStream stream(net::new_socket(AF_UNIX, SOCK_STREAM));
        const int error = co_await stream.io().connect(address.get(), address.size());
        if (error == 0) co_return std::move(stream);
        if (error != EAGAIN) throw ConnectError(error, "connect to " + shown(path));
        stream.close();
        co_await sleep(wait);
    }
}

std::pair<UnixStream, UnixStream> UnixStream::pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw OsError(errno, "socketpair");
    try {
        UnixStream first(std::exchange(ends[0], -1));
        return {std::move(first), UnixStream(std::exchange(ends[1], -1))};
    } catch (...) {
        if (ends[1] >= 0) ::close(ends[1]);
        throw;
    }
}

PeerCredentials UnixStream::peer_credentials() const {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) throw OsError(errno, "read SO_PEERCRED");
    return {peer.pid, peer.uid, peer.gid};
}

// ---- UnixListener ----

// The file is made with the mode of the socket's inode less the umask: set beforehand, it is never wider than asked
// for.
UnixListener UnixListener::bind(std::string path, const UnixListenOptions& options) {
    const Address address = address_of(path);
    const bool abstract = is_abstract(path);
    if (abstract && options.permissions_)
        throw UsageError(format("{} is an abstract name, which has no permissions: use a path", shown(path)));
    UnixListener listener;
    const int fd = net::new_socket(AF_UNIX, SOCK_STREAM);
    listener.io_ = IoHandle(fd, IoKind::kListener);
    if (options.permissions_) ::fchmod(fd, *options.permissions_);
    bool bound = try_bind(fd, address);
    if (!bound && errno == EADDRINUSE && !abstract && remove_stale(path, address)) bound = try_bind(fd, address);
    if (!bound) throw OsError(errno, "listen on " + shown(path));
    listener.path_ = std::move(path);
    if (!abstract) ::lstat(listener.path_.c_str(), &listener.file_);
    if (options.permissions_ && ::chmod(listener.path_.c_str(), *options.permissions_) != 0)
        throw OsError(errno, "set the permissions of " + listener.path_);
    if (::listen(fd, options.backlog_) != 0) throw OsError(errno, "listen on " + shown(listener.path_));
    return listener;
}

Task<UnixStream> UnixListener::accept() {
    const int fd = co_await io_.accept();
    co_return UnixStream(fd);
}

void UnixListener::close() noexcept {
    if (!io_.is_open()) return;
    io_.close();
    struct stat now{};
    if (file_.st_ino == 0 || ::lstat(path_.c_str(), &now) != 0) return;
    if (now.st_ino == file_.st_ino && now.st_dev == file_.st_dev) ::unlink(path_.c_str());
}

void UnixListener::swap(UnixListener& other) noexcept {
    std::swap(io_, other.io_);
    std::swap(path_, other.path_);
    std::swap(file_, other.file_);
}

}  // namespace trawl
