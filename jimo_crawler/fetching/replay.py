"""WARC files → the same parsers → the same pipeline classes → an archive, with no network and no reactor.

The records come in the order in which they were fetched, so that every page is met as the live run met it: a listing
before the articles that it names. In files of other tools pages may come in any order; there, a page of which nothing is
known yet waits until the others have been read. Reading pages (the greater part of the work) is done by other processes;
putting exchanges together into Visits, and writing them, by this one.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import tee
from pathlib import Path
from urllib.parse import urlsplit

from jimo_crawler import __version__
from jimo_crawler.archive import fts, startup
from jimo_crawler.archive.content_coding import TooLarge
from jimo_crawler.archive.evidence import find_origin
from jimo_crawler.archive.frontier import write
from jimo_crawler.archive.warc_file import WarcFile
from jimo_crawler.archive.warc_members import Layout, layout_of
from jimo_crawler.archive.warc_read import Record, bare, capture_of, iterate, read_record
from jimo_crawler.archive.warc_repair import file_digest
from jimo_crawler.clock import Clock, from_stamp
from jimo_crawler.errors import ArchiveDamaged, Outcome, Reason, Stage
from jimo_crawler.fetching.chains import Chain
from jimo_crawler.fetching.readers import Asked, Readers, read_visit
from jimo_crawler.fetching.replayed_run import ReplayedRun, Settings, read_info, settings_of
from jimo_crawler.items import Capture, Failure, Visit
from jimo_crawler.parsers.response import Answer
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.portal import load

BATCH = 32
"""Records whose pages are read together, at most."""
BATCH_BYTES = 4 * 2**20
"""With so much in them no further record joins: several batches are in memory at once."""
FOR_READERS = (
    *("articles_published", "articles_town", "captures_payload", "observations_url", "observations_article"),
    *("removed_text_capture", "failures_crawl"),
    *("urls_due", "urls_visited", "urls_unseen", "urls_gap"),
)
"""Indexes that nothing in a replay looks into: those of researchers, and of the frontier."""
Place = tuple[Path, int]
"""Where a record stands."""
STEP = 100
"""Visits between two words on how far the replay is."""
_OF_THE_EXCHANGE = (
    *("url", "final_url", "fetched_at", "captures", "hops", "status", "etag", "last_modified"),
)
"""Fields of a Visit that do not come from the page."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to."""

    records: int
    visits: int
    articles: int
    damage: tuple[str, ...] = ()
    """Places in the files that could not be read, and pages on which our parsers failed."""


class Rebuild:
    """Fills an empty archive from WARC files alone.

    *settings* are for files that do not bring their own; *progress* is told the number of visits now and then.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        settings: Settings,
        readers: Readers,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._conn = conn
        self._settings = settings
        self._readers = readers
        self._progress = progress or (lambda _done: None)
        self._paths: dict[str, Path] = {}
        self._damage: list[str] = []
        self._hosts_ahead = settings.all_hosts
        """The portal's hosts, where records are read before their turn (and below, the profile)."""
        self._profile_ahead = settings.profile
        self._kinds: dict[str, str] = {}
        """Of addresses that a page has named; a kind never changes."""
        self._kind_ahead = "article"
        """What a page that no other has named yet was probably asked as: listings come together, and so do articles."""
        self._records = self._visits = 0
        self._run: ReplayedRun | None = None
        self._open: list[ReplayedRun] = []
        """Runs that have not come to their end: one of ours, or those of all files of other tools."""
        self._put_off: dict[str, list[tuple[ReplayedRun, Record | Place]]] = {}
        """By address: pages in files of other tools of which nothing was known when they came."""

    def run(self, files: Iterable[Path]) -> Replayed:
        """Replay *files* in order; damage in them is reported, and what is sound is read. Raises OSError."""
        with _swift(self._conn):
            for path in files:
                self._paths[path.name.removesuffix(".open")] = path
                with write(self._conn):
                    self._replay_file(path)
            with write(self._conn):
                self._end_runs()
                self._complete_revisits()
        articles = self._conn.execute("SELECT count(*) FROM articles").fetchone()[0]
        return Replayed(self._records, self._visits, articles, tuple(self._damage))

    def _replay_file(self, path: Path) -> None:
        before, last, begun = self._records, "", False
        records = iterate(
            path, on_damage=lambda finding: self._damage.append(f"{finding.file}: {finding.message}")
        )
        for record, reading in self._read_ahead(records):
            self._records += 1
            last = record.fetched_at or last
            if not begun or record.type == "warcinfo":
                self._begin_run(record if record.type == "warcinfo" else None, record, goes_on=begun)
                begun = True
            if record.type not in ("response", "revisit") or record.http is None:
                continue
            if self._the_run.is_ours:
                self._take(record, reading)
            else:
                self._take_or_put_off(record, reading)
        if begun:
            self._book_file(path, self._records - before, last)

    def _read_ahead(self, records: Iterable[Record]) -> Iterator[tuple[Record, Visit | None]]:
        """The records in order, with their pages as far as these were worth reading beforehand."""
        batches, also = tee(_batches(records))
        readings = self._readers.ahead([self._asked_ahead(each) for each in batch] for batch in also)
        for batch, visits in zip(batches, readings, strict=True):
            for record, visit in zip(batch, visits, strict=True):
                yield record, None if isinstance(visit, str) else visit

    def _asked_ahead(self, record: Record) -> Asked | str:
        """The page, if it may be read before its turn."""
        if record.type == "warcinfo":
            settings = settings_of(read_info(record), self._settings)
            self._hosts_ahead, self._profile_ahead = settings.all_hosts, settings.profile
        if record.type != "response" or record.status != 200 or record.truncated:
            return ""
        if self._profile_ahead != self._readers.profile:
            return ""
        kind = self._known_kind(canonical_url(record.url)) or self._kind_ahead
        try:
            return kind, self._answer(record, self._hosts_ahead)
        except (ArchiveDamaged, TooLarge):
            return ""

    # --- one run --------------------------------------------------------------------------------------------------------

    def _begin_run(self, warcinfo: Record | None, first: Record, *, goes_on: bool) -> None:
        """What a file's warcinfo says of its run; a run's further files go on with it.

        Each file of other tools is taken for a run of its own (*goes_on*: the file has begun already).
        """
        info = read_info(warcinfo) if warcinfo else {}
        number = int(info["isPartOf"].removeprefix("crawl ")) if "jimo-spider" in info else 0
        if self._run is not None and self._run.number == number and (number or goes_on):
            return
        if number or any(run.is_ours for run in self._open):
            self._end_runs()
        settings = settings_of(info, self._settings)
        spider = info.get("jimo-spider", "towns" if settings.portal_url else "article")
        crawl_id = self._insert_crawl(number, spider, settings.portal_url, first)
        at = Clock(from_stamp(first.fetched_at)) if first.fetched_at else Clock()
        self._run = ReplayedRun.begin(self._conn, crawl_id, number, spider, settings, at)
        self._open.append(self._run)

    def _insert_crawl(self, number: int, spider: str, portal_url: str, first: Record) -> int:
        taken = self._conn.execute("SELECT 1 FROM crawls WHERE id = ?", (number,)).fetchone()
        crawl_id = self._conn.execute(
            "INSERT INTO crawls(id, spider, portal_url, started_at, finish_reason, version) VALUES(?, ?, ?, ?, ?, ?)",
            (number if number and not taken else None, spider, portal_url or None, first.fetched_at, "replayed", __version__),
        ).lastrowid  # fmt: skip
        assert crawl_id is not None
        return crawl_id

    def _end_runs(self) -> None:
        """What was put off, and then the end of each run."""
        self._take_put_off()
        for run in self._open:
            self._run = run
            self._end(run)
        self._open, self._run = [], None

    def _end(self, run: ReplayedRun) -> None:
        """Chains that never came to an end, Visits that are still held, and the run's row."""
        for chain in run.chains.rest():
            self._give_up(chain)
        for visit in run.breaker.settle():
            self._save(visit)
        self._conn.execute(
            "UPDATE crawls SET finished_at = coalesce((SELECT max(fetched_at) FROM captures WHERE crawl_id = :id), started_at),"
            " verdict = 'ok', message = 'rebuilt from its WARC files', requested = (SELECT count(*) FROM observations"
            " WHERE crawl_id = :id AND outcome <> 'skipped'), outcomes = :outcomes,"
            " articles_new = (SELECT count(*) FROM observations WHERE crawl_id = :id AND event = 'new'), articles_changed ="
            " (SELECT count(*) FROM observations WHERE crawl_id = :id AND event IN ('changed', 'replaced')) WHERE id = :id",
            {"id": run.crawl_id, "outcomes": json.dumps(self._outcomes(run.crawl_id))},
        )

    def _outcomes(self, crawl_id: int) -> dict[str, int]:
        rows = self._conn.execute("SELECT outcome FROM observations WHERE crawl_id = ?", (crawl_id,))
        return dict(sorted(Counter(row[0] for row in rows).items()))

    def _book_file(self, path: Path, records: int, at: str) -> None:
        name = path.name.removesuffix(".open")
        file = WarcFile(name, path.stat().st_size, file_digest(path), records)
        startup.book_files(self._conn, [file], self._the_run.crawl_id, at)

    # --- one page -------------------------------------------------------------------------------------------------------

    def _is_known(self, canonical: str) -> bool:
        """In files of other tools: whether it is clear already what the page was asked as."""
        return canonical == self._the_run.portal or self._known_kind(canonical) is not None

    def _take_or_put_off(self, record: Record, reading: Visit | None) -> None:
        canonical = canonical_url(record.url)
        if self._is_known(canonical):
            self._take_earlier(canonical)
            self._take(record, reading)
        elif self._the_run.chains.is_portal(record.url):
            place = (record.path, record.offset)
            # In a stream each look at a place would unpack all that stands before it.
            kept = record if layout_of(record.path) is Layout.STREAM else place
            self._put_off.setdefault(canonical, []).append((self._the_run, kept))

    def _take_put_off(self) -> None:
        """Those that are named by now, and what these name, and so on; then the others."""
        while self._put_off:
            for canonical in [each for each in self._put_off if self._is_known(each)] or list(self._put_off):
                self._take_earlier(canonical)

    def _take_earlier(self, canonical: str) -> None:
        """What was put off of this address, each time in the run that met it."""
        present = self._run
        for run, kept in self._put_off.pop(canonical, ()):
            self._run = run
            self._take(kept if isinstance(kept, Record) else read_record(*kept), None)
        self._run = present

    def _take(self, record: Record, reading: Visit | None) -> None:
        capture = self._capture_of(record)
        run = self._the_run
        if "/robots.txt" in capture.url and urlsplit(capture.url).path == "/robots.txt":
            run.store.save_capture(capture)
        elif chain := run.chains.take(record, capture, reading):
            self._finish(chain)

    def _finish(self, chain: Chain) -> None:
        """The chain's last answer makes the Visit."""
        blank = self._blank(chain)
        self._kind_ahead = blank.kind
        if chain.target is not None:
            self._admit(self._led_away(blank, chain, chain.target))
        elif chain.reading is not None and chain.reading.kind == blank.kind:
            exchange = {name: getattr(blank, name) for name in _OF_THE_EXCHANGE}
            self._admit(replace(chain.reading, **exchange))
        else:
            self._admit(self._read(blank, chain))

    def _read(self, blank: Visit, chain: Chain) -> Visit:
        assert chain.record is not None
        if chain.record.truncated:
            return _failed(blank, Reason.DATA_LOSS, "the answer was cut off, more than once")
        try:
            hosts = self._the_run.settings.all_hosts
            answer = self._answer(chain.record, hosts)
        except (ArchiveDamaged, TooLarge) as error:
            return _failed(blank, Reason.DATA_LOSS, str(error))
        return read_visit(blank.kind, answer, load(self._the_run.settings.profile), blank)

    def _give_up(self, chain: Chain) -> None:
        """A redirect whose target was never fetched; or an answer that the live run took as it was."""
        if chain.target is None:
            self._finish(chain)
            return
        self._admit(
            _failed(self._blank(chain), Reason.CONNECT, "the run did not get to the end of this visit")
        )

    def _led_away(self, visit: Visit, chain: Chain, target: str) -> Visit:
        hops = (*visit.hops, chain.captures[-1].url)
        if not self._the_run.chains.is_portal(target):
            visit = replace(visit, hops=hops, status=None)
            return _failed(visit, Reason.OFF_PORTAL, f"leads off the portal: {target}", Outcome.HIJACKED)
        return _failed(replace(visit, hops=hops), Reason.TOO_MANY_REDIRECTS, "max redirections reached")

    def _blank(self, chain: Chain) -> Visit:
        last = chain.captures[-1]
        http = chain.record.http if chain.record else None
        return Visit(
            url=canonical_url(chain.url),
            final_url=last.url,
            kind=self._kind(chain),
            outcome=Outcome.FAILED,
            fetched_at=last.fetched_at,
            captures=tuple(chain.captures),
            hops=tuple(chain.hops),
            status=last.status,
            etag=http.header("ETag") if http else None,
            last_modified=http.header("Last-Modified") if http else None,
        )

    def _answer(self, record: Record, hosts: frozenset[str]) -> Answer:
        """The answer; the body of a revisit is that of the record it refers to. Raises ArchiveDamaged, TooLarge."""
        assert record.http is not None
        content_type = record.http.header("Content-Type")
        source = record
        if record.type == "revisit" and record.http.status != 304:
            source = self._origin(record)
            content_type = content_type or (source.http.header("Content-Type") if source.http else None)
        return Answer(
            url=record.url, status=record.http.status, content_type=content_type,
            body=source.decoded_body(), hosts=hosts,
        )  # fmt: skip

    def _origin(self, record: Record) -> Record:
        """The record that a revisit refers to: by its id, or, in files of tools that do not name it, by address and digest."""
        row = self._origin_row(record)
        if row is None:
            raise ArchiveDamaged(
                f"{record.path.name} at {record.offset} refers to a record that is not there"
            )
        return read_record(self._paths[row["warc_file"]], row["warc_offset"])

    def _origin_row(self, record: Record) -> sqlite3.Row | None:
        url = bare(record.header("WARC-Refers-To-Target-URI")) or record.url
        named = find_origin(self._conn, url, record.refers_to)
        same: sqlite3.Row | None = self._conn.execute(
            "SELECT * FROM captures WHERE revisit_of IS NULL AND url = ? AND payload_digest = ? ORDER BY id DESC LIMIT 1",
            (url, record.header("WARC-Payload-Digest")),
        ).fetchone()
        return named or same

    def _capture_of(self, record: Record) -> Capture:
        """Its row; that of a revisit has what the record has that it refers to, as far as this is known by now."""
        capture = capture_of(record)
        if capture.body_digest or (row := self._origin_row(record)) is None:
            return capture
        return replace(capture, body_digest=row["body_digest"], revisit_of=row["record_id"])

    def _complete_revisits(self) -> None:
        """What revisits refer to may stand in a later file."""
        for row in self._conn.execute("SELECT * FROM captures WHERE body_digest = ''").fetchall():
            if origin := find_origin(self._conn, row["url"], row["revisit_of"]):
                self._conn.execute(
                    "UPDATE captures SET body_digest = ? WHERE id = ?", (origin["body_digest"], row["id"])
                )

    def _known_kind(self, canonical: str) -> str | None:
        if canonical not in self._kinds:
            row = self._conn.execute("SELECT kind FROM urls WHERE url = ?", (canonical,)).fetchone()
            if row is None:
                return None
            self._kinds[canonical] = row["kind"]
        return self._kinds[canonical]

    def _kind(self, chain: Chain) -> str:
        """What the URL was asked as; one that no page has named yet is the entry page or was given by hand."""
        canonical, at = canonical_url(chain.url), chain.captures[0].fetched_at
        known = self._known_kind(canonical)
        if known is not None:
            return known
        kind = "entry" if canonical == self._the_run.portal else "article"
        self._conn.execute(
            "INSERT INTO urls(url, request_url, kind, first_seen_at, due_at) VALUES(?, ?, ?, ?, ?)",
            (canonical, chain.url, kind, at, at),
        )
        return kind

    def _admit(self, visit: Visit) -> None:
        for each in self._the_run.breaker.admit(visit):
            self._save(each)

    def _save(self, visit: Visit) -> None:
        self._damage += [
            f"{visit.url}: {each.message}" for each in visit.failures if each.reason is Reason.PROGRAM
        ]
        self._the_run.store.save(visit)
        self._visits += 1
        if self._visits % STEP == 0:
            self._progress(self._visits)

    @property
    def _the_run(self) -> ReplayedRun:
        assert self._run is not None
        return self._run


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.block)
        if len(batch) == BATCH or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@contextmanager
def _swift(conn: sqlite3.Connection) -> Iterator[None]:
    """Without what guards against a crash (the file is made anew, and a broken one is thrown away), and with the full-text
    index and the indexes that only readers need made at the end, in one go."""
    conn.execute("PRAGMA journal_mode=OFF")
    conn.execute("PRAGMA synchronous=OFF")
    fts.suspend(conn)
    marks = ", ".join("?" * len(FOR_READERS))
    later = conn.execute(
        f"SELECT name, sql FROM sqlite_master WHERE name IN ({marks})", FOR_READERS
    ).fetchall()
    for row in later:
        conn.execute(f"DROP INDEX {row['name']}")
    yield
    for row in later:
        conn.execute(row["sql"])
    fts.remake(conn)
    conn.execute("PRAGMA synchronous=FULL")
    conn.execute("PRAGMA journal_mode=WAL")


def _failed(visit: Visit, reason: Reason, message: str, outcome: Outcome = Outcome.FAILED) -> Visit:
    failure = Failure(stage=Stage.FETCH, reason=reason, message=message)
    return replace(visit, outcome=outcome, failures=(failure,), message=message)
