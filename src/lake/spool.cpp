/// The spool file.
#include "spool.hpp"

namespace trawl::lake {

/// One system call per megabyte: beyond that, larger ones gain nothing measurable on a local disk.
constexpr std::size_t kBufferBytes = 1 << 20;

Spool::Spool(const fs::path& directory) : directory_(directory), file_(open_unnamed(directory)) {}

void Spool::add(std::string_view line) {
    buffer_.append(line);
    buffer_.push_back('\n');
    ++lines_;
    bytes_ += static_cast<std::int64_t>(line.size()) + 1;
    if (buffer_.size() >= kBufferBytes) flush();
}

void Spool::flush() {
    write_all(file_, buffer_, directory_);
    buffer_.clear();
}

bool SpoolReader::fill() {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    const std::size_t old = buffer_.size();
    buffer_.resize(old + kBufferBytes);
    const std::size_t got = read_at(file_, buffer_.data() + old, kBufferBytes, offset_);
    buffer_.resize(old + got);
    offset_ += static_cast<std::int64_t>(got);
    return got > 0;
}

bool SpoolReader::next(std::string_view& line) {
    for (;;) {
        const std::size_t end = buffer_.find('\n', scanned_);
        if (end != std::string::npos) {
            line = std::string_view(buffer_).substr(begin_, end - begin_);
            begin_ = scanned_ = end + 1;
            return true;
        }
        scanned_ = buffer_.size();
        if (!fill()) return false;
    }
}

}  // namespace trawl::lake
