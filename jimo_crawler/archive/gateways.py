"""The way from the entry page to the towns: frames, a door, 新闻中心 behind which the index is, an index on several pages.

Every run asks again what leads to towns. What an entry page only may mean by its links is asked one after the other, and no
further once one of them leads to towns; what did not is asked again only when nothing else does.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace

from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Visit
from jimo_crawler.parsers.urls import canonical_url

MOST_STEPS = {"entry": 3, "index": 20}
"""Steps from the entry page, and pages of an index: what goes on further leads nowhere."""


class Gateways:
    """Books visits of entry pages and indexes; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection, crawl_id: int, discovery: Discovery) -> None:
        self._conn = conn
        self._crawl_id = crawl_id
        self._discovery = discovery

    def book(self, visit: Visit, row: sqlite3.Row) -> Visit:
        """Note where *visit* leads; gives the Visit with the outcome that its place among the others makes of it."""
        branch = self._is_branch(row)
        if visit.outcome is Outcome.INDEX and not (branch and self._leads_nowhere(visit, row)):
            self._follow(visit, row)
            return visit
        if visit.status is None or visit.outcome is Outcome.UNCHANGED or not branch:
            return visit
        if row["outcome"] in ("index", "unchanged"):  # it did lead to towns: that it does not is news
            return _failed(visit, visit.failures) if visit.outcome is Outcome.INDEX else visit
        if row["anchor"] is None:
            lost = visit.outcome in (Outcome.INDEX, Outcome.GONE) or (visit.outcome, visit.status) == (
                Outcome.FAILED,
                200,
            )
            message = "a frame that names no towns"
            return (
                replace(visit, outcome=Outcome.NOT_ARTICLE, failures=(), message=message) if lost else visit
            )
        if self._are_others_left(row):
            return replace(visit, outcome=Outcome.NOT_ARTICLE, failures=(), message="leads to no towns")
        return _failed(visit, visit.failures, Outcome.NOT_ARTICLE)

    def _is_branch(self, row: sqlite3.Row) -> bool:
        """Whether a page was found on another of its kind."""
        sql = "SELECT 1 FROM urls WHERE url = ? AND kind = ?"
        return self._conn.execute(sql, (row["found_on"], row["kind"])).fetchone() is not None

    def _leads_nowhere(self, visit: Visit, row: sqlite3.Row) -> bool:
        """A page to which a mere guess has led offers but more guesses; a further page of an index names the same towns."""
        if visit.kind == "index" and visit.sections:
            before = self._conn.execute("SELECT items FROM urls WHERE url = ?", (row["found_on"],)).fetchone()
            return set(_addresses(visit)) <= set(json.loads(before["items"] or "[]"))
        named = visit.index_url is not None or visit.sections
        return row["anchor"] is not None and not named and all(link.text for link in visit.frames)

    def _follow(self, visit: Visit, row: sqlite3.Row) -> None:
        at = visit.fetched_at
        if visit.index_url is not None:
            self._discovery.add_url(visit.index_url, "index", at, found_on=visit.url)
        if row["depth"] < MOST_STEPS[visit.kind]:
            for link in visit.frames:
                self._discovery.add_url(link, visit.kind, at, found_on=visit.url, depth=row["depth"] + 1)
        self._discovery.add_sections(visit.sections, visit.url, at)
        if visit.kind == "index":
            self._conn.execute(
                "UPDATE urls SET items = ? WHERE url = ?", (json.dumps(_addresses(visit)), visit.url)
            )
        elif visit.index_url is not None or visit.sections:
            self._conn.execute(
                "UPDATE urls SET state = 'retired' WHERE kind = 'entry' AND anchor IS NOT NULL AND state = 'known'"
                " AND url <> ? AND outcome IS NOT 'index' AND outcome IS NOT 'unchanged'",
                (visit.url,),
            )
        elif not self._has_led(visit.url):
            self._conn.execute(
                "UPDATE urls SET state = 'known', due_at = :at WHERE kind = 'entry' AND found_on = :url AND state = 'retired'",
                {"at": at, "url": visit.url},
            )

    def _has_led(self, url: str) -> bool:
        """Whether something that was found on an entry page leads to the towns."""
        sql = "SELECT 1 FROM urls WHERE found_on = ? AND kind = 'entry' AND state IN ('known', 'leased') AND outcome IN ('index', 'unchanged')"
        return self._conn.execute(sql, (url,)).fetchone() is not None

    def _are_others_left(self, row: sqlite3.Row) -> bool:
        """Whether this run will ask another page behind which the towns may be."""
        sql = "SELECT 1 FROM urls WHERE kind = 'entry' AND state = 'known' AND last_crawl_id IS NOT ? AND url <> ?"
        return self._conn.execute(sql, (self._crawl_id, row["url"])).fetchone() is not None


def _addresses(visit: Visit) -> list[str]:
    return [canonical_url(section.url) for section in visit.sections]


def _failed(visit: Visit, failures: tuple[Failure, ...], outcome: Outcome = Outcome.FAILED) -> Visit:
    message = "neither the entry page nor what it leads to names the towns"
    failures = failures or (Failure(stage=Stage.SECTION, reason=Reason.NO_INDEX, message=message),)
    return replace(visit, outcome=outcome, failures=failures, message=message)
