"""Starts httpbin (Debian's python3-httpbin) under gunicorn: it answers as the path says, and echoes what it was sent.

`page(value)` is the path of a page with that JSON in it: httpbin decodes what its path holds.
"""

import base64
import json
import os
import sys
from pathlib import Path

from rig.process import Server, start

DEBIAN = "/usr/lib/python3/dist-packages"  # where the package is; the interpreter of the tests is a venv's


def serve(folder: Path) -> Server:
    environment = {**os.environ, "PYTHONPATH": os.environ.get("HTTPBIN", DEBIAN), "PYTHONDONTWRITEBYTECODE": "1"}
    return start("httpbin", lambda port: [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads",
                                          8,
                                          "--access-logfile", "-", "--worker-tmp-dir", folder, "httpbin:app"],
                 "/uuid", folder, env=environment)


def page(value) -> str:
    return "/base64/" + base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def chain(pages: list[list[dict]]) -> str:
    """The path of the first of pages that name each other."""
    following = None
    for rows in reversed(pages):
        following = page({"items": rows, "next": following})
    return following
