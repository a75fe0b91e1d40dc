/// System calls behind store.hpp.
#include "store.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

const char* advice(int code) {
    switch (code) {
        case EACCES:
        case EPERM:
        case EROFS:
            return "choose a directory that this user may write to (--to DIR), or change its permissions";
        case ENOSPC:
        case EDQUOT:
            return "free some space, or choose another disk; nothing was committed";
        case EMFILE:
            return "this process has too many files open: raise its limit (ulimit -n); nothing was committed";
        case ENOTDIR:
        case EEXIST:
            return "a file is where a directory has to be: choose another path";
        case ENOENT:
            return "check that the path exists";
        case EOPNOTSUPP:
            return "this file system lacks what a commit needs; use a local POSIX file system";
        default:
            return "check the disk; nothing was committed";
    }
}

[[noreturn]] void fail(int code, std::string_view doing, const fs::path& path) {
    throw StoreError(trawl::format("cannot {} {}: {}; {}", doing, path.string(), std::system_category().message(code),
                                   advice(code)));
}

File open_file(const fs::path& path, int flags, std::string_view doing) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) fail(errno, doing, path);
    return File(fd);
}

void sync(const File& file, const fs::path& path) {
    if (::fsync(file.fd()) != 0) fail(errno, "make durable (fsync)", path);
}

/// Removes a temporary file at the end of a scope.
struct Unlinked {
    const fs::path& path;
    ~Unlinked() { ::unlink(path.c_str()); }
};

}  // namespace

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

File& File::operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

File open_unnamed(const fs::path& directory) {
    const int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0) return File(fd);
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) fail(errno, "write in", directory);
    // File systems without O_TMPFILE (some network and overlay ones): a name for an instant.
    const fs::path path = directory / (".trawl-spool-" + make_uuid());
    File file = open_file(path, O_CREAT | O_EXCL | O_RDWR, "write in");
    ::unlink(path.c_str());
    return file;
}

void write_all(const File& file, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.fd(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(errno, "write", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::size_t read_at(const File& file, char* buffer, std::size_t size, std::int64_t offset) {
    for (;;) {
        const ssize_t got = ::pread(file.fd(), buffer, size, offset);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) fail(errno, "read", "a temporary file");
    }
}

std::string read_file(const fs::path& path) {
    const File file = open_file(path, O_RDONLY, "read");
    std::string text;
    char buffer[65536];
    while (const std::size_t got = read_at(file, buffer, sizeof buffer, static_cast<std::int64_t>(text.size()))) {
        text.append(buffer, got);
    }
    return text;
}

void sync_file(const fs::path& path) { sync(open_file(path, O_RDONLY, "open"), path); }

void sync_directory(const fs::path& path) { sync(open_file(path, O_RDONLY | O_DIRECTORY, "open"), path); }

std::vector<fs::path> make_directories(const fs::path& path) {
    std::vector<fs::path> missing;
    fs::path at = fs::absolute(path).lexically_normal();
    if (!at.has_filename()) at = at.parent_path();
    for (; !fs::exists(at); at = at.parent_path()) missing.push_back(at);
    if (!fs::is_directory(at)) fail(ENOTDIR, "make the directory", path);
    std::reverse(missing.begin(), missing.end());
    std::vector<fs::path> made;
    for (const fs::path& directory : missing) {
        if (::mkdir(directory.c_str(), 0755) == 0) {
            made.push_back(directory);
        } else if (errno != EEXIST) {
            fail(errno, "make the directory", directory);
        }
        sync_directory(directory.parent_path());
    }
    return made;
}

void rename_file(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail(errno, "write", to);
}

bool put_if_absent(const fs::path& directory, const std::string& name, std::string_view text) {
    const fs::path temporary = directory / ("." + name + "." + make_uuid() + ".tmp");
    const File file = open_file(temporary, O_CREAT | O_EXCL | O_WRONLY, "write");
    const Unlinked cleanup{temporary};
    write_all(file, text, temporary);
    sync(file, temporary);
    const fs::path target = directory / name;
    if (::link(temporary.c_str(), target.c_str()) != 0) {
        if (errno == EEXIST) return false;
        fail(errno, "publish", target);
    }
    sync_directory(directory);
    return true;
}

std::vector<std::string> list_directory(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
        names.push_back(at->path().filename().string());
    }
    if (error && error.value() != ENOENT) fail(error.value(), "read", path);
    std::sort(names.begin(), names.end());
    return names;
}

std::string make_uuid() {
    unsigned char bytes[16];
    if (::getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        throw StoreError("cannot get random bytes from the kernel");
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < sizeof bytes; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += trawl::format("{:02x}", bytes[i]);
    }
    return text;
}

std::int64_t unix_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace trawl::lake
