"""Scrapy's face of the frontier: requests are leased rows of ``urls``; a Visit's transaction ends the lease.

Retries and redirects of a leased row are not rows: they stay in memory with their meta, and after a kill the row is
simply asked again. ``dont_filter`` is ignored: the frontier alone decides what is asked.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit, urlunsplit

from scrapy import Request, signals
from scrapy.core.scheduler import BaseScheduler
from scrapy.exceptions import DontCloseSpider

from jimo_crawler.archive.frontier import Lease
from jimo_crawler.fetching.run import run_of
from jimo_crawler.parsers.urls import canonical_url

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler

    from jimo_crawler.spiders.base import JimoSpider

LEASE = "jimo_lease"
"""Meta key of the Lease that a request is for."""
AHEAD = 2
"""Requests on their way at one time: one is being answered, and one is being read or waits for its turn."""
CAPTURES = "jimo_captures"
"""Meta key of the list of captures that a lease has led to; redirects and retries share it."""


class FrontierScheduler(BaseScheduler):
    """Leases due rows and makes requests of them."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = run_of(crawler)
        self._memory: deque[Request] = deque()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        self._spider = cast("JimoSpider", spider)
        self._crawler.signals.connect(self._on_idle, signals.spider_idle)

    def _on_idle(self) -> None:
        """What was held back is written before the spider may close: it may bring links that are due."""
        if self._run.save_held():
            raise DontCloseSpider

    def has_pending_requests(self) -> bool:
        return bool(self._memory) or self._run.has_due()

    def enqueue_request(self, request: Request) -> bool:
        """Keep the follow-up (retry, redirect) of a leased request."""
        if LEASE not in request.meta:
            raise TypeError(f"only the frontier makes requests; {request} was yielded")
        self._memory.append(request)
        return True

    def next_request(self) -> Request | None:
        if self._memory:
            return self._memory.popleft()
        if self._is_busy():
            return None
        lease = self._run.lease()
        return self._request(lease) if lease else None

    def _is_busy(self) -> bool:
        """Whether enough is on its way: what comes next may depend on it, and a kill loses it.

        Never while nothing moves: a lease whose Visit got lost must not stop the run.
        """
        if len(self._run.frontier.under_way) < AHEAD:
            return False
        engine = self._crawler.engine
        return engine is not None and not (
            engine.scraper.slot is not None and engine.scraper.slot.is_idle() and not engine.downloader.active
        )

    def _request(self, lease: Lease) -> Request:
        headers = {}
        if lease.etag:
            headers["If-None-Match"] = lease.etag
        if lease.last_modified:
            headers["If-Modified-Since"] = lease.last_modified
        return Request(
            self._in_remembered_form(lease),
            headers=headers,
            callback=self._spider.parse_visit,
            errback=self._spider.book_failure,
            meta={LEASE: lease, CAPTURES: []},
        )

    def _in_remembered_form(self, lease: Lease) -> str:
        """The URL as linked, with the scheme and ``www.`` in which its host has answered before."""
        parts = urlsplit(lease.request_url)
        host = urlsplit(canonical_url(lease.url)).netloc
        form = self._run.frontier.host_form(host)
        if form is None:
            return lease.request_url
        scheme, place = form.split("://", 1)
        return urlunsplit((scheme, place, parts.path, parts.query, ""))
