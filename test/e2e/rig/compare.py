"""Compares a table's rows with the source's as multisets, and says how they differ.

An absent key and a null are the same, at any depth, for a table has no absent values. A number is its value: a column
that grew to double holds 1 as 1.0. Everything else must be equal: true is not 1, "1" is not 1, [] is not null.
"""

from collections import Counter
from datetime import date, datetime, timezone
from decimal import Decimal

SHOWN = 5


def assert_same_rows(found: list[dict], expected: list[dict]) -> None:
    difference = compare(found, expected)
    if difference:
        raise AssertionError(difference)


def compare(found: list[dict], expected: list[dict]) -> str | None:
    """None, or a text that shows the first rows that differ."""
    have, want = _count(found), _count(expected)
    missing, extra = want - have, have - want
    if not missing and not extra:
        return None
    lines = [f"the table has {len(found)} rows, the source {len(expected)}: "
             f"{missing.total()} missing, {extra.total()} extra"]
    lines += _show("missing, in the source only", missing)
    lines += _show("extra, in the table only", extra)
    return "\n".join(lines)


def freeze(value):
    """A hashable value that is equal for equal values, as this module means equal."""
    match value:
        case dict():
            return ("object", frozenset((k, freeze(v)) for k, v in value.items() if v is not None))
        case list() | tuple():
            return ("list", tuple(freeze(v) for v in value))
        case bool():
            return ("bool", value)
        case float():
            return Decimal(repr(value))  # Decimal, int and whole floats of equal value are equal and hash alike
        case datetime():
            return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return value


def thaw(value):
    match value:
        case ("object", items):
            return {k: thaw(v) for k, v in sorted(items, key=lambda item: item[0])}
        case ("list", items):
            return [thaw(v) for v in items]
        case ("bool", truth):
            return truth
        case Decimal():
            return float(value)
        case _:
            return value


def _count(rows: list[dict]) -> Counter:
    return Counter(freeze(row) for row in rows)


def _show(title: str, rows: Counter) -> list[str]:
    if not rows:
        return []
    shown = [f"  {times} × {thaw(row)!r}" for row, times in list(rows.items())[:SHOWN]]
    more = len(rows) - len(shown)
    return [f"{title}:"] + shown + ([f"  … and {more} more"] if more else [])
