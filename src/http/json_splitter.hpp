/// Cuts a body into the texts of its JSON records while it arrives; what they hold is not looked at. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trawl::http {

class JsonSplitter {
public:
    enum class Form : unsigned char { kLines, kItems };

    JsonSplitter(Form form, std::size_t record_max) noexcept : form_(form), record_max_(record_max) {}

    /// Appends what came. Requires: next() gave nothing.
    void feed(std::string_view piece);
    /// Nothing comes any more.
    void finish() noexcept { is_finished_ = true; }
    /// The text of the next whole record, valid until feed(); nothing when it is not there. Throws JsonError for one
    /// that is too long, and for what stands between records.
    [[nodiscard]] std::optional<std::string_view> next();

    /// "record 3, at byte 120": the one that next() gave last, or could not give.
    [[nodiscard]] std::string place() const;

private:
    enum class At : unsigned char { kBeforeArray, kFirst, kItem, kBehindArray };

    std::optional<std::string_view> next_line();
    std::optional<std::string_view> next_item();
    bool enter_array();
    void expect_nothing_more();
    /// Where the value ends that began at begin_, from scanned_ on; npos when that has not come.
    [[nodiscard]] std::size_t end_of_value() noexcept;
    std::string_view take(std::size_t end);
    void skip_blanks() noexcept;
    void check_size() const;
    [[noreturn]] void refuse(std::string_view why) const;

    Form form_;
    std::size_t record_max_;
    std::string bytes_;
    std::uint64_t dropped_ = 0;  // bytes of the body before bytes_
    std::size_t begin_ = 0;      // of the record to come
    std::size_t scanned_ = 0;    // in it, without finding its end
    std::uint64_t number_ = 0;   // of the record that was given last
    std::uint64_t offset_ = 0;   // in the body, of the same
    At at_ = At::kBeforeArray;
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool is_escaped_ = false;
    bool is_finished_ = false;
};

}  // namespace trawl::http
