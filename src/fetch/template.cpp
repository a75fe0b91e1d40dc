/// Templates: one reader for braces, one way to bind a placeholder.
#include "trawl/fetch/template.hpp"

#include <array>

#include "json_select.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl {

using fetch::TemplatePart;

namespace {

Placeholder parent_field(std::string_view inside, std::string_view rest) {
    const std::size_t end = rest.find_first_of(".[");
    if (end == std::string_view::npos || end == 0 || end + 1 == rest.size())
        throw UsageError(format("the placeholder {{{}}} names no field: write {{resources.parent.field}}", inside));
    Placeholder found;
    found.resource = rest.substr(0, end);
    found.field = JsonPath::parse(rest.substr(rest[end] == '.' ? end + 1 : end));
    return found;
}

Placeholder incremental_value(std::string_view inside, std::string_view name) {
    Placeholder found;
    if (name == "start_value")
        found.kind = Placeholder::Kind::start_value;
    else if (name == "end_value")
        found.kind = Placeholder::Kind::end_value;
    else
        throw UsageError(
            format("there is no placeholder {{{}}}; it is {{incremental.start_value}} or "
                   "{{incremental.end_value}}",
                   inside));
    return found;
}

Placeholder read_placeholder(std::string_view inside) {
    const std::size_t dot = inside.find('.');
    const std::string_view root = inside.substr(0, dot);
    const std::string_view rest = dot == std::string_view::npos ? std::string_view() : inside.substr(dot + 1);
    if (root == "resources") return parent_field(inside, rest);
    if (root == "incremental") return incremental_value(inside, rest);
    throw UsageError(
        format("there is no placeholder {{{}}}; it is {{resources.parent.field}} or "
               "{{incremental.start_value}}, and literal braces are written {{{{ and }}}}",
               inside));
}

/// Reads text and placeholders off the front of what it was given.
class TemplateReader {
public:
    explicit TemplateReader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }

    TemplatePart part() {
        TemplatePart part;
        while (!rest_.empty()) {
            const std::size_t brace = std::min(rest_.find_first_of("{}"), rest_.size());
            part.text += take(brace);
            if (rest_.empty()) break;
            if (rest_.starts_with("{{") || rest_.starts_with("}}")) {
                part.text += take(2).front();
                continue;
            }
            part.placeholder = placeholder();
            break;
        }
        return part;
    }

private:
    Placeholder placeholder() {
        const std::size_t close = rest_.find('}');
        if (rest_.front() == '}')
            throw UsageError("a '}' closes nothing: a literal one is written '}}', and '{' as '{{'");
        if (close == std::string_view::npos)
            throw UsageError("a '{' is not closed: a literal one is written '{{', and '}' as '}}'");
        const std::string_view inside = take(close + 1);
        return read_placeholder(inside.substr(1, inside.size() - 2));
    }

    std::string_view take(std::size_t size) {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
};

std::vector<Placeholder> placeholders_of(const std::vector<TemplatePart>& parts) {
    std::vector<Placeholder> found;
    for (const TemplatePart& part : parts)
        if (part.placeholder) found.push_back(*part.placeholder);
    return found;
}

[[noreturn]] void refuse(const Placeholder& placeholder, std::string_view problem) {
    throw FetchError(format("{{{}}} cannot be filled in: {}", placeholder.str(), problem));
}

std::string_view what_name(JsonNode::What what) {
    constexpr std::array<std::string_view, 6> names = {"null",     "a boolean", "a number",
                                                       "a string", "an array",  "an object"};
    return names[static_cast<std::size_t>(what)];
}

JsonView field_of(const Placeholder& placeholder, const TemplateValues& values) {
    if (!values.row) refuse(placeholder, format("there is no row of '{}'", placeholder.resource));
    const auto found = fetch::select_first(*values.row, placeholder.field);
    if (!found) refuse(placeholder, format("a row of '{}' has no {}", placeholder.resource, placeholder.field.str()));
    return *found;
}

/// The value as text; none for an incremental value that there is none of.
std::optional<std::string> text_of(const Placeholder& placeholder, const TemplateValues& values) {
    if (placeholder.kind == Placeholder::Kind::parent_field) {
        const JsonView field = field_of(placeholder, values);
        const auto scalar = fetch::scalar_of(field);
        if (!scalar)
            refuse(placeholder, format("it is {} in a row of '{}'", what_name(field->what), placeholder.resource));
        return scalar->text;
    }
    const auto& value = placeholder.kind == Placeholder::Kind::start_value ? values.start_value : values.end_value;
    if (!value) return std::nullopt;
    return value->text;
}

/// RFC 3986 section 2.3: all but the unreserved characters, "/" too, so that a value stays one segment.
std::string encode_segment(std::string_view value) {
    constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char c : value)
        encoded += unreserved.find(c) != std::string_view::npos ? std::string(1, c)
                                                                : format("%{:02X}", static_cast<unsigned char>(c));
    return encoded;
}

bool has_control(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

std::string fit_for(Template::Use use, const Placeholder& placeholder, const std::string& value) {
    if (use == Template::Use::header && has_control(value))
        refuse(placeholder, "its value has a line break, which no header can have");
    if (use != Template::Use::path) return value;
    if (value.empty() || value == "." || value == "..")
        refuse(placeholder, format("its value is '{}', which would be another path", value));
    return encode_segment(value);
}

std::string json_value(const Placeholder& placeholder, const TemplateValues& values) {
    if (placeholder.kind == Placeholder::Kind::parent_field) return std::string(field_of(placeholder, values)->raw);
    const auto& value = placeholder.kind == Placeholder::Kind::start_value ? values.start_value : values.end_value;
    if (!value) refuse(placeholder, "there is no such value yet; give initial_value");
    return value->kind == JsonScalar::Kind::string ? quote_json(value->text) : value->text;
}

std::string json_text(const Placeholder& placeholder, const TemplateValues& values) {
    const auto text = text_of(placeholder, values);
    if (!text) refuse(placeholder, "there is no such value yet; give initial_value");
    const std::string quoted = quote_json(*text);
    return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

std::string Placeholder::str() const {
    if (kind == Kind::start_value) return "incremental.start_value";
    if (kind == Kind::end_value) return "incremental.end_value";
    const std::string path = field.str();
    return format("resources.{}{}", resource, path.substr(1));
}

Template Template::parse(std::string_view text, Use use) {
    Template parsed;
    parsed.use_ = use;
    TemplateReader reader(text);
    while (!reader.done()) parsed.parts_.push_back(reader.part());
    return parsed;
}

std::vector<Placeholder> Template::placeholders() const { return placeholders_of(parts_); }

std::string Template::str() const {
    std::string text;
    for (const TemplatePart& part : parts_) {
        text += part.text;
        if (part.placeholder) text += format("{{{}}}", part.placeholder->str());
    }
    return text;
}

std::optional<std::string> Template::bind(const TemplateValues& values) const {
    std::string bound;
    for (const TemplatePart& part : parts_) {
        bound += part.text;
        if (!part.placeholder) continue;
        const auto value = text_of(*part.placeholder, values);
        if (!value) return std::nullopt;
        bound += fit_for(use_, *part.placeholder, *value);
    }
    return bound;
}

TemplatePart& JsonTemplate::open_part() {
    if (parts_.empty() || parts_.back().placeholder) parts_.emplace_back();
    return parts_.back();
}

void JsonTemplate::append(std::string_view json) { open_part().text += json; }

void JsonTemplate::append_string(std::string_view text) {
    std::vector<TemplatePart> read;
    for (TemplateReader reader(text); !reader.done();) read.push_back(reader.part());
    if (read.size() == 1 && read[0].text.empty() && read[0].placeholder) {
        TemplatePart& alone = open_part();
        alone.placeholder = read[0].placeholder;
        alone.is_json = true;
        return;
    }
    append("\"");
    for (TemplatePart& part : read) {
        const std::string quoted = quote_json(part.text);
        append(std::string_view(quoted).substr(1, quoted.size() - 2));
        open_part().placeholder = std::move(part.placeholder);
    }
    append("\"");
}

std::vector<Placeholder> JsonTemplate::placeholders() const { return placeholders_of(parts_); }

std::string JsonTemplate::bind(const TemplateValues& values) const {
    std::string bound;
    for (const TemplatePart& part : parts_) {
        bound += part.text;
        if (!part.placeholder) continue;
        bound += part.is_json ? json_value(*part.placeholder, values) : json_text(*part.placeholder, values);
    }
    return bound;
}

}  // namespace trawl
