#include "fetched_page.hpp"

#include <algorithm>

#include "row_lines.hpp"
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
    rows.memory.resize(PageRows::overhead + rows.ndjson.capacity() + rows.keys.capacity() * sizeof(KeyHash));
    return rows;
}

/// What it takes for a page: `body` becomes the array that the lines stand for, where it is lines.
JsonPage PageCutter::parse(std::unique_ptr<const std::string>& body, std::string_view content_type) {
    const bool says_lines = is_lines_type(content_type);
    const bool is_bare = body->find_first_not_of(" \t\r\n") == std::string::npos;
    is_lines = is_lines || says_lines;
    if (says_lines || (is_lines && is_bare)) body = std::make_unique<const std::string>(array_of_lines(*body));
    try {
        return JsonPage::parse(*body);
    } catch (const PageError&) {
        if (says_lines || !looks_like_lines(*body)) throw;
    }
    is_lines = true;
    body = std::make_unique<const std::string>(array_of_lines(*body));
    return JsonPage::parse(*body);
}

void PageCutter::learn(const Records& first) {
    are_elements = first.are_elements;
    shape.learn(first.ndjson);
}

FetchedPage PageCutter::cut(Response response, PageRequest request, ByteBudget::Hold memory) {
    constexpr int no_content = 204;
    auto headers = list_of(response.headers());
    const std::string content_type(response.headers().get("content-type").value_or(""));
    const bool is_empty = response.status() == no_content;
    auto body = std::make_unique<const std::string>(std::move(response).text());
    const std::string url = request.url.redacted();
    try {
        if (is_empty) body = std::make_unique<const std::string>("[]");
        JsonPage page = parse(body, content_type);
        const auto path = is_empty ? JsonPath{} : records_path ? records_path : records_by_protocol(page, said);
        Records records = page.records(path, are_elements && !is_lines);  // a line is a row, whatever is in it
        refuse_half_characters(records.ndjson);
        if (const auto refusal = shape.refusal(records.ndjson, records.count)) throw PageError(*refusal);
        std::vector<KeyHash> keys;
        if (row_key) keys = row_key->of_all(records.ndjson);
        return {std::move(request), std::move(headers), std::move(body),  std::move(page),
                std::move(records), std::move(keys),    std::move(memory)};
    } catch (const PageError& error) {
        throw PageError(format("{}: {}; check the URL", url, error.what()));
    } catch (const NoRecordsError& error) {
        throw NoRecordsError(format("{}: {}", url, error.what()));
    }
}

}  // namespace trawl::fetch
