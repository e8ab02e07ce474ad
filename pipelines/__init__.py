"""Item pipelines: thin hooks, in the order of ITEM_PIPELINES. Replay drives the same classes without Scrapy."""

from __future__ import annotations

from typing import Protocol


class Stats(Protocol):
    """What a stage counts with: Scrapy's stats collector, or a replay's."""

    def inc_value(self, key: str, count: int = 1, start: int = 0) -> None:
        """Add *count* to *key*."""
