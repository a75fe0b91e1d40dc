#include "connectors_help.hpp"

namespace trawl::cli {

std::string connectors_help() {
    return R"(A connector is a TOML file that says what a source has and how to ask for it: where a URL is not enough, because
there is a secret, or there are several endpoints, or only what is new is to be asked for.

    [client]
    base_url = "https://api.example.com/v1"
    auth = { type = "bearer", token = "${API_TOKEN}" }

    [[resources]]                    # GET /v1/projects into the table projects
    name = "projects"
    primary_key = "id"
    incremental = { cursor_path = "updated_at", start_param = "updated_after" }

    [[resources]]                    # once for each project
    name = "tasks"
    path = "projects/{resources.projects.id}/tasks"
    primary_key = "id"
    write_disposition = "merge"
    include_from_parent = ["id"]     # the column _projects_id

  trawl init https://api.example.com/v1/projects -o api.toml     write one for a URL
  trawl check api.toml                                           all that is wrong with it; what the first pages tell
  trawl preview api.toml --resource tasks                        the first rows
  API_TOKEN=... trawl pull api.toml --to lake

auth           type = "bearer", "api_key", "http_basic", "digest", "oauth2_client_credentials", "jwt" or "aws"
${NAME}        an environment variable, else the string NAME in secrets.toml beside the file, or in --secrets FILE
params         query parameters; headers, json (a body) and method = "POST" as well
paginator      see trawl help paginators; data_selector is the JSONPath of the records. Without them both are found
incremental    cursor_path names the value that tells new rows; the next run begins where this one ended
partitions     parts of the rows that are asked for side by side, of a cursor that only leads on

All keys are in doc/connectors.md. Editors check them by connectors/connector.schema.json: begin the file with the line
#:schema PATH/connector.schema.json.
)";
}

}  // namespace trawl::cli
