"""Fetches all rows of a source page by page, the plain way: what a test compares the table with is what was served."""

import json
import re
from urllib.parse import urljoin

from rig.process import get

LINK_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')
MOST_PAGES = 1000


def rows_of(url: str, at: tuple[str, ...]) -> list[dict]:
    """Follows the Link header or the body's `next`; `at` is the path of the rows in a page."""
    rows, pages = [], 0
    while url:
        status, headers, body = get(url)
        if status != 200:
            raise AssertionError(f"{url} answered {status}: {body[:200]!r}")
        page = json.loads(body)
        rows += records(page, at)
        link = LINK_NEXT.search(headers.get("link", ""))
        following = link.group(1) if link else page.get("next") if isinstance(page, dict) else None
        url = urljoin(url, following) if following else None
        pages += 1
        assert pages < MOST_PAGES, "the pages do not end"
    return rows


def numbered_rows_of(url: str, at: tuple[str, ...], page_count: int) -> list[dict]:
    rows = []
    for number in range(1, page_count + 1):
        status, _, body = get(f"{url}?page={number}")
        assert status == 200, f"page {number} answered {status}"
        rows += records(json.loads(body), at)
    return rows


def records(page, at: tuple[str, ...]) -> list[dict]:
    for key in at:
        page = page[key]
    return page
