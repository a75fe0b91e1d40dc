"""What the tool says about itself, and how it prints on a terminal and elsewhere."""

import csv
import io
import json
import os
import pty
import re

import pytest

from rig import data, exit_codes, origin, tool
from rig.mock.scenario import Scenario
from rig.readers import assert_table

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # all but tab and newline


@pytest.mark.parametrize("arguments, words", [
    (["--help"], ["pull", "sql", "--version"]),
    (["pull", "--help"], ["--to", "--name", "--records", "--paginator", "--concurrency"]),
    (["sql", "--help"], ["--lake"]),
    (["ps", "--help"], ["PID"]),
    (["help", "exit-codes"], [str(code) for code in exit_codes.ALL]),
])
def test_help_names_what_there_is(arguments, words):
    result = tool.run(*arguments).succeeded()
    assert [word for word in words if word not in result.out.split() and word not in result.out] == [], str(result)
    assert result.err == ""


def test_version_is_one_line():
    assert re.fullmatch(r"trawl \d+\.\d+\.\d+\n", tool.run("--version").succeeded().out)


def test_no_control_characters_where_there_is_no_terminal(nginx, lake):
    result = tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    assert not CONTROL.search(result.out) and not CONTROL.search(result.err), repr((result.out, result.err))


def test_a_terminal_sees_progress(drf, lake):
    ours, theirs = pty.openpty()
    url = drf.url + "/delayed/subdivisions/?page_size=100"
    process = tool.start("pull", url, "--to", lake, "--name", "rows", "--concurrency", "2",
                         stdout=theirs, stderr=theirs)
    os.close(theirs)
    printed = read_all(ours)
    assert process.wait(tool.TIMEOUT_S) == exit_codes.OK, printed
    assert re.search(r"\r(?!\n)|\x1b\[", printed), f"nothing was drawn over:\n{printed!r}"
    assert "52" in printed and re.search(r"\d+\s*/\s*52", printed), f"no pages done/total:\n{printed!r}"
    assert_table(tool.table(lake), data.subdivisions())


def read_all(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:  # Linux says EIO when the other end is closed
        pass
    finally:
        os.close(terminal)
    return b"".join(parts).decode("utf-8", errors="replace")


def test_a_header_is_sent_and_shown_nowhere(drf, lake):
    result = tool.pull(drf.url + "/page/subdivisions/", lake, "rows", "--header", "Authorization: Bearer hush-hush").succeeded()
    assert result.says(len(data.subdivisions()), "rows"), str(result)
    shown = result.out + result.err + "".join(path.read_text() for path in lake.rglob("*.json"))
    assert "hush" not in shown


def test_csv_has_every_row(drf, lake):
    tool.pull(drf.url + "/page/subdivisions/", lake).succeeded()
    printed = tool.run("sql", "from rows", "--lake", lake, "--format", "csv").succeeded().out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert len(rows) == len(data.subdivisions())
    assert sorted(row["code"] for row in rows) == sorted(row["code"] for row in data.subdivisions())


def test_a_trace_tells_how_the_limit_went_and_progress_what_it_is(tmp_path, lake):
    server = origin.serve(tmp_path / "origin", latency="20ms")
    trace = tmp_path / "trace.jsonl"
    # A point is kept every 100 ms; 16 requests of 20 ms at once cannot be done with all 1,000 pages in less than 1.2 s.
    pull = [server.url + "/subdivisions?page_size=5", lake, "rows", "--concurrency", 16, "--progress", "json", "--trace", trace]
    result = tool.pull(*pull)
    server.stop()
    result.succeeded()
    points = [json.loads(line) for line in trace.read_text().splitlines()]
    assert len(points) > 3, points
    assert [set(point) for point in points if set(point) != {"origin", "t", "limit", "in_flight", "throughput", "latency"}] == []
    assert {point["origin"] for point in points} == {server.url}
    assert [point["t"] for point in points] == sorted(point["t"] for point in points)
    assert max(point["limit"] for point in points) > 4 and max(point["throughput"] for point in points) > 50, points
    assert all(0.01 < point["latency"] < 10 for point in points if point["throughput"] > 0), points
    told = [json.loads(line) for line in result.err.splitlines()]
    assert all(line["limit"] >= 1 for line in told if line["pages"] > 0), told


def test_a_trace_that_cannot_be_written_is_told_before_the_pull(nginx, lake):
    result = tool.pull(nginx.url + "/pages/languages", lake, "rows", "--trace", "/dev/null/trace")
    assert result.code == exit_codes.USAGE and "/dev/null/trace" in result.err, str(result)
    assert not lake.exists()


LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z debug (\w+)((?: \w+=(?:\"(?:[^\"\\]|\\.)*\"|[^ \"]+))*)$")


def log_of(err: str) -> list[tuple[str, dict]]:
    found = [LOG_LINE.match(line) for line in err.splitlines()]
    assert all(found), f"a line is no logfmt:\n{err}"
    return [(line[1], {key: value.strip('"') for key, value in re.findall(r' (\w+)=("(?:[^"\\]|\\.)*"|[^ "]+)', line[2])})
            for line in found]


def test_a_log_tells_each_request_and_why_it_was_sent_again(mock, lake):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}, {"fails_once": {"nth": 3, "status": 503}}))
    log = log_of(tool.pull(source.url + "/items", lake, "rows", "--log-level", "debug").succeeded().err)
    requests = [fields for event, fields in log if event == "request"]
    assert len(requests) == len(source.requests()), log
    assert sorted(one["status"] for one in requests)[-2:] == ["200", "503"], log
    assert all(one["url"].startswith(source.url) and float(one["ms"]) >= 0 for one in requests), log
    retries = [fields for event, fields in log if event == "retry"]
    assert [(one["reason"], one["attempt"]) for one in retries] == [("status 503", "1")], log
    again = [one for one in requests if one["attempt"] == "2"]
    assert [one["url"] for one in again] == [retries[0]["url"]], log
    commits = [fields for event, fields in log if event == "commit"]
    assert [(one["resource"], one["version"], one["rows"]) for one in commits] == [("rows", "0", "57")], log


def test_a_log_of_urls_tells_each(mock, tmp_path):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}))
    urls = [source.url + f"/items?page={page}" for page in (1, 2)]
    result = tool.run("get", *urls, "--to", tmp_path / "files", "--log-level", "debug").succeeded()
    assert sorted(fields["url"] for event, fields in log_of(result.err) if event == "url") == urls


@pytest.mark.parametrize("level, is_told", [("error", False), ("warning", False), ("info", True)])
def test_the_levels_below_debug(mock, lake, level, is_told):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}))
    result = tool.pull(source.url + "/items", lake, "rows", "--log-level", level).succeeded()
    assert ("57 rows" in result.out) == is_told and result.err == "", str(result)


def test_what_is_found_of_children_is_told_once(mock, lake, tmp_path):
    source = mock.begin(Scenario("page_number", {"says": ["total", "page"]}))
    (tmp_path / "c.toml").write_text(f"""
[client]
base_url = "{source.url}"
[[resources]]
name = "parents"
path = "items"
[[resources]]
name = "children"
path = "items"
paginator = "single_page"
params = {{ page = "{{resources.parents.id}}" }}
""")
    result = tool.run("pull", tmp_path / "c.toml", "--to", lake).succeeded()
    assert result.out.count("records: ") == 2, str(result)  # pages of 10, of 7 and of no rows
