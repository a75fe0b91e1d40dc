"""Words that are not written here, and where they are allowed."""

import re

from .rule import rule

# (rule, pattern, the folders that it holds in, reason). The pattern is sought in code: comments and literals are blank.
BANS = (
    ("no-std-format", r"#\s*include\s*<(?:format|print|generator)>", ("",),
     "g++ 12 does not have it: text is made by trawl::format (trawl/base/format.hpp), Generator is ours"),
    ("no-iostream", r"#\s*include\s*<(?:iostream|ostream|sstream|fstream|iomanip)>", ("include/", "src/"),
     "slow to compile and to run, and locale-dependent: use trawl::format, and files through the net and lake layers"),
    ("no-output-in-library", r"\bstd::(?:cerr|cout|clog|puts|printf|fprintf)\b|(?<![\w.:>])(?:v?f?printf|puts|perror)\s*\(",
     tuple(f"{tree}/{word}" for tree in ("include/trawl", "src")
           for word in ("base", "coro", "loop", "sync", "net", "http", "fetch", "lake", "pull")),
     "a library does not write on its caller's terminal: throw, or return it; only cli prints"),
    ("no-using-namespace", r"\busing\s+namespace\s+(?!std::(?:\w+_)?literals\b|std::(?:literals::)?\w+_literals\b|"
     r"trawl::literals\b)", ("include/", "src/", "test/", "bench/"),
     "names should say where they come from; literals are the exception"),
    ("no-using-namespace-in-header", r"\busing\s+namespace\b", ("include/",),
     "a header must not decide this for whoever includes it"),
    ("no-macro", r"^[ \t]*#[ \t]*define\b(?!\s+_(?:GNU|POSIX_C|DEFAULT)_SOURCE\b)", ("include/", "src/", "bench/", "examples/"),
     "no macros as syntax: a constexpr, a template or a function says it with types"),
    ("no-sleep", r"\b(?:sleep_for|usleep|nanosleep)\s*\(|\bthis_thread::sleep|(?<![\w:.>])::sleep\s*\(",
     ("include/", "src/", "test/"),
     "a sleeping thread is a stopped loop, and a test that sleeps is slow or flaky: use sleep() on the virtual clock, or an Event"),
    ("no-raw-throw-of-std", r"\bthrow\s+std::(?:runtime_error|exception|logic_error)\b", ("include/", "src/"),
     "what trawl throws derives from trawl::Error (trawl/base/error.hpp)"),
    ("no-relative-include", r'#\s*include\s*"(?:[^"\n]*/)?\.\./', ("",),
     "a relative path walks around the layers' include paths"),
)


def _ban(name, pattern, folders, reason):
    compiled = re.compile(pattern, re.M)
    text = "uncommented" if "include" in pattern else "code"

    @rule(name, reason, applies=lambda source: source.is_cpp and source.path.startswith(folders))
    def find(source):
        for found in compiled.finditer(getattr(source, text)):
            yield found.start(), found.group().strip()


for ban in BANS:
    _ban(*ban)


@rule("catch-all", "an error that is caught and forgotten is data that is lost: rethrow, keep std::current_exception(), or "
      "say on the spot why it may go (`// ignored: why`)")
def catch_all(source):
    for found in re.finditer(r"\bcatch\s*\(\s*\.\.\.\s*\)\s*\{", source.code):
        brace = found.end() - 1
        end = source.pairs.get(brace, brace)
        handled = re.search(r"\bthrow\b|current_exception|\b(?:std::)?(?:terminate|abort|_exit|exit)\s*\(", source.code[brace:end])
        if not handled and not re.search(r"//\s*ignored: \S", source.text[brace:end]):
            yield found.start(), "catch (...) without a rethrow"


@rule("nolint-reason", "a silenced warning names the warning and says why: NOLINT(the-check): reason")
def nolint_reason(source):
    for found in re.finditer(r"NOLINT\w*(?!\w)(?!\([^)\s]+\): \S)", source.text):
        yield found.start(), "NOLINT without a reason"


def _is_ours(source):
    return not source.path.startswith(("scripts/tidying/", "test/tidy/")) and source.path != "LICENSE"


@rule("no-todo", "what is left to do is an issue; in the code it is forgotten", applies=_is_ours)
def no_todo(source):
    for found in re.finditer(r"\b(?:TODO|FIXME|XXX|HACK)\b", source.text):
        yield found.start(), found.group()


@rule("no-machine", "the project speaks of itself alone: no path of one machine, no address of a package registry", applies=_is_ours)
def no_machine(source):
    paths = r"(?<![\w.\-/}])/home/\w+/"
    addresses = r"https?://[\w.-]*\b(?:registry|packages|mirrors?)\.[\w.-]+"
    for found in re.finditer(f"{paths}|{addresses}", source.text):
        yield found.start(), found.group()
