"""What becomes of a page on its way: each changes an answer that is a page. Quirks by name, as the gates are."""

import gzip
import json

from rig.mock.wire import Answer, Request


def bom(source, request: Request, answer: Answer, _) -> None:
    answer.raw = b"\xef\xbb\xbf" + answer.body()


def nan(source, request: Request, answer: Answer, _) -> None:
    """Python's json.dumps writes it, and no JSON has it."""
    answer.raw = answer.body().replace(b'"kind": "a"', b'"kind": "a", "score": NaN', 1)


def duplicate_keys(source, request: Request, answer: Answer, _) -> None:
    """RFC 8259 section 4: what a receiver makes of it is unpredictable."""
    answer.raw = answer.body().replace(b'"kind": "a"', b'"kind": "a", "kind": "b"')


def lines(source, request: Request, answer: Answer, _) -> None:
    """NDJSON: a row a line."""
    rows = answer.value if isinstance(answer.value, list) else answer.value["items"]
    answer.raw = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    answer.content_type = "application/x-ndjson"


def gzipped(source, request: Request, answer: Answer, _) -> None:
    """Also for who did not ask for it."""
    answer.raw = gzip.compress(answer.body())
    answer.headers["Content-Encoding"] = "gzip"


def truncates_once(source, request: Request, answer: Answer, nth: int) -> None:
    """The answer to the `nth` request breaks off."""
    if source.asked == nth:
        answer.cut = len(answer.body()) // 2


def truncates_always(source, request: Request, answer: Answer, page: int) -> None:
    if request.params("page") == [str(page)]:
        answer.cut = len(answer.body()) // 2


def content_type(source, request: Request, answer: Answer, value: str) -> None:
    answer.content_type = value


def charset(source, request: Request, answer: Answer, name: str) -> None:
    """Not UTF-8, which JSON must be (RFC 8259 section 8.1)."""
    answer.raw = answer.body().replace(b"row 1\"", "rôw 1\"".encode(name))


def null_row(source, request: Request, answer: Answer, page: int) -> None:
    """A null among the rows of a page."""
    if request.params("page") == [str(page)]:
        answer.value["items"][2] = None


def blanks(source, request: Request, answer: Answer, _) -> None:
    """Blank lines before and behind, as some templates leave them."""
    answer.raw = b"\r\n\n  " + answer.body() + b"\n\n\n"


def trailing_garbage(source, request: Request, answer: Answer, page: int) -> None:
    """A second document behind the first, as a debugging line leaves it."""
    if request.params("page") == [str(page)]:
        answer.raw = answer.body() + b"\n<!-- 12 queries -->"


BODIES = {change.__name__: change for change in
          (bom, nan, duplicate_keys, lines, gzipped, truncates_once, truncates_always, content_type, charset, null_row,
           blanks, trailing_garbage)}
