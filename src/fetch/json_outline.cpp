/// The only file that names simdjson: the walk over a page, string decoding, minifying.
#include "json_outline.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::fetch {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t depth_max = 512;    // RFC 8259 section 9 allows a limit; the walk recurses on the stack
constexpr std::size_t snippet_size = 24;  // of the page, in a message
constexpr std::size_t scratch_kept_max = 64U << 20U;  // a larger page's buffers are given back at once

/// What each thread reuses from page to page: simdjson wants its own parser and padding behind the text.
struct Scratch {
    ondemand::parser parser;
    std::string padded;
};

std::string snippet(std::string_view text) {
    std::string shown(text.substr(0, snippet_size));
    for (char& c : shown)
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
    if (text.size() > snippet_size) shown += "...";  // in front of which HiddenSecrets looks for a part of a secret
    return shown;
}

std::size_t first_bad_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t size = 1;
        while (size <= 4 && at + size <= text.size() && !simdjson::validate_utf8(text.data() + at, size)) ++size;
        if (size > 4 || at + size > text.size()) break;
        at += size;
    }
    return at;
}

[[noreturn]] void fail(std::string_view text, std::size_t at, std::string_view problem) {
    at = std::min(at, text.size());
    const std::string near = at < text.size() ? format(", near '{}'", snippet(text.substr(at))) : "";
    throw PageError(format("the page is not valid JSON: {} at byte {} of {}{}", problem, at, text.size(), near));
}

[[noreturn]] void fail_early(std::string_view text, simdjson::error_code error) {
    switch (error) {
        case simdjson::UTF8_ERROR:
            fail(text, first_bad_utf8(text), "it is not UTF-8");
        case simdjson::UNCLOSED_STRING:
            fail(text, text.size(), "it ends inside a string (cut off?)");
        case simdjson::UNESCAPED_CHARS:
            fail(text, 0, "a string holds a raw control character");
        case simdjson::EMPTY:
            fail(text, 0, "it is empty");
        case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
            fail(text, text.size(), "it ends too early (cut off?)");
        default:
            fail(text, 0, simdjson::error_message(error));
    }
}

std::optional<JsonKind> scalar_kind(std::string_view token) {
    if (token == "true" || token == "false") return JsonKind::boolean;
    if (token == "null") return JsonKind::null;
    if (is_json_number(token)) return JsonKind::number;
    if (!token.starts_with('"') || closing_quote(token) != token.size() - 1 || token.size() < 2) return std::nullopt;
    if (!has_good_escapes(token.substr(1, token.size() - 2))) return std::nullopt;
    return JsonKind::string;
}

/// Looks at every token of one document; keeps nodes down to the elements of the outer arrays.
class Walk {
public:
    Walk(std::string_view text, const char* padded, ondemand::document& document, std::vector<JsonNode>& nodes)
        : text_(text), padded_(padded), document_(document), nodes_(nodes) {}

    void root() {
        nodes_.emplace_back();
        const bool is_object = text_.starts_with('{');
        const Inside inside =
            is_object ? members(checked(document_.get_object()), true) : elements(checked(document_.get_array()), true);
        if (here() != text_.size()) fail(text_, here(), "something follows the end of the document");
        close(0, is_object ? JsonKind::object : JsonKind::array, text_, inside);
    }

private:
    enum class Keep { nothing, itself, insides };
    struct Inside {
        std::size_t count = 0, objects = 0;
    };

    Inside members(ondemand::object object, bool keep) {
        Inside inside;
        for (auto next : object) {
            ondemand::field field = checked(std::move(next));
            const std::size_t key_at = offset(field.key().raw());
            const std::string_view rest = text_.substr(key_at - 1);
            const std::string_view key = rest.substr(1, closing_quote(rest) - 1);
            if (!has_good_escapes(key)) fail(text_, key_at, "this is no name");
            value(field.value(), key, keep ? Keep::insides : Keep::nothing);
            ++inside.count;
        }
        return inside;
    }

    Inside elements(ondemand::array array, bool keep) {
        Inside inside;
        for (auto next : array) {
            const JsonKind kind = value(checked(std::move(next)), {}, keep ? Keep::itself : Keep::nothing);
            ++inside.count;
            inside.objects += kind == JsonKind::object ? 1 : 0;
        }
        return inside;
    }

    JsonKind value(ondemand::value item, std::string_view key, Keep keep) {
        const std::string_view token = trim_json(item.raw_json_token());
        const std::size_t begin = offset(token.data());
        const std::size_t node = nodes_.size();
        if (keep != Keep::nothing) nodes_.emplace_back().key = key;
        if (token != "{" && token != "[") {
            const std::optional<JsonKind> kind = scalar_kind(token);
            if (!kind) fail(text_, begin, "this is no value");
            if (keep != Keep::nothing) close(node, *kind, text_.substr(begin, token.size()), {});
            return *kind;
        }
        if (++depth_ > depth_max) fail(text_, begin, "values are nested too deeply");
        const bool is_object = token == "{";
        const Inside inside = is_object ? members(checked(item.get_object()), keep == Keep::insides)
                                        : elements(checked(item.get_array()), keep == Keep::insides);
        --depth_;
        const JsonKind kind = is_object ? JsonKind::object : JsonKind::array;
        if (keep != Keep::nothing) close(node, kind, trim_json(text_.substr(begin, here() - begin)), inside);
        return kind;
    }

    void close(std::size_t node, JsonKind kind, std::string_view text, const Inside& inside) {
        nodes_[node].kind = kind;
        nodes_[node].text = text;
        nodes_[node].after = nodes_.size();
        nodes_[node].count = inside.count;
        nodes_[node].objects = inside.objects;
    }

    template <typename T>
    T checked(simdjson::simdjson_result<T> result) {
        T value{};
        const simdjson::error_code error = std::move(result).get(value);
        if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) fail_early(text_, error);
        if (error != simdjson::SUCCESS) fail(text_, here(), "a value, a comma or a bracket is missing or misplaced");
        return value;
    }

    /// The offset of the next token: behind what was just read.
    std::size_t here() {
        const char* at = nullptr;
        return document_.current_location().get(at) == simdjson::SUCCESS ? offset(at) : text_.size();
    }

    std::size_t offset(const char* at) const { return std::min(static_cast<std::size_t>(at - padded_), text_.size()); }

    std::string_view text_;
    const char* padded_;
    ondemand::document& document_;
    std::vector<JsonNode>& nodes_;
    std::size_t depth_ = 1;
};

/// A page that is one string, number or literal: legal JSON, and no page of records.
void read_scalar(std::string_view text, std::vector<JsonNode>& nodes) {
    if (!simdjson::validate_utf8(text.data(), text.size())) fail_early(text, simdjson::UTF8_ERROR);
    if (text.empty()) fail_early(text, simdjson::EMPTY);
    const bool has_control = std::any_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
    const std::optional<JsonKind> kind = has_control ? std::nullopt : scalar_kind(text);
    if (!kind && text.starts_with('<')) fail(text, 0, "it looks like HTML or XML");
    if (!kind) fail(text, 0, "this is no value");
    nodes.push_back({*kind, {}, text, 1, 0, 0});
}

std::string_view without_bom(std::string_view text) {
    constexpr std::string_view bom = "\xEF\xBB\xBF";
    return text.starts_with(bom) ? text.substr(bom.size()) : text;
}

Scratch& scratch_of_thread() {
    thread_local Scratch scratch;
    return scratch;
}

simdjson::error_code begin(std::string_view text, Scratch& scratch, ondemand::document& document) {
    scratch.padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    scratch.padded.assign(text);
    scratch.padded.append(simdjson::SIMDJSON_PADDING, ' ');
    return scratch.parser.iterate(scratch.padded.data(), text.size(), scratch.padded.size()).get(document);
}

void read_tree(std::string_view text, Scratch& scratch, std::vector<JsonNode>& nodes) {
    ondemand::document document;
    const auto error = begin(text, scratch, document);
    if (error != simdjson::SUCCESS) fail_early(text, error);
    Walk(text, scratch.padded.data(), document, nodes).root();
}

}  // namespace

JsonOutline JsonOutline::read(std::string_view text) {
    Scratch& scratch = scratch_of_thread();
    const std::string_view document = trim_json(without_bom(text));
    JsonOutline outline;
    if (document.starts_with('{') || document.starts_with('['))
        read_tree(document, scratch, outline.nodes_);
    else
        read_scalar(document, outline.nodes_);
    if (scratch.padded.capacity() > scratch_kept_max) scratch = Scratch();
    return outline;
}

bool has_element_at(std::string_view text, const std::vector<std::string_view>& keys) {
    const std::string_view whole = trim_json(without_bom(text));
    ondemand::document document;
    if (whole.empty() || begin(whole, scratch_of_thread(), document) != simdjson::SUCCESS) return false;
    const auto is_filled = [](auto&& found) {
        ondemand::array array;
        bool is_empty = true;
        return std::forward<decltype(found)>(found).get_array().get(array) == simdjson::SUCCESS &&
               array.is_empty().get(is_empty) == simdjson::SUCCESS && !is_empty;
    };
    if (keys.empty()) return is_filled(document);
    auto found = document.find_field_unordered(keys.front());
    for (std::size_t i = 1; i < keys.size(); ++i) found = found.find_field_unordered(keys[i]);
    return is_filled(found);
}

const JsonNode* JsonOutline::member(const JsonNode& object, std::string_view key) const {
    const JsonNode* found = nullptr;
    if (object.kind != JsonKind::object) return found;
    each_child(object, [&](const JsonNode& child) {
        if (child.key == key) found = &child;
        if (child.key.find('\\') != std::string_view::npos && decode_name(child.key) == key) found = &child;
    });
    return found;
}

std::string decode_string(std::string_view quoted) {
    const simdjson::padded_string padded(quoted);
    ondemand::parser parser;
    ondemand::document document;
    std::string_view value;
    simdjson::error_code error = parser.iterate(padded).get(document);
    if (error == simdjson::SUCCESS) error = document.get_string().get(value);
    if (error != simdjson::SUCCESS)
        throw PageError(format("a string in the page cannot be decoded: {}", snippet(quoted)));
    return std::string(value);
}

std::string decode_name(std::string_view key) {
    const bool escaped = key.find('\\') != std::string_view::npos;
    return escaped ? decode_string(format("\"{}\"", key)) : std::string(key);
}

std::string minify(std::string_view text) {
    std::string out(text.size() + simdjson::SIMDJSON_PADDING, '\0');
    std::size_t size = 0;
    const simdjson::error_code error = simdjson::minify(text.data(), text.size(), out.data(), size);
    if (error != simdjson::SUCCESS)
        throw PageError(format("a record cannot be written on one line: {}", snippet(text)));
    out.resize(size);
    return out;
}

}  // namespace trawl::fetch
