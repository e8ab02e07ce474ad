"""Is the archive what it claims to be? Every row has its evidence, every record is accounted for, all sums agree.

Everything is read in one snapshot and nothing is written, so that a crawl may go on meanwhile. ``repair`` mends what can
be mended without guessing; what it cannot mend (damage within a closed WARC file) stays in sight.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jimo_crawler.archive import fts, startup
from jimo_crawler.archive.due import ASK_NOW
from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.frontier import free_leases, write
from jimo_crawler.archive.row_checks import check_rows
from jimo_crawler.archive.schema import open_reader
from jimo_crawler.archive.warc_check import check_file
from jimo_crawler.archive.warc_file import WarcFile
from jimo_crawler.archive.warc_members import OPEN_SUFFIX, stored_path

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
        self._check_rows()
        self._note()
        self._check_files(present)
        self._count()

    def find(self, kind: Kind, message: str, file: str = "", offset: int | None = None) -> None:
        """Note a finding; without *file* it is the archive's."""
        self.report.findings.append(Finding(kind, file or self._name, offset, message))

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

    def _check_rows(self) -> None:
        for kind, message in check_rows(self._conn):
            self.find(kind, message)

    def _note(self) -> None:
        notes = {
            "record(s) known to be lost; their addresses are asked again": "SELECT count(*) FROM captures WHERE lost_at IS NOT NULL",
            "article(s) rest on lost evidence until their page is seen again": "SELECT count(*) FROM articles AS a"
            " JOIN captures AS c ON c.id = a.capture_id WHERE c.lost_at IS NOT NULL",
        }
        if not self._running:
            cut_off = "run(s) were cut off; the next one goes on from there"
            notes[cut_off] = "SELECT count(*) FROM crawls WHERE finished_at IS NULL"
        for text, sql in notes.items():
            if count := self._value(sql):
                self.report.notes.append(f"{count} {text}")

    # --- rows against records -------------------------------------------------------------------------------------------

    def _check_files(self, present: list[str]) -> None:
        booked = {
            row["name"]: WarcFile(row["name"], row["length"], row["sha256"], row["records"])
            for row in self._conn.execute("SELECT * FROM warc_files WHERE closed_at IS NOT NULL")
        }
        named = {row[0] for row in self._conn.execute("SELECT DISTINCT warc_file FROM captures")}
        names = sorted({*present, *booked, *named})
        self.report.checked["WARC files"] = len(names)
        for number, name in enumerate(names, 1):
            self._progress(f"{name} ({number} of {len(names)})")
            self._check_one_file(name, booked.get(name))

    def _check_one_file(self, name: str, booked: WarcFile | None) -> None:
        path = self._warc_dir / name
        written_now = self._running and booked is None
        rows = self._captures(name)
        expected = {offset: (row["warc_length"], row["record_digest"]) for offset, row in rows.items()}
        findings = check_file(path, expected, booked, rows)
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
        elif booked is None:
            self.find(Kind.UNBOOKED_FILE, "it is closed, and no row of warc_files says so", name)

    def _captures(self, name: str) -> dict[int, dict[str, Any]]:
        """The rows of the records in a file, by their offset."""
        rows = self._conn.execute("SELECT * FROM captures WHERE warc_file = ? AND lost_at IS NULL", (name,))
        return {row["warc_offset"]: dict(row) for row in rows}

    def _count(self) -> None:
        tables = {"records": "captures", "articles": "articles", "revisions": "revisions", "crawls": "crawls"}
        for name, table in tables.items():
            self.report.checked[name] = self._value(f"SELECT count(*) FROM {table}")

    def _value(self, sql: str, *values: object) -> int:
        return int(self._conn.execute(sql, values).fetchone()[0])


def repair(conn: sqlite3.Connection, warc_dir: Path, findings: list[Finding], at: str) -> Iterator[str]:
    """Mend what *findings* name and can be mended; gives a line for each thing as it is done.

    *at* is the present instant. *conn* writes, and the caller holds the archive's lock. Raises StorageFailed, ArchiveDamaged.
    """
    mended = startup.unbooked(conn, warc_dir)
    yield from startup.mend(conn, warc_dir, at)
    if freed := free_leases(conn):
        yield f"{freed} address(es) that a run had taken and not asked are free again"
    kinds = {each.kind for each in findings}
    if Kind.DATABASE in kinds:
        yield _rebuild_indexes(conn)
    if Kind.SEARCH_INDEX in kinds:
        with write(conn):
            fts.remake(conn)
        yield "the full-text index was made anew"
    if Kind.FRONTIER in kinds:
        yield f"{_ask_again(conn, at)} address(es) are in the frontier again, and due"
    yield from _mend_files(conn, warc_dir, [each for each in findings if each.file not in mended], at)


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


_KNOWN = {
    "article": "SELECT u.url AS url, a.town_id AS town_id FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id"
    " UNION SELECT l.url, p.town_id FROM listed AS l LEFT JOIN urls AS p ON p.url = l.listing",
    "listing": "SELECT listing_url AS url, id AS town_id FROM towns WHERE listing_url IS NOT NULL",
}
"""Where addresses of each kind are named besides the frontier."""


def _ask_again(conn: sqlite3.Connection, at: str) -> int:
    """Put addresses that the archive knows back into the frontier, as if they had just been found; gives how many.

    Of a listing's further pages nothing is known but what they list: the section is read to its end again.
    """
    with write(conn):
        conn.execute(
            "UPDATE towns SET complete_at = NULL WHERE listing_url NOT IN (SELECT url FROM urls) OR id IN (SELECT u.town_id"
            " FROM listed AS l JOIN urls AS u ON u.url = l.url WHERE l.listing NOT IN (SELECT url FROM urls))"
        )
        count = conn.execute(
            f"UPDATE urls SET state = 'known', {ASK_NOW} WHERE kind = 'article' AND state = 'retired' AND url IN"
            " (SELECT url FROM article_urls WHERE current = 1 AND part = 1 AND status = 'live')",
            {"at": at},
        ).rowcount
        for kind, sql in _KNOWN.items():
            count += conn.execute(
                "INSERT INTO urls(url, request_url, kind, town_id, page, first_seen_at, due_at)"
                f" SELECT url, url, :kind, max(town_id), iif(:kind = 'listing', 1, NULL), :at, :at FROM ({sql})"
                " WHERE true GROUP BY url ON CONFLICT(url) DO NOTHING",
                {"kind": kind, "at": at},
            ).rowcount
        conn.execute("DELETE FROM listed WHERE listing NOT IN (SELECT url FROM urls)")
    return count


def _mend_files(conn: sqlite3.Connection, warc_dir: Path, findings: list[Finding], at: str) -> Iterator[str]:
    """Records that no row names, rows whose record is gone, records that are back."""
    booked = [row[0] for row in conn.execute("SELECT name FROM warc_files ORDER BY name")]
    present = {name for name in booked if stored_path(warc_dir / name).exists()}
    with_lost = {
        row[0] for row in conn.execute("SELECT DISTINCT warc_file FROM captures WHERE lost_at IS NOT NULL")
    }
    for name in sorted({each.file for each in findings} & present | with_lost & present):
        yield from startup.mend_file(conn, warc_dir, name, at)
    missing = sorted({each.file for each in findings if each.kind is Kind.MISSING_FILE})
    if missing and not present:
        yield f"none of the WARC files is in {warc_dir}: nothing was done about it (is JIMO_WARC_DIR right?)"
        return
    for name in missing:
        yield from startup.lose_file(conn, name, at)
