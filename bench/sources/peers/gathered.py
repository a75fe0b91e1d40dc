"""All pages gathered by aiohttp, with its default of 100 connections: what async texts teach. URL, seconds, pages."""
import asyncio

import aiohttp
from measured import Count


async def get_page(session, count, page):
    try:
        async with session.get(count.url, params={"page": page}) as response:
            response.raise_for_status()
            count.take((await response.json())["items"])
    except aiohttp.ClientResponseError as error:
        count.refused += error.status in (429, 503)
        count.lost += 1


async def main():
    count = Count()
    async with aiohttp.ClientSession() as session:
        pages = asyncio.gather(*(get_page(session, count, page) for page in range(1, count.all_pages + 1)))
        try:
            await asyncio.wait_for(pages, count.seconds)
        except TimeoutError:
            pass
    count.report()


asyncio.run(main())
