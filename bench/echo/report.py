"""Medians of the rounds as tables, and the check of trawl against the peers."""
import os
import statistics

from shared import aligned

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Within 5% of the best peer: a tenth of what rounds differ by, and less than what a reader would choose by.
RATIO_MAX = 1.05
# An idle process needs nothing; a clock that is read while it is woken by nobody moves by nothing either.
IDLE_CPU_MS_MAX = 1


def figures(run):
    """Per message, from what the load printed of a window."""
    messages = max(run["messages"], 1)
    wall = run["wall_ns"]
    ticks = run["server_user_ticks"] + run["server_system_ticks"]
    user = run["server_user_ticks"] / ticks if ticks else 0
    return {
        "rate": messages / wall * 1e9,
        "cpu": run["server_cpu_ns"] / messages,
        "user": run["server_cpu_ns"] / messages * user,
        "server_share": 100 * run["server_cpu_ns"] / wall,
        "load_share": 100 * run["own_cpu_ns"] / wall,
        "load_cpu": run["own_cpu_ns"] / messages,
    }


def summarize(server, runs):
    rounds = [figures(run) for run in runs]
    result = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    result.update(name=server.name, idiom=server.idiom, kind=server.kind, rounds=rounds)
    return result


def ratio(result, own):
    """How many times trawl's CPU time per message it needs: the median of the rounds' ratios, since rounds differ."""
    return statistics.median(one["cpu"] / mine["cpu"] for one, mine in zip(result["rounds"], own["rounds"]))


def table(results):
    """One line per server; the ratio is to the first one, trawl's."""
    lines = [["server", "idiom", "messages/s", "CPU ns", "least–most", "of it user", "ratio", "server %", "load %"]]
    for result in results:
        cpu = [one["cpu"] for one in result["rounds"]]
        lines.append([
            result["name"], result["idiom"], f"{result['rate']:,.0f}", f"{result['cpu']:,.0f}",
            f"{min(cpu):,.0f}–{max(cpu):,.0f}", f"{result['user']:,.0f}", f"{ratio(result, results[0]):.2f}",
            f"{result['server_share']:.0f}", f"{result['load_share']:.0f}"])
    return aligned(lines)


def check(case, results):
    """(sentences, whether trawl passes): each of its backends against the fastest idiom of each peer."""
    sentences = []
    passes = True
    peers = dict.fromkeys(result["name"] for result in results if result["kind"] == "peer")
    for own in (result for result in results if result["kind"] == "trawl"):
        for peer in peers:
            times, idiom = min((ratio(result, own), result["idiom"]) for result in results if result["name"] == peer)
            holds = times * RATIO_MAX >= 1
            passes = passes and holds
            idiom = f" ({idiom})" if idiom else ""
            sentences.append(f"{case}, {own['idiom']} {'passes' if holds else 'FAILS'}: "
                             f"{peer} needs {times:.2f} times trawl's CPU time{idiom}")
    return sentences, passes


def idle_table(results):
    lines = [["server", "idiom", "CPU ms", "connections", "timers", "seconds"]]
    for result in results:
        lines.append([result["name"], result["idiom"], f"{result['cpu_ms']:.3f}", f"{result['connections']:,}",
                      f"{result['timers']:,}", f"{result['seconds']:.1f}"])
    return aligned(lines)


def idle_check(results):
    sentences = []
    passes = True
    for result in (result for result in results if result["kind"] == "trawl"):
        holds = result["cpu_ms"] < IDLE_CPU_MS_MAX
        passes = passes and holds
        sentences.append(f"idle, {result['idiom']} {'passes' if holds else 'FAILS'}: "
                         f"{result['cpu_ms']:.3f} ms of CPU time in {result['seconds']:.0f} s (below {IDLE_CPU_MS_MAX} ms)")
    return sentences, passes
