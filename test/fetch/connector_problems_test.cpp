/// Connector files that are wrong: each problem with its place, all of them at once, and no secret in any.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connector_helpers.hpp"

namespace trawl {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const std::string kClient = "client.base_url='https://h'\n";
const std::string kResource = kClient + "[[resources]]\nname='a'\n";
const std::string kLogin = kClient + "resources=['a']\nclient.auth=";

struct Bad {
    const char* name;
    std::string text;
    const char* says;
};

constexpr auto case_name = [](const auto& tested) { return tested.param.name; };

class BadConnector : public testing::TestWithParam<Bad> {};

TEST_P(BadConnector, IsRefusedWithEachProblemInItsPlace) { EXPECT_EQ(problems_of(GetParam().text), GetParam().says); }

TEST_P(BadConnector, DoesNotTellASecret) {
    const std::string message = problems_of(GetParam().text);
    for (const char* secret : {"hunter2", "s3cr", "1234567"}) EXPECT_THAT(message, Not(HasSubstr(secret)));
}

INSTANTIATE_TEST_SUITE_P(
    Connectors, BadConnector,
    testing::Values(
        Bad{"NotToml", R"(a = 
)",
            "c.toml:1:5: this is not TOML: Error while parsing key-value pair: expected value"},
        Bad{"UnquotedSecret", "client.auth.token = hunter2",
            "c.toml:1:21: this is not TOML: Error while parsing value: could not determine value type"},
        Bad{"UnclosedString", R"(a = 'x
b = 1)",
            "c.toml:1:7: this is not TOML: Error while parsing literal string: control characters other than TAB "
            "(U+0009) are explicitly prohibited"},
        Bad{"TwiceTheSameKey", R"(a = 1
a = 2)",
            "c.toml:2:5: this is not TOML: Error while parsing key-value pair: cannot redefine existing integer 'a'"},
        Bad{"Html", "<html>",
            "c.toml:1:1: this is not TOML: Error while parsing root table: expected keys, tables, whitespace or "
            "comments"},
        Bad{"Null", "a = null", "c.toml:1:6: this is not TOML: Error while parsing floating-point: expected 'nan'"},
        Bad{"NotUtf8", "a = '\xff'", "c.toml:1:5: this is not TOML: Encountered invalid utf-8 sequence"},
        Bad{"Empty", "", "c.toml:1:1: there is no resource: write [[resources]] and its name and path"},
        Bad{"UnknownTopKey", kClient + R"(resources=['a']
resourcess=[])",
            "c.toml:3:1: there is no key 'resourcess' in a connector; did you mean 'resources'?"},
        Bad{"FarKey", kClient + R"(resources=['a']
zzzzzzzz=1)",
            "c.toml:3:1: there is no key 'zzzzzzzz' in a connector; it has client, source, resource_defaults, "
            "resources, resource"},
        Bad{"ClientTwice", kClient + R"(source.base_url='https://h'
resources=['a'])",
            "c.toml:2:1: 'client' and 'source' are the same: one of them is enough"},
        Bad{"ResourcesTwice", kClient + R"(resources=['a']
[[resource]]
name='b')",
            "c.toml:3:3: 'resources' and 'resource' are the same: one of them is enough"},
        Bad{"NoResources", kClient + "", "c.toml:1:1: there is no resource: write [[resources]] and its name and path"},
        Bad{"EmptyResources", kClient + "resources=[]",
            "c.toml:1:1: there is no resource: write [[resources]] and its name and path"},
        Bad{"ResourcesTable", kClient + R"([resources.a]
path='x')",
            "c.toml:2:1: 'resources' must be an array of tables, written [[resources]], not a table"},
        Bad{"ResourceNumber", kClient + "resources=['a', 3]",
            "c.toml:2:17: a resource must be a table or a name, not a whole number"},
        Bad{"ClientString", R"(client='https://h'
resources=['a'])",
            "c.toml:1:8: 'client' must be a table, not a string"},
        Bad{"ClientKey", R"(client.base_ur='https://h'
resources=['a'])",
            R"(c.toml:1:8: there is no key 'base_ur' in [client]; did you mean 'base_url'?
c.toml:2:12: 'a' has a path and no 'base_url' in [client] that it could be below)"},
        Bad{"Verify", kClient + R"(client.verify=false
resources=['a'])",
            "c.toml:2:8: there is no key 'verify' in [client]; certificates are always checked, and 'ca_file' names an "
            "authority of your own"},
        Bad{"BaseUrlScheme", R"(client.base_url='api.example.com'
resources=['a'])",
            "c.toml:1:17: 'base_url': 'api.example.com' is not a URL that can be fetched: it has no scheme; did you "
            "mean 'https://api.example.com'?; use one like http://host/path"},
        Bad{"BaseUrlFtp", R"(client.base_url='ftp://h'
resources=['a'])",
            "c.toml:1:17: 'base_url': 'ftp://h' is not a URL that can be fetched: the scheme 'ftp' is not supported, "
            "only http and https are; use one like http://host/path"},
        Bad{"BaseUrlQuery", R"(client.base_url='https://h/?a=1'
resources=['a'])",
            "c.toml:1:17: 'base_url' has a query: parameters of all requests are resource_defaults' params"},
        Bad{"BaseUrlEmpty", R"(client.base_url=''
resources=['a'])",
            "c.toml:1:17: 'base_url' must not be empty"},
        Bad{"BaseUrlNumber", R"(client.base_url=3
resources=['a'])",
            "c.toml:1:17: 'base_url' must be a string, not a whole number"},
        Bad{"BaseUrlMissing", R"([[resources]]
name='a')",
            "c.toml:2:6: 'a' has a path and no 'base_url' in [client] that it could be below"},
        Bad{"BaseUrlLogin", R"(client.base_url='https://ada:hunter2@h'
resources=['a'])",
            "c.toml:1:17: 'base_url' has a login in it, which would be shown: it belongs into 'auth'"},
        Bad{"BaseUrlSecret", R"(client.base_url='${TOKEN}'
resources=['a'])",
            "c.toml:1:17: 'base_url' is not an http or https URL"},
        Bad{"HeaderTable", kClient + R"(client.headers={a={}}
resources=['a'])",
            "c.toml:2:19: 'a' must be a string, not a table"},
        Bad{"HeadersString", kClient + R"(client.headers='a: b'
resources=['a'])",
            "c.toml:2:16: 'headers' must be a table, not a string"},
        Bad{"Limits", kClient + R"(resources=['a']
[client.limits]
max_concurrency=0
requests_per_second=-1
requests_per_minute='many'
request_per_hour=1)",
            R"(c.toml:4:17: 'max_concurrency' is '0', and must be a whole number from 1
c.toml:5:21: 'requests_per_second' is '-1', and must be a number above 0
c.toml:6:21: 'requests_per_minute' must be a number above 0, not a string
c.toml:7:1: there is no key 'request_per_hour' in limits; did you mean 'requests_per_hour'?)"},
        Bad{"LimitsNan", kClient + R"(client.limits.requests_per_second=nan
resources=['a'])",
            "c.toml:2:35: 'requests_per_second' is 'nan', and must be a number above 0"},
        Bad{"TimeoutWord", kClient + R"(client.timeout='3 parsecs'
resources=['a'])",
            R"(c.toml:2:16: 'timeout' is '3 parsecs', and must be a time above 0: seconds, or a text like "30s", "500ms", "5m", "1h")"},
        Bad{"TimeoutNegative", kClient + R"(client.timeout=-1
resources=['a'])",
            R"(c.toml:2:16: 'timeout' is '-1', and must be a time above 0: seconds, or a text like "30s", "500ms", "5m", "1h")"},
        Bad{"TimeoutZero", kClient + R"(client.timeout='0s'
resources=['a'])",
            R"(c.toml:2:16: 'timeout' is '0s', and must be a time above 0: seconds, or a text like "30s", "500ms", "5m", "1h")"},
        Bad{"TimeoutTable", kClient + R"(client.timeout={connect=1}
resources=['a'])",
            R"(c.toml:2:16: 'timeout' must be a time above 0: seconds, or a text like "30s", "500ms", "5m", "1h", not a table)"},
        Bad{"RetryAttempts", kClient + R"(client.retry.attempts=0
resources=['a'])",
            "c.toml:2:23: 'attempts' is '0', and must be a whole number from 1"},
        Bad{"RetryMany", kClient + R"(client.retry.attempts=101
resources=['a'])",
            "c.toml:2:23: 'attempts' is '101', and must be at most 100"},
        Bad{"RetryCap", kClient + R"(client.retry={base='10s',cap='1s'}
resources=['a'])",
            "c.toml:2:14: 'cap' is below 'base': the longest pause below the first"},
        Bad{"RetryKey", kClient + R"(client.retry.attempt=1
resources=['a'])",
            "c.toml:2:14: there is no key 'attempt' in retry; did you mean 'attempts'?"},
        Bad{"Http2", kClient + R"(client.http2='yes'
resources=['a'])",
            "c.toml:2:14: 'http2' must be true or false, not a string"},
        Bad{"AuthString", kLogin + "'bearer'",
            R"(c.toml:3:13: 'auth' must be a table such as { type = "bearer", token = "${TOKEN}" }, not a string)"},
        Bad{"AuthNoType", kLogin + "{token='hunter2'}", "c.toml:3:13: auth needs 'type'"},
        Bad{"AuthType", kLogin + "{type='baerer', token='hunter2'}",
            "c.toml:3:19: 'type' is 'baerer', and must be one of bearer, api_key, http_basic, digest, "
            "oauth2_client_credentials, jwt, aws; did you mean 'bearer'?"},
        Bad{"AuthJwt", kLogin + "{type='jwt', client_id='i', auth_endpoint='https://h/token', private_key='hunter2'}",
            "c.toml:3:86: 'private_key': the private key is none in PEM: it begins with a line such as -----BEGIN "
            "PRIVATE KEY----- and ends with one such as -----END PRIVATE KEY-----; a certificate or a public key is no "
            "private key"},
        Bad{"AuthJwtKeys", kLogin + "{type='jwt', token='hunter2'}",
            R"(c.toml:3:13: auth needs 'auth_endpoint'
c.toml:3:13: auth needs 'client_id'
c.toml:3:13: auth needs 'private_key'
c.toml:3:26: there is no key 'token' in auth; it has type, client_id, private_key, private_key_passphrase, auth_endpoint, scopes, headers, default_token_expiration)"},
        Bad{"AuthNoToken", kLogin + "{type='bearer'}", "c.toml:3:13: auth needs 'token'"},
        Bad{"AuthEmptyToken", kLogin + "{type='bearer', token=''}", "c.toml:3:35: 'token' must not be empty"},
        Bad{"AuthEmptySecret", kLogin + "{type='bearer', token='${EMPTY}'}", "c.toml:3:35: 'token' must not be empty"},
        Bad{"AuthTokenNumber", kLogin + "{type='bearer', token=1234567}",
            "c.toml:3:35: 'token' must be a string, not a whole number"},
        Bad{"AuthKeyOfOther", kLogin + "{type='bearer', token='hunter2', username='hunter3'}",
            "c.toml:3:46: there is no key 'username' in auth; it has type, token"},
        Bad{"AuthLocation", kLogin + "{type='api_key', api_key='hunter2', location='body'}",
            "c.toml:3:58: 'location' is 'body', and must be one of header, query, cookie"},
        Bad{"AuthBasic", kLogin + "{type='http_basic', user='hunter2'}",
            R"(c.toml:3:13: auth needs 'username'
c.toml:3:13: auth needs 'password'
c.toml:3:33: there is no key 'user' in auth; it has type, username, password)"},
        Bad{"AuthUrl",
            kLogin + "{type='oauth2_client_credentials', access_token_url='id.example.com', client_id='i', "
                     "client_secret='hunter2'}",
            "c.toml:3:65: 'access_token_url': 'id.example.com' is not a URL that can be fetched: it has no scheme; did "
            "you mean 'https://id.example.com'?; use one like http://host/path"},
        Bad{"AuthAws", kLogin + "{type='aws', access_key='hunter2'}",
            R"(c.toml:3:13: auth needs 'secret_key'
c.toml:3:13: auth needs 'region'
c.toml:3:13: auth needs 'service')"},
        Bad{"SecretMissing", kLogin + "{type='bearer', token='${NOBODY}'}",
            "c.toml:3:35: the secret NOBODY is neither in the environment nor in secrets.toml"},
        Bad{"SecretsMissing", kClient + R"([[resources]]
name='${A}'
params={a='x${B}y${C}', b='${B}'})",
            R"(c.toml:3:6: the secret A is neither in the environment nor in secrets.toml
c.toml:3:6: 'name' can have no secret in it: it may stand in messages
c.toml:4:11: the secret B is neither in the environment nor in secrets.toml
c.toml:4:11: the secret C is neither in the environment nor in secrets.toml
c.toml:4:27: the secret B is neither in the environment nor in secrets.toml)"},
        Bad{"SecretUnclosed", kResource + "path='${TOKEN'",
            "c.toml:4:6: '${' begins no secret: write ${NAME}, of letters, digits and '_', or $${ for the text"},
        Bad{"SecretName", kResource + "path='${A B}'",
            "c.toml:4:6: '${' begins no secret: write ${NAME}, of letters, digits and '_', or $${ for the text"},
        Bad{"SecretEmptyName", kResource + "path='${}'",
            "c.toml:4:6: '${' begins no secret: write ${NAME}, of letters, digits and '_', or $${ for the text"},
        Bad{"SecretInPlaceholder", kResource + "path='{${TOKEN}}'",
            "c.toml:4:6: 'path': its placeholders cannot be read"},
        Bad{"SecretInPath", kResource + "data_selector='${TOKEN}[['",
            "c.toml:4:15: 'data_selector' can have no secret in it: it may stand in messages"},
        Bad{"SecretsInWhatIsTold",
            kClient + "[[resources]]\nname='${TOKEN}'\ntable='${TOKEN}'\nprimary_key=['${TOKEN}']\n"
                      "incremental={cursor_path='${TOKEN}'}",
            "c.toml:3:6: 'name' can have no secret in it: it may stand in messages\n"
            "c.toml:4:7: 'table' can have no secret in it: it may stand in messages\n"
            "c.toml:5:14: 'primary_key' can have no secret in it: it may stand in messages\n"
            "c.toml:6:26: 'cursor_path' can have no secret in it: it may stand in messages"},
        Bad{"SecretInTokenUrl",
            kLogin +
                "{type='oauth2_client_credentials', access_token_url='${TOKEN}', client_id='i', client_secret='s'}",
            "c.toml:3:65: 'access_token_url' is not an http or https URL"},
        Bad{"SecretAsWord", kResource + "write_disposition='${TOKEN}'",
            "c.toml:4:19: 'write_disposition' is '${TOKEN}', and must be one of append, replace, merge"},
        Bad{"SecretInPaginator", kResource + "paginator={type='offset', limit_param='${TOKEN}'}",
            "c.toml:4:39: a paginator has no secrets: its options may stand in messages"},
        Bad{"ResourceKey", kResource + "primarykey='id'",
            "c.toml:4:1: there is no key 'primarykey' in [[resources]]; did you mean 'primary_key'?"},
        Bad{"ResourceKeys", kResource + R"(path_='x'
param={}
auth={type='bearer',token='hunter2'})",
            R"(c.toml:4:1: there is no key 'path_' in [[resources]]; did you mean 'path'?
c.toml:5:1: there is no key 'param' in [[resources]]; did you mean 'params'?
c.toml:6:1: there is no key 'auth' in [[resources]]; it stands in [client], for all requests)"},
        Bad{"NoName", kClient + R"([[resources]]
path='x')",
            "c.toml:2:1: [[resources]] needs 'name'"},
        Bad{"BadName", kClient + R"([[resources]]
name='a.b')",
            "c.toml:3:6: 'name' is 'a.b', and must be letters, digits, '_' and '-' alone"},
        Bad{"NameThatIsNoTemplateEither", kClient + "[[resources]]\nname='a}'",
            "c.toml:3:6: 'name' is 'a}', and must be letters, digits, '_' and '-' alone"},
        Bad{"BadTable", kResource + "table='../a'",
            "c.toml:4:7: 'table' is '../a', and must be letters, digits, '_' and '-' alone"},
        Bad{"SameName", kClient + "resources=['a', 'a']", "c.toml:2:17: there is a resource 'a' already, in line 2"},
        Bad{"SameTable", kResource + R"([[resources]]
name='b'
table='a')",
            "c.toml:5:6: the resources 'a' and 'b' would replace each other in the table 'a': give one of them another "
            "table, or append or merge both"},
        Bad{"Method", kResource + "method='DELETE'", "c.toml:4:8: 'method' is 'DELETE', and must be one of GET, POST"},
        Bad{"MethodLower", kResource + "method='get'", "c.toml:4:8: 'method' is 'get', and must be one of GET, POST"},
        Bad{"PathNumber", kResource + "path=3", "c.toml:4:6: 'path' must be a string, not a whole number"},
        Bad{"ParamTable", kResource + "params={a={b=1}}",
            "c.toml:4:11: 'a' must be a string, a number, a boolean or an array of them, not a table"},
        Bad{"ParamResolve", kResource + "params={id={type='resolve', resource='b', field='id'}}",
            R"(c.toml:4:12: 'id' must be a string, a number, a boolean or an array of them, not a table; write id = "{resources.parent.field}")"},
        Bad{"ParamIncremental", kResource + "params={since={type='incremental', cursor_path='at'}}",
            R"(c.toml:4:15: 'since' must be a string, a number, a boolean or an array of them, not a table; write incremental = { cursor_path = ..., start_param = "since" })"},
        Bad{"ParamsArray", kResource + "params=['a']", "c.toml:4:8: 'params' must be a table, not an array"},
        Bad{"ParamNan", kResource + "params={a=nan}",
            "c.toml:4:11: 'a' must be a string, a number or a boolean, not nan or infinity"},
        Bad{"JsonInf", kResource + "json={a=inf}", "c.toml:4:9: 'json': JSON has no such number"},
        Bad{"Selector", kResource + "data_selector='$..a'",
            "c.toml:4:15: '$..a' is not a path into JSON: a name is missing ('..' is not supported) (at character 3); "
            "write one like $.data.items"},
        Bad{"SelectorNumber", kResource + "data_selector=3",
            "c.toml:4:15: 'data_selector' must be a string, not a whole number"},
        Bad{"PrimaryKeyNumber", kResource + "primary_key=3",
            "c.toml:4:13: 'primary_key' must be a string or an array of strings, not a whole number"},
        Bad{"PrimaryKeyItems", kResource + "primary_key=['id', 3, '']",
            R"(c.toml:4:20: 'primary_key' must hold strings that are not empty
c.toml:4:23: 'primary_key' must hold strings that are not empty)"},
        Bad{"Disposition", kResource + "write_disposition='mrge'",
            "c.toml:4:19: 'write_disposition' is 'mrge', and must be one of append, replace, merge; did you mean "
            "'merge'?"},
        Bad{"MergeWithoutKey", kResource + "write_disposition='merge'",
            "c.toml:3:6: 'a' has write_disposition 'merge' and needs 'primary_key': which rows are the same?"},
        Bad{"ReplaceIncremental", kResource + R"(write_disposition='replace'
incremental={cursor_path='at'})",
            "c.toml:3:6: 'a' is incremental and would replace its table by what is new: take 'merge' or 'append'"},
        Bad{"ReplaceChildOfIncremental", kResource + R"(incremental={cursor_path='at'}
[[resources]]
name='b'
path='a/{resources.a.id}'
write_disposition='append'
[[resources]]
name='c'
path='b/{resources.b.id}')",
            "c.toml:10:6: 'c' would replace its table: its parent 'a' is incremental, so a run sees only what belongs "
            "to new rows of 'a'; take 'merge' or 'append'"},
        Bad{"Selected", kResource + "selected='no'", "c.toml:4:10: 'selected' must be true or false, not a string"},
        Bad{"Weight", kResource + "weight=0", "c.toml:4:8: 'weight' is '0', and must be a whole number from 1"},
        Bad{"ColumnType", kResource + "columns={id='biging'}",
            "c.toml:4:13: 'id' is 'biging', and must be one of text, bool, bigint, double, decimal, timestamp, date, "
            "json; did you mean 'bigint'?"},
        Bad{"ColumnOfBytes", kResource + "columns={id='binary'}",
            "c.toml:4:13: 'id' is 'binary', and must be one of text, bool, bigint, double, decimal, timestamp, date, "
            "json; a table has no bytes: take text, which keeps them as the source writes them"},
        Bad{"ColumnOfAnotherName", kResource + "columns={id='boolean'}",
            "c.toml:4:13: 'id' is 'boolean', and must be one of text, bool, bigint, double, decimal, timestamp, date, "
            "json; did you mean 'bool'?"},
        Bad{"ColumnDecimal", kResource + "columns={id='decimal(39,2)'}",
            "c.toml:4:13: 'id' is 'decimal(39,2)', and must be decimal(precision,scale), of at most 38 digits in all, "
            "such as decimal(10,2)"},
        Bad{"ColumnPrecision", kResource + "columns={id={data_type='bigint',precision=3}}",
            "c.toml:4:33: 'precision' is for decimals alone"},
        Bad{"ColumnScale", kResource + "columns={id={data_type='decimal',precision=3,scale=4}}",
            "c.toml:4:34: a decimal has at most 38 digits, and no more than those behind the point"},
        Bad{"ColumnMergeKey", kResource + "columns={id={data_type='bigint',merge_key=true}}",
            "c.toml:4:33: there is no key 'merge_key' in columns.id; rows are merged by 'primary_key'"},
        Bad{"ColumnNumber", kResource + "columns={id=3}",
            "c.toml:4:13: 'id' must be a type of a column, not a whole number"},
        Bad{"ColumnTable", kResource + "columns={id={data_typ='bigint'}}",
            R"(c.toml:4:13: columns.id needs 'data_type'
c.toml:4:14: there is no key 'data_typ' in columns.id; did you mean 'data_type'?)"},
        Bad{"ColumnsArray", kResource + "columns=['id']", "c.toml:4:9: 'columns' must be a table, not an array"},
        Bad{"EndpointKey", kResource + "endpoint={pth='x'}",
            "c.toml:4:11: there is no key 'pth' in endpoint; did you mean 'path'?"},
        Bad{"EndpointTwice", kResource + R"(path='x'
endpoint={path='y'})",
            "c.toml:5:11: 'path' stands in the resource and in its endpoint"},
        Bad{"EndpointNumber", kResource + "endpoint=3", "c.toml:4:10: 'endpoint' must be a table or a path"},
        Bad{"DefaultsName", kClient + R"(resource_defaults={name='x', primry_key='id'}
resources=['a'])",
            R"(c.toml:2:20: 'name' is a resource's own and has no default
c.toml:2:30: there is no key 'primry_key' in [resource_defaults]; did you mean 'primary_key'?)"},
        Bad{"DefaultsToldOnce", kClient + R"(resource_defaults={timeout=3, weight=0}
resources=['a','b','c'])",
            R"(c.toml:2:20: there is no key 'timeout' in [resource_defaults]; it has name, table, path, method, params, json, headers, paginator, data_selector, primary_key, columns, write_disposition, selected, weight, include_from_parent, incremental, partitions, response_actions, filters, endpoint
c.toml:2:38: 'weight' is '0', and must be a whole number from 1)"},
        Bad{"PaginatorType", kResource + "paginator='page_numbr'",
            "c.toml:4:11: there is no paginator 'page_numbr' (did you mean page_number?); there are: page_number, "
            "offset, cursor, json_link, header_link, single_page, odata, relay"},
        Bad{"PaginatorNumber", kResource + "paginator=3",
            R"(c.toml:4:11: 'paginator' must be a type, or a table such as { type = "page_number" })"},
        Bad{"PaginatorNoType", kResource + "paginator={limit=3}", "c.toml:4:11: paginator needs 'type'"},
        Bad{"PaginatorOption", kResource + "paginator={type='offset', limits=3}",
            "c.toml:4:34: there is no option of the paginator offset 'limits' (did you mean limit?); there are: limit, "
            "offset, offset_param, offset_body_path, limit_param, limit_body_path, total_path, maximum_offset, "
            "stop_after_empty_page, stop_after_short_page, has_more_path, next_url_path, links_next_key, end_status, "
            "overlap, max_pages"},
        Bad{"PaginatorOptions", kResource + "paginator={type='offset', limit=0, offset='x'}",
            R"(c.toml:4:33: paginator offset, option limit: it must be at least 1
c.toml:4:43: paginator offset, option offset: 'x' is not a whole number from 0)"},
        Bad{"PaginatorTable", kResource + "paginator={type='offset', limit={}}",
            "c.toml:4:33: 'limit' must be a string, a number or a boolean, not a table"},
        Bad{"PlaceholderRoot", kResource + "path='x/{resource.b.id}'",
            "c.toml:4:6: 'path': there is no placeholder {resource.b.id}; it is {resources.parent.field} or "
            "{incremental.start_value}, and literal braces are written {{ and }}"},
        Bad{"PlaceholderNoField", kResource + "path='x/{resources.b}'",
            "c.toml:4:6: 'path': the placeholder {resources.b} names no field: write {resources.parent.field}"},
        Bad{"PlaceholderOpen", kResource + "path='x/{resources.b'",
            "c.toml:4:6: 'path': a '{' is not closed: a literal one is written '{{', and '}' as '}}'"},
        Bad{"PlaceholderClose", kResource + "path='x}'",
            "c.toml:4:6: 'path': a '}' closes nothing: a literal one is written '}}', and '{' as '{{'"},
        Bad{"PlaceholderIncremental", kResource + "params={since='{incremental.start}'}",
            "c.toml:4:15: 'since': there is no placeholder {incremental.start}; it is {incremental.start_value} or "
            "{incremental.end_value}"},
        Bad{"PlaceholderJson", kResource + "json={a='{b}'}",
            "c.toml:4:9: 'json': there is no placeholder {b}; it is {resources.parent.field} or "
            "{incremental.start_value}, and literal braces are written {{ and }}"},
        Bad{"PlaceholderPath", kResource + "path='{resources.a.b..c}'",
            "c.toml:4:6: 'path': 'b..c' is not a path into JSON: a name is missing ('..' is not supported) (at "
            "character 3); write one like $.data.items"},
        Bad{"ParentUnknown", kClient + R"([[resources]]
name='posts'
[[resources]]
name='a'
path='{resources.post.id}')",
            "c.toml:6:6: {resources.post.id}: there is no resource 'post'; did you mean 'posts'?"},
        Bad{"ParentsTwo",
            kClient + "resources=['x','y',{name='a', path='{resources.x.id}', params={y='{resources.y.id}'}}]",
            "c.toml:2:66: {resources.y.id}: 'a' has the parent 'x' already, and can have one only"},
        Bad{"ParentItself", kResource + "path='{resources.a.id}'",
            "c.toml:3:6: the resources are each other's parents: a -> a"},
        Bad{"ParentCircle",
            kClient + "resources=[{name='a', path='{resources.b.id}'}, {name='b', path='{resources.c.id}'}, {name='c', "
                      "path='{resources.a.id}'}, {name='d', path='{resources.a.id}'}]",
            "c.toml:2:18: the resources are each other's parents: a -> b -> c -> a"},
        Bad{"IncludeWithoutParent", kResource + "include_from_parent=['id']",
            "c.toml:3:6: 'a' has include_from_parent and no parent: no placeholder such as {resources.parent.field} "
            "names one"},
        Bad{"StartWithoutIncremental", kResource + "params={since='{incremental.start_value}'}",
            "c.toml:4:15: {incremental.start_value}: 'a' is not incremental; say so with incremental = { cursor_path = "
            "... }"},
        Bad{"StartInPathWithoutInitial", kResource + R"(path='{incremental.start_value}'
incremental={cursor_path='at'})",
            "c.toml:4:6: {incremental.start_value} needs 'initial_value' for the first run: only a query parameter is "
            "left out when there is no value"},
        Bad{"EndInBody", kResource + R"(json={to='{incremental.end_value}'}
incremental={cursor_path='at'})",
            "c.toml:4:10: {incremental.end_value} needs 'end_value': only a query parameter is left out when there is "
            "no value"},
        Bad{"IncrementalKey", kResource + "incremental={cursor_pth='at'}",
            R"(c.toml:4:13: incremental needs 'cursor_path'
c.toml:4:14: there is no key 'cursor_pth' in incremental; did you mean 'cursor_path'?)"},
        Bad{"IncrementalString", kResource + "incremental='at'",
            "c.toml:4:13: 'incremental' must be a table, not a string"},
        Bad{"IncrementalPath", kResource + "incremental={cursor_path='a[x]'}",
            "c.toml:4:26: 'a[x]' is not a path into JSON: in brackets stands '*', a number, a slice, a filter or a "
            "quoted "
            "name (at character 3); write one like $.data.items"},
        Bad{"IncrementalOrder",
            kResource + "incremental={cursor_path='at', row_order='ascending', on_cursor_value_missing='skip'}",
            R"(c.toml:4:42: 'row_order' is 'ascending', and must be one of asc, desc
c.toml:4:79: 'on_cursor_value_missing' is 'skip', and must be one of raise, include, exclude)"},
        Bad{"IncrementalLag", kResource + "incremental={cursor_path='at', lag=-1}",
            "c.toml:4:36: 'lag' is '-1', and must be a whole number from 0"},
        Bad{"IncrementalLagWord", kResource + "incremental={cursor_path='at', lag='1 day'}",
            "c.toml:4:36: 'lag' is '1 day', and must be a whole number (of the cursor's numbers, of days for dates, of "
            R"(seconds for times), or a time such as "90s", "30m", "2h", "1d")"},
        Bad{"IncrementalInitialBoolean", kResource + "incremental={cursor_path='at', initial_value=true}",
            "c.toml:4:46: 'initial_value' must be a number, a date or another string, not a boolean"},
        Bad{"ResourcesTableTwice", "[resources]\nname='a'\n[resources]\nname='b'\n",
            "c.toml:3:1: 'resources' is there twice: write [[resources]], with two brackets, for each"},
        Bad{"IncrementalInitial", kResource + "incremental={cursor_path='at', initial_value=[1]}",
            "c.toml:4:46: 'initial_value' must be a string, a number, a boolean or a date, not an array"},
        Bad{"IncrementalEndParam", kResource + "incremental={cursor_path='at', end_param='until'}",
            "c.toml:4:42: 'end_param' needs 'end_value': it is what would be sent"},
        Bad{"IncrementalLagAppend", kResource + "incremental={cursor_path='at', lag=3}",
            "c.toml:3:6: 'a' has a lag, which takes rows again, and would append them twice: take 'merge' and a "
            "'primary_key'"},
        Bad{"PartitionHoursInDays",
            kResource + "partitions={type='date', start_param='s', from=2024-01-01, to=2024-01-03, step='6h', "
                        "format='%Y-%m-%d'}",
            "c.toml:4:12: partitions: the format '%Y-%m-%d' cannot say where a window begins: 2024-01-01T06:00:00Z has "
            "more to it"},
        Bad{"PartitionsTooMany", kResource + "partitions={type='range', start_param='s', from=0, to=1000000, step=1}",
            "c.toml:4:12: partitions: the partitions would be more than 100000: take a longer step than 1"},
        Bad{"PartitionStepLong",
            kResource + "partitions={type='date', start_param='s', from=2024-01-01, step='10000d'}",
            R"(c.toml:4:65: 'step' is '10000d', and must be a count and a unit: "6h", "7d", "2w", "1mo", "1y")"},
        Bad{"ActionWord", kResource + "response_actions=[{status_code=404, action='ignor'}]",
            "c.toml:4:44: 'action' is 'ignor', and must be one of ignore, fail, retry, end; did you mean 'ignore'?"},
        Bad{"ActionEmpty", kResource + "response_actions=[{action='ignore'}]",
            "c.toml:4:19: response_actions needs 'status_code', 'content' or both"},
        Bad{"ActionStatus", kResource + "response_actions=[{status_code=999, action='ignore'}, {status_code='404'}]",
            R"(c.toml:4:32: 'status_code' is '999', and must be a status from 100 to 599
c.toml:4:55: response_actions needs 'action'
c.toml:4:68: 'status_code' must be a whole number from 100, not a string)"},
        Bad{"ActionTable", kResource + "response_actions={status_code=404, action='ignore'}",
            "c.toml:4:18: 'response_actions' must be an array of tables, not a table"},
        Bad{"FilterOp", kResource + "filters=[{path='a', op='=', value=1}]",
            "c.toml:4:24: 'op' is '=', and must be one of ==, !=, <, <=, >, >=, in, exists; did you mean '=='?"},
        Bad{"FilterKeys", kResource + "filters=[{pth='a', op='=='}, 'x']",
            R"(c.toml:4:10: filters needs 'path'
c.toml:4:10: filters needs 'value'
c.toml:4:11: there is no key 'pth' in filters; did you mean 'path'?
c.toml:4:30: 'filters' must hold tables, not a string)"},
        Bad{"FilterIn", kResource + "filters=[{path='a', op='in', value=1}]",
            "c.toml:4:36: 'value' must be an array, since 'op' is 'in', not a whole number"},
        Bad{"FilterExists", kResource + "filters=[{path='a', op='exists', value=1}]",
            "c.toml:4:40: 'value' must be true or false, not a whole number"},
        Bad{"FilterValue", kResource + "filters=[{path='a', op='==', value=[1]}]",
            "c.toml:4:36: 'value' must be a string, a number, a boolean or a date, not an array"},
        Bad{"PartitionType", kResource + "partitions={type='dates'}",
            "c.toml:4:18: 'type' is 'dates', and must be one of date, range, values; did you mean 'date'?"},
        Bad{"PartitionNoType", kResource + "partitions={}", "c.toml:4:12: partitions needs 'type'"},
        Bad{"PartitionDate",
            kResource + "partitions={type='date', start_param='s', from='yesterday', to=2024-01-01, step='7 days'}",
            R"(c.toml:4:48: 'from' is 'yesterday', and must be a date or a time such as 2024-01-31 or 2024-01-31T12:00:00Z
c.toml:4:81: 'step' is '7 days', and must be a count and a unit: "6h", "7d", "2w", "1mo", "1y")"},
        Bad{"PartitionDateMissing", kResource + "partitions={type='date'}",
            R"(c.toml:4:12: partitions needs 'start_param'
c.toml:4:12: partitions needs 'from'
c.toml:4:12: partitions needs 'step')"},
        Bad{"PartitionNoWindow",
            kResource + "partitions={type='date', start_param='s', from=2024-01-01, to=2024-01-01, step='1d'}",
            "c.toml:4:63: 'to' must be later than 'from': no window is left"},
        Bad{"PartitionFormat",
            kResource + "partitions={type='date', start_param='s', from=2024-01-01, step='1d', format='%d.%B'}",
            "c.toml:4:78: 'format' is '%d.%B', and must be text with %Y %m %d %H %M %S, %s, %ms and %%"},
        Bad{"PartitionDay", kResource + "partitions={type='date', start_param='s', from='2023-02-29', step='1d'}",
            "c.toml:4:48: 'from' is '2023-02-29', and must be a date or a time such as 2024-01-31 or "
            "2024-01-31T12:00:00Z"},
        Bad{"PartitionRange", kResource + "partitions={type='range', start_param='s', from=5, to=5, step=0}",
            R"(c.toml:4:55: 'to' must be above 'from': no window is left
c.toml:4:63: 'step' is '0', and must be a whole number from 1)"},
        Bad{"PartitionRangeMissing", kResource + "partitions={type='range'}",
            R"(c.toml:4:12: partitions needs 'start_param'
c.toml:4:12: partitions needs 'from'
c.toml:4:12: partitions needs 'to'
c.toml:4:12: partitions needs 'step')"},
        Bad{"PartitionValues", kResource + "partitions={type='values', param='p', values=[]}",
            "c.toml:4:46: 'values' must not be empty"},
        Bad{"PartitionValuesTwice", kResource + "partitions={type='values', param='p', values=['x', 1, 'x']}",
            "c.toml:4:55: 'values' has 'x' twice: its rows would be there twice"},
        Bad{"PartitionValuesItem", kResource + "partitions={type='values', param='p', values=[{}]}",
            "c.toml:4:47: 'values' must hold strings or numbers, not a table"}),
    case_name);

TEST(ConnectorProblems, AChildMayReplaceItsTableWhenItsParentIsAskedForTheSameEachTime) {
    const std::string child = "[[resources]]\nname='b'\npath='a/{resources.a.id}'";
    EXPECT_EQ(problems_of(kResource + child), "accepted");
    EXPECT_EQ(problems_of(kResource + "selected=false\nincremental={cursor_path='at'}\n" + child), "accepted");
}

TEST(ConnectorProblems, AreToldUpToTwentyAndCounted) {
    std::string text = kClient + "resources=['a']\n";
    for (int i = 0; i < 25; ++i) text += "x" + std::to_string(i) + "=1\n";
    try {
        (void)read(text);
        FAIL();
    } catch (const ConnectorError& error) {
        EXPECT_EQ(error.problems().size(), 25U);
        EXPECT_THAT(error.what(), EndsWith("resources, resource\n... and 5 more"));
        EXPECT_EQ(std::ranges::count(std::string(error.what()), '\n'), 20);
    }
}

TEST(ConnectorProblems, AFileThatIsNoConnectorDoesNotTakeTheStack) {
    EXPECT_THAT(problems_of(std::string(2'000'000, ' ')), HasSubstr("larger than 1000000 bytes"));
    std::string dots = "a";
    for (int i = 0; i < 5'000; ++i) dots += ".a";
    EXPECT_EQ(problems_of("\n" + dots + " = 1"), "c.toml:2:1: more than 1000 dots in a line");
    EXPECT_THAT(problems_of("a = " + std::string(100'000, '[')), HasSubstr("this is not TOML"));
}

}  // namespace
}  // namespace trawl
