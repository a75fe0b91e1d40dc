"""Starts the Django REST framework application under gunicorn: one process, 16 threads, a fresh database."""

import os
import sys
from pathlib import Path

from rig.process import Server, start

E2E = Path(__file__).parents[1]


def serve(folder: Path) -> Server:
    database = folder / "drf.sqlite3"

    def command(port: int) -> list:
        database.unlink(missing_ok=True)
        return [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", 1, "--threads", 16,
                "--keep-alive", 5, "--access-logfile", "-", "--worker-tmp-dir", folder, "rig.drf_app:application"]

    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DRF_DATABASE": str(database), "PYTHONDONTWRITEBYTECODE": "1"}
    return start("drf", command, "/peak/", folder, cwd=E2E, env=environment)
