"""How pages follow each other: one function for each style. Each takes a source and a request, and gives a page.

Options common to all: `records` is the key of the rows ("items"), `place` where parameters stand ("query" or "body"),
`says` what a page tells of its place and of the whole: total, total_pages, has_more, page, offset, size, headers.
"""

import base64
from urllib.parse import urlencode

from rig.mock.wire import Answer, Request


class Refused(Exception):
    """An answer that is no page."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.answer = Answer({"error": why}, status)


def parameter(source, request: Request, name: str, default: str | None = None) -> str | None:
    """From the query, or from the JSON body (if there is one), where `name` may be a path with dots."""
    if source.options.get("place", "query") == "query" or not request.body:
        return next(iter(request.params(name)), default)
    value = request.json()
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return default if value is None else str(value)


def number_of(source, request: Request, name: str, default: int) -> int:
    text = parameter(source, request, name, str(default))
    if not text.isdigit():
        raise Refused(400, f"{name} is not a number")
    return int(text)


def size_of(source, request: Request, name: str) -> int:
    size = number_of(source, request, name, source.per_page)
    return max(1, min(size, source.quirks.get("caps_limit", size)))


def with_records(source, rows: list, facts: dict) -> dict:
    return {source.options.get("records", "items"): rows, **facts}


def page_number(source, request: Request) -> Answer:
    options, quirks = source.options, source.quirks
    base = options.get("base", 1)
    size = size_of(source, request, options.get("size_param", "per_page"))
    asked = base if quirks.get("ignores_param") else number_of(source, request, options.get("param", "page"), base)
    chunks = source.chunks(size)
    index = max(asked - base, 0)
    if quirks.get("clamps"):
        index = min(index, len(chunks) - 1)
    if index >= len(chunks):
        rows = behind_the_last(source)
    else:
        again = source.quirks.get("overlaps", 0) if index else 0  # rows of the page before, once more
        rows = (chunks[index - 1][-again:] if again else []) + chunks[index]
    facts = totals(source, size, has_more=index + 1 < len(chunks), place={"page": index + base})
    if "next" in options.get("says", []):
        facts["next"] = next_page_url(source, request, index + 1 + base) if index + 1 < len(chunks) else None
    return Answer(with_records(source, rows, facts), headers=total_headers(source, size))


def offset(source, request: Request) -> Answer:
    options, quirks = source.options, source.quirks
    size = size_of(source, request, options.get("limit_param", "limit"))
    begin = 0 if quirks.get("ignores_param") else number_of(source, request, options.get("param", "offset"), 0)
    visible = source.visible()
    if begin >= len(visible) and begin > 0:
        rows = behind_the_last(source)
    else:
        rows = visible[begin : begin + size]
        few = quirks.get("few_at", {}).get(str(begin))
        rows = rows if few is None else rows[:few]
    facts = totals(source, size, has_more=begin + len(rows) < len(visible), place={"offset": begin})
    return Answer(with_records(source, rows, facts), headers=total_headers(source, size))


def behind_the_last(source) -> list:
    status = source.quirks.get("behind_last")
    if status:
        raise Refused(status, "there is no such page")
    return []


def totals(source, size: int, *, has_more: bool, place: dict) -> dict:
    said = source.options.get("says", [])
    rows = source.quirks.get("total_says", source.total())
    pages = source.quirks.get("total_pages_says", -(-rows // size))
    facts = {"total": rows, "total_pages": pages, "has_more": has_more, "size": size, "count": rows}
    facts = {key: value for key, value in (facts | place).items() if key in said}
    if source.quirks.get("total_as_string"):
        facts |= {key: str(facts[key]) for key in ("total", "total_pages") if key in facts}
    return facts


def total_headers(source, size: int) -> dict:
    if "headers" not in source.options.get("says", []):
        return {}
    return {"X-Total-Count": str(source.total()), "X-Total-Pages": str(-(-source.total() // size))}


def token_of(index: int) -> str:
    return base64.urlsafe_b64encode(f"page:{index}".encode()).decode()


def index_of(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("page:"))
    except ValueError as error:
        raise Refused(400, "that is no cursor of ours") from error


def cursor(source, request: Request) -> Answer:
    """`at` says where the next cursor is: body, header, or last_record (its `id`); keyset is that id in the body."""
    options = source.options
    if options.get("at") in ("last_record", "keyset"):
        return keyset(source, request)
    chunks = source.chunks(source.per_page)
    asked = parameter(source, request, options.get("param", "cursor"))
    index = index_of(asked) if asked else 0
    following = None if index + 1 >= len(chunks) else token_of(index + 1)
    if source.quirks.get("repeats_cursor") == index + 1:
        following = token_of(index)
    following = following if following or not source.quirks.get("ends_with_blank") else ""
    facts = totals(source, source.per_page, has_more=index + 1 < len(chunks), place={})
    if options.get("at") == "header":
        return Answer(with_records(source, chunks[index], facts), headers={"X-Next-Cursor": following} if following
                      else {})
    for key in reversed(options.get("field", "next_cursor").split(".")):
        following = {key: following}
    return Answer(with_records(source, chunks[index], following | facts))


def keyset(source, request: Request) -> Answer:
    is_told = source.options["at"] == "keyset"
    after = number_of(source, request, source.options.get("param", "cursor" if is_told else "after"), 0)
    behind = [row for row in source.visible() if row["id"] > after]
    rows = behind[: source.per_page]
    facts = totals(source, source.per_page, has_more=len(rows) < len(behind), place={})
    told = {"next_cursor": str(rows[-1]["id"]) if len(rows) < len(behind) else None} if is_told else {}
    return Answer(with_records(source, rows, told | facts))


def next_page_url(source, request: Request, page: int) -> str:
    """The next URL in the form that `form` names; the request's own parameters are in it, as servers do it."""
    kept = [(key, value) for key, value in request.query if key != "page"]
    query = urlencode([*kept, ("page", page)])
    form = source.options.get("form", "absolute")
    where = {"absolute": f"{request.scheme}://{request.host}{request.path}", "query": "",
             "relative": request.path.rsplit("/", 1)[-1], "host": request.path,
             "network": f"//{request.host}{request.path}",
             "other_host": f"http://{source.server.other_host}{request.path}",
             "downgrade": f"http://{source.server.plain_host}{request.path}"}[form]
    return f"{where}?{query}"


def linked(source, request: Request) -> tuple[list, str | None, dict]:
    """The rows of a page that was linked to, and the URL of the next."""
    chunks = source.chunks(source.per_page)
    number = 1 if source.quirks.get("ignores_param") else number_of(source, request, "page", 1)
    following = next_page_url(source, request, number + 1) if number < len(chunks) else None
    if source.quirks.get("repeats_next") == number:
        following = next_page_url(source, request, number)
    rows = chunks[number - 1] if number <= len(chunks) else []  # the rows behind it may have gone since it was linked to
    return rows, following, totals(source, source.per_page, has_more=number < len(chunks), place={"page": number})


def json_link(source, request: Request) -> Answer:
    rows, following, facts = linked(source, request)
    value = True if source.quirks.get("next_true") and following else following
    for key in reversed(source.options.get("field", "next").split(".")):
        value = {key: value}
    return Answer(with_records(source, rows, value | facts))


def header_link(source, request: Request) -> Answer:
    rows, following, facts = linked(source, request)
    first = next_page_url(source, request, 1)
    links = [f'<{first}>; rel="first"'] + ([f'<{following}>; rel="next"'] if following else [])
    value = rows if source.options.get("bare") else with_records(source, rows, facts)
    return Answer(value, headers={"Link": ", ".join(links)})


def odata(source, request: Request) -> Answer:
    """OData 4.01, as Part 1 section 11.2.6 has it: $skip, $top, $count, server-driven paging by @odata.nextLink."""
    skip = number_of(source, request, "$skip", 0)
    rows = source.visible()[skip : skip + source.per_page]
    value = {"@odata.context": f"http://{request.host}/$metadata#Rows"}
    if source.options.get("count") or request.params("$count") == ["true"]:
        value["@odata.count"] = source.total()
    value["value"] = rows
    if skip + len(rows) < len(source.visible()):
        kept = [(key, text) for key, text in request.query if key != "$skip"]
        query = urlencode([*kept, ("$skip", skip + len(rows))], safe="$")
        value["@odata.nextLink"] = f"http://{request.host}{request.path}?{query}"
    return Answer(value)


def graphql(source, request: Request) -> Answer:
    """A Relay connection: POST {query, variables: {first, after}}."""
    if request.method != "POST":
        raise Refused(405, "POST a query")
    variables = request.json().get("variables") or {}
    chunks = source.chunks(variables.get("first", source.per_page))
    index = index_of(variables["after"]) if variables.get("after") else 0
    edges = [{"cursor": token_of(index + 1), "node": row} for row in chunks[index]]
    more = index + 1 < len(chunks)
    info = {"hasNextPage": more, "endCursor": token_of(index + 1) if more else None}
    return Answer({"data": {"rows": {"edges": edges, "nodes": chunks[index], "pageInfo": info}}})


def single(source, request: Request) -> Answer:
    rows = source.visible()
    return Answer(rows if source.options.get("bare") else with_records(source, rows, source.options.get("facts", {})))


STYLES = {style.__name__: style for style in
          (page_number, offset, cursor, json_link, header_link, odata, graphql, single)}
