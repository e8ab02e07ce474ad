"""The demo portal as it stood on any day: ``build(day)``."""

from __future__ import annotations

from functools import lru_cache

from jimo_crawler.demo import LAST_DAY, events
from jimo_crawler.demo.answer import Answer, Site
from jimo_crawler.demo.plan import day_start
from jimo_crawler.demo.site import Assembler
from jimo_crawler.demo.truth import Truth

__all__ = ["LAST_DAY", "Answer", "Site", "Truth", "build", "day_start"]


@lru_cache(maxsize=4)
def build(day: int = 0, *, articles: int | None = None) -> Site:
    """The portal on *day* (0 to LAST_DAY); *articles* adds older stories until there are about that many.

    The same arguments always give the same bytes. Raises ValueError for a day that the portal does not know.
    """
    if not 0 <= day <= LAST_DAY:
        raise ValueError(f"the demo portal knows day 0 to {LAST_DAY}, not {day}")
    return Assembler(day, events.until(day, articles)).assemble()
