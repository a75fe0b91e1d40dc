/// A descriptor of a backend's own, closed when it is destroyed.
#pragma once

#include <unistd.h>

namespace trawl::loop {

class FileDescriptor {
public:
    /// Negative: none.
    explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
};

}  // namespace trawl::loop
