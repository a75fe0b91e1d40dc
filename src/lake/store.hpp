/// Files and directories, durably: everything the lake does to a disk. Errors are StoreError with the system's text; a
/// failed fsync is never retried (the kernel may have dropped the pages it could not write).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/base/error.hpp"

namespace trawl::lake {

namespace fs = std::filesystem;

/// Owns a file descriptor.
class File {
public:
    explicit File(int fd = -1) : fd_(fd) {}
    ~File();
    File(File&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    File& operator=(File&& other) noexcept;
    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

/// A file in `directory` without a name: it is gone when the last descriptor is, whatever happens to the process.
[[nodiscard]] File open_unnamed(const fs::path& directory);

void write_all(const File& file, std::string_view bytes, const fs::path& path);
/// Reads at most `size` bytes at `offset`; the number read, 0 at the end.
[[nodiscard]] std::size_t read_at(const File& file, char* buffer, std::size_t size, std::int64_t offset);

[[nodiscard]] std::string read_file(const fs::path& path);
void sync_file(const fs::path& path);
void sync_directory(const fs::path& path);

/// Makes `path` and what is missing above it, each made durable. Returns what was made, outermost first.
std::vector<fs::path> make_directories(const fs::path& path);
void rename_file(const fs::path& from, const fs::path& to);

/// Makes `directory/name` with `text`, durable and complete, or returns false if it is already there: nobody ever sees
/// half of it, and of two writers one gets true. (Temporary file, fsync, link(2), fsync of the directory.)
[[nodiscard]] bool put_if_absent(const fs::path& directory, const std::string& name, std::string_view text);

/// Names in a directory, sorted; none if it does not exist.
[[nodiscard]] std::vector<std::string> list_directory(const fs::path& path);

/// 32 random hexadecimal digits in UUID's form (RFC 9562, version 4).
[[nodiscard]] std::string make_uuid();

/// Now, in milliseconds since 1970: what Delta's log counts in.
[[nodiscard]] std::int64_t unix_ms();

}  // namespace trawl::lake
