#!/usr/bin/env python3
"""The same as generators.cpp in CPython: nanoseconds per item, one line of JSON, {"name": [ns, ...]}.

    generators.py [ITEMS [ROUNDS]]      default: 200000 items, 5 rounds
"""
import json
import sys
import time


class Counter:
    """What one writes by hand instead of a generator."""

    def __init__(self, end):
        self.value = -1
        self.end = end

    def __iter__(self):
        return self

    def __next__(self):
        self.value += 1
        if self.value == self.end:
            raise StopIteration
        return self.value


def numbers(end):
    i = 0
    while i < end:
        yield i
        i += 1


def nested(end, depth):
    if depth == 0:
        i = 0
        while i < end:
            yield i
            i += 1
    else:
        yield from nested(end, depth - 1)


def sums():
    total = 0
    while True:
        total += yield total


def by_loop(source, total=0):
    for number in source:
        total += number
    return total


def by_next(generator):
    total = 0
    while (number := next(generator, None)) is not None:
        total += number
    return total


def by_send(items):
    generator = sums()
    total = next(generator)
    for i in range(items):
        total = generator.send(i)
    return total


def measure(items, work):
    begin = time.perf_counter_ns()
    total = work()
    took = time.perf_counter_ns() - begin
    assert total == items * (items - 1) // 2, total
    return took / items


def by_from(items, depth):
    generator = nested(items, depth)
    first = next(generator)  # builds the chain before the clock starts
    return measure(items, lambda: by_loop(generator, first))


def main():
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    sys.setrecursionlimit(10_000)
    figures = {}
    for _ in range(rounds):
        run = {
            "iterator": lambda: measure(items, lambda: by_loop(Counter(items))),
            "loop": lambda: measure(items, lambda: by_loop(numbers(items))),
            "next": lambda: measure(items, lambda: by_next(numbers(items))),
            "send": lambda: measure(items, lambda: by_send(items)),
            **{f"from {depth}": lambda depth=depth: by_from(items, depth) for depth in (1, 10, 100, 1000)},
        }
        for name, one in run.items():
            figures.setdefault(name, []).append(one())
    print(json.dumps(figures))


main()
