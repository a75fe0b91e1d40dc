"""A case: a source that misbehaves in a way, how it is pulled, and what must come of it.

Three outcomes: the table has these rows; an error with this exit code and these words, and nothing committed; or
either of the two, where both are honest. A case that is not met today carries the reason (`xfail`): the test then
fails as soon as it is met.
"""

import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from rig import exit_codes, tool
from rig.compare import assert_same_rows
from rig.messages import CRASH, NOTHING_COMMITTED
from rig.mock.client import Source
from rig.mock.scenario import Scenario
from rig.readers import by_duckdb, committed

Rows = list[dict] | Callable[[dict], list[dict]]  # or what the source's report says
PULLS_AT_ONCE = 4
WAITING_AT_ONCE = 32  # of those that mostly sleep
TIMEOUT_S = 50
ORIGIN = re.compile(r"https?://[\d.]+:\d+(/s\d+)?")  # of the mock source: numbers of it prove nothing


@dataclass(frozen=True)
class Case:
    name: str
    scenario: Scenario
    options: tuple[str, ...] = ()
    path: str = "/items"
    rows: Rows | None = None  # None: all that the scenario has
    code: int = exit_codes.OK
    words: tuple[str, ...] = ()  # in the error, or in the summary of a pull that succeeds
    or_refused: bool = False  # exit code PAGE is as right as the rows
    check: Callable[[Source], None] | None = None
    url: Callable[[Source], str] = lambda source: source.url
    slow: bool = False  # it waits for seconds: begun before the others
    patience_s: float = TIMEOUT_S  # it waits for a minute
    xfail: str = ""


def parameters(cases: list[Case]) -> list:
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), sorted(name for name in set(names) if names.count(name) > 1)
    return [pytest.param(case, id=case.name.replace(" ", "-"),
                         marks=[pytest.mark.time_limit(case.patience_s + 10),
                                *([pytest.mark.xfail(strict=True, reason=case.xfail)] if case.xfail else [])])
            for case in cases]


class Pulls:
    """Begins the pulls of all cases that a run has asked for, some at once; a test waits for its own."""

    def __init__(self, pull: Callable[[Case], tuple], cases: list[Case]):
        self.pools = ThreadPoolExecutor(WAITING_AT_ONCE), ThreadPoolExecutor(PULLS_AT_ONCE)
        self.begun: dict[str, Future] = {}
        for case in sorted(cases, key=lambda case: not case.slow):
            self.begun[case.name] = self.pools[0 if case.slow else 1].submit(pull, case)

    def __getitem__(self, case: Case) -> tuple:
        return self.begun[case.name].result(case.patience_s)

    def close(self) -> None:
        for pool in self.pools:
            pool.shutdown(cancel_futures=True)


def asked_for(request, cases: list[Case]) -> list[Case]:
    """The cases of tests that this run has, for a fixture of their module."""
    names = {item.callspec.params["case"].name for item in request.session.items
             if hasattr(item, "callspec") and isinstance(item.callspec.params.get("case"), Case)}
    return [case for case in cases if case.name in names]


def options_of(case: Case, source: Source) -> list[str]:
    secure = ["--ca-file", str(source.mock.certificate)] if case.url(source).startswith("https") else []
    return [*case.options, *secure]


def assert_met(case: Case, source: Source, result: tool.Result, lake: Path, table: str = "rows") -> None:
    assert not CRASH.search(result.err), str(result)
    if case.or_refused and result.code == exit_codes.PAGE:
        assert_refused(result, lake, exit_codes.PAGE, case.words)
    elif case.code != exit_codes.OK:
        assert_refused(result, lake, case.code, case.words)
    else:
        assert_succeeded(case, source, result, tool.table(lake, table))
    if case.check:
        case.check(source)


def assert_succeeded(case: Case, source: Source, result: tool.Result, table: Path) -> None:
    result.succeeded()
    expected = rows_of(case, source)
    if expected or table.exists():  # no rows, no columns: no table
        assert_same_rows(by_duckdb(table).rows, expected)
    missing = [word for word in case.words if not case.or_refused and word.lower() not in result.out.lower()]
    assert not missing, f"the summary does not say {missing}:\n{result}"


def assert_refused(result: tool.Result, lake: Path, code: int, words: tuple[str, ...]) -> None:
    assert result.code == code, f"exit code {result.code} instead of {code}:\n{result}"
    said = ORIGIN.sub("", result.err).lower()
    missing = [word for word in words if word.lower() not in said]
    assert not missing, f"the message does not name {missing}:\n{result}"
    if code in (exit_codes.STATUS, exit_codes.PAGE):
        assert NOTHING_COMMITTED.search(result.err) or len(source_lines(result)) == 1, str(result)
    assert committed(lake) == [], str(result)


def source_lines(result: tool.Result) -> list[str]:
    return [line for line in result.err.splitlines() if line.startswith("trawl: ")]


def rows_of(case: Case, source: Source) -> list[dict]:
    if callable(case.rows):
        return case.rows(source.report())
    return case.scenario.expected() if case.rows is None else case.rows
