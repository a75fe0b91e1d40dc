/// JsonPath: a reader that walks the text once, and its inverse.
#include "trawl/fetch/json_path.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/row_filter.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {
namespace {

using Step = JsonPath::Step;
using StepKind = JsonPath::StepKind;

/// Filters in brackets in filters: nobody writes more, and each level is a call.
constexpr int depth_max = 32;

/// Reads steps off `text`; `at_` is where the next one begins. Within a filter a name ends where an operator may begin.
class PathReader {
public:
    explicit PathReader(std::string_view text) : text_(text) {}

    std::vector<Step> whole() {
        take("$");
        std::vector<Step> steps;
        while (at_ < text_.size()) steps.push_back(step(steps.empty()));
        return steps;
    }

private:
    Step step(bool is_first) {
        if (take("[")) return bracket();
        if (!take(".") && !(is_first && at_ == 0)) fail("'.' or '[' must stand before the next name");
        return name();
    }

    Step name() {
        const std::size_t end = std::min(text_.find_first_of(depth_ > 0 ? ".[] \t=!<>&|()" : ".[", at_), text_.size());
        if (end == at_) fail("a name is missing ('..' is not supported)");
        const std::string_view found = text_.substr(at_, end - at_);
        if (found == "*") fail("write '[*]' for every element");
        at_ = end;
        return {StepKind::key, std::string(found)};
    }

    /// The "[" is read.
    Step bracket() {
        Step read;
        if (rest().starts_with('\'') || rest().starts_with('"')) {
            read.key = quoted();
        } else if (take("*")) {
            read.kind = StepKind::every;
        } else if (take("?")) {
            read.kind = StepKind::filter;
            read.filter = std::make_shared<const JsonFilter>(condition());
        } else {
            read = number_or_slice();
        }
        skip_blanks();
        if (!take("]")) fail("']' is missing");
        return read;
    }

    Step number_or_slice() {
        const auto first = integer();
        Step read;
        if (!rest().starts_with(':')) {
            if (!first) fail("in brackets stands '*', a number, a slice, a filter or a quoted name");
            read.kind = StepKind::index;
            read.from_end = *first < 0;
            read.index = static_cast<std::size_t>(*first < 0 ? -*first : *first);
            return read;
        }
        read.kind = StepKind::slice;
        read.slice.begin = first;
        take(":");
        read.slice.end = integer();
        if (take(":")) read.slice.stride = integer().value_or(1);
        if (read.slice.stride < 1) fail("a slice's step must be at least 1");
        return read;
    }

    std::optional<std::int64_t> integer() {
        // RFC 9535 section 2.1: integers are those that a double holds exactly.
        constexpr std::int64_t integer_max = (std::int64_t{1} << 53) - 1;
        std::int64_t value = 0;
        const auto read = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
        if (read.ec == std::errc::invalid_argument) return std::nullopt;
        if (read.ec != std::errc{} || value > integer_max || value < -integer_max) fail("the number is too large");
        at_ = static_cast<std::size_t>(read.ptr - text_.data());
        return value;
    }

    std::string quoted() {
        const char quote = text_[at_++];
        std::string name;
        for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            name += text_[at_];
        }
        if (at_ == text_.size()) fail("the quoted name does not end");
        ++at_;
        return name;
    }

    JsonFilter condition() { return chain("||", JsonFilter::Kind::any, &PathReader::conjunction); }
    JsonFilter conjunction() { return chain("&&", JsonFilter::Kind::all, &PathReader::test); }

    /// One part, or several with `between` between them. What is one part alone is not wrapped.
    JsonFilter chain(std::string_view between, JsonFilter::Kind kind, JsonFilter (PathReader::*part)()) {
        JsonFilter read;
        read.kind = kind;
        do {
            skip_blanks();
            read.parts.push_back((this->*part)());
            skip_blanks();
        } while (take(between));
        if (read.parts.size() > 1) return read;
        return JsonFilter(std::move(read.parts.front()));
    }

    JsonFilter test() {
        if (++depth_ > depth_max) fail("the filter is nested too deeply");
        JsonFilter read;
        if (take("!")) {
            skip_blanks();
            read.kind = JsonFilter::Kind::negation;
            read.parts.push_back(test());
        } else if (take("(")) {
            read = condition();
            if (!take(")")) fail("')' is missing");
        } else {
            read.condition = comparison();
        }
        --depth_;
        return read;
    }

    RowFilter comparison() {
        if (!take("@")) fail("a condition begins with '@', as in [?(@.type == 'user')]");
        RowFilter read;
        std::vector<Step> steps;
        while (rest().starts_with('.') || rest().starts_with('[')) steps.push_back(step(false));
        read.path = JsonPath(std::move(steps));
        skip_blanks();
        read.op = comparison_operator();
        if (read.op != CompareOp::exists) literal(read.values);
        return read;
    }

    CompareOp comparison_operator() {
        // The longer ones first: "<" is the beginning of "<=".
        struct Operator {
            std::string_view text;
            CompareOp op;
        };
        constexpr std::array<Operator, 6> operators = {{{"==", CompareOp::eq},
                                                        {"!=", CompareOp::ne},
                                                        {"<=", CompareOp::le},
                                                        {">=", CompareOp::ge},
                                                        {"<", CompareOp::lt},
                                                        {">", CompareOp::gt}}};
        for (const auto& [text, op] : operators)
            if (take(text)) return op;
        if (rest().starts_with('=')) fail("equal is written '=='");
        return CompareOp::exists;
    }

    /// Nothing is appended for null.
    void literal(std::vector<JsonScalar>& values) {
        skip_blanks();
        if (rest().starts_with('\'') || rest().starts_with('"'))
            return values.push_back({JsonScalar::Kind::string, quoted()});
        const std::size_t end = std::min(text_.find_first_of(" \t)]&|", at_), text_.size());
        const std::string_view token = text_.substr(at_, end - at_);
        if (token == "true" || token == "false")
            values.push_back({JsonScalar::Kind::boolean, std::string(token)});
        else if (is_json_number(token))
            values.push_back({JsonScalar::Kind::number, std::string(token)});
        else if (token != "null")
            fail("behind an operator stands a quoted text, a number, true, false or null");
        at_ = end;
    }

    bool take(std::string_view expected) {
        if (!rest().starts_with(expected)) return false;
        at_ += expected.size();
        return true;
    }

    void skip_blanks() {
        while (rest().starts_with(' ') || rest().starts_with('\t')) ++at_;
    }

    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

    [[noreturn]] void fail(std::string_view problem) const {
        throw UsageError(format("'{}' is not a path into JSON: {} (at character {}); write one like $.data.items",
                                text_, problem, at_ + 1));
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

bool is_plain(std::string_view key) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-@";
    return !key.empty() && key.find_first_not_of(plain) == std::string_view::npos;
}

std::string quoted_step(std::string_view key) {
    std::string text = "['";
    for (const char c : key) {
        if (c == '\'' || c == '\\') text += '\\';
        text += c;
    }
    return text + "']";
}

std::string slice_text(const JsonPath::Slice& slice) {
    const auto text = [](const std::optional<std::int64_t>& number) { return number ? format("{}", *number) : ""; };
    const std::string stride = slice.stride == 1 ? "" : format(":{}", slice.stride);
    return format("[{}:{}{}]", text(slice.begin), text(slice.end), stride);
}

std::string step_text(const Step& step) {
    switch (step.kind) {
        case StepKind::every:
            return "[*]";
        case StepKind::index:
            return format("[{}{}]", step.from_end ? "-" : "", step.index);
        case StepKind::slice:
            return slice_text(step.slice);
        case StepKind::filter:
            return "[?(" + step.filter->str() + ")]";
        case StepKind::key:
            break;
    }
    return is_plain(step.key) ? "." + step.key : quoted_step(step.key);
}

}  // namespace

bool operator==(const JsonPath::Step& left, const JsonPath::Step& right) {
    const bool same_filter = left.filter && right.filter ? *left.filter == *right.filter : left.filter == right.filter;
    return left.kind == right.kind && left.key == right.key && left.index == right.index &&
           left.from_end == right.from_end && left.slice == right.slice && same_filter;
}

JsonPath JsonPath::parse(std::string_view text) { return JsonPath(PathReader(text).whole()); }

JsonPath JsonPath::child(std::string_view key) const {
    JsonPath longer = *this;
    longer.steps_.push_back({StepKind::key, std::string(key)});
    return longer;
}

std::string JsonPath::str() const {
    std::string text = "$";
    for (const Step& step : steps_) text += step_text(step);
    return text;
}

}  // namespace trawl
