/// What tests of tables share: a commit in one line, and questions to the table that they write, "t".
#pragma once

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "key.hpp"
#include "schema.hpp"
#include "trawl/http/json_tape.hpp"
#include "trawl/http/json_text.hpp"
#include "trawl/lake/query.hpp"
#include "trawl/lake/table.hpp"
#include "trawl/lake/writer.hpp"
#include "widen.hpp"

namespace trawl::lake {

using Row = std::vector<std::optional<std::string>>;

inline Committed write(const std::filesystem::path& lake, std::string_view records,
                       const CommitOptions& options = CommitOptions()) {
    TableWriter writer(lake, "t");
    writer.append(records);
    return writer.commit(options);
}

inline CommitOptions appending(std::vector<std::string> primary_key = {}) {
    CommitOptions options;
    options.disposition = Disposition::append;
    options.primary_key = std::move(primary_key);
    return options;
}

inline CommitOptions merging(std::vector<std::string> primary_key) {
    CommitOptions options = appending(std::move(primary_key));
    options.disposition = Disposition::merge;
    return options;
}

inline CommitOptions as(const std::string& application, std::int64_t version, const std::string& checkpoint = "") {
    CommitOptions options;
    options.application = application;
    options.application_version = version;
    options.checkpoint = checkpoint;
    return options;
}

inline std::vector<Row> rows(const std::filesystem::path& lake, std::string_view sql) {
    return Lake(lake).query(sql).rows;
}

inline std::string type_in(const std::filesystem::path& lake, std::string_view column) {
    for (const QueryColumn& found : Lake(lake).query("FROM t").columns) {
        if (found.name == column) return found.type;
    }
    return "no such column";
}

/// Equal for equal JSON: members by key, those that are null left out, numbers by value.
inline std::string normal_form(JsonView value) {
    std::map<std::string, std::string> members;
    std::string items;
    for (auto child = value.first(); child != value.last(); child = child.next()) {
        if (value.is(JsonNode::What::array)) items += normal_form(child) + ",";
        if (value.is(JsonNode::What::object)) members[std::string(child->key)] = normal_form(child);
    }
    if (value.is(JsonNode::What::array)) return "[" + items + "]";
    if (!value.is(JsonNode::What::object)) return value.is(JsonNode::What::null) ? "null" : canonical_key(value);
    for (const auto& [key, text] : members) {
        if (text != "null") items += quote_json(key) + ":" + text + ",";
    }
    return "{" + items + "}";
}

inline std::vector<std::string> normal_forms(const std::vector<std::string>& records) {
    JsonReader reader;
    std::vector<std::string> out;
    for (const std::string& record : records) out.push_back(normal_form(reader.parse_record(record)));
    std::sort(out.begin(), out.end());
    return out;
}

/// The table's rows as the JSON that they stand for.
inline std::vector<std::string> json_rows(const std::filesystem::path& lake) {
    const auto table = read_table(lake, "t");
    JsonReader reader;
    const std::string record = json_record(from_delta(reader.parse(table->schema)));
    std::vector<std::string> out;
    for (const Row& row : rows(lake, "SELECT " + record + " FROM t")) out.push_back(row.at(0).value());
    return out;
}

inline std::vector<std::string> everything_below(const std::filesystem::path& path) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) out.push_back(entry.path().string());
    return out;
}

}  // namespace trawl::lake
