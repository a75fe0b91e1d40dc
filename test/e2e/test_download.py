"""examples/download.cpp: a file of 5 MB from an nginx that is reloaded, or killed and started again half way; the HAR file
of it has the fields that HTTP Archive 1.2 asks for."""

import json
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from rig import daemon, origin
from rig.daemon import Daemon
from rig.setups import Nginx
from rig.wait import wait_until

PROGRAM = Path(os.environ.get("EXAMPLE_DOWNLOAD", origin.ROOT / "build/release/examples/example_download"))
SIZE = 5_000_000
HALF_WAY = 1_000_000  # bytes in the temporary file; it grows by a megabyte at a time


class SlowNginx(Nginx):
    """5 MB take a second."""

    conf = Nginx.conf.replace("        location = /pages", "        location /files/ {{ limit_rate 5m; }}\n        location = /pages")


@pytest.fixture
def server():
    root = Path(tempfile.mkdtemp(prefix="trawl-e2e-"))
    root.chmod(0o755)  # the server is another user's
    (root / "ready").write_text("ready")
    (root / "files").mkdir()
    started = daemon.serve(SlowNginx, root)
    yield started
    started.stop()
    shutil.rmtree(started.setup.folder)
    shutil.rmtree(root)


def publish(server: Daemon, seed: int, age_s: int = 0) -> bytes:
    """Another version of the file, as a tool would put it there: at once."""
    content = random.Random(seed).randbytes(SIZE)
    path = server.setup.root / "files" / "data.bin"
    path.with_suffix(".new").write_bytes(content)
    path.with_suffix(".new").chmod(0o644)
    modified = time.time() - age_s
    os.utime(path.with_suffix(".new"), (modified, modified))
    path.with_suffix(".new").rename(path)
    return content


def start(server: Daemon, folder: Path) -> subprocess.Popen:
    return subprocess.Popen([PROGRAM, f"{server.url}/files/data.bin?token=hush", folder / "data.bin", folder / "requests.har"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_until_half_way(folder: Path) -> None:
    wait_until(lambda: any(file.stat().st_size >= HALF_WAY for file in folder.glob(".trawl-*.tmp")), "half of the download")


def finish(program: subprocess.Popen, folder: Path) -> tuple[int, int]:
    """Resumed so often, begun anew so often; nothing but the file and its record is left."""
    out, err = program.communicate(timeout=50)
    assert program.returncode == 0, out + err
    assert sorted(file.name for file in folder.iterdir()) == ["data.bin", "requests.har"]
    resumed, anew = map(int, re.fullmatch(r"\d+ bytes, resumed (\d+) times, begun anew (\d+) times\n", out).groups())
    return resumed, anew


def test_a_server_that_is_killed_half_way(server, tmp_path):
    content = publish(server, 1, age_s=10)
    program = start(server, tmp_path)
    wait_until_half_way(tmp_path)
    server.restart()
    resumed, anew = finish(program, tmp_path)
    assert (tmp_path / "data.bin").read_bytes() == content
    assert (resumed, anew) == (1, 0)
    check_har(tmp_path / "requests.har", [206])


def test_a_server_that_is_reloaded_half_way(server, tmp_path):
    content = publish(server, 1, age_s=10)
    program = start(server, tmp_path)
    wait_until_half_way(tmp_path)
    server.reload()
    finish(program, tmp_path)
    assert (tmp_path / "data.bin").read_bytes() == content


@pytest.mark.parametrize("age_s", [10, 0])  # two versions of one second have the same entity tag
def test_a_file_that_changes_while_its_server_is_away(server, tmp_path, age_s):
    publish(server, 1, age_s)
    program = start(server, tmp_path)
    wait_until_half_way(tmp_path)
    content = publish(server, 2)
    server.restart()
    resumed, anew = finish(program, tmp_path)
    assert (tmp_path / "data.bin").read_bytes() == content, "bytes of two versions"
    assert (resumed, anew) == (0, 1)
    check_har(tmp_path / "requests.har", [200])


def check_har(path: Path, last: list[int]) -> None:
    """The cut, refused connections, and the answer that came last; each with all that HAR 1.2 demands, and no secret."""
    text = path.read_text()
    assert "hush" not in text
    log = json.loads(text)["log"]
    assert log["version"] == "1.2" and log["creator"].keys() >= {"name", "version"}
    entries = log["entries"]
    for entry in entries:
        check_entry(entry)
    statuses = [entry["response"]["status"] for entry in entries]
    assert [statuses[0], statuses[-1]] == [200, *last]
    assert "breaks off" in entries[0]["response"]["_error"] or "broke" in entries[0]["response"]["_error"]
    assert "_error" not in entries[-1]["response"]


def check_entry(entry: dict) -> None:
    assert entry.keys() >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["startedDateTime"])
    common = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
    assert entry["request"].keys() >= common | {"method", "url", "queryString"}
    assert entry["response"].keys() >= common | {"status", "statusText", "content", "redirectURL"}
    assert entry["response"]["content"].keys() >= {"size", "mimeType"}
    for fields in (entry["request"]["headers"], entry["response"]["headers"], entry["request"]["queryString"]):
        assert all(field.keys() == {"name", "value"} for field in fields)
    timings = entry["timings"]
    assert timings.keys() >= {"blocked", "dns", "connect", "ssl", "send", "wait", "receive"}
    parts = sum(max(timings[part], 0) for part in ("blocked", "dns", "connect", "send", "wait", "receive"))
    assert abs(parts - entry["time"]) < 0.01
