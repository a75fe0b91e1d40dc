// The one file of this layer that names simdjson. On-Demand is lazy, so the outline visits every value: what it has not
// complained about is JSON (RFC 8259).
#include "json_page.hpp"

#include <simdjson.h>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

namespace ondemand = simdjson::ondemand;

ondemand::parser& parser() {
    thread_local ondemand::parser parser;
    return parser;
}

std::string_view trimmed(std::string_view text) {
    const auto end = text.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

std::size_t digits(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    return end - at;
}

// RFC 8259, section 6. Nothing is converted, so the size of the number does not matter.
bool is_number(std::string_view text) {
    std::size_t at = text.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = digits(text, ++at);
        if (fraction == 0) return false;
        at += fraction;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const std::size_t exponent = digits(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

/// Walks all of a page; throws simdjson_error for what is no JSON.
class Outline {
public:
    static JsonValue of(ondemand::document& document) {
        JsonValue root;
        switch (document.type().value()) {
            case ondemand::json_type::object:
                object(document.get_object(), &root);
                break;
            case ondemand::json_type::array:
                array(document.get_array(), root);
                break;
            default:  // a page that is a scalar has no records; which one it is does not matter
                root.kind = JsonValue::Kind::string;
                document.raw_json_token().value();
                return root;
        }
        const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
        if (!at_end) throw simdjson::simdjson_error(simdjson::TRAILING_CONTENT);
        return root;
    }

private:
    // `out` is null inside arrays, where nothing is kept.
    static JsonValue::Kind value(ondemand::value value, JsonValue* out) {
        JsonValue unused;
        JsonValue& kept = out != nullptr ? *out : unused;
        switch (value.type().value()) {
            case ondemand::json_type::object:
                object(value.get_object(), out);
                return JsonValue::Kind::object;
            case ondemand::json_type::array:
                array(value.get_array(), kept);
                return JsonValue::Kind::array;
            case ondemand::json_type::string:
                kept.kind = JsonValue::Kind::string;
                kept.text = std::string_view(value.get_string());
                return kept.kind;
            case ondemand::json_type::number:
                kept.kind = JsonValue::Kind::number;
                kept.text = trimmed(value.raw_json_token());
                if (!is_number(kept.text)) throw simdjson::simdjson_error(simdjson::NUMBER_ERROR);
                return kept.kind;
            case ondemand::json_type::boolean:
                kept.kind = JsonValue::Kind::boolean;
                kept.text = value.get_bool().value() ? "true" : "false";
                return kept.kind;
            default:
                if (trimmed(value.raw_json_token()) != "null") throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
                return JsonValue::Kind::null;
        }
    }

    static void object(ondemand::object object, JsonValue* out) {
        if (out != nullptr) out->kind = JsonValue::Kind::object;
        for (auto field : object) {
            const std::string_view key = field.unescaped_key();
            if (out == nullptr) {
                value(field.value(), nullptr);
                continue;
            }
            JsonValue member;
            std::string name(key);
            member.kind = value(field.value(), &member);
            out->members.emplace_back(std::move(name), std::move(member));
        }
    }

    static void array(ondemand::array array, JsonValue& out) {
        out.kind = JsonValue::Kind::array;
        for (auto element : array) {
            ++out.size;
            if (value(element.value(), nullptr) == JsonValue::Kind::object) ++out.objects;
        }
    }
};

std::string beginning(std::string_view page) {
    constexpr std::size_t kShown = 40;
    std::string text;
    for (const char c : page.substr(0, kShown)) text += (c >= ' ' && c <= '~') ? c : ' ';
    return page.size() > kShown ? text + "..." : text;
}

[[noreturn]] void refuse(const simdjson::simdjson_error& error, std::string_view page) {
    if (page.find_first_not_of(" \t\r\n") == std::string_view::npos) throw PageError("the page is empty");
    throw PageError(format("the page is not JSON ({}); it begins with: {}", error.what(), beginning(page)));
}

void append_line(std::string& lines, std::string_view record) {
    if (record.find_first_of("\r\n") == std::string_view::npos) {
        lines.append(record);
    } else {  // line breaks in JSON are always between tokens
        std::string minified(record.size() + simdjson::SIMDJSON_PADDING, '\0');
        std::size_t size = 0;
        if (simdjson::minify(record.data(), record.size(), minified.data(), size) != simdjson::SUCCESS) {
            throw PageError("a record cannot be written on one line");
        }
        lines.append(minified, 0, size);
    }
    lines += '\n';
}

std::string_view raw(ondemand::value value) {
    switch (value.type().value()) {
        case ondemand::json_type::object:
            return trimmed(value.get_object().value().raw_json());
        case ondemand::json_type::array:
            return trimmed(value.get_array().value().raw_json());
        default:
            return trimmed(value.raw_json_token());
    }
}

CutRecords cut_array(ondemand::array array) {
    CutRecords records;
    for (auto element : array) {
        append_line(records.lines, raw(element.value()));
        ++records.count;
    }
    return records;
}

CutRecords cut_value(ondemand::value value) {
    if (value.type().value() == ondemand::json_type::array) return cut_array(value.get_array());
    CutRecords records;
    append_line(records.lines, raw(value));
    records.count = 1;
    return records;
}

CutRecords cut_root(ondemand::document& document) {
    if (document.type().value() == ondemand::json_type::array) return cut_array(document.get_array());
    CutRecords records;
    append_line(records.lines, trimmed(document.get_object().value().raw_json()));
    records.count = 1;
    return records;
}

// The first member of that name, as JsonValue::member() gives it.
ondemand::value step(ondemand::object object, const std::string& name) {
    for (auto field : object) {
        const std::string_view key = field.unescaped_key();
        if (key == name) return field.value();
    }
    throw simdjson::simdjson_error(simdjson::NO_SUCH_FIELD);
}

}  // namespace

const JsonValue* JsonValue::member(std::string_view name) const noexcept {
    for (const auto& [key, value] : members) {
        if (key == name) return &value;
    }
    return nullptr;
}

JsonPage::JsonPage(std::string body) : body_(std::move(body)) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    begin_ = std::string_view(body_).starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    size_ = body_.size() - begin_;
    body_.reserve(body_.size() + simdjson::SIMDJSON_PADDING);
    try {
        ondemand::document document = parser().iterate(body_.data() + begin_, size_, body_.capacity() - begin_);
        root_ = Outline::of(document);
    } catch (const simdjson::simdjson_error& error) {
        refuse(error, std::string_view(body_).substr(begin_));
    }
}

const JsonValue* JsonPage::find(const JsonPath& path) const noexcept {
    const JsonValue* value = &root_;
    for (const std::string& name : path) {
        value = value->member(name);
        if (value == nullptr) return nullptr;
    }
    return value;
}

CutRecords JsonPage::cut(const JsonPath& path) const {
    try {
        ondemand::document document = parser().iterate(body_.data() + begin_, size_, body_.capacity() - begin_);
        if (path.empty()) return cut_root(document);
        ondemand::value value = step(document.get_object(), path.front());
        for (std::size_t i = 1; i < path.size(); ++i) value = step(value.get_object(), path[i]);
        return cut_value(value);
    } catch (const simdjson::simdjson_error& error) {
        refuse(error, std::string_view(body_).substr(begin_));
    }
}

}  // namespace trawl::fetch
