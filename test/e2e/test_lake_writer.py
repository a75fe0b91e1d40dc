"""Appending, merging and widening as other readers see them: random commits, compared with a model of the rows.

The tool has no flags for most of it, so a program of ours writes (clients/lake_writer.cpp); delta-rs with Polars, and
DuckDB of another version, read.
"""

import json
import os
import random
import subprocess

import pytest

from rig import tool
from rig.compare import assert_same_rows
from rig.readers import READERS, assert_honest_log, read_log

WRITER = os.environ.get("E2E_LAKE_WRITER", tool.ROOT / "build/release/test/e2e_lake_writer")
BOUND_S = 30


class Table:
    """A table and what should be in it."""

    def __init__(self, lake):
        self.lake = lake
        self.path = lake / "t"
        self.rows = []
        self.commits = 0

    def write(self, disposition, rows, key=""):
        assert os.path.isfile(WRITER), f"{WRITER} is not there: build e2e_lake_writer or set E2E_LAKE_WRITER"
        self.commits += 1
        command = [str(WRITER), str(self.lake), "t", disposition, key, str(self.commits)]
        text = "".join(json.dumps(row) + "\n" for row in rows)
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=BOUND_S, env=tool.environment())
        assert done.returncode == 0, done.stderr
        if disposition == "replace":
            self.rows = []
        if key:
            rows = list({row[key]: row for row in rows}.values())
        if disposition == "merge":
            new = {row[key] for row in rows}
            self.rows = [row for row in self.rows if row.get(key) not in new]
        self.rows += rows
        return json.loads(done.stdout)

    def check(self):
        for name, read in READERS.items():
            try:
                assert_same_rows([self.parsed(row) for row in read(self.path).rows], self.rows)
            except AssertionError as error:
                raise AssertionError(f"after {self.commits} commits, as {name} reads it: {error}") from None
        assert_honest_log(self.path)

    def parsed(self, row):
        fields = json.loads(read_log(self.path).metadata["schemaString"])["fields"]
        return with_json_parsed(row, fields)


def with_json_parsed(row, fields):
    """Columns of JSON text hold the JSON of each value, at any depth; objects that never had a key are such text too."""
    kinds = {field["name"]: (field["type"], field["metadata"].get("trawl.kind")) for field in fields}
    return {name: value_parsed(value, *kinds[name]) for name, value in row.items()}


def value_parsed(value, kind, text):
    match value, kind:
        case None, _:
            return None
        case list(), {"elementType": element}:
            return [value_parsed(item, element, text) for item in value]
        case dict(), {"fields": fields}:
            return with_json_parsed(value, fields)
        case _:
            return json.loads(value) if text in ("json", "struct") else value


@pytest.fixture
def table(lake):
    return Table(lake)


def test_merge_replaces_rows_and_leaves_other_files(table):
    table.write("replace", [{"id": n, "v": "old"} for n in range(100)])
    table.write("append", [{"id": n, "v": "old"} for n in range(100, 200)])
    before = set(read_log(table.path).files)
    done = table.write("merge", [{"id": n, "v": "new", "more": [n]} for n in range(150, 250)], "id")
    assert (done["rows"], done["replaced"], done["rewritten"]) == (100, 50, 1)
    assert len(before & set(read_log(table.path).files)) == 1
    table.check()


@pytest.mark.parametrize(
    "values",
    [
        [1, 2.5],
        [1, 2**53 + 1, 10**20],
        [10**20, "x"],
        [None, 7],
        [1, "x", True, [1], {"a": 1}],
        [{"a": 1}, {"a": 2.5, "b": "x"}, {"c": {"d": 1}}, {"c": {"d": 1, "e": [1]}}],
        [[1], [2.5], []],
        [[{"a": 1}], [{"b": 2}, None]],
        [{}, {"a": 1}],
    ],
    ids=str,
)
def test_a_column_widens_commit_by_commit(table, values):
    for n, value in enumerate(values):
        table.write("append", [{"id": n, "v": value}])
        table.check()


@pytest.mark.parametrize("seed", range(4))
def test_random_commits(table, seed):
    draw = random.Random(seed)
    for step in range(8):
        disposition = draw.choice(["append", "merge", "merge", "replace"] if step else ["merge"])
        rows = [record(draw, step) for _ in range(draw.randrange(1, 30))]
        table.write(disposition, rows, "id" if disposition == "merge" or draw.random() < 0.5 else "")
        table.check()


def record(draw, step):
    """More keys and wider types the later it is."""
    row = {"id": draw.randrange(40), "n": draw.randrange(10) + draw.choice([0, 0.5 * (step > 2)])}
    row["o"] = {key: draw.randrange(5) for key in "abcdefgh"[: 1 + step // 2] if draw.random() < 0.8}
    row["l"] = [{"x": draw.choice([1, None, "t" if step > 4 else 2])} for _ in range(draw.randrange(3))]
    if step > 3:
        row["late"] = draw.choice([True, "text", None, 3])
    return row


def test_progress_is_stored_without_rows(table):
    table.write("merge", [{"id": 1}], "id")
    done = table.write("merge", [], "id")
    assert (done["version"], done["files"]) == (1, 0)
    log = read_log(table.path)
    assert log.transactions == {"e2e": 2}
    assert log.metadata["configuration"]["trawl.checkpoint.e2e"] == "2"
    table.check()
