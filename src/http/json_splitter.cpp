#include "json_splitter.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::http {

void JsonSplitter::feed(std::string_view piece) {
    bytes_.erase(0, begin_);
    dropped_ += begin_;
    scanned_ -= begin_;
    begin_ = 0;
    bytes_ += piece;
}

std::optional<std::string_view> JsonSplitter::next() { return form_ == Form::kLines ? next_line() : next_item(); }

std::string JsonSplitter::place() const { return format("record {}, at byte {}", number_, offset_); }

// ---- Lines ----

std::optional<std::string_view> JsonSplitter::next_line() {
    while (true) {
        std::size_t end = bytes_.find('\n', scanned_);
        if (end == std::string::npos) {
            scanned_ = bytes_.size();
            check_size();
            if (!is_finished_ || begin_ == bytes_.size()) return std::nullopt;
            end = bytes_.size();
        }
        const bool is_blank = trim_json(std::string_view(bytes_).substr(begin_, end - begin_)).empty();
        if (!is_blank) return take(end);
        begin_ = scanned_ = std::min(end + 1, bytes_.size());
    }
}

// ---- Items of an array ----

std::optional<std::string_view> JsonSplitter::next_item() {
    if (at_ == At::kBeforeArray && !enter_array()) return std::nullopt;
    if (at_ != At::kBehindArray) {
        const std::size_t end = end_of_value();
        check_size();
        if (end == std::string::npos) {
            if (is_finished_) refuse("the body ends before the array does");
            return std::nullopt;
        }
        const bool is_empty = trim_json(std::string_view(bytes_).substr(begin_, end - begin_)).empty();
        const bool is_last = bytes_[end] == ']';
        const bool is_empty_array = is_empty && is_last && at_ == At::kFirst;
        if (is_empty && !is_empty_array) refuse("a value is missing");
        at_ = is_last ? At::kBehindArray : At::kItem;
        if (!is_empty) return take(end);
        begin_ = scanned_ = end + 1;
    }
    expect_nothing_more();
    return std::nullopt;
}

bool JsonSplitter::enter_array() {
    skip_blanks();
    if (begin_ == bytes_.size()) {
        if (is_finished_) refuse("the body is empty where an array should be");
        return false;
    }
    if (bytes_[begin_] != '[') refuse("the body is no array");
    begin_ = ++scanned_;
    at_ = At::kFirst;
    return true;
}

void JsonSplitter::expect_nothing_more() {
    skip_blanks();
    if (begin_ != bytes_.size()) refuse("the body goes on behind the end of the array");
}

// Brackets are counted, not matched: whether they fit is for whoever reads the record.
std::size_t JsonSplitter::end_of_value() noexcept {
    for (; scanned_ < bytes_.size(); ++scanned_) {
        const char c = bytes_[scanned_];
        if (in_string_) {
            if (is_escaped_) {
                is_escaped_ = false;
            } else if (c == '\\') {
                is_escaped_ = true;
            } else if (c == '"') {
                in_string_ = false;
            }
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '[' || c == '{') {
            ++depth_;
        } else if (depth_ > 0 && (c == ']' || c == '}')) {
            --depth_;
        } else if (depth_ == 0 && (c == ',' || c == ']')) {
            return scanned_;
        }
    }
    return std::string::npos;
}

// ---- Both ----

std::string_view JsonSplitter::take(std::size_t end) {
    scanned_ = end;
    check_size();
    const std::size_t begin = begin_;
    begin_ = scanned_ = std::min(end + 1, bytes_.size());
    const std::string_view text = std::string_view(bytes_).substr(begin, end - begin);
    ++number_;
    offset_ = dropped_ + begin + static_cast<std::size_t>(trim_json(text).data() - text.data());
    return text;
}

void JsonSplitter::skip_blanks() noexcept {
    begin_ = scanned_ = std::min(bytes_.find_first_not_of(" \t\r\n", begin_), bytes_.size());
}

void JsonSplitter::check_size() const {
    if (scanned_ - begin_ > record_max_) refuse(format("it is longer than {} bytes", record_max_));
}

void JsonSplitter::refuse(std::string_view why) const {
    throw JsonError(format("record {}, at byte {}: {}", number_ + 1, dropped_ + begin_, why));
}

}  // namespace trawl::http
