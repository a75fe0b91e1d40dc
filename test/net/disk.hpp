/// What tests of files share: a directory of their own, counting descriptors, and running on both loops.
#pragma once

#include <dirent.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "loop/descriptors.hpp"
#include "trawl/base/error.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/loop/loop.hpp"
#include "trawl/loop/virtual_loop.hpp"

namespace trawl {

/// A directory for one test, gone with it: in TMPDIR, else in memory, where names are made a hundred times faster.
class Disk {
public:
    Disk() {
        const char* in_memory = "/dev/shm";
        const bool use_memory = std::getenv("TMPDIR") == nullptr && ::access(in_memory, W_OK) == 0;
        path_ = (use_memory ? std::string(in_memory) : std::filesystem::temp_directory_path().string()) +
                "/trawl-net-test-XXXXXX";
        if (::mkdtemp(path_.data()) == nullptr) throw OsError(errno, "mkdtemp");
    }
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    ~Disk() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The names in it, sorted.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename());
        std::sort(names.begin(), names.end());
        return names;
    }

private:
    std::string path_;
};

/// The errno of the FileError that `work` throws; 0 when it throws none.
template <class T>
Task<int> error_of(Task<T> work) {
    try {
        co_await std::move(work);
    } catch (const FileError& error) {
        co_return error.code();
    }
    co_return 0;
}

/// The message of the Error that `work` throws.
template <class T>
Task<std::string> message_of(Task<T> work) {
    try {
        co_await std::move(work);
    } catch (const Error& error) {
        co_return error.what();
    }
    co_return "no error";
}

/// Runs what `make()` makes with real threads, and on a virtual loop.
template <class Make>
void on_both_loops(Make make) {
    {
        SCOPED_TRACE("on a loop with threads");
        run(make());
    }
    SCOPED_TRACE("on a virtual loop");
    VirtualLoop().run(make());
}

}  // namespace trawl
