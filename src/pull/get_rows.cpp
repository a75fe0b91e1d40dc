// A list of URLs whose documents are rows of one table.
#include <vector>

#include "row_work.hpp"
#include "table_sink.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/refusal_in_text.hpp"
#include "trawl/http/json_text.hpp"
#include "trawl/pull/get.hpp"
#include "url_work.hpp"

namespace trawl {
namespace {

class RowsOfUrls final : public pulling::UrlWork {
public:
    RowsOfUrls(GetRowsOptions options, GetProgress& progress)
        : UrlWork(options, progress),
          options_(std::move(options)),
          sink_(options_.lake, options_.table),
          work_(none_, nullptr, "") {
        if (options_.records) records_ = JsonPath::parse(*options_.records);
        work_.reserve("_url", "what says where it came from: pull that document alone (trawl pull URL)");
    }

    Task<Committed> get() {
        co_await run();
        if (progress().rows == 0) throw NoRecordsError(without_rows());
        CommitOptions commit;
        commit.disposition = options_.disposition;
        commit.primary_key = options_.primary_key;
        co_return co_await sink_.commit(std::move(commit));
    }

private:
    std::string name_of(const Url& url) override { return url.redacted(); }
    Task<bool> is_there(std::string) override { co_return false; }

    Task<> take(Request request, std::string name) override {
        if (!request.headers().contains("accept")) request.mutable_headers().add("accept", "application/json");
        const Response response = co_await std::move(request);
        response.raise_for_status();
        refuse_emptiness(response, name);
        pulling::Rows rows = rows_of(response.text(), name);
        progress().bytes += response.text().size();
        co_await sink_.add(std::move(rows.ndjson));
        progress().rows += rows.count;
    }

    // Each document is the first of its kind: nothing that one says beside its rows is usual.
    void refuse_emptiness(const Response& response, const std::string& name) const {
        const fetch::RefusalsInText refusals;
        const auto refusal = refusals.in(response.status(), response.text(), "", records_);
        if (refusal) throw PageError(format("{}: {}", name, *refusal));
    }

    pulling::Rows rows_of(std::string_view body, const std::string& name) {
        try {
            Records records = JsonPage::parse(body).records(records_);
            const std::string added = format("\"_url\":{},", quote_json(name));
            pulling::RowWork::Sequence none;
            return work_.apply(std::move(records.ndjson), records.count, added, {}, none);
        } catch (const PageError& error) {
            throw PageError(format("{}: {}", name, error.what()));
        } catch (const NoRecordsError& error) {
            throw NoRecordsError(format("{}: {}", name, error.what()));
        } catch (const FetchError& error) {
            throw FetchError(format("{}: {}", name, error.what()));
        }
    }

    [[nodiscard]] std::string without_rows() {
        const std::string why =
            progress().errors.empty() ? "none of the documents has a row" : progress().errors.front();
        return format("no rows came of {} URLs: {}", progress().files + progress().failed, why);
    }

    GetRowsOptions options_;
    std::optional<JsonPath> records_;
    pulling::TableSink sink_;
    Resource none_;  // rows are taken as they are
    pulling::RowWork work_;
};

}  // namespace

Task<Committed> get_rows(GetRowsOptions options, GetProgress& progress) {
    RowsOfUrls rows(std::move(options), progress);
    co_return co_await rows.get();
}

}  // namespace trawl
