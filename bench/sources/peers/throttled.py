"""Scrapy with AutoThrottle, everything else as it comes. URL, seconds, pages."""
import scrapy
from measured import Count
from scrapy.crawler import CrawlerProcess


class Pages(scrapy.Spider):
    name = "pages"
    count = None

    async def start(self):
        for page in range(1, self.count.all_pages + 1):
            yield scrapy.Request(f"{self.count.url}?page={page}", errback=self.failed)

    def parse(self, response):
        self.count.take(response.json()["items"])

    def failed(self, _):
        self.count.lost += 1


def main():
    count = Pages.count = Count()
    settings = {"AUTOTHROTTLE_ENABLED": True, "CLOSESPIDER_TIMEOUT": count.seconds, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Pages)
    process.crawl(crawler)
    process.start()
    stats = crawler.stats.get_stats()
    count.refused = sum(stats.get(f"downloader/response_status_count/{status}", 0) for status in (429, 503))
    count.report()


main()
