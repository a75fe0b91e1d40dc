/// What tests of tables share: a commit in one line, and questions to the table that they write, "t".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trawl/lake/query.hpp"
#include "trawl/lake/writer.hpp"

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

inline std::vector<std::string> everything_below(const std::filesystem::path& path) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) out.push_back(entry.path().string());
    return out;
}

}  // namespace trawl::lake
