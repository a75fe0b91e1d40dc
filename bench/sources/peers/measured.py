"""What the peers share: the arguments, and the line of figures that they print."""
import json
import sys
import time


class Count:
    """`lost`: pages of which nothing came, and nobody asks again."""

    def __init__(self):
        self.url, self.seconds, self.all_pages = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
        self.pages = self.rows = self.refused = self.lost = 0
        self.begin = time.monotonic()

    def passed(self):
        return time.monotonic() - self.begin

    def is_over(self):
        return self.passed() >= self.seconds

    def take(self, items):
        self.pages += 1
        self.rows += len(items)

    def report(self):
        figures = {"pages": self.pages, "rows": self.rows, "refused": self.refused, "lost": self.lost, "seconds": self.passed()}
        print(json.dumps(figures), flush=True)
