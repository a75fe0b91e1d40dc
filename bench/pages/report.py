"""Medians of the rounds, as a table for people and as JSON for comparing runs; and the check against a peer."""
import json
import statistics

from shared import aligned

GOAL_CPU_US = 20  # the first goal for trawl's CPU per page; the lasting one is "no more than h2load"
COLUMNS = (
    "client", "pages/s", "CPU µs/page", "±%", "user", "system", "start-up ms", "conns", "pages", "bytes checked"
)
MEASURED = ["pages_per_second", "cpu_us", "user_us", "system_us"]


def medians(rounds):
    """The median of each figure over the rounds, with the spread of the CPU time in percent of it."""
    result = {name: statistics.median(run[name] for run in rounds) for name in MEASURED}
    cpu = [run["cpu_us"] for run in rounds]
    result["cpu_spread_percent"] = 100 * (max(cpu) - min(cpu)) / result["cpu_us"]
    for name in ("pages", "bytes", "connections", "peak_rss_kb"):
        result[name] = rounds[-1][name]
    return result


def table(results):
    """One line per client, in the order they ran."""
    header = list(COLUMNS)
    rows = [row(result) for result in results]
    return aligned([header, *rows], names=1)


def row(result):
    median = result["median"]
    start_up = result["start_up_ms"]
    return [
        result["client"],
        f"{median['pages_per_second']:,.0f}",
        f"{median['cpu_us']:,.1f}",
        f"{median['cpu_spread_percent'] / 2:.0f}",
        f"{median['user_us']:,.1f}",
        f"{median['system_us']:,.1f}",
        "–" if start_up is None else f"{start_up:.0f}",
        str(median["connections"]),
        f"{median['pages']:,}",
        f"{median['bytes']:,}",
    ]


def write_json(path, document):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check(results, ratio_max):
    """Compares trawl's CPU per page with h2load's in the same run; returns (sentence, whether it passes)."""
    cpu = {result["client"]: result["median"]["cpu_us"] for result in results}
    if "trawl" not in cpu or "h2load" not in cpu:
        return "check: needs both trawl and h2load in the run", False
    ratio = cpu["trawl"] / cpu["h2load"]
    passes = ratio <= ratio_max
    verdict = "passes" if passes else "FAILS"
    return f"check {verdict}: trawl's CPU per page is {ratio:.2f} of h2load's (at most {ratio_max:.2f})", passes


def goal(results):
    """How trawl stands to the absolute goal, or None when it did not run."""
    for result in results:
        if result["client"] == "trawl":
            cpu_us = result["median"]["cpu_us"]
            return f"goal ≤ {GOAL_CPU_US} µs/page: {'met' if cpu_us <= GOAL_CPU_US else 'missed'} ({cpu_us:.1f} µs)"
    return None
