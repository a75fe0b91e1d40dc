#include "csv.hpp"

#include <optional>

namespace trawl::cli {
namespace {

// RFC 4180; NULL is an empty field, an empty text is "".
std::string csv_field(const std::optional<std::string>& value) {
    if (!value) return {};
    if (!value->empty() && value->find_first_of(",\"\r\n") == std::string::npos) return *value;
    std::string quoted = "\"";
    for (const char c : *value) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace

std::string csv(const QueryResult& result) {
    std::string text;
    for (std::size_t i = 0; i < result.columns.size(); ++i) {
        text += (i == 0 ? "" : ",") + csv_field(result.columns[i].name);
    }
    text += '\n';
    for (const auto& row : result.rows) {
        for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ",") + csv_field(row[i]);
        text += '\n';
    }
    return text;
}

}  // namespace trawl::cli
