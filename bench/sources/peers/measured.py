"""What the peers share: the arguments, and the line of figures that they print."""
import json
import sys
import time


class Count:
    """`lost`: pages of which nothing came, and nobody asks again. The rate is that of the second half of the time: it leaves out starting.
    If there are no more pages by then, it is that of all."""

    def __init__(self):
        self.url, self.seconds, self.all_pages = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
        self.pages = self.rows = self.refused = self.lost = self.late_rows = 0
        self.begin = time.monotonic()

    def passed(self):
        return time.monotonic() - self.begin

    def is_over(self):
        return self.passed() >= self.seconds

    def take(self, rows):
        self.rows += rows
        if self.passed() > self.seconds / 2:
            self.late_rows += rows

    def report(self):
        passed = self.passed()
        late = passed - self.seconds / 2
        rate = self.late_rows / late if late > 0 else self.rows / passed
        print(json.dumps({"rows": self.rows, "lost": self.lost, "refused": self.refused, "rows_per_s": rate}), flush=True)
