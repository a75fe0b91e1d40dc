/// Directories of the local disk: making, listing, walking; and what is done to names: rename, remove. Awaited, like
/// files (net/file.hpp). Everything throws FileError, and UsageError for a path with a NUL in it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trawl/base/error.hpp"
#include "trawl/coro/async_generator.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/net/file_info.hpp"

namespace trawl {

/// What is at `path`, symlinks followed; nothing when there is nothing.
[[nodiscard]] Task<std::optional<FileInfo>> file_info(std::string path);
/// Renames a file or directory within its file system; a file at `to` is replaced, at one instant.
[[nodiscard]] Task<> rename_file(std::string from, std::string to);
/// Removes a name of a file (or a symlink, not what it points to). Nothing there is an error (ENOENT).
[[nodiscard]] Task<> remove_file(std::string path);
/// Removes an empty directory.
[[nodiscard]] Task<> remove_directory(std::string path);
/// Makes the directory and those above it that are missing. One that exists is no error.
[[nodiscard]] Task<> make_directories(std::string path);
/// Waits until the directory's names (of files made, renamed, removed) are on the disk. For good, as File::sync().
[[nodiscard]] Task<> sync_directory(std::string path);

/// Everything in a directory, sorted by name; without "." and "..".
[[nodiscard]] Task<std::vector<DirectoryEntry>> list_directory(std::string path);

/// Everything below a directory:
///
///     auto entries = walk("lake");
///     while (auto entry = co_await entries.next()) use(entry->path());
///
/// A directory comes before what is in it; else the order is the file system's. Symlinks are given, not followed. About
/// a thousand entries cost one change of threads; memory holds those, and the names of directories that are yet to
/// come. What is made or removed meanwhile may or may not be seen; a directory that cannot be read is an error, one
/// that is gone is not.
///
/// An error comes behind everything that was found before it. It is thrown, which ends the walk as it ends every
/// generator: what next() says after that is no sign that all was seen. With `on_error` it is handed to that instead,
/// on the loop's thread, and the walk goes on with the next directory (os.walk's onerror); what on_error throws ends
/// it.
[[nodiscard]] AsyncGenerator<DirectoryEntry> walk(std::string path,
                                                  std::function<void(const FileError&)> on_error = {});

}  // namespace trawl
