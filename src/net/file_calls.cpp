#include "file_calls.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/net/file_faults.hpp"

namespace trawl {
namespace {

constinit thread_local FileFaults* faults_in_force = nullptr;

}  // namespace

FileFaults::FileFaults() : plan_(std::make_shared<net::FaultPlan>()), outer_(std::exchange(faults_in_force, this)) {}

FileFaults::~FileFaults() { faults_in_force = outer_; }

FileFaults::Rule FileFaults::fail(std::string_view call, int error) {
    if (error <= 0) throw UsageError("a call fails with an errno, which is above 0: ENOSPC, EIO, EINTR");
    net::FaultPlan::Rule rule;
    rule.call = call;
    rule.error = error;
    rule.times = 1;
    return {*plan_, plan_->add(std::move(rule))};
}

FileFaults::Rule FileFaults::shorten(std::string_view call, std::size_t size) {
    if (size == 0) throw UsageError("a shortened call moves at least one byte: none would be the end of the file");
    if (!call.ends_with("read") && !call.ends_with("write"))
        throw UsageError("only calls that move bytes can be shortened: read, pread, write, pwrite");
    net::FaultPlan::Rule rule;
    rule.call = call;
    rule.size = size;
    return {*plan_, plan_->add(std::move(rule))};
}

FileFaults::Rule FileFaults::before(std::string_view call, std::function<void()> hook) {
    net::FaultPlan::Rule rule;
    rule.call = call;
    rule.hook = std::move(hook);
    return {*plan_, plan_->add(std::move(rule))};
}

void FileFaults::disturb(std::uint64_t seed) { plan_->disturb(seed); }
void FileFaults::hide_types() { plan_->hide_types(); }
std::vector<std::string> FileFaults::calls() const { return plan_->calls(); }

FileFaults::Rule& FileFaults::Rule::after(std::size_t count) {
    plan_->adjust(index_, [&](auto& rule) { rule.after = count; });
    return *this;
}

FileFaults::Rule& FileFaults::Rule::times(std::size_t count) {
    plan_->adjust(index_, [&](auto& rule) { rule.times = count; });
    return *this;
}

FileFaults::Rule& FileFaults::Rule::always() { return times(net::FaultPlan::kAlways); }

FileFaults::Rule& FileFaults::Rule::on(std::string part) {
    plan_->adjust(index_, [&](auto& rule) { rule.path_part = std::move(part); });
    return *this;
}

namespace net {

FileCalls FileCalls::current() {
    FileCalls calls;
    if (faults_in_force != nullptr) calls.plan_ = faults_in_force->plan_;
    return calls;
}

template <class Call>
std::int64_t FileCalls::make(std::string_view name, const std::string& object, Call call) const {
    for (;;) {
        std::int64_t result = plan_ ? -plan_->meet(name, object, nullptr) : 0;
        if (result == 0 && (result = call()) < 0) result = -errno;
        if (result != -EINTR) return result;
    }
}

template <class Call>
std::int64_t FileCalls::transfer(std::string_view name, const std::string& path, std::size_t size, Call call) const {
    for (;;) {
        std::size_t part = size;
        std::int64_t result = plan_ ? -plan_->meet(name, path, &part) : 0;
        if (result == 0 && (result = call(part)) < 0) result = -errno;
        if (result != -EINTR) return result;
    }
}

std::int64_t FileCalls::open(const std::string& path, int flags, unsigned permissions) const {
    return make("open", path, [&] { return ::open(path.c_str(), flags | O_CLOEXEC, permissions); });
}

std::int64_t FileCalls::close(int fd, const std::string& path) const {
    const int injected = plan_ ? plan_->meet("close", path, nullptr) : 0;
    const int error = ::close(fd) == 0 ? injected : errno;
    return error == EINTR ? 0 : -error;
}

std::int64_t FileCalls::fstat(int fd, const std::string& path, struct ::stat& result) const {
    return make("fstat", path, [&] { return ::fstat(fd, &result); });
}

std::int64_t FileCalls::stat(const std::string& path, struct ::stat& result) const {
    return make("stat", path, [&] { return ::stat(path.c_str(), &result); });
}

std::int64_t FileCalls::lstat(const std::string& path, struct ::stat& result) const {
    return make("lstat", path, [&] { return ::lstat(path.c_str(), &result); });
}

std::int64_t FileCalls::read(int fd, const std::string& path, char* to, std::size_t size) const {
    return transfer("read", path, size, [&](std::size_t part) { return ::read(fd, to, part); });
}

std::int64_t FileCalls::pread(int fd, const std::string& path, char* to, std::size_t size, std::int64_t offset) const {
    return transfer("pread", path, size, [&](std::size_t part) { return ::pread(fd, to, part, offset); });
}

std::int64_t FileCalls::write(int fd, const std::string& path, std::string_view bytes) const {
    return transfer("write", path, bytes.size(), [&](std::size_t part) { return ::write(fd, bytes.data(), part); });
}

std::int64_t FileCalls::pwrite(int fd, const std::string& path, std::string_view bytes, std::int64_t offset) const {
    return transfer("pwrite", path, bytes.size(),
                    [&](std::size_t part) { return ::pwrite(fd, bytes.data(), part, offset); });
}

std::int64_t FileCalls::fsync(int fd, const std::string& path) const {
    return make("fsync", path, [&] { return ::fsync(fd); });
}

std::int64_t FileCalls::fdatasync(int fd, const std::string& path) const {
    return make("fdatasync", path, [&] { return ::fdatasync(fd); });
}

std::int64_t FileCalls::ftruncate(int fd, const std::string& path, std::int64_t size) const {
    return make("ftruncate", path, [&] { return ::ftruncate(fd, size); });
}

std::int64_t FileCalls::fchmod(int fd, const std::string& path, unsigned permissions) const {
    return make("fchmod", path, [&] { return ::fchmod(fd, permissions); });
}

std::int64_t FileCalls::rename(const std::string& from, const std::string& to) const {
    return make("rename", from + " " + to, [&] { return ::rename(from.c_str(), to.c_str()); });
}

std::int64_t FileCalls::unlink(const std::string& path) const {
    return make("unlink", path, [&] { return ::unlink(path.c_str()); });
}

std::int64_t FileCalls::rmdir(const std::string& path) const {
    return make("rmdir", path, [&] { return ::rmdir(path.c_str()); });
}

std::int64_t FileCalls::mkdir(const std::string& path, unsigned permissions) const {
    return make("mkdir", path, [&] { return ::mkdir(path.c_str(), permissions); });
}

std::int64_t FileCalls::getdents(int fd, const std::string& path, char* to, std::size_t size) const {
    return make("getdents", path, [&] { return ::getdents64(fd, to, size); });
}

}  // namespace net
}  // namespace trawl
