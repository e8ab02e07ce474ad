"""Mending what a killed run left behind, before the next one begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from jimo_crawler.archive.evidence import find_origin
from jimo_crawler.archive.frontier import write
from jimo_crawler.archive.killpoints import reach
from jimo_crawler.archive.warc_file import WarcFile, is_being_written
from jimo_crawler.archive.warc_members import OPEN_SUFFIX
from jimo_crawler.archive.warc_repair import Repair, drop_earlier_copy, repair_open
from jimo_crawler.items import Capture

OURS = "jimo-*.warc.gz"
"""Names of the WARC files that crawls write."""


def mend(conn: sqlite3.Connection, warc_dir: Path, at: str) -> list[str]:
    """Close every WARC file that is still open and book what is in it; gives a line for each thing that was done.

    *at* is the present instant. Can be killed at any point and called again: a file counts as mended only once ``warc_files`` has it.
    Raises StorageFailed.
    """
    earlier = [path for path in warc_dir.glob(OURS + OPEN_SUFFIX) if drop_earlier_copy(path)]
    said = [f"{path.name}: removed, all of it is in the closed file beside it" for path in sorted(earlier)]
    for name in unbooked(conn, warc_dir):
        said += mend_file(conn, warc_dir, name, at)
    _close_runs(conn)
    return said


def unbooked(conn: sqlite3.Connection, warc_dir: Path) -> list[str]:
    """Files that no row of ``warc_files`` has closed: left ``.open``, or renamed but not yet booked.

    A file that some process is writing is none of them: it is another archive's, kept in the same folder.
    """
    booked = {row[0] for row in conn.execute("SELECT name FROM warc_files WHERE closed_at IS NOT NULL")}
    names = [name for name in present(warc_dir) if name not in booked]
    return [name for name in names if not is_being_written(warc_dir / (name + OPEN_SUFFIX))]


def present(warc_dir: Path) -> list[str]:
    """Names of our WARC files in the folder, by their final name even while they are ``.open``."""
    names = (path.name for pattern in (OURS, OURS + OPEN_SUFFIX) for path in warc_dir.glob(pattern))
    return sorted({name.removesuffix(OPEN_SUFFIX) for name in names})


def mend_file(conn: sqlite3.Connection, warc_dir: Path, name: str, at: str) -> list[str]:
    """Book what stands in one file that no process writes, and what of it is lost; gives a line for each thing.

    The digest with which a file was closed is never written over: damage that came later stays in sight.
    Raises StorageFailed, ArchiveDamaged.
    """
    offsets = conn.execute(
        "SELECT warc_offset FROM captures WHERE warc_file = ? AND lost_at IS NULL", (name,)
    )
    repair = repair_open(warc_dir / name, [row[0] for row in offsets])
    reach("startup-repair")
    with write(conn):
        said = _book(conn, name, repair, at)
        reach("startup-repair")
    reach("startup-repair")
    return said


def _book(conn: sqlite3.Connection, name: str, repair: Repair, at: str) -> list[str]:
    said = [f"{name}: {finding.message}" for finding in repair.damage]
    crawl_id = _crawl_of(name)
    known = {row[0] for row in conn.execute("SELECT warc_offset FROM captures WHERE warc_file = ?", (name,))}
    captures = [found.capture for found in repair.found if found.capture is not None]
    adopted = [each for each in captures if each.warc_offset not in known]
    for capture in adopted:
        _adopt(conn, capture, crawl_id)
    if adopted:
        said.append(
            f"{name}: {len(adopted)} exchange(s) of a run that was cut off taken into the account; asked again"
        )
    restored = sum(_mark_found(conn, each) for each in captures if each.warc_offset in known)
    if restored:
        said.append(f"{name}: {restored} record(s) that were lost are back")
    lost = [_mark_lost(conn, name, offset, at) for offset in repair.lost]
    if lost:
        said.append(f"{name}: {len(lost)} record(s) lost; {sum(lost)} address(es) are asked again")
    if repair.file is not None:
        _insert_file(conn, repair.file, crawl_id, at)
    return said


def _adopt(conn: sqlite3.Connection, capture: Capture, crawl_id: int | None) -> None:
    """An exchange that was kept, and whose Visit never came to be: evidence without a claim."""
    if not capture.body_digest and capture.revisit_of:
        origin = find_origin(conn, capture.url, capture.revisit_of)
        capture = replace(capture, body_digest=origin["body_digest"] if origin else "")
    conn.execute(
        "INSERT INTO captures(crawl_id, url, fetched_at, status, media_type, charset_declared, payload_digest, body_digest,"
        " record_digest, record_id, revisit_of, warc_file, warc_offset, warc_length, outcome)"
        " VALUES((SELECT id FROM crawls WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'interrupted')",
        (
            crawl_id, capture.url, capture.fetched_at, capture.status, capture.media_type, capture.charset,
            capture.payload_digest, capture.body_digest, capture.record_digest, capture.record_id, capture.revisit_of,
            capture.warc_file, capture.warc_offset, capture.warc_length,
        ),
    )  # fmt: skip


def _mark_found(conn: sqlite3.Connection, capture: Capture) -> bool:
    """A record that was lost once and is whole again (its file was put back)."""
    found = conn.execute(
        "UPDATE captures SET lost_at = NULL WHERE warc_file = ? AND warc_offset = ? AND record_digest = ?",
        (capture.warc_file, capture.warc_offset, capture.record_digest),
    )
    return found.rowcount > 0


def _mark_lost(conn: sqlite3.Connection, name: str, offset: int, at: str) -> int:
    """A row whose record is gone: it says so, and what it was the evidence of is asked again, in full."""
    conn.execute(
        "UPDATE captures SET lost_at = ? WHERE warc_file = ? AND warc_offset = ?", (at, name, offset)
    )
    return conn.execute(
        "UPDATE urls SET due_at = min(due_at, last_visit_at), etag = NULL, last_modified = NULL, body_digest = NULL,"
        " state = CASE WHEN state = 'retired' AND kind = 'article' THEN 'known' ELSE state END WHERE url IN"
        " (SELECT o.url FROM observations AS o JOIN captures AS c ON c.id = o.capture_id"
        " WHERE c.warc_file = ? AND c.warc_offset = ?)",
        (name, offset),
    ).rowcount


def lose_file(conn: sqlite3.Connection, name: str, at: str) -> list[str]:
    """Book that a whole file is missing: all its records are lost until it is put back."""
    with write(conn):
        rows = conn.execute(
            "SELECT warc_offset FROM captures WHERE warc_file = ? AND lost_at IS NULL", (name,)
        )
        asked = [_mark_lost(conn, name, row[0], at) for row in rows.fetchall()]
    if not asked:
        return []
    return [f"{name}: missing, {len(asked)} record(s) lost; {sum(asked)} address(es) are asked again"]


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
        " sha256 = excluded.sha256, records = excluded.records WHERE closed_at IS NULL",
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
