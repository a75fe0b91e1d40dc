/// JsonPath: a reader that walks the text once, and its inverse.
#include "trawl/fetch/json_path.hpp"

#include <charconv>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {
namespace {

/// Reads one step after the other off `text`; `at` is where the next one begins.
class PathReader {
public:
    explicit PathReader(std::string_view text) : text_(text) {}

    [[nodiscard]] bool done() const { return at_ == text_.size(); }

    void skip_root() {
        if (text_.starts_with('$')) at_ = 1;
    }

    JsonPath::Step step() {
        if (text_[at_] == '[') return bracket();
        if (text_[at_] == '.')
            ++at_;
        else if (at_ != 0)
            fail("'.' or '[' must stand before the next name");
        return name();
    }

private:
    JsonPath::Step name() {
        const std::size_t end = std::min(text_.find_first_of(".[", at_), text_.size());
        if (end == at_) fail("a name is missing ('..' is not supported)");
        const std::string_view found = text_.substr(at_, end - at_);
        if (found == "*") fail("write '[*]' for every element");
        at_ = end;
        return {JsonPath::StepKind::key, std::string(found), 0};
    }

    JsonPath::Step bracket() {
        const std::string_view inside = text_.substr(at_ + 1);
        if (inside.starts_with('\'') || inside.starts_with('"')) return quoted(inside.front());
        const std::size_t end = inside.find(']');
        if (end == std::string_view::npos) fail("']' is missing");
        const std::string_view content = inside.substr(0, end);
        JsonPath::Step step{JsonPath::StepKind::every, {}, 0};
        if (content != "*") {
            step.kind = JsonPath::StepKind::index;
            const auto read = std::from_chars(content.data(), content.data() + content.size(), step.index);
            if (read.ec != std::errc{} || read.ptr != content.data() + content.size())
                fail("in brackets stands '*', a number from 0, or a quoted name");
        }
        at_ += end + 2;
        return step;
    }

    JsonPath::Step quoted(char quote) {
        JsonPath::Step step;
        std::size_t at = at_ + 2;
        for (; at < text_.size() && text_[at] != quote; ++at) {
            if (text_[at] == '\\' && at + 1 < text_.size()) ++at;
            step.key += text_[at];
        }
        if (text_.substr(std::min(at + 1, text_.size())).starts_with(']') == false)
            fail("the quoted name does not end");
        at_ = at + 2;
        return step;
    }

    [[noreturn]] void fail(std::string_view problem) const {
        throw UsageError(format("'{}' is not a path into JSON: {} (at character {}); write one like $.data.items",
                                text_, problem, at_ + 1));
    }

    std::string_view text_;
    std::size_t at_ = 0;
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

}  // namespace

JsonPath JsonPath::parse(std::string_view text) {
    JsonPath path;
    PathReader reader(text);
    reader.skip_root();
    while (!reader.done()) path.steps_.push_back(reader.step());
    return path;
}

JsonPath JsonPath::child(std::string_view key) const {
    JsonPath longer = *this;
    longer.steps_.push_back({StepKind::key, std::string(key), 0});
    return longer;
}

std::string JsonPath::str() const {
    std::string text = "$";
    for (const Step& step : steps_) {
        if (step.kind == StepKind::every)
            text += "[*]";
        else if (step.kind == StepKind::index)
            text += format("[{}]", step.index);
        else
            text += is_plain(step.key) ? "." + step.key : quoted_step(step.key);
    }
    return text;
}

}  // namespace trawl
