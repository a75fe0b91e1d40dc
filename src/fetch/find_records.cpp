/// All arrays to depth 3 are listed breadth first; the first rule that any of them fits decides, so that the same page
/// always gives the same answer.
#include "find_records.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "trawl/base/format.hpp"

namespace trawl::fetch {
namespace {

constexpr std::size_t depth_max = 3;    // {"data": {"page": {"items": []}}} is as deep as known APIs go
constexpr std::size_t listed_max = 12;  // arrays or keys, in a message

/// Names of record arrays in public APIs, the surest first.
constexpr std::array<std::string_view, 19> usual_names = {
    "items", "results", "records",  "data", "rows",      "entries",   "values",   "value", "content", "objects",
    "list",  "hits",    "elements", "docs", "documents", "resources", "features", "nodes", "result"};

/// Arrays of objects that talk about the page and are never its records.
constexpr std::array<std::string_view, 10> never_names = {"errors",   "warnings", "links", "_links",       "link",
                                                          "messages", "facets",   "sort",  "aggregations", "included"};

struct Candidate {
    const JsonNode* array;
    JsonPath path;
    std::size_t depth;
    std::size_t name_rank;  // in usual_names; usual_names.size() for any other
    bool never;
};

std::size_t rank_of(std::string_view key) {
    std::string lower(key);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return static_cast<std::size_t>(std::find(usual_names.begin(), usual_names.end(), lower) - usual_names.begin());
}

std::vector<Candidate> candidates(const JsonOutline& outline) {
    struct Object {
        const JsonNode* node;
        JsonPath path;
    };
    std::vector<Candidate> found;
    std::vector<Object> level = {{&outline.root(), {}}};
    for (std::size_t depth = 1; depth <= depth_max; ++depth) {
        std::vector<Object> below;
        for (const Object& object : level)
            outline.each_child(*object.node, [&](const JsonNode& child) {
                const std::string name = decode_name(child.key);
                if (child.kind == JsonKind::object) below.push_back({&child, object.path.child(name)});
                if (child.kind != JsonKind::array) return;
                const bool never = std::find(never_names.begin(), never_names.end(), name) != never_names.end();
                found.push_back({&child, object.path.child(name), depth, rank_of(name), never});
            });
        level = std::move(below);
    }
    return found;
}

bool is_usual(const Candidate& candidate) { return candidate.name_rank < usual_names.size(); }
bool has_objects(const Candidate& candidate) { return candidate.array->objects > 0; }
bool is_empty(const Candidate& candidate) { return candidate.array->count == 0; }

/// The first of the best, `better(a, b)` meaning that a is better than b.
template <typename Fits, typename Better>
const Candidate* best(const std::vector<Candidate>& all, Fits fits, Better better) {
    const Candidate* chosen = nullptr;
    for (const Candidate& candidate : all)
        if (fits(candidate) && (!chosen || better(candidate, *chosen))) chosen = &candidate;
    return chosen;
}

const Candidate* choose(const std::vector<Candidate>& all) {
    const auto by_name = [](const Candidate& a, const Candidate& b) {
        return a.depth != b.depth ? a.depth < b.depth : a.name_rank < b.name_rank;
    };
    const auto by_size = [](const Candidate& a, const Candidate& b) {
        return a.depth == b.depth && a.array->objects > b.array->objects;
    };
    const auto usual_objects = [](const Candidate& c) { return is_usual(c) && has_objects(c); };
    const auto usual_empty = [](const Candidate& c) { return is_usual(c) && is_empty(c); };
    const auto any_objects = [](const Candidate& c) { return !c.never && has_objects(c); };
    const auto usual = [](const Candidate& c) { return is_usual(c); };
    if (const Candidate* chosen = best(all, usual_objects, by_name)) return chosen;
    if (const Candidate* chosen = best(all, usual_empty, by_name)) return chosen;
    if (const Candidate* chosen = best(all, any_objects, by_size)) return chosen;
    if (const Candidate* chosen = best(all, usual, by_name)) return chosen;
    const bool only_one = all.size() == 1 && is_empty(all.front()) && !all.front().never;
    return only_one ? &all.front() : nullptr;
}

std::string what(const Candidate& candidate) {
    return format("{} ({})", candidate.path.str(), counted_elements(candidate.array->count, has_objects(candidate)));
}

void append_item(std::string& list, std::size_t& listed, const std::string& item) {
    if (++listed <= listed_max) list += (list.empty() ? "" : ", ") + item;
    if (listed == listed_max + 1) list += ", ...";
}

}  // namespace

std::string counted_elements(std::size_t count, bool are_objects) {
    return format("{} {}{}", count, are_objects ? "object" : "value", count == 1 ? "" : "s");
}

FoundRecords find_records(const JsonOutline& outline) {
    FoundRecords found;
    if (outline.root().kind == JsonKind::array) {
        found.array = &outline.root();
        return found;
    }
    const std::vector<Candidate> all = candidates(outline);
    const Candidate* chosen = choose(all);
    if (!chosen) return found;
    std::size_t listed = 0;
    for (const Candidate& other : all)
        if (&other != chosen && has_objects(other)) append_item(found.others, listed, what(other));
    found.array = chosen->array;
    found.path = chosen->path;
    return found;
}

std::string describe(const JsonOutline& outline) {
    if (outline.root().kind == JsonKind::array) return format("an array of {}", outline.root().count);
    if (outline.root().kind != JsonKind::object) return "a single value";
    std::string keys, arrays;
    std::size_t listed_keys = 0, listed_arrays = 0;
    outline.each_child(outline.root(),
                       [&](const JsonNode& child) { append_item(keys, listed_keys, decode_name(child.key)); });
    for (const Candidate& candidate : candidates(outline)) append_item(arrays, listed_arrays, what(candidate));
    return format("an object with {}; {}", keys.empty() ? "no keys" : "the keys " + keys,
                  arrays.empty() ? "no arrays" : "arrays: " + arrays);
}

}  // namespace trawl::fetch
