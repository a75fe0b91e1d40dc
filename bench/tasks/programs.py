"""The cases of bench/tasks and the programs that do them: trawl's and its peers'.

A program is called as `<program> <case> <n> <size>` and prints one JSON line. `<case>:<idiom>` is another way to do a
case: of a peer's idioms the best one counts.
"""
import pathlib
import re
import shutil

HERE = pathlib.Path(__file__).resolve().parent
DEPS = HERE.parents[1] / ".deps"


class Case:
    """`n` operations, in units of `size` where `batched`; `sum_of(n)` is what a program that did them all prints.

    `call` is the case as the programs know it. What is not `judged` is printed and decides nothing.
    """

    def __init__(self, name, what, n, size, sum_of=lambda n: n, batched=False, call=None, judged=True):
        self.name = name
        self.call = call or name
        self.judged = judged
        self.what = what
        self.n = n
        self.size = size
        self.sum_of = sum_of
        self.batched = batched

    def numbers(self, scale, share):
        """(n, size) for a share of the work. n is a multiple of a batch; a program's own share makes none smaller."""
        n = max(1, round(self.n * scale * share))
        if not self.batched:
            return n, self.size
        size = min(self.size, max(1, round(self.n * scale)))
        return -(-n // size) * size, size


class Program:
    def __init__(self, name, command, idioms=None, share=1.0, version=None):
        self.name = name
        self.command = [str(word) for word in command]
        self.idioms = idioms or {}
        self.share = share  # of the operations: slow ones do fewer
        self.version = version or (None, "")  # (a file, the pattern in it)

    def missing(self):
        return None if all(shutil.which(word) or pathlib.Path(word).exists() for word in self.command) else self.command[-1]

    def version_found(self):
        """The peer's version as the file says that it was built from, or None."""
        path, pattern = self.version
        if path is None or not pathlib.Path(path).exists():
            return None
        found = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8"))
        return found and found[1]

    def ways(self, case):
        """The names of the case to call it by: the plain one and its other idioms."""
        return [case.call, *(f"{case.call}:{idiom}" for idiom in self.idioms.get(case.call, []))]


def all_cases(asleep_ms):
    return [
        Case("switch", "items handed over by a queue of capacity 1, ns per item", 1_000_000, 1, lambda n: n * (n - 1) // 2),
        Case("spawn", "tasks spawned that end at once, joined by 1,000, ns per task", 1_000_000, 1_000, batched=True),
        Case("gather", "results of gathers of 100,000 ready tasks, ns per task", 1_000_000, 100_000, batched=True),
        Case("first-gather", "the same, only the first one: its memory is new to the process", 100_000, 100_000,
             batched=True, call="gather", judged=False),
        Case("asleep", f"tasks asleep at once for {asleep_ms} ms, bytes per task", 1_000_000, asleep_ms),
    ]


def all_programs(build):
    """Every program, trawl first; `build` is the folder of the CMake build that holds our own."""
    return [
        Program("trawl", [build / "bench/tasks/bench_tasks"], {"asleep": ["group", "virtual"]}),
        Program("Boost.Asio", [DEPS / "bench_asio"], {"switch": ["deferred", "trying"], "gather": ["parallel-group"]},
                version=("/usr/include/boost/version.hpp", r'BOOST_LIB_VERSION "(\w+)"')),
        Program("tokio", [DEPS / "bench_tokio"], {
            "switch": ["main", "local", "unconstrained"], "spawn": ["join-set", "local"], "gather": ["spawned"]},
            version=(DEPS / "bench_tokio_source/Cargo.lock", r'name = "tokio"\nversion = "([^"]+)"')),
        Program("asyncio", ["/usr/bin/python3", HERE / "asyncio_tasks.py"], share=1 / 10),
    ]
