"""A server that is told to read its configuration again, or killed and started again on the same port, while it serves."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

from rig import process
from rig.setups import Keep, Setup
from rig.wait import wait_until

READY = "/ready"
ESTABLISHED = "01"  # as /proc/net/tcp has it


class LogTail:
    """Counts the pages in an access log while it grows."""

    def __init__(self, log: Path):
        self.log = log
        self.seen_bytes = 0

    def new_pages(self) -> int:
        if not self.log.is_file():
            return 0
        with self.log.open("rb") as lines:
            lines.seek(self.seen_bytes)
            new = lines.read()
        self.seen_bytes += len(new)
        return new.count(b"/pages")


class Daemon(process.Server):
    def __init__(self, setup: Setup, name: str, child: subprocess.Popen, url: str, log: Path):
        super().__init__(name, child, url, log)
        self.setup = setup
        self.port = int(url.rsplit(":", 1)[1])
        self.backend: Daemon | None = None
        self.retired: list[subprocess.Popen] = []  # may still finish what they had begun
        self._tail = LogTail(setup.log_of(0))

    def reload(self) -> None:
        """As its administrator would: who is being answered is answered. Returns when the new generation answers."""
        self.setup.generation += 1
        command = self.setup.reload(self.process.pid, self.port)
        if command:
            self.retired.append(self.process)
            self.process = self._spawn(command)
        self._wait()

    def restart(self, away_s: float = 0) -> None:
        """With SIGKILL: connections break, and until it is there again, new ones are refused."""
        self._kill()
        wait_until(lambda: not self._is_listening(), f"the end of {self.name}")
        time.sleep(away_s)
        self.setup.generation += 1
        self.process = self._spawn(self.setup.command(self.port))
        self._wait()

    def stop(self) -> None:
        super().stop()
        self._kill()

    def newly_answered(self) -> int:
        """How many pages the present generation has logged since this was last asked. Some log in batches."""
        if self._tail.log != self.setup.log_of(self.setup.generation):
            self._tail = LogTail(self.setup.log_of(self.setup.generation))
        return self._tail.new_pages()

    def connections(self) -> int:
        """How many connections it holds open."""
        local = f":{self.setup.pages_port or self.port:04X}"
        entries = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(entry[1].endswith(local) and entry[3] == ESTABLISHED for entry in entries)

    def _spawn(self, command: list) -> subprocess.Popen:
        return process.spawn(self.name, [str(part) for part in command], self.log, _popen(self.setup))

    def _wait(self) -> None:
        wait_until(self._is_there, f"generation {self.setup.generation} of {self.name}")

    def _is_there(self) -> bool:
        assert self.process.poll() is None, f"{self.name} has ended; the end of its log:\n{self.tail()}"
        try:
            status, headers, _ = process.get(self.url + READY, timeout=2)
        except (OSError, http.client.HTTPException):
            return False
        return status == 200 and headers.get("x-generation", str(self.setup.generation)) == str(self.setup.generation)

    def _is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _kill(self) -> None:
        for child in (self.process, *self.retired):
            try:
                os.killpg(child.pid, signal.SIGKILL)  # its own session: only what it started itself
            except ProcessLookupError:
                pass
            child.wait()
        self.retired.clear()


def serve(kind: type[Setup], root: Path, keep: Keep = Keep(), backend: str = "") -> Daemon:
    """Its folder is deleted by whoever stops it: `daemon.setup.folder`."""
    folder = Path(tempfile.mkdtemp(prefix="trawl-e2e-"))  # pytest's own folders are closed to other users
    setup = kind(folder, root, keep, backend)
    try:
        return process.start(setup.name, setup.command, READY, folder, kind=partial(Daemon, setup), **_popen(setup))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _popen(setup: Setup) -> dict:
    popen = {"cwd": setup.folder, "env": {**os.environ, **setup.environment}}
    return popen | (process.identity(setup.user, setup.folder) if setup.user else {})
