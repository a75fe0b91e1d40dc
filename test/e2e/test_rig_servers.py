"""The rig itself: every source really serves all of its rows, in the style that it is there for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rig import data, pages
from rig.compare import assert_same_rows
from rig.process import free_port, get, start
from rig.wait import wait_until
from rig.walk import numbered_rows_of, rows_of


@pytest.mark.parametrize("path", ["/page/subdivisions/", "/offset/subdivisions/", "/cursor/subdivisions/",
                                  "/page/subdivisions/?page_size=700", "/offset/subdivisions/?limit=700"])
def test_drf_serves_every_subdivision(drf, path):
    assert_same_rows(rows_of(drf.url + path, ("results",)), data.subdivisions())


def test_drf_serves_every_language(drf):
    assert_same_rows(rows_of(drf.url + "/page/languages/", ("results",)), data.languages())


def test_drf_throttles_with_retry_after(drf):
    answers = [get(drf.url + "/throttled/subdivisions/") for _ in range(30)]
    refused = [headers for status, headers, _ in answers if status == 429]
    assert refused and all(int(headers["retry-after"]) >= 1 for headers in refused)


def test_drf_counts_requests_in_flight(drf):
    get(drf.url + "/peak/")
    get(drf.url + "/delayed/subdivisions/")
    assert [json.loads(get(drf.url + "/peak/")[2])["peak"] for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("dataset", ["subdivisions", "languages"])
def test_json_server_serves_every_row_by_link(json_server, dataset):
    url = f"{json_server.url}/{dataset}?_page=1&_limit=50"
    expected = getattr(data, dataset)()
    assert get(url)[1]["x-total-count"] == str(len(expected))
    assert_same_rows(rows_of(url, ()), expected)


@pytest.mark.parametrize("dataset", ["subdivisions", "languages", "typed"])
def test_nginx_serves_every_row_by_relative_next(nginx, dataset):
    assert_same_rows(rows_of(f"{nginx.url}/next/{dataset}/page-1.json", ("items",)), getattr(data, dataset)())


@pytest.mark.parametrize("path, at", [("/pages/subdivisions", ("items",)), ("/pages/languages", ("data",)),
                                      ("/wrapped/subdivisions", ("payload", "items"))])
def test_nginx_serves_every_row_by_number(nginx, path, at):
    expected = getattr(data, path.rsplit("/", 1)[1])()
    count = pages.page_count(expected)
    assert_same_rows(numbered_rows_of(nginx.url + path, at, count), expected)
    assert get(nginx.url + path)[2] == get(nginx.url + path + "?page=1")[2]
    assert get(f"{nginx.url}{path}?page={count + 1}")[0] == 404


@pytest.mark.parametrize("kind, status", [("missing", 404), ("error", 500), ("html", 200), ("cut", 200),
                                          ("refusal", 200)])
@pytest.mark.parametrize("style", ["next/{}/page-{}.json", "pages/{}?page={}"])
def test_nginx_breaks_one_page_of_many(nginx, style, kind, status):
    answers = [get(f"{nginx.url}/broken/{style.format(kind, n)}") for n in range(1, pages.BROKEN_PAGES + 1)]
    good = [code == 200 and body.endswith(b"}") and b'"items"' in body for code, _, body in answers]
    assert [n + 1 for n, fine in enumerate(good) if not fine] == [pages.BAD_PAGE]
    assert answers[pages.BAD_PAGE - 1][0] == status


def test_nginx_logs_requests_since_last_asked(nginx):
    nginx.requests()
    get(nginx.url + "/single/page.html")
    assert nginx.requests() == ["200 GET /single/page.html"]
    assert nginx.requests() == []


def test_a_server_that_ends_at_once_shows_its_log(tmp_path):
    with pytest.raises(RuntimeError, match="no room at the inn"):
        start("inn", lambda port: ["/bin/sh", "-c", "echo no room at the inn; exit 1"], "/", tmp_path)


def test_a_server_that_is_not_installed_says_so(tmp_path):
    with pytest.raises(RuntimeError, match="inn is not installed.*scripts/install test"):
        start("inn", lambda port: [tmp_path / "inn"], "/", tmp_path)


def test_free_ports_are_free():
    with pytest.raises(OSError):
        get(f"http://127.0.0.1:{free_port()}/")


def test_a_server_ends_when_the_test_run_is_killed(tmp_path):
    script = f"""
import pathlib, sys
from rig.process import start
command = lambda port: [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", port]
print(start("files", command, "/", pathlib.Path({str(tmp_path)!r})).url, flush=True)
sys.stdin.read()
"""
    run = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                           cwd=Path(__file__).parent)
    url = run.stdout.readline().strip()
    assert get(url)[0] == 200
    run.kill()
    run.communicate()
    wait_until(lambda: not answers(url), "the server's end")


def answers(url: str) -> bool:
    try:
        return get(url)[0] == 200
    except OSError:
        return False
