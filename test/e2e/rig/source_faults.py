"""Cases of test_sources.py that have to do with the way of an answer: faults, throttling, bodies, logins, redirects."""

from rig import exit_codes
from rig.cases import Case
from rig.mock.client import Source
from rig.mock.scenario import Scenario

PAGE, STATUS, CONNECT = exit_codes.PAGE, exit_codes.STATUS, exit_codes.CONNECT


def numbered(**quirks) -> Scenario:
    return Scenario("page_number", {"says": ["total", "page"]}, quirks)


def bare(**quirks) -> Scenario:
    return Scenario("single", {"bare": True}, quirks)


LATE_S = 0.3  # what was under way when a request was refused may be seen so much later


def obeyed(wait_s: float):
    """A page that was refused was not asked for before the time that it named, and neither was any other."""
    def check(source: Source) -> None:
        requests = source.requests()
        refused = [(index, request) for index, request in enumerate(requests) if request["status"] in (429, 503)]
        assert refused, "nothing was refused"
        for index, request in refused:
            behind = [(other["at_s"] - request["at_s"], other["query"] == request["query"])
                      for other in requests[index + 1 :]]
            early = [after_s for after_s, is_same in behind if (0 if is_same else LATE_S) < after_s < wait_s - 0.05]
            assert not early, f"asked {early} s after it was told to wait {wait_s} s"
    return check


def at_once(fewest: int, most: int):
    def check(source: Source) -> None:
        assert fewest <= source.report()["peak"] <= most
    return check


def asked(page: int, times: int):
    """How often a page was asked for."""
    def check(source: Source) -> None:
        found = [request for request in source.requests() if ["page", str(page)] in request["query"]]
        assert len(found) == times, f"page {page} was asked for {len(found)} times"
    return check


def asked_in_all(times: int):
    def check(source: Source) -> None:
        assert len(source.requests()) == times
    return check


THROTTLES = [
    Case("429 with seconds to wait", numbered(throttles={"after": 2, "says": "seconds"}), check=obeyed(1), slow=True),
    Case("429 with a date to wait for", numbered(throttles={"after": 2, "says": "date", "wait_s": 2}), slow=True),
    Case("429 with nothing to go by", numbered(throttles={"after": 2, "times": 2}), slow=True),
    Case("429 with a date that is over", numbered(throttles={"after": 2, "says": "past"}), slow=True),
    Case("429 with nonsense to wait for", numbered(throttles={"after": 2, "says": "nonsense"}), slow=True),
    Case("429 with RateLimit-Reset alone", numbered(throttles={"after": 2, "times": 4, "says": "reset", "wait_s": 1}),
         ("--concurrency", "1"), check=obeyed(0.9), slow=True),
    Case("429 on the first page", numbered(throttles={"after": 0, "says": "seconds"}), slow=True),
    Case("429 for all at once", numbered(latency_ms=50, throttles={"after": 1, "times": 5, "says": "seconds"}),
         check=obeyed(1), slow=True),
    Case("503 with seconds to wait", numbered(throttles={"after": 2, "says": "seconds", "status": 503}),
         check=obeyed(1), slow=True),
    Case("503 with nothing to go by", numbered(throttles={"after": 2, "status": 503}), slow=True),
    Case("429 for an hour", numbered(throttles={"after": 2, "says": "seconds", "wait_s": 3600}), code=STATUS,
         words=("429",)),
    Case("429 for ever", numbered(throttles={"after": 2, "times": 1000}), code=STATUS,
         words=("429", "refused all"), slow=True, patience_s=110),
    Case("a quota that every answer tells", numbered(quota={"limit": 4}), slow=True),
]

FAULTS = [
    *THROTTLES,
    *(Case(f"{status} once", numbered(fails_once={"nth": 3, "status": status}), slow=True)
      for status in (500, 502, 504, 408)),
    Case("500 once on the first page", numbered(fails_once={"nth": 1}), slow=True),
    Case("500 for ever", numbered(fails_always={"page": 3}), code=STATUS, words=("500", "page=3"), check=asked(3, 6),
         slow=True),
    *(Case(f"{status} amid is not tried again", numbered(fails_always={"page": 3, "status": status}), code=STATUS,
           words=(str(status), "page=3"), check=asked(3, 1)) for status in (400, 401, 403, 404, 410, 501)),
    Case("an answer that breaks off once", numbered(truncates_once=3), slow=True),
    Case("an answer that breaks off every time", numbered(truncates_always=3), code=CONNECT, words=("page=3",),
         slow=True),
    Case("200 with an error in it", numbered(error_body={"page": 3}), code=PAGE, words=("page=3", "records")),
    Case("200 with an error and no rows in it",
         numbered(error_body={"page": 3, "body": {"items": [], "error": "no luck"}}), code=PAGE, words=("no luck",),
         slow=True),
    Case("200 with an error and no rows where nothing says how many there are",
         Scenario("page_number", {}, {"error_body": {"page": 3, "body": {"items": [], "error": "no luck"}}}),
         ("--paginator", "page_number"), code=PAGE, words=("no luck", "$.error"), check=asked(3, 6),
         slow=True),
    Case("200 with an error on the first page", numbered(error_body={"page": 1}), path="/items?page=1", code=PAGE),
    Case("a login page amid", numbered(html_login={"page": 3}), code=PAGE, words=("page=3", "JSON")),
    Case("a login page first", numbered(html_login={"page": 1}), path="/items?page=1", code=PAGE, words=("JSON",)),
    Case("a slow page among fast ones", numbered(slow_page={"2": 300})),
    Case("eight at once", numbered(latency_ms=30), check=at_once(2, 8)),
    Case("three at once when told so", numbered(latency_ms=30), ("--concurrency", "3"), check=at_once(2, 3)),
    Case("one at a time when told so", numbered(latency_ms=5), ("--concurrency", "1"), check=at_once(1, 1)),
    # bodies
    Case("a byte order mark", numbered(bom=True)),
    Case("NaN is not JSON", bare(nan=True), code=PAGE, words=("JSON",)),
    Case("a key that comes twice counts as it comes last and is told", bare(duplicate_keys=True),
         words=("twice", "kind"),
         rows=[row | {"kind": "b"} if row["kind"] == "a" else row for row in bare().expected()]),
    Case("a row a line", bare(lines=True)),
    Case("a row a line amid pages", Scenario("page_number", {}, {"lines": True}), ("--paginator", "page_number")),
    Case("gzip for who did not ask", numbered(gzipped=True)),
    Case("text that is not UTF-8", bare(charset="latin-1"), code=PAGE, words=("UTF-8",)),
    Case("JSON that says it is text", numbered(content_type="text/plain; charset=utf-8")),
    Case("JSON that says it is HTML", numbered(content_type="text/html")),
    Case("JSON with a type of its own", numbered(content_type="application/vnd.api+json")),
    Case("blanks around a page", numbered(blanks=True)),
    Case("something behind the page", numbered(trailing_garbage=3), code=PAGE, words=("page=3",)),
    Case("a null among the rows is a row of nulls", numbered(null_row=3),
         rows=[row if row["id"] != 23 else {} for row in bare().expected()]),
]

WANTED = {"Authorization": "Bearer hush"}
LOGINS = [
    Case("a bearer token in a header", numbered(wants={"headers": WANTED}), ("--header", "Authorization: Bearer hush")),
    Case("an API key in a header", numbered(wants={"headers": {"X-Api-Key": "hush"}}), ("--header", "X-Api-Key: hush")),
    Case("an API key in the query", numbered(wants={"query": {"api_key": "hush"}}), path="/items?api_key=hush"),
    Case("an API key in the query of a source that links",
         Scenario("json_link", {}, {"wants": {"query": {"api_key": "hush"}}}),
         ("--paginator", "json_link"), path="/items?api_key=hush"),
    Case("an API key in the query of a cursor", Scenario("cursor", {}, {"wants": {"query": {"api_key": "hush"}}}),
         path="/items?api_key=hush"),
    Case("a cookie", numbered(wants={"cookies": {"session": "hush"}}), ("--header", "Cookie: session=hush")),
    Case("a password in the URL", numbered(wants={"headers": {"Authorization": "Basic YWRhOmh1c2g="}}),
         url=lambda source: source.url.replace("://", "://ada:hush@")),
    Case("no login", numbered(wants={"headers": WANTED}), code=STATUS, words=("401",)),
    Case("the wrong login", numbered(wants={"headers": WANTED, "status": 403}),
         ("--header", "Authorization: Bearer hash"),
         code=STATUS, words=("403",)),
    Case("a redirect of every page", numbered(moved={})),
    Case("a permanent redirect of every page", numbered(moved={"status": 308})),
    Case("redirects in circles are followed ten times", numbered(moved={"circle": True}), code=CONNECT,
         words=("10 redirects",),
         check=asked_in_all(11), slow=True),
    Case("a redirect from https to http is refused at once", numbered(moved={"to_plain": True}),
         url=lambda source: source.tls_url,
         code=CONNECT, words=("https",), check=asked_in_all(1), slow=True),
]
