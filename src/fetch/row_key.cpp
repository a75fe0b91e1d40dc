/// A key is hashed as the JSON array of its values, each string decoded and given with its length: no two keys have
/// one text.
#include "row_key.hpp"

#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::fetch {
namespace {

constexpr std::size_t snippet_size = 60;  // of a record, in a message

std::string snippet(std::string_view record) {
    if (record.size() <= snippet_size) return std::string(record);
    std::size_t size = snippet_size;
    while (size > 0 && (static_cast<unsigned char>(record[size]) & 0xC0U) == 0x80U) --size;  // not inside a character
    return std::string(record.substr(0, size)) + "...";
}

std::optional<JsonView> step_into(const JsonView& view, const JsonPath::Step& step) {
    if (step.kind == JsonPath::StepKind::key) return view.find(step.key);
    if (view->what != trawl::JsonNode::What::array) return std::nullopt;
    std::size_t at = 0;
    for (auto child = view.first(); child != view.last(); child = child.next())
        if (at++ == step.index) return child;
    return std::nullopt;
}

std::optional<JsonView> follow(const JsonView& record, const JsonPath& path) {
    std::optional<JsonView> view = record;
    for (const JsonPath::Step& step : path.steps()) {
        view = step_into(*view, step);
        if (!view) break;
    }
    return view;
}

/// What is wrong with it as a part of a key; nothing if it is one.
std::string_view fault_of(const std::optional<JsonView>& value) {
    using What = trawl::JsonNode::What;
    if (!value) return "is missing";
    if ((*value)->what == What::null) return "is null";
    if ((*value)->what == What::object) return "is an object";
    if ((*value)->what == What::array) return "is an array";
    return {};
}

void append_value(std::string& text, const JsonView& record, const JsonPath& path, std::size_t index) {
    const std::optional<JsonView> value = follow(record, path);
    const std::string_view fault = fault_of(value);
    if (!fault.empty())
        throw PageError(
            format("record {} cannot be told from others: {} {}, which is (part of) the primary key; name a field "
                   "that every record has, or pull without a primary key; the record: {}",
                   index + 1, path.str(), fault, snippet(record->raw)));
    const bool is_string = (*value)->what == trawl::JsonNode::What::string;
    text += format("{}{}:{}", is_string ? 's' : 'v', (*value)->text.size(), (*value)->text);
}

}  // namespace

KeyHash hash_of(std::string_view text) {
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return {hash.high64, hash.low64};
}

RowKey::RowKey(std::vector<JsonPath> paths) : paths_(std::move(paths)) {
    if (paths_.empty()) throw UsageError("a primary key needs at least one field");
    for (const JsonPath& path : paths_)
        for (const JsonPath::Step& step : path.steps())
            if (step.kind == JsonPath::StepKind::every)
                throw UsageError(format("primary key {}: [*] names many values; name one, such as id", path.str()));
}

/// What is reused from record to record. It grows to several times the largest one, and there are as many keys as
/// streams of pages: so it goes with the page.
struct RowKey::Scratch {
    JsonReader reader;
    std::string text;  // of the key that is being hashed
};

KeyHash RowKey::of(std::string_view record, std::size_t index, Scratch& scratch) const {
    scratch.text.clear();
    try {
        const JsonView view = scratch.reader.parse(record);
        for (const JsonPath& path : paths_) append_value(scratch.text, view, path, index);
    } catch (const JsonError& error) {
        throw PageError(format("record {} is not JSON: {}", index + 1, error.what()));
    }
    return hash_of(scratch.text);
}

KeyHash RowKey::of(std::string_view record, std::size_t index) const {
    Scratch scratch;
    return of(record, index, scratch);
}

std::vector<KeyHash> RowKey::of_all(std::string_view ndjson) const {
    Scratch scratch;
    std::vector<KeyHash> keys;
    keys.reserve(static_cast<std::size_t>(std::count(ndjson.begin(), ndjson.end(), '\n')));
    while (!ndjson.empty()) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size());
        keys.push_back(of(ndjson.substr(0, end), keys.size(), scratch));
        ndjson.remove_prefix(std::min(end + 1, ndjson.size()));
    }
    return keys;
}

}  // namespace trawl::fetch
