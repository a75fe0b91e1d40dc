"""Starts origin, trawl's own demo source, with the latency, capacity and faults that a test asks for."""

import os
from pathlib import Path

from rig.process import Server, start

ROOT = Path(__file__).parents[3]
PROGRAM = Path(os.environ.get("ORIGIN", ROOT / "build/release/bench/origin/origin"))
READY = "/subdivisions?page=1"


def serve(folder: Path, **options) -> Server:
    """`serve(folder, latency_ms=2)` runs `origin --port N --latency-ms 2`. The first page must answer in the end,
    whatever the faults, for the server to count as ready."""
    settings = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    return start("origin", lambda port: [PROGRAM, "--port", port, *settings], READY, folder)
