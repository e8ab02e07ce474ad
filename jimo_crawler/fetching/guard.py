"""Never leaves the portal (DESIGN 4.13): checked on every request, on every redirect, and when a name is resolved."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver

from jimo_crawler.fetching.run import run_of
from jimo_crawler.parsers.hosts import Hosts

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred


class OffPortal(IgnoreRequest):
    """A request (or the target of a redirect) that is not the portal's; its text is the URL."""


class Guard:
    """Downloader middleware: refuses what is not the portal's. It does not look at ``dont_filter``."""

    def __init__(self, crawler: Crawler) -> None:
        config = run_of(crawler).config
        self._hosts = Hosts(config.portal_url, config.hosts)
        self._stats = crawler.stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        if not self._hosts.allow(request.url):
            if self._stats is not None:
                self._stats.inc_value("jimo/guard/refused")
            raise OffPortal(request.url)


class Redirects(RedirectMiddleware):
    """Follows redirects on the portal; one that leads elsewhere ends the visit with that as its finding."""

    def handle_referer(self, request: Request, response: Response) -> None:  # noqa: ARG002
        """No Referer is sent: some hijacked hosts answer by it."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Scrapy would warn that there is no RefererMiddleware."""

    # Scrapy deprecates the spider argument that its own signature still shows.
    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        result = super().process_response(request, response)
        if result is response:
            return response
        # Validators are those of the page that redirected: at the target they would ask for another page's 304.
        for name in ("If-None-Match", "If-Modified-Since"):
            result.headers.pop(name, None)
        return result


class GuardedResolver(CachingThreadedResolver):
    """Refuses names that lead to private addresses, unless the portal itself is configured at one."""

    portal_is_private = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        resolver = super().from_crawler(crawler, reactor)
        host = urlsplit(str(crawler.settings.get("JIMO_PORTAL_URL") or "")).hostname or ""
        resolver.portal_is_private = is_private(host)
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:
        return super().getHostByName(name, timeout).addCallback(self._check, name)

    def _check(self, address: str, name: str) -> str:
        if not self.portal_is_private and _is_private_address(address):
            raise CannotResolveHostError(f"{name} leads to the private address {address}: refused")
        return address


def is_private(host: str) -> bool:
    """Whether a host name or address is on this machine or a private network."""
    try:
        return _is_private_address(host)
    except ValueError:
        pass
    try:
        return all(_is_private_address(str(each[4][0])) for each in socket.getaddrinfo(host, None))
    except OSError:
        return False


def _is_private_address(address: str) -> bool:
    return not ipaddress.ip_address(address.split("%")[0]).is_global
