#include "row_prints.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <vector>

#include "trawl/fetch/json_page.hpp"

namespace trawl::fetch {
namespace {

struct Column {
    std::unordered_set<std::size_t> values;
    std::size_t rows = 0;
    std::size_t print = 0;

    void add(std::size_t value) {
        values.insert(value);
        ++rows;
        print = print * 1'000'003 + value;  // the multiplier of Python's tuple hash before 3.8: the order counts
    }
};

}  // namespace

RowPrints row_prints(std::string_view ndjson) {
    std::map<std::string, Column> columns;
    std::size_t rows = 0;
    for (; !ndjson.empty(); ++rows) {
        const std::size_t end = std::min(ndjson.find('\n'), ndjson.size() - 1);
        for (const JsonField& field : JsonPage::parse(ndjson.substr(0, end)).fields(1))
            if (!field.is_null) columns[field.path.str()].add(std::hash<std::string>{}(field.value.text));
        ndjson.remove_prefix(end + 1);
    }
    RowPrints prints;
    for (const auto& [name, column] : columns)
        if (rows > 1 && column.rows == rows && column.values.size() == rows) prints.emplace(name, column.print);
    return prints;
}

void drop_common(RowPrints& page, const RowPrints& other) {
    std::erase_if(page, [&other](const auto& field) {
        const auto found = other.find(field.first);
        return found != other.end() && found->second == field.second;
    });
}

bool has_common(const RowPrints& page, const RowPrints& other) {
    return std::any_of(page.begin(), page.end(), [&other](const auto& field) {
        const auto found = other.find(field.first);
        return found != other.end() && found->second == field.second;
    });
}

bool has_mostly_common(const RowPrints& page, const RowPrints& other) {
    std::size_t same = 0, different = 0;
    for (const auto& [field, print] : page) {
        const auto found = other.find(field);
        if (found != other.end()) ++(found->second == print ? same : different);
    }
    return same > different;
}

}  // namespace trawl::fetch
