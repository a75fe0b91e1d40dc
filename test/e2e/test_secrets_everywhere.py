"""Secrets wherever one can be given (URL, headers, connector, OAuth), looked for in all that trawl shows or writes.

test_secrets.py has the URL's; here are sources that repeat what they were sent, a terminal, and `trawl ps` meanwhile.
"""

import base64
import os
import pty
from urllib.parse import urlsplit

import pytest

from rig import answers, connector, exit_codes, tool
from rig.connector_cases import file
from rig.mock.scenario import Scenario
from rig.pages import SECRET
from rig.readers import by_duckdb
from rig.wait import wait_until
from test_cli import read_all
from test_secrets import assert_silent, with_password

HEADERS = ["Authorization: Bearer {}", "X-Api-Key: {}", "Cookie: session={}", "X-Nobody-Knows: {}",
           "Proxy-Authorization: Basic {}"]
KEYS = ["token", "access_token", "refresh_token", "id_token", "api_key", "apikey", "api-key", "apiKey", "key", "secret",
        "client_secret",
        "password", "passwd", "pwd", "sig", "signature", "X-Amz-Signature", "X-Amz-Credential", "auth", "jwt",
        "session", "sessionid",
        "private_token", "subscription-key", "hapikey", "app_key"]
NUMBERED = {"says": ["total", "page"]}
ECHO = {"echoes": {"page": 3}}


def was_told(source) -> bool:
    sent = str(source.requests())
    return SECRET in sent or base64.b64encode(f"ada:{SECRET}".encode()).decode() in sent


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_is_sent_and_shown_nowhere(mock, lake, header):
    source = mock.begin(Scenario("page_number", NUMBERED))
    result = tool.pull(source.url + "/items", lake, "rows", "--header", header.format(SECRET)).succeeded()
    assert was_told(source)
    assert_silent(result, lake)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("status", [401, 200])
def test_a_source_that_repeats_a_header(mock, lake, header, status):
    source = mock.begin(Scenario("page_number", NUMBERED, {"echoes": {"page": 3, "status": status}}))
    result = tool.pull(source.url + "/items", lake, "rows", "--header", header.format(SECRET))
    assert result.code == (exit_codes.STATUS if status == 401 else exit_codes.PAGE), str(result)
    assert was_told(source)
    assert_silent(result, lake)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_of_a_url_that_a_message_names(mock, lake, key):
    source = mock.begin(Scenario("page_number", NUMBERED, ECHO))
    result = tool.pull(f"{source.url}/items?{key}={SECRET}", lake)
    assert result.code == exit_codes.STATUS and "page=3" in result.err, str(result)
    assert was_told(source)
    assert_silent(result, lake)


QUIRKS = {
    "a page that comes again": Scenario("cursor", {}, {"repeats_cursor": 2}),
    "a cap": Scenario("page_number", NUMBERED, {"caps_at": 30}),
    "a page that is ignored": Scenario("page_number", NUMBERED, {"ignores_param": True}),
    "a page that breaks off": Scenario("page_number", NUMBERED, {"truncates_always": 3}),
    "a login page": Scenario("page_number", NUMBERED, {"html_login": {"page": 3}}),
    "redirects in circles": Scenario("page_number", NUMBERED, {"moved": {"circle": True}}),
    "an hour to wait": Scenario("page_number", NUMBERED,
                                {"throttles": {"after": 2, "says": "seconds", "wait_s": 3600}}),
    "a cursor that nobody knows": Scenario("cursor", {"field": "next_token"}),
    "no records": Scenario("single", {"records": "fish"}),
}


@pytest.mark.parametrize("scenario", QUIRKS.values(), ids=QUIRKS)
def test_every_sort_of_error(mock, lake, scenario):
    source = mock.begin(scenario)
    url = with_password(source.url) + f"/items?api_key={SECRET}#access_token={SECRET}"
    more = ("--records", "nowhere") if scenario.style == "single" else ()
    result = tool.pull(url, lake, "rows", "--header", f"X-Api-Key: {SECRET}", *more)
    assert result.code not in (exit_codes.OK, exit_codes.UNEXPECTED), str(result)
    assert was_told(source)
    assert_silent(result, lake)


@pytest.mark.parametrize("arguments", [
    ("pull", f"http://ada:{SECRET}@127.0.0.1:1/items", f"http://ada:{SECRET}@127.0.0.1:1/more"),
    ("pull", "http://127.0.0.1:1/items", "--header", f"Authorization {SECRET}"),
    ("pull", f"http://ada:{SECRET}@127.0.0.1:1/items", "--concurrency", "0"),
    ("pull", f"http://ada:{SECRET}@127.0.0.1:1/items?token={SECRET}", "--paginator", "clairvoyant"),
    ("pull", f"http://ada:{SECRET}@[::1/items"),
    ("pull", f"http://ada:{SECRET} @127.0.0.1/items"),
    ("pull", f"ada:{SECRET}@127.0.0.1/items?token={SECRET}"),
    ("pull", f"--api-key={SECRET}", "http://127.0.0.1:1/items"),
    ("pull", "http://127.0.0.1:1/items", "--header", f"Bad Name: {SECRET}"),
    ("pull", "http://127.0.0.1:1/items", "--header", f"X-Key: {SECRET}\r\nX-Other: 1"),
], ids=lambda arguments: " ".join(arguments).replace(SECRET, "S"))
def test_bad_usage(tmp_path, arguments):
    assert_silent(tool.run(*arguments, cwd=tmp_path), tmp_path)


def test_a_table_that_is_named_by_the_url(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    url = with_password(source.url) + f"/items?api_key={SECRET}#access_token={SECRET}"
    assert_silent(tool.run("pull", url, cwd=tmp_path).succeeded(), tmp_path)
    assert was_told(source) and (tmp_path / "lake/items").is_dir()


def test_what_a_terminal_shows_meanwhile(mock, lake):
    source = mock.begin(Scenario("page_number", NUMBERED, {"latency_ms": 300}))
    ours, theirs = pty.openpty()
    process = tool.start("pull", with_password(source.url) + f"/items?api_key={SECRET}", "--to", lake, "--name", "rows",
                         "--header", f"X-Api-Key: {SECRET}", "--concurrency", "2", stdout=theirs, stderr=theirs)
    os.close(theirs)
    printed = read_all(ours)
    assert process.wait(tool.TIMEOUT_S) == exit_codes.OK, printed
    assert "6" in printed and SECRET not in printed
    assert was_told(source)


@pytest.mark.parametrize("how", ["plain", "json"])
def test_what_an_option_for_progress_shows(mock, lake, how):
    if "--progress" not in tool.run("pull", "--help").out:
        pytest.skip("there is no --progress yet")
    source = mock.begin(Scenario("page_number", NUMBERED, {"latency_ms": 100}))
    result = tool.pull(with_password(source.url) + f"/items?api_key={SECRET}", lake, "rows", "--header",
                       f"X-Api-Key: {SECRET}",
                       "--progress", how)
    assert_silent(result, lake)


def test_what_ps_tells_of_a_pull_that_runs(mock, lake):
    source = mock.begin(Scenario("page_number", NUMBERED, {"latency_ms": 1500}))
    process = tool.start("pull", with_password(source.url) + f"/items?api_key={SECRET}", "--to", lake, "--name", "rows",
                         "--header", f"X-Api-Key: {SECRET}")
    try:
        wait_until(lambda: source.report()["peak"] >= 1, "the first request")
        told = tool.run("ps", str(process.pid)).succeeded()
        assert SECRET not in told.out + told.err
        assert len(told.out.splitlines()) > 3, str(told)
    finally:
        process.terminate()
        tool.finish(process)


# connectors

LOGINS = {
    "bearer": 'auth = { type = "bearer", token = "%s" }',
    "API key": 'auth = { type = "api_key", name = "key", api_key = "%s", location = "query" }',
    "password": 'auth = { type = "http_basic", username = "ada", password = "%s" }',
    "OAuth": 'auth = { type = "oauth2_client_credentials", access_token_url = "@URL@/oauth/token", client_id = "ada", client_secret = "%s" }',
}
needs_connectors = pytest.mark.skipif("not connector.is_there()", reason="connectors are not there yet")


@needs_connectors
@pytest.mark.parametrize("how", ["in the file", "in the environment"])
@pytest.mark.parametrize("login", LOGINS)
def test_a_login_of_a_connector_that_is_refused(mock, tmp_path, login, how):
    quirks = {"oauth2": {"id": "ada", "secret": SECRET, "prefix": SECRET}} if login == "OAuth" else {}
    source = mock.begin(Scenario("page_number", NUMBERED, quirks | ECHO))
    written = SECRET if how == "in the file" else "${MOCK_TOKEN}"
    path = connector.write(tmp_path / "connector", file("", LOGINS[login] % written), source)
    result = connector.pull(path, tmp_path / "lake", environment={"MOCK_TOKEN": SECRET})
    assert result.code == exit_codes.STATUS, str(result)
    assert was_told(source)
    assert_silent(result, tmp_path / "lake")


@needs_connectors
def test_a_token_that_a_login_fetched_and_a_page_repeats(tmp_path):
    token = "AccessTok3nXYZ987"
    asked = []

    def answer(path, _):
        asked.append(path)
        if path == "/token":
            return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        return {"items": [], "error": f"authorization: Bearer {token}"}

    with answers.serve(answer) as url:
        auth = ('auth = { type = "oauth2_client_credentials", access_token_url = "%s/token", client_id = "i", '
                'client_secret = "s" }\n' % url)
        path = tmp_path / "source.toml"
        path.write_text(f'[client]\nbase_url = "{url}"\n{auth}[[resources]]\nname = "items"\npath = "items"\n')
        result = tool.run("pull", path, "--to", tmp_path / "lake", "--log-level", "debug")
    assert result.code == exit_codes.PAGE and "authorization: Bearer ***" in result.err, str(result)
    assert "/token" in asked and token not in result.err + result.out


@needs_connectors
def test_an_oauth_secret_that_the_endpoint_repeats(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED, {"echoes": {"page": 1}}))
    path = connector.write(tmp_path / "connector", file("", LOGINS["OAuth"] % SECRET), source)
    result = connector.pull(path, tmp_path / "lake")
    assert result.code == exit_codes.STATUS and "/oauth/token" in result.err, str(result)
    assert_silent(result, tmp_path / "lake")


@needs_connectors
@pytest.mark.parametrize("login", [
    'auth = { type = "bearer", token = "%s" ' % SECRET,           # not closed
    'auth = { type = "bearer", tokn = "%s" }' % SECRET,
    'auth = { type = "bearer", token = ["%s"] }' % SECRET,
    'auth = "%s"' % SECRET,
    'headers = { "X-Api-Key" = ["%s"] }' % SECRET,
    'token = "%s"' % SECRET,
])
def test_a_file_that_makes_no_sense_beside_a_secret(mock, tmp_path, login):
    path = connector.write(tmp_path / "connector", file("", login), mock.begin(Scenario("single")))
    result = connector.pull(path, tmp_path / "lake")
    assert result.code == exit_codes.USAGE, str(result)
    assert_silent(result, tmp_path / "lake")


@needs_connectors
def test_a_secret_that_became_a_row_is_a_row(mock, tmp_path):
    """What a source sends is data, whatever it is: it is not redacted in the table."""
    source = mock.begin(Scenario("single", {}, {}, 3))
    path = connector.write(tmp_path / "connector", file("", 'auth = { type = "bearer", token = "row 2" }'), source)
    connector.pull(path, tmp_path / "lake").succeeded()
    [table] = (tmp_path / "lake").iterdir()
    rows = by_duckdb(table).rows
    assert "row 2" in [row["name"] for row in rows]


# verbs that look


LOOKS = {"check": (), "preview": (), "plan": (), "init": (), "init -o": ("-o", "items.toml")}


@pytest.mark.parametrize("verb", LOOKS)
def test_a_verb_that_looks(mock, tmp_path, verb):
    source = mock.begin(Scenario("page_number", NUMBERED))
    url = with_password(source.url) + f"/items?api_key={SECRET}"
    result = tool.run(verb.split()[0], url, "--header", f"X-Api-Key: {SECRET}", *LOOKS[verb], cwd=tmp_path).succeeded()
    assert was_told(source)
    assert_silent(result, tmp_path)


@pytest.mark.parametrize("verb", ["check", "preview", "plan", "init"])
def test_a_verb_that_looks_at_a_source_that_repeats_what_it_was_sent(mock, tmp_path, verb):
    source = mock.begin(Scenario("page_number", NUMBERED, {"echoes": {"page": 1}}))
    result = tool.run(verb, f"{source.url}/items?api_key={SECRET}", "--header", f"X-Api-Key: {SECRET}", cwd=tmp_path)
    assert result.code == exit_codes.STATUS and was_told(source), str(result)
    assert_silent(result, tmp_path)


def test_rows_of_a_list_of_urls(mock, nginx, tmp_path):
    source = mock.begin(Scenario("single"))
    (tmp_path / "urls").write_text(f"{with_password(source.url)}/items?api_key={SECRET}\n{nginx.url}/nowhere?token={SECRET}\n")
    result = tool.run("get", "-i", tmp_path / "urls", "--rows", "--lake", tmp_path / "lake", "--header", f"X-Api-Key: {SECRET}")
    assert result.code == exit_codes.PAGE and was_told(source), str(result)
    assert_silent(result, tmp_path / "lake")


SPELLED = "AbC+dEf/GhI=="
SPELLINGS = (SPELLED, "AbC%2BdEf%2FGhI%3D%3D", "AbC+dEf%2FGhI==", "AbC+dEf/GhI%3D%3D")


@needs_connectors
@pytest.mark.parametrize("quirks, code", [({}, exit_codes.OK), (ECHO, exit_codes.STATUS)], ids=["taken", "refused"])
@pytest.mark.parametrize("client, resource", [
    ('auth = { type = "api_key", name = "k", api_key = "${TOK}", location = "query" }', 'path = "items"'),
    ("", 'path = "items"\nparams = { k = "${TOK}" }'),
    ("", 'path = "items?k=${TOK}"'),
], ids=["API key", "params", "path"])
def test_a_secret_that_a_url_spells_in_its_own_way(mock, tmp_path, client, resource, quirks, code):
    source = mock.begin(Scenario("page_number", NUMBERED, quirks))
    toml = f'[client]\nbase_url = "@URL@"\n{client}\n[[resources]]\nname = "rows"\n{resource}\n'
    file_ = connector.write(tmp_path / "connector", toml, source)
    result = connector.pull(file_, tmp_path / "lake", environment={"TOK": SPELLED})
    assert result.code == code, str(result)
    logs = "".join(log.read_text() for log in (tmp_path / "lake").rglob("*.json"))
    assert [way for way in SPELLINGS if way in result.out + result.err + logs] == [], str(result)


@pytest.mark.parametrize("scenario", [Scenario("page_number", NUMBERED), Scenario("json_link", {}), QUIRKS["a page that breaks off"],
                                      Scenario("page_number", NUMBERED, {"fails_once": {"nth": 2, "status": 503}}),
                                      Scenario("page_number", NUMBERED, ECHO)], ids=lambda scenario: str(scenario.quirks))
def test_a_log_of_every_request(mock, lake, scenario):
    source = mock.begin(scenario)
    url = with_password(source.url) + f"/items?api_key={SECRET}#access_token={SECRET}"
    result = tool.pull(url, lake, "rows", "--header", f"X-Api-Key: {SECRET}", "--log-level", "debug")
    assert was_told(source) and " debug request " in result.err, str(result)
    assert_silent(result, lake)


@pytest.mark.parametrize("login", LOGINS)
def test_a_log_of_a_connectors_requests(mock, tmp_path, login):
    quirks = {"oauth2": {"id": "ada", "secret": SECRET, "prefix": SECRET}} if login == "OAuth" else {}
    source = mock.begin(Scenario("page_number", NUMBERED, quirks | ECHO))
    path = connector.write(tmp_path / "connector", file("", LOGINS[login] % SECRET), source)
    for verb in (("pull", path, "--to", tmp_path / "lake"), ("check", path), ("preview", path, "--rows", "50")):
        result = tool.run(*verb, "--log-level", "debug")
        assert " debug request " in result.err, str(result)
        assert_silent(result, tmp_path / "lake")
    assert was_told(source)


KNOWS = """[client]
base_url = "@URL@"
headers = { X-Key = "${TOK}" }
[[resources]]
name = "rows"
path = "items"
params = { k = "${TOK}", page = 1 }
"""


@needs_connectors
@pytest.mark.parametrize("echo", [{}, {"echoes": {"page": 1}}], ids=["taken", "refused"])
@pytest.mark.parametrize("verb", ["check", "preview", "plan"])
def test_a_verb_that_looks_at_a_connector(mock, tmp_path, verb, echo):
    source = mock.begin(Scenario("page_number", NUMBERED, echo))
    path = connector.write(tmp_path / "connector", KNOWS, source)
    result = tool.run(verb, path, cwd=tmp_path, env=tool.environment() | {"TOK": SECRET})
    assert SECRET in str(source.requests()), str(result)
    assert_silent(result, tmp_path)


@needs_connectors
def test_partitions_and_a_trace(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    environment = {"env": tool.environment() | {"TOK": SECRET}}
    path = connector.write(tmp_path / "connector", KNOWS, source)
    planned = tool.run("plan", path, "--parts", "3", **environment).succeeded()
    (tmp_path / "parts").write_text(planned.out)
    result = tool.run("pull", path, "--to", tmp_path / "lake", "--partition", tmp_path / "parts", "--trace",
                      tmp_path / "trace", "--progress", "json", **environment).succeeded()
    for shown in (planned, result):
        assert_silent(shown, tmp_path)


def test_a_trace_and_a_partition_of_a_url(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED, {"latency_ms": 40}))
    asked = (with_password(source.url) + f"/items?api_key={SECRET}", "--header", f"X-Api-Key: {SECRET}")
    parts = tool.run("plan", *asked, "--parts", "2").succeeded().out.splitlines()
    for line in parts:
        assert SECRET not in line
        result = tool.run("pull", *asked, "--to", tmp_path / "lake", "--name", "items", "--partition", line, "--trace",
                          tmp_path / "trace", "--progress", "json", "--concurrency", "1").succeeded()
        assert_silent(result, tmp_path)
    assert was_told(source)


@needs_connectors
@pytest.mark.parametrize("given", ['params = { k = "${TOK}" }', 'headers = { X-Own = "${TOK}" }',
                                   'method = "POST"\njson = { k = "${TOK}" }'])
@pytest.mark.parametrize("path", ["/items", "/${TOK}/items"])
def test_a_host_that_a_row_names_is_told_no_secret(mock, tmp_path, given, path):
    other = mock.begin(Scenario("single"))
    child = f'[[resources]]\nname = "children"\npath = "http://{{resources.rows.host}}:{urlsplit(other.url).port}{path}"\n{given}\n'
    with answers.serve(lambda *_: [{"host": urlsplit(other.url).hostname}]) as url:
        (tmp_path / "c.toml").write_text(f'[client]\nbase_url = "{url}"\n[[resources]]\nname = "rows"\n{child}')
        result = tool.run("pull", tmp_path / "c.toml", "--to", tmp_path / "lake", env=tool.environment() | {"TOK": SECRET})
    assert SECRET not in str(other.requests()), str(result)
    assert result.code in (exit_codes.OK, exit_codes.PAGE, exit_codes.STATUS), str(result)
    assert_silent(result, tmp_path)


@needs_connectors
def test_a_next_url_of_another_host_is_not_told_the_body(tmp_path):
    with answers.serve(lambda *_: {"items": [], "next": None}) as other, \
            answers.serve(lambda *_: {"items": [{"id": 1}], "next": other + "/items"}) as url:
        (tmp_path / "c.toml").write_text(f'[client]\nbase_url = "{url}"\n[[resources]]\nname = "rows"\nmethod = "POST"\n'
                                         'json = { k = "${TOK}" }\n')
        result = tool.run("pull", tmp_path / "c.toml", "--to", tmp_path / "lake", env=tool.environment() | {"TOK": SECRET})
    assert result.code == exit_codes.CONNECT and "not told the body" in result.err, str(result)
    assert_silent(result, tmp_path)
