"""An HTTP/2 server of python-h2's, in this process: numbered pages, and behaviour that a test scripts.

It listens on two ports: `url` is HTTP/2 without TLS (prior knowledge), `tls_url` is TLS with ALPN. What a Script sends goes
through python-h2 without its checks of outbound fields, or past it as frames of hyperframe's where it would refuse.
"""

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from h2 import events
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.exceptions import ProtocolError
from hyperframe.frame import DataFrame, Frame, HeadersFrame, SettingsFrame

from rig import numbered

SILENCE_S = 10  # a peer that says nothing for so long is given up


class Script:
    """What the server does; by itself, it answers each request at once."""

    settings: dict[int, int] = {}  # said behind python-h2's own

    def greet(self, link: "Link") -> None:
        """The connection is open, nothing but the settings was sent."""

    def answer(self, link: "Link", stream: int, number: int) -> None:
        """A request for the page `number` came."""
        link.page(stream, number)

    def after(self, link: "Link") -> None:
        """All that had arrived was looked at."""


class Link:
    """One connection. What it notes of the client stands in its server."""

    def __init__(self, server: "Server", raw: socket.socket):
        self.server, self.socket = server, raw
        self.waiting: list[tuple[int, int]] = []  # (stream, page), for scripts that answer later
        self.answered = 0
        self.has_left = False
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8", validate_outbound_headers=False,
                                               normalize_outbound_headers=False))

    def serve(self) -> None:
        self.h2.initiate_connection()
        self.say_settings(self.server.script.settings)
        self.server.script.greet(self)
        while received := self.socket.recv(65536):
            if self.has_left:
                continue
            for event in self.h2.receive_data(received):
                self._note(event)
            self.server.script.after(self)
            self.flush()

    def _note(self, event) -> None:
        match event:
            case events.RequestReceived():
                path = dict(event.headers)[":path"]
                number = int(parse_qs(urlsplit(path).query)["page"][0])
                with self.server.lock:
                    self.server.requests.append(number)
                self.server.script.answer(self, event.stream_id, number)
            case events.ConnectionTerminated():
                self.server.farewells.append(event.error_code)
            case events.StreamReset():
                self.server.resets.append(event.error_code)

    def page(self, stream: int, number: int, *fields: tuple[str, str]) -> None:
        """The whole answer, as it should be."""
        self.head(stream, *fields, ("content-length", str(len(self.server.body(number)))))
        self.h2.send_data(stream, self.server.body(number), end_stream=True)
        self.flush()
        self.answered += 1

    def head(self, stream: int, *fields: tuple[str, str], status: str = "200", end: bool = False) -> None:
        self.h2.send_headers(stream, [(":status", status), *fields], end_stream=end)

    def say_settings(self, settings: dict[int, int]) -> None:
        """python-h2 is not told: it takes any acknowledgement for that of its latest settings, and holds them against
        requests that were sent before the client knew."""
        self.raw(SettingsFrame(0, {int(key): value for key, value in settings.items()}))

    def raw(self, *frames: Frame) -> None:
        """Past python-h2, which must not say anything on those streams any more."""
        self.flush()
        self.socket.sendall(b"".join(frame.serialize() for frame in frames))

    def raw_head(self, stream: int, *fields: tuple[str, str], flags: tuple[str, ...] = ("END_HEADERS",)) -> HeadersFrame:
        return HeadersFrame(stream, self.h2.encoder.encode(fields), flags=flags)

    def raw_data(self, stream: int, data: bytes, end: bool = False) -> DataFrame:
        return DataFrame(stream, data, flags=("END_STREAM",) if end else ())

    def flush(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def leave(self) -> None:
        """Sends no more, and lets the client end the connection."""
        self.flush()
        self.has_left = True
        self.socket.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """No farewell of any kind: not of HTTP/2, nor of TLS."""
        self.flush()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Server:
    """`requests`: the pages that were asked for; `farewells` and `resets`: the codes that clients sent; `objections`: what
    python-h2 had against clients, which a client that was treated well gives no cause for."""

    def __init__(self, script: Script, pages: int, certificate_folder: Path):
        self.script = script
        self.bodies, self.rows = numbered.make(pages)
        self.lock = threading.Lock()
        self.requests: list[int] = []
        self.farewells: list[int] = []
        self.resets: list[int] = []
        self.objections: list[str] = []
        self.connections = 0
        self._open: list[socket.socket] = []
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate_folder / "server.pem", certificate_folder / "server.key")
        self._tls.set_alpn_protocols(["h2"])
        self.url = f"http://127.0.0.1:{self._listen(lambda accepted: accepted)}"
        self.tls_url = f"https://127.0.0.1:{self._listen(lambda accepted: self._tls.wrap_socket(accepted, server_side=True))}"

    def body(self, number: int) -> bytes:
        known = number <= len(self.bodies)
        return (self.bodies[number - 1] if known else numbered.beyond(len(self.bodies))).encode()

    def close(self) -> None:
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _listen(self, wrap) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._open.append(listener)
        threading.Thread(target=self._accept, args=(listener, wrap), daemon=True).start()
        return listener.getsockname()[1]

    def _accept(self, listener: socket.socket, wrap) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                accepted, _ = listener.accept()
                accepted.settimeout(SILENCE_S)
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(accepted)
                threading.Thread(target=self._serve, args=(accepted, wrap), daemon=True).start()

    def _serve(self, accepted: socket.socket, wrap) -> None:
        try:
            with wrap(accepted) as connection:
                with self.lock:
                    self.connections += 1
                Link(self, connection).serve()
        except OSError:  # the client went
            pass
        except ProtocolError as error:
            self.objections.append(repr(error))
