"""What a scenario is made of, and the rows that a table must have when it was pulled.

A scenario is data (it crosses to the server's process as JSON): a style with its options, and quirks by name. Both
sides compute the rows with the functions here, so that a test compares with what was there, not with what was sent.
"""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Scenario:
    style: str
    options: dict = field(default_factory=dict)
    quirks: dict = field(default_factory=dict)
    rows: int = 57
    per_page: int = 10

    def text(self) -> str:
        return json.dumps(asdict(self))

    def expected(self) -> list[dict]:
        """All rows that can be had; a scenario that changes while it is read reports its own."""
        return [row for chunk in self.chunks(self.per_page) for row in chunk]

    def all_rows(self) -> list[dict]:
        return [row(number) for number in range(1, self.rows + 1)]

    def chunks(self, size: int, rows: list[dict] | None = None) -> list[list[dict]]:
        """The rows page by page, from page 1: `short_page` lost some of its rows, `empty_page` all of them."""
        rows = self.all_rows() if rows is None else rows
        chunks = [rows[begin : begin + size] for begin in range(0, len(rows), size)]
        if (number := self.quirks.get("short_page")) is not None:
            chunks[number - 1] = chunks[number - 1][:4]
        if (number := self.quirks.get("empty_page")) is not None:
            chunks[number - 1] = []
        return chunks


def row(number: int) -> dict:
    return {"id": number, "name": f"row {number}", "kind": "abc"[number % 3]}
