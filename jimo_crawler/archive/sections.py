"""The account of each section in a run: ``crawl_towns``."""

from __future__ import annotations

import sqlite3

from jimo_crawler.archive.addresses import Observed
from jimo_crawler.archive.discovery import Read

CHANGES = frozenset({"changed", "departed", "replaced"})
"""Events by which an article is another than it was."""
UNREAD = "c.pages > 0 AND c.listed = 0 AND coalesce(c.ended_by, 'unread') = 'unread'"
"""SQL: a section was asked, and nothing was found on its pages, which do not say that there is nothing."""


class Sections:
    """Counts of a run, section by section; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection, crawl_id: int) -> None:
        self._conn = conn
        self._crawl_id = crawl_id

    def add_listing(self, town_id: int | None, read: Read) -> None:
        """One page of a listing was read."""
        counts = {"pages": 1, "listed": read.new + read.known, "new": read.new, "known": read.known}
        self._add(town_id, counts, read.ended_by)

    def add_change(self, town_id: int | None, observed: Observed) -> None:
        """An article was observed."""
        if observed.event in CHANGES:
            self._add(town_id, {"changed": 1})

    def add_nothing(self, town_id: int | None) -> None:
        """A page of a listing could not be read: the section was asked all the same."""
        self._add(town_id, {"pages": 0})

    def newly_unread(self) -> list[str]:
        """Names of the sections whose pages name no article and do not say why, and of which the last run said otherwise:
        it is said once, until there is something else to say of the section."""
        rows = self._conn.execute(
            f"SELECT t.name FROM crawl_towns AS c JOIN towns AS t ON t.id = c.town_id WHERE c.crawl_id = :crawl AND {UNREAD}"
            " AND 'unread' IS NOT (SELECT b.ended_by FROM crawl_towns AS b WHERE b.town_id = c.town_id"
            " AND b.crawl_id < :crawl AND b.pages > 0 ORDER BY b.crawl_id DESC LIMIT 1) ORDER BY t.id",
            {"crawl": self._crawl_id},
        )
        return [row["name"] for row in rows]

    def mark_unread(self) -> None:
        """A section that consists of pages without articles is as unread as one that is such a page."""
        self._conn.execute(
            f"UPDATE crawl_towns AS c SET ended_by = 'unread' WHERE crawl_id = ? AND {UNREAD}",
            (self._crawl_id,),
        )

    def count_gaps(self) -> None:
        """Failed URLs of this run, and listed articles that the archive has not got yet."""
        self._conn.execute(  # a cross join is done in its order: the run's observations first, not all addresses
            "UPDATE crawl_towns SET failed = f.number FROM (SELECT u.town_id, count(*) AS number FROM observations AS o"
            " CROSS JOIN urls AS u ON u.url = o.url WHERE o.crawl_id = :crawl AND o.outcome IN ('failed', 'blocked')"
            " GROUP BY u.town_id) AS f WHERE crawl_towns.crawl_id = :crawl AND f.town_id = crawl_towns.town_id",
            {"crawl": self._crawl_id},
        )
        self._conn.execute(
            "UPDATE crawl_towns SET gap = (SELECT count(*) FROM urls AS u WHERE u.town_id = crawl_towns.town_id"
            " AND u.kind = 'article' AND (u.outcome IS NULL OR u.outcome IN ('failed', 'blocked'))) WHERE crawl_id = ?",
            (self._crawl_id,),
        )

    def _add(self, town_id: int | None, counts: dict[str, int], ended_by: str | None = None) -> None:
        if town_id is None:
            return
        self._conn.execute(
            "INSERT INTO crawl_towns(crawl_id, town_id) VALUES(?, ?) ON CONFLICT DO NOTHING",
            (self._crawl_id, town_id),
        )
        sets = [f"{name} = {name} + {int(value)}" for name, value in counts.items()]
        sets += ["ended_by = :ended_by"] if ended_by else []
        self._conn.execute(
            f"UPDATE crawl_towns SET {', '.join(sets)} WHERE crawl_id = :crawl AND town_id = :town",
            {"ended_by": ended_by, "crawl": self._crawl_id, "town": town_id},
        )
