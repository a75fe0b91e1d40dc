"""The servers of bench/echo: trawl's, the floors and the peers'.

A server is called as `<program> <idiom> <timers>`, listens on a port of 127.0.0.1 that it prints, makes that many timers
of an hour, and serves until it is killed. Of a peer's idioms the best one counts.
"""
import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
DEPS = HERE.parents[1] / ".deps"
START_SECONDS_MAX = 60


class Server:
    """`kind` is "trawl", "floor" (no library: printed, judges nobody) or "peer"."""

    def __init__(self, name, idiom, command, kind="peer", environment=None, with_timers=True):
        self.name = name
        self.idiom = idiom
        self.command = [str(word) for word in command]
        self.kind = kind
        self.environment = environment or {}
        self.with_timers = with_timers

    @property
    def label(self):
        return f"{self.name} {self.idiom}"

    def missing(self):
        """What is not installed or built, or None."""
        for word in self.command:
            if "/" in word and not (shutil.which(word) or pathlib.Path(word).exists()):
                return word
        return None

    def start(self, core, timers=0):
        """A process on that core, and its port."""
        words = ["taskset", "-c", str(core), *self.command, *([str(timers)] if self.with_timers else [])]
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, **self.environment})
        line = process.stdout.readline().strip()
        if not line.isdigit():
            process.kill()
            raise SystemExit(f"error: `{' '.join(words)}` printed no port but {line!r}")
        return process, int(line)

    def runs_on_asked_backend(self):
        """Whether trawl runs on the backend that TRAWL_BACKEND asks for: a build may have no other than epoll."""
        asked = self.environment.get("TRAWL_BACKEND")
        if asked is None:
            return True
        process, _ = self.start(0)
        links = [os.readlink(f"/proc/{process.pid}/fd/{entry}") for entry in os.listdir(f"/proc/{process.pid}/fd")]
        process.kill()
        process.wait()
        return ("anon_inode:[io_uring]" in links) == (asked == "uring")


def all_servers(build):
    """Every server, trawl's first; `build` is the folder of the CMake build that holds trawl's."""
    own = build / "bench/echo/bench_echo_trawl"
    python = DEPS / "echo-venv/bin/python"
    asyncio = HERE / "asyncio_server.py"
    return [
        *(Server("trawl", backend, [own, "plain"], "trawl", {"TRAWL_BACKEND": backend}) for backend in ("uring", "epoll")),
        Server("floor", "epoll", [DEPS / "bench_echo_floor_epoll"], "floor", with_timers=False),
        Server("floor", "io_uring, send(2)", [DEPS / "bench_echo_floor_uring", "call", "1024"], "floor", with_timers=False),
        Server("floor", "io_uring, batched", [DEPS / "bench_echo_floor_uring", "batch", "1024"], "floor", with_timers=False),
        *(Server("Boost.Asio", idiom, [DEPS / "bench_echo_asio_server", idiom]) for idiom in ("coroutine", "callback")),
        Server("libuv", "", [DEPS / "bench_echo_libuv_server", "plain"]),
        Server("tokio", "", [DEPS / "bench_echo_tokio", "plain"]),
        Server("Go", "net", [DEPS / "bench_echo_go", "plain"], environment={"GOMAXPROCS": "1"}),
        *(Server("asyncio", idiom, ["/usr/bin/python3", asyncio, idiom]) for idiom in ("protocol", "stream")),
        *(Server("uvloop", idiom, [python, asyncio, f"uvloop-{idiom}"]) for idiom in ("protocol", "stream")),
    ]


def versions():
    """What was measured, as far as files say it."""
    sources = {
        "Boost": ("/usr/include/boost/version.hpp", r'BOOST_LIB_VERSION "(\w+)"'),
        "tokio": (DEPS / "bench_echo_tokio_source/Cargo.lock", r'name = "tokio"\nversion = "([^"]+)"'),
        "libuv": ("/usr/include/uv/version.h", r"UV_VERSION_MINOR (\d+)"),
        "uvloop": (DEPS / "echo-venv/installed.txt", r"uvloop==(\S+)"),
    }
    found = {}
    for name, (path, pattern) in sources.items():
        path = pathlib.Path(path)
        match = re.search(pattern, path.read_text(encoding="utf-8")) if path.exists() else None
        if match:
            found[name] = match[1]
    return found
