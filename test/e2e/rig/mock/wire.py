"""HTTP/1.1 as a server of tests needs it: requests in, answers out, connections that stay open."""

import asyncio
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

HEAD_MAX = 256 * 1024  # above any limit that a client under test may have


@dataclass
class Request:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]  # names in lower case
    body: bytes
    scheme: str
    raw_path: str = ""  # as it was sent

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    def params(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]

    def json(self):
        return json.loads(self.body or b"null")


@dataclass
class Answer:
    """`value` is sent as JSON unless `raw` is there. `cut`: so many bytes of the body come, then the connection ends."""

    value: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json"
    cut: int | None = None

    def body(self) -> bytes:
        if self.raw is None:
            self.raw = json.dumps(self.value, ensure_ascii=False).encode()
        return self.raw

    def bytes(self) -> bytes:
        body = b"" if self.status == 204 else self.body()
        head = [f"HTTP/1.1 {self.status} {_phrase(self.status)}"]
        if self.status != 204:
            head += [f"Content-Type: {self.content_type}", f"Content-Length: {len(body)}"]
        head += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*head, "", ""]).encode() + (body if self.cut is None else body[: self.cut])


async def read_request(reader: asyncio.StreamReader, scheme: str) -> Request | None:
    """None at the end of the connection."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers: dict[str, str] = {}
    for line in lines:
        name, value = line.split(":", 1)
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    path, _, query = target.partition("?")
    return Request(method, unquote(path), parse_qsl(query, keep_blank_values=True), headers, body, scheme, path)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Other"
