"""A PostgreSQL cluster of the run's own: in a temporary folder, on a Unix socket there and nowhere else.

PostgreSQL refuses to run as root: its processes are those of the user that its package made, when the run is root's.
"""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from rig import process

READY_S = 30
USER = "postgres"


class Postgres(process.Server):
    """`conninfo`: what libpq connects with."""

    folder: Path
    conninfo: str

    def stop(self) -> None:
        super().stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def serve() -> Postgres:
    folder = Path(tempfile.mkdtemp(prefix="trawl-pg-"))  # pytest's own folders are closed to other users
    identity = process.identity(USER, folder)
    programs = _programs()
    data = folder / "data"
    subprocess.run([programs / "initdb", "--pgdata", data, "--auth", "trust", "--username", "trawl", "--no-sync"],
                   check=True, capture_output=True, cwd=folder, **identity)
    log = folder / "postgres.log"
    command = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
    child = process.spawn("postgres", [str(part) for part in command], log, {"cwd": folder, **identity})
    server = Postgres("postgres", child, f"unix:{folder}", log)
    server.folder = folder
    server.conninfo = f"host={folder} user=trawl dbname=postgres"
    try:
        _wait(server, programs)
    except BaseException:
        server.stop()
        raise
    process.running.append(server)
    return server


def _programs() -> Path:
    """Debian keeps the server's programs out of PATH, a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError("postgres is not installed; run scripts/install test")
    return found[-1].parent


def _wait(server: Postgres, programs: Path) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and server.process.poll() is None:
        if subprocess.run([programs / "pg_isready", "-q", "-h", server.folder], check=False).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError(f"postgres did not answer within {READY_S} s; the end of its log:\n{server.tail()}")
