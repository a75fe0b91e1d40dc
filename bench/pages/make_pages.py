#!/usr/bin/env python3
"""Writes the pages that every client fetches: 5,000 subdivisions of Debian's iso-codes, 50 on each of 100 pages.

The same input gives the same bytes. Names, codes, types, parents and countries are the data set's; `last_updated` is
derived from the position, so that a record is as long as one of a real API (about 140 bytes; 7.2 KB a page).
"""
import datetime
import json
import pathlib
import sys

ISO_CODES = pathlib.Path("/usr/share/iso-codes/json")
PAGES = 100
RECORDS_PER_PAGE = 50
FIRST_DAY = datetime.datetime(2021, 1, 1)


def load(standard):
    """The records of one ISO standard; they stand under the standard's number without its prefix."""
    text = (ISO_CODES / f"iso_{standard}.json").read_text(encoding="utf-8")
    return json.loads(text)[standard]


def record(position, subdivision, country_names):
    country = subdivision["code"].split("-")[0]
    last_updated = FIRST_DAY + datetime.timedelta(minutes=383 * position)  # a prime step: no two times look alike
    return {
        "id": position + 1,
        "code": subdivision["code"],
        "name": subdivision["name"],
        "type": subdivision["type"],
        "parent": subdivision.get("parent"),
        "country": country_names[country],
        "last_updated": last_updated.isoformat() + "Z",
    }


def page(number, records):
    return {
        "page": number,
        "page_size": RECORDS_PER_PAGE,
        "total": PAGES * RECORDS_PER_PAGE,
        "total_pages": PAGES,
        "next": f"/page-{number + 1}.json" if number < PAGES else None,
        "items": records,
    }


def make_pages(directory):
    """Writes page-1.json … page-100.json into `directory`; returns their sizes in bytes, in that order."""
    country_names = {country["alpha_2"]: country["name"] for country in load("3166-1")}
    subdivisions = load("3166-2")[: PAGES * RECORDS_PER_PAGE]
    records = [record(position, entry, country_names) for position, entry in enumerate(subdivisions)]
    if len(records) < PAGES * RECORDS_PER_PAGE:
        raise SystemExit(f"{ISO_CODES} has {len(records)} subdivisions, {PAGES * RECORDS_PER_PAGE} are needed")
    return [write_page(directory, number, records) for number in range(1, PAGES + 1)]


def write_page(directory, number, records):
    first = (number - 1) * RECORDS_PER_PAGE
    content = page(number, records[first : first + RECORDS_PER_PAGE])
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    (pathlib.Path(directory) / f"page-{number}.json").write_bytes(body)
    return len(body)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    sizes = make_pages(target)
    print(f"{len(sizes)} pages, {sum(sizes) / len(sizes):.0f} bytes on average ({min(sizes)} to {max(sizes)})")
