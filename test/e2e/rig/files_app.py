"""A WSGI application that gives `/pages?page=7` the file pages/7.json under $ROOT, and says its $GENERATION."""

import os
from pathlib import Path
from urllib.parse import parse_qs

ROOT = Path(os.environ["ROOT"])


def application(environ, start_response):
    page = parse_qs(environ["QUERY_STRING"]).get("page", [""])[0]
    file = ROOT / f"pages/{page}.json" if page.isdigit() else ROOT / "ready"
    found = file.is_file()
    body = file.read_bytes() if found else b""
    start_response("200 OK" if found else "404 Not Found",
                   [("Content-Type", "application/json"), ("Content-Length", str(len(body))),
                    ("X-Generation", os.environ["GENERATION"])])
    return [body]
