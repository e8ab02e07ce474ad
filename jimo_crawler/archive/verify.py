"""Is the archive what it claims to be? Every row has its evidence, every record is accounted for, all sums agree.

Everything is read in one snapshot and nothing is written, so that a crawl may go on meanwhile. ``repair`` mends what can
be mended without guessing; what it cannot mend (damage within a closed WARC file) stays in sight.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from jimo_crawler.archive import fts, startup
from jimo_crawler.archive.articles import COMPARED
from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.frontier import free_leases, write
from jimo_crawler.archive.schema import open_reader
from jimo_crawler.archive.warc_check import check_file
from jimo_crawler.archive.warc_members import OPEN_SUFFIX, stored_path
from jimo_crawler.errors import Outcome
from jimo_crawler.text import fingerprint

READ = (
    *(Outcome.ARTICLE, Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.INDEX, Outcome.LISTING),
    *(Outcome.NOT_ARTICLE, Outcome.OUT_OF_SCOPE),
)
"""Outcomes that only an answer of the portal can have."""
SHOWN = 20
"""Rows of one kind that are named one by one; of more, the number is told."""

Progress = Callable[[str], None]


@dataclass(slots=True)
class Report:
    """What a check found."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What is no fault, but good to know."""
    checked: dict[str, int] = field(default_factory=dict)
    """How much was looked at: files, records, articles, revisions, crawls."""

    def by_kind(self) -> dict[str, int]:
        """How many findings of each kind, in the order of :class:`Kind`."""
        counts = Counter(each.kind for each in self.findings)
        return {kind.value: counts[kind] for kind in Kind if counts[kind]}


def verify(
    archive: Path, warc_dir: Path, *, running: bool = False, progress: Progress | None = None
) -> Report:
    """Check the archive and its WARC files. *running*: a crawl writes to them now, so that its last records may be ahead
    of the rows.

    Raises StorageFailed, ArchiveDamaged and ArchiveTooNew if the archive cannot be opened at all.
    """
    present = startup.present(warc_dir)  # before the snapshot: what is begun later is not ours to judge
    with closing(open_reader(archive)) as conn:
        check = _Check(conn, archive.name, warc_dir, running, progress or (lambda _step: None))
        try:
            conn.execute("BEGIN")
            check.run(present)
        except sqlite3.DatabaseError as error:
            check.find(Kind.DATABASE, f"it cannot be read: {error}")
        return check.report


class _Check:
    def __init__(
        self, conn: sqlite3.Connection, name: str, warc_dir: Path, running: bool, progress: Progress
    ) -> None:
        self._conn = conn
        self._name = name
        self._warc_dir = warc_dir
        self._running = running
        self._progress = progress
        self.report = Report()

    def run(self, present: list[str]) -> None:
        """All checks, the file that all others rest on first."""
        self._progress("database")
        self._check_database()
        self._progress("full-text index")
        self._check_index()
        self._progress("rows")
        self._check_evidence()
        self._check_history()
        self._check_hashes()
        self._check_images()
        self._check_accounts()
        self._check_files(present)
        self._count()

    def find(self, kind: Kind, message: str, file: str = "", offset: int | None = None) -> None:
        """Note a finding; without *file* it is the archive's."""
        self.report.findings.append(Finding(kind, file or self._name, offset, message))

    def _find_rows(self, kind: Kind, message: str, sql: str, *values: object) -> None:
        """A finding for each row that the query gives (its first column names it)."""
        rows = self._conn.execute(sql, values).fetchall()
        for row in rows[:SHOWN]:
            self.find(kind, f"{row[0]}: {message}")
        if len(rows) > SHOWN:
            self.find(kind, f"and {len(rows) - SHOWN} more: {message}")

    # --- SQLite's own -------------------------------------------------------------------------------------------------

    def _check_database(self) -> None:
        for row in self._conn.execute("PRAGMA integrity_check"):
            if row[0] != "ok":
                self.find(Kind.DATABASE, str(row[0]))
        rows = self._conn.execute("PRAGMA foreign_key_check").fetchall()
        for (table, target), count in Counter((row[0], row[2]) for row in rows).items():
            self.find(Kind.REFERENCE, f"{count} row(s) of {table} refer to {target} that are not there")

    def _check_index(self) -> None:
        """FTS5 compares the index with the articles only where it may write: in a copy, which SQLite throws away."""
        if gone := fts.missing(self._conn):
            self.find(Kind.SEARCH_INDEX, f"not there, or not as it should be: {', '.join(gone)}")
            return
        with closing(sqlite3.connect("", isolation_level=None)) as copy:
            try:
                self._conn.backup(copy)
                fts.register(copy)
                fts.check(copy)
            except sqlite3.DatabaseError as error:
                self.find(Kind.SEARCH_INDEX, f"the full-text index is not that of the articles ({error})")

    # --- rows against rows --------------------------------------------------------------------------------------------

    def _check_evidence(self) -> None:
        self._find_rows(
            Kind.NO_EVIDENCE, "a revision without a capture",
            "SELECT url || ' of ' || captured_at FROM revisions WHERE capture_id IS NULL",
        )  # fmt: skip
        marks = ", ".join("?" * len(READ))
        self._find_rows(
            Kind.NO_EVIDENCE, "an outcome that only an answer can have, without a capture",
            f"SELECT url || ' of ' || observed_at FROM observations WHERE capture_id IS NULL AND outcome IN ({marks})",
            *READ,
        )  # fmt: skip
        self._find_rows(
            Kind.ORPHAN, "a capture that belongs to no visit",
            "SELECT url || ' of ' || fetched_at FROM captures WHERE outcome IS NULL AND url NOT LIKE '%/robots.txt'",
        )  # fmt: skip
        lost = self._value("SELECT count(*) FROM captures WHERE lost_at IS NOT NULL")
        if lost:
            self.report.notes.append(f"{lost} record(s) known to be lost; their addresses are asked again")
        resting = self._value(
            "SELECT count(*) FROM articles AS a JOIN captures AS c ON c.id = a.capture_id WHERE c.lost_at IS NOT NULL"
        )
        if resting:
            self.report.notes.append(
                f"{resting} article(s) rest on lost evidence until their page is seen again"
            )

    def _check_history(self) -> None:
        differs = " OR ".join(
            f"r.{name} IS NOT a.{name}" for name in (*COMPARED, "content_hash", "capture_id")
        )
        self._find_rows(
            Kind.HISTORY, "the article is not what its latest revision says",
            "SELECT a.url FROM articles AS a LEFT JOIN revisions AS r ON r.id ="
            " (SELECT max(id) FROM revisions WHERE article_id = a.id AND url = a.url)"
            f" WHERE r.id IS NULL OR {differs}",
        )  # fmt: skip
        self._find_rows(
            Kind.HISTORY, "the address is not at its latest revision",
            "SELECT u.url FROM article_urls AS u LEFT JOIN revisions AS r ON r.id ="
            " (SELECT max(id) FROM revisions WHERE url = u.url)"
            " WHERE u.current = 1 AND u.part = 1 AND r.content_hash IS NOT u.content_hash",
        )  # fmt: skip
        self._find_rows(
            Kind.HISTORY, "an article without an address",
            "SELECT url FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM article_urls WHERE article_id = a.id)",
        )  # fmt: skip
        self._find_rows(
            Kind.HISTORY, "a revision that repeats the one before it",
            "SELECT url || ' of ' || captured_at FROM (SELECT *, lag(content_hash) OVER (PARTITION BY url ORDER BY id)"
            " AS before FROM revisions) WHERE content_hash = before",
        )  # fmt: skip

    def _check_hashes(self) -> None:
        columns = ", ".join(COMPARED)
        for row in self._conn.execute(f"SELECT url, captured_at, content_hash, {columns} FROM revisions"):
            if fingerprint.content_hash(**{name: row[name] for name in COMPARED}) != row["content_hash"]:
                self.find(
                    Kind.HISTORY, f"{row['url']} of {row['captured_at']}: its text is not that of its hash"
                )

    def _check_images(self) -> None:
        stored: dict[int, list[tuple[str, str]]] = {}
        for row in self._conn.execute(
            "SELECT article_id, url, alt FROM images ORDER BY article_id, position"
        ):
            stored.setdefault(row["article_id"], []).append((row["url"], row["alt"]))
        rows = self._conn.execute(
            "SELECT a.id, a.url, r.images FROM articles AS a JOIN revisions AS r ON r.id ="
            " (SELECT max(id) FROM revisions WHERE article_id = a.id AND url = a.url)"
        )
        for row in rows:
            if [(each["url"], each["alt"]) for each in json.loads(row["images"])] != stored.get(
                row["id"], []
            ):
                self.find(Kind.HISTORY, f"{row['url']}: its images are not those of its latest revision")

    def _check_accounts(self) -> None:
        """What each run said at its end, against what its rows say."""
        rows = self._conn.execute(
            "SELECT id, requested, outcomes, verdict FROM crawls WHERE outcomes IS NOT NULL AND verdict <> 'storage'"
        ).fetchall()
        for row in rows:
            found = self._conn.execute(
                "SELECT outcome, count(*) FROM observations WHERE crawl_id = ? GROUP BY outcome", (row["id"],)
            )
            counts = _pooled(dict(map(tuple, found)))
            if counts != (said := _pooled(json.loads(row["outcomes"]))):
                self.find(Kind.BALANCE, f"crawl {row['id']}: accounted for {said}, and there are {counts}")
            accounted = sum(counts.values()) - counts.get(Outcome.SKIPPED, 0)
            if row["verdict"] == "ok" and row["requested"] > accounted:
                message = (
                    f"crawl {row['id']}: {row['requested']} addresses asked, {accounted} have an outcome"
                )
                self.find(Kind.BALANCE, message)
        if not self._running and (
            open_runs := self._value("SELECT count(*) FROM crawls WHERE finished_at IS NULL")
        ):
            self.report.notes.append(f"{open_runs} run(s) were cut off; the next one goes on from there")

    # --- rows against records -------------------------------------------------------------------------------------------

    def _check_files(self, present: list[str]) -> None:
        booked = {
            row["name"]: row["sha256"]
            for row in self._conn.execute("SELECT name, sha256 FROM warc_files WHERE closed_at IS NOT NULL")
        }
        named = {row[0] for row in self._conn.execute("SELECT DISTINCT warc_file FROM captures")}
        names = sorted({*present, *booked, *named})
        self.report.checked["WARC files"] = len(names)
        for number, name in enumerate(names, 1):
            self._progress(f"{name} ({number} of {len(names)})")
            self._check_one_file(name, booked)

    def _check_one_file(self, name: str, booked: Mapping[str, str]) -> None:
        path = self._warc_dir / name
        written_now = self._running and name not in booked
        expected = self._expected(name)
        findings = check_file(path, expected, booked.get(name))
        if written_now:
            last = max(expected, default=-1)
            findings = [each for each in findings if each.offset is not None and each.offset <= last]
        lost = 0 if expected else self._value("SELECT count(*) FROM captures WHERE warc_file = ?", name)
        if lost and [each.kind for each in findings] == [Kind.MISSING_FILE]:
            self.report.notes.append(f"{name} is missing; its {lost} record(s) are known to be lost")
            findings = []
        self.report.findings += findings
        if written_now or not stored_path(path).exists():
            return
        if stored_path(path).name.endswith(OPEN_SUFFIX):
            self.find(Kind.OPEN_FILE, "a run that was cut off has left it open; the next one closes it", name)
        elif name not in booked:
            self.find(Kind.UNBOOKED_FILE, "it is closed, and no row of warc_files says so", name)

    def _expected(self, name: str) -> dict[int, tuple[int, str]]:
        rows = self._conn.execute(
            "SELECT warc_offset, warc_length, record_digest FROM captures WHERE warc_file = ? AND lost_at IS NULL",
            (name,),
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def _count(self) -> None:
        tables = {"records": "captures", "articles": "articles", "revisions": "revisions", "crawls": "crawls"}
        for name, table in tables.items():
            self.report.checked[name] = self._value(f"SELECT count(*) FROM {table}")

    def _value(self, sql: str, *values: object) -> int:
        return int(self._conn.execute(sql, values).fetchone()[0])


def _pooled(counts: Mapping[str, int]) -> dict[str, int]:
    """``article`` and ``duplicate`` as one: which of two addresses is the duplicate may be settled later."""
    pooled = Counter(dict(counts))
    pooled[Outcome.ARTICLE.value] += pooled.pop(Outcome.DUPLICATE.value, 0)
    return {name: count for name, count in sorted(pooled.items()) if count}


def repair(conn: sqlite3.Connection, warc_dir: Path, findings: list[Finding]) -> Iterator[str]:
    """Mend what *findings* name and can be mended; gives a line for each thing as it is done.

    *conn* writes, and the caller holds the archive's lock. Raises StorageFailed, ArchiveDamaged.
    """
    mended = startup.unbooked(conn, warc_dir)
    yield from startup.mend(conn, warc_dir)
    if freed := free_leases(conn):
        yield f"{freed} address(es) that a run had taken and not asked are free again"
    kinds = {each.kind for each in findings}
    if Kind.DATABASE in kinds:
        yield _rebuild_indexes(conn)
    if Kind.SEARCH_INDEX in kinds:
        with write(conn):
            fts.remake(conn)
        yield "the full-text index was made anew"
    yield from _mend_files(conn, warc_dir, [each for each in findings if each.file not in mended])


def _rebuild_indexes(conn: sqlite3.Connection) -> str:
    with suppress(sqlite3.DatabaseError):
        with write(conn):
            conn.execute("REINDEX")
        if conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok":
            return "the database's indexes were made anew, and it is sound again"
    return (
        "the database file cannot be mended: put back a copy made by `scrapy publish`, or rebuild it from the evidence"
        " with `scrapy replay --into FILE`"
    )


def _mend_files(conn: sqlite3.Connection, warc_dir: Path, findings: list[Finding]) -> Iterator[str]:
    """Records that no row names, rows whose record is gone, records that are back."""
    booked = [row[0] for row in conn.execute("SELECT name FROM warc_files ORDER BY name")]
    present = {name for name in booked if stored_path(warc_dir / name).exists()}
    with_lost = {
        row[0] for row in conn.execute("SELECT DISTINCT warc_file FROM captures WHERE lost_at IS NOT NULL")
    }
    for name in sorted({each.file for each in findings} & present | with_lost & present):
        yield from startup.mend_file(conn, warc_dir, name)
    missing = sorted({each.file for each in findings if each.kind is Kind.MISSING_FILE})
    if missing and not present:
        yield f"none of the WARC files is in {warc_dir}: nothing was done about it (is JIMO_WARC_DIR right?)"
        return
    for name in missing:
        yield from startup.lose_file(conn, name)
