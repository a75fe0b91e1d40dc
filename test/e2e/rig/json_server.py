"""Starts json-server: pages by `?_page=1&_limit=50`, a Link header, X-Total-Count; without them all rows at once."""

import json
import os
from pathlib import Path

from rig import data
from rig.process import Server, start

ROOT = Path(__file__).parents[3]
PROGRAM = Path(os.environ.get("JSON_SERVER", ROOT / ".deps/node/node_modules/.bin/json-server"))


def serve(folder: Path) -> Server:
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "db.json"
    database.write_text(json.dumps({"subdivisions": data.subdivisions(), "languages": data.languages()}))
    return start("json-server", lambda port: [PROGRAM, "--host", "127.0.0.1", "--port", port, "--ro", database],
                 "/subdivisions?_page=1&_limit=1", folder)
