"""Pages of rows that say where they belong and that nobody can guess: what is lost, doubled, old or mixed up shows.

`pages/7.json` under the root is page 7, and names the one behind it (`next`) and the totals. Servers that can rewrite
give it for `/pages?page=7`, too.
"""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PAGES = int(os.environ.get("TRAWL_E2E_PAGES", "2000"))
ROWS_A_PAGE = 3


@dataclass(frozen=True)
class Source:
    root: Path
    rows: list[dict]


def write(root: Path, page_count: int = PAGES) -> Source:
    """The files of `page_count` pages, and one that says that a server is there."""
    folder = root / "pages"
    folder.mkdir(parents=True)
    (root / "ready").write_text("ready")
    bodies, rows = make(page_count)
    for number, body in enumerate(bodies, 1):
        (folder / f"{number}.json").write_text(body)
    return Source(root, rows)


def make(page_count: int) -> tuple[list[str], list[dict]]:
    """The pages from the first, and the rows of all of them."""
    bodies, rows = [], []
    for number in range(1, page_count + 1):
        part = [{"page": number, "row": row, "nonce": secrets.token_hex(8)} for row in range(ROWS_A_PAGE)]
        bodies.append(json.dumps(_body(number, page_count, part)))
        rows += part
    return bodies, rows


def beyond(page_count: int) -> str:
    """What stands behind the last page: nobody is promised that it will not be asked for."""
    return json.dumps(_body(page_count + 1, page_count, []))


def _body(number: int, page_count: int, part: list[dict]) -> dict:
    """The page does not say its own number: the tool would notice by that what the comparison is to notice."""
    following = f"{number + 1}.json" if number < page_count else None
    return {"total": page_count * ROWS_A_PAGE, "total_pages": page_count, "items": part, "next": following}
