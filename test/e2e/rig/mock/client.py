"""The tests' side of the mock server: starts it, gives it scenarios, and asks what was asked of them."""

import json
import sys
import urllib.request
from pathlib import Path

from rig.mock.scenario import Scenario
from rig.process import Server, start

E2E = Path(__file__).parents[2]
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Mock(Server):
    def begin(self, scenario: Scenario) -> "Source":
        return Source(self, scenario, json.loads(self.call("/_new", scenario.text()))["id"])

    def call(self, path: str, body: str | None = None) -> bytes:
        with _direct.open(self.url + path, None if body is None else body.encode(), timeout=10) as answer:
            return answer.read()

    @property
    def folder(self) -> Path:
        return self.log.parent

    @property
    def tls_url(self) -> str:
        return (self.folder / "tls_url").read_text()

    @property
    def certificate(self) -> Path:
        return self.folder / "server.pem"


class Source:
    """A scenario that is being served at `url`."""

    def __init__(self, mock: Mock, scenario: Scenario, name: str):
        self.mock, self.scenario, self.name = mock, scenario, name
        self.url = f"{mock.url}/{name}"
        self.tls_url = f"{mock.tls_url}/{name}"

    def report(self) -> dict:
        return json.loads(self.mock.call(f"/_report/{self.name}"))

    def requests(self) -> list[dict]:
        return self.report()["requests"]

    def add(self, rows: list[dict]) -> None:
        self.mock.call(f"/_add/{self.name}", json.dumps(rows))


def serve(folder: Path) -> Mock:
    folder.mkdir(parents=True, exist_ok=True)
    return start("mock", lambda port: [sys.executable, "-m", "rig.mock", port, folder], "/_ready", folder, kind=Mock,
                 cwd=E2E)
