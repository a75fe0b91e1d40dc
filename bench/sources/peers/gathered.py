"""aiohttp with its default of 100 connections, and as many workers that take the next page each. URL, seconds, pages."""
import asyncio

import aiohttp
from measured import Count


async def get_page(session, count, page):
    async with session.get(count.url, params={"page": page}) as response:
        count.refused += response.status in (429, 503)
        if response.ok:
            count.take(len((await response.json())["items"]))
        else:
            count.lost += 1


async def work(session, count, pages):
    for page in pages:
        if count.is_over():
            break
        await get_page(session, count, page)


async def main():
    count = Count()
    pages = iter(range(1, count.all_pages + 1))
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work(session, count, pages) for _ in range(100)))
    count.report()


asyncio.run(main())
