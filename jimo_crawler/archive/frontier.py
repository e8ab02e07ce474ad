"""The frontier: every URL the crawler ever learned of, when it is due, and who has it on lease.

A lease belongs to a run. Whoever holds the archive's lock is the only run there is, so at its start it frees every
older lease at once; there are no deadlines. Nothing but the transaction of a Visit (store.py) ends a lease.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jimo_crawler.clock import Clock, from_stamp, to_stamp

KINDS = ("entry", "index", "listing", "article")
"""In the order in which a run asks for them: where the news is comes before the news."""

GATES = ("entry", "index")
"""Kinds that must have answered before anything else is asked: a portal that is out of order shows there first."""

BATCH = 16
"""Leases taken in one transaction: a lease costs a commit, and an early one does no harm (a kill frees it)."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One URL that this run is to visit, with what a polite request for it needs to know."""

    url: str
    request_url: str
    kind: str
    town_id: int | None = None
    page: int | None = None
    first_url: str | None = None
    part: int | None = None
    found_on: str | None = None
    depth: int = 0
    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True)
class Plan:
    """What a run may ask for: made from the spider's arguments."""

    kinds: tuple[str, ...] = KINDS
    towns: tuple[str, ...] | None = None
    """Only these sections (names as in ``towns.name``); None for all."""
    since: str | None = None
    """ISO day: articles that a listing dates earlier are left for another run."""
    full: bool = False
    max_pages: int | None = None
    """Listing pages a section."""
    only: tuple[str, ...] | None = None
    """Exactly these canonical URLs, due or not, and nothing that is found on them."""
    recheck: bool = False
    """Every known address of an article, the one observed longest ago first, due or not."""
    observed_before: str | None = None
    """With ``recheck``: only addresses whose last observation is older than this stamp."""
    budget: int | None = None
    """Known addresses asked again, at most."""
    ended_sections: set[int] = field(default_factory=set)
    """Sections whose listing this run does not follow further (``since`` is reached)."""


class Frontier:
    """The due rows of ``urls``, leased in batches. *conn* is the archive's writing connection."""

    def __init__(self, conn: sqlite3.Connection, crawl_id: int, clock: Clock, plan: Plan) -> None:
        self._conn = conn
        self._crawl_id = crawl_id
        self._clock = clock
        self.plan = plan
        self.revisits = 0
        """Addresses visited before that this run has leased again."""
        self.budget_reached = False
        self.halted = False
        self._ready: deque[Lease] = deque()
        self._only = deque(plan.only or ())

    def add(self, url: str, request_url: str, kind: str) -> None:
        """Make sure that *url* (canonical) is a row and due now: how a run's first pages come in."""
        now = self._clock.stamp()
        with write(self._conn):
            self._conn.execute(
                "INSERT INTO urls(url, request_url, kind, first_seen_at, due_at) VALUES(?, ?, ?, ?, ?)"
                " ON CONFLICT(url) DO UPDATE SET due_at = min(due_at, excluded.due_at)",
                (url, request_url, kind, now, now),
            )

    def lease(self) -> Lease | None:
        """The next URL of this run, or None if nothing is due that the plan allows."""
        if not self._ready:
            self._ready.extend(self._take())
        return self._ready.popleft() if self._ready else None

    def has_due(self) -> bool:
        """Whether ``lease`` would give something (it leases a batch to know)."""
        if not self._ready:
            self._ready.extend(self._take())
        return bool(self._ready)

    def halt(self) -> None:
        """Lease nothing more in this run."""
        self.halted = True
        self._ready.clear()

    def release(self) -> None:
        """Give back what was leased and not asked for: the run ends early."""
        with write(self._conn):
            self._conn.execute("UPDATE urls SET state = 'known', leased_by = NULL WHERE state = 'leased'")
        self._ready.clear()

    def host_form(self, host: str) -> str | None:
        """``https://www.example.cn``: how a host (canonical) answered when it redirected to itself; None if it never did."""
        row = self._conn.execute("SELECT form FROM hosts WHERE host = ?", (host,)).fetchone()
        return row["form"] if row else None

    def _take(self) -> list[Lease]:
        if self.halted:
            return []
        with write(self._conn):
            rows = self._rows()
            self._conn.executemany(
                "UPDATE urls SET state = 'leased', leased_by = ? WHERE url = ?",
                [(self._crawl_id, row["url"]) for row in rows],
            )
        return [_lease(row) for row in rows]

    def _rows(self) -> list[sqlite3.Row]:
        if self.plan.only is not None:
            return self._rows_of_plan()
        return self._rows_to_recheck() if self.plan.recheck else self._rows_due()

    def _rows_to_recheck(self) -> list[sqlite3.Row]:
        where, values = self._conditions("article", due=False)
        where.append("url IN (SELECT url FROM article_urls WHERE current = 1)")
        if self.plan.observed_before is not None:
            where.append("last_visit_at < ?")
            values.append(self.plan.observed_before)
        return self._within_budget(where, values, "last_visit_at, url")

    def _rows_of_plan(self) -> list[sqlite3.Row]:
        urls = [self._only.popleft() for _ in range(min(BATCH, len(self._only)))]
        marks = ", ".join("?" * len(urls))
        rows = self._conn.execute(f"SELECT * FROM urls WHERE url IN ({marks}) AND state <> 'leased'", urls)
        by_url = {row["url"]: row for row in rows}
        return [by_url[url] for url in urls if url in by_url]

    def _rows_due(self) -> list[sqlite3.Row]:
        for kind in self.plan.kinds:
            if rows := self._due(kind):
                return rows
            if kind in GATES and self._is_under_way(kind):
                return []
        return []

    def _is_under_way(self, kind: str) -> bool:
        sql = "SELECT 1 FROM urls WHERE state = 'leased' AND kind = ? LIMIT 1"
        return self._conn.execute(sql, (kind,)).fetchone() is not None

    def _due(self, kind: str) -> list[sqlite3.Row]:
        conditions, values = self._conditions(kind)
        if kind != "article":
            return self._select(conditions, values, "page, rowid", BATCH)
        new = self._select([*conditions, "last_visit_at IS NULL"], values, "first_seen_at, rowid", BATCH)
        return new or self._revisits(conditions, values)

    def _revisits(self, conditions: list[str], values: list[object]) -> list[sqlite3.Row]:
        """Known addresses, the longest overdue first, one of each town in turn, within the budget."""
        turn = "row_number() OVER (PARTITION BY town_id ORDER BY due_at, url)"
        return self._within_budget([*conditions, "last_visit_at IS NOT NULL"], values, f"{turn}, due_at, url")

    def _within_budget(self, where: list[str], values: list[object], order: str) -> list[sqlite3.Row]:
        room = BATCH if self.plan.budget is None else min(BATCH, self.plan.budget - self.revisits)
        if room <= 0:
            self.budget_reached = self.budget_reached or bool(self._select(where, values, "due_at", 1))
            return []
        rows = self._select(where, values, order, room)
        self.revisits += len(rows)
        return rows

    def _conditions(self, kind: str, *, due: bool = True) -> tuple[list[str], list[object]]:
        where = ["state = 'known'", "kind = ?", "last_crawl_id IS NOT ?"]
        values: list[object] = [kind, self._crawl_id]
        if due:
            where.append("due_at <= ?")
            values.append(self._clock.stamp())
        if kind in ("listing", "article") and self.plan.towns is not None:
            where.append(
                f"town_id IN (SELECT id FROM towns WHERE name IN ({', '.join('?' * len(self.plan.towns))}))"
            )
            values += self.plan.towns
        if kind == "listing" and self.plan.max_pages is not None:
            where.append("coalesce(page, 1) <= ?")
            values.append(self.plan.max_pages)
        if kind == "listing" and self.plan.ended_sections:
            where.append(f"town_id NOT IN ({', '.join(map(str, sorted(self.plan.ended_sections)))})")
        if kind == "article" and self.plan.since is not None:
            where.append("(listed_date IS NULL OR listed_date >= ?)")
            values.append(self.plan.since)
        return where, values

    def _select(self, where: list[str], values: list[object], order: str, limit: int) -> list[sqlite3.Row]:
        sql = f"SELECT * FROM urls WHERE {' AND '.join(where)} ORDER BY {order} LIMIT {limit}"
        return self._conn.execute(sql, values).fetchall()


class write:
    """A write transaction: ``BEGIN IMMEDIATE`` … ``COMMIT``, rolled back on any exception.

    sqlite-utils' ``atomic()`` opens a plain ``BEGIN``, which fails at once when it has to turn a read into a write.
    Inside another one it is part of that (a replay writes many Visits in one).
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._outermost = not conn.in_transaction

    def __enter__(self) -> sqlite3.Connection:
        if self._outermost:
            self._conn.execute("BEGIN IMMEDIATE")
        return self._conn

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if not self._outermost:
            return
        if kind is None:
            self._conn.execute("COMMIT")
        elif self._conn.in_transaction:
            self._conn.execute("ROLLBACK")


def free_leases(conn: sqlite3.Connection) -> int:
    """Free what a run that is no more had on lease; gives how many. Only the holder of the archive's lock may."""
    with write(conn):
        return conn.execute(
            "UPDATE urls SET state = 'known', leased_by = NULL WHERE state = 'leased'"
        ).rowcount


def next_due(
    now: datetime, quiet_since: Iterable[str | None], *, least_hours: float, most_hours: float
) -> str:
    """When to ask again: after a fifth of the time for which nothing is known to have happened.

    *quiet_since* are stamps or ISO times of events (published, last changed, last seen to change); the latest counts. A
    page three days old is asked daily, one a year old every ten weeks, none never (DESIGN 4.4).
    """
    moments = [from_stamp(each if "T" in each else f"{each}T00:00:00+08:00") for each in quiet_since if each]
    quiet = (now - max(moments)).total_seconds() / 3600 if moments else 0.0
    hours = min(max(quiet / 5, least_hours), most_hours)
    return to_stamp(now + timedelta(hours=hours))


def _lease(row: sqlite3.Row) -> Lease:
    return Lease(**{name: row[name] for name in Lease.__slots__})
