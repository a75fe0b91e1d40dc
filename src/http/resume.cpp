#include "resume.hpp"

#include <charconv>

#include "trawl/base/ascii.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/http_date.hpp"
#include "validators.hpp"

namespace trawl::http {
namespace {

// Takes a whole number off the front.
std::optional<std::int64_t> take_number(std::string_view& text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

bool take_literal(std::string_view& text, char literal) {
    if (!text.starts_with(literal)) return false;
    text.remove_prefix(1);
    return true;
}

std::string coding_of(const Headers& answer) { return std::string(answer.get("content-encoding").value_or("")); }

}  // namespace

std::optional<ContentRange> parse_content_range(std::string_view text) {
    constexpr std::string_view kUnit = "bytes ";
    if (!equal_ignoring_case(text.substr(0, kUnit.size()), kUnit)) return std::nullopt;
    text.remove_prefix(kUnit.size());
    const auto first = take_number(text);
    if (!first || !take_literal(text, '-')) return std::nullopt;
    const auto last = take_number(text);
    if (!last || *last < *first || !take_literal(text, '/')) return std::nullopt;
    if (text == "*") return ContentRange{*first, *last, {}};
    const auto size = take_number(text);
    if (!size || *size <= *last || !text.empty()) return std::nullopt;
    return ContentRange{*first, *last, size};
}

void Resume::prepare(Headers& request) {
    request.set("accept-encoding", "identity");
    asked_for_rest_ = offset_ > 0 && validator_;
    if (!asked_for_rest_) return;
    request.set("range", format("bytes={}-", offset_));
    request.set("if-range", *validator_);
}

Resume::Use Resume::take_head(int status, const Headers& answer) {
    if (status == 200 || status == 203) {
        // A part under the wrong status: without its beginning it is no whole. Asked for the whole, it comes as one.
        if (asked_for_rest_ && answer.contains("content-range")) return begin_anew();
        return take_whole(answer);
    }
    if (status == 206 && asked_for_rest_) return take_part(answer);
    if (status == 416 && asked_for_rest_) return begin_anew();
    return Use::kRefused;
}

Resume::Use Resume::take_whole(const Headers& answer) {
    begin_anew();
    coding_ = coding_of(answer);
    if (!answer.has_token("accept-ranges", "none")) validator_ = strong_validator(answer);
    if (std::string_view length = answer.get("content-length").value_or(""); !length.empty()) {
        size_ = take_number(length);
    }
    return Use::kFromStart;
}

// A server that was given the condition need not say again what it holds; what it says must be the same.
bool Resume::is_same(const Headers& answer) const {
    const bool by_tag = validator_->starts_with('"');
    if (by_tag) return !answer.contains("etag") || etag_of(answer) == validator_;
    const auto modified = last_modified_of(answer);
    return !modified || format_http_date(*modified) == *validator_;
}

// A size that is not told cannot be compared: the part could be that of another version, or the whole not be over.
Resume::Use Resume::take_part(const Headers& answer) {
    const auto range = parse_content_range(answer.get("content-range").value_or(""));
    const bool fits = range && range->first == offset_ && range->size && (!size_ || *size_ == *range->size);
    if (!fits || !is_same(answer) || coding_of(answer) != coding_) return begin_anew();
    size_ = range->size;
    part_end_ = range->last + 1;
    return Use::kGoesOn;
}

Resume::Use Resume::begin_anew() noexcept {
    offset_ = 0;
    size_.reset();
    part_end_.reset();
    validator_.reset();
    coding_.clear();
    return Use::kNothing;
}

bool Resume::take(std::size_t size) noexcept {
    offset_ += static_cast<std::int64_t>(size);
    return !part_end_ || offset_ <= *part_end_;
}

bool Resume::take_end() noexcept { return !size_ || offset_ == *size_; }

}  // namespace trawl::http
