"""A bench/origin of one's own: started on a free port, asked for its counters, ended."""
import json
import os
import pathlib
import re
import subprocess
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


class Origin:
    """`with Origin(build, kind_options, records) as origin:`; `lifetime` ends it also when we are killed."""

    def __init__(self, build, options, records, page_size, lifetime=300):
        command = [str(build / "bench/origin/origin"), "--quiet", "--lifetime", f"{lifetime}s", "--page-size", str(page_size)]
        self.command = [*command, "--records", str(records), *options.split()]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        if not found:
            raise SystemExit(f"error: `{' '.join(self.command)}` does not say where it listens")
        self.url = found.group(0)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def stats(self):
        with urllib.request.urlopen(self.url + "stats", timeout=10) as answer:
            return json.load(answer)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
