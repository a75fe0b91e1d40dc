/// StagedFile: a file that is written at its own pace under another name, and then is there, whole, or never was.
///
///     StagedFile staged = co_await StagedFile::create("report.csv");
///     co_await staged.file().write(rows);
///     co_await staged.publish();
///
/// write_file_atomically() (net/file.hpp) is the same for what is in memory; its promises about crashes hold here.
#pragma once

#include <string>

#include "trawl/coro/task.hpp"
#include "trawl/net/file.hpp"

namespace trawl {

class StagedFile {
public:
    /// Makes an empty file beside `path` (`.trawl-*.tmp`), open for reading and writing. A file that `path` names hands
    /// its permissions on, as far as the umask lets it. Throws FileError, UsageError.
    static Task<StagedFile> create(std::string path);
    StagedFile(StagedFile&& other) noexcept;
    StagedFile& operator=(StagedFile&&) = delete;
    /// Removes what was not published.
    ~StagedFile();

    [[nodiscard]] File& file() noexcept { return file_; }
    /// Waits until it is on the disk, closes it, and gives it its name, where it replaces what was there. Once.
    /// Throws FileError; when only the directory could not be synced, the file is there.
    Task<> publish();

private:
    StagedFile(std::string path, std::string temporary, File file) noexcept;

    std::string path_;
    std::string temporary_;  // "" when there is none to remove
    File file_;
};

}  // namespace trawl
