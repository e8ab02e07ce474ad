"""The floor: a bare Scrapy spider that downloads given pages and keeps nothing."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(scrapy.Spider):
    """Asks for each address of a file, once."""

    name = "bare"

    def __init__(self, urls: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._urls = Path(urls).read_text(encoding="utf-8").split()

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self._urls:
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Nothing is done with the page."""


if __name__ == "__main__":
    settings = {
        "LOG_LEVEL": "WARNING",
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "ROBOTSTXT_OBEY": False,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(BareSpider, urls=sys.argv[1])
    process.start()
