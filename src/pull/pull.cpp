#include "trawl/pull/pull.hpp"

#include <algorithm>
#include <memory>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pages.hpp"
#include "trawl/http/client.hpp"
#include "trawl/http/url.hpp"
#include "trawl/lake/table.hpp"
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
    fetch.headers = options.headers;
    return fetch;
}

ClientOptions client_options(const PullOptions& options) {
    ClientOptions client;
    client.connections = options.concurrency;
    if (!options.ca_file.empty()) client.tls.ca_file(options.ca_file);
    return client;
}

// The log's own mark of who committed (Delta's `txn`): the version only grows, also when the clock goes back, so a
// second commit of the same pull would be seen as such. The checkpoint says how far the source was read; a URL holds no
// quotes, and this one no secrets.
CommitOptions commit_options(const PullOptions& options, const PullSummary& summary, const PullProgress& progress) {
    CommitOptions commit;
    commit.application = "trawl:" + summary.table;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    commit.application_version = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    if (const auto table = read_table(options.lake, summary.table)) {
        const auto before = table->transactions.find(commit.application);
        const bool known = before != table->transactions.end();
        if (known) commit.application_version = std::max(commit.application_version, before->second + 1);
    }
    commit.checkpoint = format(R"({{"source":"{}","pages":{},"rows":{}}})", Url::parse(options.url).redacted(),
                               progress.pages, progress.rows);
    return commit;
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
    Task<Committed> commit(CommitOptions options) {
        co_await flush();
        auto publish = [](std::shared_ptr<TableWriter> writer, CommitOptions how) { return writer->commit(how); };
        co_return co_await to_thread(publish, writer_, std::move(options));
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
    PageStream pages(client, fetch_options(options), &progress);
    while (true) {
        std::optional<Page> page = co_await pages.next();
        if (!page) break;
        progress.phase = PullProgress::Phase::pages;
        progress.pages += 1;
        progress.rows += page->count;
        progress.bytes += page->bytes;
        co_await sink.add(std::move(page->records));
    }
    summary.fetching = Clock::now() - begin;
    summary.notes = pages.notes();
    progress.phase = PullProgress::Phase::commit;
    if (progress.rows == 0 && !read_table(options.lake, summary.table)) {
        summary.notes.emplace_back("note: the source has no rows, so nothing tells the columns: no table was made");
    } else {
        CommitOptions how = commit_options(options, summary, progress);
        const Committed result = co_await sink.commit(std::move(how));
        if (result.already) {
            throw CommitConflict(
                format("another pull committed to {} while this one was writing; run it again", summary.path.string()));
        }
        summary.version = result.version;
        summary.notes.insert(summary.notes.end(), result.notes.begin(), result.notes.end());
    }
    progress.phase = PullProgress::Phase::done;
    summary.elapsed = Clock::now() - begin;
    summary.progress = progress;
    co_return summary;
}

}  // namespace trawl
