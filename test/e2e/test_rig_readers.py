"""The rig itself: the readers read, and the comparison catches each way in which a table can be wrong."""

import json
from datetime import datetime, timezone

import pyarrow
import pytest
from deltalake import DeltaTable, write_deltalake

from rig import data
from rig.compare import assert_same_rows, compare
from rig.readers import READERS, assert_honest_log, committed, read_log

ROWS = [
    {"id": 1, "name": "one", "ok": True, "ratio": 1.5, "tags": ["a"], "at": {"x": 1, "y": None}},
    {"id": 2, "name": "two", "ok": False, "ratio": 2.0, "tags": []},
    {"id": 3, "name": "", "ok": True, "tags": None},
    {"id": 3, "name": "", "ok": True, "tags": None},
]


def without(rows, index):
    return rows[:index] + rows[index + 1 :]


def changed(rows, index, **values):
    return rows[:index] + [{**rows[index], **values}] + rows[index + 1 :]


WRONG = {
    "a row is missing": without(ROWS, 0),
    "a row is there twice": ROWS + ROWS[:1],
    "one of two equal rows is missing": without(ROWS, 3),
    "a string changed": changed(ROWS, 1, name="tow"),
    "a number changed": changed(ROWS, 0, ratio=1.25),
    "a value became null": changed(ROWS, 0, name=None),
    "a null became empty": changed(ROWS, 2, tags=[]),
    "an empty list became null": changed(ROWS, 1, tags=None),
    "a null became an empty string": changed(ROWS, 2, name=None),
    "a bool flipped": changed(ROWS, 1, ok=True),
    "an item of a list changed": changed(ROWS, 0, tags=["b"]),
    "a list grew": changed(ROWS, 0, tags=["a", "a"]),
    "a member of an object changed": changed(ROWS, 0, at={"x": 2, "y": None}),
    "two rows swapped a value": changed(changed(ROWS, 0, name="two"), 1, name="one"),
    "all rows are missing": [],
}


@pytest.fixture
def write(tmp_path):
    schema = pyarrow.Table.from_pylist(ROWS).schema

    def written(rows, **options):
        write_deltalake(str(tmp_path / "table"), pyarrow.Table.from_pylist(rows, schema=schema), **options)
        return tmp_path / "table"

    return written


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_equal_tables_are_equal(write, read):
    table = read(write(list(reversed(ROWS))))
    assert_same_rows(table.rows, ROWS)
    assert sorted(table.columns) == ["at", "id", "name", "ok", "ratio", "tags"]


@pytest.mark.parametrize("rows", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_wrong_table_is_caught(write, read, rows):
    with pytest.raises(AssertionError, match=r"missing|extra"):
        assert_same_rows(read(write(rows)).rows, ROWS)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_only_active_files_are_read(write, read):
    write(ROWS[:2])
    write(ROWS, mode="overwrite")
    path = write(ROWS[:1], mode="append")
    assert_same_rows(read(path).rows, ROWS + ROWS[:1])


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("rows", [data.subdivisions(), data.languages(), data.typed()], ids=["sub", "lang", "typed"])
def test_the_data_itself_survives_both_readers(tmp_path, read, rows):
    keys = {key: None for row in rows for key in row}
    path = str(tmp_path / "table")
    write_deltalake(path, pyarrow.Table.from_pylist([{**keys, **row} for row in widened(rows)]))
    assert_same_rows(read(tmp_path / "table").rows, rows)


def widened(rows):
    """As a schema that fits all pages would hold them (pyarrow would not take integers and doubles in one column)."""
    return [{k: float(v) if k == "grows" else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize("one, other", [
    (True, 1), ("1", 1), (None, 0), (None, ""), (None, []), (None, {}), ([], {}), (1.75, 2), (2**53 + 1, float(2**53)),
    ("a", "A"), ([1, 2], [2, 1]), ("2024-01-01T00:00:00Z", datetime(2024, 1, 1, 1, tzinfo=timezone.utc)), ([None], []),
])
def test_different_values_differ(one, other):
    assert compare([{"a": one}], [{"a": other}])


@pytest.mark.parametrize("one, other", [
    ({"a": None}, {}), ({"a": {"b": None}}, {"a": {}}), ({"a": 1}, {"a": 1.0}), ({"a": [{"b": None}]}, {"a": [{}]}),
    ({"a": "2024-01-01T00:00:00Z"}, {"a": datetime(2024, 1, 1, tzinfo=timezone.utc)}),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
])
def test_equal_values_are_equal(one, other):
    assert compare([one], [other]) is None


def test_the_difference_shows_the_first_five_rows_of_each_side():
    text = compare([{"a": i} for i in range(10, 17)], [{"a": i} for i in range(2)] + [{"a": 10}])
    assert text.splitlines() == [
        "the table has 7 rows, the source 3: 2 missing, 6 extra",
        "missing, in the source only:", "  1 × {'a': 0}", "  1 × {'a': 1}",
        "extra, in the table only:", *(f"  1 × {{'a': {i}}}" for i in range(11, 16)), "  … and 1 more",
    ]


def test_a_log_that_lies_about_its_files_is_caught(write):
    path = write(ROWS)
    entry = path / "_delta_log" / f"{0:020}.json"
    lines = [json.loads(line) for line in entry.read_text().splitlines()]
    lines.append({"txn": {"appId": "a", "version": 1}})
    plain = {"minReaderVersion": 1, "minWriterVersion": 2}

    def rewrite(**wrong):
        for line in lines:
            if "protocol" in line:
                line["protocol"] = plain
            line.get("add", {}).update(wrong)
        entry.write_text("\n".join(json.dumps(line) for line in lines))

    rewrite()
    assert_honest_log(path)
    rewrite(stats=json.dumps({"numRecords": 5}))
    with pytest.raises(AssertionError, match="5 rows"):
        assert_honest_log(path)
    rewrite(size=1)
    with pytest.raises(AssertionError, match="1 bytes"):
        assert_honest_log(path)


def test_our_log_reader_agrees_with_delta_rs(write):
    write(ROWS[:2])
    write(ROWS[2:], mode="append")
    path = write(ROWS, mode="overwrite")
    table = DeltaTable(str(path))
    assert sorted(read_log(path).files) == sorted(uri.rsplit("/", 1)[1] for uri in table.file_uris())
    assert read_log(path).versions == table.version() + 1


def test_committed_finds_every_version_and_nothing_else(write, tmp_path):
    assert committed(tmp_path / "nowhere") == []
    (tmp_path / "other.json").write_text("{}")
    assert committed(tmp_path) == []
    write(ROWS)
    write(ROWS, mode="append")
    assert committed(tmp_path) == [f"table/_delta_log/{version:020}.json" for version in range(2)]
