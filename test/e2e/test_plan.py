"""`trawl plan` and `trawl pull --partition`: the parts of a source, by several processes, are the whole."""

import json

import pytest

from rig import answers, connector, exit_codes, tool
from rig.connector_cases import file
from rig.mock.scenario import Scenario
from rig.readers import by_duckdb, read_log

SPLIT = {
    "page number": Scenario("page_number", {"says": ["total", "page"]}),
    "offset": Scenario("offset", {"says": ["total", "offset"]}),
}


def plan(source, *options) -> list[str]:
    return tool.run("plan", source, *options).succeeded().out.splitlines()


def by_id(rows):
    return sorted(rows, key=lambda row: row["id"])


@pytest.mark.parametrize("scenario", SPLIT.values(), ids=SPLIT)
def test_the_parts_by_processes_side_by_side_are_the_whole(mock, lake, scenario):
    source = mock.begin(scenario)
    lines = plan(source.url + "/items", "--parts", "4")
    parts = [json.loads(line) for line in lines]
    assert len(parts) == 4 and sum(part["rows"] for part in parts) == 57, parts
    processes = [tool.start("pull", source.url + "/items", "--to", lake, "--partition", line)
                 for line in [*lines, lines[1]]]  # one of them twice, at the same time
    results = [tool.finish(process).succeeded() for process in processes]
    assert results
    assert by_id(by_duckdb(lake / "items").rows) == scenario.all_rows()
    tool.run("pull", source.url + "/items", "--to", lake, "--partition", lines[2]).succeeded()  # and again, later
    assert by_id(by_duckdb(lake / "items").rows) == scenario.all_rows()
    assert len([name for name in read_log(lake / "items").transactions if parts[0]["plan"] in name]) == 4


def test_a_file_of_all_parts_and_a_part_from_stdin(mock, lake, tmp_path):
    source = mock.begin(SPLIT["offset"])
    lines = plan(source.url + "/items", "--parts", "3")
    (tmp_path / "parts.jsonl").write_text("\n".join(lines[:2]))
    tool.run("pull", source.url + "/items", "--to", lake, "--partition", tmp_path / "parts.jsonl").succeeded()
    with (tmp_path / "last").open("w+") as last:
        last.write(lines[2])
        last.seek(0)
        tool.run("pull", source.url + "/items", "--to", lake, "--partition", "-", stdin=last).succeeded()
    assert by_duckdb(lake / "items").rows == SPLIT["offset"].all_rows()


@pytest.mark.parametrize("style", ["cursor", "json_link", "single"])
def test_what_cannot_be_split_is_one_part(mock, lake, style):
    source = mock.begin(Scenario(style))
    [line] = plan(source.url + "/items")
    tool.run("pull", source.url + "/items", "--to", lake, "--partition", line).succeeded()
    assert by_duckdb(lake / "items").rows == Scenario(style).all_rows()


def test_windows_of_a_connector_are_shared_out(mock, lake, tmp_path):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}))
    windows = 'partitions = { type = "values", param = "part", values = ["a", "b", "c", "d", "e"] }'
    path = connector.write(tmp_path / "c", file(windows + '\nwrite_disposition = "append"'), source)
    lines = plan(path, "--parts", "2")
    assert [len(json.loads(line)["windows"]) for line in lines] == [2, 3]
    assert source.requests() == []
    result = tool.run("pull", path, "--to", lake, "--partition", lines[0])
    assert {value for request in source.requests() for key, value in request["query"] if key == "part"} == {"a", "b"}
    assert result.code == exit_codes.PAGE and "does the source know the parameter 'part'" in result.err, str(result)
    with answers.serve(lambda _, query: [{"part": query["part"], "no": number} for number in (1, 2)]) as url:
        path.write_text(path.read_text().replace(source.url, url))
        for line in plan(path, "--parts", "2"):
            tool.run("pull", path, "--to", lake, "--partition", line).succeeded()
    assert sorted(row["part"] for row in by_duckdb(lake / "rows").rows) == sorted("aabbccddee")


def test_a_table_with_other_rows_is_not_added_to(mock, lake):
    source = mock.begin(SPLIT["offset"])
    tool.pull(source.url + "/items", lake, "items").succeeded()
    [line, *_] = plan(source.url + "/items", "--parts", "2")
    result = tool.run("pull", source.url + "/items", "--to", lake, "--partition", line)
    assert result.code == exit_codes.USAGE and "append" in result.err and "--name" in result.err, str(result)
    assert by_duckdb(lake / "items").rows == SPLIT["offset"].all_rows()


def test_a_part_that_came_short_fails(mock, lake):
    source = mock.begin(SPLIT["offset"])
    part = json.loads(plan(source.url + "/items", "--parts", "2")[1])
    part["rows"] += 1
    result = tool.run("pull", source.url + "/items", "--to", lake, "--partition", json.dumps(part))
    assert result.code == exit_codes.PAGE and "plan" in result.err, str(result)
    assert not lake.exists()


def test_a_part_of_another_source_is_refused(mock, lake):
    one, other = mock.begin(SPLIT["offset"]), mock.begin(SPLIT["offset"])
    [line, *_] = plan(one.url + "/items")
    result = tool.run("pull", other.url + "/items", "--to", lake, "--partition", line)
    assert result.code == exit_codes.USAGE and "another source" in result.err, str(result)


@pytest.mark.parametrize("text", ["{", "{}", '{"plan":1}', '{"plan":"p","id":"i","resource":"nope","place":"x"}'])
def test_what_is_no_part_is_refused(mock, lake, text):
    source = mock.begin(SPLIT["offset"])
    result = tool.run("pull", source.url + "/items", "--to", lake, "--partition", text)
    assert result.code == exit_codes.USAGE, str(result)
    assert source.requests() == []


@pytest.mark.parametrize("key, value", [("paginator", 5), ("records", []), ("windows", "x"), ("windows", [1]),
                                        ("windows", [{"part": 1}]), ("rows", "many"), ("rows", -1), ("id", 7)])
def test_a_part_with_a_value_of_another_type_is_no_part(mock, lake, key, value):
    source = mock.begin(SPLIT["offset"])
    part = json.loads(plan(source.url + "/items", "--parts", "2")[0])
    result = tool.run("pull", source.url + "/items", "--to", lake, "--partition", json.dumps(part | {key: value}))
    assert result.code == exit_codes.USAGE and not lake.exists(), str(result)


@pytest.mark.parametrize("options, says", [((), "there is no resource nope"), (("children",), "goes with the pages of rows")])
def test_a_resource_that_cannot_be_planned_is_named(mock, tmp_path, options, says):
    child = '[[resources]]\nname = "children"\npath = "items"\nparams = { of = "{resources.rows.id}" }\n'
    path = connector.write(tmp_path, file("", "", child), mock.begin(SPLIT["offset"]))
    result = tool.run("plan", path, "--resource", *(options or ("nope",)))
    assert result.code == exit_codes.USAGE and says in result.err, str(result)
