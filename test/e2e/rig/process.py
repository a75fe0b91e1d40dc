"""Server processes of the test run: started on a free port, waited for, ended, their logs kept.

Only processes started here are ended, and each also ends when the test run dies.
"""

import ctypes
import http.client
import os
import pwd
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ATTEMPTS = 3
READY_S = 30  # node and Django start in 1–2 s; the machine may be busy
STOP_S = 5
PR_SET_PDEATHSIG = 1  # prctl(2)

_libc = ctypes.CDLL(None)
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

running: list["Server"] = []  # for the report of a failed test


class Server:
    """A process that answers at `url` (no slash at the end)."""

    def __init__(self, name: str, process: subprocess.Popen, url: str, log: Path):
        self.name = name
        self.process = process
        self.url = url
        self.log = log
        self.seen_bytes = 0

    def forget_log(self) -> None:
        """The tail is of what comes after this."""
        self.seen_bytes = self.log.stat().st_size

    def tail(self, lines: int = 20) -> str:
        new = self.log.read_bytes()[self.seen_bytes :].decode(errors="replace")
        return "\n".join(new.splitlines()[-lines:])

    def stop(self) -> None:
        if self in running:
            running.remove(self)
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # its own session: only what it started itself
                self.process.wait()


def start(name: str, command: Callable[[int], list], ready: str, folder: Path, *, kind: type = Server, **popen):
    """Runs `command(port)`, waits until `ready` (a path) answers 200, returns a `kind`. Its log: `folder/name.log`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    for _ in range(ATTEMPTS):  # somebody else may take the port before the server does
        port = free_port()
        process = spawn(name, [str(part) for part in command(port)], log, popen)
        server = kind(name, process, f"http://127.0.0.1:{port}", log)
        try:
            if _wait(server, ready):
                running.append(server)
                return server
        except BaseException:
            server.stop()
            raise
    raise RuntimeError(f"{name} ended {ATTEMPTS} times before it answered; the end of {log}:\n{server.tail()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def identity(user: str, folder: Path) -> dict:
    """What makes Popen start a process as `user`, whom `folder` is given, when the run is root's; else nothing."""
    if os.getuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def get(url: str, timeout: float = 10) -> tuple[int, dict, bytes]:
    """Status, headers (names in lower case) and body, through no proxy; an HTTP error is an answer like any other."""
    try:
        with _direct.open(url, timeout=timeout) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def spawn(name: str, command: list[str], log: Path, popen: dict) -> subprocess.Popen:
    with log.open("ab") as out:
        try:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                    start_new_session=True, preexec_fn=_die_with_parent, **popen)
        except FileNotFoundError as error:
            raise RuntimeError(f"{name} is not installed: {error}; run scripts/install test") from error


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(server: Server, path: str) -> bool:
    """True when it answers, false when it ended (its port was taken, most likely)."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            return False
        try:
            if get(server.url + path, timeout=2)[0] == 200 and server.process.poll() is None:
                return True
        except (OSError, http.client.HTTPException):  # not there yet, or origin cut the answer as it was told to
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{server.name} did not answer {path} within {READY_S} s; the end of its log:\n{server.tail()}")
