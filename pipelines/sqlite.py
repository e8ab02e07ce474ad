"""The last stage: a Visit and all that came of it, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jimo_crawler.errors import StorageFailed
from jimo_crawler.fetching.run import run_of
from jimo_crawler.items import Visit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class SqliteWriter:
    """Thin hook over ``archive/store.py``; a disk or database that fails ends the run."""

    def __init__(self, crawler: Crawler) -> None:
        self._run = run_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SqliteWriter:
        return cls(crawler)

    def process_item(self, visit: Visit) -> Visit:
        try:
            return self._run.save(visit)
        except (
            StorageFailed
        ):  # the run remembers it, asks nothing more, and ends with a line and a status of its own
            return visit
