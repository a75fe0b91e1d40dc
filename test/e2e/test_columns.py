"""Columns whose types are declared: on the command line and in a connector, as delta-rs, Polars, pyarrow and DuckDB see them."""

from datetime import date, datetime, timezone
from decimal import Decimal

import deltalake
import duckdb
import polars
import pyarrow
import pyarrow.parquet
import pytest

from rig import answers, exit_codes, tool
from rig.readers import assert_honest_log, read_log

ROWS = [{"id": 1, "at": "2024-02-29T13:45:07.5+02:00", "day": "2024-02-29", "price": "12.5", "ratio": 1, "no": "7",
         "ok": 1, "text": 7.10, "raw": {"a": [1]}},
        {"id": 2, "at": 1709214307, "day": "1969-12-31", "price": -0.01, "ratio": "0.25", "no": 8, "ok": "false",
         "text": "x", "raw": "x"},
        {"id": 3, "at": None}]
TYPES = {"at": "timestamp", "day": "date", "price": "decimal(10,2)", "ratio": "double", "no": "bigint", "ok": "bool",
         "text": "text", "raw": "json"}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)


READ = [{"id": 1, "at": utc(2024, 2, 29, 11, 45, 7, 500_000), "day": date(2024, 2, 29), "price": Decimal("12.50"),
         "ratio": 1.0, "no": 7, "ok": True, "text": "7.1", "raw": '{"a": [1]}'},
        {"id": 2, "at": utc(2024, 2, 29, 13, 45, 7), "day": date(1969, 12, 31), "price": Decimal("-0.01"),
         "ratio": 0.25, "no": 8, "ok": False, "text": "x", "raw": '"x"'},
        {"id": 3, **dict.fromkeys(TYPES)}]
SCHEMA = {"id": pyarrow.int64(), "at": pyarrow.timestamp("us", "UTC"), "day": pyarrow.date32(),
          "price": pyarrow.decimal128(10, 2), "ratio": pyarrow.float64(), "no": pyarrow.int64(), "ok": pyarrow.bool_(),
          "text": pyarrow.string(), "raw": pyarrow.string()}


def by_delta_rs(path):
    return pyarrow.table(deltalake.DeltaTable(path).to_pyarrow_table())


def by_polars(path):
    return polars.read_delta(str(path)).to_arrow()


def by_pyarrow(path):
    return pyarrow.concat_tables([pyarrow.parquet.read_table(path / name) for name in read_log(path).files])


def by_duckdb(path):
    files = [str(path / name) for name in read_log(path).files]
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.read_parquet(files).to_arrow_table()


@pytest.fixture
def source():
    """The URL of one page, whose rows a test may change."""
    rows = list(ROWS)
    with answers.serve(lambda path, query: {"items": rows}) as url:
        yield url + "/items", rows


def options(types: dict[str, str]) -> list[str]:
    return [part for name, kind in types.items() for part in ("--column", f"{name}={kind}")]


def connector(folder, url: str, resource: str):
    file = folder / "source.toml"
    file.write_text(f'[client]\nbase_url = "{url.removesuffix("/items")}"\n[[resources]]\nname = "rows"\npath = "items"\n'
                    f'paginator = "single_page"\n{resource}\n', encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("columns")
    with answers.serve(lambda path, query: {"items": ROWS}) as url:
        tool.pull(url + "/items", folder, "rows", *options(TYPES)).succeeded()
    return tool.table(folder)


@pytest.mark.parametrize("read", [by_delta_rs, by_polars, by_pyarrow, by_duckdb], ids=lambda read: read.__name__)
def test_others_read_the_types_and_the_values(typed, read):
    table = read(typed)
    large = {pyarrow.large_string(): pyarrow.string(), pyarrow.string_view(): pyarrow.string()}
    assert {field.name: large.get(field.type, field.type) for field in table.schema} == SCHEMA
    assert sorted(table.to_pylist(), key=lambda row: row["id"]) == READ


def test_the_log_needs_no_newer_reader(typed):
    assert_honest_log(typed)
    kinds = {field.name: str(field.type) for field in deltalake.DeltaTable(typed).schema().fields}
    assert kinds["at"] == 'PrimitiveType("timestamp")' and kinds["day"] == 'PrimitiveType("date")', kinds


def test_a_filter_on_a_time_finds_its_rows(typed):
    found = polars.scan_delta(str(typed)).filter(polars.col("at") > utc(2024, 2, 29, 12)).collect()
    assert found["id"].to_list() == [2]
    assert "2024-02-29 11:45:07.5+00" in tool.run("sql", 'select "at" from "rows" where id = 1', "--lake", typed.parent).out


def test_a_connector_says_it_in_dlts_words(source, tmp_path, lake):
    url, _ = source
    hints = "\n".join(f'{name} = {{ data_type = "{kind}" }}' for name, kind in TYPES.items() if name != "price")
    file = connector(tmp_path, url, f'[resources.columns]\n{hints}\n'
                                    'price = { data_type = "decimal", precision = 10, scale = 2 }')
    tool.run("pull", file, "--to", lake).succeeded()
    assert sorted(by_pyarrow(tool.table(lake)).to_pylist(), key=lambda row: row["id"]) == READ


def test_the_defaults_of_a_connector_may_say_it(source, tmp_path, lake):
    file = connector(tmp_path, source[0], '[resource_defaults]\ncolumns = { at = "timestamp" }')
    tool.run("pull", file, "--to", lake).succeeded()
    assert by_pyarrow(tool.table(lake)).schema.field("at").type == pyarrow.timestamp("us", "UTC")


def test_a_source_without_rows_gives_an_empty_table(source, tmp_path, lake):
    source[1].clear()
    file = connector(tmp_path, source[0], 'data_selector = "items"\ncolumns = { at = "timestamp", day = "date" }')
    tool.run("pull", file, "--to", lake).succeeded()
    frame = polars.read_delta(str(tool.table(lake)))
    assert frame.schema == {"at": polars.Datetime("us", "UTC"), "day": polars.Date} and len(frame) == 0


def test_what_cannot_be_read_is_an_error_that_names_it(source, lake):
    url, rows = source
    rows.append({"id": 4, "at": "next week"})
    result = tool.pull(url, lake, "rows", "--column", "at=timestamp")
    assert result.code == exit_codes.LAKE, str(result)
    for word in ("record 4", "table rows", "at:", '"next week" is no timestamp'):
        assert word in result.err, str(result)
    assert not tool.table(lake).exists()


def test_a_value_must_be_there_where_it_may_not_be_null(source, tmp_path, lake):
    file = connector(tmp_path, source[0], 'columns = { day = { data_type = "date", nullable = false } }')
    result = tool.run("pull", file, "--to", lake)
    assert result.code == exit_codes.LAKE and "record 3" in result.err and "nullable = false" in result.err, str(result)


def test_merging_and_an_incremental_cursor_with_times(source, tmp_path, lake):
    url, rows = source
    rows[:] = [{"id": 1, "at": "2024-01-01T00:00:00Z"}, {"id": 2, "at": "2024-01-02T00:00:00+00:00"}]
    file = connector(tmp_path, url, 'primary_key = "id"\ncolumns = { at = "timestamp" }\n'
                                    'incremental = { cursor_path = "at", initial_value = "2023-01-01T00:00:00Z" }')
    tool.run("pull", file, "--to", lake).succeeded()
    rows[1] = {"id": 2, "at": "2024-01-03T01:00:00+01:00"}
    tool.run("pull", file, "--to", lake).succeeded()
    found = {row["id"]: row["at"] for row in by_polars(tool.table(lake)).to_pylist()}
    assert found == {1: utc(2024, 1, 1), 2: utc(2024, 1, 3)}


def test_appended_rows_are_read_as_the_columns_that_are_there(source, lake):
    url, rows = source
    tool.pull(url, lake, "rows", *options(TYPES)).succeeded()
    rows[:] = [ROWS[0] | {"id": 4, "price": 3, "ratio": 0.5, "no": 1, "ok": True, "raw": None}]
    tool.pull(url, lake, "rows", "--write-disposition", "append").succeeded()
    table = by_delta_rs(tool.table(lake))
    assert table.num_rows == 4 and table.schema.field("at").type == pyarrow.timestamp("us", "UTC")


def test_text_that_is_there_does_not_become_a_time(source, lake):
    url, rows = source
    rows[:] = rows[:1]
    tool.pull(url, lake, "rows").succeeded()
    result = tool.pull(url, lake, "rows", "--column", "at=timestamp", "--write-disposition", "append")
    assert result.code == exit_codes.LAKE, str(result)
    assert "its column at is text, and is declared timestamp now" in result.err, str(result)


@pytest.mark.parametrize("option, says", [("at", "no type"), ("=date", "no type"), ("at=tiemstamp", "did you mean 'timestamp'"),
                                          ("at=time", "take text"), ("at=decimal(2,3)", "decimal(10,2)")])
def test_an_option_that_makes_no_sense(option, says, lake):
    result = tool.pull("http://127.0.0.1:1/items", lake, "rows", "--column", option)
    assert result.code == exit_codes.USAGE and says in result.err, str(result)
