"""Exchanges put together into visits: what followed a redirect or a failed attempt belongs to the same visit."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from jimo_crawler.archive.warc_read import Record
from jimo_crawler.items import Capture, Visit
from jimo_crawler.parsers.hosts import Hosts
from jimo_crawler.parsers.urls import canonical_url

RETRIED = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
"""Statuses that the live run asked again (Scrapy's ``RETRY_HTTP_CODES``)."""
MOST_ATTEMPTS = 3
"""Of one address in one visit (``RETRY_TIMES`` and the first)."""
MOST_REDIRECTS = 5
"""``REDIRECT_MAX_TIMES`` of the live run."""


@dataclass(slots=True)
class Chain:
    """The exchanges of one visit, as far as they have come."""

    url: str
    """As requested first."""
    captures: list[Capture] = field(default_factory=list)
    hops: list[str] = field(default_factory=list)
    record: Record | None = None
    """The last answer."""
    reading: Visit | None = None
    """It, read before its turn: as what, its kind says."""
    target: str | None = None
    """Where the last answer redirects to."""


class Chains:
    """Takes exchanges in the order in which they were made. *hosts*: the portal's; None takes any."""

    def __init__(self, hosts: Hosts | None) -> None:
        self._hosts = hosts
        self._waiting: dict[str, deque[Chain]] = defaultdict(deque)

    def is_portal(self, url: str) -> bool:
        """Whether the run would have asked for it."""
        return self._hosts is None or self._hosts.allow(url)

    def take(self, record: Record, capture: Capture, reading: Visit | None) -> Chain | None:
        """The visit that this exchange brings to its end; None if more of it is to come."""
        waiting = self._waiting.get(canonical_url(capture.url))
        chain = waiting.popleft() if waiting else Chain(capture.url)
        chain.captures.append(capture)
        chain.record, chain.reading, chain.target = record, reading, redirect_target(record)
        if follower := self._follower(chain):
            self._waiting[canonical_url(follower)].append(chain)
            return None
        return chain

    def _follower(self, chain: Chain) -> str | None:
        """What the live run asked next for this visit; None if it had its answer."""
        last, record = chain.captures[-1], chain.record
        if chain.target:
            if len(chain.hops) >= MOST_REDIRECTS or not self.is_portal(chain.target):
                return None
            chain.hops.append(last.url)
            return chain.target
        attempts = len(chain.captures) - len(chain.hops)
        failed = last.status in RETRIED or bool(record and record.truncated)
        return last.url if failed and attempts < MOST_ATTEMPTS else None

    def rest(self) -> list[Chain]:
        """Visits of which nothing more came, in the order of their last exchange."""
        chains = [chain for waiting in self._waiting.values() for chain in waiting]
        self._waiting.clear()
        return sorted(chains, key=lambda each: each.captures[-1].fetched_at)


def redirect_target(record: Record) -> str | None:
    """Where an answer redirects to; None if it does not."""
    if record.http is None or record.status not in (301, 302, 303, 307, 308):
        return None
    location = record.http.header("Location")
    return location and urldefrag(urljoin(record.url, location)).url
