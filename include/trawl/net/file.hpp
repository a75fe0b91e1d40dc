/// Files of the local disk: their blocking system calls are made on the loop's threads, and awaited like anything else.
///
///     File file = co_await File::open("pages.json", FileMode::write());
///     co_await file.write(page);                // all of it, or an error
///     co_await file.close();                    // the last chance to hear of one
///
/// Rules:
/// - Bytes are moved in and out: a thread never touches a coroutine's frame, so that any operation can be destroyed at
///   any time. What its thread is doing then is brought to its next system call's end and stops there; the next
///   operation of the File waits for that, so that no late write lands behind it.
/// - Any number of read_at() and write_at() of one File may be at work (what overlaps has no order). read() and write()
///   go one after the other, in the order of their calls, from a position that moves only when they succeed: one that
///   was destroyed or failed can be done again. (A destroyed or failed write may have written any part of its bytes.)
/// - An operation keeps the file open: a File may be moved or destroyed meanwhile, and no descriptor is closed, to be
///   used again for something else, while a thread works with it.
/// - System calls that a signal interrupts are made again; what was written or read in part is continued.
/// - An error of sync() or sync_data() is for good: what the kernel could not write it may have forgotten. Every later
///   write, sync and close of this File fails with it. Nothing retries it; write the data again, to a new file.
/// - A File belongs to one loop's thread. On a VirtualLoop it works too, with the real disk.
///
/// Regular files, block devices and devices that are always ready (/dev/null, /dev/urandom). A FIFO or a socket is
/// refused, a directory too; a terminal that has nothing to say is an error (EAGAIN). No thread waits for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "trawl/coro/task.hpp"
#include "trawl/net/file_info.hpp"

namespace trawl {

namespace net {
class FileState;
}

/// How a file is opened. Made by one of the five, then adjusted: `FileMode::create_new().permissions(0600)`.
class FileMode {
public:
    /// Reads; the file must exist. Python's "r".
    [[nodiscard]] static FileMode read() noexcept;
    /// Writes from the beginning, and what was in the file is gone; makes the file. "w"
    [[nodiscard]] static FileMode write() noexcept;
    /// Writes a file that must not exist yet (EEXIST). "x"
    [[nodiscard]] static FileMode create_new() noexcept;
    /// Every write goes to the end, wherever that is then; makes the file. "a"
    [[nodiscard]] static FileMode append() noexcept;
    /// Reads and writes; the file must exist and keeps its contents. "r+"
    [[nodiscard]] static FileMode read_write() noexcept;

    /// Reads too: "w+", "x+", "a+".
    [[nodiscard]] FileMode and_read() const noexcept;
    /// Makes the file if there is none.
    [[nodiscard]] FileMode or_create() const noexcept;
    /// The bits of a file that is made, less the process's umask; 0666 unless told.
    [[nodiscard]] FileMode permissions(unsigned bits) const noexcept;

    [[nodiscard]] int flags() const noexcept { return flags_; }
    [[nodiscard]] unsigned permissions() const noexcept { return permissions_; }

private:
    explicit FileMode(int flags) noexcept : flags_(flags) {}
    int flags_;
    unsigned permissions_ = 0666;
};

/// An open file. Every operation throws FileError, with path, operation and what to do; ClosedError after close().
class File {
public:
    /// Not open.
    File() = default;
    /// Opens `path`, which is bytes: any encoding, no NUL (UsageError). Descriptors are not inherited by programs that
    /// are started.
    static Task<File> open(std::string path, FileMode mode = FileMode::read());

    /// The next bytes, at most `size` of them; fewer only at the end of the file, none behind it.
    [[nodiscard]] Task<std::string> read(std::size_t size);
    /// Bytes from `offset` on; fewer than `size` only at the end of the file. Throws UsageError for a negative offset.
    [[nodiscard]] Task<std::string> read_at(std::int64_t offset, std::size_t size);
    /// Writes all of `bytes` behind what was read and written before; at the end, when opened to append.
    [[nodiscard]] Task<> write(std::string bytes);
    /// Writes all of `bytes` from `offset` on. Throws UsageError for a negative offset, or a file opened to append.
    [[nodiscard]] Task<> write_at(std::int64_t offset, std::string bytes);

    /// Waits until everything that was written is on the disk: data and metadata (fsync), or data alone (fdatasync).
    /// The name of a new file is its directory's: sync_directory().
    [[nodiscard]] Task<> sync();
    [[nodiscard]] Task<> sync_data();
    /// Cuts the file, or lengthens it with zeros (which take no room on the disk).
    [[nodiscard]] Task<> truncate(std::int64_t size);
    [[nodiscard]] Task<FileInfo> info();
    /// In bytes.
    [[nodiscard]] Task<std::int64_t> size();

    /// Closes it, when the operations that are at work have ended, and tells what went wrong. From the call on the File
    /// is closed, also when this is destroyed or fails. A File that is destroyed without it is closed on a thread, and
    /// an error is not heard of. Closing twice does nothing.
    [[nodiscard]] Task<> close();
    [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr; }
    /// Where the next read() or write() begins.
    [[nodiscard]] std::int64_t position() const noexcept;

private:
    explicit File(std::shared_ptr<net::FileState> state) noexcept : state_(std::move(state)) {}
    std::shared_ptr<net::FileState> state_;
};

/// All bytes of a file. Throws FileError.
[[nodiscard]] Task<std::string> read_file(std::string path);
/// Makes the file, or replaces what is in it. A crash, or destroying this, may leave any part. Throws FileError.
[[nodiscard]] Task<> write_file(std::string path, std::string bytes);
/// Makes or replaces a file so that at any instant, a crash included, it has its old contents or `bytes`, all of them:
/// a temporary file in the same directory, fsync, rename, fsync of the directory. When it returns, `bytes` are there
/// after a crash. A file that is replaced hands its permissions on (not its owner, nor its hard links); a symlink is
/// replaced, not followed. When it fails or is destroyed, the temporary file is removed (`.trawl-*.tmp`; a crash leaves
/// it). Throws FileError; when only the last step failed, the message says that the file was replaced.
[[nodiscard]] Task<> write_file_atomically(std::string path, std::string bytes);

}  // namespace trawl
