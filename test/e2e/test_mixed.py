"""examples/mixed.cpp: HTTP, PostgreSQL and a disk at the same time, in one thread."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from rig import origin, postgres

PROGRAM = Path(os.environ.get("EXAMPLE_MIXED", origin.ROOT / "build/release/examples/example_mixed"))


@pytest.fixture(scope="module")
def database():
    server = postgres.serve()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    server = origin.serve(tmp_path_factory.mktemp("origin"), latency="300ms")
    yield server
    server.stop()


def run(url: str, conninfo: str, backend: str) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, url, conninfo], capture_output=True, text=True, timeout=50,
                          env={**os.environ, "TRAWL_BACKEND": backend})


@pytest.mark.parametrize("backend", ["auto", "epoll"])
def test_none_of_the_three_holds_up_the_others(database, source, backend):
    done = run(source.url, database.conninfo, backend)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"database: 60000 rows in \S+ s", lines[0])
    assert re.fullmatch(r"http: 3 pages in \S+ s", lines[1])
    assert re.fullmatch(r"disk: 16 MB written and read in \S+ s", lines[2])
    together, one_by_one = map(float, re.fullmatch(r"all in (\S+) s, one after the other (\S+) s", lines[3]).groups())
    assert together < one_by_one
    # The queries alone are busy for 0.3 s, in which a clock that beats every 5 ms has its turn again and again.
    assert int(re.fullmatch(r"meanwhile, (\d+) beats of a clock", lines[4]).group(1)) >= 5


def test_a_database_that_is_not_there_is_an_error_that_says_so(source):
    done = run(source.url, "host=/no/such/folder user=trawl dbname=postgres", "auto")
    assert done.returncode != 0
    assert "/no/such/folder" in done.stderr
