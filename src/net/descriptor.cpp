#include "descriptor.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <utility>

#include "file_error.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl::net {
namespace {

// Up to this much room is made for a read without asking for the file's size.
constexpr std::size_t kFirstRead = std::size_t{64} * 1024;
// A page of memory: what a read of unknown size begins with.
constexpr std::size_t kLeastRead = 4096;

/// Closes a descriptor when it is destroyed.
class Closing {
public:
    Closing(FileCalls calls, int fd, std::string path) : calls_(std::move(calls)), fd_(fd), path_(std::move(path)) {}
    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;
    ~Closing() { calls_.close(fd_, path_); }

private:
    FileCalls calls_;
    int fd_;
    std::string path_;
};

// The last close of a file that was removed frees its room on the disk, which can take seconds: not on the loop's
// thread.
void close_elsewhere(FileCalls calls, int fd, std::string path) {
    auto closing = std::make_shared<Closing>(std::move(calls), fd, std::move(path));
    if (!Schedule::is_running_here()) return;
    try {
        Loop::current().run_on_thread([closing = std::move(closing)]() mutable { closing.reset(); }, [] {});
    } catch (...) {  // ignored: no thread can be had, and it was closed here
    }
}

void require_file(const struct ::stat& status, const std::string& path) {
    if (S_ISDIR(status.st_mode)) throw_file_error(EISDIR, "open", path);
    if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
        throw_file_error(EOPNOTSUPP, "open", path,
                         "a FIFO or socket may be silent for ever, and would keep a thread: read it with a stream");
    }
}

}  // namespace

FileInfo file_info_of(const struct ::stat& status) noexcept {
    FileInfo info;
    info.type = S_ISREG(status.st_mode)   ? FileType::kFile
                : S_ISDIR(status.st_mode) ? FileType::kDirectory
                : S_ISLNK(status.st_mode) ? FileType::kSymlink
                                          : FileType::kOther;
    info.size = status.st_size;
    info.permissions = status.st_mode & 07777;
    info.modified =
        std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
            std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec)));
    return info;
}

// Not to block: opening a FIFO would wait for its other end. Files of the disk do not know the flag.
std::shared_ptr<Descriptor> Descriptor::open(const FileCalls& calls, const std::string& path, FileMode mode) {
    require_path(path);
    const int flags = mode.flags() | O_NONBLOCK | O_NOCTTY;
    const auto fd = checked(calls.open(path, flags, mode.permissions()), "open", path);
    auto file = std::make_shared<Descriptor>(calls, path, static_cast<int>(fd), flags);
    struct ::stat status{};
    checked(calls.fstat(file->fd_, path, status), "open", path);
    require_file(status, path);
    file->positioned_ = S_ISREG(status.st_mode) || S_ISBLK(status.st_mode);
    return file;
}

std::shared_ptr<Descriptor> Descriptor::open_directory(const FileCalls& calls, const std::string& path, int flags) {
    require_path(path);
    flags |= O_RDONLY | O_DIRECTORY;
    const auto fd = checked(calls.open(path, flags, 0), "open", path);
    return std::make_shared<Descriptor>(calls, path, static_cast<int>(fd), flags);
}

Descriptor::Descriptor(FileCalls calls, std::string path, int fd, int flags)
    : calls_(std::move(calls)), path_(std::move(path)), fd_(fd), appends_((flags & O_APPEND) != 0) {}

Descriptor::~Descriptor() {
    if (fd_ >= 0) close_elsewhere(std::move(calls_), fd_, std::move(path_));
}

std::int64_t Descriptor::read_once(std::int64_t offset, char* to, std::size_t size) const {
    return positioned_ ? calls_.pread(fd_, path_, to, size, offset) : calls_.read(fd_, path_, to, size);
}

std::int64_t Descriptor::write_once(std::int64_t offset, std::string_view bytes) const {
    return positioned_ && !appends_ ? calls_.pwrite(fd_, path_, bytes, offset) : calls_.write(fd_, path_, bytes);
}

// What a read of `size` bytes from `offset` needs: `size` may be any number that is large enough. One byte more than
// there are, so that the end shows.
std::size_t Descriptor::room_for(std::int64_t offset, std::size_t size) const {
    if (size <= kFirstRead || !positioned_) return std::min(size, kFirstRead);
    const std::int64_t left = info().size - offset;
    return left < 0 ? 1 : std::min(size, std::max(static_cast<std::size_t>(left) + 1, kLeastRead));
}

std::string Descriptor::read(std::int64_t offset, std::size_t size, const Stop& stop) const {
    // No file reaches farther: the kernel refuses what ends behind that (EINVAL).
    const auto farthest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    size = std::min<std::uint64_t>(size, farthest - static_cast<std::uint64_t>(offset));
    std::string bytes;
    std::size_t room = room_for(offset, size);
    while (bytes.size() < size && !stop) {
        const std::size_t got = bytes.size();
        std::int64_t count = 0;
        bytes.resize_and_overwrite(room, [&](char* data, std::size_t) {
            count = read_once(offset + static_cast<std::int64_t>(got), data + got, room - got);
            return got + static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
        });
        if (checked(count, "read", path_) == 0) break;
        if (bytes.size() == room) room = std::min(size, std::max(2 * room, kLeastRead));
    }
    if (bytes.capacity() > 2 * bytes.size() + kLeastRead) bytes.shrink_to_fit();
    return bytes;
}

void Descriptor::write(std::int64_t offset, std::string_view bytes, const Stop& stop) const {
    require_sound("write");
    if (bytes.size() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() - offset))
        throw_file_error(EFBIG, "write", path_, "no file reaches that far: check the position");
    while (!bytes.empty() && !stop) {
        const auto count = checked(write_once(offset, bytes), "write", path_);
        if (count == 0) throw_file_error(EIO, "write", path_);
        bytes.remove_prefix(static_cast<std::size_t>(count));
        offset += count;
    }
}

void Descriptor::require_sound(const char* operation) const {
    const int error = sync_error_;
    if (error == 0) return;
    throw_file_error(
        error, operation, path_,
        "an earlier sync of it failed, and what could not be written then may be forgotten: write everything "
        "again, to a new file");
}

void Descriptor::synced(std::int64_t result, const char* operation) {
    if (result < 0) sync_error_ = static_cast<int>(-result);
    checked(result, operation, path_);
}

void Descriptor::sync() {
    require_sound("sync");
    synced(calls_.fsync(fd_, path_), "sync");
}

void Descriptor::sync_data() {
    require_sound("sync");
    synced(calls_.fdatasync(fd_, path_), "sync");
}

void Descriptor::truncate(std::int64_t size) const {
    require_sound("truncate");
    checked(calls_.ftruncate(fd_, path_, size), "truncate", path_);
}

void Descriptor::set_permissions(unsigned permissions) const {
    checked(calls_.fchmod(fd_, path_, permissions), "set the permissions of", path_);
}

FileInfo Descriptor::info() const {
    struct ::stat status{};
    checked(calls_.fstat(fd_, path_, status), "look at", path_);
    return file_info_of(status);
}

void Descriptor::close() {
    const auto result = calls_.close(std::exchange(fd_, -1), path_);
    require_sound("close");
    checked(result, "close", path_);
}

}  // namespace trawl::net
