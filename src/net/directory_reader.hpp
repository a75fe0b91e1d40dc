/// DirectoryReader: the entries of one directory, in portions. Blocks: for threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "trawl/net/file_info.hpp"

namespace trawl::net {

class DirectoryReader {
public:
    explicit DirectoryReader(std::shared_ptr<Descriptor> directory);

    /// Appends the next entries, some hundred; false at the end. Throws FileError, behind what it could append; one
    /// that was about a single entry leaves the others to be read.
    bool read_into(std::vector<DirectoryEntry>& entries, const FileCalls& calls);
    /// False when the directory itself could not be read.
    [[nodiscard]] bool can_go_on() const noexcept { return can_go_on_; }

private:
    void fill();
    [[nodiscard]] FileType type_of(const std::string& path, unsigned char known, const FileCalls& calls) const;

    std::shared_ptr<Descriptor> directory_;
    std::string prefix_;
    std::unique_ptr<char[]> buffer_;
    std::int64_t at_ = 0;  // what of the buffer is not read yet
    std::int64_t end_ = 0;
    bool can_go_on_ = true;
};

/// Waits until the names in a directory are on the disk. A file system that cannot do that for directories (EINVAL)
/// leaves nothing to wait for. Throws FileError.
void sync_directory(Descriptor& directory);

}  // namespace trawl::net
