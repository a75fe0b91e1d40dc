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

// Of a name that is too long: enough to know it by.
constexpr std::size_t kQuoted = 60;

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
            format("the name of a Unix socket has at most {} bytes, and this has {}: {}...; use a shorter one",
                   sizeof address.sun_path - 1, path.size(), shown(path).substr(0, kQuoted)));
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

int new_socket_to(const std::string& path) {
    try {
        return net::new_socket(AF_UNIX, SOCK_STREAM);
    } catch (const OsError& error) {
        throw ConnectError(error.code(), "connect to " + shown(path), net::advice_on(error.code()));
    }
}

std::string advice_to_connect(int error) {
    if (error == ENOENT) return "no socket is there: is the server running?";
    if (error == ECONNREFUSED) return "nobody listens there: is the server running?";
    return {};
}

std::string advice_to_listen(int error) {
    if (error == ENOENT) return "its directory is missing: make_directories() makes it";
    if (error == ENOTDIR) return "a file is where the path needs a directory";
    if (error == EACCES || error == EROFS) return "check that its directory may be written to";
    if (error == EADDRINUSE) return "somebody listens there, or a file that is no socket is in the way";
    return {};
}

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
        UnixStream stream(new_socket_to(path));
        const int error = co_await stream.io().connect(address.get(), address.size());
        if (error == 0) co_return std::move(stream);
        if (error != EAGAIN) throw ConnectError(error, "connect to " + shown(path), advice_to_connect(error));
        stream.close();
        co_await sleep(wait);
    }
}

std::pair<UnixStream, UnixStream> UnixStream::pair() {
    static_cast<void>(Loop::current());  // there is one, before there is something to own
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
    if (!bound) throw OsError(errno, "listen on " + shown(path), advice_to_listen(errno));
    listener.path_ = std::move(path);
    if (!abstract) ::lstat(listener.path_.c_str(), &listener.file_);
    if (options.permissions_ && ::chmod(listener.path_.c_str(), *options.permissions_) != 0)
        throw OsError(errno, "set the permissions of " + listener.path_);
    if (::listen(fd, options.backlog_) != 0) throw OsError(errno, "listen on " + shown(listener.path_));
    return listener;
}

Task<UnixStream> UnixListener::accept() {
    try {
        const int fd = co_await io_.accept();
        co_return UnixStream(fd);
    } catch (const OsError& error) {
        if (error.code() == ECANCELED) throw;
        throw OsError(error.code(), "accept on " + shown(path_), net::advice_on(error.code()));
    }
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
