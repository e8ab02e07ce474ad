"""Runs over the demo portal, played in this process: the real frontier, readers, pipelines, breaker, store and account,
without Scrapy, sockets and WARC files. What ``scrapy crawl`` makes of the same portal is tested in test_crawl.py and
test_days.py; here thirty-six days take seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta
from email.utils import format_datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from protego import Protego

from jimo_crawler.archive.account import Verdict
from jimo_crawler.archive.frontier import Lease, Plan
from jimo_crawler.clock import to_stamp
from jimo_crawler.demo.clutter import HOST
from jimo_crawler.demo.portal import Site, build, day_start
from jimo_crawler.demo.server import find, is_current
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.fetching.run import Config, Run
from jimo_crawler.items import Capture, Failure, Visit
from jimo_crawler.parsers.response import Answer, Reading, read
from jimo_crawler.portal import load
from pipelines.deduplicate import Deduplicate
from pipelines.normalise import Normalise
from pipelines.spam import SpamFilter
from tests.crawling import Archive

BASE = f"http://{HOST}"
ATTEMPTS = 3
"""A request and its retries (RETRY_TIMES)."""
HOPS = 5
RETRIED = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
Fetch = Callable[[str], "Got"]


@dataclass(frozen=True, slots=True)
class Got:
    """What a path answered."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Player:
    """An archive in a folder, and the demo portal that its runs ask."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    """Fields of Config that differ from the usual."""
    articles: int | None = None
    """Scales the portal up."""
    tamper: Callable[[str, Got], Got] | None = None
    """Changes what a path answers: faults of a test's own."""
    asked: list[str] = field(default_factory=list)
    """Paths asked by the last run, retries and robots.txt included."""
    statuses: list[int] = field(default_factory=list)
    """What each of them answered."""
    _flaky: set[str] = field(default_factory=set)

    @cached_property
    def archive(self) -> Archive:
        """To read what came of it."""
        return Archive(self.folder)

    def play(
        self, day: int, plan: Plan | None = None, *, hours: float = 0.0, any_section: bool = False
    ) -> Verdict:
        """One run, so many hours after the beginning of that day; gives its verdict."""
        run = self.open(day, plan, hours=hours, any_section=any_section)
        return self.finish(run, build(day, articles=self.articles))

    def open(
        self, day: int, plan: Plan | None = None, *, hours: float = 0.0, any_section: bool = False
    ) -> Run:
        """A run that has begun and asked nothing yet."""
        plan = Plan() if plan is None else plan
        now = to_stamp(day_start(day) + timedelta(hours=hours))
        spider = "recheck" if plan.recheck else "article" if plan.only else "towns"
        run = Run.open(self._config(now), spider, {}, plan, any_section=any_section)
        run.conn.execute("PRAGMA synchronous=OFF")  # what kills do is tested elsewhere
        if spider == "towns":
            run.add_url(f"{BASE}/", "entry")
        return run

    def finish(self, run: Run, site: Site, at_most: int | None = None) -> Verdict:
        """Ask until nothing is due (or so many pages were), and settle the account."""
        self.asked, self.statuses = [], []
        self._robots: Protego | None = None
        self._broken = False
        reason = "finished"
        while True:
            lease = run.frontier.lease()
            if lease is None:
                if not run.save_held():
                    break
                continue
            run.save(self._ask(run, site, lease))
            if at_most is not None and len(self.asked) >= at_most:
                reason = "shutdown"
                break
        return run.finish(reason)

    def _config(self, now: str) -> Config:
        values: dict[str, Any] = {
            "portal_url": f"{BASE}/",
            "profile": load(),
            "hosts": (),
            "archive": self.folder / "jimo.db",
            "warc_dir": self.folder / "warc",
            "warc_max_bytes": 1 << 30,
            "min_free_mb": 1,
            "related": "towns",
            "confirm_hours": 6.0,
            "revisit_budget": 1000,
            "max_listing_pages": 3000,
            "max_depth": 4,
            "outage_after": 8,
            "now": now,
        }
        return Config(**values | self.settings)

    # --- one lease, one Visit ---------------------------------------------------------------------------------------

    def _ask(self, run: Run, site: Site, lease: Lease) -> Visit:
        blank = Visit(
            url=lease.url, final_url=lease.request_url, kind=lease.kind, outcome=Outcome.FAILED, fetched_at=""
        )
        url = BASE + path_of(lease.request_url)
        captures: list[Capture] = []
        hops: list[str] = []
        while True:
            blank = replace(blank, fetched_at=run.clock.stamp(), captures=tuple(captures), hops=tuple(hops))
            if refused := self._refused(run, site, url, blank):
                return refused
            got = self._get(run, site, url, None if hops else lease, captures)
            target = urljoin(url, got.headers.get("Location", "")) if 300 <= got.status < 400 else ""
            if not target or got.status == 304:
                break
            hops.append(url)
            if len(hops) > HOPS:
                return _failed(blank, Reason.TOO_MANY_REDIRECTS, "redirected too often")
            if urlsplit(target).netloc != HOST:
                blank = replace(blank, final_url=url, hops=tuple(hops), captures=tuple(captures))
                return _failed(blank, Reason.OFF_PORTAL, f"leads off the portal: {target}", Outcome.HIJACKED)
            url = BASE + path_of(target)
        visit = _read(lease.kind, url, got.status, got.headers.get("Content-Type"), got.body)
        return replace(
            visit, url=lease.url, final_url=url, kind=lease.kind, fetched_at=run.clock.stamp(), captures=tuple(captures),
            hops=tuple(hops), status=got.status, etag=got.headers.get("ETag"), last_modified=got.headers.get("Last-Modified"),
        )  # fmt: skip

    def _refused(self, run: Run, site: Site, url: str, blank: Visit) -> Visit | None:
        """A Visit that ends before anything is asked, because of robots.txt."""
        if self._robots is None:
            got = self._answer(site, "/robots.txt", None)
            run.account.sent += 1
            self._broken = got.status >= 500
            rules = got.body.decode("utf-8", "replace") if got.status < 300 else ""
            self._robots = Protego.parse(rules)
        if self._broken:
            return _failed(
                blank, Reason.ROBOTS_UNAVAILABLE, "robots.txt could not be fetched", Outcome.SKIPPED
            )
        if not self._robots.can_fetch(url, "jimo-archive"):
            return _failed(blank, Reason.ROBOTS, "robots.txt asks not to fetch it", Outcome.SKIPPED)
        return None

    def _get(self, run: Run, site: Site, url: str, lease: Lease | None, captures: list[Capture]) -> Got:
        for _ in range(ATTEMPTS):
            run.account.count_request(url)
            run.account.sent += 1
            got = self._answer(site, path_of(url), lease)
            captures.append(_capture(run, url, got))
            if got.status not in RETRIED:
                break
        return got

    def _answer(self, site: Site, path: str, lease: Lease | None) -> Got:
        answer = find(site, path)
        headers = dict(answer.headers)
        if answer.validators and answer.etag:
            headers["ETag"] = answer.etag
            if answer.modified:
                headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
        if answer.manner in ("flaky", "busy") and path not in self._flaky:
            self._flaky.add(path)
            got = Got(503)
        elif lease and is_current(answer, lease.etag, lease.last_modified):
            got = Got(304, b"", headers)
        else:
            got = Got(answer.status, answer.body, headers)
        got = self.tamper(path, got) if self.tamper else got
        self.asked.append(path)
        self.statuses.append(got.status)
        return got


def path_of(url: str) -> str:
    """Path and query of a URL."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@lru_cache(maxsize=8192)
def _read(kind: str, url: str, status: int, content_type: str | None, body: bytes) -> Visit:
    """What the readers and pipelines make of an answer: most answers come again on other days."""
    reading = read(kind, Answer(url=url, status=status, content_type=content_type, body=body), load())
    fields = {name: getattr(reading, name) for name in Reading.__slots__}
    visit = Visit(url="", final_url="", kind=kind, fetched_at="", **fields)
    for stage in (Normalise(Uncounted()), SpamFilter(Uncounted()), Deduplicate()):
        visit = stage.process_item(visit)
    return visit


class Uncounted:
    """Stands in for Scrapy's stats collector."""

    def inc_value(self, key: str, count: int = 1, start: int = 0) -> None:
        """Nobody asks."""


def _capture(run: Run, url: str, got: Got) -> Capture:
    """An exchange as if a WARC file held it."""
    number = run.account.sent
    digest = hashlib.sha256(got.body).hexdigest()
    return Capture(
        url=url, fetched_at=run.clock.stamp(), status=got.status, media_type="text/html", charset=None,
        payload_digest=f"sha256:{digest}", body_digest=digest, record_digest="", warc_file=f"played-{run.crawl_id:05}.warc.gz",
        warc_offset=number, warc_length=1, record_id=f"urn:{run.crawl_id}:{number}",
    )  # fmt: skip


def _failed(visit: Visit, reason: Reason, message: str, outcome: Outcome = Outcome.FAILED) -> Visit:
    failure = Failure(stage=Stage.FETCH, reason=reason, message=message)
    return replace(visit, outcome=outcome, failures=(failure,), message=message)
