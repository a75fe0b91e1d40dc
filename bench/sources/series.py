"""Pages over time, as counts between moments."""
import bisect


class Series:
    """`total(t)` pages had come after t seconds; between two moments, evenly."""

    def __init__(self, times, totals):
        self.times, self.totals = times, totals

    @classmethod
    def of_steps(cls, counts, step=0.1):
        totals = [0]
        for count in counts:
            totals.append(totals[-1] + count)
        return cls([step * i for i in range(len(totals))], totals)

    @classmethod
    def of_trace(cls, points):
        """Of trawl's --trace: a point's throughput is that since the point before."""
        times, totals = [max(0.0, points[0]["t"] - 0.1)], [0.0]
        for point in points:
            totals.append(totals[-1] + point["throughput"] * (point["t"] - times[-1]))
            times.append(point["t"])
        return cls(times, totals)

    def end(self):
        return self.times[-1]

    def total(self, at):
        i = bisect.bisect_right(self.times, at)
        if i == 0 or i == len(self.times):
            return self.totals[0 if i == 0 else -1]
        share = (at - self.times[i - 1]) / (self.times[i] - self.times[i - 1])
        return self.totals[i - 1] + share * (self.totals[i] - self.totals[i - 1])

    def rate(self, begin, end):
        return (self.total(end) - self.total(begin)) / (end - begin)

    def reached(self, rate, since, until):
        """Seconds after `since` from which on a while's throughput is 95% of `rate`; None: never. A while is as long as 100 pages
        take, or a second."""
        span = max(1.0, 100 / rate)
        steps = int((until - since - span) / 0.1)
        return next((0.1 * i for i in range(steps) if self.rate(since + 0.1 * i, since + 0.1 * i + span) >= 0.95 * rate), None)
