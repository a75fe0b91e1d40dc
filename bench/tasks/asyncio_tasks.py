"""asyncio's line in bench/tasks: the same cases as trawl_tasks.cpp. Usage: asyncio_tasks.py <case> <n> <size>."""
import asyncio
import json
import platform
import sys
import time


async def hand_over(n, capacity):
    queue = asyncio.Queue(capacity)

    async def produce():
        for i in range(n):
            await queue.put(i)

    async def consume():
        total = 0
        for _ in range(n):
            total += await queue.get()
        return total

    async with asyncio.TaskGroup() as group:
        group.create_task(produce())
        consumer = group.create_task(consume())
    return consumer.result()


async def spawn_and_join(n, batch):
    ended = 0

    async def end_at_once():
        nonlocal ended
        ended += 1

    for _ in range(0, n, batch):
        async with asyncio.TaskGroup() as group:
            for _ in range(batch):
                group.create_task(end_at_once())
    return ended


async def number(i):
    return i


async def gather_numbers(n, batch):
    in_place = 0
    for _ in range(0, n, batch):
        results = await asyncio.gather(*[number(i) for i in range(batch)])
        in_place += sum(result == i for i, result in enumerate(results))
    return in_place


async def sleep_all(n, milliseconds):
    woken = 0

    async def sleep():
        nonlocal woken
        await asyncio.sleep(milliseconds / 1000)
        woken += 1

    await asyncio.gather(*[sleep() for _ in range(n)])
    return woken


CASES = {"switch": hand_over, "spawn": spawn_and_join, "gather": gather_numbers, "asleep": sleep_all}


def memory_bytes(line):
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(text.split()[1]) * 1024 for text in status if text.startswith(line))


async def measured(case, n, size):
    """The figures of one case; the loop is made before the clock starts."""
    memory, wall, cpu = memory_bytes("VmRSS:"), time.perf_counter(), time.process_time()
    total = await CASES[case](n, size)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    grown = memory_bytes("VmHWM:") - memory
    return {"case": case, "n": n, "ns_per_op": cpu / n * 1e9, "seconds": wall, "cpu_seconds": cpu,
            "bytes_per_task": grown / n, "sum": total, "version": platform.python_version()}


print(json.dumps(asyncio.run(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
