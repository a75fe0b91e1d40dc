/// What a file system tells of a file or directory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace trawl {

enum class FileType { kFile, kDirectory, kSymlink, kOther };

struct FileInfo {
    FileType type = FileType::kOther;
    std::int64_t size = 0;     // in bytes
    unsigned permissions = 0;  // the lower twelve bits: 0644
    std::chrono::system_clock::time_point modified;
};

/// One name in a directory.
class DirectoryEntry {
public:
    DirectoryEntry(std::string path, std::size_t name_begin, FileType type)
        : path_(std::move(path)), name_begin_(name_begin), type_(type) {}

    /// The path of the directory as it was given, a slash, and the name.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The name alone: bytes, in whatever encoding it was made.
    [[nodiscard]] std::string name() const { return path_.substr(name_begin_); }
    [[nodiscard]] FileType type() const noexcept { return type_; }
    [[nodiscard]] bool is_directory() const noexcept { return type_ == FileType::kDirectory; }
    [[nodiscard]] bool is_file() const noexcept { return type_ == FileType::kFile; }

private:
    std::string path_;
    std::size_t name_begin_;
    FileType type_;
};

}  // namespace trawl
