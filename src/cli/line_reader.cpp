#include "line_reader.hpp"

#include <cerrno>

#include "trawl/base/error.hpp"

namespace trawl::cli {

LineReader::LineReader(const std::string& path, const std::string& advice)
    : file_(path == "-" ? stdin : std::fopen(path.c_str(), "re"), [](std::FILE* file) {
          if (file != nullptr && file != stdin) std::fclose(file);
      }) {
    if (!file_) throw FileError(errno, "open", path, advice);
}

std::optional<std::string> LineReader::next() {
    std::string line;
    for (int c = std::getc(file_.get()); c != EOF; c = std::getc(file_.get())) {
        if (c == '\n') return line;
        if (c != '\r') line += static_cast<char>(c);
    }
    return line.empty() ? std::nullopt : std::optional(std::move(line));
}

}  // namespace trawl::cli
