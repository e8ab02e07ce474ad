"""Mending what a killed run left behind, before the next one begins."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from jimo_crawler.archive.frontier import write
from jimo_crawler.archive.killpoints import reach
from jimo_crawler.archive.warc_file import WarcFile
from jimo_crawler.archive.warc_members import OPEN_SUFFIX
from jimo_crawler.archive.warc_repair import Repair, repair_open
from jimo_crawler.clock import Clock
from jimo_crawler.items import Capture

logger = logging.getLogger(__name__)


def mend(conn: sqlite3.Connection, warc_dir: Path) -> list[str]:
    """Close every WARC file that is still open and book what is in it; gives a line for each thing that was done.

    Can be killed at any point and called again: a file counts as mended only once ``warc_files`` has it.
    Raises StorageFailed.
    """
    said: list[str] = []
    for name in _unbooked(conn, warc_dir):
        known = [
            row[0] for row in conn.execute("SELECT warc_offset FROM captures WHERE warc_file = ?", (name,))
        ]
        repair = repair_open(warc_dir / name, known)
        reach("startup-repair")
        with write(conn):
            said += _book(conn, name, repair)
    for line in said:
        logger.warning("%s", line)
    _close_runs(conn)
    return said


def _unbooked(conn: sqlite3.Connection, warc_dir: Path) -> list[str]:
    """Files that no row of ``warc_files`` has closed: left ``.open``, or renamed but not yet booked."""
    if not warc_dir.is_dir():
        return []
    booked = {row[0] for row in conn.execute("SELECT name FROM warc_files WHERE closed_at IS NOT NULL")}
    names = {path.name.removesuffix(OPEN_SUFFIX) for path in warc_dir.glob("jimo-*.warc.gz*")}
    return sorted(name for name in names if name.endswith(".warc.gz") and name not in booked)


def _book(conn: sqlite3.Connection, name: str, repair: Repair) -> list[str]:
    said = [f"{name}: {finding.message}" for finding in repair.damage]
    crawl_id = _crawl_of(name)
    adopted = [found.capture for found in repair.found if found.capture is not None]
    for capture in adopted:
        _adopt(conn, capture, crawl_id)
    if adopted:
        said.append(
            f"{name}: {len(adopted)} exchange(s) of a run that was cut off taken into the account; asked again"
        )
    for offset in repair.lost:
        conn.execute(
            "DELETE FROM removed_text WHERE capture_id IN (SELECT id FROM captures WHERE warc_file = ? AND warc_offset = ?)",
            (name, offset),
        )
        conn.execute(
            "UPDATE urls SET due_at = min(due_at, last_visit_at), etag = NULL, last_modified = NULL WHERE url IN"
            " (SELECT o.url FROM observations AS o JOIN captures AS c ON c.id = o.capture_id"
            " WHERE c.warc_file = ? AND c.warc_offset = ?)",
            (name, offset),
        )
        said.append(f"{name}: the record at {offset} is lost; its URL is asked again")
    if repair.file is not None:
        _insert_file(conn, repair.file, crawl_id, Clock().stamp())
    return said


def _adopt(conn: sqlite3.Connection, capture: Capture, crawl_id: int | None) -> None:
    """An exchange that was kept, and whose Visit never came to be: evidence without a claim."""
    conn.execute(
        "INSERT INTO captures(crawl_id, url, fetched_at, status, media_type, charset_declared, payload_digest, body_digest,"
        " record_digest, record_id, revisit_of, warc_file, warc_offset, warc_length, outcome)"
        " VALUES((SELECT id FROM crawls WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'interrupted')"
        " ON CONFLICT(warc_file, warc_offset) DO NOTHING",
        (
            crawl_id, capture.url, capture.fetched_at, capture.status, capture.media_type, capture.charset,
            capture.payload_digest, capture.body_digest, capture.record_digest, capture.record_id, capture.revisit_of,
            capture.warc_file, capture.warc_offset, capture.warc_length,
        ),
    )  # fmt: skip


def book_files(conn: sqlite3.Connection, files: Iterable[WarcFile], crawl_id: int, at: str) -> None:
    """Write closed WARC files into ``warc_files``."""
    with write(conn):
        for file in files:
            _insert_file(conn, file, crawl_id, at)


def _insert_file(conn: sqlite3.Connection, file: WarcFile, crawl_id: int | None, at: str) -> None:
    conn.execute(
        "INSERT INTO warc_files(name, crawl_id, opened_at, closed_at, length, sha256, records)"
        " VALUES(:name, (SELECT id FROM crawls WHERE id = :crawl), :at, :at, :length, :sha256, :records)"
        " ON CONFLICT(name) DO UPDATE SET closed_at = excluded.closed_at, length = excluded.length,"
        " sha256 = excluded.sha256, records = excluded.records",
        {
            "name": file.name,
            "crawl": crawl_id,
            "at": at,
            "length": file.length,
            "sha256": file.sha256,
            "records": file.records,
        },
    )


def _close_runs(conn: sqlite3.Connection) -> None:
    """The account of a run that was killed stays open for ever: say so in its row."""
    with write(conn):
        conn.execute(
            "UPDATE crawls SET finish_reason = 'killed', verdict = 'failed', finished_at = coalesce("
            " (SELECT max(fetched_at) FROM captures WHERE crawl_id = crawls.id), started_at),"
            " message = 'the run was cut off; the next one went on from there' WHERE finished_at IS NULL"
        )


def _crawl_of(name: str) -> int | None:
    """The run that a file name tells: ``jimo-20261122T060000Z-00012-00001.warc.gz``."""
    parts = name.split("-")
    return int(parts[2]) if len(parts) > 3 and parts[2].isdigit() else None
