/// Plan, write, publish.
#include "commit.hpp"

#include <algorithm>

#include "convert.hpp"
#include "dedupe.hpp"
#include "plan.hpp"
#include "sweep.hpp"
#include "trawl/base/format.hpp"

namespace trawl::lake {
namespace {

/// Of the application's last commit.
std::optional<std::int64_t> last_version(const std::optional<TableSnapshot>& latest, const std::string& application) {
    if (!latest || application.empty()) return std::nullopt;
    const auto found = latest->transactions.find(application);
    return found == latest->transactions.end() ? std::nullopt : std::optional(found->second);
}

bool is_done(const std::optional<TableSnapshot>& latest, const CommitOptions& wanted) {
    const auto last = last_version(latest, wanted.application);
    return last && wanted.application_version && *last >= *wanted.application_version;
}

/// What writer version 2 obliges us to (Delta protocol, "Writer Version Requirements").
void check_writable(const TableSnapshot& latest, const CommitOptions& wanted, const fs::path& table) {
    const auto refuse = [&](std::string_view why) {
        throw LakeError(trawl::format("cannot write to {}: {}; use another table name", table.string(), why));
    };
    if (latest.min_writer > 2) refuse("it asks for a newer Delta writer than version 2");
    if (wanted.disposition == Disposition::replace) return;
    if (!latest.partition_columns.empty()) refuse("it is partitioned");
    if (latest.schema.find("delta.invariants") != std::string::npos) refuse("its columns have invariants to check");
}

void check_removable(const TableSnapshot& latest, const Entry& entry, const fs::path& table) {
    const auto append_only = latest.configuration.find("delta.appendOnly");
    if (append_only == latest.configuration.end() || append_only->second != "true") return;
    if (entry.remove.empty() && entry.operation == "Append") return;
    throw LakeError(
        trawl::format("cannot write to {}: it is append-only, and {}; use another table name", table.string(),
                      entry.operation == "Append" ? "old values need a wider type" : "rows would be replaced"));
}

std::string_view name_of(Disposition disposition) {
    switch (disposition) {
        case Disposition::append:
            return "Append";
        case Disposition::merge:
            return "Merge";
        case Disposition::replace:
            break;
    }
    return "Overwrite";
}

void add_all(std::vector<DataFile>& to, const std::vector<DataFile>& files) {
    to.insert(to.end(), files.begin(), files.end());
}

std::vector<std::string> paths_of(const std::map<std::string, DataFile>& files) {
    std::vector<std::string> out;
    for (const auto& [path, file] : files) out.push_back(path);
    return out;
}

}  // namespace

/// What was written for one schema of the table.
struct Commit::Work {
    Duck duck;
    Plan plan;
    Survivors survivors;
    std::vector<std::string> base_files;
    std::vector<DataFile> added;
    std::optional<Rewriter> rewriter;
};

Commit::Commit(fs::path table, const WriterOptions& options, const CommitOptions& wanted, Records& records)
    : table_(std::move(table)), options_(options), wanted_(wanted), records_(records), id_(make_uuid()) {
    if (wanted.disposition != Disposition::merge || !wanted.primary_key.empty()) return;
    throw UsageError("merge needs a primary key: it says which rows the new ones replace");
}

Commit::~Commit() = default;

Committed Commit::run(LogStore& log) {
    Committed out;
    out.table = table_;
    try {
        out.version = publish(log, [this](const Base& latest) { return decide(latest); });
    } catch (...) {
        // The entry may be there although the call failed (an fsync after the link): then its files must not go.
        if (staging_ && maybe_published()) staging_->keep();
        throw;
    }
    out.already = already_;
    if (already_) return out;
    if (staging_) staging_->keep();
    made_.keep();
    sweep(table_);
    report(out);
    return out;
}

std::optional<Entry> Commit::decide(const Base& latest) {
    already_ = is_done(latest, wanted_);
    if (already_) return std::nullopt;
    if (latest) check_writable(*latest, wanted_, table_);
    auto entry = tells_columns(latest) ? with_records(latest) : without_records(latest);
    if (latest && entry) check_removable(*latest, *entry, table_);
    return entry;
}

/// Declared columns do without a record, but do not take the place of those that a replaced table has.
bool Commit::tells_columns(const Base& latest) const {
    if (records_.spool().lines() > 0) return true;
    return !records_.declared().empty() && (!latest || wanted_.disposition != Disposition::replace);
}

std::optional<Entry> Commit::without_records(const Base& latest) const {
    if (!latest) {
        throw SchemaError(
            trawl::format("no records came for table {}, and it does not exist yet: without a record there "
                          "is no schema to make it with",
                          records_.table()));
    }
    const bool changes_rows = wanted_.disposition == Disposition::replace;
    if (!changes_rows && wanted_.application.empty() && wanted_.checkpoint.empty()) return std::nullopt;
    return make_entry(latest, emptied_schema(latest->schema, records_.declared()));
}

std::optional<Entry> Commit::with_records(const Base& latest) {
    try {
        if (is_stale(latest)) begin(latest);
        if (work_->rewriter) work_->rewriter->update(latest->files);
    } catch (const QueryError& error) {
        explain(error, latest);
    }
    Entry entry = make_entry(latest, work_->plan.schema_text);
    add_all(entry.add, work_->added);
    if (work_->rewriter) {
        add_all(entry.add, work_->rewriter->added());
        add_all(entry.remove, work_->rewriter->removed());
    }
    const bool says_nothing = entry.add.empty() && entry.remove.empty() && !entry.metadata && entry.application.empty();
    return says_nothing ? std::nullopt : std::optional(std::move(entry));
}

/// What DuckDB says of SQL that nobody wrote helps nobody: nearly always a file of the table is the cause.
void Commit::explain(const QueryError& error, const Base& latest) const {
    const std::string refused = trawl::format("cannot write to {}", table_.string());
    for (const auto& [path, file] : latest ? latest->files : std::map<std::string, DataFile>()) {
        std::error_code ignored;
        if (!fs::exists(table_ / path, ignored))
            throw LakeError(trawl::format("{}: its file {} is not there; restore it from a copy, or take 'replace'",
                                          refused, path));
    }
    const std::string text = error.what();
    throw LakeError(trawl::format("{}: {}", refused, text.substr(0, text.find("\nLINE "))));
}

bool Commit::is_stale(const Base& latest) const {
    if (!work_) return true;
    if (wanted_.disposition == Disposition::replace) return false;
    const Plan& plan = work_->plan;
    if (latest.has_value() != plan.known.has_value()) return true;
    if (!latest) return false;
    return latest->schema != plan.known_text || (plan.looked_at_values && paths_of(latest->files) != work_->base_files);
}

void Commit::begin(const Base& latest) {
    discard();
    if (!staging_) {
        made_.make(table_ / "_delta_log");
        staging_ = std::make_unique<Staging>(table_);
    }
    Spool& spool = records_.spool();
    const bool merges = wanted_.disposition == Disposition::merge && spool.lines() > 0;
    const bool rows_stay = latest && wanted_.disposition != Disposition::replace;
    spool.flush();
    work_.reset(new Work{Duck(options_.engine, staging_->spill()), {}, {}, {}, {}, {}});
    enter_canonical_key(work_->duck);
    if (latest) work_->base_files = paths_of(latest->files);
    try {
        plan_and_write(rows_stay ? &*latest : nullptr);
    } catch (const SchemaError& error) {
        throw SchemaError(trawl::format("cannot write to {}: {}", table_.string(), error.what()));
    }
    if (rows_stay) work_->rewriter.emplace(work_->duck, *staging_, table_, work_->plan, merges, options_.file_bytes);
}

void Commit::plan_and_write(const TableSnapshot* base) {
    const Spool& spool = records_.spool();
    const bool is_empty = spool.lines() == 0;
    const std::vector<std::string> no_key;
    work_->plan = make_plan(base, records_.type(), records_.declared(), is_empty ? no_key : wanted_.primary_key, table_,
                            work_->duck);
    if (is_empty) return;
    work_->survivors.count = spool.lines();
    if (!work_->plan.key.empty()) work_->survivors = find_survivors(work_->duck, spool, work_->plan.key);
    const fs::path directory = staging_->new_data();
    work_->added =
        write_records(work_->duck, spool, work_->survivors, work_->plan.schema, directory, options_.file_bytes);
    staging_->move_in(directory, work_->added);
}

void Commit::discard() {
    if (!work_) return;
    staging_->drop(work_->added);
    if (work_->rewriter) staging_->drop(work_->rewriter->added());
    work_.reset();
}

/// The new entry on top of `latest`, without the files that depend on records.
Entry Commit::make_entry(const Base& latest, const std::string& schema) const {
    Entry entry;
    entry.now_ms = unix_ms();
    entry.commit_id = id_;
    entry.operation = name_of(wanted_.disposition);
    entry.application = wanted_.application;
    entry.application_version =
        wanted_.application_version.value_or(last_version(latest, wanted_.application).value_or(0) + 1);
    entry.protocol = !latest;
    TableSnapshot table = latest.value_or(TableSnapshot());
    if (!latest) table.id = make_uuid();
    if (!latest) table.created_ms = entry.now_ms;
    const bool same_schema = table.schema == schema;
    table.schema = schema;
    if (wanted_.disposition == Disposition::replace) {
        table.partition_columns.clear();
        for (const auto& [at, file] : table.files) entry.remove.push_back(file);
    }
    if (!wanted_.checkpoint.empty()) table.configuration[checkpoint_key(wanted_.application)] = wanted_.checkpoint;
    if (!same_schema || !wanted_.checkpoint.empty()) entry.metadata = table;
    return entry;
}

/// True unless it is certain that no entry has our id: then the files have to stay.
bool Commit::maybe_published() const {
    try {
        for (const std::string& entry : list_directory(table_ / "_delta_log")) {
            if (!entry_version(entry)) continue;
            if (read_file(table_ / "_delta_log" / entry).find(id_) != std::string::npos) return true;
        }
        return false;
    } catch (const std::exception&) {
        return true;
    }
}

void Commit::report(Committed& out) const {
    if (work_) {
        out.rows = work_->survivors.count;
        out.superseded = records_.spool().lines() - out.rows;
        out.notes = work_->plan.notes;
        std::vector<DataFile> files = work_->added;
        if (work_->rewriter) {
            add_all(files, work_->rewriter->added());
            out.replaced = work_->rewriter->replaced_rows();
            out.rewritten = static_cast<std::int64_t>(work_->rewriter->removed().size());
        }
        out.files = static_cast<std::int64_t>(files.size());
        for (const DataFile& file : files) out.bytes += file.size_bytes;
    }
    const auto more = records_.notes();
    out.notes.insert(out.notes.end(), more.begin(), more.end());
}

}  // namespace trawl::lake
