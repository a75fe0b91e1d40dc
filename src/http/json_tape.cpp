/// simdjson's On-Demand parser behind the tape. On-Demand and not the DOM, since the DOM refuses numbers beyond 64 bits
/// and beyond double, and gives no number's text.
#include "trawl/http/json_tape.hpp"

#include <simdjson.h>
#include <charconv>

#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {

namespace ondemand = simdjson::ondemand;
using What = JsonNode::What;

namespace {

/// Recursion stops here; simdjson's own default depth is 1,024.
constexpr int kDepthLimit = 1000;
/// Fills a tape from one document.
class TapeWriter {
public:
    TapeWriter(std::vector<JsonNode>& tape, ondemand::document& document, const char* end)
        : tape_(tape), document_(document), end_(end) {}

    void object(ondemand::object value, const char* begin, std::string_view key, int depth) {
        const std::size_t self = open(What::object, key, depth);
        for (auto field : value) {
            const std::string_view name = checked(field.unescaped_key());
            any(field.value(), name, depth + 1);
        }
        close(self, begin);
    }

private:
    void any(ondemand::value value, std::string_view key, int depth) {
        const std::string_view raw = trim_json(value.raw_json_token());
        const ondemand::json_type type = value.type();
        switch (type) {
            case ondemand::json_type::object:
                return object(value.get_object(), raw.data(), key, depth);
            case ondemand::json_type::array:
                return array(value.get_array(), raw.data(), key, depth);
            case ondemand::json_type::string:
                return scalar(What::string, key, string_text(value, raw), raw);
            case ondemand::json_type::number:
                return number(key, raw);
            case ondemand::json_type::boolean:
                return literal(What::boolean, key, raw, raw == "true" || raw == "false");
            case ondemand::json_type::null:
                return literal(What::null, key, raw, raw == "null");
        }
    }

    void array(ondemand::array value, const char* begin, std::string_view key, int depth) {
        const std::size_t self = open(What::array, key, depth);
        for (auto item : value) any(item.value(), {}, depth + 1);
        close(self, begin);
    }

    void number(std::string_view key, std::string_view raw) {
        if (!is_json_number(raw)) throw JsonError(format("'{}' is not a number", raw.substr(0, 40)));
        scalar(What::number, key, raw, raw);
    }

    void literal(What what, std::string_view key, std::string_view raw, bool known) {
        if (!known) throw JsonError(format("'{}' is not a JSON value", raw.substr(0, 40)));
        scalar(what, key, raw, raw);
    }

    static std::string_view string_text(ondemand::value value, std::string_view raw) {
        const std::string_view text = value.get_string();
        return text.size() + 2 == raw.size() ? text : checked(text);
    }

    /// simdjson 3.0 lets half of a surrogate pair (\udc00) through as bytes that are no UTF-8.
    static std::string_view checked(std::string_view text) {
        if (simdjson::validate_utf8(text.data(), text.size())) return text;
        throw JsonError("a string has half of a surrogate pair, which is not text");
    }

    void scalar(What what, std::string_view key, std::string_view text, std::string_view raw) {
        tape_.push_back({what, static_cast<std::uint32_t>(tape_.size() + 1), key, text, raw});
    }

    std::size_t open(What what, std::string_view key, int depth) {
        if (depth > kDepthLimit) throw JsonError(format("nested deeper than {} levels", kDepthLimit));
        scalar(what, key, {}, {});
        return tape_.size() - 1;
    }

    void close(std::size_t self, const char* begin) {
        // Behind the closing bracket the parser stands on the next token, or at the end of the text.
        const auto next = document_.current_location();
        const char* stop = next.error() == simdjson::SUCCESS ? next.value_unsafe() : end_;
        const auto raw = trim_json(std::string_view(begin, static_cast<std::size_t>(stop - begin)));
        tape_[self].raw = tape_[self].text = raw;
        tape_[self].end = static_cast<std::uint32_t>(tape_.size());
    }

    std::vector<JsonNode>& tape_;
    ondemand::document& document_;
    const char* end_;
};

}  // namespace

struct JsonReader::Impl {
    ondemand::parser parser;
    std::string text;  // with simdjson's padding behind it
    std::vector<JsonNode> tape;

    std::string_view pad(std::string_view given, bool wrap) {
        text.clear();
        if (wrap) text += R"({"value":)";
        text += given;
        if (wrap) text += '}';
        const std::size_t size = text.size();
        text.append(simdjson::SIMDJSON_PADDING, '\0');
        return std::string_view(text).substr(0, size);
    }

    void parse(std::string_view padded) {
        tape.clear();
        ondemand::document document = parser.iterate(padded.data(), padded.size(), text.size());
        const char* end = padded.data() + padded.size();
        TapeWriter(tape, document, end).object(document.get_object(), padded.data(), {}, 0);
        if (document.current_location().error() == simdjson::SUCCESS) throw JsonError("text after its end");
    }
};

JsonReader::JsonReader() : impl_(std::make_unique<Impl>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

JsonView JsonReader::parse_record(std::string_view text) {
    const std::string_view given = trim_json(text);
    const bool wrap = !given.starts_with('{');
    const std::string_view padded = impl_->pad(given, wrap);
    try {
        impl_->parse(padded);
    } catch (const simdjson::simdjson_error& error) {
        throw JsonError(error.what());
    }
    if (wrap && (impl_->tape.size() < 2 || impl_->tape[1].raw != given)) throw JsonError("text after its end");
    return {impl_->tape, 0};
}

JsonView JsonReader::parse(std::string_view text) {
    const JsonView record = parse_record(text);
    return trim_json(text).starts_with('{') ? record : record.first();
}

std::optional<JsonView> JsonView::find(std::string_view key) const {
    std::optional<JsonView> found;
    if (!is(What::object)) return found;
    for (auto child = first(); child != last(); child = child.next()) {
        if (child->key == key) found.emplace(child);
    }
    return found;
}

std::string JsonView::text(std::string_view key, std::string_view otherwise) const {
    const auto member = find(key);
    return std::string(member && !member->is(What::null) ? (*member)->text : otherwise);
}

std::optional<std::int64_t> JsonView::whole(std::string_view key) const {
    const auto member = find(key);
    if (!member || member->is(What::null)) return std::nullopt;
    const std::string_view digits = (*member)->text;
    std::int64_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
        throw JsonError(format("'{}' is {}, not a whole number", key, digits.substr(0, 40)));
    }
    return value;
}

}  // namespace trawl
