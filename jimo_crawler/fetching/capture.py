"""What came over the wire goes to the WARC file before anything reads it.

A downloader middleware, not a signal: an exception in a signal handler is only logged, and the page would be parsed
without evidence. At 960 bodies are still content-encoded as received, and robots.txt, redirects and retries pass too.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

from jimo_crawler.archive.warc import Exchange
from jimo_crawler.errors import StorageFailed
from jimo_crawler.fetching.run import run_of
from jimo_crawler.fetching.scheduler import CAPTURES, LEASE

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

logger = logging.getLogger(__name__)


class NotKept(IgnoreRequest):
    """The exchange could not be written: its page must not be read."""


class CaptureMiddleware:
    """Counts requests where they leave and keeps every exchange."""

    def __init__(self, crawler: Crawler) -> None:
        self._run = run_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if self._run.storage_error:
            raise NotKept(self._run.storage_error)
        self._run.account.sent += 1
        if LEASE in request.meta:
            self._run.account.count_request(request.url)

    def process_response(self, request: Request, response: Response) -> Response:
        try:
            capture = self._run.write_exchange(self._exchange(request, response))
            if LEASE not in request.meta:  # robots.txt: a capture, not a row
                self._run.save_capture(capture)
        except StorageFailed as error:
            self._run.fail_storage(str(error))
            raise NotKept(str(error)) from error
        request.meta.setdefault(CAPTURES, []).append(capture)
        return response

    def _exchange(self, request: Request, response: Response) -> Exchange:
        return Exchange(
            url=request.url,
            method=request.method,
            fetched_at=self._run.clock.stamp(),
            status=response.status,
            protocol=response.protocol or "HTTP/1.1",
            request_headers=_pairs(request.headers),
            response_headers=_pairs(response.headers),
            body=response.body,
            ip_address=str(response.ip_address) if response.ip_address else None,
            truncated="disconnect" if "dataloss" in response.flags else None,
        )


def _pairs(headers: Headers) -> list[tuple[bytes, bytes]]:
    """All header lines, duplicates kept."""
    return [(name, value) for name in headers for value in headers.getlist(name)]
