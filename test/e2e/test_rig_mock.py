"""The rig itself: the mock source does what a scenario says, and records what was asked of it."""

import base64
import json
import urllib.request

import pytest

from rig.mock import family
from rig.mock.client import Source
from rig.mock.scenario import Scenario, row
from rig.process import get


def page(source: Source, path: str) -> dict:
    status, _, body = get(source.url + path)
    assert status == 200, body
    return json.loads(body)


def post(source: Source, path: str, value: dict, **headers: str) -> dict:
    request = urllib.request.Request(source.url + path, json.dumps(value).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_it_records_requests_with_what_was_in_them(mock):
    source = mock.begin(Scenario("page_number"))
    get(source.url + "/items?page=2&x=%C3%A4")
    [request] = source.requests()
    assert (request["method"], request["path"].split("/")[-1]) == ("GET", "items")
    assert request["query"] == [["page", "2"], ["x", "ä"]]
    assert request["status"] == 200 and request["headers"]["host"] in source.url


def test_scenarios_do_not_see_each_other(mock):
    one, two = mock.begin(Scenario("single")), mock.begin(Scenario("single"))
    get(one.url)
    assert (len(one.requests()), len(two.requests())) == (1, 0)


def test_a_doubled_parameter_is_refused(mock):
    assert get(mock.begin(Scenario("page_number")).url + "/items?page=1&page=2")[0] == 400


@pytest.mark.parametrize("place", ["query", "body"])
def test_page_numbers_and_offsets(mock, place):
    for style, param, value in (("page_number", "page", 2), ("offset", "offset", 10)):
        source = mock.begin(Scenario(style, {"place": place}))
        got = page(source, f"/items?{param}={value}") if place == "query" else post(source, "/items", {param: value})
        assert got["items"] == [row(number) for number in range(11, 21)]


def test_a_parameter_in_the_body_may_be_deep(mock):
    source = mock.begin(Scenario("page_number", {"place": "body", "param": "paging.page"}))
    assert post(source, "/items", {"paging": {"page": 6}})["items"][-1] == row(57)


def test_graphql_is_walked_by_its_cursor(mock):
    source = mock.begin(Scenario("graphql"))
    rows, after = [], None
    while True:
        got = post(source, "/graphql", {"query": "{ rows }", "variables": {"after": after}})["data"]["rows"]
        rows += [edge["node"] for edge in got["edges"]]
        if not got["pageInfo"]["hasNextPage"]:
            break
        after = got["pageInfo"]["endCursor"]
    assert rows == source.scenario.expected()
    assert get(source.url + "/graphql")[0] == 405


@pytest.mark.parametrize("at", ["body", "header", "last_record", "keyset"])
def test_cursors(mock, at):
    source = mock.begin(Scenario("cursor", {"at": at}))
    rows, query = [], ""
    for _ in range(6):
        status, headers, body = get(source.url + "/items" + query)
        got = json.loads(body)
        rows += got["items"]
        query = {"body": f"?cursor={got.get('next_cursor')}", "header": f"?cursor={headers.get('x-next-cursor')}",
                 "last_record": f"?after={rows[-1]['id']}", "keyset": f"?cursor={got.get('next_cursor')}"}[at]
    assert rows == source.scenario.expected()


def test_oauth_tokens_end_after_their_uses(mock):
    source = mock.begin(Scenario("single", {}, {"oauth2": {"id": "ada", "secret": "s", "uses": 1}}))
    assert get(source.url + "/items")[0] == 401
    request = urllib.request.Request(source.url + "/oauth/token", b"grant_type=client_credentials",
                                     {"Authorization": "Basic " + base64.b64encode(b"ada:s").decode()})
    with urllib.request.urlopen(request, timeout=10) as answer:
        token = json.load(answer)["access_token"]
    for expected in (200, 401):
        request = urllib.request.Request(source.url + "/items", headers={"Authorization": f"Bearer {token}"})
        try:
            status = urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as error:
            status = error.code
        assert status == expected


def test_a_family_has_three_generations(mock):
    source = mock.begin(Scenario("family", quirks={"missing": [7]}))
    parents = page(source, "/parents?page=1")["items"] + page(source, "/parents?page=2")["items"] + page(source, "/parents?page=3")["items"]
    assert parents == family.parents()
    assert page(source, "/parents/3/children")["items"] == []
    assert get(source.url + "/parents/7/children")[0] == 404
    assert page(source, "/parents/8/children?page=2")["items"] == family.children(8)[5:]
    assert page(source, "/parents/8/children/2/notes")["items"] == family.notes(8, 2)
    assert page(source, "/by-slug/p%2F4%20%C3%BC")["items"] == [{"slug": "p/4 ü"}]
    assert post(source, "/children", {"parent": 2})["items"] == family.children(2)
    assert len(page(source, "/numbers?from=3&below=9")["items"]) == 6


def test_changes_since_a_time_and_those_that_come_later(mock):
    source = mock.begin(Scenario("family"))
    assert page(source, "/changes?since=2026-01-01T21:00:00Z")["items"] == family.first_changes()[20:]
    source.add([family.change(24, 21), family.change(5, 30, "second")])
    got = page(source, "/changes?since=2026-01-01T21:00:00Z")["items"]
    assert [row["id"] for row in got] == [21, 22, 23, 24, 5]
    assert 5 not in [row["id"] for row in page(source, "/changes")["items"]]


def test_moving_rows_are_the_same_for_a_seed(mock):
    reports = []
    for _ in range(2):
        source = mock.begin(Scenario("offset", {}, {"moves": {"seed": 7}}, 50))
        for offset in range(0, 50, 10):
            get(f"{source.url}/items?offset={offset}")
        reports.append(source.report())
    assert reports[0]["throughout"] == reports[1]["throughout"] and reports[0]["ever"] == reports[1]["ever"]
    assert len(reports[0]["throughout"]) < 50 < len(reports[0]["ever"])


def test_an_answer_that_is_cut_and_one_in_time(mock):
    source = mock.begin(Scenario("page_number", {}, {"truncates_once": 1}))
    with pytest.raises(Exception, match="IncompleteRead|incomplete|closed"):
        get(source.url + "/items")
    assert get(source.url + "/items")[0] == 200


def test_throttling_says_how_long(mock):
    source = mock.begin(Scenario("single", {}, {"throttles": {"after": 0, "says": "seconds", "wait_s": 7}}))
    assert [get(source.url)[0], get(source.url)[0]] == [429, 200]
    dated = mock.begin(Scenario("single", {}, {"throttles": {"after": 0, "says": "date"}}))
    assert "GMT" in get(dated.url)[1]["retry-after"]


def test_another_host_and_tls_are_the_same_source(mock):
    source = mock.begin(Scenario("json_link", {"form": "other_host"}))
    following = page(source, "/items")["next"]
    assert "127.0.0.2" in following and json.loads(get(following)[2])["items"][0] == row(11)
    assert len(source.requests()) == 2
