/// Text with places that are filled in for each row of a parent: "/repos/{resources.repos.full_name}/issues".
///
///     template    = { text | "{{" | "}}" | placeholder }
///     placeholder = "{resources." name "." field "}"        the field (a JsonPath) of the parent's row
///                 | "{incremental.start_value}" | "{incremental.end_value}"
///
/// Rules: parsed once, bound any number of times; binding is pure. What cannot be bound is an error, never an empty
/// place: an URL with a hole in it asks for something else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl {

struct Placeholder {
    enum class Kind { parent_field, start_value, end_value };
    Kind kind = Kind::parent_field;
    std::string resource;  // whose row it is
    JsonPath field;        // in that row

    /// "resources.repos.full_name", as it stands between the braces.
    [[nodiscard]] std::string str() const;
    friend bool operator==(const Placeholder&, const Placeholder&) = default;
};

/// What a template is bound to. The row must outlive the call.
struct TemplateValues {
    std::optional<JsonView> row;  // of the parent
    std::optional<JsonScalar> start_value, end_value;
};

namespace fetch {

/// What templates are made of: the text goes in front of the placeholder.
struct TemplatePart {
    std::string text;
    std::optional<Placeholder> placeholder;
    bool is_json = false;  // of a JsonTemplate: the value stands alone and keeps its type; else it is text in a string
};

}  // namespace fetch

class Template {
public:
    enum class Use {
        text,  // as it is: query parameters, which whoever makes the URL encodes
        path,  // each value percent-encoded (RFC 3986 section 2.1), "/" too, and neither empty nor "." nor ".."
        header
    };

    Template() = default;
    /// Throws UsageError, with the nearest word for one that is unknown.
    [[nodiscard]] static Template parse(std::string_view text, Use use);

    [[nodiscard]] std::vector<Placeholder> placeholders() const;
    [[nodiscard]] bool is_plain() const { return placeholders().empty(); }
    /// A part of it came from `${NAME}`: not for everybody's eyes.
    void mark_secret() noexcept { is_secret_ = true; }
    [[nodiscard]] bool is_secret() const noexcept { return is_secret_; }
    /// With its placeholders, for people.
    [[nodiscard]] std::string str() const;

    /// Nothing when it needs an incremental value that there is none of: the first run has no start. Throws FetchError
    /// for a field that the row lacks, or whose value is null, an object or an array.
    [[nodiscard]] std::optional<std::string> bind(const TemplateValues& values) const;

private:
    Use use_ = Use::text;
    bool is_secret_ = false;
    std::vector<fetch::TemplatePart> parts_;
};

/// A JSON text with placeholders in its strings. A string that is a placeholder alone becomes the value itself, a
/// number a number and a list a list; within a longer string a value is text.
class JsonTemplate {
public:
    /// Appends JSON as it is.
    void append(std::string_view json);
    /// Appends a string of the document: a template. Throws UsageError.
    void append_string(std::string_view text);

    [[nodiscard]] std::vector<Placeholder> placeholders() const;
    /// As a Template's.
    void mark_secret() noexcept { is_secret_ = true; }
    [[nodiscard]] bool is_secret() const noexcept { return is_secret_; }

    /// The JSON text. Throws FetchError as Template does, and for an incremental value that there is none of.
    [[nodiscard]] std::string bind(const TemplateValues& values) const;

private:
    [[nodiscard]] fetch::TemplatePart& open_part();
    bool is_secret_ = false;
    std::vector<fetch::TemplatePart> parts_;
};

}  // namespace trawl
