/// The grammar of challenges: a word is a parameter's name if "=" and a value follow, else the next scheme.
#include "auth_challenge.hpp"

#include <algorithm>

#include "trawl/base/ascii.hpp"
#include "url_text.hpp"

namespace trawl::http {
namespace {

constexpr std::string_view token_chars =  // RFC 9110 section 5.6.2
    "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view token68_chars =  // section 11.2
    "-._~+/0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view blanks = " \t";

class Parser {
public:
    Parser(std::string_view text, std::vector<Challenge>& found) : text_(text), found_(found) {}

    void run() {
        bool first = true;
        while (skip_commas(first) && take_one()) first = false;
    }

private:
    std::string_view take(std::string_view chars) {
        const std::string_view taken = text_.substr(0, text_.find_first_not_of(chars));
        text_.remove_prefix(taken.size());
        return taken;
    }
    bool take(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    bool at_end_of_element() const {
        const std::size_t next = text_.find_first_not_of(blanks);
        return next == std::string_view::npos || text_[next] == ',';
    }

    /// Whether there is another element. Between two of them must be a comma; empty ones are none.
    bool skip_commas(bool is_first) {
        const std::string_view skipped = take(", \t");
        return !text_.empty() && (is_first || skipped.find(',') != std::string_view::npos);
    }

    bool take_one() {
        const std::string_view word = take(token_chars);
        if (word.empty()) return false;
        const std::string_view after_word = text_;
        take(blanks);
        if (!found_here_ || !take('=')) {
            text_ = after_word;
            return take_scheme(word);
        }
        return take_value(word);
    }

    bool take_scheme(std::string_view word) {
        found_.push_back({lower_ascii(word), {}});
        found_here_ = true;
        if (at_end_of_element()) return true;
        if (take(blanks).empty()) return false;
        return take_token68() || take_first_param();
    }

    bool take_token68() {
        const std::string_view before = text_;
        std::string_view token = take(token68_chars);
        token = before.substr(0, token.size() + take("=").size());
        if (!token.empty() && at_end_of_element()) return found_.back().token = token, true;
        text_ = before;
        return false;
    }

    bool take_first_param() {
        const std::string_view name = take(token_chars);
        take(blanks);
        return !name.empty() && take('=') && take_value(name);
    }

    bool take_value(std::string_view name) {
        take(blanks);
        std::string value;
        if (take('"')) {
            if (!take_quoted(value)) return false;
        } else {
            value = take(token_chars);
        }
        found_.back().params.emplace_back(lower_ascii(name), std::move(value));
        return at_end_of_element();
    }

    bool take_quoted(std::string& value) {
        while (!text_.empty()) {
            if (take('"')) return true;
            take('\\');
            value += text_.substr(0, 1);
            text_.remove_prefix(std::min<std::size_t>(1, text_.size()));
        }
        return false;
    }

    std::string_view text_;
    std::vector<Challenge>& found_;
    bool found_here_ = false;  // parameters have a scheme to belong to
};

}  // namespace

std::optional<std::string_view> Challenge::get(std::string_view name) const noexcept {
    const auto found = std::ranges::find(params, name, &std::pair<std::string, std::string>::first);
    if (found == params.end()) return std::nullopt;
    return found->second;
}

std::vector<Challenge> parse_challenges(const Headers& headers, std::string_view field) {
    std::vector<Challenge> found;
    for (const std::string_view value : headers.get_all(field)) Parser(value, found).run();
    return found;
}

bool is_stale(const Headers& headers) {
    return std::ranges::any_of(parse_challenges(headers), [](const Challenge& challenge) {
        return equal_ignoring_case(challenge.get("stale").value_or(""), "true");
    });
}

}  // namespace trawl::http
