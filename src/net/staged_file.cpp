#include "trawl/net/staged_file.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "file_calls.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/net/directory.hpp"

namespace trawl {
namespace {

std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string next_name(const std::string& path) {
    static std::atomic<std::uint64_t> count = 0;
    return format("{}/.trawl-{}-staged-{}.tmp", parent_of(path), ::getpid(), ++count);
}

// Whoever may not read the old file may not read the new one either.
FileMode mode_for(const std::optional<FileInfo>& replaced) {
    const FileMode mode = FileMode::create_new().and_read();
    return replaced && replaced->type == FileType::kFile ? mode.permissions(replaced->permissions) : mode;
}

}  // namespace

StagedFile::StagedFile(std::string path, std::string temporary, File file) noexcept
    : path_(std::move(path)), temporary_(std::move(temporary)), file_(std::move(file)) {}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})), file_(std::move(other.file_)) {}

StagedFile::~StagedFile() {
    if (!temporary_.empty()) net::FileCalls::current().unlink(temporary_);
}

Task<StagedFile> StagedFile::create(std::string path) {
    const std::optional<FileInfo> replaced = co_await file_info(path);
    if (replaced && replaced->type == FileType::kDirectory) {
        throw FileError(EISDIR, "replace", path, "it is a directory: name a file in it");
    }
    if (replaced && replaced->type != FileType::kFile) {
        throw FileError(EINVAL, "replace", path, "it is a device, a pipe or a socket, and would be one no more");
    }
    if (path.empty()) throw FileError(ENOENT, "make", path, "its path is empty: name a file");
    for (;;) {
        StagedFile staged(path, next_name(path), File());  // removes it, should this be destroyed while it is opened
        try {
            staged.file_ = co_await File::open(staged.temporary_, mode_for(replaced));
            co_return staged;
        } catch (const FileError& error) {
            staged.temporary_.clear();  // it is not ours
            if (error.code() != EEXIST) throw;
        }
    }
}

Task<> StagedFile::publish() {
    co_await file_.sync();
    co_await file_.close();
    co_await rename_file(temporary_, path_);
    temporary_.clear();
    co_await sync_directory(parent_of(path_));
}

}  // namespace trawl
