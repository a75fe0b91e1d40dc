#include "table_sink.hpp"

#include <utility>

#include "trawl/loop/thread.hpp"

namespace trawl::pulling {
namespace {

// Pages go to the table's spool in batches: a trip to a thread pays off from about a megabyte. With less, and other
// work on the machine, trips take so long that pages pile up.
constexpr std::size_t kBatchBytes = 1 << 20;

}  // namespace

TableSink::TableSink(std::filesystem::path lake, std::string table, std::vector<DeclaredColumn> columns) {
    WriterOptions options;
    options.columns = std::move(columns);
    writer_ = std::make_shared<TableWriter>(lake, table, std::move(options));
}

Task<> TableSink::add(std::string ndjson) {
    is_empty_ = is_empty_ && ndjson.empty();
    batch_ += ndjson;
    if (batch_.size() >= kBatchBytes) co_await flush();
}

Task<> TableSink::flush() {
    const Lock::Guard turn = co_await at_work_.acquire();
    auto append = [](std::shared_ptr<TableWriter> writer, std::string batch) { writer->append(batch); };
    std::string batch = std::exchange(batch_, {});
    co_await to_thread(append, writer_, std::move(batch));
}

Task<Committed> TableSink::commit(CommitOptions options) {
    co_await flush();
    auto publish = [](std::shared_ptr<TableWriter> writer, CommitOptions how) { return writer->commit(how); };
    co_return co_await to_thread(publish, writer_, std::move(options));
}

}  // namespace trawl::pulling
