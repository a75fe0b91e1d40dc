"""Peer: httpx.AsyncClient. Fetches PAGES pages over CONNECTIONS connections, every body read in full."""
import asyncio
import json
import sys
import time

import httpx


async def worker(client, urls, indices):
    """Takes the next index until there is none; returns (pages, bytes) that it received."""
    pages = size = 0
    for index in indices:
        response = await client.get(urls[index % len(urls)])
        response.raise_for_status()
        size += len(response.content)
        pages += 1
    return pages, size


async def main(base_url, total_pages, connections):
    urls = [f"{base_url}/page-{number}.json" for number in range(1, 101)]
    indices = iter(range(total_pages))
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        start = time.perf_counter()
        results = await asyncio.gather(*(worker(client, urls, indices) for _ in range(connections)))
        seconds = time.perf_counter() - start
    pages, size = map(sum, zip(*results))
    print(json.dumps({"pages": pages, "bytes": size, "seconds": seconds, "version": f"httpx {httpx.__version__}"}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
