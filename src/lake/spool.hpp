/// Records on their way into a table: a temporary file without a name, one JSON text a line, read back line by line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store.hpp"

namespace trawl::lake {

class Spool {
public:
    explicit Spool(const fs::path& directory);

    /// Adds one line. `line` holds no newline.
    void add(std::string_view line);
    /// Writes out what is still in memory; before reading.
    void flush();

    [[nodiscard]] std::int64_t lines() const { return lines_; }
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }
    [[nodiscard]] const File& file() const { return file_; }

private:
    fs::path directory_;
    File file_;
    std::string buffer_;
    std::int64_t lines_ = 0;
    std::int64_t bytes_ = 0;
};

/// Walks over a flushed spool; memory is bounded by the longest line.
class SpoolReader {
public:
    explicit SpoolReader(const Spool& spool) : file_(spool.file()) {}
    /// False at the end. `line` is valid until the next call.
    bool next(std::string_view& line);

private:
    bool fill();

    const File& file_;
    std::string buffer_;
    std::size_t begin_ = 0;    // of what is not yet handed out
    std::size_t scanned_ = 0;  // no newline before this
    std::int64_t offset_ = 0;
};

}  // namespace trawl::lake
