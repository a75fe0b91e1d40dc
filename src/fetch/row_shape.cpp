#include "row_shape.hpp"

#include <algorithm>

#include "trawl/base/format.hpp"
#include "trawl/http/json_tape.hpp"

namespace trawl::fetch {
namespace {

// Rows of one sort have shown their fields by then; the whole of a large dump need not be read for it.
constexpr std::size_t kLookedAt = 100;
constexpr std::size_t kShownMax = 120;

std::string_view take_line(std::string_view& rest) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
}

bool is_object(std::string_view line) { return line.find_first_not_of(" \t") == line.find('{') && !line.empty(); }

/// No member of it has a value.
bool is_bare(JsonView record) {
    for (auto member = record.first(); member != record.last(); member = member.next())
        if (!member.is(JsonNode::What::null)) return false;
    return true;
}

bool has_object(std::string_view ndjson) {
    while (!ndjson.empty())
        if (is_object(take_line(ndjson))) return true;
    return false;
}

std::string shown(std::string_view line) {
    if (line.size() <= kShownMax) return std::string(line);
    std::size_t end = kShownMax;
    while ((static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;  // not amid a character of UTF-8
    return format("{}...", line.substr(0, end));
}

}  // namespace

void RowShape::learn(std::string_view ndjson) {
    are_objects_ = !ndjson.empty();
    JsonReader reader;
    for (std::size_t row = 0; row < kLookedAt && !ndjson.empty(); ++row) {
        const std::string_view line = take_line(ndjson);
        are_objects_ = are_objects_ && is_object(line);
        if (!is_object(line)) continue;
        const JsonView record = reader.parse(line);
        has_bare_rows_ = has_bare_rows_ || is_bare(record);
        for (auto member = record.first(); member != record.last(); member = member.next()) keys_.emplace(member->key);
    }
}

std::optional<std::string> RowShape::refusal(std::string_view ndjson, std::size_t count) const {
    if (!are_objects_ || keys_.empty() || count == 0) return std::nullopt;
    std::string_view rest = ndjson;
    const std::string_view line = take_line(rest);
    if (!has_object(ndjson)) return format("its rows are no objects, as those of the first page are: {}", shown(line));
    if (count > 1) return std::nullopt;
    JsonReader reader;
    const JsonView record = reader.parse(line);
    if (is_bare(record)) {
        if (has_bare_rows_) return std::nullopt;
        return format("its only row has no value in any field, and may be no row: {}", shown(line));
    }
    for (auto member = record.first(); member != record.last(); member = member.next()) {
        if (keys_.contains(member->key)) return std::nullopt;
    }
    return format("its only row has none of the fields that those of the first page have, and may be no row: {}",
                  shown(line));
}

}  // namespace trawl::fetch
