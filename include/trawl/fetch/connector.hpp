/// A connector: a small TOML file that says what a source has and how to ask for it, read into plain values.
///
///     Connector connector = co_await read_connector("connectors/github_issues.toml");
///     for (const Resource& resource : connector.resources) ...
///
/// doc/connectors.md is the reference of the file. Nothing here fetches anything.
///
/// Rules: every key is known and every value checked, or ConnectorError names all that is wrong, each with its place;
/// what came out of `${NAME}` is in no message.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "trawl/base/clock.hpp"
#include "trawl/coro/task.hpp"
#include "trawl/fetch/file_place.hpp"
#include "trawl/fetch/incremental.hpp"
#include "trawl/fetch/json_page.hpp"
#include "trawl/fetch/json_path.hpp"
#include "trawl/fetch/partitions.hpp"
#include "trawl/fetch/response_action.hpp"
#include "trawl/fetch/row_filter.hpp"
#include "trawl/fetch/secrets.hpp"
#include "trawl/fetch/template.hpp"
#include "trawl/http/retry.hpp"

namespace trawl {

// Logins: what the file says. trawl/http/auth.hpp and Request know how to use them.

struct BearerLogin {
    std::string token;
};
struct ApiKeyLogin {
    enum class Location : std::uint8_t { header, query, cookie };
    std::string name, api_key;
    Location location = Location::header;
};
struct BasicLogin {
    std::string username, password;
};
struct DigestLogin {
    std::string username, password;
};
struct OAuth2Login {
    std::string access_token_url, client_id, client_secret, scope;
    std::vector<std::pair<std::string, std::string>> parameters;  // further fields of the request for a token
    bool secret_in_body = false;                                  // client_secret_post (RFC 7591 section 2)
};
struct JwtLogin {
    std::string auth_endpoint, client_id, private_key, private_key_passphrase, scopes;
    std::vector<std::pair<std::string, std::string>> headers;  // of the request for a token
    std::optional<Duration> default_token_expiration;          // of a token that does not say
};
struct AwsLogin {
    std::string access_key, secret_key, region, service, session_token;
};
using Login = std::variant<BearerLogin, ApiKeyLogin, BasicLogin, DigestLogin, OAuth2Login, JwtLogin, AwsLogin>;

/// How a source's pages follow each other, as it is written: `name(text)` for each option.
struct PaginatorSpec {
    struct Option {
        std::string name;
        std::string text;  // a string, or a number, true, false
        FilePlace at;
    };
    std::string type;  // "page_number"
    std::vector<Option> options;
    FilePlace at;

    /// As `--paginator` takes it: "page_number:page_param=p,base_page=0".
    [[nodiscard]] std::string str() const;
};

/// What the source can bear, of all requests of the connector together. Unset: what is found out.
struct RequestLimits {
    std::optional<std::uint64_t> max_concurrency;
    std::optional<double> requests_per_second, requests_per_minute, requests_per_hour;
};

/// Of all requests to the source.
struct ConnectorClient {
    std::string base_url;  // empty when all paths are URLs
    std::vector<std::pair<std::string, std::string>> headers;
    std::optional<Login> login;
    std::optional<PaginatorSpec> paginator;  // of resources that name none
    RequestLimits limits;
    std::optional<Duration> timeout;  // of a request with its answer
    std::optional<RetryPolicy> retry;
    std::string ca_file;  // certificates (PEM) to trust; a relative path of the file is one from its folder
    std::optional<bool> http2;
};

enum class WriteDisposition : std::uint8_t { append, replace, merge };

/// dlt's words for types of columns.
enum class ColumnType : std::uint8_t { text, boolean, bigint, real, decimal, timestamp, date, json };
struct ColumnHint {
    static constexpr std::int64_t precision_max = 38;  // Delta's and Parquet's

    std::string name;  // a key of the rows themselves
    ColumnType type = ColumnType::text;
    bool nullable = true;  // false: a row without a value is an error
    bool is_key = false;   // part of the primary key
    // Of decimals: digits in all, and behind the point. dlt's defaults.
    std::uint8_t precision = precision_max;
    std::uint8_t scale = 9;
};

/// A type as it is written: "timestamp", "decimal", "decimal(10,2)". Throws UsageError that says what it must be
/// ("must be one of text, bool, ..."), and what was meant.
[[nodiscard]] ColumnHint parse_column(std::string name, std::string_view type);

struct Resource {
    std::string name;
    std::string table;
    FilePlace at;
    bool selected = true;  // false: retrieved only as a parent

    std::string method = "GET";
    Template path;  // below base_url, or a URL
    std::vector<std::pair<std::string, Template>> params;
    std::vector<std::pair<std::string, Template>> headers;
    std::optional<JsonTemplate> json;  // the request's body
    std::optional<PaginatorSpec> paginator;
    std::uint32_t weight = 1;  // how many requests one counts for in the limits

    std::optional<JsonPath> data_selector;  // unset: found
    std::vector<ResponseAction> response_actions;
    std::vector<RowFilter> filters;  // rows for which all hold are kept

    std::vector<std::string> primary_key;
    WriteDisposition write_disposition = WriteDisposition::replace;
    std::vector<ColumnHint> columns;
    std::vector<std::string> include_from_parent;  // fields of the parent's row, added to each row

    std::optional<std::string> parent;  // the resource whose rows fill the placeholders
    std::optional<IncrementalSpec> incremental;
    std::optional<Partitioning> partitions;

    /// Of path, params, headers and json.
    [[nodiscard]] std::vector<Placeholder> placeholders() const;
};

struct Connector {
    std::string file;
    ConnectorClient client;
    std::vector<Resource> resources;                    // parents first, else in the order of the file
    std::vector<std::string> secrets;                   // what must not be told: values of ${}, and what logins send
    std::function<void(const std::string&)> on_secret;  // is told what becomes one on the way: a login's token

    [[nodiscard]] const Resource* find(std::string_view name) const;
};

/// Reads the text of a connector. `file` is for messages. Pure, but for what `secrets` asks. Throws ConnectorError.
[[nodiscard]] Connector parse_connector(std::string_view text, const std::string& file, const Secrets& secrets);

/// Reads a connector's file, and the file of secrets: secrets.toml beside it if that is there, or the one that is
/// named. Suspends. Throws FileError, ConnectorError; UsageError when there is no such file.
[[nodiscard]] Task<Connector> read_connector(std::string path, std::optional<std::string> secrets_file = std::nullopt);

/// The URL of a resource's bound path: below the path of `base_url`, with one "/" between them, where RFC 3986 would
/// replace it; a path that is a URL is taken as it is.
[[nodiscard]] std::string join_url(std::string_view base_url, std::string_view path);

/// What was understood, for people, a line for each thing; secrets are "***".
[[nodiscard]] std::string describe(const Connector& connector);

}  // namespace trawl
