"""A machine clock that was wrong for a while: what it left in the frontier, put right before a run begins.

When a URL is due is told by the clock of the run that visited it. If that clock stood years ahead, the URL would not be
asked again for years; if today's stands behind, everything would seem to have been visited in the future.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from jimo_crawler.archive.frontier import write
from jimo_crawler.clock import from_stamp, to_stamp


def put_right(conn: sqlite3.Connection, now: datetime) -> str | None:
    """Make due what a clock ahead of *now* has put off; gives a line for a person if there was anything.

    What every run asks for, and what was never asked or failed, is due whatever the clocks say. For the rest the clock
    that most runs agree with is taken to be right: if that is today's, a visit "in the future" took place now at the
    latest, and its URL is due after the same interval; if it is not, nothing is changed, so that nothing is asked again
    too early when the clock is right once more.
    """
    at = to_stamp(now)
    with write(conn):
        conn.execute(
            "UPDATE urls SET due_at = :now WHERE due_at > :now AND (last_visit_at IS NULL OR kind IN ('entry', 'index')"
            " OR (kind = 'listing' AND coalesce(page, 1) = 1 AND outcome IS NOT 'out_of_scope') OR outcome IN ('failed', 'blocked'))",
            {"now": at},
        )
        ahead = conn.execute("SELECT count(*) FROM urls WHERE last_visit_at > ?", (at,)).fetchone()[0]
        if not ahead or not _agrees(conn, at):
            return None
        for row in conn.execute("SELECT url, due_at, last_visit_at FROM urls WHERE last_visit_at > ?", (at,)):
            wait = from_stamp(row["due_at"]) - from_stamp(row["last_visit_at"])
            conn.execute(
                "UPDATE urls SET due_at = ?, last_visit_at = ? WHERE url = ?",
                (to_stamp(now + wait), at, row["url"]),
            )
        for column in ("missing_since", "delisted_at", "relisted_at"):
            conn.execute(f"UPDATE article_urls SET {column} = :now WHERE {column} > :now", {"now": at})
    return f"{ahead} address(es) were visited by a clock that stood ahead of today's; their waiting times count from now"


def _agrees(conn: sqlite3.Connection, at: str) -> bool:
    """Whether no more runs began after *at* than before it."""
    before, after = conn.execute(
        "SELECT coalesce(sum(started_at <= :at), 0), coalesce(sum(started_at > :at), 0) FROM crawls",
        {"at": at},
    ).fetchone()
    return bool(before >= after)
