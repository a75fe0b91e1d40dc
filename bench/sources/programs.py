"""What is run against a source: a fixed number of requests at once, trawl with no setting, and the peers; each gives its figures."""
import csv
import json
import os
import pathlib
import subprocess
import tempfile
import time

from kinds import PAGE_SIZE
from origin import Origin
from series import Series

HERE = pathlib.Path(__file__).resolve().parent
DEPS = HERE.parents[1] / ".deps"
PEERS = {"loop": "loop.py", "aiohttp, 100": "gathered.py", "Scrapy, AutoThrottle": "throttled.py", "dlt": "dlt_pages.py"}


def run(command, **options):
    """(what it printed, its CPU seconds)."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True, **options)
    try:
        printed = process.stdout.read()
    except BaseException:  # it must not outlive us
        process.kill()
        raise
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"error: `{' '.join(map(str, command))}` ended with status {process.returncode}\n{printed}")
    return printed, usage.ru_utime + usage.ru_stime


def records_of(kind):
    return kind.pages // len(kind.resources) * PAGE_SIZE


def fixed(build, kind, level, seconds):
    """More records than it can fetch, so that it has work until the end."""
    with Origin(build, kind.options, 20 * records_of(kind), PAGE_SIZE) as origin:
        urls = [origin.url + name for name in kind.resources]
        printed, _ = run([build / "bench/sources/bench_sources", level, seconds, *urls])
        figures = json.loads(printed)
        return {**figures, "level": level, "series": Series.of_steps(figures.pop("steps")), "origin_cpu_s": origin.cpu_seconds()}


def source_argument(kind, origin, folder):
    """The URL; for several resources a connector without any setting but their names."""
    if len(kind.resources) == 1:
        return origin.url + kind.resources[0]
    lines = [f'[source]\nbase_url = "{origin.url}"\n']
    lines += [f'[[resource]]\nname = "{name}"\npath = "/{name}"\n' for name in kind.resources]
    file = folder / "both.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def trawl(build, kind, share=1.0):
    """`share` of the kind's pages, no setting. Ends the run when a row is missing or came twice."""
    program = build / "src/cli/trawl"
    records = int(records_of(kind) * share) // PAGE_SIZE * PAGE_SIZE
    with tempfile.TemporaryDirectory(prefix="bench-sources-") as name, Origin(build, kind.options, records, PAGE_SIZE) as origin:
        folder = pathlib.Path(name)
        begin = time.monotonic()
        _, cpu = run([program, "pull", source_argument(kind, origin, folder), "--to", folder / "lake", "--trace", folder / "trace",
                      "--progress", "none"], stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        check_rows(program, folder / "lake", kind, records)
        points = [json.loads(line) for line in (folder / "trace").read_text(encoding="utf-8").splitlines()]
        stats = origin.stats()
        return {"seconds": seconds, "series": Series.of_trace(points), "points": points, "cpu_s": cpu, "origin_cpu_s": origin.cpu_seconds(),
                "requests": stats["page_requests"], "refused": stats["refused"]["rate"] + stats["refused"]["queue"]}


def check_rows(program, lake, kind, records):
    for name in kind.resources:
        question = f"select count(*), count(distinct id), min(id), max(id) from {name}"
        printed, _ = run([program, "sql", question, "--lake", lake, "--format", "csv"])
        row = [int(field) for field in list(csv.reader(printed.splitlines()))[-1]]
        if row != [records, records, 1, records]:
            raise SystemExit(f"error: {kind.name}: {name} has rows, different ids, least and most {row} instead of {records:,}")


def peer(build, kind, name, seconds):
    """For so many seconds, or until all pages are there, of the first resource."""
    python = DEPS / "sources-venv/bin/python"
    with Origin(build, kind.options, records_of(kind) * len(kind.resources), PAGE_SIZE) as origin:
        printed, cpu = run([python, HERE / "peers" / PEERS[name], origin.url + kind.resources[0], seconds, kind.pages])
        figures = json.loads(printed.splitlines()[-1])
        stats = origin.stats()
        refused = stats["refused"]["rate"] + stats["refused"]["queue"]
        return {**figures, "cpu_s": cpu, "refused": refused, "requests": stats["page_requests"]}
