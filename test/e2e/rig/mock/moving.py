"""Rows that come and go while they are read: every k-th request inserts and deletes some, at places drawn from a seed.

Rows are always in the order of their ids, so that a keyset cursor is safe and an offset is not. Whoever reads all pages
must end with every row that was there throughout, once, and may or may not have those that came or went meanwhile.
"""

import bisect
import random

GAP = 1000  # between the ids of the first rows: room for those that come


class Moving:
    def __init__(self, rows: int, seed: int, every: int = 1, changes: int = 2):
        self.random = random.Random(seed)
        self.every, self.changes = every, changes
        self.ids = [number * GAP for number in range(1, rows + 1)]
        self.first = set(self.ids)
        self.gone: set[int] = set()
        self.came: set[int] = set()

    def rows(self) -> list[dict]:
        return [moving_row(number) for number in self.ids]

    def on_request(self, asked: int) -> None:
        """Called after the page of the `asked`-th request was made."""
        if asked % self.every:
            return
        for _ in range(self.random.randint(1, self.changes)):
            if self.random.random() < 0.5 and len(self.ids) > len(self.first) // 2:
                self.gone.add(self.ids.pop(self.random.randrange(len(self.ids))))
            else:
                self._insert()

    def _insert(self) -> None:
        while (number := self.random.randrange(1, self.ids[-1])) in self.ids or number in self.gone:
            pass
        bisect.insort(self.ids, number)
        self.came.add(number)

    def facts(self) -> dict:
        return {"throughout": sorted(self.first - self.gone), "ever": sorted(self.first | self.came)}


def moving_row(number: int) -> dict:
    return {"id": number, "name": f"row {number}"}
