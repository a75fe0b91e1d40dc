"""What every error message must be: one line on stderr that says what, where and what to do; its exit code."""

import re

from rig.tool import Result

# A message that tells what to do has one of these.
ADVICE = re.compile(r"\b(add|ask|check|choose|correct|did you mean|fix|free|give|is it|list|lower|make|name|must|pass|"
                    r"pick|put|quote|raise|remove|repair|restore|retry|run|see|set|start|try|use|wait|write)\b", re.IGNORECASE)
PROGRESS = re.compile(r"reading the first page|\bpages\b")  # a plain line every few seconds while there is no terminal
CRASH = re.compile(r"terminate called|what\(\):|Segmentation|AddressSanitizer|runtime error|Assertion", re.IGNORECASE)
NOTHING_COMMITTED = re.compile(r"\bnothing\b.*\bcommitted\b|\bnot committed\b", re.IGNORECASE)


def assert_error(result: Result, code: int, *named: str) -> None:
    """The run printed nothing but one line of error, with each of `named` in it (after progress, if it took long)."""
    lines = [line for line in result.err.splitlines() if line.startswith("trawl: ") or not PROGRESS.search(line)]
    assert len(lines) == 1, f"{len(lines)} lines on stderr instead of one:\n{result}"
    assert result.out == "", f"stdout is for answers:\n{result}"
    _check(result, lines[0], code, named)


def assert_half_done(result: Result, code: int, *named: str) -> None:
    """As above for a run that was under way: lines of progress may come first; the last says nothing was committed."""
    lines = result.err.splitlines()
    assert lines, f"no message:\n{result}"
    _check(result, lines[-1], code, named)
    assert NOTHING_COMMITTED.search(lines[-1]), f"it does not say that nothing was committed:\n{result}"


def _check(result: Result, line: str, code: int, named: tuple[str, ...]) -> None:
    assert not CRASH.search(result.err), str(result)
    assert result.code == code, f"exit code {result.code} instead of {code}:\n{result}"
    missing = [name for name in named if name.lower() not in line.lower()]
    assert not missing, f"the message does not name {missing}:\n{result}"
    assert ADVICE.search(line), f"the message does not say what to do:\n{result}"
