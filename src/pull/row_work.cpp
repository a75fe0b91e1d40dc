#include "row_work.hpp"

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/row_filter.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::pulling {
namespace {

/// `line`, a JSON object, with `added` in front of its members.
void append_with(std::string& ndjson, std::string_view line, const std::string& added) {
    if (added.empty()) {
        ndjson += line;
    } else {
        const std::string_view inside = line.substr(line.find('{') + 1);
        const bool is_empty = inside.find_first_not_of(" \t") == inside.find('}');
        ndjson += '{';
        ndjson += is_empty ? std::string_view(added).substr(0, added.size() - 1) : std::string_view(added);
        ndjson += inside;
    }
    ndjson += '\n';
}

std::string name_from_parent(const Resource& child, const std::string& field) {
    return format("_{}_{}", *child.parent, field);
}

}  // namespace

RowWork::RowWork(const Resource& resource, IncrementalCursor* cursor, const std::string& file)
    : resource_(resource), cursor_(cursor) {
    if (!file.empty())
        place_ = format("{}:{}:{}: resource {}: ", file, resource.at.line, resource.at.column, resource.name);
    for (const std::string& field : resource.include_from_parent)
        reserve(name_from_parent(resource, field), "what include_from_parent adds: take it out of include_from_parent");
}

void RowWork::reserve(std::string name, std::string advice) { added_.push_back({std::move(name), std::move(advice)}); }

// Which of two fields of one name a reader takes is anyone's guess.
void RowWork::refuse_own(const JsonView& row, const Added& added) const {
    if (!row.is(JsonNode::What::object) || !row.find(added.name)) return;
    throw FetchError(format("a row has a field {} of its own, which is the name of {}", added.name, added.advice));
}

bool RowWork::reads_rows(const std::string& added, const Visit& visit) const {
    return cursor_ != nullptr || !resource_.filters.empty() || visit || !added.empty();
}

Rows RowWork::apply(std::string ndjson, std::uint64_t count, const std::string& added, const Visit& visit,
                    Sequence& sequence) {
    if (!reads_rows(added, visit)) return {std::move(ndjson), count, false};
    Rows rows;
    std::string_view rest = ndjson;
    try {
        while (!rest.empty() && !rows.is_last) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(line.size() + 1);
            apply_to(line, added, visit, sequence, rows);
        }
    } catch (const FetchError& error) {  // it is the connector that has to change
        throw FetchError(place_ + error.what());
    }
    return rows;
}

void RowWork::apply_to(std::string_view line, const std::string& added, const Visit& visit, Sequence& sequence,
                       Rows& rows) {
    const JsonView row = reader_.parse_record(line);
    if (!keeps(resource_.filters, row)) return;
    if (cursor_ != nullptr) {
        const auto verdict = cursor_->observe(row, sequence);
        rows.is_last = verdict == IncrementalCursor::Verdict::stop;
        if (verdict != IncrementalCursor::Verdict::keep) return;
    }
    for (const Added& one : added_) refuse_own(row, one);
    const bool is_object = line.find_first_not_of(" \t") == line.find('{');
    const std::size_t begin = rows.ndjson.size();
    append_with(rows.ndjson, is_object ? line : std::string_view(format("{{\"value\":{}}}", line)), added);
    ++rows.count;
    if (!visit) return;
    // Grandchildren may name what this row got from its parent.
    if (added.empty()) return visit(row);
    const std::string_view whole = std::string_view(rows.ndjson).substr(begin);
    visit(reader_.parse_record(whole.substr(0, whole.size() - 1)));
}

std::string members_from_parent(const Resource& child, const TemplateValues& values) {
    std::string members;
    for (const std::string& field : child.include_from_parent) {
        JsonTemplate value;
        value.append_string(format("{{resources.{}.{}}}", *child.parent, field));
        members += format("{}:{},", quote_json(name_from_parent(child, field)), value.bind(values));
    }
    return members;
}

}  // namespace trawl::pulling
