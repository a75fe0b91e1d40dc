"""One run of a connector behind another, and beside another: what each leaves to the next, and whose rows count."""

import json

import deltalake
import pyarrow
import pytest

from rig import answers, exit_codes, tool
from rig.compare import assert_same_rows
from rig.readers import assert_table, by_duckdb

NUMBERED = 'incremental = { cursor_path = "no", start_param = "since" }\n'


def resource(name: str, more: str = "") -> str:
    return f'[[resources]]\nname = "{name}"\n{more}'


class Runs:
    """Pulls of one connector's file into one lake, each from a source of the test's own."""

    def __init__(self, folder, *resources: str, client: str = 'paginator = "single_page"\n'):
        self.folder, self.client, self.resources = folder, client, resources
        self.lake = folder / "lake"

    def pull(self, url: str, *options: str) -> tool.Result:
        file = self.folder / "source.toml"
        file.write_text(f'[client]\nbase_url = "{url}"\n{self.client}' + "".join(self.resources))
        return tool.run("pull", file, "--to", self.lake, *options)

    def rows(self, name: str = "rows") -> list[dict]:
        return by_duckdb(tool.table(self.lake, name)).rows


def numbers(*values: int) -> list[dict]:
    return [{"id": f"row {value}", "no": value} for value in values]


def since(rows: list[dict], query: dict[str, str]) -> list[dict]:
    return [row for row in rows if row["no"] >= int(query.get("since", 0))]


def refuse_writers(table) -> None:
    """A table that only a newer writer may change."""
    log = table / "_delta_log"
    log.mkdir(parents=True)
    schema = json.dumps({"type": "struct", "fields": []})
    actions = [{"protocol": {"minReaderVersion": 1, "minWriterVersion": 7, "writerFeatures": []}},
               {"metaData": {"id": "x", "format": {"provider": "parquet", "options": {}}, "schemaString": schema,
                             "partitionColumns": [], "configuration": {}, "createdTime": 0}}]
    (log / f"{0:020}.json").write_text("\n".join(map(json.dumps, actions)))


def test_the_state_of_a_parent_waits_for_its_children(tmp_path):
    child = resource("children", 'path = "parents/{resources.parents.no}"\nwrite_disposition = "append"\n')
    runs = Runs(tmp_path, resource("parents", NUMBERED), child)
    refuse_writers(runs.lake / "children")
    with answers.serve(lambda path, query: numbers(1, 2) if path == "/parents" else [{"text": path}]) as url:
        assert runs.pull(url).code == exit_codes.LAKE
        assert not tool.table(runs.lake, "parents").exists(), "the next run would not ask for these parents' children"


@pytest.mark.parametrize("disposition", ["append", "merge"])
def test_resources_that_share_a_table_have_each_a_state(tmp_path, disposition):
    shared = f'table = "rows"\nprimary_key = "id"\nwrite_disposition = "{disposition}"\n' + NUMBERED
    runs = Runs(tmp_path, resource("high", shared), resource("low", shared))
    source = {"/high": numbers(90, 100), "/low": numbers(1, 5)}
    asked = []

    def answer(path, query):
        asked.append((path, query.get("since")))
        return since(source[path], query)

    with answers.serve(answer) as url:
        runs.pull(url).succeeded()
        source["/high"] += numbers(110)
        source["/low"] += numbers(6)
        runs.pull(url).succeeded()
    assert sorted(asked[2:]) == [("/high", "100"), ("/low", "5")]
    assert_same_rows(runs.rows(), source["/high"] + source["/low"])


def test_of_two_runs_at_once_by_one_state_the_second_fails(tmp_path):
    runs = Runs(tmp_path, resource("rows", NUMBERED))
    rows, in_between = numbers(1), []

    def answer(path, query):
        if in_between:
            runs.pull(*in_between.pop()).succeeded()
        return since(rows, query)

    with answers.serve(answer) as url:
        runs.pull(url).succeeded()
        rows += numbers(2, 3)
        in_between.append((url,))
        late = runs.pull(url)
        assert late.code == exit_codes.LAKE and "another pull committed" in late.err, str(late)
        runs.pull(url).succeeded()
    assert_same_rows(runs.rows(), rows)


@pytest.mark.parametrize("disposition, times", [("append", 3), ("merge", 1), ("replace", 1)])
def test_runs_at_once_that_need_no_state_all_count(tmp_path, disposition, times):
    runs = Runs(tmp_path, resource("rows", f'primary_key = "id"\nwrite_disposition = "{disposition}"\n'))
    in_between = []

    def answer(*_):
        if in_between:
            runs.pull(*in_between.pop()).succeeded()
        return numbers(1, 2)

    with answers.serve(answer) as url:
        runs.pull(url).succeeded()
        in_between.append((url,))
        runs.pull(url).succeeded()
    assert_same_rows(runs.rows(), numbers(1, 2) * times)


def test_a_full_refresh_replaces(tmp_path):
    child = resource("children", 'path = "rows/{resources.rows.no}"\nwrite_disposition = "append"\n')
    runs = Runs(tmp_path, resource("rows", NUMBERED), child, resource("log", 'write_disposition = "append"\n'))
    with answers.serve(lambda path, query: since(numbers(1, 2), query) if path == "/rows" else [{"at": path}]) as url:
        runs.pull(url).succeeded()
        runs.pull(url, "--full-refresh").succeeded()
    assert_same_rows(runs.rows(), numbers(1, 2))
    assert_same_rows(runs.rows("children"), [{"at": "/rows/1"}, {"at": "/rows/2"}])
    assert_same_rows(runs.rows("log"), [{"at": "/log"}] * 2)


def test_a_full_refresh_does_not_take_the_rows_of_others(tmp_path):
    runs = Runs(tmp_path, *(resource(name, 'table = "rows"\n' + NUMBERED) for name in ("one", "other")))
    with answers.serve(lambda path, query: since(numbers(1), query)) as url:
        runs.pull(url).succeeded()
        result = runs.pull(url, "--full-refresh")
    assert result.code == exit_codes.USAGE and "rows of other resources" in result.err, str(result)
    assert_same_rows(runs.rows(), numbers(1) * 2)


def test_another_cursor_path_needs_a_full_refresh(tmp_path):
    with answers.serve(lambda *_: [{"no": 100, "seq": 1}, {"no": 101, "seq": 2}]) as url:
        runs = Runs(tmp_path, resource("rows", NUMBERED))
        runs.pull(url).succeeded()
        runs.resources = (resource("rows", NUMBERED.replace('"no"', '"seq"')),)
        result = runs.pull(url)
        assert result.code == exit_codes.USAGE and "--full-refresh" in result.err and "$.no" in result.err, str(result)
        runs.pull(url, "--full-refresh").succeeded()
    assert [row["seq"] for row in runs.rows()] == [1, 2]


def test_the_order_of_rows_holds_from_page_to_page(tmp_path):
    pages = {1: numbers(1, 2), 2: numbers(10, 11), 3: numbers(3, 4)}
    ordered = 'incremental = { cursor_path = "no", row_order = "asc" }\n'
    runs = Runs(tmp_path, resource("rows", ordered), client="")
    with answers.serve(lambda path, query: {"items": pages[int(query.get("page", 1))], "total_pages": 3,
                                            "page": int(query.get("page", 1))}) as url:
        result = runs.pull(url)
    assert result.code == exit_codes.PAGE and "row_order is 'asc'" in result.err, str(result)


def test_rows_that_are_left_out_are_counted(tmp_path):
    runs = Runs(tmp_path, resource("rows", NUMBERED))
    rows = [{"no": "9"}]
    with answers.serve(lambda *_: rows) as url:
        runs.pull(url).succeeded()
        rows += [{"no": "10"}, {"no": "8"}, {"no": "07"}]
        result = runs.pull(url).succeeded()
    assert "2 rows before the last value '9' were left out" in result.out, str(result)
    assert_same_rows(runs.rows(), [{"no": "9"}, {"no": "10"}])


def test_more_rows_of_the_last_value_than_are_remembered_do_not_come_twice(tmp_path):
    runs = Runs(tmp_path, resource("rows", NUMBERED))
    rows = [{"id": number, "no": 7} for number in range(10_001)]
    with answers.serve(lambda *_: rows) as url:
        first = runs.pull(url).succeeded()
        assert "more than 10000 rows have the last value 7" in first.out, str(first)
        result = runs.pull(url)
        assert result.code == exit_codes.PAGE and "'merge' and a 'primary_key'" in result.err, str(result)
    assert len(runs.rows()) == len(rows)


def test_partitions_that_the_source_does_not_know_are_an_error(tmp_path):
    split = 'partitions = { type = "values", param = "team", values = ["red", "blue"] }\n'
    runs = Runs(tmp_path, resource("rows", split))
    with answers.serve(lambda *_: numbers(1, 2)) as url:
        result = runs.pull(url)
    assert result.code == exit_codes.PAGE and "does the source know the parameter 'team'" in result.err, str(result)
    assert not tool.table(runs.lake).exists()


def test_a_partitioned_table_of_another_writer_is_replaced_as_a_whole(tmp_path):
    runs = Runs(tmp_path, resource("rows"))
    foreign = pyarrow.table({"no": pyarrow.array([7, 8], pyarrow.int64()), "id": ["a:b", "c d"]})
    deltalake.write_deltalake(str(tool.table(runs.lake)), foreign, partition_by=["id"])
    with answers.serve(lambda *_: numbers(1, 2)) as url:
        runs.pull(url).succeeded()
    assert_table(tool.table(runs.lake), numbers(1, 2))


def test_a_table_that_no_pull_brought_is_left_alone_unless_it_is_named(tmp_path):
    lake = tmp_path / "lake"
    deltalake.write_deltalake(str(lake / "items"), pyarrow.table({"mine": [1, 2, 3]}))
    with answers.serve(lambda *_: numbers(1, 2)) as url:
        refused = tool.run("pull", url + "/items", "--to", lake)
        assert refused.code == exit_codes.USAGE and "rows that no pull brought" in refused.err, str(refused)
        assert deltalake.DeltaTable(str(lake / "items")).to_pyarrow_table().num_rows == 3
        tool.run("pull", url + "/items", "--to", lake, "--name", "items").succeeded()
        tool.run("pull", url + "/items", "--to", lake).succeeded()
    assert_table(lake / "items", numbers(1, 2))


def test_a_row_that_changed_at_the_moment_of_the_last_value_is_merged(tmp_path):
    runs = Runs(tmp_path, resource("rows", 'primary_key = "id"\n' + NUMBERED))
    rows = [{"id": "a", "no": 7, "state": "open"}]
    with answers.serve(lambda *_: rows) as url:
        runs.pull(url).succeeded()
        rows[:] = [{"id": "a", "no": 7, "state": "closed"}, {"id": "b", "no": 7, "state": "open"}]
        runs.pull(url).succeeded()
    assert_same_rows(runs.rows(), rows)


def test_a_parent_that_moved_to_the_next_page_asks_its_children_once(tmp_path):
    pages = {1: numbers(1, 2, 3), 2: numbers(3, 4, 5), 3: numbers(6, 7)}
    child = resource("children", 'path = "rows/{resources.rows.no}"\n')
    runs = Runs(tmp_path, resource("rows", 'path = "rows?page=1"\nprimary_key = "id"\n'), child, client="")
    with answers.serve(lambda path, query: {"items": pages.get(int(query["page"]), []), "total": 7} if path == "/rows"
                       else [{"at": path}]) as url:
        runs.pull(url).succeeded()
    assert_same_rows(runs.rows(), numbers(*range(1, 8)))
    assert_same_rows(runs.rows("children"), [{"at": f"/rows/{number}"} for number in range(1, 8)])


WINDOWS = 'partitions = { type = "range", start_param = "from", end_param = "to", from = 0, to = 100, step = 20 }\n'


def test_windows_whose_end_the_source_does_not_know_are_an_error(tmp_path):
    runs = Runs(tmp_path, resource("rows", WINDOWS))
    with answers.serve(lambda _, query: [row for row in numbers(*range(100)) if row["no"] >= int(query["from"])]) as url:
        result = runs.pull(url)
    assert result.code == exit_codes.PAGE and "does the source know 'to'" in result.err, str(result)
    assert not tool.table(runs.lake).exists()


def test_windows_that_share_their_ends_are_told(tmp_path):
    runs = Runs(tmp_path, resource("rows", WINDOWS))
    with answers.serve(lambda _, query: numbers(*range(int(query["from"]), min(100, int(query["to"]) + 1)))) as url:
        result = runs.pull(url).succeeded()
    assert "end_inclusive" in result.out and len(runs.rows()) == 104, str(result)


# tables that are named by a URL's last word


def items(lake) -> list[dict]:
    return by_duckdb(tool.table(lake, "items")).rows


def test_two_sources_that_end_in_the_same_word_do_not_replace_each_other(tmp_path):
    lake = tmp_path / "lake"
    with answers.serve(lambda path, _: numbers(8) if path == "/v2/items" else numbers(1, 2)) as url:
        tool.run("pull", f"{url}/v1/items?state=all", "--to", lake).succeeded()
        for disposition in ("replace", "append"):
            result = tool.run("pull", f"{url}/v2/items", "--to", lake, "--write-disposition", disposition)
            assert result.code == exit_codes.USAGE and f"{url}/v1/items" in result.err and "--name" in result.err, str(result)
        assert_same_rows(items(lake), numbers(1, 2))
        tool.run("pull", f"{url}/v1/items/?state=open", "--to", lake).succeeded()
        tool.run("pull", f"{url}/v2/items", "--to", lake, "--name", "items").succeeded()
        assert_same_rows(items(lake), numbers(8))
        tool.run("pull", f"{url}/v1/items", "--to", lake, "--name", "items").succeeded()
        assert_same_rows(items(lake), numbers(1, 2))
