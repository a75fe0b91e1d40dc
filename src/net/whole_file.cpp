/// Files read and written as a whole, each on one visit to a thread.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <limits>

#include "directory_reader.hpp"
#include "file_error.hpp"
#include "file_job.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/net/file.hpp"

namespace trawl {
namespace {

using net::Descriptor;
using net::FileCalls;
using net::Stop;

std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// A file beside the one that it is to replace, removed unless it has done so.
class TemporaryFile {
public:
    TemporaryFile(const FileCalls& calls, const std::string& directory, FileMode mode) : calls_(calls) {
        for (;;) {
            path_ = format("{}/.trawl-{}-{}.tmp", directory, ::getpid(), ++count_);
            const auto fd = calls.open(path_, mode.flags(), mode.permissions());
            if (fd == -EEXIST) continue;  // left by a crash, or by a process of the same number on another machine
            net::checked(fd, "open", path_);
            file_ = std::make_shared<Descriptor>(calls, path_, static_cast<int>(fd), mode.flags());
            return;
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() {
        if (!path_.empty()) calls_.unlink(path_);
    }

    [[nodiscard]] Descriptor& file() noexcept { return *file_; }
    void rename(const std::string& to) {
        net::checked(calls_.rename(path_, to), "rename a finished file to", to);
        path_.clear();
    }

private:
    static inline std::atomic<std::uint64_t> count_ = 0;
    const FileCalls& calls_;
    std::string path_;
    std::shared_ptr<Descriptor> file_;
};

void sync_names(Descriptor& directory, const std::string& path) {
    try {
        net::sync_directory(directory);
    } catch (const FileError& error) {
        net::throw_file_error(error.code(), "sync the directory of", path,
                              "the file was replaced, but after a crash its old contents may be there again");
    }
}

void set_permissions(Descriptor& file, unsigned permissions) {
    // Some file systems have one for all files, and refuse to set any.
    if (file.info().permissions != permissions) file.set_permissions(permissions);
}

void replace_file(const FileCalls& calls, const std::string& path, std::string_view bytes, const Stop& stop) {
    net::require_path(path);
    struct ::stat status{};
    const auto found = calls.stat(path, status);
    if (found != -ENOENT) net::checked(found, "look at", path);
    if (found == 0 && S_ISDIR(status.st_mode))
        net::throw_file_error(EISDIR, "replace", path, "it is a directory: name a file in it");
    const bool replaces = found == 0;
    if (replaces && !S_ISREG(status.st_mode))
        net::throw_file_error(EINVAL, "replace", path, "it is a device, a pipe or a socket, and would be one no more");
    const auto directory = Descriptor::open_directory(calls, parent_of(path));
    // Whoever may not read the old file may not read the new one either, not even for an instant.
    const FileMode mode = FileMode::create_new();
    TemporaryFile temporary(calls, directory->path(), replaces ? mode.permissions(0600) : mode);
    if (replaces) set_permissions(temporary.file(), status.st_mode & 07777);
    temporary.file().write(0, bytes, stop);
    if (stop) return;
    temporary.file().sync();
    temporary.file().close();
    if (stop) return;
    temporary.rename(path);
    sync_names(*directory, path);
}

}  // namespace

Task<std::string> read_file(std::string path) {
    auto work = [calls = FileCalls::current(), path = std::move(path)](const Stop& stop) {
        const auto file = Descriptor::open(calls, path, FileMode::read());
        return file->read(0, std::numeric_limits<std::size_t>::max(), stop);
    };
    co_return co_await net::on_thread("read_file", std::move(work));
}

Task<> write_file(std::string path, std::string bytes) {
    auto work = [calls = FileCalls::current(), path = std::move(path), bytes = std::move(bytes)](const Stop& stop) {
        const auto file = Descriptor::open(calls, path, FileMode::write());
        file->write(0, bytes, stop);
        file->close();
    };
    co_await net::on_thread("write_file", std::move(work));
}

Task<> write_file_atomically(std::string path, std::string bytes) {
    auto work = [calls = FileCalls::current(), path = std::move(path), bytes = std::move(bytes)](const Stop& stop) {
        replace_file(calls, path, bytes, stop);
    };
    co_await net::on_thread("write_file_atomically", std::move(work));
}

}  // namespace trawl
