"""The data that the servers serve: Debian's iso-codes, and a small set with every JSON type."""

import json
import os
from pathlib import Path

ISO_CODES = Path(os.environ.get("ISO_CODES", "/usr/share/iso-codes/json"))


def subdivisions() -> list[dict]:
    """5,000+ rows of strings; `parent` is absent from most."""
    return _iso("iso_3166-2.json", "3166-2")


def languages() -> list[dict]:
    """7,900+ rows of strings; four of the eight keys are absent from most, so that late pages bring new columns."""
    return _iso("iso_639-3.json", "639-3")


def typed(count: int = 200) -> list[dict]:
    """Rows that go wrong when a type is guessed from the first page: see the comments."""
    rows = [_typed_row(i) for i in range(count)]
    rows[-1]["grows"] = 1.75                 # an integer on all pages but the last: must not become 2
    rows[-1]["late"] = "only here"           # a key that no earlier page has
    rows[-1]["place"]["height_m"] = 8848     # the same inside an object
    rows[-2]["large"] = 2**53 + 1            # no double holds it
    rows[-3]["name"] = "naïve \"quoted\"\n\t\\ 漢字 🐟 \u0001"
    rows[-4]["name"] = ""                    # an empty string is not null
    rows[-5]["tags"] = []                    # an empty list is not null
    return rows


def _typed_row(i: int) -> dict:
    return {
        "id": i,
        "name": f"row {i}",
        "code": f"{i:05}",  # digits in a string stay a string, zeros and all
        "ratio": i / 7,
        "grows": i,
        "large": -i,
        "even": i % 2 == 0,
        "maybe": None if i % 3 else i,
        "tags": [f"t{i % 5}", "x"],
        "place": {"lat": i / 8, "name": f"place {i}"},
        "parts": [{"no": i, "of": 2}, {"no": i + 1, "of": 2}],
    }


def _iso(file: str, key: str) -> list[dict]:
    return json.loads((ISO_CODES / file).read_text(encoding="utf-8"))[key]
