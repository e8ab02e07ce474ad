"""WARC files → the same parsers → the same pipeline classes → an archive, with no network and no reactor.

The records come in the order in which they were fetched, so that every page is met as the live run met it: a listing
before the articles that it names. Reading pages (the greater part of the work) is done by other processes; putting
exchanges together into Visits, and writing them, by this one.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from jimo_crawler import __version__, clock
from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.archive.frontier import Plan, write
from jimo_crawler.archive.store import Rules, Store
from jimo_crawler.archive.warc_read import Record, capture_of, iterate, read_record
from jimo_crawler.errors import ArchiveDamaged, Outcome, Reason, Stage
from jimo_crawler.fetching.breaker import Breaker
from jimo_crawler.items import Capture, Failure, Visit
from jimo_crawler.parsers.hosts import Hosts
from jimo_crawler.parsers.response import Answer, Reading, read
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.portal import Profile, load
from pipelines.deduplicate import Deduplicate
from pipelines.normalise import Normalise
from pipelines.spam import SpamFilter

RETRIED = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
"""Statuses that the live run asked again (Scrapy's ``RETRY_HTTP_CODES``)."""
MOST_REDIRECTS = 5
"""``REDIRECT_MAX_TIMES`` of the live run."""
AHEAD = 64
"""Records whose pages are being read while this one is stored."""
STEP = 200
"""Visits between two words on how far the replay is."""
_OF_THE_PAGE = (*Reading.__slots__, "removed", "fingerprint")
"""Fields of a Visit that come from the page and the pipelines."""


class Counts:
    """What the pipeline classes count; stands in for Scrapy's stats collector."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()

    def inc_value(self, key: str, count: int = 1, start: int = 0) -> None:  # noqa: ARG002  # Scrapy's signature
        """Add *count* to *key*."""
        self.values[key] += count


@dataclass(frozen=True, slots=True)
class Settings:
    """What a replay needs to know of the runs that it repeats."""

    profile: str = "jimo"
    portal_url: str = ""
    """For WARC files that do not say it themselves (other tools' files)."""
    related: str = "towns"
    confirm_hours: float = 6.0
    max_listing_pages: int = 3000
    max_depth: int = 4
    outage_after: int = 8
    processes: int = 0
    """How many read pages; 0: as many as there are processors."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to."""

    records: int
    visits: int
    articles: int
    damage: tuple[str, ...] = ()


@dataclass(slots=True)
class _Chain:
    """The exchanges of one Visit, as far as they have come."""

    url: str
    """As requested first."""
    captures: list[Capture] = field(default_factory=list)
    hops: list[str] = field(default_factory=list)
    record: Record | None = None
    """The last answer."""
    reading: Future[Visit] | None = None
    """It, being read as an article by another process."""


def read_visit(kind: str, answer: Answer, profile: Profile, blank: Visit) -> Visit:
    """*blank* with what the page was filled in, through the pipeline classes: what a spider callback and Scrapy do."""
    return clean(fill(blank, _read(kind, answer, profile)))


def fill(visit: Visit, reading: Reading) -> Visit:
    """A Visit with the fields of a Reading."""
    return replace(visit, **{name: getattr(reading, name) for name in Reading.__slots__})


def clean(visit: Visit) -> Visit:
    """A Visit through normalise, spam filter and deduplicate."""
    counts = Counts()
    for stage in (Normalise(counts), SpamFilter(counts), Deduplicate()):
        visit = stage.process_item(visit)
    return visit


def _read(kind: str, answer: Answer, profile: Profile) -> Reading:
    try:
        return read(kind, answer, profile)
    except Exception as error:  # as in the live run: one outcome for this URL, and the others go on
        failure = Failure(stage=Stage.PARSE, reason=Reason.PROGRAM, message=f"our parser failed: {error!r}")
        return Reading(outcome=Outcome.FAILED, failures=(failure,), message=failure.message)


def _read_ahead(answer: Answer, profile: str) -> Visit:
    """What a reading process does for one page: most pages are articles, so it is read as one before its turn."""
    blank = Visit(url="", final_url="", kind="article", outcome=Outcome.FAILED, fetched_at="")
    return read_visit("article", answer, load(profile), blank)


class Rebuild:
    """Fills an empty archive from WARC files alone."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        warc_dir: Path,
        settings: Settings,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._conn = conn
        self._warc_dir = warc_dir
        self._settings = settings
        self._progress = progress or (lambda _done: None)
        self._damage: list[str] = []
        self._waiting: dict[str, deque[_Chain]] = defaultdict(deque)
        self._records = self._visits = 0
        self._store: Store | None = None
        self._pool: ProcessPoolExecutor | None = None

    def run(self, files: Iterable[Path]) -> Replayed:
        """Replay *files* in order. Raises ArchiveDamaged only if a file cannot be read at all; other damage is reported."""
        processes = self._settings.processes or os.cpu_count() or 1
        with ExitStack() as stack:
            if processes > 1:  # this process writes, the others read pages
                self._pool = stack.enter_context(
                    ProcessPoolExecutor(processes - 1, mp_context=get_context("spawn"))
                )
            self._conn.execute("PRAGMA synchronous=OFF")  # the file is made anew: a broken one is thrown away
            for path in files:
                with write(self._conn):
                    self._replay_file(path)
        self._conn.execute("PRAGMA synchronous=FULL")
        articles = self._conn.execute("SELECT count(*) FROM articles").fetchone()[0]
        return Replayed(self._records, self._visits, articles, tuple(self._damage))

    def _replay_file(self, path: Path) -> None:
        records = iterate(
            path, on_damage=lambda finding: self._damage.append(f"{finding.file}: {finding.message}")
        )
        self._begin_crawl({}, path)
        for record, reading in self._ahead(records):
            self._records += 1
            if record.type == "warcinfo":
                self._begin_crawl(_info(record), path)
            elif record.type in ("response", "revisit") and record.http is not None:
                self._take(record, reading)
        self._end_crawl()

    def _ahead(self, records: Iterable[Record]) -> Iterator[tuple[Record, Future[Visit] | None]]:
        """The records in order, the pages of those that follow being read already."""
        waiting: deque[tuple[Record, Future[Visit] | None]] = deque()
        for record in records:
            waiting.append((record, self._start_reading(record)))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _start_reading(self, record: Record) -> Future[Visit] | None:
        if (
            self._pool is None
            or record.type != "response"
            or record.http is None
            or record.http.status != 200
        ):
            return None
        answer = Answer(
            url=record.url,
            status=200,
            content_type=record.http.header("Content-Type"),
            body=record.decoded_body(),
        )
        return self._pool.submit(_read_ahead, answer, self._settings.profile)

    # --- one run --------------------------------------------------------------------------------------------------------

    def _begin_crawl(self, info: dict[str, str], path: Path) -> None:
        """A run's row, and a store of its own; a file that says nothing of its run gets one, too."""
        portal_url = info.get("jimo-portal-url") or self._settings.portal_url
        number = int(info.get("isPartOf", "").removeprefix("crawl ") or 0) if info else 0
        if not info and self._store is not None:
            return
        row = (
            self._conn.execute("SELECT id FROM crawls WHERE id = ?", (number,)).fetchone() if number else None
        )
        spider = info.get("jimo-spider", "towns")
        if row is None:
            at = clock.Clock().stamp()
            self._crawl_id = int(
                self._conn.execute(
                    "INSERT INTO crawls(id, spider, arguments, portal_url, started_at, finished_at, finish_reason, verdict, message,"
                    " version) VALUES(?, ?, ?, ?, ?, ?, 'replayed', 'ok', ?, ?)",
                    (
                        number or None,
                        spider,
                        json.dumps({}),
                        portal_url,
                        at,
                        at,
                        f"rebuilt from {path.name}",
                        __version__,
                    ),
                ).lastrowid
                or 0
            )
        else:
            self._crawl_id = number
        self._hosts = (
            Hosts(portal_url, tuple(filter(None, info.get("jimo-hosts", "").split(","))))
            if portal_url
            else None
        )
        self._portal = canonical_url(portal_url) if portal_url else ""
        self._any_section = spider == "article"
        settings, plan = self._settings, Plan()
        discovery = Discovery(
            self._conn, plan, load(settings.profile),
            related=settings.related, max_pages=settings.max_listing_pages, max_depth=settings.max_depth,
        )  # fmt: skip
        rules = Rules(confirm_hours=settings.confirm_hours, any_section=self._any_section)
        self._store = Store(self._conn, self._crawl_id, clock.Clock(), plan, discovery, rules)
        self._breaker = Breaker(settings.outage_after, self._store.departs)

    def _end_crawl(self) -> None:
        """Chains that never came to an end, and Visits that are still held."""
        for chains in list(self._waiting.values()):
            for chain in chains:
                self._give_up(chain)
        self._waiting.clear()
        for visit in self._breaker.settle():
            self._save(visit)

    def _take(self, record: Record, reading: Future[Visit] | None) -> None:
        capture = self._with_body_digest(capture_of(record))
        if urlsplit(capture.url).path == "/robots.txt":
            self._the_store.save_capture(capture)
            return
        chains = self._waiting.get(capture.url)
        chain = chains.popleft() if chains else _Chain(capture.url)
        chain.captures.append(capture)
        chain.record, chain.reading = record, reading
        target = self._target(record)
        if target and len(chain.hops) < MOST_REDIRECTS and self._is_portal(target):
            chain.hops.append(capture.url)
            self._waiting[target].append(chain)
        elif (
            record.http is not None
            and (record.http.status in RETRIED or record.truncated)
            and len(chain.captures) < 3
        ):
            self._waiting[capture.url].append(chain)
        else:
            self._finish(chain, target)

    def _target(self, record: Record) -> str | None:
        """Where the answer redirects to; None if it does not."""
        location = record.http.header("Location") if record.http else None
        if record.http is None or record.http.status not in (301, 302, 303, 307, 308) or not location:
            return None
        return urljoin(record.url, location)

    def _is_portal(self, url: str) -> bool:
        return self._hosts is None or self._hosts.allow(url)

    def _finish(self, chain: _Chain, target: str | None) -> None:
        """The chain's last answer makes the Visit."""
        blank, kind = self._blank(chain), self._kind(chain.url)
        if target is not None:
            self._admit(self._led_away(replace(blank, kind=kind), chain, target))
            return
        blank = replace(blank, kind=kind)
        if kind == "article" and chain.reading is not None:
            read_already = chain.reading.result()
            self._admit(replace(blank, **{name: getattr(read_already, name) for name in _OF_THE_PAGE}))
        else:
            self._admit(read_visit(kind, self._answer(chain), load(self._settings.profile), blank))

    def _give_up(self, chain: _Chain) -> None:
        """A redirect whose target was never fetched, a failure that was never asked again."""
        blank = replace(self._blank(chain), kind=self._kind(chain.url))
        self._admit(_failed(blank, Reason.CONNECT, "the run did not get to the end of this visit"))

    def _led_away(self, visit: Visit, chain: _Chain, target: str) -> Visit:
        hops = (*visit.hops, chain.captures[-1].url)
        if not self._is_portal(target):
            visit = replace(visit, hops=hops, status=None)
            return _failed(visit, Reason.OFF_PORTAL, f"leads off the portal: {target}", Outcome.HIJACKED)
        return _failed(replace(visit, hops=hops), Reason.TOO_MANY_REDIRECTS, "max redirections reached")

    def _blank(self, chain: _Chain) -> Visit:
        last = chain.captures[-1]
        http = chain.record.http if chain.record else None
        return Visit(
            url=canonical_url(chain.url),
            final_url=last.url,
            kind="article",
            outcome=Outcome.FAILED,
            fetched_at=last.fetched_at,
            captures=tuple(chain.captures),
            hops=tuple(chain.hops),
            status=last.status,
            etag=http.header("ETag") if http else None,
            last_modified=http.header("Last-Modified") if http else None,
        )

    def _answer(self, chain: _Chain) -> Answer:
        """The last answer; the body of a revisit is that of the record it refers to."""
        record, last = chain.record, chain.captures[-1]
        assert record is not None and record.http is not None
        content_type, body = record.http.header("Content-Type"), b""
        if record.type == "revisit" and last.status != 304:
            origin = self._origin(last)
            body = origin.decoded_body()
            content_type = content_type or (origin.http.header("Content-Type") if origin.http else None)
        else:
            body = record.decoded_body()
        return Answer(url=last.url, status=last.status, content_type=content_type, body=body)

    def _origin(self, capture: Capture) -> Record:
        row = self._conn.execute(
            "SELECT warc_file, warc_offset FROM captures WHERE record_id = ?", (capture.revisit_of,)
        ).fetchone()
        if row is None:
            raise ArchiveDamaged(
                f"{capture.warc_file} at {capture.warc_offset} refers to a record that is not there"
            )
        return read_record(self._warc_dir / row["warc_file"], row["warc_offset"])

    def _with_body_digest(self, capture: Capture) -> Capture:
        if capture.body_digest or capture.revisit_of is None:
            return capture
        row = self._conn.execute(
            "SELECT body_digest FROM captures WHERE record_id = ?", (capture.revisit_of,)
        ).fetchone()
        return replace(capture, body_digest=row["body_digest"]) if row else capture

    def _kind(self, url: str) -> str:
        """What the URL was asked as; one that no page has named yet is the entry page or was given by hand."""
        canonical = canonical_url(url)
        row = self._conn.execute("SELECT kind FROM urls WHERE url = ?", (canonical,)).fetchone()
        if row is not None:
            return str(row["kind"])
        kind = "entry" if canonical == self._portal else "article"
        at = clock.Clock().stamp()
        self._conn.execute(
            "INSERT INTO urls(url, request_url, kind, first_seen_at, due_at) VALUES(?, ?, ?, ?, ?)",
            (canonical, url, kind, at, at),
        )
        return kind

    def _admit(self, visit: Visit) -> None:
        for each in self._breaker.admit(visit):
            self._save(each)

    def _save(self, visit: Visit) -> None:
        self._the_store.save(visit)
        self._visits += 1
        if self._visits % STEP == 0:
            self._progress(self._visits)

    @property
    def _the_store(self) -> Store:
        assert self._store is not None
        return self._store


def _failed(visit: Visit, reason: Reason, message: str, outcome: Outcome = Outcome.FAILED) -> Visit:
    failure = Failure(stage=Stage.FETCH, reason=reason, message=message)
    return replace(visit, outcome=outcome, failures=(failure,), message=message)


def _info(record: Record) -> dict[str, str]:
    """The fields of a warcinfo record."""
    lines = record.block.decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs if value}
