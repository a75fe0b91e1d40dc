// `trawl sql`: a question to the lake.
#include "commands.hpp"
#include "trawl/base/format.hpp"
#include "trawl/lake/query.hpp"

namespace trawl::cli {

void run_sql(const SqlCommand& command) {
    Lake lake(command.lake);
    print("{}", render(lake.query(command.query)));
}

}  // namespace trawl::cli
