"""Sources of more than one list: parents with children with notes, and rows that say when they were changed.

    …/parents?page=1                               12 parents
    …/parents/7/children?page=1                    some have none, some are answered 404 (see `missing`)
    …/parents/7/children/2/notes                   one page each
    …/numbers?from=1&below=100                     rows with from <= id < below, on one page
    …/changes?since=2026-01-01T00:00:00Z           rows with updated_at >= since, oldest first, by page
"""

from datetime import datetime, timedelta, timezone

from rig.mock.styles import Refused, number_of
from rig.mock.wire import Answer, Request

PARENTS = 12
PER_PAGE = 5
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


def parents() -> list[dict]:
    return [{"id": number, "name": f"parent {number}", "slug": f"p/{number} ü"} for number in range(1, PARENTS + 1)]


def children(parent: int, missing: tuple[int, ...] = ()) -> list[dict]:
    """Parents 3, 6, 9 and 12 have none."""
    count = 0 if parent % 3 == 0 or parent in missing else parent
    return [{"no": number, "text": f"child {number} of {parent}"} for number in range(1, count + 1)]


def notes(parent: int, child: int) -> list[dict]:
    return [{"note": f"{parent}.{child}.{number}"} for number in range(child % 3)]


def family(source, request: Request) -> Answer:
    parts = request.path.split("/")[2:]  # behind /s7
    missing = tuple(source.quirks.get("missing", ()))
    match [int(part) if part.isdigit() else part for part in parts]:
        case ["parents"]:
            return _page(source, request, parents())
        case ["parents", int(parent), "children"] if 1 <= parent <= PARENTS and parent not in missing:
            return _page(source, request, children(parent, missing))
        case ["parents", int(parent), "children", int(child), "notes"]:
            return Answer({"items": notes(parent, child)})
        case ["children"]:  # a flat path: the parent is a parameter, or stands in the body
            value = request.json() if request.body else {}
            parent = value.get("parent", 0) if request.body else number_of(source, request, "parent", 0)
            if request.body and not isinstance(parent, int):
                raise Refused(400, "parent must be a number")
            return _page(source, request, children(int(parent)))
        case ["by-slug", *_] if request.path.partition("/by-slug/")[2] in {parent["slug"] for parent in parents()}:
            slug = request.path.partition("/by-slug/")[2]
            if request.raw_path.count("/") != 3:
                raise Refused(404, "a slash of a slug must come as %2F")
            return Answer({"items": [{"slug": slug}]})
        case ["numbers"]:
            begin, below = number_of(source, request, "from", 0), number_of(source, request, "below", 1000)
            return Answer({"items": [row for row in source.scenario.all_rows() if begin <= row["id"] < below]})
        case ["changes"]:
            return _page(source, request, _changes_since(source, request))
    raise Refused(404, "there is no such thing")


def _page(source, request: Request, rows: list[dict]) -> Answer:
    number = number_of(source, request, "page", 1)
    begin = (number - 1) * PER_PAGE
    return Answer({"items": rows[begin : begin + PER_PAGE], "page": number,
                   "total_pages": max(1, -(-len(rows) // PER_PAGE))})


def change(number: int, hours: int, text: str = "first") -> dict:
    return {"id": number, "text": text, "updated_at": (EPOCH + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")}


def first_changes() -> list[dict]:
    """23 rows; three share the last time, so that a cursor of "later than" would lose what comes at that time."""
    return [change(number, min(number, 21)) for number in range(1, 24)]


def _changes_since(source, request: Request) -> list[dict]:
    rows = sorted([*first_changes(), *source.memory.get("added", [])], key=lambda row: (row["updated_at"], row["id"]))
    latest = {row["id"]: row for row in rows}  # a source has each row once, as it is now
    since = next(iter(request.params("since")), "")
    until = next(iter(request.params("until")), "9999")
    return [row for row in rows if latest[row["id"]] is row and since <= row["updated_at"] < until]
