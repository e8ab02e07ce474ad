"""What the spiders share: every callback and errback turns its page into exactly one Visit."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from twisted.python.failure import Failure as TwistedFailure

from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.fetching.guard import OffPortal
from jimo_crawler.fetching.manners import RobotsDisallowed, RobotsUnavailable
from jimo_crawler.fetching.run import Run, run_of
from jimo_crawler.fetching.scheduler import CAPTURES, LEASE
from jimo_crawler.items import Capture, Failure, Visit
from jimo_crawler.parsers.response import Answer, Reading, read

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from jimo_crawler.archive.frontier import Lease, Plan
    from jimo_crawler.fetching.run import Config

logger = logging.getLogger(__name__)

_REASONS: tuple[tuple[type[BaseException], Reason, str], ...] = (
    (CannotResolveHostError, Reason.DNS, "the host's name leads nowhere"),
    (DownloadConnectionRefusedError, Reason.CONNECT, "the host refuses the connection"),
    (DownloadTimeoutError, Reason.TIMEOUT, "no answer in time"),
    (DownloadCancelledError, Reason.TOO_LARGE, "the answer is larger than DOWNLOAD_MAXSIZE"),
    (DownloadFailedError, Reason.CONNECT, "the connection broke"),
)


class JimoSpider(Spider):
    """Base of the spiders: they say where to begin; the frontier does the rest."""

    any_section: ClassVar[bool] = False
    """Whether articles outside the town section are archived, too."""
    arguments: ClassVar[tuple[str, ...]] = ()
    """Names of the ``-a`` arguments that the spider takes."""

    run: Run

    @classmethod
    @abstractmethod
    def plan(cls, arguments: dict[str, str], config: Config) -> Plan:
        """What a run with these arguments may ask for. Raises BadArgument with one line."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> JimoSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.run = run_of(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Nothing is yielded: ``begin`` has put the first pages into the frontier, and the scheduler leases them."""
        self.begin()
        for request in list[Any]():
            yield request

    def begin(self) -> None:
        """Put the first pages of the run into the frontier."""
        self.run.add_url(self.run.config.portal_url, "entry")

    # --- one answer, one Visit ------------------------------------------------------------------------------------

    def parse_visit(self, response: Response) -> Iterator[Visit]:
        """Callback of every request."""
        lease: Lease = response.meta[LEASE]
        yield self._visit(lease, response, self._read(lease, response))

    def _read(self, lease: Lease, response: Response) -> Reading:
        content_type = response.headers.get("Content-Type")
        answer = Answer(
            url=response.url,
            status=response.status,
            content_type=content_type.decode("latin-1") if content_type else None,
            body=response.body,
            hosts=self.run.config.all_hosts,
        )
        if "dataloss" in response.flags:
            return _failed(Reason.DATA_LOSS, "the answer was cut off, more than once")
        if 300 <= response.status < 400 and response.status != 304:
            return _failed(Reason.TOO_MANY_REDIRECTS, "redirected without a usable target")
        try:
            return read(lease.kind, answer, self.run.config.profile)
        except Exception:  # a bug of ours: loud in log and exit status, and still one outcome for this URL
            logger.exception("cannot read %s", response.url)
            self.crawler.stats.inc_value("jimo/program_errors")
            return _failed(Reason.PROGRAM, "our parser failed on this page; see the log", stage=Stage.PARSE)

    def _visit(self, lease: Lease, response: Response, reading: Reading) -> Visit:
        headers = response.headers
        fields = {name: getattr(reading, name) for name in Reading.__slots__}
        return Visit(
            url=lease.url,
            final_url=response.url,
            kind=lease.kind,
            fetched_at=self.run.clock.stamp(),
            captures=tuple(response.meta[CAPTURES]),
            hops=tuple(response.meta.get("redirect_urls", ())),
            status=response.status,
            etag=_text(headers.get("ETag")),
            last_modified=_text(headers.get("Last-Modified")),
            **fields,
        )

    def book_failure(self, failure: TwistedFailure) -> Iterator[Visit]:
        """Errback of every request: one that brought no answer ends in a Visit, too."""
        request: Request = failure.request  # type: ignore[attr-defined]
        lease: Lease = request.meta[LEASE]
        captures: list[Capture] = request.meta[CAPTURES]
        if self.run.storage_error:
            return  # nothing can be written any more: the row stays leased, and the next run frees it
        reading = self._read_failure(failure.value)
        hops = tuple(request.meta.get("redirect_urls", ()))
        refused = isinstance(failure.value, OffPortal)
        yield Visit(
            url=lease.url,
            final_url=(hops[-1] if hops else lease.request_url) if refused else request.url,
            kind=lease.kind,
            fetched_at=self.run.clock.stamp(),
            captures=tuple(captures),
            hops=hops,
            status=failure.value.status if isinstance(failure.value, RobotsUnavailable) else None,
            **{name: getattr(reading, name) for name in Reading.__slots__},
        )

    def _read_failure(self, error: BaseException | None) -> Reading:
        if isinstance(error, OffPortal):
            return _failed(Reason.OFF_PORTAL, f"leads off the portal: {error}", Outcome.HIJACKED)
        if isinstance(error, RobotsDisallowed):
            return _failed(Reason.ROBOTS, "robots.txt asks not to fetch it", Outcome.SKIPPED)
        if isinstance(error, RobotsUnavailable):
            message = f"{error}, so nothing may be asked now"
            return _failed(Reason.ROBOTS_UNAVAILABLE, message, Outcome.SKIPPED)
        for kind, reason, message in _REASONS:
            if isinstance(error, kind):
                return _failed(reason, f"{message} ({error})" if str(error) else message)
        if isinstance(error, IgnoreRequest):
            return _failed(Reason.TOO_MANY_REDIRECTS, str(error) or "redirected too often")
        logger.error("unexpected failure: %r", error)
        return _failed(Reason.CONNECT, f"{type(error).__name__}: {error}")


def _failed(
    reason: Reason, message: str, outcome: Outcome = Outcome.FAILED, *, stage: Stage = Stage.FETCH
) -> Reading:
    return Reading(
        outcome=outcome, failures=(Failure(stage=stage, reason=reason, message=message),), message=message
    )


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None
