"""Starts origin, trawl's own demo source, with the style, latency and faults that a test asks for."""

import os
from pathlib import Path

from rig.process import Server, start

ROOT = Path(__file__).parents[3]
PROGRAM = Path(os.environ.get("ORIGIN", ROOT / "build/release/bench/origin/origin"))
READY = "/subdivisions"


def serve(folder: Path, *, style: str = "page", latency: str = "1ms", seed: int = 1,
          faults: dict[str, str] | None = None) -> Server:
    """`faults`: what happens to a share of the answers, {"reset": "1%", "500": "1%"}. The server counts as ready once
    it has answered the first page, whatever it did to it before."""
    settings = ["--style", style, "--latency", latency, "--seed", seed]
    settings += [part for kind, share in (faults or {}).items() for part in (f"--fault-{kind}", share)]
    return start("origin", lambda port: [PROGRAM, "--port", port, *settings], READY, folder)
