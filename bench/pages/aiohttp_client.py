"""Peer: aiohttp (--uvloop: on uvloop). Fetches PAGES pages over CONNECTIONS connections, every body read in full."""
import argparse
import asyncio
import json
import time

import aiohttp


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("base_url")
    parser.add_argument("pages", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("--uvloop", action="store_true")
    return parser.parse_args()


async def worker(session, urls, indices):
    """Takes the next index until there is none; returns (pages, bytes) that it received."""
    pages = size = 0
    for index in indices:
        async with session.get(urls[index % len(urls)]) as response:
            response.raise_for_status()
            size += len(await response.read())
            pages += 1
    return pages, size


async def main(options):
    urls = [f"{options.base_url}/page-{number}.json" for number in range(1, 101)]
    indices = iter(range(options.pages))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=options.connections)) as session:
        start = time.perf_counter()
        results = await asyncio.gather(*(worker(session, urls, indices) for _ in range(options.connections)))
        seconds = time.perf_counter() - start
    pages, size = map(sum, zip(*results))
    print(json.dumps({"pages": pages, "bytes": size, "seconds": seconds, "version": f"aiohttp {aiohttp.__version__}"}))


if __name__ == "__main__":
    chosen = arguments()
    if chosen.uvloop:
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(main(chosen))
