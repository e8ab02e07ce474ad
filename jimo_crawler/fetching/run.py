"""One run of a spider over one archive: what it holds open, and how it begins and ends."""

from __future__ import annotations

import json
import logging
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.crawler import Crawler

from jimo_crawler import __version__, clock
from jimo_crawler.archive import clock_jumps, startup
from jimo_crawler.archive.account import Account, Verdict
from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.archive.disk import check_room, explain
from jimo_crawler.archive.frontier import GATES, Frontier, Lease, Plan, free_leases, write
from jimo_crawler.archive.lock import ArchiveLock
from jimo_crawler.archive.outcomes import READ, Rules, is_again
from jimo_crawler.archive.schema import open_archive
from jimo_crawler.archive.store import Store
from jimo_crawler.archive.warc import Exchange, Known, WarcWriter
from jimo_crawler.errors import BadArgument, ExitStatus, Outcome, Reason, StorageFailed
from jimo_crawler.fetching.breaker import Breaker
from jimo_crawler.items import Capture, Visit
from jimo_crawler.parsers.hosts import named_hosts
from jimo_crawler.parsers.urls import canonical_url, host_of
from jimo_crawler.portal import Profile, load

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a run, checked."""

    portal_url: str
    profile: Profile
    hosts: tuple[str, ...]
    archive: Path
    warc_dir: Path
    warc_max_bytes: int
    min_free_mb: int
    related: str
    confirm_hours: float
    revisit_budget: int
    max_listing_pages: int
    max_depth: int
    outage_after: int
    now: str

    @property
    def all_hosts(self) -> frozenset[str]:
        """The portal's hosts, as links are compared with them."""
        return named_hosts((self.portal_url, *self.hosts))

    def rules(self) -> str:
        """As JSON, what decides how pages are booked: a replay of the run's WARC files needs it."""
        names = ("related", "confirm_hours", "max_listing_pages", "max_depth", "outage_after")
        return json.dumps({name: getattr(self, name) for name in names})


def read_config(settings: BaseSettings) -> Config:
    """The run's settings. Raises BadArgument with one line on the first that cannot be used."""
    from jimo_crawler.settings import PROJECT

    portal_url = str(settings.get("JIMO_PORTAL_URL") or "").strip()
    hosts = tuple(filter(None, map(str.strip, str(settings["JIMO_PORTAL_HOSTS"] or "").split(","))))
    if not portal_url:
        raise BadArgument(
            "JIMO_PORTAL_URL is not set: name the portal's entry page (-s JIMO_PORTAL_URL=http://…), or try `make demo`"
        )
    if not portal_url.lower().startswith(("http://", "https://")) or not host_of(portal_url):
        raise BadArgument(f"JIMO_PORTAL_URL: {portal_url!r} is not an http(s) address")
    if "" in named_hosts(hosts):
        raise BadArgument(f"JIMO_PORTAL_HOSTS: one of {', '.join(hosts)} is neither a host nor an address")
    related = str(settings["JIMO_RELATED"])
    if related not in ("off", "towns", "all"):
        raise BadArgument(f"JIMO_RELATED: {related!r} is none of off, towns, all")
    now = str(settings.get("JIMO_NOW") or "")
    read_number(settings, "JIMO_MAX_WAIT")
    try:
        clock.from_environment(now)
        return Config(
            portal_url=portal_url,
            profile=load(str(settings["JIMO_PORTAL"])),
            hosts=hosts,
            archive=PROJECT / str(settings["JIMO_ARCHIVE_DB"]),
            warc_dir=PROJECT / str(settings["JIMO_WARC_DIR"]),
            warc_max_bytes=int(read_number(settings, "JIMO_WARC_MAX_BYTES")),
            min_free_mb=int(read_number(settings, "JIMO_MIN_FREE_MB")),
            related=related,
            confirm_hours=read_number(settings, "JIMO_CONFIRM_AFTER"),
            revisit_budget=int(read_number(settings, "JIMO_REVISIT_BUDGET")),
            max_listing_pages=int(read_number(settings, "JIMO_MAX_LISTING_PAGES")),
            max_depth=int(read_number(settings, "JIMO_MAX_DEPTH")),
            outage_after=int(read_number(settings, "JIMO_OUTAGE_AFTER")),
            now=now,
        )
    except ValueError as error:
        raise BadArgument(f"a setting is not what it should be: {error}") from None


def read_number(settings: BaseSettings, name: str) -> float:
    """A setting that is a number, and not below 0. Raises BadArgument."""
    value = str(settings[name])
    try:
        number = float(value)
    except ValueError:
        number = -1
    if not 0 <= number < math.inf:
        raise BadArgument(f"{name}: {value!r} is not a number from 0 on")
    return number


class Run:
    """Lock, archive, WARC writer, frontier and store of one run. Use ``Run.open`` and, at the end, ``finish``."""

    def __init__(
        self,
        config: Config,
        lock: ArchiveLock,
        conn: sqlite3.Connection,
        crawl_id: int,
        run_clock: clock.Clock,
        plan: Plan,
        spider: str,
        any_section: bool,
    ) -> None:
        self.config = config
        self.plan = plan
        self.clock = run_clock
        self.conn = conn
        self.crawl_id = crawl_id
        self.frontier = Frontier(conn, crawl_id, run_clock, plan)
        self.account = Account(conn, crawl_id, plan, self.frontier)
        self.storage_error: str = ""
        """Why disk or database ended the run; empty if they did not."""
        self.stop_reason: str = ""
        """Why the run ended itself; empty if it did not."""
        self.stop_status = ExitStatus.PARTIAL
        """How bad that is."""
        self._lock = lock
        self._warc = WarcWriter(
            config.warc_dir,
            crawl_id,
            run_clock,
            software=f"jimo-crawler/{__version__}",
            max_size=config.warc_max_bytes,
            info={
                "jimo-spider": spider,
                "jimo-portal-url": config.portal_url,
                "jimo-hosts": ",".join(config.hosts),
                "jimo-rules": config.rules(),
            },
        )
        discovery = Discovery(
            conn,
            plan,
            config.profile,
            related=config.related,
            max_pages=config.max_listing_pages,
            max_depth=config.max_depth,
        )
        rules = Rules(confirm_hours=config.confirm_hours, any_section=any_section)
        self._store = Store(conn, crawl_id, run_clock, plan, discovery, rules)
        self._unsaved: dict[tuple[str, int], Capture] = {}
        """Exchanges in the WARC files that no row names yet, by file and offset."""
        self._booked_files: set[str] = set()
        self._breaker = Breaker(config.outage_after, self._store.bearing, trusting=plan.only is not None)

    @classmethod
    def open(
        cls,
        config: Config,
        spider: str,
        arguments: Mapping[str, str],
        plan: Plan,
        *,
        any_section: bool = False,
    ) -> Run:
        """Take the archive, mend what a killed run left, and begin the run's row.

        Raises ArchiveLocked, StorageFailed, ArchiveTooNew, ArchiveDamaged.
        """
        lock = ArchiveLock(config.archive, f"scrapy crawl {spider}")
        lock.acquire()
        try:
            check_space(config)
            conn = open_archive(config.archive)
            run_clock = clock.from_environment(config.now)
            for line in startup.mend(conn, config.warc_dir, run_clock.stamp()):
                logger.warning("%s", line)
            freed = free_leases(conn)
            if freed:
                logger.info("an earlier run was cut off: %d leases freed", freed)
            if jumped := clock_jumps.put_right(conn, run_clock.now()):
                logger.warning("%s", jumped)
            with write(conn):
                crawl_id = conn.execute(
                    "INSERT INTO crawls(spider, arguments, portal_url, started_at, version) VALUES(?, ?, ?, ?, ?)",
                    (
                        spider,
                        json.dumps(dict(arguments), ensure_ascii=False),
                        config.portal_url,
                        run_clock.stamp(),
                        __version__,
                    ),
                ).lastrowid
            assert crawl_id is not None
            return cls(config, lock, conn, crawl_id, run_clock, plan, spider, any_section)
        except sqlite3.Error as error:
            lock.release()
            raise StorageFailed(_cannot_be_written(error, config.archive)) from error
        except BaseException:
            lock.release()
            raise

    def add_url(self, url: str, kind: str) -> str:
        """Put a first page of this run into the frontier; gives its canonical form."""
        canonical = canonical_url(url)
        with suppress(StorageFailed), self._or_fail():
            self.frontier.add(canonical, url, kind)
        return canonical

    def lease(self) -> Lease | None:
        """The next URL to ask for; None if nothing is due, or if disk or database fail: the run ends then."""
        with suppress(StorageFailed), self._or_fail():
            return self.frontier.lease()
        return None

    def has_due(self) -> bool:
        """Whether ``lease`` would give something."""
        with suppress(StorageFailed), self._or_fail():
            return self.frontier.has_due()
        return False

    @contextmanager
    def _or_fail(self) -> Iterator[None]:
        """A database that fails inside is remembered, ends the run, and is raised as StorageFailed."""
        try:
            yield
        except sqlite3.OperationalError as error:
            self.fail_storage(_cannot_be_written(error, self.config.archive))
            raise StorageFailed(self.storage_error) from error

    def write_exchange(self, exchange: Exchange) -> Capture:
        """Keep an exchange in the WARC file. Raises StorageFailed."""
        check_space(self.config)
        with self._or_fail():
            capture = self._warc.write(replace(exchange, known=self._known(exchange)))
            self._unsaved[capture.warc_file, capture.warc_offset] = capture
            self._book_closed_files()
        return capture

    def _known(self, exchange: Exchange) -> Known | None:
        """The latest full record of this URL: what an unchanged payload or a 304 refers to."""
        row = self.conn.execute(
            "SELECT record_id, url, fetched_at, payload_digest FROM captures WHERE url = ? AND revisit_of IS NULL AND lost_at IS NULL"
            " AND status = 200 ORDER BY fetched_at DESC LIMIT 1",
            (exchange.url,),
        ).fetchone()
        return Known(row["record_id"], row["url"], row["fetched_at"], row["payload_digest"]) if row else None

    def save(self, visit: Visit) -> Visit:
        """Write a Visit, or hold it back while the portal's health is in doubt (breaker.py).

        A database that fails is remembered and raised as StorageFailed.
        """
        self.frontier.under_way.discard(visit.url)
        for each in self._breaker.admit(visit):
            saved = self._write(each)
            if each.url == visit.url:
                visit = saved
        self.frontier.doubt(self._breaker.doubt)
        if self._breaker.outage:
            self._halt_for(visit, self._breaker.outage)
        return visit

    def save_held(self) -> int:
        """Nothing more is asked: write what was held back; gives how many Visits that was."""
        written = [self._write(each) for each in self._breaker.settle()]
        self.frontier.doubt(0)
        return len(written)

    def _write(self, visit: Visit) -> Visit:
        with self._or_fail():
            visit = self._store.save(visit)
        self._have_saved(visit.captures)
        unread = visit.outcome not in READ if visit.kind == "entry" else is_again(visit, visit.outcome)
        if visit.outcome is Outcome.NOT_ARTICLE and not visit.failures:
            unread = False  # a frame beside the one that names the towns
        if visit.kind in GATES and unread:
            self._halt_for(visit, f"the {visit.kind} page could not be read: {visit.message}")
        return visit

    def _halt_for(self, visit: Visit, reason: str) -> None:
        """End the run because of what *visit* met. It is the portal's fault if the portal was well before, or answers; on
        a first run the address that was given may be wrong."""
        known = self.conn.execute("SELECT 1 FROM towns LIMIT 1").fetchone()
        answered = visit.outcome is Outcome.BLOCKED or (visit.status or 0) >= 500 or visit.status == 429
        silent = any(each.reason in (Reason.TIMEOUT, Reason.DATA_LOSS) for each in visit.failures)
        if known or answered or silent or self._breaker.doubts_all:
            self.halt(f"outage: {reason}", ExitStatus.OUTAGE)
        else:
            self.halt(reason, ExitStatus.FAILED)

    def halt(self, reason: str, status: ExitStatus = ExitStatus.PARTIAL) -> None:
        """Ask nothing more in this run; what is under way is finished."""
        if not self.stop_reason:
            self.stop_reason, self.stop_status = reason, status
        self.frontier.halt()

    def fail_storage(self, message: str) -> None:
        """Disk or database fails: nothing can be kept, so nothing more is asked."""
        self.storage_error = self.storage_error or message
        self.frontier.halt()

    def save_capture(self, capture: Capture, outcome: str | None = None) -> None:
        """Write an exchange that belongs to no Visit. Raises StorageFailed."""
        with self._or_fail():
            self._store.save_capture(capture, outcome)
        self._have_saved([capture])

    def _have_saved(self, captures: Iterable[Capture]) -> None:
        for each in captures:
            self._unsaved.pop((each.warc_file, each.warc_offset), None)

    def _book_closed_files(self) -> None:
        """Closed WARC files go into ``warc_files`` once a row names each of their exchanges: after a kill, those that are
        not there are looked through for what no row names."""
        waiting = {file for file, _ in self._unsaved}
        files = [
            each
            for each in self._warc.closed
            if each.name not in self._booked_files and each.name not in waiting
        ]
        if files:
            startup.book_files(self.conn, files, self.crawl_id, self.clock.stamp())
            self._booked_files |= {each.name for each in files}

    def _save_interrupted(self) -> None:
        """What was fetched and kept when the run was stopped, and did not come to be read: evidence without a claim."""
        for each in list(self._unsaved.values()):
            self.save_capture(each, "interrupted")

    def finish(self, reason: str, *, errors: int = 0) -> Verdict:
        """Close the files, settle the account, write the run's row, free the archive. *errors*: programming errors."""
        try:
            self.save_held()
            self.frontier.release()
            self._save_interrupted()
            self._warc.close()
            self._book_closed_files()
            verdict = self.account.settle(
                reason,
                self.clock.stamp(),
                errors=errors,
                stop=(self.stop_reason, self.stop_status),
                storage=self.storage_error,
            )
            self.conn.execute("PRAGMA optimize")
            self.conn.execute("PRAGMA busy_timeout=200")  # a long reader keeps the log as it is: no harm done
            self.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return verdict
        except (sqlite3.OperationalError, StorageFailed) as error:
            return Verdict.storage(str(self.storage_error or error))
        finally:
            self.conn.close()
            self._lock.release()


class ArchiveCrawler(Crawler):
    """A Scrapy crawler that knows the run it works for."""

    run: Run


def run_of(crawler: Crawler) -> Run:
    """The run that a component's crawler works for."""
    if not isinstance(crawler, ArchiveCrawler):
        raise TypeError("this component works only in `scrapy crawl` of this project")
    return crawler.run


def _cannot_be_written(error: sqlite3.Error, archive: Path) -> str:
    return f"the archive {archive} cannot be written: {explain(error, archive)}"


def check_space(config: Config) -> None:
    """Raise StorageFailed if less than ``JIMO_MIN_FREE_MB`` is free where the archive is kept."""
    check_room({config.archive.parent, config.warc_dir}, config.min_free_mb)
