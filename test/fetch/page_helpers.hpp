/// Pages for tests: a body, its URL and headers, and what pagination sees of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "trawl/fetch/detect.hpp"
#include "trawl/fetch/pagination.hpp"

namespace trawl {

/// Owns what a PageView points to.
struct TestPage {
    using HeaderList = std::vector<std::pair<std::string, std::string>>;

    TestPage(const std::string& from, std::string text, HeaderList fields = {}, std::string request_body = {})
        : url(Url::parse(from)),
          headers(std::move(fields)),
          body(std::move(text)),
          sent(std::move(request_body)),
          page(JsonPage::parse(body)),
          records(page.records(records_by_protocol(page, nullptr))) {}
    TestPage(const TestPage&) = delete;

    [[nodiscard]] PageView view() const { return {url, headers, page, records, sent}; }

    Url url;
    HeaderList headers;
    std::string body;
    std::string sent;
    JsonPage page;
    Records records;
};

/// `[{"id":first},...]`, `count` of them.
inline std::string rows(std::size_t count, std::size_t first = 0) {
    std::string text = "[";
    for (std::size_t i = 0; i < count; ++i) text += (i ? "," : "") + ("{\"id\":" + std::to_string(first + i)) + "}";
    return text + "]";
}

}  // namespace trawl
