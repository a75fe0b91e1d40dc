#include "trawl/net/directory.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "directory_reader.hpp"
#include "file_error.hpp"
#include "file_job.hpp"
#include "trawl/base/error.hpp"

namespace trawl {
namespace {

using net::checked;
using net::Descriptor;
using net::DirectoryReader;
using net::FileCalls;
using net::Stop;

// At 1 µs each, well above what a change of threads costs.
constexpr std::size_t kBatch = 1000;

std::optional<FileInfo> find_info(const FileCalls& calls, const std::string& path) {
    struct ::stat status{};
    const auto result = calls.stat(path, status);
    if (result == -ENOENT || result == -ENOTDIR) return std::nullopt;
    checked(result, "look at", path);
    return net::file_info_of(status);
}

void make_directory(const FileCalls& calls, const std::string& path) {
    const auto result = calls.mkdir(path, 0777);
    if (result == 0) return;
    if (result == -EEXIST) {
        const auto info = find_info(calls, path);
        if (info && info->type == FileType::kDirectory) return;
        net::throw_file_error(ENOTDIR, "make the directory", path);
    }
    checked(result, "make the directory", path);
}

// From the left, each that is longer by a name; a slash at the front or the end is none.
void make_all(const FileCalls& calls, const std::string& path) {
    const auto found = find_info(calls, path);
    if (found && found->type == FileType::kDirectory) return;
    for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
        make_directory(calls, path.substr(0, slash));
    }
    if (!path.ends_with('/')) make_directory(calls, path);
}

std::vector<DirectoryEntry> list(const FileCalls& calls, const std::string& path, const Stop& stop) {
    DirectoryReader reader(Descriptor::open_directory(calls, path));
    std::vector<DirectoryEntry> entries;
    while (!stop && reader.read_into(entries, calls)) {
    }
    std::ranges::sort(entries, {}, [](const DirectoryEntry& entry) -> const std::string& { return entry.path(); });
    return entries;
}

/// What a walk has found, and the error that it came upon behind it.
struct Found {
    std::vector<DirectoryEntry> entries;
    std::optional<FileError> error;
    [[nodiscard]] bool is_end() const noexcept { return entries.empty() && !error; }
};

/// A walk as its threads see it, one after the other: one directory is open, others wait.
class Walker {
public:
    Walker(FileCalls calls, std::string root) : calls_(std::move(calls)), root_(std::move(root)) {}

    /// The next entries, up to an error, behind which the next call goes on.
    Found next(const Stop& stop) {
        Found found;
        try {
            while (!stop && found.entries.size() < kBatch && has_directory()) read_into(found.entries);
        } catch (const FileError& error) {
            found.error = error;
        }
        return found;
    }

private:
    // What is gone since it was seen, or is no directory any more, is not there.
    static bool is_gone(int code) noexcept { return code == ENOENT || code == ENOTDIR || code == ELOOP; }

    bool has_directory() {
        if (root_) reader_.emplace(Descriptor::open_directory(calls_, *std::exchange(root_, std::nullopt)));
        while (!reader_ && !waiting_.empty()) {
            const std::string path = std::move(waiting_.back());
            waiting_.pop_back();
            try {
                reader_.emplace(Descriptor::open_directory(calls_, path, O_NOFOLLOW));
            } catch (const FileError& error) {
                if (!is_gone(error.code())) throw;
            }
        }
        return reader_.has_value();
    }

    // Directories that were found before an error are walked as well.
    void read_into(std::vector<DirectoryEntry>& entries) {
        const std::size_t before = entries.size();
        std::exception_ptr failed;
        bool has_more = false;
        try {
            has_more = reader_->read_into(entries, calls_);
        } catch (const FileError& error) {
            has_more = reader_->can_go_on();
            if (has_more || error.code() != ENOENT) failed = std::current_exception();
        }
        if (!has_more) reader_.reset();
        for (std::size_t i = before; i < entries.size(); ++i) {
            if (entries[i].is_directory()) waiting_.push_back(entries[i].path());
        }
        if (failed) std::rethrow_exception(failed);
    }

    FileCalls calls_;
    std::optional<std::string> root_;
    std::optional<DirectoryReader> reader_;
    std::vector<std::string> waiting_;
};

/// Runs `act(calls)` on a thread.
template <class Act>
Task<std::invoke_result_t<Act&, const FileCalls&>> act_on(const char* what, Act act) {
    auto work = [calls = FileCalls::current(), act = std::move(act)](const Stop&) { return act(calls); };
    co_return co_await net::on_thread(what, std::move(work));
}

}  // namespace

Task<std::optional<FileInfo>> file_info(std::string path) {
    net::require_path(path);
    auto act = [path = std::move(path)](const FileCalls& calls) { return find_info(calls, path); };
    co_return co_await act_on("file_info", std::move(act));
}

Task<> rename_file(std::string from, std::string to) {
    net::require_path(from);
    net::require_path(to);
    auto act = [from = std::move(from), to = std::move(to)](const FileCalls& calls) {
        checked(calls.rename(from, to), "rename", from, to);
    };
    co_await act_on("rename_file", std::move(act));
}

Task<> remove_file(std::string path) {
    net::require_path(path);
    auto act = [path = std::move(path)](const FileCalls& calls) { checked(calls.unlink(path), "remove", path); };
    co_await act_on("remove_file", std::move(act));
}

Task<> remove_directory(std::string path) {
    net::require_path(path);
    auto act = [path = std::move(path)](const FileCalls& calls) { checked(calls.rmdir(path), "remove", path); };
    co_await act_on("remove_directory", std::move(act));
}

Task<> make_directories(std::string path) {
    net::require_path(path);
    auto act = [path = std::move(path)](const FileCalls& calls) { make_all(calls, path); };
    co_await act_on("make_directories", std::move(act));
}

Task<> sync_directory(std::string path) {
    auto act = [path = std::move(path)](const FileCalls& calls) {
        const auto directory = Descriptor::open_directory(calls, path);
        net::sync_directory(*directory);
    };
    co_await act_on("sync_directory", std::move(act));
}

Task<std::vector<DirectoryEntry>> list_directory(std::string path) {
    auto work = [calls = FileCalls::current(), path = std::move(path)](const Stop& stop) {
        return list(calls, path, stop);
    };
    co_return co_await net::on_thread("list_directory", std::move(work));
}

AsyncGenerator<DirectoryEntry> walk(std::string path, std::function<void(const FileError&)> on_error) {
    auto walker = std::make_shared<Walker>(FileCalls::current(), std::move(path));
    for (;;) {
        auto work = [walker](const Stop& stop) { return walker->next(stop); };
        Found found = co_await net::on_thread("walk", std::move(work));
        if (found.is_end()) co_return;
        for (DirectoryEntry& entry : found.entries) co_yield std::move(entry);
        if (!found.error) continue;
        if (!on_error) throw FileError(*found.error);
        on_error(*found.error);
    }
}

}  // namespace trawl
