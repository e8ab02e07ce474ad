"""Script and annotations: every text of an article gets its Simplified form beside the published one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jimo_crawler.items import Visit
from jimo_crawler.text import normal
from pipelines import Stats

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Normalise:
    """Thin hook over ``text/normal.py``."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Normalise:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, visit: Visit) -> Visit:
        if visit.page is None:
            return visit
        page = normal.normalise(visit.page)
        if page.article.script:
            self._stats.inc_value(f"jimo/script/{page.article.script}")
        return replace(visit, page=page)
