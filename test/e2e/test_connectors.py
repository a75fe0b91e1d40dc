"""`trawl pull FILE.toml`: what a connector's file can say, each with the tables that must come of it, or the error.

All wait for connectors to be there, but for the tests of the cases themselves.
"""

import re
import tomllib

import pytest

from rig import connector, exit_codes, tool
from rig.cases import Pulls, asked_for, assert_met, assert_refused, parameters
from rig.compare import assert_same_rows
from rig.connector_cases import CASES, PARENTS, SECRETS, family_file, file
from rig.connector_errors import BAD_FILES
from rig.mock import family
from rig.mock.scenario import Scenario
from rig.readers import by_duckdb

needs_connectors = pytest.mark.skipif("not connector.is_there()", reason="connectors are not there yet")

BAD = {name for name, *_ in BAD_FILES}
KEYS = {"client": {"base_url", "headers", "auth", "paginator", "limits", "retry", "timeout"},
        "resources": {"name", "table", "path", "method", "params", "json", "headers", "paginator", "data_selector",
                      "primary_key",
                      "columns", "write_disposition", "selected", "include_from_parent", "incremental", "partitions",
                      "response_actions", "filters", "endpoint"}}


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in BAD], ids=lambda case: case.name)
def test_a_file_is_toml_and_has_known_keys(case):
    content = tomllib.loads(case.toml)
    client = content.get("client") or content["source"]
    resources = content.get("resources") or content["resource"]
    assert not set(client) - KEYS["client"]
    assert not {key for resource in [*resources, content.get("resource_defaults", {})]
                for key in resource} - KEYS["resources"]


@pytest.fixture(scope="module")
def pulls(mock, tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("connectors")

    def pull(case) -> tuple:
        source = mock.begin(case.scenario)
        return source, connector.pull_case(case, source, folder / f"{CASES.index(case)}"), folder / f"{CASES.index(case)}" / "lake"

    begun = Pulls(pull, asked_for(request, CASES) if connector.is_there() else [])
    yield begun
    begun.close()


@needs_connectors
@pytest.mark.parametrize("case", parameters([case for case in CASES if case.name not in BAD]))
def test_a_connector(pulls, case):
    source, result, lake = pulls[case]
    assert all(secret not in result.out + result.err for secret in SECRETS.values() if "hush" in secret), str(result)
    if not case.tables:
        assert_met(case, source, result, lake)
        return
    result.succeeded()
    for name, rows in case.tables.items():
        if rows is None:
            assert not tool.table(lake, name).exists(), f"{name} was not selected"
        else:
            assert_same_rows(by_duckdb(tool.table(lake, name)).rows, rows)
    if case.check:
        case.check(source)


@needs_connectors
@pytest.mark.parametrize("case", parameters([case for case in CASES if case.name in BAD]))
def test_a_file_that_makes_no_sense(pulls, case):
    source, result, lake = pulls[case]
    assert_refused(result, lake, exit_codes.USAGE, case.words)
    assert re.search(r"source\.toml:\d+:\d+", result.err), f"it does not say where:\n{result}"
    assert source.requests() == []


@needs_connectors
def test_each_resource_that_fails_is_told_with_its_error(mock, tmp_path):
    source = mock.begin(Scenario("family"))
    toml = family_file(PARENTS, '[[resources]]\nname = "one"\npath = "no/one"\n',
                       '[[resources]]\nname = "two"\npath = "no/two"\n')
    result = connector.pull(connector.write(tmp_path, toml, source), tmp_path / "lake", "--quiet")
    assert result.code == exit_codes.STATUS, str(result)
    *errors, last = result.err.splitlines()
    assert len(errors) == 2, str(result)
    for name in ("one", "two"):
        assert [line for line in errors if line.startswith(f"trawl: {name}: ") and f"/no/{name} " in line], str(result)
    assert re.fullmatch(r"trawl: committed: parents; not committed: (one, two|two, one)", last), str(result)


def rows_after(folder, toml: str, source, *more_rows) -> list[list[dict]]:
    """The table after a pull, and after another one behind each addition to the source."""
    path = connector.write(folder, toml, source)
    tables = []
    for added in (None, *more_rows):
        if added:
            source.add(added)
        connector.pull(path, folder / "lake").succeeded()
        tables.append(by_duckdb(tool.table(folder / "lake")).rows)
    return tables


ITEMS = Scenario("page_number", {"says": ["total", "page"]})
SINCE = 'incremental = { cursor_path = "updated_at", initial_value = "2026-01-01T00:00:00Z", start_param = "since"%s }\n'
MERGE = 'path = "changes"\nprimary_key = "id"\nwrite_disposition = "merge"\n'


@needs_connectors
@pytest.mark.parametrize("disposition, times", [("replace", 1), ("append", 2)])
def test_a_second_pull_replaces_or_appends(mock, tmp_path, disposition, times):
    source = mock.begin(ITEMS)
    _, second = rows_after(tmp_path, file(f'write_disposition = "{disposition}"'), source, [])
    assert_same_rows(second, ITEMS.expected() * times)


@needs_connectors
def test_a_second_pull_merges_by_the_primary_key(mock, tmp_path):
    source = mock.begin(ITEMS)
    _, second = rows_after(tmp_path, file('write_disposition = "merge"\nprimary_key = "id"'), source, [])
    assert_same_rows(second, ITEMS.expected())


@needs_connectors
def test_an_incremental_pull_asks_for_what_is_new_only(mock, tmp_path):
    source = mock.begin(Scenario("family"))
    new = [family.change(24, 30), family.change(5, 31, "second")]
    first, second = rows_after(tmp_path, file(MERGE + SINCE % ""), source, new)
    assert_same_rows(first, family.first_changes())
    expected = {row["id"]: row for row in [*family.first_changes(), *new]}
    assert_same_rows(second, list(expected.values()))
    since = [dict(map(tuple, request["query"])).get("since") for request in source.requests()]
    assert since[0] == "2026-01-01T00:00:00Z" and since[-1] == "2026-01-01T21:00:00Z", since


@needs_connectors
@pytest.mark.parametrize("disposition", ["append", "merge"])
def test_rows_at_the_boundary_come_once(mock, tmp_path, disposition):
    """Three rows share the last time, and a fourth of that time comes later: none is lost, and none comes twice."""
    source = mock.begin(Scenario("family"))
    late = [family.change(24, 21)]
    toml = file(MERGE.replace("merge", disposition) + SINCE % "")
    first, second, third = rows_after(tmp_path, toml, source, late, [])
    assert_same_rows(first, family.first_changes())
    assert_same_rows(second, [*family.first_changes(), *late])
    assert_same_rows(third, second)


@needs_connectors
def test_late_rows_come_with_a_lag(mock, tmp_path):
    source = mock.begin(Scenario("family"))
    late = [family.change(24, 19)]
    _, second = rows_after(tmp_path, file(MERGE + SINCE % ', lag = "3h"'), source, late)
    assert_same_rows(second, [*family.first_changes(), *late])


@needs_connectors
def test_an_end_value_is_a_bound(mock, tmp_path):
    source = mock.begin(Scenario("family"))
    more = ', end_param = "until", end_value = "2026-01-01T10:00:00Z"'
    [only] = rows_after(tmp_path, file(MERGE + SINCE % more), source)
    assert_same_rows(only, [row for row in family.first_changes() if row["updated_at"] < "2026-01-01T10:00:00Z"])


@needs_connectors
def test_a_cursor_that_a_row_does_not_have_is_an_error_unless_told(mock, tmp_path):
    source = mock.begin(Scenario("family"))
    toml = file(MERGE + SINCE.replace("updated_at", "changed_at") % "")
    result = connector.pull(connector.write(tmp_path, toml, source), tmp_path / "lake")
    assert_refused(result, tmp_path / "lake", exit_codes.PAGE, ("changed_at",))
    told = file(MERGE + SINCE.replace("updated_at", "changed_at") % ', on_cursor_value_missing = "include"')
    [rows] = rows_after(tmp_path / "told", told, source)
    assert_same_rows(rows, family.first_changes())


@needs_connectors
def test_a_resource_that_fails_leaves_the_others_whole(mock, tmp_path):
    source = mock.begin(Scenario("family"))
    toml = '[client]\nbase_url = "@URL@"\n[[resources]]\nname = "good"\npath = "parents"\n[[resources]]\nname = "bad"\npath = "nowhere"\n'
    result = connector.pull(connector.write(tmp_path, toml, source), tmp_path / "lake")
    assert result.code == exit_codes.STATUS and "bad" in result.err and "404" in result.err, str(result)
    assert not tool.table(tmp_path / "lake", "bad").exists()
    good = tool.table(tmp_path / "lake", "good")
    assert not good.exists() or by_duckdb(good).rows == family.parents()
