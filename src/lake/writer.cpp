/// TableWriter: records, then one commit.
#include "trawl/lake/writer.hpp"

#include <algorithm>

#include "commit.hpp"
#include "names.hpp"
#include "records.hpp"
#include "staging.hpp"

namespace trawl {

using lake::fs::path;

namespace {

/// Declared before the records, so that the lake's directory goes (if it was made, and is empty) after the spool is
/// closed.
struct Directories {
    lake::MadeDirectories made;
    explicit Directories(const path& lake) { made.make(lake); }
};

}  // namespace

struct TableWriter::Impl {
    Impl(const path& lake, const std::string& name, WriterOptions given)
        : table(lake / name), options(std::move(given)), directories(lake), records(lake, name, options.columns) {}

    path table;
    WriterOptions options;
    Directories directories;
    lake::Records records;
    bool used = false;

    Committed commit(const CommitOptions& wanted) {
        if (used) throw UsageError("a TableWriter commits once");
        used = true;
        lake::LocalLog log(table);
        Committed done = lake::Commit(table, options, wanted, records).run(log);
        if (!done.already) directories.made.keep();
        return done;
    }
};

TableWriter::TableWriter(const path& lake, const std::string& name, WriterOptions options) {
    lake::check_table_name(name);
    impl_ = std::make_unique<Impl>(lake, name, std::move(options));
}

TableWriter::~TableWriter() = default;
TableWriter::TableWriter(TableWriter&&) noexcept = default;
TableWriter& TableWriter::operator=(TableWriter&&) noexcept = default;

void TableWriter::append(std::string_view ndjson) {
    while (!ndjson.empty()) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size());
        impl_->records.append(ndjson.substr(0, end));
        ndjson.remove_prefix(std::min(end + 1, ndjson.size()));
    }
}

std::int64_t TableWriter::rows() const { return impl_->records.spool().lines(); }
std::int64_t TableWriter::bytes() const { return impl_->records.spool().bytes(); }
Type TableWriter::observed() const { return impl_->records.type(); }
Committed TableWriter::commit(const CommitOptions& options) { return impl_->commit(options); }

}  // namespace trawl
