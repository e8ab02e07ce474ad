"""A progress line on a terminal; nothing at all without one (cron's mail stays short)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from jimo_crawler.items import Visit

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Progress:
    """Counts outcomes as they are stored, with rich."""

    def __init__(self, crawler: Crawler) -> None:
        if not sys.stderr.isatty() or crawler.settings.get("LOG_FILE"):
            raise NotConfigured
        from rich.console import Console
        from rich.progress import Progress as Bar
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        self._counts: dict[str, int] = {}
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("starting …", total=None)
        crawler.signals.connect(self.start, signals.spider_opened)
        crawler.signals.connect(self.count, signals.item_scraped)
        crawler.signals.connect(self.stop, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        return cls(crawler)

    def start(self) -> None:
        """Signal handler."""
        self._bar.start()

    def count(self, item: Visit) -> None:
        """Signal handler: one more Visit is stored."""
        self._counts[item.outcome] = self._counts.get(item.outcome, 0) + 1
        said = ", ".join(f"{count} {outcome}" for outcome, count in self._counts.items())
        self._bar.update(self._task, description=said)

    def stop(self) -> None:
        """Signal handler."""
        self._bar.stop()
