"""The tool as a process: run to its end, or started and left running."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rig.exit_codes import OK

ROOT = Path(__file__).parents[3]
TRAWL = Path(os.environ.get("TRAWL", ROOT / "build/release/src/cli/trawl"))
TIMEOUT_S = 50  # under the time limit of a test, so that it can show what was printed


@dataclass(frozen=True)
class Result:
    command: list[str]
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"$ {' '.join(self.command)}\nexit code {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    def succeeded(self) -> "Result":
        assert self.code == OK, str(self)
        return self

    def says(self, number: int, unit: str) -> bool:
        """Whether stdout has "5127 rows", "5,127 rows", "rows: 5 127" or the like."""
        plain = re.sub(r"(?<=\d)[,_'\u2009\u202f ](?=\d{3}\b)", "", self.out.lower())
        return bool(re.search(rf"\b{number}\s+{unit}|\b{unit}\b\W*{number}\b", plain))

    @property
    def retries(self) -> int:
        found = re.search(r"(\d+)\s+retr|retr\w*\W+(\d+)", self.out.lower())
        assert found, f"no retries in the summary:\n{self}"
        return int(found.group(1) or found.group(2))


def start(*arguments, **popen) -> subprocess.Popen:
    assert TRAWL.is_file(), f"{TRAWL} is not there: build it (cmake --build --preset release) or set TRAWL"
    command = [str(part) for part in (TRAWL, *arguments)]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, **{"env": environment(), **pipes, **popen})


def finish(process: subprocess.Popen, timeout: float = TIMEOUT_S) -> Result:
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        result = Result(process.args, process.returncode, _text(out), _text(err))
        raise AssertionError(f"still running after {timeout} s, so it was killed:\n{result}") from None
    except BaseException:  # the test's own time limit
        process.kill()
        process.wait()
        raise
    return Result(process.args, process.returncode, _text(out), _text(err))


def run(*arguments, timeout: float = TIMEOUT_S, **popen) -> Result:
    return finish(start(*arguments, **popen), timeout)


def pull(url: str, lake: Path, name: str = "rows", *options, **keywords) -> Result:
    return run("pull", url, "--to", lake, "--name", name, *options, **keywords)


def table(lake: Path, name: str = "rows") -> Path:
    """Where a pull into `lake` puts the table `name`."""
    return lake / name


def environment() -> dict[str, str]:
    """The caller's, without proxies: every server is on loopback."""
    return {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}


def _text(output: bytes | None) -> str:
    return (output or b"").decode("utf-8", errors="replace")
