"""Servers that others wrote, at what test_pull.py does not ask of them: httpbin, Prism, json-server, Django REST framework."""

import pytest

from rig import data, exit_codes, tool
from rig.cases import assert_refused
from rig.compare import assert_same_rows
from rig.httpbin import chain, page
from rig.readers import by_duckdb
from rig.wait import wait_until

PAGES = [[{"id": 1, "name": "ä"}, {"id": 2}], [{"id": 3}], [], [{"id": 4, "late": True}]]
ROWS = [row for rows in PAGES for row in rows]
LARGE = 2**53 - 1  # Prism is written in JavaScript, which has no larger integers
PETS = [{"id": 1, "name": "Tom", "kind": "cat", "born": "2020-02-29", "weight_kg": 4.2, "tags": ["grey", "lazy"]},
        {"id": 2, "name": "Spike", "kind": "dog", "born": "2019-01-01", "weight_kg": 40, "tags": []},
        {"id": LARGE, "name": "Ünal", "kind": "cat", "born": None, "weight_kg": None, "tags": ["old"]}]
KEY = ("--header", "X-Api-Key: hush")
TOKEN = ("--header", "Authorization: Bearer hush")
WHOLE = ("--records", "$")


def rows(lake) -> list[dict]:
    return by_duckdb(tool.table(lake)).rows


# httpbin

def test_httpbin_pages_that_name_each_other(httpbin, lake):
    tool.pull(httpbin.url + chain(PAGES), lake).succeeded()
    assert_same_rows(rows(lake), ROWS)


def test_httpbin_a_page_behind_a_redirect(httpbin, lake):
    tool.pull(f"{httpbin.url}/redirect-to?url={chain(PAGES)}&status_code=307", lake).succeeded()
    assert_same_rows(rows(lake), ROWS)


@pytest.mark.parametrize("path", ["/redirect/5", "/relative-redirect/3", "/absolute-redirect/3"])
def test_httpbin_redirects(httpbin, lake, path):
    tool.pull(httpbin.url + path, lake, "rows", *WHOLE).succeeded()
    assert rows(lake)[0]["url"] == f"{httpbin.url}/get"


def test_httpbin_too_many_redirects(httpbin, lake):
    assert_refused(tool.pull(httpbin.url + "/redirect/11", lake), lake, exit_codes.CONNECT, ("redirect",))


@pytest.mark.parametrize("coding, said", [("gzip", "gzipped"), ("deflate", "deflated"), ("brotli", "brotli")])
def test_httpbin_codings(httpbin, lake, coding, said):
    tool.pull(f"{httpbin.url}/{coding}", lake, "rows", *WHOLE).succeeded()
    assert rows(lake)[0][said] is True


def test_httpbin_a_password_in_the_url(httpbin, lake):
    url = httpbin.url.replace("://", "://ada:hush@")
    tool.pull(url + "/basic-auth/ada/hush", lake, "rows", *WHOLE).succeeded()
    assert_same_rows(rows(lake), [{"authenticated": True, "user": "ada"}])


def test_httpbin_a_bearer_token(httpbin, lake):
    tool.pull(httpbin.url + "/bearer", lake, "rows", *WHOLE, *TOKEN).succeeded()
    assert_same_rows(rows(lake), [{"authenticated": True, "token": "hush"}])


@pytest.mark.parametrize("path, code, words", [
    ("/basic-auth/ada/hush", exit_codes.STATUS, ("401",)),
    ("/bearer", exit_codes.STATUS, ("401",)),
    ("/status/418", exit_codes.STATUS, ("418",)),
    ("/xml", exit_codes.PAGE, ("JSON", "XML")),
    ("/html", exit_codes.PAGE, ("JSON", "HTML")),
    ("/encoding/utf8", exit_codes.PAGE, ("JSON",)),
    ("/bytes/100?seed=1", exit_codes.PAGE, ("JSON",)),
    ("/image/png", exit_codes.PAGE, ("JSON",)),
    ("/json", exit_codes.STATUS, ("404",)),
    ("/headers", exit_codes.PAGE, ("records", "--records $")),
])
def test_httpbin_refusals(httpbin, lake, path, code, words):
    assert_refused(tool.pull(httpbin.url + path, lake), lake, code, words)


def test_httpbin_sees_what_was_sent(httpbin, lake):
    tool.pull(httpbin.url + "/anything?a=1&a=2&b=%C3%A4%20%26", lake, "rows", *WHOLE, *KEY).succeeded()
    [sent] = rows(lake)
    assert sent["args"] == {"a": ["1", "2"], "b": "ä &"}
    assert sent["headers"]["X-Api-Key"] == "hush" and sent["headers"]["Accept"].startswith("application/json")
    assert "trawl" in sent["headers"]["User-Agent"]


def test_httpbin_a_link_header(httpbin, lake):
    following = f"<{httpbin.url}{page([{'id': 2}])}>; rel=next"
    result = tool.pull(f"{httpbin.url}/response-headers?Link={following.replace(' ', '%20')}&id=1", lake, "rows",
                       "--paginator", "header_link", *WHOLE)
    result.succeeded()
    assert result.says(2, "pages"), str(result)


def test_httpbin_rows_a_line(httpbin, lake):
    tool.pull(httpbin.url + "/stream/7", lake).succeeded()
    assert sorted(row["id"] for row in rows(lake)) == list(range(7))


def test_httpbin_a_cookie_that_is_set_on_the_way(httpbin, lake):
    tool.pull(httpbin.url + "/cookies/set?session=1", lake, "rows", *WHOLE).succeeded()
    assert rows(lake) == [{"cookies": {"session": "1"}}]


# Prism

def test_prism_every_type_of_the_description(prism, lake):
    tool.pull(prism.url + "/pets", lake, "rows", *KEY).succeeded()
    assert_same_rows(rows(lake), PETS)


@pytest.mark.parametrize("seed", range(3))
def test_prism_invented_rows(prism, lake, seed):
    tool.pull(prism.url + "/pets", lake, "rows", *KEY, "--header", "Prefer: dynamic=true").succeeded()
    found = rows(lake)
    assert len(found) == 5 and {row["kind"] for row in found} <= {"cat", "dog"}
    assert all(isinstance(row["id"], int) for row in found)


def test_prism_pages_that_are_linked_relatively(prism, lake):
    tool.pull(prism.url + "/visits/1", lake, "rows", "--records", "visits", *TOKEN).succeeded()
    assert_same_rows(rows(lake), [{"id": number} for number in range(1, 6)])


@pytest.mark.parametrize("path, options, code, words", [
    ("/pets", (), exit_codes.STATUS, ("401",)),
    ("/visits/1", (), exit_codes.STATUS, ("401",)),
    ("/pets?limit=0", KEY, exit_codes.STATUS, ("422", "limit=0")),
    ("/pets?kind=fish", KEY, exit_codes.STATUS, ("422", "kind=fish")),
    ("/nowhere", (), exit_codes.STATUS, ("404",)),
    ("/pets", (*KEY, "--header", "Prefer: code=404"), exit_codes.STATUS, ("404",)),
    ("/repeats", (), exit_codes.PAGE, ("page",)),
])
def test_prism_refusals(prism, lake, path, options, code, words):
    assert_refused(tool.pull(prism.url + path, lake, "rows", *options), lake, code, words)


def test_prism_json_with_a_type_of_its_own(prism, lake):
    tool.pull(prism.url + "/jsonapi", lake).succeeded()
    assert_same_rows(rows(lake), [{"id": "1", "type": "pets"}, {"id": "2", "type": "pets"}])


def test_prism_a_problem_is_told_as_it_is(prism, lake):
    assert_refused(tool.pull(prism.url + "/problem", lake), lake, exit_codes.STATUS, ("403",))


def test_prism_json_with_a_type_that_is_asked_for(prism, lake):
    tool.pull(prism.url + "/jsonapi", lake, "rows", "--header", "Accept: application/vnd.api+json").succeeded()
    assert len(rows(lake)) == 2


# json-server and Django REST framework

@pytest.mark.parametrize("query, kept", [
    ("type=Parish", lambda row: row["type"] == "Parish"),
    ("q=Canillo", lambda row: "Canillo" in row["name"]),
    ("code_like=^GB-", lambda row: row["code"].startswith("GB-")),
])
def test_json_server_filters_stay_on_every_page(json_server, lake, query, kept):
    tool.pull(f"{json_server.url}/subdivisions?{query}&_page=1&_limit=20", lake).succeeded()
    assert_same_rows(rows(lake), [row for row in data.subdivisions() if kept(row)])


def test_json_server_sorted_pages_by_number(json_server, lake):
    tool.pull(f"{json_server.url}/subdivisions?_sort=code&_order=desc&_limit=500", lake, "rows",
              "--paginator", "page_number:page_param=_page").succeeded()
    assert_same_rows(rows(lake), data.subdivisions())


def test_json_server_slices_by_offset(json_server, lake):
    tool.pull(f"{json_server.url}/subdivisions", lake, "rows",
              "--paginator", "offset:offset_param=_start,limit_param=_limit,limit=700").succeeded()
    assert_same_rows(rows(lake), data.subdivisions())


@pytest.mark.parametrize("path, paginator", [
    ("/page/subdivisions/?page_size=300", "page_number:stop_after_short_page=true"),
    ("/offset/subdivisions/", "offset:limit=300,total_path=$.count"),
    ("/offset/subdivisions/", "offset:limit=300"),
    ("/offset/subdivisions/?limit=300", "json_link"),
    ("/cursor/subdivisions/", "json_link:next_url_path=$.next"),
])
def test_drf_with_a_paginator_that_is_named(drf, lake, path, paginator):
    tool.pull(drf.url + path, lake, "rows", "--paginator", paginator).succeeded()
    assert_same_rows(rows(lake), data.subdivisions())


def test_drf_answers_404_behind_the_last_page(drf, lake):
    result = tool.pull(drf.url + "/page/subdivisions/?page_size=300", lake, "rows", "--paginator",
                       "page_number:total_path=none")
    assert_refused(result, lake, exit_codes.STATUS, ("404", "page=19"))


def test_drf_a_404_behind_the_last_page_is_the_end_when_told_so(drf, lake):
    tool.pull(drf.url + "/page/subdivisions/?page_size=700", lake, "rows", "--paginator",
              "page_number:end_status=404").succeeded()
    assert_same_rows(rows(lake), data.subdivisions())


def test_drf_two_pulls_share_a_throttle(drf, tmp_path):
    """Both are told to wait, and both end with all rows."""
    before = drf.log.read_text().count('" 429 ')
    url = drf.url + "/throttled/subdivisions/?page_size=500"
    pulls = [tool.start("pull", url, "--to", tmp_path / f"lake-{number}", "--name", "rows") for number in range(2)]
    for number, process in enumerate(pulls):
        tool.finish(process).succeeded()
        assert_same_rows(rows(tmp_path / f"lake-{number}"), data.subdivisions())
    wait_until(lambda: drf.log.read_text().count('" 429 ') > before, "a 429")
