"""Runs one client once: its CPU time from the kernel, its counts from itself, checked against the server."""
import os
import subprocess
import tempfile
import threading
import time

RUN_SECONDS_MAX = 600


class WrongCount(Exception):
    """A client did not receive what it was told to fetch: its figures would mean nothing."""


def run_process(command):
    """Runs `command` to its end; returns (what it printed, wall seconds, its resource usage)."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(words, stdout=output, stdin=subprocess.DEVNULL)
        usage, status = wait(process)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read()
    if status != 0:
        raise WrongCount(f"`{' '.join(words[:6])}` ended with status {status}: {text[-500:]}")
    return text, seconds, usage


def wait(process):
    """Waits by wait4, which alone gives this one child's CPU time. Ends it when we are ended, or after a long time."""
    alarm = threading.Timer(RUN_SECONDS_MAX, process.kill)
    alarm.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        alarm.cancel()
    return usage, process.returncode


def check_counts(client, server, pages, counts, served):
    """Raises WrongCount unless pages, bytes and the server's own count say the same."""
    wrong = []
    if counts.get("errors"):
        wrong.append(f"{counts['errors']} errors")
    if client.exact and counts["pages"] != pages:
        wrong.append(f"{counts['pages']} pages instead of {pages}")
    # What is still in flight when wrk's time is over was served, but not counted by it.
    slack = 0 if client.exact else server.connections
    if not counts["pages"] <= served <= counts["pages"] + slack:
        wrong.append(f"the server answered {served} requests, the client counts {counts['pages']}")
    wrong += wrong_bytes(server, counts)
    if wrong:
        raise WrongCount(f"{client.name}: " + "; ".join(wrong))


def wrong_bytes(server, counts):
    expected = sum(server.sizes) * (counts["pages"] // server.page_count)
    if "bytes" in counts:
        return [] if counts["bytes"] == expected else [f"{counts['bytes']} bytes of bodies instead of {expected}"]
    # wrk counts bytes with headers and may stop in the middle of a round of pages, and of pages.
    mean = sum(server.sizes) / server.page_count + server.header_bytes
    slack = (server.page_count + server.connections) * (max(server.sizes) + server.header_bytes)
    difference = counts["wire_bytes"] - counts["pages"] * mean
    return [] if abs(difference) <= slack else [f"{counts['wire_bytes']} bytes on the wire, {difference:.0f} off"]


def measure(client, server, pages):
    """One run of one client, checked; times in seconds, CPU in µs per page, nothing subtracted."""
    before = server.nginx.served()
    text, wall, usage = run_process(client.command(server, pages))
    connections, requests = (after - earlier for after, earlier in zip(server.nginx.served(), before))
    counts = client.read(text)
    # The second call of served() is itself one connection and one request.
    check_counts(client, server, pages, counts, requests - 1)
    fetched = counts["pages"]
    return {
        "pages": fetched,
        "bytes": counts.get("bytes", counts.get("wire_bytes")),
        "seconds": counts.get("seconds", wall),
        "wall_seconds": wall,
        "pages_per_second": fetched / counts.get("seconds", wall),
        "user_us": usage.ru_utime * 1e6 / fetched,
        "system_us": usage.ru_stime * 1e6 / fetched,
        "cpu_us": (usage.ru_utime + usage.ru_stime) * 1e6 / fetched,
        "peak_rss_kb": usage.ru_maxrss,
        "connections": connections - 1,
        "client_version": counts.get("version"),
    }


def start_up_ms(client, server):
    """CPU milliseconds of a run of 100 pages: imports and connecting. None where it cannot be asked for."""
    if not client.exact:
        return None
    pages = server.page_count  # curl's URL globs count in whole rounds of pages
    _, _, usage = run_process(client.command(server, pages))
    return (usage.ru_utime + usage.ru_stime) * 1e3


def counts_per_page(client, server):
    """System calls and, where the client can say, allocations per page, from runs of their own that are not timed."""
    if not client.exact:
        return {}
    pages = server.page_count * server.connections
    counts = {"system_calls_per_page": system_calls_per_page(client, server, pages)}
    if client.count_allocations:
        text, _, _ = run_process([*client.command(server, pages), client.count_allocations])
        counts["allocations_per_page"] = client.read(text)["allocations_per_page"]
    return counts


def system_calls_per_page(client, server, pages):
    """System calls per page, start-up included: all, then by name. Under strace, so not timed."""
    with tempfile.NamedTemporaryFile("r", suffix=".strace") as summary:
        run_process(["strace", "-f", "-c", "-U", "calls,name", "-o", summary.name, *client.command(server, pages)])
        rows = [line.split() for line in summary.read().splitlines()]
    calls = {row[1]: int(row[0]) for row in rows if len(row) == 2 and row[0].isdigit() and row[1] != "total"}
    frequent = {name: round(count / pages, 3) for name, count in calls.items() if count / pages >= 0.005}
    return {"all": round(sum(calls.values()) / pages, 3), **dict(sorted(frequent.items(), key=lambda item: -item[1]))}
