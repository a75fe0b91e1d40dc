"""The clients that bench/pages compares: how each is called and how its own counts are read from what it prints.

Every client is given the same pages in the same order over the same number of connections. `share` says how many of the
pages asked for a slow client fetches, so that a run stays short; its figures are per page.
"""
import json
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
DEPS = HERE.parents[1] / ".deps"
PYTHON = DEPS / "bench-venv/bin/python"
# wrk runs for whole seconds instead of a number of pages; its usual rate turns one into the other.
WRK_PAGES_PER_SECOND = 50_000


class Client:
    """`command(server, pages)` is its command line, `read(output)` what it counted: pages, bytes, seconds, errors.

    A client counts either `bytes` (of bodies) or `wire_bytes` (with headers); `version` is a command that prints one.
    """

    protocols = ("http",)

    def __init__(self, name, program, share=1.0, version=None, exact=True, count_allocations=None):
        self.name = name
        self.program = program
        self.share = share
        self.version = version
        self.exact = exact  # fetches exactly the number of pages it is told, and has a start-up to measure
        self.count_allocations = count_allocations  # the flag that makes it count them, or None

    def missing(self):
        """What is not installed, or None."""
        return None if shutil.which(str(self.program)) else self.program


class OwnProgram(Client):
    """A program of this folder: `<program> <base URL> <pages> <connections>`; prints its counts as one JSON line."""

    def __init__(self, name, program, *before, after=(), **more):
        super().__init__(name, program, **more)
        self.before = before
        self.after = after

    def command(self, server, pages):
        return [self.program, *self.before, server.base_url, pages, server.connections, *self.after]

    def read(self, output):
        return json.loads(output)


class EveryProtocol(OwnProgram):
    """One that speaks all of them, or several; over HTTP/2 its workers share one connection."""

    protocols = ("http", "https", "h2c", "h2")
    flags = {"http": [], "https": ["--http1"], "h2c": ["--http2"], "h2": []}

    def command(self, server, pages):
        trust = ["--ca", server.certificate] if server.base_url.startswith("https") else []
        return [*super().command(server, pages), *self.flags[server.protocol], *trust]


class Go(EveryProtocol):
    """HTTP/2 without TLS came with Go 1.24, later than Debian's."""

    protocols = ("http", "https", "h2")


class Wrk(Client):
    """It does not look at certificates."""

    protocols = ("http", "https")

    def command(self, server, pages):
        seconds = max(1, round(pages / WRK_PAGES_PER_SECOND))
        connections = server.connections
        return [self.program, "-t1", f"-c{connections}", f"-d{seconds}s", "-s", HERE / "wrk_pages.lua", server.base_url]

    def read(self, output):
        return json.loads(output.strip().splitlines()[-1])


class H2load(Client):
    """Over HTTP/2 with one connection and as many streams on it, as trawl."""

    protocols = ("http", "https", "h2c", "h2")

    def command(self, server, pages):
        over = ["--h1", "-c", server.connections]
        if server.protocol.startswith("h2"):
            over = ["-c", 1, "-m", server.connections]
        return [self.program, *over, "-n", pages, "-i", server.url_list]

    def read(self, output):
        status = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", output)
        succeeded, *errors = map(int, status.groups())
        body_bytes = int(re.search(r"\((\d+)\) data", output)[1])
        rate = float(re.search(r"finished in .*?, ([\d.]+) req/s", output)[1])
        return {"pages": succeeded, "bytes": body_bytes, "seconds": succeeded / rate, "errors": sum(errors)}


class Curl(Client):
    """Prints one line per page, which is the only way to have its counts. Debian's (7.88) fails to share a connection of
    HTTP/2 without TLS."""

    protocols = ("http", "https", "h2")
    flags = {"http": [], "https": ["--http1.1"], "h2": ["--http2"]}

    def command(self, server, pages):
        rounds = pages // server.page_count
        urls = f"{server.base_url}/page-[1-{server.page_count}].json?[1-{rounds}]"
        parallel = ["--parallel", "--parallel-max", server.connections, "--no-progress-meter"]
        over = [*self.flags[server.protocol], "--cacert", server.certificate]
        return [self.program, *parallel, *over, "-o", "/dev/null", "-w", "%{http_code} %{size_download}\n", urls]

    def read(self, output):
        lines = [line.split() for line in output.splitlines()]
        good = [int(size) for code, size in lines if code == "200"]
        return {"pages": len(good), "bytes": sum(good), "errors": len(lines) - len(good)}


def all_clients(build):
    """Every client, trawl first; `build` is the folder of the CMake build that holds our programs."""
    python = str(PYTHON)
    aiohttp = HERE / "aiohttp_client.py"
    return [
        EveryProtocol("trawl", build / "bench/pages/bench_pages", count_allocations="--count-allocations"),
        OwnProgram("floor: bare epoll loop", build / "bench/pages/bench_floor_epoll"),
        H2load("h2load", "h2load", version=["h2load", "--version"]),
        Wrk("wrk", "wrk", version=["wrk", "-v"], exact=False),
        Curl("curl --parallel", "curl", share=1 / 4, version=["curl", "--version"]),
        EveryProtocol("reqwest", DEPS / "bench_reqwest"),
        Go("Go net/http", DEPS / "bench_go", share=1 / 4),
        OwnProgram("aiohttp + uvloop", python, aiohttp, after=["--uvloop"], share=1 / 16),
        OwnProgram("aiohttp", python, aiohttp, share=1 / 16),
        OwnProgram("httpx", python, HERE / "httpx_client.py", share=1 / 16),
    ]


def version_of(client):
    if not client.version:
        return None
    done = subprocess.run(client.version, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.stdout.splitlines()[0].split(" Copyright")[0].split(" (")[0]
