#include "trawl/pull/pull.hpp"

#include <memory>

#include "trawl/base/error.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/http/client.hpp"
#include "trawl/lake/writer.hpp"
#include "trawl/loop/thread.hpp"

namespace trawl {
namespace {

// Pages go to the table's spool in batches: a trip to a thread pays off from about a megabyte.
constexpr std::size_t kBatchBytes = 1 << 20;

FetchOptions fetch_options(const PullOptions& options) {
    FetchOptions fetch(options.url);
    fetch.records = options.records;
    fetch.paginator = options.paginator;
    fetch.concurrency = options.concurrency;
    return fetch;
}

ClientOptions client_options(const PullOptions& options) {
    ClientOptions client;
    client.connections = options.concurrency;
    return client;
}

void copy(const FetchStats& stats, PullProgress& progress) {
    progress.requests = stats.requests;
    progress.retries = stats.retries;
    progress.in_flight = stats.in_flight;
    progress.in_flight_peak = stats.in_flight_peak;
    progress.waited = stats.waited;
    progress.pages_total = stats.pages_total;
}

/// The table's side of a pull. Its calls block on the disk, so they run on a thread, one at a time.
class Sink {
public:
    Sink(const std::filesystem::path& lake, const std::string& table)
        : writer_(std::make_shared<TableWriter>(lake, table)) {}

    Task<> add(std::string records) {
        batch_ += records;
        if (batch_.size() >= kBatchBytes) co_await flush();
    }
    Task<Committed> commit() {
        co_await flush();
        co_return co_await to_thread([](std::shared_ptr<TableWriter> writer) { return writer->commit(); }, writer_);
    }

private:
    Task<> flush() {
        auto append = [](std::shared_ptr<TableWriter> writer, std::string batch) { writer->append(batch); };
        std::string batch = std::exchange(batch_, {});
        co_await to_thread(append, writer_, std::move(batch));
    }

    std::shared_ptr<TableWriter> writer_;  // shared with the thread: an abandoned call still has it
    std::string batch_;
};

}  // namespace

Task<PullSummary> pull(PullOptions options, PullProgress& progress) {
    const TimePoint begin = Clock::now();
    PullSummary summary;
    summary.table = options.table.empty() ? table_name_for(options.url) : options.table;
    summary.path = options.lake / summary.table;
    Sink sink(options.lake, summary.table);
    Client client({}, client_options(options));
    PageStream pages(client, fetch_options(options));
    while (true) {
        std::optional<Page> page = co_await pages.next();
        copy(pages.stats(), progress);
        if (!page) break;
        progress.phase = PullProgress::Phase::pages;
        progress.pages += 1;
        progress.rows += page->count;
        progress.bytes += page->bytes;
        co_await sink.add(std::move(page->records));
    }
    summary.fetching = Clock::now() - begin;
    progress.phase = PullProgress::Phase::commit;
    const Committed result = co_await sink.commit();
    progress.phase = PullProgress::Phase::done;
    summary.version = result.version;
    summary.notes = pages.notes();
    summary.notes.insert(summary.notes.end(), result.notes.begin(), result.notes.end());
    summary.elapsed = Clock::now() - begin;
    summary.progress = progress;
    co_return summary;
}

}  // namespace trawl
