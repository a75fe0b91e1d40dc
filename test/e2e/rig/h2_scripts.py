"""What servers of HTTP/2 do, for rig.h2_server: what they may do and seldom do, and what they may not.

`Hostile(deed)` does something to the answer of one page, once or always; the deeds are functions of this file.
"""

import time
from collections.abc import Callable

from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from hyperframe.frame import (ContinuationFrame, ExtensionFrame, GoAwayFrame, HeadersFrame, PingFrame, PriorityFrame,
                              PushPromiseFrame, RstStreamFrame, SettingsFrame, WindowUpdateFrame)

from rig.h2_server import Link, Script

BAD_PAGE = 5
FLOOD = 200_000  # frames, if nobody stops it
LAST = 2**31 - 1

Deed = Callable[[Link, int, int], None]


class Hostile(Script):
    def __init__(self, deed: Deed, once: bool):
        self.deed, self.is_left = deed, True
        self.once = once

    def answer(self, link: Link, stream: int, number: int) -> None:
        if number != BAD_PAGE or not self.is_left:
            return link.page(stream, number)
        self.is_left = not self.once
        self.deed(link, stream, number)
        return None


# --- what breaks a response


def _answer_with(link: Link, stream: int, number: int, *fields: tuple[str, str]) -> None:
    link.raw(link.raw_head(stream, (":status", "200"), *fields), link.raw_data(stream, link.server.body(number), end=True))


def uppercase_name(link, stream, number):
    _answer_with(link, stream, number, ("Content-Type", "application/json"))


def connection_field(link, stream, number):
    _answer_with(link, stream, number, ("connection", "keep-alive"))


def transfer_encoding(link, stream, number):
    _answer_with(link, stream, number, ("transfer-encoding", "chunked"))


def line_break_in_a_value(link, stream, number):
    _answer_with(link, stream, number, ("x-split", "a\r\nset-cookie: b"))


def longer_than_announced(link, stream, number):
    _answer_with(link, stream, number, ("content-length", "10"))


def shorter_than_announced(link, stream, number):
    _answer_with(link, stream, number, ("content-length", "100000"))


def two_lengths(link, stream, number):
    _answer_with(link, stream, number, ("content-length", "10"), ("content-length", "11"))


def no_status(link, stream, _):
    link.raw(link.raw_head(stream, ("content-type", "application/json"), flags=("END_HEADERS", "END_STREAM")))


def two_statuses(link, stream, number):
    _answer_with(link, stream, number, (":status", "404"))


def status_behind_fields(link, stream, number):
    link.raw(link.raw_head(stream, ("server", "x"), (":status", "200")), link.raw_data(stream, link.server.body(number), end=True))


def head_too_large(link, stream, number):
    fields = [(":status", "200"), *((f"x-{i}", "v" * 1000) for i in range(100))]
    block = link.h2.encoder.encode(fields, huffman=False)
    parts = [ContinuationFrame(stream, block[at : at + 16_384]) for at in range(16_384, len(block), 16_384)]
    parts[-1].flags.add("END_HEADERS")
    link.raw(HeadersFrame(stream, block[:16_384]), *parts, link.raw_data(stream, link.server.body(number), end=True))


def too_many_fields(link, stream, number):
    _answer_with(link, stream, number, *((f"x-{i}", "v") for i in range(300)))


def header_bomb(link, stream, _):
    """A field of 4,000 bytes into the table, and 30,000 references to it, of a byte each (RFC 7541, 7.3)."""
    first = link.raw_head(stream, (":status", "200"), ("x-bomb", "v" * 3900), flags=())
    again = link.h2.encoder.encode([("x-bomb", "v" * 3900)])
    parts = [ContinuationFrame(stream, again * 10_000) for _ in range(3)]
    parts[-1].flags.add("END_HEADERS")
    link.raw(first, *parts)


def endless_hints(link, stream, _):
    for _ in range(1000):
        link.raw(link.raw_head(stream, (":status", "103"), ("link", "</a>; rel=preload")))


def reset_midway(link, stream, number):
    link.head(stream)
    link.h2.send_data(stream, link.server.body(number)[:10])
    link.h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)


def window_update_of_nothing(link, stream, _):
    link.raw(WindowUpdateFrame(stream, 0))


def stream_window_overflow(link, stream, _):
    link.raw(WindowUpdateFrame(stream, LAST))


# --- what breaks the connection


def push(link, stream, _):
    promised = [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/pushed")]
    link.raw(PushPromiseFrame(stream, 2, link.h2.encoder.encode(promised), flags=("END_HEADERS",)))


def connection_window_overflow(link, *_):
    link.raw(WindowUpdateFrame(0, LAST), WindowUpdateFrame(0, LAST))


def more_than_the_window(link, stream, _):
    """Past all windows, much faster than anybody reads."""
    link.head(stream)
    _flood(link, link.raw_data(stream, b"x" * 16_384).serialize(), 4000)


def _flood(link: Link, frames: bytes, times: int = FLOOD) -> None:
    link.flush()
    batch = max(1, 65536 // len(frames))
    for _ in range(times // batch):
        link.socket.sendall(frames * batch)


def ping_flood(link, *_):
    _flood(link, PingFrame(0, b"12345678").serialize())


def settings_flood(link, *_):
    _flood(link, SettingsFrame(0, {SettingCodes.INITIAL_WINDOW_SIZE: 65535}).serialize())


def reset_flood(link, stream, _):
    _flood(link, RstStreamFrame(stream, ErrorCodes.CANCEL).serialize())


def empty_data_flood(link, stream, _):
    link.head(stream)
    _flood(link, link.raw_data(stream, b"").serialize())


def continuation_flood(link, stream, _):
    link.raw(HeadersFrame(stream, link.h2.encoder.encode([(":status", "200")])))
    _flood(link, ContinuationFrame(stream, link.h2.encoder.encode([("x-a", "b")])).serialize())


def damaged_compression(link, stream, _):
    link.raw(HeadersFrame(stream, b"\xff\xff\xff\xff\xff\xff", flags=("END_HEADERS",)))


def giant_frame(link, stream, _):
    link.head(stream)
    link.raw(link.raw_data(stream, b"x" * 20_000))


def http1_answer(link, *_):
    link.flush()
    link.socket.sendall(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n" * 20)


def cut_midway(link, stream, number):
    link.head(stream)
    link.h2.send_data(stream, link.server.body(number)[:10])
    link.cut()


def calm_down(link, *_):
    link.raw(GoAwayFrame(0, 0, ErrorCodes.ENHANCE_YOUR_CALM, b"too many requests"))
    link.cut()


def silence(*_):
    pass


# --- what is allowed


class Graceful(Script):
    """Each connection serves three answers. It says that it will close, then which one is the last, and closes."""

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.waiting.append((stream, number))

    def after(self, link: Link) -> None:
        served, link.waiting = sorted(link.waiting)[: 3 - link.answered], []
        is_last = served and link.answered + len(served) == 3
        if is_last:
            link.raw(GoAwayFrame(0, LAST, ErrorCodes.NO_ERROR), GoAwayFrame(0, served[-1][0], ErrorCodes.NO_ERROR))
        for stream, number in served:
            link.page(stream, number)
        if is_last:
            link.leave()


class Refusing(Script):
    """It resets each request once, and says that it did nothing."""

    def __init__(self) -> None:
        self.refused: set[int] = set()

    def answer(self, link: Link, stream: int, number: int) -> None:
        if number in self.refused:
            return link.page(stream, number)
        self.refused.add(number)
        return link.h2.reset_stream(stream, ErrorCodes.REFUSED_STREAM)


class EarlyEnd(Script):
    """A reset behind a whole answer: nothing more of the request is wanted (RFC 9113, 8.1)."""

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.page(stream, number)
        link.raw(RstStreamFrame(stream, ErrorCodes.NO_ERROR))


class Late(Script):
    """Data and fields for streams that have ended (some proxies do it when they are told to stop too late)."""

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.page(stream, number)
        link.raw(WindowUpdateFrame(stream, 10), PriorityFrame(stream, 0, 10), RstStreamFrame(stream, ErrorCodes.CANCEL))


class OneAtATime(Script):
    settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 1}

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.waiting.append((stream, number))

    def after(self, link: Link) -> None:
        for stream, number in link.waiting:
            link.page(stream, number)
        link.waiting.clear()


class ClosedAtFirst(Script):
    """No stream for a while, then all."""

    settings = {SettingCodes.MAX_CONCURRENT_STREAMS: 0}

    def greet(self, link: Link) -> None:
        time.sleep(0.2)
        link.say_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 100})


class Restless(Script):
    """Its settings change with every request: tables, windows, frames, streams."""

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.say_settings({SettingCodes.HEADER_TABLE_SIZE: (0, 4096, 100)[number % 3],
                           SettingCodes.INITIAL_WINDOW_SIZE: (1, 65535, 2**20)[number % 3],
                           SettingCodes.MAX_FRAME_SIZE: (16384, 2**24 - 1, 20000)[number % 3],
                           SettingCodes.MAX_CONCURRENT_STREAMS: number % 3 + 1})
        link.h2.ping(b"restless")
        link.page(stream, number)


def unknown_frame(stream: int) -> ExtensionFrame:
    frame = ExtensionFrame(0xBE, stream, 0xFF, b"grease")
    frame.body_len = len(frame.body)  # hyperframe counts it only in what it has parsed
    return frame


class Drip(Script):
    """A byte a frame, padded, with pings, unknown frames and empty ones in between."""

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.head(stream)
        for byte in link.server.body(number):
            link.h2.send_data(stream, bytes([byte]), pad_length=byte % 7)
            if byte % 16 == 0:
                link.raw(unknown_frame(stream), PriorityFrame(stream, 0, 10))
                link.h2.ping(b"dripping")
                link.flush()
                time.sleep(0.001)
        link.h2.send_data(stream, b"", end_stream=True)


class Interleaved(Script):
    """All answers at once, the last request's first, some bytes of each in turn."""

    def answer(self, link: Link, stream: int, number: int) -> None:
        link.waiting.append((stream, number))

    def after(self, link: Link) -> None:
        link.waiting.sort(reverse=True)
        for stream, _ in link.waiting:
            link.head(stream)
        longest = max((len(link.server.body(number)) for _, number in link.waiting), default=0)
        for begin in range(0, longest, 7):
            for stream, number in link.waiting:
                link.h2.send_data(stream, link.server.body(number)[begin : begin + 7])
        for stream, _ in link.waiting:
            link.h2.end_stream(stream)
        link.waiting.clear()


class Ornate(Script):
    """Hints first, a head in seven pieces, trailers. (nghttp2 takes eight of them for an attack.)"""

    def answer(self, link: Link, stream: int, number: int) -> None:
        hints = link.raw_head(stream, (":status", "103"), ("link", "</style.css>; rel=preload"))
        block = link.h2.encoder.encode([(":status", "200"), ("server", "ornate"), ("content-type", "application/json")])
        cuts = [0, 1, 2, 3, 4, 5, 6, len(block)]
        parts = [ContinuationFrame(stream, block[begin:end]) for begin, end in zip(cuts[1:], cuts[2:])]
        parts[-1].flags.add("END_HEADERS")
        trailers = link.raw_head(stream, ("x-check", "fine"), flags=("END_HEADERS", "END_STREAM"))
        link.raw(hints, HeadersFrame(stream, block[:1]), *parts, link.raw_data(stream, link.server.body(number)), trailers)
