/// A query's result as a table for a terminal.
#include <algorithm>
#include <string>

#include "trawl/base/format.hpp"
#include "trawl/lake/query.hpp"

namespace trawl {
namespace {

/// Cells a code point takes on a terminal: East Asian wide forms and emoji two, combining marks none. (Unicode UAX #11,
/// by its large blocks.)
std::size_t cells(char32_t point) {
    if ((point >= 0x300 && point <= 0x36f) || point == 0x200b || point == 0x200d ||
        (point >= 0xfe00 && point <= 0xfe0f))
        return 0;
    const bool wide = (point >= 0x1100 && point <= 0x115f) || (point >= 0x2e80 && point <= 0xa4cf) ||
                      (point >= 0xac00 && point <= 0xd7a3) || (point >= 0xf900 && point <= 0xfaff) ||
                      (point >= 0xfe30 && point <= 0xfe6f) || (point >= 0xff00 && point <= 0xff60) ||
                      (point >= 0x1f300 && point <= 0x1faff) || (point >= 0x20000 && point <= 0x3fffd);
    return wide ? 2 : 1;
}

struct Cell {
    std::string text;
    std::size_t width = 0;
};

/// Text that stays on its line and within `limit` cells.
Cell make_cell(std::string_view text, std::size_t limit) {
    Cell out;
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t size = std::min<std::size_t>(lead < 0xc0   ? 1
                                                       : lead < 0xe0 ? 2
                                                       : lead < 0xf0 ? 3
                                                                     : 4,
                                                       text.size() - at);
        char32_t point = size == 1 ? lead : lead & (0x7fU >> size);
        for (std::size_t i = 1; i < size; ++i)
            point = (point << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
        std::string piece(text.substr(at, size));
        if (point < 0x20 || point == 0x7f)
            piece = point == '\n' ? "\\n" : trawl::format("\\x{:02x}", static_cast<unsigned>(point));
        const std::size_t width = point < 0x20 || point == 0x7f ? piece.size() : cells(point);
        if (limit != 0 && out.width + width > limit - (at + size < text.size() ? 1 : 0)) {
            out.text += "…";
            ++out.width;
            return out;
        }
        out.text += piece;
        out.width += width;
        at += size;
    }
    return out;
}

bool is_number(std::string_view type) {
    constexpr std::string_view names[] = {"TINYINT",   "SMALLINT", "INTEGER", "BIGINT",   "HUGEINT", "UTINYINT",
                                          "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",   "DOUBLE"};
    const bool decimal = type.starts_with("DECIMAL(") && type.ends_with(")");
    return decimal || std::find(std::begin(names), std::end(names), type) != std::end(names);
}

/// One column: its cells from top to bottom (name, type, values) and how wide they are.
struct Strip {
    std::vector<Cell> cells;
    std::size_t width = 0;
    bool right = false;
    void add(Cell cell) {
        width = std::max(width, cell.width);
        cells.push_back(std::move(cell));
    }
};

std::vector<Strip> strips(const QueryResult& result, std::size_t rows, std::size_t limit) {
    std::vector<Strip> out(result.columns.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].right = is_number(result.columns[i].type);
        out[i].add(make_cell(result.columns[i].name, limit));
        out[i].add(make_cell(result.columns[i].type, limit));
        for (std::size_t row = 0; row < rows; ++row) out[i].add(make_cell(result.rows[row][i].value_or("NULL"), limit));
    }
    return out;
}

std::string rule(const std::vector<Strip>& columns, std::string_view left, std::string_view middle,
                 std::string_view right) {
    std::string out(left);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += middle;
        for (std::size_t n = 0; n < columns[i].width + 2; ++n) out += "─";
    }
    return out + std::string(right) + "\n";
}

std::string line(const std::vector<Strip>& columns, std::size_t index) {
    std::string out = "│";
    for (const Strip& column : columns) {
        const Cell& cell = column.cells[index];
        const std::string space(column.width - cell.width, ' ');
        out += column.right ? trawl::format(" {}{} │", space, cell.text) : trawl::format(" {}{} │", cell.text, space);
    }
    return out + "\n";
}

std::string with_commas(std::size_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

}  // namespace

std::string render(const QueryResult& result, const RenderOptions& options) {
    const std::size_t total = result.rows.size();
    if (result.columns.empty()) return "(no result)\n";
    const std::size_t shown = options.max_rows == 0 ? total : std::min(total, options.max_rows);
    const auto columns = strips(result, shown, options.max_width);
    std::string out = rule(columns, "┌", "┬", "┐") + line(columns, 0) + line(columns, 1) + rule(columns, "├", "┼", "┤");
    for (std::size_t row = 0; row < shown; ++row) out += line(columns, row + 2);
    out += rule(columns, "└", "┴", "┘");
    out += trawl::format("{} {}", with_commas(total), total == 1 ? "row" : "rows");
    return out + (shown < total ? trawl::format(" ({} shown)\n", with_commas(shown)) : "\n");
}

}  // namespace trawl
