/// What the verbs do. Each prints its answer to stdout and throws on failure.
#pragma once

#include "options.hpp"

namespace trawl::cli {

void run_pull(const PullCommand& command);
void run_check(const CheckCommand& command);
void run_preview(const PreviewCommand& command);
void run_init(const InitCommand& command);
void run_plan(const PlanCommand& command);
void run_get(const GetCommand& command);
void run_sql(const SqlCommand& command);
void run_ps(const PsCommand& command);

}  // namespace trawl::cli
