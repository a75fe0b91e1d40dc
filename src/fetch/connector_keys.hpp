/// The keys of a connector's tables. connector.schema.json has the same, which a test compares.
#pragma once

#include <array>
#include <string_view>

namespace trawl::fetch {

inline constexpr std::array<std::string_view, 5> file_keys = {"client", "source", "resource_defaults", "resources",
                                                              "resource"};

inline constexpr std::array<std::string_view, 9> client_keys = {"base_url", "headers", "auth",    "paginator", "limits",
                                                                "timeout",  "retry",   "ca_file", "http2"};
inline constexpr std::array<std::string_view, 4> limits_keys = {"max_concurrency", "requests_per_second",
                                                                "requests_per_minute", "requests_per_hour"};
inline constexpr std::array<std::string_view, 4> retry_keys = {"attempts", "base", "cap", "longest_wait"};

inline constexpr std::array<std::string_view, 7> auth_types = {
    "bearer", "api_key", "http_basic", "digest", "oauth2_client_credentials", "jwt", "aws"};
inline constexpr std::array<std::string_view, 2> bearer_keys = {"type", "token"};
inline constexpr std::array<std::string_view, 4> api_key_keys = {"type", "name", "api_key", "location"};
inline constexpr std::array<std::string_view, 3> password_keys = {"type", "username", "password"};
inline constexpr std::array<std::string_view, 7> oauth2_keys = {"type",
                                                                "access_token_url",
                                                                "client_id",
                                                                "client_secret",
                                                                "scope",
                                                                "access_token_request_data",
                                                                "token_endpoint_auth_method"};
inline constexpr std::array<std::string_view, 8> jwt_keys = {
    "type",          "client_id", "private_key", "private_key_passphrase",
    "auth_endpoint", "scopes",    "headers",     "default_token_expiration"};
inline constexpr std::array<std::string_view, 6> aws_keys = {"type",   "access_key", "secret_key",
                                                             "region", "service",    "session_token"};
inline constexpr std::array<std::string_view, 3> key_locations = {"header", "query", "cookie"};
inline constexpr std::array<std::string_view, 2> oauth2_methods = {"client_secret_basic", "client_secret_post"};

/// Those that dlt has in a table `endpoint`; they may stand in the resource as well.
inline constexpr std::array<std::string_view, 9> endpoint_keys = {
    "path", "method", "params", "json", "headers", "paginator", "data_selector", "response_actions", "incremental"};
inline constexpr std::array<std::string_view, 20> resource_keys = {"name",        "table",      "path",
                                                                   "method",      "params",     "json",
                                                                   "headers",     "paginator",  "data_selector",
                                                                   "primary_key", "columns",    "write_disposition",
                                                                   "selected",    "weight",     "include_from_parent",
                                                                   "incremental", "partitions", "response_actions",
                                                                   "filters",     "endpoint"};

inline constexpr std::array<std::string_view, 2> methods = {"GET", "POST"};
inline constexpr std::array<std::string_view, 3> write_dispositions = {"append", "replace", "merge"};
inline constexpr std::array<std::string_view, 8> column_types = {"text",    "bool",      "bigint", "double",
                                                                 "decimal", "timestamp", "date",   "json"};
inline constexpr std::array<std::string_view, 5> column_keys = {"data_type", "nullable", "primary_key", "precision",
                                                                "scale"};

inline constexpr std::array<std::string_view, 3> response_action_keys = {"status_code", "content", "action"};
inline constexpr std::array<std::string_view, 4> response_action_words = {"ignore", "fail", "retry", "end"};

inline constexpr std::array<std::string_view, 8> incremental_keys = {
    "cursor_path", "initial_value", "end_value", "start_param",
    "end_param",   "lag",           "row_order", "on_cursor_value_missing"};
inline constexpr std::array<std::string_view, 2> row_orders = {"asc", "desc"};
inline constexpr std::array<std::string_view, 3> missing_words = {"raise", "include", "exclude"};

inline constexpr std::array<std::string_view, 3> partition_types = {"date", "range", "values"};
inline constexpr std::array<std::string_view, 8> date_partition_keys = {
    "type", "start_param", "end_param", "from", "to", "step", "format", "end_inclusive"};
inline constexpr std::array<std::string_view, 7> range_partition_keys = {"type", "start_param", "end_param",    "from",
                                                                         "to",   "step",        "end_inclusive"};
inline constexpr std::array<std::string_view, 3> values_partition_keys = {"type", "param", "values"};

inline constexpr std::array<std::string_view, 3> filter_keys = {"path", "op", "value"};
inline constexpr std::array<std::string_view, 8> filter_ops = {"==", "!=", "<", "<=", ">", ">=", "in", "exists"};

}  // namespace trawl::fetch
