/// The files in connectors/: each is a connector, and the schema for editors knows what the parser knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include "connector_helpers.hpp"
#include "connector_keys.hpp"
#include "trawl/base/error.hpp"
#include "trawl/fetch/pagination.hpp"
#include "trawl/http/json.hpp"
#include "trawl/loop/loop.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path kFolder = TRAWL_CONNECTORS;

std::string text_of(const std::string& name) {
    std::ifstream file(kFolder / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

Connector example(const std::string& name) {
    const Secrets secrets([](const std::string& secret) { return "value of " + secret; });
    return parse_connector(text_of(name), name, secrets);
}

TEST(ConnectorFiles, AreConnectors) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder))
        if (entry.path().extension() == ".toml") names.push_back(entry.path().filename());
    EXPECT_GE(names.size(), 5U);
    for (const std::string& name : names) {
        const Connector connector = example(name);
        EXPECT_FALSE(connector.resources.empty()) << name;
        EXPECT_THAT(describe(connector), testing::Not(HasSubstr("value of"))) << name;
    }
}

TEST(ConnectorFiles, SayWhatTheySeemToSay) {
    EXPECT_EQ(
        describe(example("github_issues.toml")),
        "source https://api.github.com, auth bearer, header accept, header X-GitHub-Api-Version\n"
        "resource issues: GET /repos/duckdb/duckdb/issues?state=all&per_page=100&sort=updated&direction=asc, "
        "incremental by $.updated_at, merge issues\n"
        "resource events: GET /repos/duckdb/duckdb/issues/{resources.issues.number}/events?per_page=100, for each "
        "row of issues, merge events\n");
    EXPECT_EQ(describe(example("pokeapi.toml")),
              "source https://pokeapi.co/api/v2/\n"
              "resource names: GET pokemon, paginator offset, records $.results, not stored\n"
              "resource pokemon: GET pokemon/{resources.names.name}, for each row of names, paginator single_page, "
              "records $, replace pokemon\n");
    const Connector events = example("events_oauth2.toml");
    TemplateValues values;
    values.start_value = events.resources.at(0).incremental->initial_value;
    EXPECT_EQ(events.resources.at(0).json->bind(values),
              R"({"query":{"kind":["click","view"],"since":"2024-01-01T00:00:00Z"},"size":500})");
}

TEST(ConnectorFiles, AreWhatTheirDocumentShows) {
    const std::string document = text_of("../doc/connectors.md");
    const std::string named = "<!-- connectors/", fence = "```toml\n";
    std::size_t snippets = 0, unnamed = 0;
    for (std::size_t at = document.find(fence); at != std::string::npos; at = document.find(fence, at + 1)) {
        const std::size_t comment = document.rfind(named, at);
        const std::size_t end = document.find(" -->\n", comment);
        if (comment == std::string::npos || end + 5 != at) {
            ++unnamed;
            continue;
        }
        const std::string file = document.substr(comment + named.size(), end - comment - named.size());
        const std::size_t begin = at + fence.size();
        const std::string snippet = document.substr(begin, document.find("```", begin) - begin);
        EXPECT_THAT(text_of(file), HasSubstr(snippet)) << file;
        ++snippets;
    }
    EXPECT_GE(snippets, 5U);
    EXPECT_EQ(unnamed, 0U);
}

TEST(ConnectorFiles, AreReadWithTheSecretsBesideThem) {
    const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "trawl_connector_files";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "c.toml") << "client={base_url='https://h', auth={type='bearer', token='${TRAWL_NOBODY}'}}\n"
                                        "resources=['a']\n";
    const std::string path = (folder / "c.toml").string();
    const auto token = [&](std::optional<std::string> secrets) -> std::string {
        try {
            return std::get<BearerLogin>(*run(read_connector(path, secrets)).client.login).token;
        } catch (const Error& error) {
            return error.what();
        }
    };
    std::filesystem::remove(folder / "secrets.toml");
    EXPECT_THAT(token(std::nullopt), HasSubstr("the secret TRAWL_NOBODY is neither in the environment nor in " +
                                               (folder / "secrets.toml").string()));
    std::ofstream(folder / "secrets.toml") << "TRAWL_NOBODY = 'beside'\n";
    std::ofstream(folder / "other.toml") << "TRAWL_NOBODY = 'named'\n";
    EXPECT_EQ(token(std::nullopt), "beside");
    EXPECT_EQ(token((folder / "other.toml").string()), "named");
    EXPECT_THAT(token((folder / "missing.toml").string()), HasSubstr("No such file"));
    std::filesystem::remove_all(folder);
}

// The schema.

Json schema() { return Json::parse(text_of("connector.schema.json")); }

template <typename Words>
std::set<std::string> set_of(const Words& words) {
    return {words.begin(), words.end()};
}

std::set<std::string> properties(const char* table) {
    std::set<std::string> names;
    for (const auto& [name, value] : schema()["$defs"][table]["properties"].members()) names.insert(name);
    return names;
}

std::set<std::string> words(const Json& choice) {
    std::set<std::string> found;
    for (const Json& word : choice["enum"].items()) found.insert(word.string());
    return found;
}

TEST(ConnectorSchema, HasTheKeysOfTheParser) {
    std::set<std::string> top;
    for (const auto& [name, value] : schema()["properties"].members()) top.insert(name);
    EXPECT_EQ(top, set_of(fetch::file_keys));
    EXPECT_EQ(properties("client"), set_of(fetch::client_keys));
    EXPECT_EQ(properties("limits"), set_of(fetch::limits_keys));
    EXPECT_EQ(properties("retry"), set_of(fetch::retry_keys));
    EXPECT_EQ(properties("auth_bearer"), set_of(fetch::bearer_keys));
    EXPECT_EQ(properties("auth_api_key"), set_of(fetch::api_key_keys));
    EXPECT_EQ(properties("auth_password"), set_of(fetch::password_keys));
    EXPECT_EQ(properties("auth_oauth2"), set_of(fetch::oauth2_keys));
    EXPECT_EQ(properties("auth_jwt"), set_of(fetch::jwt_keys));
    EXPECT_EQ(properties("auth_aws"), set_of(fetch::aws_keys));
    EXPECT_EQ(properties("resource"), set_of(fetch::resource_keys));
    EXPECT_EQ(properties("endpoint"), set_of(fetch::endpoint_keys));
    EXPECT_EQ(properties("response_action"), set_of(fetch::response_action_keys));
    EXPECT_EQ(properties("incremental"), set_of(fetch::incremental_keys));
    EXPECT_EQ(properties("partitions_date"), set_of(fetch::date_partition_keys));
    EXPECT_EQ(properties("partitions_range"), set_of(fetch::range_partition_keys));
    EXPECT_EQ(properties("partitions_values"), set_of(fetch::values_partition_keys));
    EXPECT_EQ(properties("filter"), set_of(fetch::filter_keys));
    std::set<std::string> defaults = set_of(fetch::resource_keys);
    defaults.erase("name");
    EXPECT_EQ(properties("resource_defaults"), defaults);
}

// What parse_paginator has is known to itself alone; it tells all of it to who mistypes one.
std::set<std::string> told(const std::string& mistyped) {
    try {
        (void)parse_paginator(mistyped);
    } catch (const UsageError& error) {
        const std::string message = error.what();
        std::string_view rest = std::string_view(message).substr(message.find("; there are") + 11);
        rest = rest.substr(rest.find(": ") + 2);
        rest = rest.substr(0, rest.find(';'));
        std::set<std::string> names;
        while (!rest.empty()) {
            const std::string_view name = rest.substr(0, rest.find(", "));
            rest.remove_prefix(std::min(rest.size(), name.size() + 2));
            names.emplace(name);
        }
        return names;
    }
    return {};
}

TEST(ConnectorSchema, HasThePaginatorsOfTheParserAndTheirOptions) {
    std::set<std::string> kinds = words(schema()["$defs"]["paginator"]["anyOf"][0]);
    EXPECT_EQ(kinds.erase("auto"), 1U);  // the connector's own
    EXPECT_EQ(kinds, told("zzzzzzzz"));
    for (const std::string& kind : kinds) {
        std::set<std::string> options = properties(("paginator_" + kind).c_str());
        options.erase("type");
        if (options.empty()) options.insert("-");
        EXPECT_EQ(options, told(kind + ":zzzzzzzz=1")) << kind;
    }
}

TEST(ConnectorSchema, HasTheWordsOfTheParser) {
    const Json defs = schema()["$defs"];
    const Json resource = defs["resource"]["properties"];
    EXPECT_EQ(words(resource["method"]), set_of(fetch::methods));
    EXPECT_EQ(words(resource["write_disposition"]), set_of(fetch::write_dispositions));
    EXPECT_EQ(words(defs["column_type"]["anyOf"][0]), set_of(fetch::column_types));
    EXPECT_EQ(words(defs["response_action"]["properties"]["action"]), set_of(fetch::response_action_words));
    EXPECT_EQ(words(defs["incremental"]["properties"]["row_order"]), set_of(fetch::row_orders));
    EXPECT_EQ(words(defs["incremental"]["properties"]["on_cursor_value_missing"]), set_of(fetch::missing_words));
    EXPECT_EQ(words(defs["filter"]["properties"]["op"]), set_of(fetch::filter_ops));
    EXPECT_EQ(words(defs["auth_api_key"]["properties"]["location"]), set_of(fetch::key_locations));
    EXPECT_EQ(words(defs["auth_oauth2"]["properties"]["token_endpoint_auth_method"]), set_of(fetch::oauth2_methods));
    std::set<std::string> types = words(defs["auth_password"]["properties"]["type"]);
    for (const char* login : {"auth_bearer", "auth_api_key", "auth_oauth2", "auth_jwt", "auth_aws"})
        types.insert(defs[login]["properties"]["type"]["const"].string());
    EXPECT_EQ(types, set_of(fetch::auth_types));
    std::set<std::string> splits;
    for (const char* split : {"partitions_date", "partitions_range", "partitions_values"})
        splits.insert(defs[split]["properties"]["type"]["const"].string());
    EXPECT_EQ(splits, set_of(fetch::partition_types));
}

}  // namespace
}  // namespace trawl
