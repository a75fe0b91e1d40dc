/// Descriptor: an open file or directory as threads see it: blocking operations, made of FileCalls.
///
/// Shared by the File and by every job that works with it; the last one closes it, so that its number is not used again
/// while a thread works with it. Positioned operations may run at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "file_calls.hpp"
#include "trawl/net/file.hpp"

namespace trawl::net {

/// Set when nobody waits for the operation any more: it ends before its next system call.
using Stop = std::atomic<bool>;

class Descriptor {
public:
    /// Opens a file. Blocks. Throws FileError.
    static std::shared_ptr<Descriptor> open(const FileCalls& calls, const std::string& path, FileMode mode);
    /// Opens a directory, to list it or to sync it. `flags` as of open(2), besides the usual.
    static std::shared_ptr<Descriptor> open_directory(const FileCalls& calls, const std::string& path, int flags = 0);

    /// Takes over `fd`.
    Descriptor(FileCalls calls, std::string path, int fd, int flags);
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    /// Closes it: on a thread when a loop runs on this one. Errors are not heard of.
    ~Descriptor();

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] bool appends() const noexcept { return appends_; }

    // The rest blocks, and throws FileError.

    /// Up to `size` bytes from `offset`, fewer only at the end.
    [[nodiscard]] std::string read(std::int64_t offset, std::size_t size, const Stop& stop) const;
    void write(std::int64_t offset, std::string_view bytes, const Stop& stop) const;
    void sync();
    void sync_data();
    void truncate(std::int64_t size) const;
    void set_permissions(unsigned permissions) const;
    [[nodiscard]] FileInfo info() const;
    /// Entries of a directory, as the kernel writes them; 0 at the end, or an errno with a minus.
    [[nodiscard]] std::int64_t getdents(char* to, std::size_t size) const {
        return calls_.getdents(fd_, path_, to, size);
    }
    /// Closes it and tells of errors. Requires: nobody else works with it.
    void close();

private:
    [[nodiscard]] std::size_t room_for(std::int64_t offset, std::size_t size) const;
    [[nodiscard]] std::int64_t read_once(std::int64_t offset, char* to, std::size_t size) const;
    [[nodiscard]] std::int64_t write_once(std::int64_t offset, std::string_view bytes) const;
    void require_sound(const char* operation) const;
    void synced(std::int64_t result, const char* operation);

    FileCalls calls_;
    std::string path_;
    int fd_;
    bool appends_;
    bool positioned_ = true;           // what has no positions (a device) is read and written where it stands
    std::atomic<int> sync_error_ = 0;  // of the sync that failed: from then on nothing is known of what is on the disk
};

/// A file's facts, out of the kernel's.
[[nodiscard]] FileInfo file_info_of(const struct ::stat& status) noexcept;

}  // namespace trawl::net
