#include "look_text.hpp"

#include <algorithm>

#include "output.hpp"
#include "progress.hpp"
#include "row_table.hpp"
#include "trawl/base/format.hpp"

namespace trawl::cli {
namespace {

std::string total_text(const ResourceLook& look) {
    const PagesFound& found = *look.found;
    std::string text = found.rows ? with_thousands(*found.rows) + " in all" : "how many in all is not said";
    if (found.pages) text += format(", {} {}", with_thousands(*found.pages), *found.pages == 1 ? "page" : "pages");
    return format("rows: {} on the first page; {}{}", with_thousands(look.count), text,
                  found.any_order ? ", asked for concurrently" : "");
}

std::string key_text(const ResourceLook& look, const std::vector<std::string>& primary_key) {
    std::string names;
    for (const std::string& path : primary_key) names += (names.empty() ? "" : ", ") + path;
    return format("primary key: {}, {}", names,
                  is_unique(look.rows, primary_key) ? "which tells the rows of this page apart"
                                                    : "which some rows of this page lack or share: it is none");
}

}  // namespace

std::string look_text(const ResourceLook& look, const std::vector<std::string>& primary_key) {
    std::string text = format("{}: {}\n", look.resource, look.place);
    for (const std::string& note : look.notes) text += format("  {}\n", as_one_line(note));
    if (look.found) text += format("  {}\n", total_text(look));
    if (!primary_key.empty() && look.count > 0) text += format("  {}\n", key_text(look, primary_key));
    if (look.count == 0) return text + "  columns: unknown, there is no row\n";
    text += "  columns:\n";
    std::size_t widest = 0;
    const QueryResult table = table_of(look.rows);
    for (const QueryColumn& column : table.columns) widest = std::max(widest, column.name.size());
    for (const QueryColumn& column : table.columns)
        text += format("    {:{}}  {}\n", as_one_line(column.name), widest, as_one_line(column.type));
    return text;
}

}  // namespace trawl::cli
