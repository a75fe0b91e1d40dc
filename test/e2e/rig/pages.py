"""Writes the page files that nginx serves: each style whole, and each way in which one page of many can be wrong."""

import json
from collections.abc import Callable
from pathlib import Path

from rig import data

PAGE_SIZE = 50
BROKEN_PAGES = 12
BAD_PAGE = 7  # of BROKEN_PAGES: the first 6 are good, and 8 at once have asked for it before they are all in
SECRET = "s3cr3t-0f-a-t3st"
FEW = data.subdivisions()[:3]

Body = Callable[[int, list], dict]  # number of the page (from 1), its rows


def write_all(root: Path) -> None:
    subdivisions, languages, typed = data.subdivisions(), data.languages(), data.typed()
    write(root / "next/subdivisions", subdivisions, next_style(subdivisions))
    write(root / "next/languages", languages, next_style(languages))
    write(root / "next/typed", typed, next_style(typed, 20), 20)
    write(root / "pages/subdivisions", subdivisions, total_style(subdivisions))
    write(root / "pages/languages", languages, total_pages_style(languages))
    write(root / "pages/typed", typed, total_style(typed, 20), 20)
    write(root / "wrapped/subdivisions", subdivisions, wrapped_style(subdivisions))
    write_single(root / "single")
    write_broken(root / "broken", subdivisions[: BROKEN_PAGES * PAGE_SIZE])


def page_count(rows: list, size: int = PAGE_SIZE) -> int:
    return -(-len(rows) // size)


def next_style(rows: list, size: int = PAGE_SIZE, query: str = "") -> Body:
    """The next page's URL in the body, relative to the page's own."""
    last = page_count(rows, size)
    return lambda number, part: {"items": part, "next": f"page-{number + 1}.json{query}" if number < last else None}


def total_style(rows: list, size: int = PAGE_SIZE) -> Body:
    """The number of rows in the body."""
    return lambda number, part: {"total": len(rows), "page": number, "page_size": size, "items": part}


def total_pages_style(rows: list, size: int = PAGE_SIZE) -> Body:
    """The number of pages in the body."""
    return lambda number, part: {"data": part, "page": number, "total_pages": page_count(rows, size)}


def wrapped_style(rows: list) -> Body:
    """The rows two levels down, beside a longer array that is not the rows."""
    notes = [{"note": i} for i in range(80)]
    return lambda number, part: {"notes": notes, "total": len(rows), "page": number,
                                 "payload": {"items": part}}


def write(folder: Path, rows: list, body: Body, size: int = PAGE_SIZE) -> None:
    folder.mkdir(parents=True)
    for number in range(1, page_count(rows, size) + 1):
        page = body(number, rows[(number - 1) * size : number * size])
        (folder / f"page-{number}.json").write_text(json.dumps(page), encoding="utf-8")


def write_single(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "array.json").write_text(json.dumps(data.typed()))
    (folder / "object.json").write_text(json.dumps({"status": "ok", "items": data.typed()}))
    (folder / "few.json").write_text(json.dumps(FEW))
    (folder / "page.html").write_text("<!doctype html>\n<title>Not JSON</title>\n<p>Please log in.\n")
    (folder / "no-records.json").write_text(json.dumps({"status": "ok", "version": 3, "links": {"docs": "/docs"}}))
    (folder / "number.json").write_text("42")
    (folder / "cut.json").write_text(json.dumps({"items": data.typed()})[:-200])
    (folder / "empty.json").write_text("")


def write_broken(folder: Path, rows: list) -> None:
    """`missing` and `error` are whole here: nginx answers 404 and 500 for their bad page."""
    for style, body in (("next", next_style(rows)), ("pages", total_style(rows))):
        for kind in ("missing", "error", "html", "cut", "refusal"):
            write(folder / style / kind, rows, body)
        spoil(folder / style / "html", "<p>Please log in.")
        spoil(folder / style / "cut", json.dumps({"items": rows[:PAGE_SIZE]})[:-100])
        spoil(folder / style / "refusal", json.dumps({"error": "session expired", "code": 4711}))
    write(folder / "next/loop", rows, next_style(rows))
    spoil(folder / "next/loop", json.dumps({"items": rows[:PAGE_SIZE], "next": f"page-{BAD_PAGE}.json"}))
    write(folder / "next/secret", rows, next_style(rows, query=f"?token={SECRET}"))


def spoil(folder: Path, text: str) -> None:
    (folder / f"page-{BAD_PAGE}.json").write_text(text)
