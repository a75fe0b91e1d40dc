/// FileCalls: every system call on files and directories, in one place, where a test can make it fail (FileFaults).
///
/// A result is what the call gives, or an errno with a minus. One that a signal interrupted (EINTR) is made again, but
/// close: Linux has closed the descriptor then. Without faults, a call costs one look at a pointer more.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fault_plan.hpp"

namespace trawl::net {

class FileCalls {
public:
    FileCalls() = default;
    /// With the faults that are in force on this thread, if any are.
    static FileCalls current();

    std::int64_t open(const std::string& path, int flags, unsigned permissions) const;
    std::int64_t close(int fd, const std::string& path) const;
    std::int64_t fstat(int fd, const std::string& path, struct ::stat& result) const;
    std::int64_t stat(const std::string& path, struct ::stat& result) const;
    std::int64_t lstat(const std::string& path, struct ::stat& result) const;
    std::int64_t read(int fd, const std::string& path, char* to, std::size_t size) const;
    std::int64_t pread(int fd, const std::string& path, char* to, std::size_t size, std::int64_t offset) const;
    std::int64_t write(int fd, const std::string& path, std::string_view bytes) const;
    std::int64_t pwrite(int fd, const std::string& path, std::string_view bytes, std::int64_t offset) const;
    std::int64_t fsync(int fd, const std::string& path) const;
    std::int64_t fdatasync(int fd, const std::string& path) const;
    std::int64_t ftruncate(int fd, const std::string& path, std::int64_t size) const;
    std::int64_t fchmod(int fd, const std::string& path, unsigned permissions) const;
    std::int64_t rename(const std::string& from, const std::string& to) const;
    std::int64_t unlink(const std::string& path) const;
    std::int64_t rmdir(const std::string& path) const;
    std::int64_t mkdir(const std::string& path, unsigned permissions) const;
    /// Fills `to` with linux_dirent64; 0 at the end.
    std::int64_t getdents(int fd, const std::string& path, char* to, std::size_t size) const;

    [[nodiscard]] bool hides_types() const { return plan_ != nullptr && plan_->hides_types(); }

private:
    template <class Call>
    std::int64_t make(std::string_view name, const std::string& object, Call call) const;
    template <class Call>
    std::int64_t transfer(std::string_view name, const std::string& path, std::size_t size, Call call) const;

    std::shared_ptr<FaultPlan> plan_;
};

}  // namespace trawl::net
