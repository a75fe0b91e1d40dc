"""`trawl sql`: questions about what was pulled."""

import re

import pytest

from rig import data, exit_codes, tool


@pytest.fixture(scope="module")
def lake(nginx, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sql") / "lake"
    tool.pull(nginx.url + "/pages/subdivisions", folder, "subdivisions").succeeded()
    tool.pull(nginx.url + "/pages/languages", folder, "languages").succeeded()
    tool.pull(nginx.url + "/single/array.json", folder, "typed").succeeded()
    return folder


def answer(lake, query: str) -> str:
    return tool.run("sql", query, "--lake", lake).succeeded().out


def test_it_counts(lake):
    assert re.search(rf"\b{len(data.subdivisions())}\b", answer(lake, "select count(*) from subdivisions"))


def test_it_prints_columns_and_values(lake):
    printed = answer(lake, "select name, type from subdivisions where code = 'AD-02'")
    assert all(word in printed for word in ("name", "type", "Canillo", "Parish"))


def test_it_joins_tables(lake):
    query = "select (select count(*) from subdivisions) + (select count(*) from languages) as both_tables"
    assert str(len(data.subdivisions()) + len(data.languages())) in answer(lake, query)


def test_it_reads_what_is_nested_and_what_is_not_ascii(lake):
    assert "8848" in answer(lake, "select max(place.height_m) as top from typed")
    assert "漢字" in answer(lake, "select name from typed where name like '%漢字%'")


def test_a_table_that_was_replaced_has_its_new_rows_only(nginx, tmp_path):
    for path in ("/pages/subdivisions", "/single/array.json"):
        tool.pull(nginx.url + path, tmp_path, "rows").succeeded()
    assert re.search(rf"\b{len(data.typed())}\b", answer(tmp_path, "select count(*) from rows"))


def test_of_several_statements_all_are_answered(lake):
    printed = answer(lake, "set threads = 1; select 41 as one; select ['42;'] as other")
    assert "41" in printed and "[42;]" in printed and printed.index("41") < printed.index("42")
    lines = tool.run("sql", "select 1 as a; select 2 as b", "--lake", lake, "--format", "csv").succeeded().out
    assert lines.split() == ["a", "1", "b", "2"]


def test_a_copy_tells_how_many_rows_it_wrote(lake, tmp_path):
    copy = f"copy (select unnest([1, 2, 3]) as n) to '{tmp_path / 'rows.csv'}'"
    printed = tool.run("sql", f"create temp table steps as select 1; {copy}", "--lake", lake, "--format", "csv")
    assert printed.succeeded().out.split() == ["Count", "3"]


def test_a_pivot_is_one_statement(lake):
    pivot = "pivot (select 1 as a, 'x' as k) on k using sum(a)"
    printed = tool.run("sql", f"{pivot}; select 2 as b", "--lake", lake, "--format", "csv").succeeded().out
    assert printed.split() == ["x", "1", "b", "2"]


def test_of_several_statements_one_that_is_wrong_fails(lake):
    result = tool.run("sql", "select 41 as one; select nothing_there", "--lake", lake)
    assert result.code == exit_codes.SQL and "nothing_there" in result.err, str(result)
