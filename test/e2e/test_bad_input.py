"""Bad input: a message that says what, where and what to do, an exit code of its own, and nothing committed."""

import pytest

from rig import data, exit_codes, pages, tool
from rig.messages import assert_error, assert_half_done
from rig.process import free_port
from rig.readers import assert_table, committed

# each of which the message must name
BAD_URLS = ["not a url", "http://", "ftp://127.0.0.1/items", "http://127.0.0.1:99999/items", "http://[::1/items",
            "://items"]

# the command line → what the message must name
BAD_USAGE = {
    ("pull",): ["SOURCE"],
    ("pull", "http://127.0.0.1:1/items", "--speed", "11"): ["--speed"],
    ("pull", "http://127.0.0.1:1/items", "--concurrency", "0"): ["--concurrency", "0"],
    ("pull", "http://127.0.0.1:1/items", "--concurrency", "-1"): ["--concurrency", "-1"],
    ("pull", "http://127.0.0.1:1/items", "--concurrency", "many"): ["--concurrency", "many"],
    ("pull", "http://127.0.0.1:1/items", "--paginator", "clairvoyant"): ["--paginator", "clairvoyant"],
    ("pull", "http://127.0.0.1:1/items", "--to"): ["--to"],
    ("pull", "http://127.0.0.1:1/items", "--name", "../escape"): ["../escape"],
    ("dredge", "http://127.0.0.1:1/items"): ["dredge"],
    ("sql",): ["QUERY"],
}

# path at nginx → exit code, what the message must name beside the URL
BAD_FIRST_PAGES = {
    "/nowhere.json": (exit_codes.STATUS, ["404"]),
    f"/broken/pages/error/page-{pages.BAD_PAGE}.json": (exit_codes.STATUS, ["500"]),
    "/single/page.html": (exit_codes.PAGE, ["JSON"]),
    "/single/cut.json": (exit_codes.PAGE, ["JSON"]),
    "/single/empty.json": (exit_codes.PAGE, ["JSON"]),
    "/single/no-records.json": (exit_codes.PAGE, ["records"]),
    "/single/number.json": (exit_codes.PAGE, ["records"]),
}

# page 7 of 12 → exit code, what the message must name beside the page's URL
BAD_LATER_PAGES = {
    "missing": (exit_codes.STATUS, ["404"]),
    "error": (exit_codes.STATUS, ["500"]),
    "html": (exit_codes.PAGE, ["JSON"]),
    "cut": (exit_codes.PAGE, ["JSON"]),
    "refusal": (exit_codes.PAGE, ["records"]),
}

BAD_SQL = {
    "select count(*) from submarines": ["submarines"],
    "selec count(*) from rows": ["selec"],
    "select depth from rows": ["depth"],
    "select cast(name as integer) from rows": ["int32"],
    "": ["query"],
}


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_does_not_parse(lake, url):
    assert_error(tool.pull(url, lake), exit_codes.USAGE, url)
    assert not lake.exists()


@pytest.mark.parametrize("arguments, named", BAD_USAGE.items(), ids=" ".join)
def test_bad_usage(tmp_path, arguments, named):
    assert_error(tool.run(*arguments, cwd=tmp_path), exit_codes.USAGE, *named)
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_does_not_resolve(lake):
    result = tool.pull("http://no-such-host.invalid/items", lake)  # RFC 2606: .invalid never resolves
    assert_error(result, exit_codes.CONNECT, "no-such-host.invalid")
    assert committed(lake) == []


def test_a_port_where_nothing_listens(lake):
    port = free_port()
    assert_error(tool.pull(f"http://127.0.0.1:{port}/items", lake), exit_codes.CONNECT, f"127.0.0.1:{port}")
    assert committed(lake) == []


@pytest.mark.parametrize("path, code, named", [(p, *rest) for p, rest in BAD_FIRST_PAGES.items()])
def test_a_bad_first_page(nginx, lake, path, code, named):
    assert_error(tool.pull(nginx.url + path, lake), code, nginx.url + path, *named)
    assert committed(lake) == []


def test_records_where_there_are_none(nginx, lake):
    result = tool.pull(nginx.url + "/single/object.json", lake, "rows", "--records", "nowhere")
    assert_error(result, exit_codes.PAGE, nginx.url + "/single/object.json", "nowhere")
    assert committed(lake) == []


@pytest.mark.parametrize("style, page", [("next", "page-{}.json"), ("pages", "?page={}")])
@pytest.mark.parametrize("kind, code, named", [(k, *rest) for k, rest in BAD_LATER_PAGES.items()])
def test_one_bad_page_of_many_commits_nothing(nginx, lake, style, page, kind, code, named):
    first = "/page-1.json" if style == "next" else ""
    result = tool.pull(f"{nginx.url}/broken/{style}/{kind}{first}", lake)
    separator = "/" if style == "next" else ""
    bad = f"{nginx.url}/broken/{style}/{kind}{separator}{page.format(pages.BAD_PAGE)}"
    assert_half_done(result, code, bad, *named)
    assert committed(lake) == []


def test_pages_that_go_round_in_circles(nginx, lake):
    result = tool.pull(nginx.url + "/broken/next/loop/page-1.json", lake)
    assert_half_done(result, exit_codes.PAGE, f"page-{pages.BAD_PAGE}.json")
    assert committed(lake) == []


def test_a_source_that_ignores_the_page_number(nginx, lake):
    """A static file with a total of 12 pages in it, which is page 1 whatever ?page= says."""
    url = nginx.url + "/broken/pages/missing/page-1.json"
    assert_half_done(tool.pull(url, lake), exit_codes.PAGE, url)
    assert committed(lake) == []


def test_a_pull_that_fails_leaves_the_table_as_it_was(nginx, lake):
    tool.pull(nginx.url + "/pages/subdivisions", lake).succeeded()
    before = committed(lake)
    assert_half_done(tool.pull(nginx.url + "/broken/pages/missing", lake), exit_codes.STATUS, "404")
    assert committed(lake) == before
    assert_table(tool.table(lake), data.subdivisions())


@pytest.mark.parametrize("where", ["under a file", "in /proc"])
def test_a_folder_that_cannot_be_written(nginx, tmp_path, where):
    (tmp_path / "file").write_text("not a folder")  # permissions would not stop root
    folder = {"under a file": tmp_path / "file" / "lake", "in /proc": "/proc/trawl-lake"}[where]
    assert_error(tool.pull(nginx.url + "/single/array.json", folder), exit_codes.LAKE, str(folder))


def test_a_table_whose_log_is_damaged_is_not_touched(nginx, lake):
    tool.pull(nginx.url + "/single/array.json", lake).succeeded()
    entry = lake / "rows/_delta_log" / f"{0:020}.json"
    entry.write_text("{damaged")
    before = committed(lake)
    for result in (tool.pull(nginx.url + "/single/array.json", lake),
                   tool.run("sql", "select count(*) from rows", "--lake", lake)):
        assert_error(result, exit_codes.LAKE, entry.name)
    assert committed(lake) == before and entry.read_text() == "{damaged"


@pytest.fixture(scope="module")
def good_lake(nginx, tmp_path_factory):
    folder = tmp_path_factory.mktemp("good") / "lake"
    tool.pull(nginx.url + "/single/array.json", folder).succeeded()
    return folder


@pytest.mark.parametrize("query, named", BAD_SQL.items())
def test_bad_sql(good_lake, query, named):
    assert_error(tool.run("sql", query, "--lake", good_lake), exit_codes.SQL, *named)


def test_sql_on_a_lake_that_is_not_there(tmp_path):
    result = tool.run("sql", "select 1", "--lake", tmp_path / "nowhere")
    assert_error(result, exit_codes.LAKE, str(tmp_path / "nowhere"))
