"""How the portal is asked (DESIGN 4.12): robots.txt, delays, retries, and when to stop asking."""

from __future__ import annotations

import asyncio
import logging
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from jimo_crawler.fetching.run import run_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


def _without_traceback(record: logging.LogRecord) -> bool:
    """That robots.txt cannot be had is a fact about the portal, and one line says it."""
    record.exc_info = None
    return True


logging.getLogger(RobotsTxtMiddleware.__module__).addFilter(_without_traceback)


class RobotsUnavailable(IgnoreRequest):
    """robots.txt answered 5xx or not at all: nothing may be asked now (RFC 9309, 2.3.1.4). *status*: what it answered."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"robots.txt answered {status}" if status else "robots.txt could not be fetched")
        self.status = status


class RobotsDisallowed(IgnoreRequest):
    """robots.txt asks not to fetch this address."""


class Robots(RobotsTxtMiddleware):
    """robots.txt obeyed. Scrapy's own middleware allows everything when robots.txt cannot be had; this one nothing."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._unavailable: dict[str, int | None] = {}
        self._delays: dict[str, float] = {}
        self._honour_delay = not crawler.settings.getbool("JIMO_IGNORE_CRAWL_DELAY")

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        netloc = urlparse_cached(request).netloc
        if netloc in self._unavailable:
            raise RobotsUnavailable(self._unavailable[netloc])
        if urlparse_cached(request).hostname in self._delays:
            request.meta["autothrottle_dont_adjust_delay"] = True
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            raise RobotsDisallowed(str(refusal)) from None

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            self._unavailable[netloc] = response.status
        elif response.status >= 300:
            response = response.replace(body=b"")  # 4xx: no rules (RFC 9309, 2.3.1.3)
        await super()._parse_robots(response, netloc, request)
        parser = self._parsers[netloc]
        if self._honour_delay and isinstance(parser, RobotParser):
            self._apply_delay(parser, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unavailable[netloc] = None
        super()._robots_error(exc, netloc)

    def _apply_delay(self, parser: RobotParser, request: Request) -> None:
        """The wait is the longer of DOWNLOAD_DELAY and Crawl-delay."""
        delay = parser.crawl_delay(self._default_useragent)
        engine = self.crawler.engine
        if not delay or engine is None:
            return
        key = engine.downloader.get_slot_key(request)
        self._delays[key] = max(float(delay), self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        # For slots made later (Scrapy drops idle ones), and for the one that has fetched robots.txt.
        engine.downloader.per_slot_settings[key] = {"delay": self._delays[key]}
        if (slot := engine.downloader.slots.get(key)) is not None:
            slot.delay = self._delays[key]
        logger.info("robots.txt asks for %s s between requests", delay)


class Retries(RetryMiddleware):
    """Retries as Scrapy bounds them; a cut answer is one more reason, and Retry-After is waited for."""

    crawler: Crawler

    async def process_response(  # type: ignore[override]  # Scrapy awaits what a middleware returns
        self, request: Request, response: Response
    ) -> Request | Response:
        if "dataloss" in response.flags:
            return self._retry(request, "data_loss") or response
        if response.status in (429, 503) and (seconds := retry_after(response)) is not None:
            if seconds > self.crawler.settings.getint("JIMO_MAX_WAIT"):
                self._stop(seconds)
                return response
            await self._wait(seconds)
        return super().process_response(request, response)

    async def _wait(self, seconds: float) -> None:
        """Nobody asks anything meanwhile."""
        engine = self.crawler.engine
        assert engine is not None
        logger.info("the portal asks to wait %.0f s", seconds)
        engine.pause()
        try:
            await asyncio.sleep(seconds)
        finally:
            engine.unpause()

    def _stop(self, seconds: float) -> None:
        run = run_of(self.crawler)
        if not run.stop_reason:
            run.halt(f"the portal asks to come back in {seconds:.0f} s (JIMO_MAX_WAIT is shorter)")


def retry_after(response: Response) -> float | None:
    """Seconds that Retry-After asks for (a number or an HTTP date); None if it is absent or unreadable."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        served = parsedate_to_datetime((response.headers.get("Date") or b"").decode("latin-1"))
    except ValueError:
        return None
    return max((moment - served).total_seconds(), 0.0)
