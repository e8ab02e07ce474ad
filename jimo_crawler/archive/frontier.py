"""The frontier: every URL the crawler ever learned of, when it is due, and who has it on lease.

A lease belongs to a run. Whoever holds the archive's lock is the only run there is, so at its start it frees every
older lease at once; there are no deadlines. Nothing but the transaction of a Visit (store.py) ends a lease.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from dataclasses import dataclass, field

from jimo_crawler.clock import Clock

KINDS = ("entry", "index", "listing", "article")
"""In the order in which a run asks for them: where the news is comes before the news."""

GATES = ("entry", "index")
"""Kinds that must have answered before anything else is asked: a portal that is out of order shows there first."""

ONE_BY_ONE = "entry"
"""Which page behind an entry page is asked depends on what those before it said."""

BATCH = 16
"""Leases taken in one transaction: a lease costs a commit, and an early one does no harm (a kill frees it)."""

MUCH_DOUBT = 3
"""Visits in doubt from which an address is asked that is not due, if nothing else would tell whether the portal is well."""

SOUND = (
    "EXISTS (SELECT 1 FROM article_urls AS s WHERE s.url = urls.url AND s.current = 1 AND s.status = 'live'"
    " AND s.missing_since IS NULL AND s.delisted_at IS NULL)"
)
"""The address carried its article when it was last asked."""


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
    last_visit_at: str | None = None

    @property
    def visited(self) -> bool:
        """Whether it was asked in an earlier run."""
        return self.last_visit_at is not None


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
        self.under_way: set[str] = set()
        """URLs that were leased out and have not come back as a Visit yet (``Run.save`` takes them off)."""
        self._doubt = 0
        self._ready: deque[Lease] = deque()
        self._chosen: deque[str] = deque(plan.only or ())
        """Canonical URLs that are to be leased next, in order: those of the plan, or the revisits that are due."""

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
        while self.has_due():
            lease = self._ready.popleft()
            if not self._is_done(lease):
                self.under_way.add(lease.url)
                return lease
        return None

    def has_due(self) -> bool:
        """Whether ``lease`` would give something (it leases a batch to know)."""
        if not self._ready:
            self._ready.extend(self._take())
        return bool(self._ready)

    def doubt(self, held: int) -> None:
        """While it is in doubt whether the portal is well (*held* visits are held back), addresses that were fine when they
        were last seen come first: they tell (breaker.py)."""
        if bool(held) != bool(self._doubt) and held and self.plan.only is None:
            self._give_back()
        self._doubt = held

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

    def _is_done(self, lease: Lease) -> bool:
        """Whether the URL was booked meanwhile: another one of this run has led to it."""
        row = self._conn.execute("SELECT last_crawl_id FROM urls WHERE url = ?", (lease.url,)).fetchone()
        return bool(row["last_crawl_id"] == self._crawl_id)

    def _give_back(self) -> None:
        """Return what was leased and not yet asked."""
        if not self._ready:
            return
        revisits = [lease.url for lease in self._ready if lease.visited and lease.kind == "article"]
        self.revisits -= len(revisits)
        if not self.plan.recheck:
            self._chosen.extendleft(reversed(revisits))
        with write(self._conn):
            self._conn.executemany(
                "UPDATE urls SET state = 'known', leased_by = NULL WHERE url = ?",
                [(lease.url,) for lease in self._ready],
            )
        self._ready.clear()

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
            return self._rows_chosen(BATCH)
        return self._rows_to_recheck() if self.plan.recheck else self._rows_due()

    # --- recheck --------------------------------------------------------------------------------------------------

    def _rows_to_recheck(self) -> list[sqlite3.Row]:
        """Every known address of an article, the one observed longest ago first."""
        where, values = self._conditions("article", due=False)
        where.append("EXISTS (SELECT 1 FROM article_urls AS a WHERE a.url = urls.url AND a.current = 1)")
        if self.plan.observed_before is not None:
            where.append("last_visit_at < ?")
            values.append(self.plan.observed_before)
        room = self._room(BATCH)
        if room <= 0:
            self.budget_reached = self.budget_reached or bool(
                self._select(where, values, "last_visit_at, url", 1)
            )
            return []
        rows = self._sound((where, values)) if self._doubt else []
        rows = rows or self._select(where, values, "last_visit_at, url", 1 if self._doubt else room)
        self.revisits += len(rows)
        return rows

    # --- what is due ----------------------------------------------------------------------------------------------

    def _rows_due(self) -> list[sqlite3.Row]:
        for kind in self.plan.kinds:
            if kind == ONE_BY_ONE and self._is_under_way(kind):
                return []
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
            return self._select(conditions, values, "page, rowid", 1 if kind == ONE_BY_ONE else BATCH)
        new = self._select([*conditions, "last_visit_at IS NULL"], values, "first_seen_at, rowid", BATCH)
        return new or self._revisits(conditions, values)

    def _revisits(self, where: list[str], values: list[object]) -> list[sqlite3.Row]:
        """Known addresses, within the budget."""
        if not self._chosen:
            self._choose([*where, "last_visit_at IS NOT NULL"], values)
        rows = self._chosen_sound() if self._doubt else []
        if not rows and self._doubt >= MUCH_DOUBT and self._room(1):
            rows = self._sound(self._conditions("article", due=False))
        rows = rows or self._rows_chosen(1 if self._doubt else BATCH)
        self.revisits += len(rows)
        return rows

    def _choose(self, where: list[str], values: list[object]) -> None:
        """Settle what is due and to be asked again, once for the whole run (and again for what has become due in it).

        The longest overdue, one of each town in turn. Of these one comes first that was fine when last seen, and then those
        that were not: a run that knows the portal to be well need not doubt what it meets, and what is left can tell
        (``doubt``) without a request that is not due.
        """
        turn = "row_number() OVER (PARTITION BY town_id ORDER BY due_at, url)"
        sql = (
            f"SELECT url, {SOUND} AS sound FROM urls WHERE {' AND '.join(where)} ORDER BY {turn}, due_at, url"
        )
        room = self._room()
        rows = self._conn.execute(f"{sql} LIMIT {room + 1}", values).fetchall()
        self.budget_reached = self.budget_reached or len(rows) > room
        sound = [row["url"] for row in rows[:room] if row["sound"]]
        others = [row["url"] for row in rows[:room] if not row["sound"]]
        self._chosen.extend((*sound[:1], *others, *sound[1:]))

    def _rows_chosen(self, most: int) -> list[sqlite3.Row]:
        urls = [self._chosen.popleft() for _ in range(min(most, len(self._chosen)))]
        return self._known(urls)

    def _chosen_sound(self) -> list[sqlite3.Row]:
        """One of those that are due and were fine when last seen."""
        for url in self._chosen:
            if self._sound((["url = ?"], [url])):
                self._chosen.remove(url)
                return self._known([url])
        return []

    def _known(self, urls: list[str]) -> list[sqlite3.Row]:
        """The rows of these URLs in this order, but for what is on its way or was booked already."""
        marks = ", ".join("?" * len(urls))
        rows = self._conn.execute(
            f"SELECT * FROM urls WHERE url IN ({marks}) AND state <> 'leased' AND last_crawl_id IS NOT ?",
            (*urls, self._crawl_id),
        )
        by_url = {row["url"]: row for row in rows}
        return [by_url[url] for url in urls if url in by_url]

    # --- conditions -----------------------------------------------------------------------------------------------

    def _room(self, most: int = 1_000_000) -> int:
        return most if self.plan.budget is None else max(0, min(most, self.plan.budget - self.revisits))

    def _sound(self, conditions: tuple[list[str], list[object]]) -> list[sqlite3.Row]:
        """One row whose address carried its article when it was last asked; the latest such."""
        where, values = conditions
        return self._select([*where, SOUND], values, "last_visit_at DESC, url", 1)

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
        try:
            if kind is None:
                self._conn.execute("COMMIT")
        finally:  # also if the commit itself fails (a full disk): what is left open would swallow all that follows
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")


def free_leases(conn: sqlite3.Connection) -> int:
    """Free what a run that is no more had on lease; gives how many. Only the holder of the archive's lock may."""
    with write(conn):
        return conn.execute(
            "UPDATE urls SET state = 'known', leased_by = NULL WHERE state = 'leased'"
        ).rowcount


def _lease(row: sqlite3.Row) -> Lease:
    return Lease(**{name: row[name] for name in Lease.__slots__})
