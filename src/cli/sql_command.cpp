// `trawl sql`: a question to the lake.
#include <unistd.h>

#include <string>
#include <string_view>

#include "commands.hpp"
#include "csv.hpp"
#include "output.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/lake/query.hpp"

namespace trawl::cli {

namespace {

// DuckDB's first line says what is wrong; the excerpt below it would not survive on one line.
std::string advice(const QueryError& error, const Lake& lake) {
    const std::string_view message = error.what();
    // What it says of a view that is to be written: a lake's tables are views of theirs.
    if (message.find("is not an table") != std::string_view::npos)
        return "the lake is read-only: only trawl pull writes its tables; ask with SELECT";
    std::string tables;
    for (const std::string& table : lake.tables()) tables += (tables.empty() ? "" : ", ") + table;
    if (tables.empty()) tables = "none";
    return format("{}; check the query (tables here: {})", message.substr(0, message.find('\n')), tables);
}

void tell_problems(const Lake& lake) {
    for (const std::string& problem : lake.problems()) print_status(format("trawl: {}\n", as_one_line(problem)));
}

void print_result(const QueryResult& result, SqlCommand::Format how) {
    if (result.columns.empty()) return;  // of SET and the like
    if (how == SqlCommand::Format::csv) return print_answer(csv(result));
    RenderOptions options;
    if (::isatty(STDOUT_FILENO) != 1) options.max_rows = 0;  // a file or a pipe wants all of it
    print_answer(render(result, options));
}

}  // namespace

void run_sql(const SqlCommand& command) {
    Lake lake(command.lake);
    try {
        bool is_first = true;
        for (const std::string& statement : lake.statements(command.query)) {
            const QueryResult result = lake.query(statement);
            if (is_first) tell_problems(lake);
            is_first = false;
            print_result(result, command.format);
        }
    } catch (const QueryError& error) {  // a table that cannot be read is the likelier reason for a query that fails
        if (!lake.problems().empty()) throw LakeError(lake.problems().front());
        throw QueryError(advice(error, lake));
    }
}

}  // namespace trawl::cli
