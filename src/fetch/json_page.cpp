/// JsonPage: paths are followed through the outline; the inside of an array element is outlined when a path enters it.
#include "trawl/fetch/json_page.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "ascii.hpp"
#include "element_filter.hpp"
#include "element_range.hpp"
#include "find_records.hpp"
#include "json_outline.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"

namespace trawl {

using fetch::JsonKind;
using fetch::JsonNode;
using fetch::JsonOutline;

struct JsonPage::State {
    JsonOutline outline;
};

namespace {

using Steps = std::vector<JsonPath::Step>;
using Visit = std::function<void(const JsonOutline&, const JsonNode&)>;

bool takes_elements(const JsonPath::Step& step) { return step.kind != JsonPath::StepKind::key; }

/// It may take none of an array's elements, and that is no mistake.
bool takes_any_number(const JsonPath::Step& step) {
    return takes_elements(step) && step.kind != JsonPath::StepKind::index;
}

/// Calls `visit(element)` for each element that the step takes.
template <typename VisitElement>
std::size_t each_taken(const JsonOutline& outline, const JsonNode& array, const JsonPath::Step& step,
                       VisitElement visit) {
    const fetch::ElementRange range = fetch::element_range(step, array.count);
    std::optional<fetch::ElementFilter> filter;
    if (step.filter) filter.emplace(*step.filter);
    std::size_t index = 0, taken = 0;
    outline.each_child(array, [&](const JsonNode& element) {
        if (!range.contains(index++) || (filter && !filter->holds(element.text))) return;
        ++taken;
        visit(element);
    });
    return taken;
}

/// Calls `visit` for each value that steps[at...] lead to from `node`. Whether the way led to an array, none of whose
/// elements are taken: it is right, although there is nothing at its end.
bool follow(const JsonOutline& outline, const JsonNode& node, const Steps& steps, std::size_t at, const Visit& visit) {
    if (at == steps.size()) {
        visit(outline, node);
        return false;
    }
    const JsonPath::Step& step = steps[at];
    if (!takes_elements(step)) {
        const JsonNode* member = outline.member(node, step.key);
        return member && follow(outline, *member, steps, at + 1, visit);
    }
    if (node.kind != JsonKind::array) return false;
    bool led_to_nothing = false;
    const std::size_t taken = each_taken(outline, node, step, [&](const JsonNode& element) {
        if (at + 1 == steps.size() && element.kind != JsonKind::array) return visit(outline, element);
        const JsonOutline inside = JsonOutline::read(element.text);  // the outer outline did not keep it
        led_to_nothing = follow(inside, inside.root(), steps, at + 1, visit) || led_to_nothing;
    });
    return led_to_nothing || (taken == 0 && takes_any_number(step));
}

JsonScalar scalar_of(const JsonNode& node) {
    if (node.kind == JsonKind::string) return {JsonScalar::Kind::string, fetch::decode_string(node.text)};
    const bool number = node.kind == JsonKind::number;
    return {number ? JsonScalar::Kind::number : JsonScalar::Kind::boolean, std::string(node.text)};
}

bool is_scalar(const JsonNode& node) {
    return node.kind == JsonKind::string || node.kind == JsonKind::number || node.kind == JsonKind::boolean;
}

/// White space is dropped only where it would break the line: all else stays as the source wrote it.
void append_record(Records& records, const JsonNode& record) {
    // Two searches for one character each: find_first_of looks at each byte with a call.
    const bool one_line =
        record.text.find('\n') == std::string_view::npos && record.text.find('\r') == std::string_view::npos;
    if (one_line)
        records.ndjson += record.text;
    else
        records.ndjson += fetch::minify(record.text);
    records.ndjson += '\n';
    ++records.count;
}

void append_elements(Records& records, const JsonOutline& outline, const JsonNode& array) {
    records.are_elements = true;
    records.ndjson.reserve(records.ndjson.size() + array.text.size() + array.count);
    outline.each_child(array, [&](const JsonNode& element) { append_record(records, element); });
}

/// `last`: the step that takes elements of the array, if the path ends with one.
void append_value(Records& records, const JsonOutline& outline, const JsonNode& node, const JsonPath::Step* last) {
    if (node.kind == JsonKind::object && !last) return append_record(records, node);
    if (node.kind != JsonKind::array) return;
    if (!last || last->kind == JsonPath::StepKind::every) return append_elements(records, outline, node);
    records.are_elements = true;
    each_taken(outline, node, *last, [&](const JsonNode& element) { append_record(records, element); });
}

bool is_empty_object(const JsonNode& node) { return node.kind == JsonKind::object && node.count == 0; }

/// What `path` leads to: an array gives its elements, an object is a record, null is none; so is an empty object, where
/// `are_elements` of arrays.
Records records_at(const JsonOutline& outline, const JsonPath& path, bool are_elements) {
    Records records;
    bool found = false;
    // Elements are records whatever they are, also arrays: so the array itself is looked up.
    Steps steps = path.steps();
    std::optional<JsonPath::Step> last;
    if (!steps.empty() && takes_any_number(steps.back())) {
        last = std::move(steps.back());
        steps.pop_back();
    }
    const bool is_right =
        follow(outline, outline.root(), steps, 0, [&](const JsonOutline& holder, const JsonNode& node) {
            const bool is_empty = node.kind == JsonKind::null || (are_elements && is_empty_object(node));
            const bool is_container = node.kind == JsonKind::array || (node.kind == JsonKind::object && !last);
            found = found || is_container || is_empty;
            if (!is_empty) append_value(records, holder, node, last ? &*last : nullptr);
        });
    if (found || is_right) return records;
    throw NoRecordsError(format(
        "no records at {}: the page is {}; name the right path (--records), or see whether the source reports an "
        "error this way",
        path.str(), fetch::describe(outline)));
}

Records detected_records(const JsonOutline& outline) {
    const fetch::FoundRecords found = fetch::find_records(outline);
    if (!found.array)
        throw NoRecordsError(
            format("no records found: the page is {}; name their path, or take the whole page as one "
                   "record with --records $",
                   fetch::describe(outline)));
    Records records;
    append_elements(records, outline, *found.array);
    records.path = found.path;
    if (!found.others.empty()) records.explanation = format("; not taken: {}", found.others);
    return records;
}

}  // namespace

std::optional<std::uint64_t> JsonScalar::count() const {
    const std::string_view number = trim(text);
    const char* const end = number.data() + number.size();
    if (kind == Kind::boolean || number.empty() || number.front() < '0' || number.front() > '9') return std::nullopt;
    std::uint64_t whole = 0;
    if (const auto read = std::from_chars(number.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
        return whole;
    constexpr double exact_max = 9007199254740992;  // 2^53: above it not every whole number is a double
    double real = 0;
    const auto read = std::from_chars(number.data(), end, real);
    if (read.ec != std::errc{} || read.ptr != end || real > exact_max || std::floor(real) != real) return std::nullopt;
    return static_cast<std::uint64_t>(real);
}

JsonPage::JsonPage(std::unique_ptr<State> state) : state_(std::move(state)) {}
JsonPage::JsonPage(JsonPage&&) noexcept = default;
JsonPage& JsonPage::operator=(JsonPage&&) noexcept = default;
JsonPage::~JsonPage() = default;

JsonPage JsonPage::parse(std::string_view body) {
    return JsonPage(std::make_unique<State>(State{JsonOutline::read(body)}));
}

Records JsonPage::records(const std::optional<JsonPath>& path, bool are_elements) const {
    Records records = path ? records_at(state_->outline, *path, are_elements) : detected_records(state_->outline);
    if (path) records.path = *path;
    records.fingerprint = std::hash<std::string>{}(records.ndjson);
    const std::string elements = fetch::counted_elements(records.count, records.ndjson.starts_with('{'));
    records.explanation = format("records: {} ({}){}", records.path.str(), elements, records.explanation);
    return records;
}

std::optional<JsonScalar> JsonPage::scalar(const JsonPath& path) const {
    std::optional<JsonScalar> found;
    follow(state_->outline, state_->outline.root(), path.steps(), 0, [&](const JsonOutline&, const JsonNode& node) {
        if (!found && is_scalar(node)) found = scalar_of(node);
    });
    return found;
}

std::vector<JsonField> JsonPage::fields(std::size_t depth) const {
    struct Object {
        const JsonNode* node;
        JsonPath path;
    };
    const JsonOutline& outline = state_->outline;
    std::vector<JsonField> fields;
    std::vector<Object> level = {{&outline.root(), {}}};
    if (outline.root().kind != JsonKind::object) level.clear();
    for (; depth > 0; --depth) {
        std::vector<Object> below;
        for (const Object& object : level)
            outline.each_child(*object.node, [&](const JsonNode& child) {
                const JsonPath path = object.path.child(fetch::decode_name(child.key));
                if (child.kind == JsonKind::object) below.push_back({&child, path});
                if (child.kind == JsonKind::null) fields.push_back({path, {}, true});
                if (is_scalar(child)) fields.push_back({path, scalar_of(child), false});
            });
        level = std::move(below);
    }
    return fields;
}

}  // namespace trawl
