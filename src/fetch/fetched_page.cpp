#include "fetched_page.hpp"

#include <algorithm>

#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/detect.hpp"
#include "trawl/http/json_text.hpp"

namespace trawl::fetch {
namespace {

std::vector<std::pair<std::string, std::string>> list_of(const Headers& headers) {
    std::vector<std::pair<std::string, std::string>> list;
    list.reserve(headers.size());
    for (const Headers::Field field : headers) list.emplace_back(field.name, field.value);
    return list;
}

// Legal by JSON's grammar, and still nothing that a text can hold: the table could only keep something else.
void refuse_half_characters(std::string_view ndjson) {
    const std::size_t at = find_lone_surrogate(ndjson);
    if (at == std::string_view::npos) return;
    const auto record = std::count(ndjson.begin(), ndjson.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    throw PageError(format(
        "record {} holds {}, half of a character (a lone surrogate), which no text can hold: have the source mend "
        "it, or ask for the page without that field or record",
        record, ndjson.substr(at, 6)));
}

}  // namespace

PageRows FetchedPage::take_rows() && {
    PageRows rows;
    rows.ndjson = std::move(records.ndjson);
    rows.count = records.count;
    rows.bytes = body->size();
    rows.keys = std::move(keys);
    rows.url = request.url.redacted();
    rows.memory = std::move(memory);
    rows.memory.resize(rows.ndjson.size() + rows.keys.size() * sizeof(KeyHash));
    return rows;
}

FetchedPage PageCutter::cut(Response response, PageRequest request, ByteBudget::Hold memory) {
    auto headers = list_of(response.headers());
    auto body = std::make_unique<const std::string>(std::move(response).take_body());
    const std::string url = request.url.redacted();
    try {
        JsonPage page = JsonPage::parse(*body);
        Records records = page.records(records_path ? records_path : records_by_protocol(page, said));
        refuse_half_characters(records.ndjson);
        std::vector<KeyHash> keys;
        if (row_key) keys = row_key->of_all(records.ndjson);
        return {std::move(request), std::move(headers), std::move(body),  std::move(page),
                std::move(records), std::move(keys),    std::move(memory)};
    } catch (const PageError& error) {
        throw PageError(format("{}: {}; check the URL", url, error.what()));
    } catch (const NoRecordsError& error) {
        throw NoRecordsError(format("{}: {}; check --records", url, error.what()));
    }
}

}  // namespace trawl::fetch
