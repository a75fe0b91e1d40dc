/// [client] and the paginator of a connector.
#include <filesystem>

#include "connector_keys.hpp"
#include "connector_parts.hpp"
#include "trawl/base/error.hpp"
#include "trawl/base/format.hpp"
#include "trawl/fetch/pagination.hpp"
#include "trawl/http/url.hpp"

namespace trawl::fetch {
namespace {

constexpr std::array<KeyAdvice, 2> client_advice = {
    {{"verify", "certificates are always checked, and 'ca_file' names an authority of your own"},
     {"session", "'retry', 'timeout', 'ca_file' and 'http2' say how requests are made"}}};

void read_base_url(const TableReader& reader, ConnectorClient& client) {
    const auto url = reader.text("base_url");
    if (!url) return;
    const TomlValue& value = reader.find("base_url")->value;
    try {
        const Url parsed = Url::parse(*url);
        client.base_url = *url;
        if (parsed.userinfo())
            reader.problem(value.at, "'base_url' has a login in it, which would be shown: it belongs into 'auth'");
        if (url->find_first_of("?#") != std::string::npos)
            reader.problem(value.at,
                           "'base_url' has a query: parameters of all requests are resource_defaults' params");
    } catch (const InvalidUrl& error) {
        // The error quotes the URL, without what looks like a login.
        reader.problem(value.at, value.is_secret ? "'base_url' is not an http or https URL"
                                                 : format("'base_url': {}", error.what()));
    }
}

void read_headers(const TableReader& reader, ConnectorClient& client) {
    const TomlMember* headers = reader.find("headers", TomlKind::table);
    if (!headers) return;
    for (const TomlMember& member : headers->value.members) {
        if (const auto value = scalar_of(member.value))
            client.headers.emplace_back(member.name, value->text);
        else
            reader.must_be(member, "a string");
    }
}

RequestLimits read_limits(const TomlMember& limits, ConnectorProblems& problems) {
    const TableReader reader(limits.value, "limits", problems);
    reader.check_keys(limits_keys);
    RequestLimits read;
    read.max_concurrency = reader.whole("max_concurrency", 1);
    read.requests_per_second = reader.positive("requests_per_second");
    read.requests_per_minute = reader.positive("requests_per_minute");
    read.requests_per_hour = reader.positive("requests_per_hour");
    return read;
}

RetryPolicy read_retry(const TomlMember& retry, ConnectorProblems& problems) {
    constexpr std::int64_t attempts_max = 100;  // with the longest pauses they take the better part of an hour
    const TableReader reader(retry.value, "retry", problems);
    reader.check_keys(retry_keys);
    const auto attempts = reader.whole("attempts", 1);
    if (attempts && *attempts > attempts_max)
        reader.unusable(*reader.find("attempts"), format("at most {}", attempts_max));
    const Duration base = reader.duration("base").value_or(RetryPolicy::default_base);
    const Duration cap = reader.duration("cap").value_or(std::max(base, RetryPolicy::default_cap));
    if (cap < base) reader.problem(retry.value.at, "'cap' is below 'base': the longest pause below the first");
    return RetryPolicy(static_cast<int>(std::min(attempts.value_or(RetryPolicy::default_attempts), attempts_max)), base,
                       std::max(base, cap),
                       reader.duration("longest_wait").value_or(RetryPolicy::default_longest_wait));
}

std::string beside(const std::string& file, const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    return (folder / path).string();  // an absolute path stays what it is
}

/// Why parse_paginator does not take it; empty if it does.
std::string refusal_of(const PaginatorSpec& paginator) {
    try {
        (void)parse_paginator(paginator.str());
        return {};
    } catch (const UsageError& error) {
        return error.what();
    }
}

/// The options of a paginator are known to parse_paginator alone. It is asked for all of them together, and, if it
/// refuses, for each one alone, so that the problem is told where it is.
void check_paginator(const PaginatorSpec& paginator, ConnectorProblems& problems) {
    const std::string all = refusal_of(paginator);
    if (all.empty()) return;
    PaginatorSpec alone = paginator;
    alone.options.clear();
    const std::string type = refusal_of(alone);
    if (!type.empty()) return problems.add(paginator.at, type);
    bool told = false;
    for (const PaginatorSpec::Option& option : paginator.options) {
        alone.options = {option};
        const std::string why = refusal_of(alone);
        if (!why.empty()) problems.add(option.at, why);
        told = told || !why.empty();
    }
    if (!told) problems.add(paginator.at, all);
}

}  // namespace

std::optional<PaginatorSpec> read_paginator(const TomlMember& paginator, ConnectorProblems& problems) {
    PaginatorSpec read;
    read.at = paginator.value.at;
    if (paginator.value.is(TomlKind::string)) {
        read.type = paginator.value.text;
    } else if (paginator.value.is(TomlKind::table)) {
        const TableReader reader(paginator.value, "paginator", problems);
        read.type = reader.needed_text("type");
        for (const TomlMember& member : paginator.value.members) {
            if (member.name == "type") continue;
            if (member.value.is_secret)
                reader.problem(member.value.at, "a paginator has no secrets: its options may stand in messages");
            else if (const auto value = scalar_of(member.value))
                read.options.push_back({member.name, value->text, member.value.at});
            else
                reader.must_be(member, "a string, a number or a boolean");
        }
    } else {
        problems.add(read.at, "'paginator' must be a type, or a table such as { type = \"page_number\" }");
    }
    if (read.type.empty() || read.type == "auto") return std::nullopt;
    check_paginator(read, problems);
    return read;
}

ConnectorClient read_client(const TomlValue& table, std::vector<std::string>& secrets, ConnectorProblems& problems) {
    const TableReader reader(table, "[client]", problems);
    reader.check_keys(client_keys, client_advice);
    ConnectorClient client;
    read_base_url(reader, client);
    read_headers(reader, client);
    if (const TomlMember* auth = reader.find("auth")) client.login = read_login(*auth, secrets, problems);
    if (const TomlMember* paginator = reader.find("paginator")) client.paginator = read_paginator(*paginator, problems);
    if (const TomlMember* limits = reader.find("limits", TomlKind::table))
        client.limits = read_limits(*limits, problems);
    client.timeout = reader.duration("timeout");
    if (const TomlMember* retry = reader.find("retry", TomlKind::table)) client.retry = read_retry(*retry, problems);
    if (const auto ca_file = reader.text("ca_file")) client.ca_file = beside(problems.file(), *ca_file);
    client.http2 = reader.boolean("http2");
    return client;
}

}  // namespace trawl::fetch
