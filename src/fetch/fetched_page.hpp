/// A page that has come: parsed, its records cut out, with what the pagination may ask of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "row_key.hpp"
#include "row_shape.hpp"
#include "trawl/fetch/byte_budget.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/page_request.hpp"
#include "trawl/fetch/paginate.hpp"
#include "trawl/fetch/pagination.hpp"
#include "trawl/http/response.hpp"

namespace trawl::fetch {

/// What is kept of a page until its turn.
struct PageRows {
    /// Beside its rows and keys, in bytes: this, its URL, and what the paginator keeps of it (900 were measured).
    static constexpr std::size_t overhead = 1024;

    std::string ndjson;
    std::size_t count = 0;
    std::size_t bytes = 0;      // of the body
    std::vector<KeyHash> keys;  // of the rows, where a primary key is known
    std::string url;            // redacted
    Acceptance acceptance;      // of a walk, which accepts each page before it asks for the next
    ByteBudget::Hold memory;
};

struct FetchedPage {
    PageRequest request;
    std::vector<std::pair<std::string, std::string>> headers;
    std::unique_ptr<const std::string> body;  // the page's views point into it: it stays where it is
    JsonPage page;
    Records records;
    std::vector<KeyHash> keys;
    ByteBudget::Hold memory;

    [[nodiscard]] PageView view() const { return {request.url, headers, page, records, request.body}; }
    [[nodiscard]] PageRows take_rows() &&;
};

/// How answers become pages. Both may still be unknown when the first page comes.
struct PageCutter {
    std::optional<JsonPath> records_path;
    std::optional<RowKey> row_key;
    const Pagination* said = nullptr;  // what the user says of the pagination: a protocol tells where records are

    bool is_lines = false;      // a page was a row a line
    bool are_elements = false;  // the first page's rows, of an array
    RowShape shape;             // of the first page's rows

    /// What the first page's records say of those that follow.
    void learn(const Records& first);

    /// Parses an answer and cuts its records out; "no content" is a page without rows. Throws PageError and
    /// NoRecordsError, which name the URL.
    [[nodiscard]] FetchedPage cut(Response response, PageRequest request, ByteBudget::Hold memory);

private:
    [[nodiscard]] JsonPage parse(std::unique_ptr<const std::string>& body, std::string_view content_type);
};

}  // namespace trawl::fetch
