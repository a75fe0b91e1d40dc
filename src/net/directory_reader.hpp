/// DirectoryReader: the entries of one directory, in portions. Blocks: for threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "trawl/net/file_info.hpp"

namespace trawl::net {

class DirectoryReader {
public:
    explicit DirectoryReader(std::shared_ptr<Descriptor> directory);

    /// Appends the next entries, some hundred; false at the end. Throws FileError.
    bool read_into(std::vector<DirectoryEntry>& entries, const FileCalls& calls);

private:
    [[nodiscard]] FileType type_of(const std::string& path, unsigned char known, const FileCalls& calls) const;

    std::shared_ptr<Descriptor> directory_;
    std::string prefix_;
    std::unique_ptr<char[]> buffer_;
};

/// Waits until the names in a directory are on the disk. A file system that cannot do that for directories (EINVAL)
/// leaves nothing to wait for. Throws FileError.
void sync_directory(Descriptor& directory);

}  // namespace trawl::net
