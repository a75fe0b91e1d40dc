#include "trawl/net/file.hpp"

#include <fcntl.h>

#include "file_job.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

using net::Descriptor;
using net::FileState;
using net::Stop;
using State = std::shared_ptr<FileState>;  // a share of it keeps the file open, whatever becomes of its File

// Waits until nothing that was destroyed is at work for the file any more.
Task<> ready(State file, const char* operation) {
    if (!file) throw ClosedError(format("{}: the File is not open: it was closed, moved, or never opened", operation));
    co_await file->settle(operation);
}

void require_not_negative(std::int64_t value, const char* what) {
    if (value < 0)
        throw UsageError(format("{} counts bytes from the beginning of the file: {} is before it", what, value));
}

Task<std::string> read_from(State file, std::int64_t offset, std::size_t size) {
    co_await ready(file, "read");
    auto work = [descriptor = file->descriptor(), offset, size](const Stop& stop) {
        return descriptor->read(offset, size, stop);
    };
    co_return co_await net::on_thread("File::read", std::move(work), file);
}

Task<> write_to(State file, std::int64_t offset, std::string bytes) {
    co_await ready(file, "write");
    auto work = [descriptor = file->descriptor(), offset, bytes = std::move(bytes)](const Stop& stop) {
        descriptor->write(offset, bytes, stop);
    };
    co_await net::on_thread("File::write", std::move(work), file);
}

Task<std::string> read_at_offset(State file, std::int64_t offset, std::size_t size) {
    require_not_negative(offset, "an offset");
    co_return co_await read_from(std::move(file), offset, size);
}

Task<> write_at_offset(State file, std::int64_t offset, std::string bytes) {
    require_not_negative(offset, "an offset");
    if (file && file->descriptor()->appends())
        throw UsageError(
            format("write_at '{}': it was opened to append, and every write goes to its end; open it with "
                   "FileMode::read_write()",
                   file->descriptor()->path()));
    co_await write_to(std::move(file), offset, std::move(bytes));
}

Task<std::string> read_next(State file, std::size_t size) {
    co_await ready(file, "read");
    auto turn = co_await file->turn().acquire();
    std::string bytes = co_await read_from(file, file->position, size);
    file->position += static_cast<std::int64_t>(bytes.size());
    co_return bytes;
}

Task<> write_next(State file, std::string bytes) {
    co_await ready(file, "write");
    auto turn = co_await file->turn().acquire();
    const auto size = static_cast<std::int64_t>(bytes.size());
    co_await write_to(file, file->position, std::move(bytes));
    file->position += size;
}

/// Runs a member function of the descriptor on a thread.
template <class Value, class Member, class... Args>
Task<Value> call(State file, const char* what, Member member, Args... args) {
    co_await ready(file, what);
    auto work = [descriptor = file->descriptor(), member, args...](const Stop&) {
        return ((*descriptor).*member)(args...);
    };
    co_return co_await net::on_thread(what, std::move(work), file);
}

Task<> truncate_to(State file, std::int64_t size) {
    require_not_negative(size, "a size");
    co_await call<void>(std::move(file), "truncate", &Descriptor::truncate, size);
}

Task<std::int64_t> size_of(State file) {
    const FileInfo info = co_await call<FileInfo>(std::move(file), "look at", &Descriptor::info);
    co_return info.size;
}

// Those who wait for their turn were there before.
Task<> close_file(State file) {
    if (!file) co_return;
    auto turn = co_await file->turn().acquire();
    co_await file->wind_up();
    auto work = [descriptor = file->descriptor()](const Stop&) { descriptor->close(); };
    co_await net::on_thread("File::close", std::move(work), file);
}

}  // namespace

FileMode FileMode::read() noexcept { return FileMode(O_RDONLY); }
FileMode FileMode::write() noexcept { return FileMode(O_WRONLY | O_CREAT | O_TRUNC); }
FileMode FileMode::create_new() noexcept { return FileMode(O_WRONLY | O_CREAT | O_EXCL); }
FileMode FileMode::append() noexcept { return FileMode(O_WRONLY | O_CREAT | O_APPEND); }
FileMode FileMode::read_write() noexcept { return FileMode(O_RDWR); }

FileMode FileMode::and_read() const noexcept {
    FileMode mode = *this;
    if ((flags_ & O_ACCMODE) == O_WRONLY) mode.flags_ = (flags_ & ~O_ACCMODE) | O_RDWR;
    return mode;
}

FileMode FileMode::or_create() const noexcept {
    FileMode mode = *this;
    mode.flags_ |= O_CREAT;
    return mode;
}

FileMode FileMode::permissions(unsigned bits) const noexcept {
    FileMode mode = *this;
    mode.permissions_ = bits;
    return mode;
}

Task<File> File::open(std::string path, FileMode mode) {
    auto work = [calls = net::FileCalls::current(), path = std::move(path), mode](const Stop&) {
        return Descriptor::open(calls, path, mode);
    };
    std::shared_ptr<Descriptor> descriptor = co_await net::on_thread("File::open", std::move(work));
    co_return File(std::make_shared<FileState>(std::move(descriptor)));
}

Task<std::string> File::read(std::size_t size) { return read_next(state_, size); }
Task<std::string> File::read_at(std::int64_t offset, std::size_t size) { return read_at_offset(state_, offset, size); }
Task<> File::write(std::string bytes) { return write_next(state_, std::move(bytes)); }
Task<> File::write_at(std::int64_t offset, std::string bytes) {
    return write_at_offset(state_, offset, std::move(bytes));
}
Task<> File::sync() { return call<void>(state_, "sync", &Descriptor::sync); }
Task<> File::sync_data() { return call<void>(state_, "sync", &Descriptor::sync_data); }
Task<> File::truncate(std::int64_t size) { return truncate_to(state_, size); }
Task<FileInfo> File::info() { return call<FileInfo>(state_, "look at", &Descriptor::info); }
Task<std::int64_t> File::size() { return size_of(state_); }
Task<> File::close() { return close_file(std::exchange(state_, nullptr)); }

std::int64_t File::position() const noexcept { return state_ ? state_->position : 0; }

}  // namespace trawl
