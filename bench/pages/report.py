"""Medians of the rounds, as a table for people and as JSON for comparing runs; and the goals, which a peer sets."""
import json
import statistics

from shared import aligned

# trawl's CPU per page, over h2load's.
GOALS = {"http": 1.0, "https": 1.2, "h2c": 1.1, "h2": 1.2}
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


def goals(results, protocol, ratio_max=None):
    """How trawl stands to h2load in the same run: [(sentence, whether it is met)]; empty when one of them did not run.

    `ratio_max` stands in for the protocol's own goal for the CPU per page.
    """
    median = {result["client"]: result["median"] for result in results}
    if "trawl" not in median or "h2load" not in median:
        return []
    trawl, h2load = median["trawl"], median["h2load"]
    wanted = GOALS[protocol] if ratio_max is None else ratio_max
    cpu = trawl["cpu_us"] / h2load["cpu_us"]
    stands = [verdict(f"CPU per page at most {wanted:.2f} of h2load's", cpu, cpu <= wanted)]
    if protocol == "http":
        speed = trawl["pages_per_second"] / h2load["pages_per_second"]
        stands.append(verdict("pages/s at least h2load's", speed, speed >= 1))
    return stands


def verdict(goal, ratio, is_met):
    return f"goal: {goal}: {'met' if is_met else 'MISSED'} ({ratio:.3f})", is_met
