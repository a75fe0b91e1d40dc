"""Scrapy with AutoThrottle, everything else as it comes. URL, seconds, pages."""
import os

import scrapy
from measured import Count
from scrapy import signals
from scrapy.crawler import CrawlerProcess


class Pages(scrapy.Spider):
    name = "pages"
    count = None

    async def start(self):
        for page in range(1, self.count.all_pages + 1):
            if self.crawler.engine.needs_backout():  # all requests at once would keep it busy for seconds
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            yield scrapy.Request(f"{self.count.url}?page={page}", errback=self.failed)

    def parse(self, response):
        self.count.take(len(response.json()["items"]))

    def failed(self, _):
        self.count.lost += 1


def end(count):
    """At once: a spider that is asked to close waits for all that its delay holds back."""
    count.report()
    os._exit(0)


def main():
    count = Pages.count = Count()
    process = CrawlerProcess({"AUTOTHROTTLE_ENABLED": True, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False})
    process.crawl(Pages)
    from twisted.internet import reactor  # which Scrapy has chosen by now

    reactor.callLater(count.seconds, end, count)
    process.start()
    end(count)


main()
