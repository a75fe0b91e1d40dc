#include "damaged_answer.hpp"

#include <string_view>

#include "row_lines.hpp"
#include "trawl/base/error.hpp"
#include "trawl/fetch/json_page.hpp"

namespace trawl::fetch {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool ends_with_connection(const Response& response) {
    return response.http_version().starts_with("HTTP/1") && !response.headers().contains("content-length") &&
           !response.headers().contains("transfer-encoding");
}

}  // namespace

std::optional<std::string> damage_in(const Response& response) {
    if (is_lines_type(response.headers().get("content-type").value_or(""))) return std::nullopt;
    const std::string_view body = response.text();
    const std::size_t begin = body.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return "the answer is empty";
    if (body[begin] == '<') return "the answer is HTML or XML, not JSON";
    if (!ends_with_connection(response) || looks_like_lines(body)) return std::nullopt;
    try {
        (void)JsonPage::parse(body);
    } catch (const PageError& error) {
        return error.what();
    }
    return std::nullopt;
}

}  // namespace trawl::fetch
