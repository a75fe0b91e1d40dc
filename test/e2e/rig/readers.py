"""Reads a Delta table with readers that are not ours, and checks what each would trip over.

`by_polars`: delta-rs reads the log, Polars the Parquet files. `by_duckdb`: the log is read here, the files by DuckDB's
Python package. The two share nothing with each other; the second has DuckDB's name in common with what writes trawl's
files, in another major version.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import duckdb
import polars

from rig.compare import assert_same_rows


@dataclass
class Table:
    columns: list[str]
    rows: list[dict]


@dataclass
class Log:
    """A table's log, all versions applied in order."""

    versions: int = 0
    files: dict[str, dict] = field(default_factory=dict)  # path, decoded → its add action
    protocol: dict = field(default_factory=dict)
    metadata: dict = field(default_factory=dict)
    transactions: dict[str, int] = field(default_factory=dict)  # appId → version


def by_polars(path: Path) -> Table:
    frame = polars.read_delta(str(path))
    return Table(frame.columns, frame.to_dicts())


def by_duckdb(path: Path) -> Table:
    log = read_log(path)
    files = [str(path / name) for name in log.files]
    if not files:
        return Table([f["name"] for f in json.loads(log.metadata["schemaString"])["fields"]], [])
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        relation = connection.read_parquet(files, union_by_name=True, hive_partitioning=False)
        return Table(relation.columns, relation.to_arrow_table().to_pylist())


READERS = {"polars": by_polars, "duckdb": by_duckdb}


def read_log(path: Path) -> Log:
    """Follows the Delta protocol's action reconciliation; knows no log checkpoints, so version 0 must be there."""
    log = Log()
    while (entry := path / "_delta_log" / f"{log.versions:020}.json").exists():
        for line in entry.read_text(encoding="utf-8").splitlines():
            [(kind, action)] = json.loads(line).items()
            apply(log, kind, action)
        log.versions += 1
    assert log.versions, f"{path} is not a table: it has no _delta_log/{0:020}.json"
    return log


def apply(log: Log, kind: str, action: dict) -> None:
    match kind:
        case "add":
            log.files[unquote(action["path"])] = action
        case "remove":
            log.files.pop(unquote(action["path"]), None)
        case "protocol":
            log.protocol = action
        case "metaData":
            log.metadata = action
        case "txn":
            log.transactions[action["appId"]] = action["version"]


def assert_table(path: Path, expected: list[dict]) -> None:
    """Both readers see exactly the expected rows and columns, and the log tells the truth about its files."""
    for name, read in READERS.items():
        table = read(path)
        try:
            assert_same_rows(table.rows, expected)
            assert sorted(table.columns) == sorted({key for row in expected for key in row}), "the columns differ"
        except AssertionError as error:
            raise AssertionError(f"as {name} reads {path}: {error}") from None
    assert_honest_log(path)


def assert_honest_log(path: Path) -> None:
    log = read_log(path)
    assert (log.protocol["minReaderVersion"], log.protocol["minWriterVersion"]) == (1, 2), log.protocol
    assert log.transactions, "no txn action: a re-run could not know that this one was committed"
    for name, add in log.files.items():
        file = path / name
        assert file.stat().st_size == add["size"], f"{name}: the log says {add['size']} bytes"
        stats = json.loads(add.get("stats") or "{}")
        if "numRecords" in stats:
            rows = duckdb.read_parquet(str(file)).aggregate("count(*)").fetchall()[0][0]
            assert rows == stats["numRecords"], f"{name}: the log says {stats['numRecords']} rows, it has {rows}"


def committed(lake: Path) -> list[str]:
    """The committed versions of all tables in a lake, as paths in it: [] when nothing was committed."""
    if not lake.is_dir():
        return []
    return sorted(str(entry.relative_to(lake)) for entry in lake.rglob("_delta_log/*.json"))
