"""The arrow of layers, where third-party names may stand, how long things may be, what nobody uses."""

import posixpath
import re
import statistics

from .rule import rule

FILE_LINES = 600
FUNCTION_LINES = 70
MEDIAN_GOAL, P90_GOAL = 10, 40

# A third-party name: how it is included, how its names begin, and the layers that it is confined to.
THIRD_PARTY = (
    (r"fmt/", r"fmt::", ("base",)),
    (r"liburing", r"io_uring_", ("loop",)),
    (r"openssl/(?!evp|pem|bio|bn|ec|err|rsa)", r"(?:SSL|X509)_\w+\(", ("net",)),
    (r"openssl/(?:evp|pem|bio|bn|ec|err|rsa)", r"(?:EVP|BIO|PEM)_\w+\(", ("net", "http")),
    (r"ares(?:_\w+)?\.h", r"ares_\w+\(", ("net",)),
    (r"llhttp", r"llhttp_", ("http",)),
    (r"boost/", r"boost::", ("http",)),
    (r"nghttp2/", r"nghttp2_", ("http",)),
    (r"(?:zlib|zstd)\.h|brotli/", r"(?:inflate|deflate|BrotliDecoder|ZSTD)\w+\(", ("http",)),
    (r"libpsl\.h", r"psl_\w+\(", ("http",)),
    (r"simdjson", r"simdjson::", ("http", "fetch", "lake")),
    (r"xxhash\.h", r"XXH\w+\(", ("fetch",)),
    (r"toml\+\+/", r"toml::", ("fetch",)),
    (r"duckdb\.h", r"duckdb_\w+", ("lake",)),
    (r"CLI/", r"CLI::", ("cli",)),
)


def layer_of(path):
    found = re.match(r"(?:include/trawl|src|test)/(\w+)/", path)
    return found.group(1) if found else None


@rule("layers", "base -> coro -> loop -> sync -> net -> http -> {fetch, lake} -> pull -> cli: a layer includes only itself "
      "and what stands to its left", whole=True)
def layers(project):
    seen = project.layers
    for source in project.cpp:
        word = layer_of(source.path)
        for line, name, _ in source.includes:
            target = re.match(r"trawl/(?:(\w+)/|(trawl)\.hpp)", name)
            if word not in seen or not target:
                continue
            if target.group(2) or target.group(1) not in seen[word]:
                yield source, source.lines[line - 1], f"{word} includes {name}"


@rule("third-party", "a third-party name stays in its layer and out of public headers, so that it can be replaced there")
def third_party(source):
    word = layer_of(source.path)
    if word is None or word in ("canary", "tidy"):
        return
    public = source.path.startswith("include/")
    if source.path == "include/trawl/base/format.hpp":
        return
    for include, names, allowed in THIRD_PARTY:
        if word in allowed and not public:
            continue
        where = "in a public header" if public else f"in {word}"
        for line, name, _ in source.includes:
            if re.match(include, name):
                yield source.lines[line - 1], f"<{name}> {where}"
        for found in re.finditer(rf"(?<![\w:]){names}", source.code):
            yield found.start(), f"{found.group()} {where}"


@rule("header-opening", "a header opens with a sentence that says what it is for, then #pragma once",
      applies=lambda source: source.path.endswith(".hpp"))
def header_opening(source):
    if not re.match(r"///? ?\S", source.text):
        yield 0, "no sentence of purpose at the top"
    if not re.search(r"^#pragma once$", source.text, re.M):
        yield 0, "no #pragma once"
    elif source.uncommented.lstrip()[:12] != "#pragma once":
        yield 0, "#pragma once is not the first thing after the opening comment"


@rule("file-length", f"no file over {FILE_LINES} lines: one idea a file",
      applies=lambda source: source.path.endswith((".cpp", ".hpp", ".py", ".sh", ".txt", ".cmake")) or "scripts/" in source.path)
def file_length(source):
    lines = source.text.count("\n")
    if lines > FILE_LINES:
        yield 0, f"{lines} lines"


def function_lines(source, function):
    return source.line(function.end) - source.line(function.start) + 1


@rule("function-length", f"no function over {FUNCTION_LINES} lines: name its steps")
def function_length(source):
    for function in source.functions:
        lines = function_lines(source, function)
        if lines > FUNCTION_LINES:
            yield function.start, f"{function.name} has {lines} lines"


def lengths(project):
    """(number of functions, their median length, their 90th percentile, the longest)"""
    found = sorted(function_lines(source, function) for source in project.cpp for function in source.functions)
    if not found:
        return 0, 0, 0, 0
    return len(found), statistics.median(found), found[min(len(found) - 1, int(len(found) * 0.9))], found[-1]


@rule("function-lengths", f"functions are short: median at most {MEDIAN_GOAL} lines, 90th percentile at most {P90_GOAL}",
      whole=True)
def function_lengths(project):
    _, median, p90, _ = lengths(project)
    if project.cpp and (median > MEDIAN_GOAL or p90 > P90_GOAL):
        yield project.cpp[0], 0, f"over the whole project: median {median}, 90th percentile {p90}"


@rule("dead-header", "a header that nobody includes is a header that nobody needs, or was forgotten in <trawl/trawl.hpp>",
      whole=True)
def dead_header(project):
    included = {posixpath.normpath(name) for source in project.cpp for _, name, _ in source.includes
                if not (source.path.startswith("include/") and source.path.endswith("/" + name))}
    for source in project.cpp:
        if not source.path.endswith(".hpp") or source.path == "include/trawl/trawl.hpp":
            continue
        parts = source.path.split("/")
        if not any("/".join(parts[first:]) in included for first in range(len(parts))):
            yield source, 0, "nobody includes it"


@rule("dead-doc", "a document that nothing links to is not read", whole=True)
def dead_doc(project):
    roots = ("README.md", "CONTRIBUTING.md")
    for source in project.sources:
        if not source.path.endswith(".md") or source.path in roots:
            continue
        folder, name = posixpath.split(source.path)
        if name == "README.md":
            name = folder  # it is found by whoever is sent to its folder
        outside = [other for other in project.sources if other is not source and other.path.endswith((".md", ".txt", ".hpp"))]
        if not any(name in other.text for other in outside):
            yield source, 0, "nothing links to it"


@rule("doc-snippet", "C++ that a document shows is a file that CI compiles and runs: <!-- examples/name.cpp --> names it", whole=True)
def doc_snippet(project):
    texts = {source.path: source.text for source in project.sources}
    for source in project.sources:
        if not source.path.endswith(".md"):
            continue
        for block in re.finditer(r"(?:<!-- (\S+) -->\n)?```cpp\n(.*?)```", source.text, re.S):
            name, shown = block.groups()
            if name is None:
                yield source, block.start(), "a snippet without a file"
            elif shown not in texts.get(name, ""):
                yield source, block.start(), f"{name} says something else"
