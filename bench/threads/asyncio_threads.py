"""asyncio's line in bench/threads: `asyncio_threads.py <case> <n> <size>`.

asyncio has no channel between threads. What stands in for one: a queue on the
receiver's loop that is filled by call_soon_threadsafe, and a semaphore for the room in it.
"""
import asyncio
import json
import sys
import threading
import time


class Sender:
    """A thread with a loop. `room` is that loop's: the receiver gives a slot back by a call there."""

    def __init__(self, n, size, loop, queue):
        self.n, self.size, self.receivers_loop, self.queue = n, size, loop, queue
        self.started = threading.Event()

    async def send(self):
        self.loop, self.room, self.over = asyncio.get_running_loop(), asyncio.Semaphore(self.size), asyncio.Event()
        self.started.set()
        for i in range(self.n):
            await self.room.acquire()
            self.receivers_loop.call_soon_threadsafe(self.queue.put_nowait, i)
        self.receivers_loop.call_soon_threadsafe(self.queue.put_nowait, None)
        await self.over.wait()


async def channel(n, size):
    """From a loop on another thread."""
    queue = asyncio.Queue()
    sender = Sender(n, size, asyncio.get_running_loop(), queue)
    thread = threading.Thread(target=lambda: asyncio.run(sender.send()))
    thread.start()
    sender.started.wait()
    total = 0
    while (item := await queue.get()) is not None:
        total += item
        sender.loop.call_soon_threadsafe(sender.room.release)
    sender.loop.call_soon_threadsafe(sender.over.set)
    thread.join()
    return total


def one():
    return 1


async def call_in_turn(n, _size):
    total = 0
    for _ in range(n):
        total += await asyncio.to_thread(one)
    return total


async def call_at_once(n, size):
    total = 0
    for _ in range(n // size):
        total += sum(await asyncio.gather(*(asyncio.to_thread(one) for _ in range(size))))
    return total


async def post(n, size):
    loop, done, made = asyncio.get_running_loop(), asyncio.Event(), [0]

    def count():
        made[0] += 1
        if made[0] == n // size * size:
            done.set()

    def post_all():
        for _ in range(n // size):
            loop.call_soon_threadsafe(count)

    threads = [threading.Thread(target=post_all) for _ in range(size)]
    for thread in threads:
        thread.start()
    await done.wait()
    for thread in threads:
        thread.join()
    return made[0]


CASES = {"channel": channel, "call": call_in_turn, "burst": call_at_once, "post": post}


def main():
    case, n, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    wall, cpu = time.perf_counter(), time.process_time()
    total = asyncio.run(CASES[case](n, size))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"case": case, "n": n, "seconds": wall, "cpu_seconds": cpu, "sum": total}))


if __name__ == "__main__":
    main()
