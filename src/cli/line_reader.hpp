/// LineReader: the lines of a file or of standard input, one after the other.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace trawl::cli {

class LineReader {
public:
    /// "-" is standard input. Throws FileError, with `advice`.
    LineReader(const std::string& path, const std::string& advice);

    /// Without its end ("\n", "\r\n"); nothing behind the last.
    [[nodiscard]] std::optional<std::string> next();

private:
    std::shared_ptr<std::FILE> file_;  // shared by the copies that a std::function makes
};

}  // namespace trawl::cli
