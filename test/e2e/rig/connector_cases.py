"""The cases of test_connectors.py: a connector's file, the source that it is for, and the tables that must come of it.

@URL@ in a file is the source's. What a file may say is in doc/connectors.md.
"""

from dataclasses import dataclass, field

from rig import exit_codes
from rig.cases import Case
from rig.connector_errors import BAD_FILES
from rig.mock import family
from rig.mock.client import Source
from rig.mock.scenario import Scenario, row
from rig.source_faults import asked

PAGE, STATUS, USAGE = exit_codes.PAGE, exit_codes.STATUS, exit_codes.USAGE
SECRETS = {"MOCK_TOKEN": "hush-hush", "MOCK_USER": "ada", "MOCK_PASSWORD": "hush-too"}


@dataclass(frozen=True)
class Connector(Case):
    toml: str = ""
    tables: dict = field(default_factory=dict)  # name → rows; {} is one table "rows" with the case's rows
    environment: dict = field(default_factory=lambda: dict(SECRETS))
    secrets_file: str = ""


def file(resource: str, client: str = "", more: str = "") -> str:
    """A file with one resource, called rows, at /items unless it says another path."""
    path = "" if "path =" in resource else 'path = "items"\n'
    return f'[client]\nbase_url = "@URL@"\n{client}\n[[resources]]\nname = "rows"\n{path}{resource}\n{more}'


def one(name: str, scenario: Scenario, resource: str, client: str = "", more: str = "", **rest) -> Connector:
    return Connector(name, scenario, toml=file(resource, client, more), **rest)


def numbered(*says: str, rows: int = 57, **quirks) -> Scenario:
    return Scenario("page_number", {"says": says}, quirks, rows)


def in_body(style: str, options: dict) -> Scenario:
    return Scenario(style, {"place": "body", **options})


def with_header(name: str, value: str):
    def check(source: Source) -> None:
        assert {request["headers"].get(name) for request in source.requests()} == {value}
    return check


def with_params(**params: str):
    def check(source: Source) -> None:
        for request in source.requests():
            query = dict(map(tuple, request["query"]))
            assert {key: query.get(key) for key in params} == params
    return check


def with_each(name: str, *values: str):
    """Every request has the parameter once for each value."""
    def check(source: Source) -> None:
        for request in source.requests():
            assert [value for key, value in map(tuple, request["query"]) if key == name] == list(values), request
    return check


def posted(source: Source) -> None:
    assert {request["method"] for request in source.requests()} == {"POST"}


def at_most(peak: int):
    def check(source: Source) -> None:
        assert source.report()["peak"] <= peak
    return check


def spread(seconds: float):
    def check(source: Source) -> None:
        times = [request["at_s"] for request in source.requests()]
        assert times[-1] - times[0] >= seconds, f"{len(times)} requests in {times[-1] - times[0]:.2f} s"
    return check


PAGINATORS = [
    one("found", numbered("total", "page"), ""),
    one("a paginator that is a word", Scenario("json_link"), 'paginator = "json_link"'),
    one("auto is no paginator", numbered("total", "page"), 'paginator = "auto"'),
    one("page_number", numbered(), 'paginator = { type = "page_number", base_page = 1 }'),
    one("page_number from 0", Scenario("page_number", {"base": 0}),
        'paginator = { type = "page_number", base_page = 0 }'),
    one("page_number with a total of pages", numbered("total_pages"),
        'paginator = { type = "page_number", base_page = 1, total_path = "total_pages" }'),
    one("page_number with another parameter", Scenario("page_number", {"param": "nr"}),
        'paginator = { type = "page_number", base_page = 1, page_param = "nr" }'),
    one("page_number with has_more", numbered("has_more"),
        'paginator = { type = "page_number", base_page = 1, has_more_path = "has_more" }'),
    one("page_number to a maximum", numbered(), 'paginator = { type = "page_number", base_page = 1, maximum_page = 3 }',
        rows=[row(number) for number in range(1, 21)]),
    one("page_number in the body", in_body("page_number", {"param": "paging.page"}),
        'method = "POST"\njson = { filter = "all" }\n'
        'paginator = { type = "page_number", base_page = 1, page_body_path = "paging.page" }', check=posted),
    one("page_number with an end status", numbered(behind_last=404),
        'paginator = { type = "page_number", base_page = 1, end_status = 404 }'),
    one("page_number over a clamping source", numbered(clamps=True),
        'paginator = { type = "page_number", base_page = 1 }'),
    one("offset", Scenario("offset"), 'paginator = { type = "offset", limit = 10 }'),
    one("offset with a total", Scenario("offset", {"says": ["count"]}),
        'paginator = { type = "offset", limit = 10, total_path = "count" }'),
    one("offset with other parameters", Scenario("offset", {"param": "skip", "limit_param": "take"}),
        'paginator = { type = "offset", limit = 20, offset_param = "skip", limit_param = "take" }'),
    one("offset in the body", in_body("offset", {"param": "from", "limit_param": "size"}),
        'method = "POST"\njson = { query = "all" }\n'
        'paginator = { type = "offset", limit = 10, offset_body_path = "from", limit_body_path = "size" }',
        check=posted),
    one("offset with a limit that the source caps", Scenario("offset", {"says": ["total"]}, {"caps_limit": 10}),
        'paginator = { type = "offset", limit = 100 }'),
    one("offset with a hole", Scenario("offset", {"says": ["total"]}, {"few_at": {"20": 4}}),
        'paginator = { type = "offset", limit = 10 }'),
    one("cursor", Scenario("cursor"),
        'paginator = { type = "cursor", cursor_path = "next_cursor", cursor_param = "cursor" }'),
    one("cursor in the body", in_body("cursor", {"param": "page.after"}),
        'method = "POST"\njson = { page = { size = 10 } }\n'
        'paginator = { type = "cursor", cursor_path = "next_cursor", cursor_body_path = "page.after" }', check=posted),
    one("cursor in a header", Scenario("cursor", {"at": "header"}),
        'paginator = { type = "cursor", cursor_key = "X-Next-Cursor", cursor_param = "cursor" }'),
    one("cursor in the last record", Scenario("cursor", {"at": "last_record"}),
        'paginator = { type = "cursor", cursor_record_path = "id", cursor_param = "after" }'),
    one("cursor that comes twice", Scenario("cursor", {}, {"repeats_cursor": 3}),
        'paginator = { type = "cursor", cursor_path = "next_cursor", cursor_param = "cursor" }', code=PAGE),
    one("cursor with a cap below the total", Scenario("cursor", {"says": ["total"]}, {"caps_at": 30}), "", code=PAGE,
        words=("57",)),
    one("json_link", Scenario("json_link", {"field": "paging.forth"}),
        'paginator = { type = "json_link", next_url_path = "paging.forth" }'),
    one("json_link repeats parameters", Scenario("json_link"),
        'params = { kind = "all", per_page = 10 }\npaginator = { type = "json_link", next_url_path = "next" }',
        check=with_params(kind="all")),
    one("header_link", Scenario("header_link", {"bare": True}), 'paginator = { type = "header_link" }'),
    one("single_page", numbered("total", "page"), 'paginator = { type = "single_page" }',
        rows=[row(number) for number in range(1, 11)]),
    one("odata", Scenario("odata"), 'paginator = { type = "odata" }'),
    one("odata found", Scenario("odata", {"count": True}), 'params = { "$count" = "true" }'),
    one("relay", Scenario("graphql"),
        'method = "POST"\ndata_selector = "data.rows.nodes"\npaginator = { type = "relay" }\n'
        'json = { query = "query($first: Int, $after: String) {{ rows {{ nodes pageInfo }} }}", variables = { first = 10 } }', check=posted),
    one("relay over edges", Scenario("graphql"),
        'method = "POST"\ndata_selector = "data.rows.edges[*].node"\njson = { query = "{{ rows }}" }\npaginator = "relay"', check=posted),
    one("the client's paginator", Scenario("offset"), "", 'paginator = { type = "offset", limit = 10 }'),
    Connector("the defaults' paginator", Scenario("offset"), toml='[client]\nbase_url = "@URL@"\n[resource_defaults]\n'
              'paginator = { type = "offset", limit = 10 }\n[[resources]]\nname = "rows"\npath = "items"\n'),
]

REQUESTS = [
    Connector("the short spelling", numbered("total", "page"),
              toml='[source]\nbase_url = "@URL@"\n[[resource]]\nname = "rows"\npath = "/items"\n'),
    Connector("an endpoint as dlt has it", numbered("total", "page"),
              toml='[client]\nbase_url = "@URL@"\n[[resources]]\nname = "rows"\n'
              'endpoint = { path = "items", params = { kind = "x" } }\n', check=with_params(kind="x")),
    one("a path that is a URL", numbered("total", "page"), 'path = "@URL@/items"'),
    one("a table of another name", numbered("total", "page"), 'table = "fish"', tables={"fish": numbered().expected()}),
    one("params", numbered("total", "page"), 'params = { kind = "x y", deep = true, most = 7 }',
        check=with_params(kind="x y", deep="true", most="7")),
    one("headers", numbered("total", "page"), 'headers = { "X-Team" = "whales" }',
        check=with_header("x-team", "whales")),
    one("the client's headers", numbered("total", "page"), "", 'headers = { "X-Team" = "whales" }',
        check=with_header("x-team", "whales")),
    one("an array of params", numbered("total", "page", takes_lists_of="tag"), 'params = { tag = ["a", "b c"], kind = "x" }',
        check=with_each("tag", "a", "b c")),
    Connector("params over those of the defaults", numbered("total", "page"), check=with_params(kind="mine", lang="en"),
              toml='[client]\nbase_url = "@URL@"\n[resource_defaults]\nparams = { kind = "all", lang = "en" }\n'
              '[[resources]]\nname = "rows"\npath = "items"\nparams = { kind = "mine" }\n'),
    one("braces that mean themselves", numbered("total", "page"), 'params = { filter = "{{a}}" }',
        check=with_params(filter="{a}")),
    one("records that are named", Scenario("single", {"records": "fish"}), 'data_selector = "fish"'),
    one("records that are named as a path", Scenario("single", {"records": "fish"}), 'data_selector = "$.fish[*]"'),
    one("records that are filtered by a path", Scenario("single"), """data_selector = "$.items[?(@.kind == 'a')]" """,
        rows=[row(number) for number in range(1, 58) if number % 3 == 0]),
    one("records that are not there", numbered(), 'data_selector = "nowhere"\npaginator = "single_page"', code=PAGE,
        words=("nowhere",)),
    one("rows that are kept", numbered("total", "page"),
        'filters = [{ path = "kind", op = "==", value = "a" }, { path = "id", op = "<", value = 30 }]',
        rows=[row(number) for number in range(1, 30) if number % 3 == 0]),
    one("rows of some values", numbered("total", "page"), 'filters = [{ path = "id", op = "in", value = [3, 5, 99] }]',
        rows=[row(3), row(5)]),
    one("columns with types", numbered("total", "page"), 'columns = { id = "text" }',
        rows=[r | {"id": str(r["id"])} for r in numbered().expected()]),
    one("rows that come twice count once by their key", numbered(overlaps=2),
        'paginator = { type = "page_number", base_page = 1 }\nprimary_key = "id"\nwrite_disposition = "merge"'),
    one("rows that come twice with a total count once by their key", numbered("total", "page", overlaps=2),
        'primary_key = "id"\nwrite_disposition = "merge"'),
    Connector("two resources", numbered("total", "page"),
              tables={"a": numbered().expected(), "b": numbered().expected()},
              toml='[client]\nbase_url = "@URL@"\n[[resources]]\nname = "a"\npath = "items"\n[[resources]]\nname = "b"\npath = "things"\n'),
    one("no more at once than the limit", numbered("total", "page", latency_ms=20), "",
        "limits = { max_concurrency = 2 }", check=at_most(2)),
    one("no more in a second than the limit", numbered("total", "page"), "", "limits = { requests_per_second = 5 }",
        check=spread(0.8), slow=True),
]


def wants(**what) -> Scenario:
    return numbered("total", "page", wants=what)


def oauth(uses: int = 1000, secret: str = "hush-hush", **how) -> Scenario:
    return numbered("total", "page", oauth2={"id": "ada", "secret": secret, "uses": uses, **how})


def tokens(count: int):
    def check(source: Source) -> None:
        asked = [request for request in source.requests() if request["path"].endswith("/oauth/token")]
        assert len(asked) == count, f"{len(asked)} tokens were asked for"
    return check


BEARER = 'auth = { type = "bearer", token = "${MOCK_TOKEN}" }'
BEARER_HEADERS = {"Authorization": "Bearer hush-hush"}
OAUTH = 'auth = { type = "oauth2_client_credentials", access_token_url = "@URL@/oauth/token", client_id = "ada", client_secret = "${MOCK_TOKEN}"%s }'

LOGINS = [
    one("a bearer token", wants(headers=BEARER_HEADERS), "", BEARER),
    one("an API key in a header", wants(headers={"X-Api-Key": "hush-hush"}), "",
        'auth = { type = "api_key", name = "X-Api-Key", api_key = "${MOCK_TOKEN}", location = "header" }'),
    one("an API key in the query", wants(query={"key": "hush-hush"}), "",
        'auth = { type = "api_key", name = "key", api_key = "${MOCK_TOKEN}", location = "query" }'),
    one("an API key in the query of a source that links",
        Scenario("json_link", {}, {"wants": {"query": {"key": "hush-hush"}}}),
        'paginator = "json_link"',
        'auth = { type = "api_key", name = "key", api_key = "${MOCK_TOKEN}", location = "query" }'),
    one("an API key in a cookie", wants(cookies={"session": "hush-hush"}), "",
        'auth = { type = "api_key", name = "session", api_key = "${MOCK_TOKEN}", location = "cookie" }'),
    one("a password", wants(headers={"Authorization": "Basic YWRhOmh1c2gtdG9v"}), "",
        'auth = { type = "http_basic", username = "${MOCK_USER}", password = "${MOCK_PASSWORD}" }'),
    one("the wrong password", wants(headers={"Authorization": "Basic eA=="}), "",
        'auth = { type = "http_basic", username = "ada", password = "${MOCK_PASSWORD}" }', code=STATUS, words=("401",)),
    one("OAuth", oauth(), "", OAUTH % "", check=tokens(1)),
    one("OAuth with the secret in the body", oauth(), "", OAUTH % ', token_endpoint_auth_method = "client_secret_post"',
        check=tokens(1)),
    one("OAuth whose token ends amid", oauth(uses=3), "", OAUTH % "", options=("--concurrency", "1"), check=tokens(2)),
    one("OAuth with the wrong secret", oauth(secret="other"), "", OAUTH % "", code=STATUS,
        words=("/oauth/token", "401")),
    one("a secret from a file", wants(headers=BEARER_HEADERS), "", BEARER, environment={},
        secrets_file='MOCK_TOKEN = "hush-hush"\n'),
    one("a secret from both is the environment's", wants(headers=BEARER_HEADERS), "", BEARER,
        secrets_file='MOCK_TOKEN = "other"\n'),
    one("a secret that is nowhere", wants(headers=BEARER_HEADERS), "", BEARER, environment={}, code=USAGE,
        words=("MOCK_TOKEN", "secrets.toml")),
    one("a dollar that means itself", numbered("total", "page"), 'params = { price = "$${MOCK_TOKEN}" }',
        check=with_params(price="${MOCK_TOKEN}")),
]

ACTIONS = [
    one("404 ends it when told so", numbered(behind_last=404), 'paginator = { type = "page_number", base_page = 1 }\n'
        'response_actions = [{ status_code = 404, action = "end" }]'),
    one("a refusal that is ignored gives no rows", wants(headers={"X-Never": "1"}),
        'response_actions = [{ status_code = 401, action = "ignore" }]', rows=[]),
    one("content that fails",
        numbered("total", "page", error_body={"page": 3, "body": {"items": [], "error": "no luck"}}),
        'response_actions = [{ content = "no luck", action = "fail" }]', code=PAGE, words=("no luck",)),
    one("a status that is tried again", numbered("total", "page", fails_once={"nth": 3, "status": 418}),
        'response_actions = [{ status_code = 418, action = "retry" }]', slow=True),
    one("content that is tried again", numbered("total", "page", fails_once={"nth": 3, "status": 200}),
        'response_actions = [{ content = "a bad moment", action = "retry" }]', slow=True),
    one("two attempts and no more", numbered("total", "page", fails_always={"page": 3, "status": 500}), "",
        client='retry = { attempts = 2 }', code=STATUS, words=("500", "2 attempts"), check=asked(3, 2)),
    one("a status that fails at once", numbered("total", "page", fails_always={"page": 3, "status": 500}),
        'response_actions = [{ status_code = 500, action = "fail" }]', code=STATUS, words=("500", "page=3")),
]

PARENTS = '[[resources]]\nname = "parents"\npath = "parents"\nprimary_key = "id"\n'
CHILD = 'name = "children"\ninclude_from_parent = ["id"]\n'


def family_file(*resources: str) -> str:
    return '[client]\nbase_url = "@URL@"\n' + "".join(resources)


def all_children(key: str = "_parents_id", missing: tuple[int, ...] = ()) -> list[dict]:
    return [child | {key: parent["id"]} for parent in family.parents()
            for child in family.children(parent["id"], missing)]


def each_parent_once(source: Source) -> None:
    first = [request["path"] for request in source.requests()
             if request["path"].endswith("/children") and dict(map(tuple, request["query"])).get("page", "1") == "1"]
    assert len(first) == len(set(first)) == family.PARENTS


def child(resource: str) -> str:
    return f"[[resources]]\n{CHILD}{resource}\n"


FAMILIES = [
    Connector("children by path", Scenario("family"), check=each_parent_once,
              tables={"parents": family.parents(), "children": all_children()},
              toml=family_file(PARENTS, child('path = "parents/{resources.parents.id}/children"'))),
    Connector("children before their parents in the file", Scenario("family"),
              tables={"parents": family.parents(), "children": all_children()},
              toml=family_file(child('path = "parents/{resources.parents.id}/children"'), PARENTS)),
    Connector("children by parameter", Scenario("family"), tables={"children": all_children()},
              toml=family_file(PARENTS, child('path = "children"\nparams = { parent = "{resources.parents.id}" }'))),
    Connector("children by a body that keeps the type", Scenario("family", {"place": "body"}),
              tables={"children": all_children()},
              toml=family_file(PARENTS, child(
                  'path = "children"\nmethod = "POST"\njson = { parent = "{resources.parents.id}" }\n'
                  'paginator = { type = "page_number", base_page = 1, page_body_path = "page", total_path = "total_pages" }'))),
    Connector("parents that are not a table", Scenario("family"), tables={"children": all_children(), "parents": None},
              toml=family_file(PARENTS + "selected = false\n",
                               child('path = "parents/{resources.parents.id}/children"'))),
    Connector("children that are not there", Scenario("family", quirks={"missing": [2, 7]}), code=STATUS,
              words=("404", "/children"),
              toml=family_file(PARENTS, child('path = "parents/{resources.parents.id}/children"'))),
    Connector("children that are not there and are not missed", Scenario("family", quirks={"missing": [2, 7]}),
              tables={"children": all_children(missing=(2, 7))},
              toml=family_file(PARENTS, child('path = "parents/{resources.parents.id}/children"\n'
                                              'response_actions = [{ status_code = 404, action = "ignore" }]'))),
    Connector("grandchildren", Scenario("family"), toml=family_file(
        PARENTS, child('path = "parents/{resources.parents.id}/children"'),
        '[[resources]]\nname = "notes"\npath = "parents/{resources.children._parents_id}/children/{resources.children.no}/notes"\n'),
        tables={"notes": [note for parent in family.parents() for c in family.children(parent["id"])
                          for note in family.notes(parent["id"], c["no"])]}),
    Connector("a parent's value is encoded in a path", Scenario("family"), toml=family_file(
        PARENTS, '[[resources]]\nname = "slugs"\npath = "by-slug/{resources.parents.slug}"\n'),
        tables={"slugs": [{"slug": parent["slug"]} for parent in family.parents()]}),
]

PARTITIONS = [
    one("windows of time", Scenario("family"),
        'path = "changes"\npartitions = { type = "date", start_param = "since", end_param = "until", '
        'from = "2026-01-01", to = "2026-01-02", step = "6h" }', rows=family.first_changes()),
    one("windows of numbers", Scenario("family"), 'path = "numbers"\npaginator = "single_page"\n'
        'partitions = { type = "range", start_param = "from", end_param = "below", from = 1, to = 58, step = 10 }'),
    one("values", Scenario("family"),
        'path = "children"\npartitions = { type = "values", param = "parent", values = ["1", "2", "11"] }',
        rows=[c for parent in (1, 2, 11) for c in family.children(parent)]),
]

CASES = [*PAGINATORS, *REQUESTS, *LOGINS, *ACTIONS, *FAMILIES, *PARTITIONS,
         *(Connector(name, numbered("total", "page"), toml=text, code=USAGE, words=words, environment={}) for name,
           text, words in BAD_FILES)]
