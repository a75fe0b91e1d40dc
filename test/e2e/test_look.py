"""The verbs that look at a source and write no table: check, preview, init."""

import csv
import io
import json

import pytest

from rig import connector, data, exit_codes, tool
from rig.connector_cases import file
from rig.mock.scenario import Scenario
from rig.readers import assert_table, by_duckdb

NUMBERED = {"says": ["total", "page"]}


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else []


def test_check_tells_what_was_found_on_one_page_and_writes_nothing(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    result = tool.run("check", source.url + "/items", "--primary-key", "id", cwd=tmp_path).succeeded()
    for word in ("$.items", "page number", "57 in all", "6 pages", "id ", "BIGINT", "name", "VARCHAR", "apart"):
        assert word in result.out, str(result)
    assert len(source.requests()) == 1 and files_in(tmp_path) == []


def test_check_of_a_file_tells_all_its_problems_at_once_and_asks_nobody(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    path = connector.write(tmp_path, file('primary_kee = "id"\nwrite_disposition = "merg"'), source)
    result = tool.run("check", path)
    assert result.code == exit_codes.USAGE, str(result)
    assert "source.toml:7:1: " in result.err and "source.toml:8:" in result.err, str(result)
    assert source.requests() == []


def test_check_offline_asks_nobody(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    path = connector.write(tmp_path, file(""), source)
    result = tool.run("check", path, "--offline").succeeded()
    assert "resource rows" in result.out and source.requests() == [], str(result)


def test_check_needs_the_secrets_also_offline(mock, tmp_path):
    path = connector.write(tmp_path, file("", 'auth = { type = "bearer", token = "${NOT_THERE}" }'), mock.begin(Scenario("single")))
    result = tool.run("check", path, "--offline")
    assert result.code == exit_codes.USAGE and "NOT_THERE" in result.err, str(result)


def test_check_goes_on_behind_a_resource_that_fails(mock, nginx, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    more = f'[[resources]]\nname = "gone"\npath = "{nginx.url}/nowhere"\n[[resources]]\nname = "again"\npath = "items"\n'
    result = tool.run("check", connector.write(tmp_path, file("", "", more), source))
    assert result.code == exit_codes.STATUS and "/nowhere" in result.err, str(result)
    assert "rows: " in result.out and "again: " in result.out, str(result)


def test_preview_shows_the_first_rows_from_one_request(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    result = tool.run("preview", source.url + "/items", "--rows", "7", cwd=tmp_path).succeeded()
    assert "row 7" in result.out and "row 8" not in result.out and "│" in result.out, str(result)
    assert len(source.requests()) == 1 and files_in(tmp_path) == []


@pytest.mark.parametrize("style", ["page_number", "cursor", "json_link"])
def test_preview_asks_for_no_more_pages_than_it_shows(mock, style):
    source = mock.begin(Scenario(style, NUMBERED if style == "page_number" else {}))
    printed = tool.run("preview", source.url + "/items", "--rows", "25", "--format", "json").succeeded().out
    assert [json.loads(line)["id"] for line in printed.splitlines()] == list(range(1, 26))
    assert 3 <= len(source.requests()) <= 4  # one may be under way when the rows are enough


def test_preview_as_csv(nginx):
    printed = tool.run("preview", nginx.url + "/pages/languages", "--rows", "3", "--format", "csv").succeeded().out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["alpha_3"] for row in rows] == [row["alpha_3"] for row in data.languages()[:3]]


def test_preview_of_children_shows_those_of_the_first_parents(drf, tmp_path):
    (tmp_path / "c.toml").write_text(f"""
[client]
base_url = "{drf.url}"
[[resources]]
name = "parents"
path = "/page/languages/"
[[resources]]
name = "children"
path = "/page/subdivisions/"
params = {{ of = "{{resources.parents.alpha_3}}" }}
include_from_parent = ["alpha_3"]
""")
    printed = tool.run("preview", tmp_path / "c.toml", "--resource", "children", "--rows", "3", "--format", "json").succeeded().out
    rows = [json.loads(line) for line in printed.splitlines()]
    assert len(rows) == 3 and {row["_parents_alpha_3"] for row in rows} == {data.languages()[0]["alpha_3"]}


def test_preview_of_an_unknown_resource_names_the_nearest(mock, tmp_path):
    path = connector.write(tmp_path, file(""), mock.begin(Scenario("single")))
    result = tool.run("preview", path, "--resource", "rwos")
    assert result.code == exit_codes.USAGE and "'rows'" in result.err, str(result)


# init

STYLES = {
    "page number, total of rows": Scenario("page_number", {"says": ["total", "page"]}),
    "page number, total of pages": Scenario("page_number", {"says": ["total_pages", "page"]}),
    "page number, 404 behind the last": Scenario("page_number", {"says": ["total", "page"]}, {"behind_last": 404}),
    "page number, next URL, 404": Scenario("page_number", {"says": ["next"]}, {"behind_last": 404}),
    "page number, has_more": Scenario("page_number", {"says": ["page", "has_more"]}),
    "page number, headers": Scenario("page_number", {"says": ["headers", "page"]}),
    "offset": Scenario("offset", {"says": ["total", "offset"]}),
    "offset, has_more": Scenario("offset", {"says": ["has_more", "offset"]}),
    "cursor": Scenario("cursor"),
    "link in the body": Scenario("json_link"),
    "Link header": Scenario("header_link"),
    "one page": Scenario("single"),
    "OData": Scenario("odata"),
}


def init_and_pull(source, folder, *options):
    """What a pull of the URL and one of the connector that init wrote make of it."""
    written = folder / "c" / "items.toml"
    written.parent.mkdir()
    tool.run("init", source.url + "/items", "-o", written, *options).succeeded()
    tool.run("check", written, env=tool.environment() | {"X_API_KEY": "hush-hush"}).succeeded()
    tool.pull(source.url + "/items", folder / "url", "items", *options).succeeded()
    tool.run("pull", written, "--to", folder / "file", env=tool.environment() | {"X_API_KEY": "hush-hush"}).succeeded()
    return written.read_text(), by_duckdb(folder / "url/items").rows, by_duckdb(folder / "file/items").rows


@pytest.mark.parametrize("scenario", STYLES.values(), ids=STYLES)
def test_the_file_that_init_writes_pulls_the_same_rows(mock, tmp_path, scenario):
    text, by_url, by_file = init_and_pull(mock.begin(scenario), tmp_path)
    assert by_file == by_url and len(by_file) == 57, text


@pytest.mark.parametrize("server, path", [("drf", "/page/subdivisions/"), ("drf", "/offset/subdivisions/?limit=700"),
                                          ("drf", "/cursor/subdivisions/"), ("json_server", "/languages?_page=1&_limit=700"),
                                          ("nginx", "/pages/languages")])
def test_init_of_servers_that_others_wrote(request, tmp_path, server, path):
    url = request.getfixturevalue(server).url + path
    written = tmp_path / "c.toml"
    tool.run("init", url, "-o", written, "--name", "rows").succeeded()
    tool.run("pull", written, "--to", tmp_path / "file").succeeded()
    assert_table(tmp_path / "file/rows", data.languages() if "languages" in path else data.subdivisions())


def test_init_proposes_a_key_and_writes_no_secret(mock, tmp_path):
    source = mock.begin(Scenario("page_number", NUMBERED))
    text, by_url, by_file = init_and_pull(source, tmp_path, "--header", "X-Api-Key: hush-hush")
    assert '# primary_key = "id"' in text and "${X_API_KEY}" in text and "hush" not in text, text
    assert by_file == by_url
    assert {request["headers"].get("x-api-key") for request in source.requests()} == {"hush-hush"}


def test_init_writes_over_nothing(mock, tmp_path):
    (tmp_path / "there.toml").write_text("mine")
    result = tool.run("init", mock.begin(Scenario("single")).url + "/items", "-o", tmp_path / "there.toml")
    assert result.code == exit_codes.USAGE and "not there yet" in result.err, str(result)
    assert (tmp_path / "there.toml").read_text() == "mine"
