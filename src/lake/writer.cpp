/// TableWriter: observing and spooling, then plan, write and publish.
#include "trawl/lake/writer.hpp"

#include <algorithm>
#include <optional>

#include "convert.hpp"
#include "log_store.hpp"
#include "names.hpp"
#include "observe.hpp"
#include "schema.hpp"
#include "spool.hpp"
#include "staging.hpp"
#include "trawl/base/format.hpp"
#include "trawl/lake/table.hpp"

namespace trawl {

using lake::fs::path;
using Base = std::optional<TableSnapshot>;

namespace {

/// Declared before the spool, so that the lake's directory goes (if it was made, and is empty) after the spool is
/// closed.
struct Directories {
    lake::MadeDirectories made;
    explicit Directories(const path& lake) { made.make(lake); }
};

bool is_done(const Base& base, const CommitOptions& options) {
    if (!base || options.application.empty()) return false;
    const auto found = base->transactions.find(options.application);
    return found != base->transactions.end() && found->second >= options.application_version;
}

/// What writer version 2 obliges us to (Delta protocol, "Writer Version Requirements").
void check_writable(const TableSnapshot& base, const CommitOptions& options, const path& table) {
    const auto refuse = [&](std::string_view why) {
        throw LakeError(trawl::format("cannot write to {}: {}; use another table name", table.string(), why));
    };
    if (base.min_writer > 2) refuse("it asks for a newer Delta writer than version 2");
    const auto append_only = base.configuration.find("delta.appendOnly");
    const bool replaces = options.disposition == Disposition::replace;
    if (replaces && append_only != base.configuration.end() && append_only->second == "true")
        refuse("it is append-only");
    if (replaces) return;
    if (!base.partition_columns.empty()) refuse("it is partitioned");
    if (base.schema.find("delta.invariants") != std::string::npos) refuse("its columns have invariants to check");
}

}  // namespace

struct TableWriter::Impl {
    Impl(path lake, std::string table_name, WriterOptions given)
        : table(lake / table_name), name(std::move(table_name)), options(given), directories(lake), spool(lake) {}

    path table;
    std::string name;
    WriterOptions options;
    Directories directories;
    lake::Spool spool;
    JsonReader reader;
    lake::Observer observer;
    bool used = false;

    void append(std::string_view line);
    Committed commit(const CommitOptions& wanted);

    // The steps of commit.
    struct Plan {
        std::string schema_text;
        lake::Schema schema;
        std::vector<std::string> notes;
    };
    [[nodiscard]] Plan plan(const Base& base, bool append) const;
    [[nodiscard]] Plan plan_append(const TableSnapshot& base) const;
    void remark_duplicates(std::vector<std::string>& notes) const;
    std::vector<DataFile> write(lake::Staging& staging, const Plan& plan);
    std::int64_t publish(const CommitOptions& wanted, const Base& base, const Plan& plan, lake::Staging& staging,
                         const std::vector<DataFile>& files, bool& already);
    [[nodiscard]] bool maybe_published(const std::string& commit_id) const;
};

void TableWriter::Impl::append(std::string_view line) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    try {
        observer.observe(reader.parse_record(line));
    } catch (const JsonError& error) {
        throw LakeError(trawl::format("record {} for table {} is not JSON: {}; it begins with {}", spool.lines() + 1,
                                      name, error.what(), line.substr(0, 80)));
    }
    spool.add(line);
}

void TableWriter::Impl::remark_duplicates(std::vector<std::string>& notes) const {
    if (observer.duplicate_keys() == 0) return;
    notes.push_back(trawl::format("{} times an object had a key twice (first: \"{}\"); the last value counts",
                                  observer.duplicate_keys(), observer.duplicate_key()));
}

TableWriter::Impl::Plan TableWriter::Impl::plan_append(const TableSnapshot& base) const {
    JsonReader schema_reader;
    const lake::Schema known = lake::from_delta(schema_reader.parse(base.schema));
    Plan out;
    out.schema = lake::make_schema(observer.type(), &known);
    out.schema_text = lake::to_delta(out.schema);
    // Unchanged: keep the text that is there, with whatever other tools have written into it.
    if (out.schema_text == lake::to_delta(known)) out.schema_text = base.schema;
    return out;
}

TableWriter::Impl::Plan TableWriter::Impl::plan(const Base& base, bool append) const {
    Plan out;
    if (spool.lines() == 0) {
        if (!base) {
            throw SchemaError(
                trawl::format("no records came for table {}, and it does not exist yet: without a record there "
                              "is no schema to make it with",
                              name));
        }
        out.schema_text = base->schema;
    } else if (append && base) {
        out = plan_append(*base);
    } else {
        out.schema = lake::make_schema(observer.type(), nullptr);
        out.schema_text = lake::to_delta(out.schema);
    }
    out.notes = out.schema.notes;
    remark_duplicates(out.notes);
    return out;
}

std::vector<DataFile> TableWriter::Impl::write(lake::Staging& staging, const Plan& plan) {
    if (spool.lines() == 0) return {};
    spool.flush();
    lake::Duck duck(options.engine, staging.spill());
    auto files = lake::write_parquet(duck, spool, plan.schema, staging.data(), options.file_bytes);
    for (const DataFile& file : files) staging.move_in(file.path);
    lake::sync_directory(table);
    return files;
}

/// True unless it is certain that no entry has this id: then the files have to stay.
bool TableWriter::Impl::maybe_published(const std::string& commit_id) const {
    try {
        for (const std::string& entry : lake::list_directory(table / "_delta_log")) {
            if (!lake::entry_version(entry)) continue;
            if (lake::read_file(table / "_delta_log" / entry).find(commit_id) != std::string::npos) return true;
        }
        return false;
    } catch (const std::exception&) {
        return true;
    }
}

namespace {

/// The new entry on top of `latest`, or nothing if this application version is there already.
lake::Entry make_entry(const Base& latest, const CommitOptions& options, const std::string& schema,
                       const std::vector<DataFile>& files) {
    lake::Entry entry;
    entry.now_ms = lake::unix_ms();
    entry.overwrite = options.disposition == Disposition::replace;
    entry.application = options.application;
    entry.application_version = options.application_version;
    entry.protocol = !latest;
    entry.add = files;
    TableSnapshot table = latest.value_or(TableSnapshot());
    if (!latest) table.id = lake::make_uuid();
    if (!latest) table.created_ms = entry.now_ms;
    for (const auto& [at, file] : table.files) {
        if (entry.overwrite) entry.remove.push_back(file);
    }
    const bool same_schema = table.schema == schema;
    table.schema = schema;
    if (entry.overwrite) table.partition_columns.clear();
    if (!options.checkpoint.empty()) {
        table.configuration[lake::checkpoint_key(options.application)] = options.checkpoint;
    }
    if (!same_schema || !options.checkpoint.empty()) entry.metadata = table;
    return entry;
}

}  // namespace

std::int64_t TableWriter::Impl::publish(const CommitOptions& wanted, const Base& base, const Plan& plan,
                                        lake::Staging& staging, const std::vector<DataFile>& files, bool& already) {
    lake::LocalLog log(table);
    const std::string commit_id = lake::make_uuid();
    const auto decide = [&](const Base& latest) -> std::optional<lake::Entry> {
        already = is_done(latest, wanted);
        if (already) return std::nullopt;
        if (latest) check_writable(*latest, wanted, table);
        const bool moved = latest && (!base || latest->schema != base->schema);
        if (moved && wanted.disposition == Disposition::append) {
            throw CommitConflict(
                trawl::format("another writer changed the columns of {} meanwhile: run again", table.string()));
        }
        lake::Entry entry = make_entry(latest, wanted, plan.schema_text, files);
        entry.commit_id = commit_id;
        return entry;
    };
    try {
        return lake::publish(log, decide);
    } catch (...) {
        // The entry may be there although the call failed (an fsync after the link): then its files must not go.
        if (maybe_published(commit_id)) staging.keep();
        throw;
    }
}

Committed TableWriter::Impl::commit(const CommitOptions& wanted) {
    if (used) throw UsageError("a TableWriter commits once");
    used = true;
    Committed out;
    out.table = table;
    const Base base = lake::LocalLog(table).latest();
    out.already = is_done(base, wanted);
    out.version = base ? base->version : 0;
    if (out.already) return out;
    if (base) check_writable(*base, wanted, table);
    const Plan planned = plan(base, wanted.disposition == Disposition::append);
    out.notes = planned.notes;
    lake::MadeDirectories made;
    made.make(table / "_delta_log");
    lake::Staging staging(table);
    const auto files = write(staging, planned);
    out.version = publish(wanted, base, planned, staging, files, out.already);
    if (out.already) return out;
    staging.keep();
    made.keep();
    directories.made.keep();
    out.rows = spool.lines();
    out.files = static_cast<std::int64_t>(files.size());
    for (const DataFile& file : files) out.bytes += file.size_bytes;
    return out;
}

TableWriter::TableWriter(path lake, std::string name, WriterOptions options) {
    lake::check_table_name(name);
    impl_ = std::make_unique<Impl>(std::move(lake), std::move(name), options);
}

TableWriter::~TableWriter() = default;
TableWriter::TableWriter(TableWriter&&) noexcept = default;
TableWriter& TableWriter::operator=(TableWriter&&) noexcept = default;

void TableWriter::append(std::string_view ndjson) {
    while (!ndjson.empty()) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size());
        impl_->append(ndjson.substr(0, end));
        ndjson.remove_prefix(std::min(end + 1, ndjson.size()));
    }
}

std::int64_t TableWriter::rows() const { return impl_->spool.lines(); }
std::int64_t TableWriter::bytes() const { return impl_->spool.bytes(); }
Type TableWriter::observed() const { return impl_->observer.type(); }
Committed TableWriter::commit(const CommitOptions& options) { return impl_->commit(options); }

}  // namespace trawl
