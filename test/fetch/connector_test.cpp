/// Connector files that are right: what is read from them.
#include "trawl/fetch/connector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connector_helpers.hpp"

namespace trawl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kClient = "client.base_url = 'https://api.example.com/v1'\n";

Resource one(const std::string& keys) {
    return read(std::string(kClient) + "[[resources]]\nname = 'items'\n" + keys).resources.at(0);
}

std::string bound(const Template& text) { return text.bind({}).value_or("(left out)"); }

std::vector<std::string> params_of(const Resource& resource) {
    std::vector<std::string> lines;
    for (const auto& [name, value] : resource.params) lines.push_back(name + "=" + bound(value));
    return lines;
}

TEST(Connector, ReadsTheExampleOfTheDesign) {
    const Connector connector = read(R"(
[source]
base_url = "https://api.github.com"
auth = { type = "bearer", token = "${TOKEN}" }

[[resource]]
name = "issues"
path = "/repos/duckdb/duckdb/issues"
params = { state = "all", per_page = 100 }
paginator = { type = "header_link" }
primary_key = "id"
incremental = { cursor_path = "updated_at", start_param = "since" }
write_disposition = "merge"
)");
    EXPECT_EQ(connector.client.base_url, "https://api.github.com");
    EXPECT_EQ(std::get<BearerLogin>(*connector.client.login).token, "s3cr{et}");
    EXPECT_THAT(connector.secrets, ElementsAre("s3cr{et}"));
    const Resource& issues = connector.resources.at(0);
    EXPECT_EQ(issues.table, "issues");
    EXPECT_EQ(bound(issues.path), "/repos/duckdb/duckdb/issues");
    EXPECT_THAT(params_of(issues), ElementsAre("state=all", "per_page=100"));
    EXPECT_EQ(issues.paginator->type, "header_link");
    EXPECT_THAT(issues.primary_key, ElementsAre("id"));
    EXPECT_EQ(issues.incremental->cursor_path.str(), "$.updated_at");
    EXPECT_EQ(issues.incremental->start_param, "since");
    EXPECT_EQ(issues.write_disposition, WriteDisposition::merge);
}

TEST(Connector, SaysWhatItUnderstoodWithoutItsSecrets) {
    const Connector connector = read(R"(
[client]
base_url = "https://${HOST}/api"
auth = { type = "api_key", name = "X-Key", api_key = "literal-key" }
headers = { X-Team = "${TOKEN}" }
[[resources]]
name = "shops"
selected = false
[[resources]]
name = "orders"
path = "shops/{resources.shops.id}/orders"
params = { key = "literal-key", limit = 10 }
data_selector = "orders"
write_disposition = "append"
)");
    EXPECT_EQ(describe(connector),
              "source https://***/api, auth api_key, header X-Team\n"
              "resource shops: GET shops, not stored\n"
              "resource orders: GET shops/{resources.shops.id}/orders?key=***&limit=10, for each row of shops, records "
              "$.orders, append orders\n");
}

TEST(Connector, SaysWhatItUnderstoodAlsoWhereASecretIsADigit) {
    const Connector connector = read(R"(
[client]
base_url = "https://h1/api"
auth = { type = "http_basic", username = "u", password = "1" }
[[resources]]
name = "items"
path = "v1/items"
params = { pin = "1", limit = 10 }
)");
    EXPECT_EQ(describe(connector),
              "source https://h1/api, auth http_basic\n"
              "resource items: GET v1/items?pin=***&limit=10, replace items\n");
}

TEST(Connector, HasEverythingOptionalUnset) {
    const Connector connector = read(std::string(kClient) + "[[resources]]\nname = 'items'\n");
    const ConnectorClient& client = connector.client;
    EXPECT_FALSE(client.login || client.paginator || client.timeout || client.retry || client.http2);
    EXPECT_FALSE(client.limits.max_concurrency || client.limits.requests_per_second);
    const Resource& items = connector.resources.at(0);
    EXPECT_EQ(bound(items.path), "items");
    EXPECT_EQ(items.method, "GET");
    EXPECT_EQ(items.weight, 1U);
    EXPECT_TRUE(items.selected);
    EXPECT_EQ(items.write_disposition, WriteDisposition::replace);
    EXPECT_FALSE(items.json || items.paginator || items.data_selector || items.incremental || items.partitions);
}

TEST(Connector, TakesAllOfTheClient) {
    const ConnectorClient client = read(R"(
[client]
base_url = "https://api.example.com"
headers = { accept = "application/json", X-Version = 3 }
paginator = "header_link"
limits = { max_concurrency = 4, requests_per_second = 0.5, requests_per_minute = 20, requests_per_hour = 1000 }
timeout = "1.5s"
retry = { attempts = 3, base = "100ms", cap = 10, longest_wait = "5m" }
ca_file = "certificates/own.pem"
http2 = false
[[resources]]
name = "items"
)")
                                       .client;
    EXPECT_THAT(client.headers,
                ElementsAre(testing::Pair("accept", "application/json"), testing::Pair("X-Version", "3")));
    EXPECT_EQ(client.paginator->str(), "header_link");
    EXPECT_EQ(client.limits.max_concurrency, 4U);
    EXPECT_EQ(client.limits.requests_per_second, 0.5);
    EXPECT_EQ(client.limits.requests_per_minute, 20);
    EXPECT_EQ(client.limits.requests_per_hour, 1000);
    EXPECT_EQ(client.timeout, std::chrono::milliseconds(1500));
    EXPECT_EQ(client.retry->attempts(), 3);
    EXPECT_EQ(client.retry->base(), std::chrono::milliseconds(100));
    EXPECT_EQ(client.retry->longest_wait(), std::chrono::minutes(5));
    EXPECT_EQ(client.ca_file, "certificates/own.pem");
    EXPECT_EQ(client.http2, false);
}

TEST(Connector, FindsACertificateBesideItself) {
    const std::string text = "client.base_url = 'https://h'\nclient.ca_file = 'own.pem'\nresources = ['a']";
    EXPECT_EQ(parse_connector(text, "connectors/a.toml", secrets_of_tests()).client.ca_file, "connectors/own.pem");
    const std::string absolute = "client.base_url = 'https://h'\nclient.ca_file = '/etc/own.pem'\nresources = ['a']";
    EXPECT_EQ(parse_connector(absolute, "connectors/a.toml", secrets_of_tests()).client.ca_file, "/etc/own.pem");
}

Login login(const std::string& auth) {
    return *read(std::string(kClient) + "client.auth = " + auth + "\nresources = ['a']").client.login;
}

TEST(Connector, TakesEachLogin) {
    EXPECT_EQ(std::get<BearerLogin>(login("{type='bearer', token='t'}")).token, "t");
    const auto key = std::get<ApiKeyLogin>(login("{type='api_key', name='k', api_key='v', location='query'}"));
    EXPECT_EQ(key.name + key.api_key, "kv");
    EXPECT_EQ(key.location, ApiKeyLogin::Location::query);
    EXPECT_EQ(std::get<ApiKeyLogin>(login("{type='api_key', api_key='v'}")).name, "Authorization");
    EXPECT_EQ(std::get<BasicLogin>(login("{type='http_basic', username='u', password='p'}")).password, "p");
    EXPECT_EQ(std::get<BasicLogin>(login("{type='http_basic', username='u', password=''}")).username, "u");
    EXPECT_EQ(std::get<DigestLogin>(login("{type='digest', username='u', password='p'}")).username, "u");
    const auto aws = std::get<AwsLogin>(
        login("{type='aws', access_key='a', secret_key='s', region='r', service='e', session_token='t'}"));
    EXPECT_EQ(aws.access_key + aws.secret_key + aws.region + aws.service + aws.session_token, "asret");
}

TEST(Connector, TakesOAuth2WithWhatServersWantBesides) {
    const auto oauth2 = std::get<OAuth2Login>(
        login("{type='oauth2_client_credentials', access_token_url='https://id.example.com/token', client_id='i', "
              "client_secret='s', scope='read', access_token_request_data={audience='api'}, "
              "token_endpoint_auth_method='client_secret_post'}"));
    EXPECT_EQ(oauth2.access_token_url, "https://id.example.com/token");
    EXPECT_EQ(oauth2.client_id + oauth2.client_secret, "is");
    EXPECT_EQ(oauth2.scope, "read");
    EXPECT_THAT(oauth2.parameters, ElementsAre(testing::Pair("audience", "api")));
    EXPECT_TRUE(oauth2.secret_in_body);
}

TEST(Connector, KeepsWhatALoginSendsSecretAlsoWhenItStandsInTheFile) {
    const auto secrets = [](const std::string& auth) {
        return read(std::string(kClient) + "client.auth = " + auth + "\nresources = ['a']").secrets;
    };
    EXPECT_THAT(secrets("{type='bearer', token='t'}"), ElementsAre("t"));
    EXPECT_THAT(secrets("{type='http_basic', username='u', password='p'}"), ElementsAre("p"));
    EXPECT_THAT(secrets("{type='http_basic', username='sk_live', password=''}"), ElementsAre("sk_live"));
    EXPECT_THAT(secrets("{type='http_basic', username='${HOST}', password='p'}"), ElementsAre("shop.example.com", "p"));
}

TEST(Connector, MergesParamsJsonAndHeadersOneLevelDeepAndReplacesAllElse) {
    const Connector connector = read(std::string(kClient) + R"(
[resource_defaults]
params = { limit = 10, sort = "id" }
headers = { accept = "text/json", X-A = "a" }
json = { query = { from = 1 }, size = 5 }
primary_key = ["a", "b"]
paginator = { type = "offset", limit = 10 }
endpoint = { method = "POST" }
[[resources]]
name = "one"
params = { sort = "name", order = "asc" }
headers = { X-A = "b" }
json = { query = { to = 2 } }
primary_key = "id"
paginator = "single_page"
[[resources]]
name = "two"
)");
    const Resource& first = connector.resources.at(0);
    EXPECT_THAT(params_of(first), ElementsAre("limit=10", "sort=name", "order=asc"));
    EXPECT_EQ(first.headers.size(), 2U);
    EXPECT_EQ(bound(first.headers.at(1).second), "b");
    EXPECT_EQ(first.json->bind({}), R"({"size":5,"query":{"to":2}})");
    EXPECT_THAT(first.primary_key, ElementsAre("id"));
    EXPECT_EQ(first.paginator->str(), "single_page");
    EXPECT_EQ(first.method, "POST");
    const Resource& second = connector.resources.at(1);
    EXPECT_THAT(params_of(second), ElementsAre("limit=10", "sort=id"));
    EXPECT_THAT(second.primary_key, ElementsAre("a", "b"));
    EXPECT_EQ(second.paginator->str(), "offset:limit=10");
}

TEST(Connector, TakesWhatDltUsersPaste) {
    const Connector connector = read(R"(
resources = ["plain", { name = "posts", endpoint = "posts.json" }, { name = "comments", columns = { id = { data_type = "bigint" } }, endpoint = { path = "posts/{resources.posts.id}/comments", params = { limit = 5 }, paginator = "auto", incremental = { cursor_path = "updated_at", initial_value = 2024-01-01T00:00:00Z } } }]
[client]
base_url = "https://api.example.com/"
)");
    EXPECT_EQ(bound(connector.resources.at(0).path), "plain");
    EXPECT_EQ(bound(connector.resources.at(1).path), "posts.json");
    const Resource& comments = connector.resources.at(2);
    EXPECT_EQ(comments.parent, "posts");
    EXPECT_FALSE(comments.paginator);
    EXPECT_EQ(comments.columns.at(0).type, ColumnType::bigint);
    EXPECT_EQ(comments.incremental->initial_value->text, "2024-01-01T00:00:00Z");
    EXPECT_EQ(comments.write_disposition, WriteDisposition::append);
}

TEST(Connector, KeepsTheTypesOfABody) {
    const Resource resource = one(R"(
method = "POST"
[resources.json]
text = "a \"b\" {{}}"
number = 1.0
small = 1.5e-7
big = 9007199254740993
yes = true
day = 2024-02-29
when = 2024-02-29T12:30:00.25+01:00
local = 2024-02-29 12:30:00
list = [1, "two", { three = 3 }, []]
)");
    EXPECT_EQ(
        resource.json->bind({}),
        R"({"text":"a \"b\" {}","number":1.0,"small":1.5e-07,"big":9007199254740993,"yes":true,"day":"2024-02-29",)"
        R"("when":"2024-02-29T12:30:00.25+01:00","local":"2024-02-29T12:30:00","list":[1,"two",{"three":3},[]]})");
}

TEST(Connector, RepeatsAParameterForEachItemOfAnArray) {
    EXPECT_THAT(params_of(one("params = { label = ['a', 'b'], n = 1.5, yes = true, day = 2024-02-29 }")),
                ElementsAre("label=a", "label=b", "n=1.5", "yes=true", "day=2024-02-29"));
}

TEST(Connector, PutsParentsFirstAtAnyDepth) {
    const Connector connector = read(std::string(kClient) + R"(
[[resources]]
name = "c"
path = "{resources.b.id}"
[[resources]]
name = "x"
[[resources]]
name = "b"
path = "{resources.a.id}"
include_from_parent = ["id"]
[[resources]]
name = "a"
)");
    std::vector<std::string> names;
    for (const Resource& resource : connector.resources) names.push_back(resource.name);
    EXPECT_THAT(names, ElementsAre("x", "a", "b", "c"));
    EXPECT_EQ(connector.find("c")->parent, "b");
    EXPECT_EQ(connector.find("nobody"), nullptr);
}

TEST(Connector, ASecretsBracesAreNoPlaceholder) {
    const Resource resource = one("params = { key = '${TOKEN}', text = '$${TOKEN}', dollar = 'a$b$' }");
    EXPECT_THAT(params_of(resource), ElementsAre("key=s3cr{et}", "text=${TOKEN}", "dollar=a$b$"));
}

TEST(Connector, TakesFiltersActionsAndColumns) {
    const Resource resource = one(R"(
columns = { id = "bigint", price = "decimal", at = "timestamp" }
response_actions = [{ status_code = 404, action = "ignore" }, { content = "over quota", action = "retry" }]
weight = 5
filters = [
  { path = "type", op = "in", value = ["a", "b", 3] },
  { path = "$.size", op = ">=", value = 1.5 },
  { path = "gone", op = "exists", value = false },
]
)");
    EXPECT_EQ(resource.weight, 5U);
    EXPECT_EQ(resource.columns.at(1).type, ColumnType::decimal);
    EXPECT_EQ(resource.response_actions.at(0).status_code, 404);
    EXPECT_EQ(resource.response_actions.at(0).action, ResponseAction::Action::ignore);
    EXPECT_EQ(resource.response_actions.at(1).content, "over quota");
    EXPECT_EQ(resource.filters.at(0).values.size(), 3U);
    EXPECT_EQ(resource.filters.at(1).op, CompareOp::ge);
    EXPECT_EQ(resource.filters.at(1).values.at(0), (JsonScalar{JsonScalar::Kind::number, "1.5"}));
    EXPECT_EQ(resource.filters.at(2).values.at(0).text, "false");
}

TEST(Connector, TakesWhatIsKnownOfColumns) {
    const Resource resource = one(R"toml(
primary_key = "id"
[resources.columns]
id = { data_type = "bigint", nullable = false, primary_key = true }
day = { data_type = "date", primary_key = true }
price = "decimal(10,2)"
rate = { data_type = "decimal" }
tax = { data_type = "decimal", precision = 5, scale = 3 }
count = { data_type = "decimal", precision = 20 }
)toml");
    EXPECT_THAT(resource.primary_key, ElementsAre("id", "day"));
    EXPECT_FALSE(resource.columns.at(0).nullable);
    EXPECT_TRUE(resource.columns.at(1).nullable);
    std::vector<std::pair<int, int>> digits;
    for (std::size_t i = 2; i < 6; ++i)
        digits.emplace_back(resource.columns.at(i).precision, resource.columns.at(i).scale);
    EXPECT_THAT(digits, ElementsAre(std::pair(10, 2), std::pair(38, 9), std::pair(5, 3), std::pair(20, 0)));
}

TEST(Connector, ColumnsOfTheDefaultsAreThoseOfAResourceWithoutAny) {
    const Connector connector = read(std::string(kClient) + R"(
[resource_defaults]
columns = { created = "timestamp" }
[[resources]]
name = "a"
[[resources]]
name = "b"
columns = { day = "date" }
)");
    EXPECT_EQ(connector.find("a")->columns.at(0).type, ColumnType::timestamp);
    ASSERT_EQ(connector.find("b")->columns.size(), 1U);
    EXPECT_EQ(connector.find("b")->columns.at(0).name, "day");
}

TEST(Connector, TakesEachPartitioning) {
    const auto dates = std::get<DatePartitions>(*one("partitions = {type='date', start_param='a', end_param='b', "
                                                     "from=2024-01-01, to='2024-03-01T00:00:00Z', step='1mo'}")
                                                     .partitions);
    EXPECT_EQ(dates.step, (CalendarStep{1, CalendarStep::Unit::month}));
    EXPECT_EQ(dates.format, "%Y-%m-%d");
    EXPECT_EQ((*dates.to - dates.from), std::chrono::days(60));
    const auto range = std::get<RangePartitions>(
        *one("partitions = {type='range', start_param='a', from=-5, to=10, step=5, end_inclusive=true}").partitions);
    EXPECT_EQ(range.from, -5);
    EXPECT_TRUE(range.end_inclusive);
    const auto values =
        std::get<ValuePartitions>(*one("partitions = {type='values', param='p', values=['a', 2]}").partitions);
    EXPECT_THAT(values.values, ElementsAre("a", "2"));
}

TEST(Connector, TakesLagAsANumberOrATime) {
    EXPECT_EQ(one("primary_key='id'\nincremental = {cursor_path='at', lag=3}").incremental->lag, 3);
    EXPECT_EQ(one("primary_key='id'\nincremental = {cursor_path='at', lag='2h'}").incremental->lag_time,
              std::chrono::hours(2));
    const auto spec =
        one("incremental = {cursor_path='at', row_order='desc', on_cursor_value_missing='exclude'}").incremental;
    EXPECT_EQ(spec->row_order, RowOrder::descending);
    EXPECT_EQ(spec->on_missing, OnCursorMissing::exclude);
}

TEST(Connector, PathsAreBelowTheBaseAndDoNotReplaceItsPath) {
    struct Joined {
        const char *base, *path, *url;
    };
    for (const auto& [base, path, url] :
         {Joined{"https://h/v1", "items", "https://h/v1/items"},
          Joined{"https://h/v1/", "/items", "https://h/v1/items"},
          Joined{"https://h", "/items?a=1", "https://h/items?a=1"}, Joined{"https://h/v1/", "", "https://h/v1/"},
          Joined{"https://h/v1", "https://other/x", "https://other/x"}, Joined{"", "http://h/x", "http://h/x"}})
        EXPECT_EQ(join_url(base, path), url);
}

TEST(Connector, NeedsNoBaseForURLs) {
    EXPECT_EQ(bound(read("[[resources]]\nname='a'\npath='https://h/x'").resources.at(0).path), "https://h/x");
}

TEST(Secrets, ComeFromTheEnvironmentBeforeTheFile) {
    Secrets secrets(
        [](const std::string& name) { return name == "A" ? std::optional<std::string>("environment") : std::nullopt; });
    EXPECT_EQ(secrets.places(), "the environment nor in a file of secrets");
    secrets.read("A = 'file'\nB = 'file'", "s.toml");
    EXPECT_EQ(secrets.find("A"), "environment");
    EXPECT_EQ(secrets.find("B"), "file");
    EXPECT_EQ(secrets.find("C"), std::nullopt);
    EXPECT_EQ(secrets.places(), "the environment nor in s.toml");
}

TEST(Secrets, AFileThatIsDamagedIsNotQuoted) {
    Secrets secrets([](const std::string&) { return std::nullopt; });
    for (const char* text : {"A = hunter2", "A = 'hunter2", "A = 2024-99-hunter2", "hunter2", "[hunter2"}) {
        try {
            secrets.read(text, "s.toml");
            ADD_FAILURE() << text;
        } catch (const ConnectorError& error) {
            EXPECT_THAT(error.what(), HasSubstr("s.toml:1:"));
            EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
        }
    }
}

}  // namespace
}  // namespace trawl
