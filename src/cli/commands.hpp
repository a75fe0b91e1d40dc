/// What the verbs do. Each prints its answer to stdout and throws on failure.
#pragma once

#include "options.hpp"

namespace trawl::cli {

void run_pull(const PullCommand& command);
void run_get(const GetCommand& command);
void run_sql(const SqlCommand& command);
void run_ps(const PsCommand& command);

}  // namespace trawl::cli
