"""The cases of test_sources.py, by pagination style: what `trawl pull URL` with its options can say."""

from rig import exit_codes
from rig.cases import Case
from rig.mock.client import Source
from rig.mock.scenario import Scenario, row
from rig.source_faults import FAULTS, LOGINS

PAGE, STATUS, CONNECT = exit_codes.PAGE, exit_codes.STATUS, exit_codes.CONNECT


def numbered(*says: str, **quirks) -> Scenario:
    return Scenario("page_number", {"says": says}, quirks)


def paged(options: dict, rows: int = 57, **quirks) -> Scenario:
    return Scenario("page_number", options, quirks, rows)


def by_offset(*says: str, rows: int = 57, **quirks) -> Scenario:
    return Scenario("offset", {"says": says}, quirks, rows)


def by_cursor(options: dict, **quirks) -> Scenario:
    return Scenario("cursor", options, quirks)


def by_link(options: dict, **quirks) -> Scenario:
    return Scenario("json_link", options, quirks)


def paginator(text: str) -> tuple[str, str]:
    return "--paginator", text


def rows(begin: int, end: int) -> list[dict]:
    """From number `begin` to `end`, both included."""
    return [row(number) for number in range(begin, end + 1)]


def as_it_is(report: dict) -> list[dict]:
    """What the source had in the end."""
    return report["rows"]


def asked_at_most(count: int):
    """Where the end is unknown, pages behind it are asked for: as many again at most."""
    def check(source: Source) -> None:
        asked = len(source.requests())
        assert asked <= count, f"{asked} requests for what {count} can get"
    return check


def each_page_once(source: Source) -> None:
    pages = [dict(map(tuple, request["query"])).get("page", "1") for request in source.requests()]
    assert sorted(pages) == sorted(set(pages)), f"asked for twice: {sorted(pages)}"


PAGE_NUMBERS = [
    Case("page number found by a total of rows", numbered("total", "page"), check=each_page_once),
    Case("page number found by a total of pages", numbered("total_pages", "page"), check=each_page_once),
    Case("page number found by its own parameter", numbered("total"), path="/items?page=1", check=each_page_once),
    Case("a total of pages alone", numbered("total_pages")),
    Case("page number found by has_more", numbered("has_more", "page")),
    Case("totals in headers", numbered("headers"), path="/items?page=1"),
    Case("totals as strings", numbered("total", "total_pages", "page", total_as_string=True)),
    Case("pages counted from 0 and said so", paged({"says": ["page", "total"], "base": 0})),
    Case("pages counted from 0 in the URL", paged({"says": ["total"], "base": 0}), path="/items?page=0"),
    Case("pages counted from 0 with a total of pages", paged({"says": ["page", "total_pages"], "base": 0})),
    Case("page number without a total", numbered(), paginator("page_number")),
    Case("page number from 0 without a total", paged({"base": 0}), paginator("page_number:base_page=0")),
    Case("page number until has_more is false", numbered("has_more"),
         paginator("page_number:has_more_path=$.has_more")),
    Case("page number with a total of pages that is named", numbered("total_pages", total_as_string=True),
         paginator("page_number:total_path=$.total_pages")),
    Case("a page parameter of another name", paged({"param": "nummer"}), paginator("page_number:page_param=nummer")),
    Case("a short page ends it when told so", numbered(), paginator("page_number:stop_after_short_page=true"),
         check=asked_at_most(12)),
    Case("maximum_page is not included", numbered(), paginator("page_number:maximum_page=4"), rows=rows(1, 30),
         check=asked_at_most(3)),
    Case("max_pages is a bound", numbered(), paginator("page_number:max_pages=3"), code=PAGE,
         words=("3 pages", "max_pages")),
    Case("from a page amid on", numbered("total", "page"), path="/items?page=3", rows=rows(21, 57)),
    Case("a page size in the URL", numbered("total", "page"), path="/items?per_page=20&page=1", check=asked_at_most(3)),
    Case("one page that says so", paged({"says": ["total", "page"]}, 7), check=asked_at_most(1)),
    Case("no rows at all", paged({"says": ["total", "page"]}, 0), rows=[], check=asked_at_most(1)),
    Case("pages that are all full", paged({"says": ["total", "page"]}, 50)),
    Case("pages that are all full and no total", paged({}, 50), paginator("page_number")),
    Case("a source that clamps to its last page ends there", numbered(clamps=True), paginator("page_number")),
    Case("a source that clamps and says a larger total", numbered("total", "page", clamps=True, total_says=97),
         or_refused=True,
         words=("page",)),
    Case("a page parameter that is ignored", numbered(ignores_param=True), paginator("page_number"), code=PAGE,
         words=("same rows", "--paginator")),
    Case("a page parameter that is ignored beside a total", numbered("total", ignores_param=True), path="/items?page=1",
         code=PAGE,
         words=("same rows",)),
    Case("a page parameter that is ignored and a page that says so", numbered("total", "page", ignores_param=True),
         code=PAGE),
    Case("a cap below the total", numbered("total", "page", caps_at=30), code=PAGE, words=("total",)),
    Case("a cap amid a page", numbered("total", "page", caps_at=34), code=PAGE, words=("total",)),
    Case("a total that is too large", numbered("total", "page", total_says=70), code=PAGE, words=("70",)),
    Case("a total that is too small", numbered("total", "page", total_says=55), or_refused=True, words=("55",)),
    Case("a total that is a page too small", numbered("total", "page", total_says=50), or_refused=True, words=("50",)),
    Case("a total of pages that is too small", numbered("total_pages", "page", total_pages_says=5)),
    Case("a total of pages that is too large", numbered("total_pages", "page", total_pages_says=8), or_refused=True),
    Case("a total that grows", numbered("total", "page", grows={"after": 3, "by": 10}), rows=as_it_is,
         options=("--concurrency", "1")),
    Case("a total that shrinks", numbered("total", "page", shrinks={"after": 3, "by": 10}), rows=as_it_is,
         or_refused=True,
         options=("--concurrency", "1")),
    Case("a list that grows while it has no total", numbered(grows={"after": 3, "by": 10}), paginator("page_number"),
         rows=as_it_is),
    Case("404 behind the last page is an error", numbered(behind_last=404), paginator("page_number"), code=STATUS,
         words=("404",)),
    *(Case(f"{status} behind the last page is the end when told so", numbered(behind_last=status),
           paginator(f"page_number:end_status={status}"))
      for status in (400, 404, 416)),
    Case("204 behind the last page is the end", numbered(empty_204={"last": 6}), paginator("page_number")),
    Case("an empty page amid and a total", numbered("total", "page", empty_page=3), code=PAGE),
    Case("an empty page amid and a total of pages", numbered("total_pages", "page", empty_page=3), or_refused=True),
    Case("an empty page amid when it does not end it", numbered(empty_page=3),
         paginator("page_number:stop_after_empty_page=false,maximum_page=7")),
    Case("an empty page amid while has_more is true", numbered("has_more", empty_page=3),
         paginator("page_number:has_more_path=$.has_more"), or_refused=True),
    Case("a short page amid", numbered(short_page=3), paginator("page_number")),
    Case("a short page amid and a total of pages", numbered("total_pages", "page", short_page=3)),
    Case("a short page amid and a total of rows", numbered("total", "page", short_page=3), code=PAGE,
         words=("57", "51")),
    Case("pages that overlap and a total", numbered("total", "page", overlaps=2), or_refused=True, words=("57",)),
    Case("a page size that the source caps", numbered("total", "page", caps_limit=10),
         path="/items?per_page=100&page=1"),
    Case("a page size that the source caps and no total", numbered(caps_limit=10), paginator("page_number"),
         path="/items?per_page=100"),
    Case("a page number in the page and no total", numbered("page")),
    Case("a page number in the URL and no total", numbered(), path="/items?page=1&per_page=10"),
    Case("a page number in the URL that is ignored and no total", numbered(ignores_param=True), path="/items?page=1",
         rows=rows(1, 10), words=("one page of 10 rows",)),
    Case("a page number in the page that is ignored and no total", numbered("page", ignores_param=True),
         rows=rows(1, 10), words=("one page of 10 rows",)),
    Case("404 behind the last page and no total", numbered("page", behind_last=404)),
    Case("a full page with nothing to go by", numbered(), rows=rows(1, 10),
         words=("nothing in it says whether there are more",)),
    Case("a total of pages that leads nowhere", numbered("total_pages"), paginator("page_number:total_path=$.pages"),
         code=PAGE, words=("$.total_pages",)),
    Case("a total of rows for a number of pages", numbered("total"), paginator("page_number:total_path=$.total"),
         code=PAGE, words=("looks like rows",)),
    Case("a next URL beside the page number", numbered("page", "total", "next"), check=each_page_once),
]

OFFSETS = [
    Case("offset found by its parameters", by_offset("total"), path="/items?offset=0&limit=10"),
    Case("offset found in the page", by_offset("total", "offset")),
    Case("offset found by has_more", by_offset("has_more", "offset")),
    Case("offset with a total as a string", by_offset("total", total_as_string=True), path="/items?offset=0"),
    Case("offset in the page and no total", by_offset("offset")),
    Case("a limit in the URL and no total", by_offset(), path="/items?limit=10"),
    Case("a limit in the URL that is all there is", by_offset(ignores_param=True), path="/items?limit=10",
         rows=rows(1, 10), words=("one page of 10 rows",)),
    Case("a limit in the URL, no total and a key", by_offset(), ("--primary-key", "id"), path="/items?limit=10"),
    Case("a limit that is all there is, and a key", by_offset(ignores_param=True), ("--primary-key", "id"),
         path="/items?limit=10", rows=rows(1, 10), words=("one page of 10 rows",)),
    Case("a total that leads nowhere", by_offset("count"), paginator("offset:limit=10,total_path=$.total"), code=PAGE,
         words=("$.count",)),
    Case("offset without a total", by_offset(), paginator("offset:limit=10")),
    Case("offset until has_more is false", by_offset("has_more"), paginator("offset:limit=10,has_more_path=$.has_more"),
         check=asked_at_most(12)),
    Case("offset with a total that is named", by_offset("count"), paginator("offset:limit=10,total_path=$.count"),
         check=asked_at_most(6)),
    Case("offset with a limit that the source caps", by_offset("total", caps_limit=10), paginator("offset:limit=100")),
    Case("offset with a limit that the source caps and no total", by_offset(caps_limit=10),
         paginator("offset:limit=100")),
    Case("offset parameters of other names", Scenario("offset", {"param": "skip", "limit_param": "take"}),
         paginator("offset:offset_param=skip,limit_param=take,limit=15")),
    Case("from an offset amid on", by_offset("total"), path="/items?offset=20&limit=10", rows=rows(21, 57)),
    Case("from an offset that no page begins at", by_offset("total"), path="/items?offset=25&limit=10",
         rows=rows(26, 57)),
    Case("maximum_offset is not included", by_offset(), paginator("offset:limit=10,maximum_offset=30"),
         rows=rows(1, 30)),
    Case("offset over full pages", by_offset("total", rows=50), path="/items?offset=0&limit=10"),
    Case("offset over no rows", by_offset("total", rows=0), path="/items?offset=0&limit=10", rows=[]),
    Case("offset over one row", by_offset("total", rows=1), path="/items?offset=0&limit=10"),
    Case("a page that is short amid is asked for again from where it ended", by_offset(few_at={"20": 4}),
         paginator("offset:limit=10")),
    Case("a hole that a short page leaves", by_offset("total", few_at={"20": 4}), path="/items?offset=0&limit=10"),
    Case("an offset that is ignored", by_offset(ignores_param=True), paginator("offset:limit=10"), code=PAGE,
         words=("same rows",)),
    Case("an offset that is ignored beside a total", by_offset("total", ignores_param=True),
         path="/items?offset=0&limit=10",
         code=PAGE, words=("same rows",)),
    Case("offset with a cap below the total", by_offset("total", caps_at=30), path="/items?offset=0&limit=10",
         code=PAGE, words=("total",)),
    Case("offset with a total that is too small", by_offset("total", total_says=55), path="/items?offset=0&limit=10",
         or_refused=True),
    Case("offset with a total that is a page too small", by_offset("total", total_says=50),
         path="/items?offset=0&limit=10"),
    Case("offset with a total that is too large", by_offset("total", total_says=70), path="/items?offset=0&limit=10",
         code=PAGE),
    Case("offset with a total that grows", by_offset("total", grows={"after": 3, "by": 10}), ("--concurrency", "1"),
         "/items?offset=0&limit=10", as_it_is),
    Case("offset with a total that shrinks", by_offset("total", shrinks={"after": 3, "by": 10}), ("--concurrency", "1"),
         "/items?offset=0&limit=10", as_it_is, or_refused=True),
    Case("416 behind the last offset is an error", by_offset(behind_last=416), paginator("offset:limit=10"),
         code=STATUS, words=("416",)),
    Case("416 behind the last offset is the end when told so", by_offset(behind_last=416),
         paginator("offset:limit=10,end_status=416")),
]

CURSORS = [
    Case("a cursor that is found", by_cursor({})),
    Case("a cursor in an object about the page", by_cursor({"field": "meta.next_cursor"})),
    Case("a page token", by_cursor({"field": "next_page_token", "param": "page_token"})),
    Case("a cursor called after", by_cursor({"field": "cursors.after", "param": "after"})),
    Case("a cursor with has_more", by_cursor({"says": ["has_more"]})),
    Case("a cursor that ends with a blank", by_cursor({}, ends_with_blank=True)),
    Case("a cursor that is named", by_cursor({"field": "paging.forward", "param": "from"}),
         paginator("cursor:cursor_path=$.paging.forward,cursor_param=from")),
    Case("a cursor whose parameter nobody knows", by_cursor({"field": "next_token", "param": "tok"}), code=PAGE,
         words=("next_token", "cursor_param")),
    Case("a cursor in a header", by_cursor({"at": "header"}), paginator("cursor:cursor_key=X-Next-Cursor")),
    Case("a cursor in the last record", by_cursor({"at": "last_record"}),
         paginator("cursor:cursor_record_path=$.id,cursor_param=after")),
    Case("a cursor that is named and keeps the other parameters", by_cursor({}),
         paginator("cursor:cursor_path=$.next_cursor"),
         path="/items?kind=all"),
    Case("a cursor that is named wrong", by_cursor({"field": "paging.after"}), paginator("cursor:cursor_path=$.paging.aftr"),
         code=PAGE, words=("$.paging.after",)),
    Case("a cursor that is named where there are page numbers", numbered("total_pages"), paginator("cursor"), code=PAGE,
         words=("$.total_pages",)),
    Case("a cursor that comes twice", by_cursor({}, repeats_cursor=3), code=PAGE, words=("page 3",)),
    Case("a cursor of the first page again", by_cursor({}, repeats_cursor=1), code=PAGE),
    Case("a cursor with an empty page amid", by_cursor({}, empty_page=3)),
    Case("a cursor with a short page amid", by_cursor({}, short_page=3)),
    Case("a cursor with a cap below the total", by_cursor({"says": ["total"]}, caps_at=30), code=PAGE, words=("57",)),
    Case("a cursor with the right total", by_cursor({"says": ["total"]})),
    Case("a cursor that ends while has_more is true", by_cursor({"says": ["has_more"], "field": "elsewhere"}),
         code=PAGE,
         words=("more",)),
    Case("a cursor of one page", Scenario("cursor", rows=5), check=asked_at_most(1)),
    Case("a cursor bounded by max_pages", by_cursor({}), paginator("cursor:cursor_path=$.next_cursor,max_pages=3"),
         code=PAGE,
         words=("max_pages",)),
]


def not_told(name: str):
    def check(source: Source) -> None:
        told = [request["headers"]["host"] for request in source.requests() if name in request["headers"]]
        others = [request for request in source.requests() if request["headers"]["host"] not in source.url]
        assert others, "nobody went to the other host"
        assert len(told) == len(source.requests()) - len(others), f"told to {set(told)}"
    return check


LINKS = [
    *(Case(f"a next URL: {form}", by_link({"form": form}), check=each_page_once)
      for form in ("absolute", "query", "host", "network")),
    Case("a next URL: relative", by_link({"form": "relative"}), check=each_page_once),
    Case("a next URL: relative, and named", by_link({"form": "relative"}), paginator("json_link"),
         check=each_page_once),
    Case("a next URL without a number to count", by_link({"form": "absolute"}), paginator("json_link"),
         check=each_page_once),
    Case("a next URL repeats the parameters of the first", by_link({}), path="/items?kind=all&tag=x%20y"),
    Case("a next URL repeats the parameters and is followed", by_link({}), paginator("json_link"),
         path="/items?kind=all&tag=x%20y"),
    Case("a next URL in links", by_link({"field": "links.next"})),
    Case("a next URL in links.next.href", by_link({"field": "_links.next.href"})),
    Case("a next URL where nobody would look", by_link({"field": "x.y.forth"}),
         paginator("json_link:next_url_path=$.x.y.forth")),
    Case("a next URL beside a total", by_link({"says": ["total"]})),
    Case("a next URL beside a total that is too small", by_link({"says": ["total"]}, total_says=30), or_refused=True),
    Case("a next URL beside a total that is too large", by_link({"says": ["total"]}, total_says=90), code=PAGE,
         words=("total",)),
    Case("a next URL followed to less than the total", by_link({"says": ["total"]}, caps_at=30), paginator("json_link"),
         code=PAGE,
         words=("57",)),
    Case("a next URL that leads to the page itself", by_link({}, repeats_next=3), paginator("json_link"), code=PAGE,
         words=("page",)),
    Case("a next URL that leads to the first page itself", by_link({}, repeats_next=1), code=PAGE),
    Case("next pages that are all the first", by_link({}, ignores_param=True), code=PAGE),
    Case("next: true is not an end", by_link({}, next_true=True), code=PAGE, words=("next",)),
    Case("next: true is not an end when it is named", by_link({}, next_true=True), paginator("json_link"), code=PAGE,
         words=("next",)),
    Case("a next URL at another host gets no secrets", by_link({"form": "other_host"}), ("--header", "X-Api-Key: hush"),
         check=not_told("x-api-key")),
    Case("a next URL at another host gets no password", by_link({"form": "other_host"}),
         url=lambda source: source.url.replace("://", "://ada:hush@"), check=not_told("authorization")),
    Case("a redirect to another host takes no secrets along", numbered("total", "page", moved={"to_other": True}),
         ("--header", "X-Api-Key: hush"), check=not_told("x-api-key")),
    Case("a next URL from https to http is refused", by_link({"form": "downgrade"}), url=lambda source: source.tls_url,
         code=CONNECT, words=("https",)),
    Case("a next URL with an empty page amid", by_link({}, empty_page=3), paginator("json_link")),
    Case("a next URL over https", by_link({"form": "absolute"}), url=lambda source: source.tls_url),
    *(Case(f"a Link header: {form}", Scenario("header_link", {"form": form}), check=each_page_once)
      for form in ("absolute", "relative", "query", "host")),
    Case("a Link header and bare rows", Scenario("header_link", {"bare": True})),
    Case("a Link header that repeats parameters", Scenario("header_link", {"bare": True}), path="/items?kind=all"),
    Case("a Link header that leads to the page itself", Scenario("header_link", {}, {"repeats_next": 3}),
         paginator("header_link"),
         code=PAGE),
    Case("a Link header with an empty page amid", Scenario("header_link", {"bare": True}, {"empty_page": 3})),
    Case("a Link header at another host gets no secrets", Scenario("header_link", {"form": "other_host"}),
         ("--header", "Authorization: Bearer hush"), check=not_told("authorization")),
    Case("OData", Scenario("odata")),
    Case("OData with a count", Scenario("odata", {"count": True})),
    Case("OData with parameters of its own", Scenario("odata"), path="/items?$filter=id%20gt%200&$count=true"),
    Case("OData followed", Scenario("odata"), paginator("json_link:next_url_path=$['@odata.nextLink']")),
    Case("OData as a preset", Scenario("odata"), paginator("odata")),
]

SINGLES = [
    Case("an array", Scenario("single", {"bare": True})),
    Case("rows in an object", Scenario("single")),
    Case("rows in an object of another name", Scenario("single", {"records": "fish"})),
    Case("rows that are named", Scenario("single", {"records": "fish"}), ("--records", "$.fish")),
    Case("an empty array", Scenario("single", {"bare": True}, rows=0), rows=[]),
    Case("a single page with its own total", Scenario("single", {"facts": {"total": 57}})),
    Case("a single page with a larger total", Scenario("single", {"facts": {"total": 400}}), code=PAGE, words=("400",)),
    Case("a single page that says there is more", Scenario("single", {"facts": {"has_more": True}}), code=PAGE,
         words=("more",)),
    Case("a single page of many when told so", numbered("total", "page"), paginator("single_page"), rows=rows(1, 10)),
    Case("a single page with a null next", Scenario("single", {"facts": {"next": None, "total": 57}})),
]

CASES = [*PAGE_NUMBERS, *OFFSETS, *CURSORS, *LINKS, *SINGLES, *FAULTS, *LOGINS]
