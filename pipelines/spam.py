"""Injected text: judged line by line, taken out, and kept aside (``removed_text``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Visit
from jimo_crawler.text import spam
from pipelines import Stats

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class SpamFilter:
    """Thin hook over ``text/spam.py``: a report about spam is not spam, a page of nothing else is a takeover."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SpamFilter:
        assert crawler.stats is not None
        return cls(crawler.stats)

    def process_item(self, visit: Visit) -> Visit:
        if visit.page is None:
            return visit
        cleaned = spam.clean(visit.page.article, visit.page.around)
        if visit.outcome is Outcome.NOT_ARTICLE and (cleaned.takeover or not cleaned.article.blocks):
            return replace(visit, page=None)
        self._stats.inc_value("jimo/spam/removed", len(cleaned.removed))
        page = replace(visit.page, article=cleaned.article)
        visit = replace(visit, page=page, removed=cleaned.removed)
        if cleaned.takeover:
            self._stats.inc_value("jimo/spam/takeover")
            message = "the page has been taken over by spam"
            failure = Failure(stage=Stage.PARSE, reason=Reason.HIJACKED, message=message)
            return replace(
                visit, outcome=Outcome.HIJACKED, failures=(*visit.failures, failure), message=message
            )
        if not page.article.blocks and not page.article.images and visit.outcome is Outcome.ARTICLE:
            failure = Failure(
                stage=Stage.PARSE, reason=Reason.EMPTY, message="nothing is left of the body without spam"
            )
            return replace(visit, outcome=Outcome.NOT_ARTICLE, failures=(*visit.failures, failure))
        return visit
