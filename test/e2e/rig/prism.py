"""Starts Prism over petshop.yaml: it answers with the examples, and refuses what the description does not allow."""

import os
from pathlib import Path

from rig.process import Server, start

ROOT = Path(__file__).parents[3]
PROGRAM = Path(os.environ.get("PRISM", ROOT / ".deps/prism/node_modules/.bin/prism"))


def serve(folder: Path) -> Server:
    return start("prism", lambda port: [PROGRAM, "mock", "--host", "127.0.0.1", "--port", port,
                                        Path(__file__).with_name("petshop.yaml")],
                 "/ready", folder)
