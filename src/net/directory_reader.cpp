#include "directory_reader.hpp"

#include <dirent.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "file_error.hpp"
#include "trawl/base/error.hpp"

namespace trawl::net {
namespace {

// What glibc's readdir(3) asks for at once.
constexpr std::size_t kPortion = std::size_t{32} * 1024;

FileType known_type(unsigned char type) noexcept {
    switch (type) {
        case DT_REG:
            return FileType::kFile;
        case DT_DIR:
            return FileType::kDirectory;
        case DT_LNK:
            return FileType::kSymlink;
        default:
            return FileType::kOther;
    }
}

}  // namespace

DirectoryReader::DirectoryReader(std::shared_ptr<Descriptor> directory)
    : directory_(std::move(directory)), prefix_(directory_->path()), buffer_(std::make_unique<char[]>(kPortion)) {
    if (!prefix_.ends_with('/')) prefix_ += '/';
}

// One that is gone since it was listed has no type: it is as good as any.
FileType DirectoryReader::type_of(const std::string& path, unsigned char known, const FileCalls& calls) const {
    if (known != DT_UNKNOWN && !calls.hides_types()) return known_type(known);
    struct ::stat status{};
    const auto result = calls.lstat(path, status);
    if (result == -ENOENT) return FileType::kOther;
    checked(result, "look at", path);
    return file_info_of(status).type;
}

void DirectoryReader::fill() {
    can_go_on_ = false;
    at_ = 0;
    end_ = 0;
    end_ = checked(directory_->getdents(buffer_.get(), kPortion), "list", directory_->path());
    can_go_on_ = true;
}

bool DirectoryReader::read_into(std::vector<DirectoryEntry>& entries, const FileCalls& calls) {
    if (at_ == end_) fill();
    if (end_ == 0) return false;
    while (at_ < end_) {
        const auto* raw = reinterpret_cast<const ::dirent64*>(buffer_.get() + at_);
        at_ += raw->d_reclen;
        const std::string_view name = raw->d_name;
        if (name == "." || name == "..") continue;
        std::string path = prefix_;
        path += name;
        const FileType type = type_of(path, raw->d_type, calls);
        entries.emplace_back(std::move(path), prefix_.size(), type);
    }
    return true;
}

void sync_directory(Descriptor& directory) {
    try {
        directory.sync();
    } catch (const FileError& error) {
        if (error.code() != EINVAL) throw;
    }
}

}  // namespace trawl::net
