"""A pull that is stopped half way commits nothing, says so, and leaves an older table as it was."""

import signal

import pytest

from rig import connector, data, exit_codes, tool
from rig.messages import NOTHING_COMMITTED
from rig.mock.scenario import Scenario
from rig.readers import assert_table, committed
from rig.wait import wait_until


def start_slow(nginx, lake):
    """A pull of 103 slow pages, the first of which has arrived."""
    nginx.requests()
    process = tool.start("pull", nginx.url + "/slow/subdivisions", "--to", lake, "--name", "rows")
    wait_until(lambda: nginx.requests() or process.poll() is not None, "the first page")
    return process


def stop_half_way(nginx, lake, how: signal.Signals) -> tool.Result:
    process = start_slow(nginx, lake)
    try:
        assert process.poll() is None, str(tool.finish(process))
    finally:
        process.send_signal(how)
    return tool.finish(process, timeout=20)


@pytest.mark.parametrize("table, how", [("new", signal.SIGINT), ("old", signal.SIGINT), ("new", signal.SIGTERM)])
def test_a_stopped_pull_commits_nothing_and_says_so(nginx, lake, table, how):
    if table == "old":
        tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    before = committed(lake)
    result = stop_half_way(nginx, lake, how)
    assert result.code == exit_codes.INTERRUPTED, str(result)
    assert "interrupt" in result.err.splitlines()[-1].lower(), str(result)
    assert NOTHING_COMMITTED.search(result.err.splitlines()[-1]), str(result)
    assert committed(lake) == before
    if table == "old":
        assert_table(tool.table(lake), data.subdivisions())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_a_pull_after_a_stopped_one_is_whole(nginx, lake, how):
    stop_half_way(nginx, lake, how)
    assert committed(lake) == []
    tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    assert_table(tool.table(lake), data.subdivisions())


TWO = """[client]
base_url = "@URL@"
[[resources]]
name = "quick"
path = "items"
[[resources]]
name = "slow"
path = "slow/items"
"""


def test_a_stopped_pull_says_what_it_committed_before(mock, nginx, tmp_path):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}))
    toml = TWO.replace("slow/items", nginx.url + "/slow/subdivisions")
    lake = tmp_path / "lake"
    process = tool.start("pull", connector.write(tmp_path / "connector", toml, source), "--to", lake)
    wait_until(lambda: committed(lake) or process.poll() is not None, "the first commit")
    process.send_signal(signal.SIGINT)
    result = tool.finish(process, timeout=20)
    assert result.code == exit_codes.INTERRUPTED and "; committed: quick" in result.err, str(result)
    assert not NOTHING_COMMITTED.search(result.err), str(result)


def test_an_answer_that_nobody_takes_does_not_deny_the_commit(mock, lake):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}))
    with open("/dev/full", "w", encoding="utf-8") as full:
        result = tool.pull(source.url + "/items", lake, stdout=full)
    assert result.code == exit_codes.OUTPUT and "; committed: rows" in result.err, str(result)
    assert committed(lake)


def test_a_stopped_get_says_how_to_go_on(mock, tmp_path):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}, {"slow_page": {"2": 5000}}))
    urls = [source.url + f"/items?page={page}" for page in (1, 2)]
    process = tool.start("get", *urls, "--to", tmp_path / "files")
    wait_until(lambda: (tmp_path / "files/items").exists() or process.poll() is not None, "the first file")
    process.send_signal(signal.SIGINT)
    result = tool.finish(process, timeout=20)
    assert result.code == exit_codes.INTERRUPTED, str(result)
    assert "interrupted by SIGINT" in result.err and "--skip-existing" in result.err, str(result)
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["items"], "a half file was left, or a whole one is gone"
