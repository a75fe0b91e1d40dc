/// Finding and rewriting files, in SQL.
#include "rewrite.hpp"

#include <algorithm>

#include "convert.hpp"
#include "dedupe.hpp"
#include "source.hpp"
#include "trawl/base/format.hpp"
#include "widen.hpp"

namespace trawl::lake {

Rewriter::Rewriter(Duck& duck, Staging& staging, fs::path table, const Plan& plan, bool merges, std::int64_t file_bytes)
    : duck_(duck), staging_(staging), table_(std::move(table)), plan_(plan), merges_(merges), file_bytes_(file_bytes) {}

void Rewriter::update(const std::map<std::string, DataFile>& files) {
    if (plan_.retyped.empty() && !merges_) return;
    forget_gone(files);
    Files fresh;
    for (const auto& [path, file] : files) {
        if (seen_.insert(path).second) fresh.push_back(file);
    }
    Files todo = touched(fresh);
    if (!todo.empty()) batches_.push_back(rewrite(std::move(todo)));
}

/// A batch of which one file is gone holds rows that are no longer the table's: it is undone, and what is left of it is
/// looked at again.
void Rewriter::forget_gone(const std::map<std::string, DataFile>& files) {
    const auto is_gone = [&](const auto& file) { return !files.contains(file.path); };
    std::erase_if(seen_, [&](const std::string& path) { return !files.contains(path); });
    std::erase_if(batches_, [&](const Batch& batch) {
        if (std::none_of(batch.in.begin(), batch.in.end(), is_gone)) return false;
        staging_.drop(batch.out);
        for (const DataFile& file : batch.in) seen_.erase(file.path);
        return true;
    });
}

Rewriter::Files Rewriter::touched(const Files& candidates) {
    if (candidates.empty()) return {};
    const std::set<std::string> retyped = with_retyped_columns(candidates);
    const std::set<std::string> keyed = with_keys(candidates);
    Files out;
    for (const DataFile& file : candidates) {
        if (retyped.contains(file.path) || keyed.contains(file.path)) out.push_back(file);
    }
    return out;
}

/// A file that was written before the column was added has no values to change. (A struct's field of the same name
/// counts too: such a file is rewritten in vain.)
std::set<std::string> Rewriter::with_retyped_columns(const Files& files) {
    if (plan_.retyped.empty()) return {};
    std::vector<std::string> names;
    for (const std::string& column : plan_.retyped) names.push_back(sql_text(column));
    return files_of(trawl::format("SELECT DISTINCT file_name FROM parquet_schema([{}]) WHERE name IN ({})",
                                  path_list(files), comma_list(names)),
                    files);
}

std::set<std::string> Rewriter::with_keys(const Files& files) {
    if (!merges_) return {};
    return files_of(trawl::format("SELECT DISTINCT {} FROM ({}) SEMI JOIN {} USING ({})", sql_name(kFileColumn),
                                  rows_sql(files, true), kKeysTable, key_list()),
                    files);
}

/// The answers to `select` are files' paths as they were given to DuckDB.
std::set<std::string> Rewriter::files_of(const std::string& select, const Files& among) {
    std::map<std::string, std::string> by_path;
    for (const DataFile& file : among) by_path.emplace((table_ / file.path).string(), file.path);
    std::set<std::string> out;
    for (const auto& row : duck_.run(select).rows) {
        const auto found = by_path.find(row.at(0).value_or(""));
        if (found == by_path.end()) {
            throw LakeError(
                trawl::format("DuckDB names the file {}, which it was not asked about: nothing was committed",
                              row.at(0).value_or("NULL")));
        }
        out.insert(found->second);
    }
    return out;
}

std::string Rewriter::path_list(const Files& files) const {
    std::vector<std::string> paths;
    for (const DataFile& file : files) paths.push_back(sql_text((table_ / file.path).string()));
    return comma_list(paths);
}

std::string Rewriter::key_list() const {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < plan_.key.size(); ++i) columns.push_back(key_column(i));
    return comma_list(columns);
}

/// The files' rows with the columns of the new schema, and beside them the parts of the key if it is looked for.
std::string Rewriter::rows_sql(const Files& files, bool with_file_column) const {
    std::vector<std::string> paths;
    for (const DataFile& file : files) paths.push_back(file.path);
    const std::string rows = trawl::format("SELECT {}{} FROM ({})", converted_columns(*plan_.known, plan_.schema),
                                           with_file_column ? ", " + sql_name(kFileColumn) : "",
                                           source_sql(table_, plan_.known_text, paths, with_file_column));
    if (!merges_) return rows;
    std::vector<std::string> items = {"*"};
    for (std::size_t i = 0; i < plan_.key.size(); ++i) {
        items.push_back(trawl::format("{} AS {}", key_sql(plan_.key[i]), key_column(i)));
    }
    return trawl::format("SELECT {} FROM ({})", comma_list(items), rows);
}

Rewriter::Batch Rewriter::rewrite(Files files) {
    const std::string paths = path_list(files);
    const auto count = [&](const std::string& sql) {
        return std::stoll(duck_.run(sql).rows.at(0).at(0).value_or("0"));
    };
    Batch batch;
    batch.rows_in =
        count(trawl::format("SELECT CAST(sum(num_rows) AS BIGINT) FROM parquet_file_metadata([{}])", paths));
    const RowGroup group{count(trawl::format("SELECT max(row_group_num_rows) FROM parquet_metadata([{}])", paths))};
    std::vector<std::string> columns;
    for (const Field& field : plan_.schema.columns.fields) columns.push_back(sql_name(field.column));
    std::string select = trawl::format("SELECT {} FROM ({})", comma_list(columns), rows_sql(files, false));
    if (merges_) select += trawl::format(" ANTI JOIN {} USING ({})", kKeysTable, key_list());
    const fs::path directory = staging_.new_data();
    batch.out = write_parquet(duck_, select, group, directory, file_bytes_);
    batch.in = std::move(files);
    const std::int64_t rows_out = rows_in(batch.out);
    if (rows_out > batch.rows_in || (!merges_ && rows_out < batch.rows_in)) {
        throw LakeError(
            trawl::format("{} old rows went in, {} came out: nothing was committed", batch.rows_in, rows_out));
    }
    staging_.move_in(directory, batch.out);
    return batch;
}

std::vector<DataFile> Rewriter::removed() const {
    Files out;
    for (const Batch& batch : batches_) out.insert(out.end(), batch.in.begin(), batch.in.end());
    return out;
}

std::vector<DataFile> Rewriter::added() const {
    Files out;
    for (const Batch& batch : batches_) out.insert(out.end(), batch.out.begin(), batch.out.end());
    return out;
}

std::int64_t Rewriter::replaced_rows() const {
    std::int64_t rows = 0;
    for (const Batch& batch : batches_) rows += batch.rows_in - rows_in(batch.out);
    return rows;
}

}  // namespace trawl::lake
