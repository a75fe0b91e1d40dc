#include "find_records.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

constexpr std::size_t kDepthMax = 3;  // {"response": {"data": {"items": [...]}}}

// What public APIs call their records.
constexpr std::array<std::string_view, 18> kUsualNames{
    "items",   "results", "data",     "records", "entries", "rows",      "values",   "content", "list",
    "objects", "hits",    "elements", "value",   "docs",    "documents", "features", "result",  "payload"};

struct Candidate {
    JsonPath path;
    bool is_usual;
    std::size_t objects;

    // Usual names first, then the shallower, then the larger.
    [[nodiscard]] bool is_better_than(const Candidate& other) const {
        return std::make_tuple(!is_usual, path.size(), other.objects) <
               std::make_tuple(!other.is_usual, other.path.size(), objects);
    }
};

bool is_usual(std::string_view name) {
    return std::find(kUsualNames.begin(), kUsualNames.end(), name) != kUsualNames.end();
}

// An array of scalars may be the records under a usual name only; an empty one too: the source may have none today.
bool qualifies(const JsonValue& array, bool usual) { return array.objects > 0 ? array.objects == array.size : usual; }

void consider(const JsonValue& object, const JsonPath& path, std::optional<Candidate>& best) {
    for (const auto& [name, value] : object.members) {
        JsonPath below = path;
        below.push_back(name);
        if (value.is(JsonValue::Kind::array) && qualifies(value, is_usual(name))) {
            Candidate candidate{below, is_usual(name), value.objects};
            if (!best || candidate.is_better_than(*best)) best = std::move(candidate);
        } else if (value.is(JsonValue::Kind::object) && below.size() < kDepthMax) {
            consider(value, below, best);
        }
    }
}

std::string_view kind_text(JsonValue::Kind kind) {
    switch (kind) {
        case JsonValue::Kind::null:
            return "null";
        case JsonValue::Kind::boolean:
            return "boolean";
        case JsonValue::Kind::number:
            return "number";
        case JsonValue::Kind::string:
            return "string";
        case JsonValue::Kind::object:
            return "object";
        default:
            return "array";
    }
}

}  // namespace

std::optional<JsonPath> find_records(const JsonValue& root) {
    if (root.is(JsonValue::Kind::array)) return JsonPath();
    std::optional<Candidate> best;
    consider(root, {}, best);
    if (!best) return std::nullopt;
    return best->path;
}

std::string what_is_there(const JsonValue& root) {
    if (!root.is(JsonValue::Kind::object)) return "the page is a single value";
    std::string text = "it has";
    constexpr std::size_t kShown = 8;
    for (std::size_t i = 0; i < std::min(root.members.size(), kShown); ++i) {
        const auto& [name, value] = root.members[i];
        text += format("{} {} ({})", i == 0 ? "" : ",", name, kind_text(value.kind));
    }
    if (root.members.empty()) text += " no members";
    if (root.members.size() > kShown) text += ", ...";
    return text;
}

}  // namespace trawl::fetch
