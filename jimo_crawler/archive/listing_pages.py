"""What a page of a listing comes to: what it names, what it names no longer, and how far its section was read."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from jimo_crawler.archive.addresses import Observed
from jimo_crawler.archive.discovery import Discovery, Read
from jimo_crawler.archive.due import ASK_NOW
from jimo_crawler.archive.outcomes import Booked, both
from jimo_crawler.archive.sections import Sections
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Visit
from jimo_crawler.parsers.listing import MORE


class ListingPages:
    """Books visits of listings; each call happens inside the caller's transaction."""

    def __init__(
        self, conn: sqlite3.Connection, crawl_id: int, discovery: Discovery, sections: Sections
    ) -> None:
        self._conn = conn
        self._crawl_id = crawl_id
        self._discovery = discovery
        self._sections = sections

    def book(self, visit: Visit, row: sqlite3.Row) -> tuple[Booked, Visit]:
        """What the Visit came to, and the Visit with what is to be said of it."""
        if visit.outcome is Outcome.UNCHANGED:
            read = self._discovery.reread_listing(row, visit.fetched_at)
            self._sections.add_listing(row["town_id"], read)
            self._book_delisted(read, visit.fetched_at)
            return both(Observed(None, Outcome.UNCHANGED)), visit
        if visit.outcome is Outcome.LISTING and self._is_blank(visit, row):
            visit = _failed(
                visit, Reason.NO_ITEMS, "a page of the listing names no articles, nor its section"
            )
        if visit.outcome is Outcome.LISTING and self._is_beside(visit, row):
            message = "names no articles, or those of another section"
            visit = replace(visit, outcome=Outcome.OUT_OF_SCOPE, message=message)
        if visit.outcome is not Outcome.LISTING or visit.listing is None:
            self._sections.add_nothing(row["town_id"])
            return both(Observed(None, visit.outcome)), visit
        read = self._discovery.read_listing(row, visit.listing, visit.fetched_at)
        self._sections.add_listing(row["town_id"], read)
        self._book_delisted(read, visit.fetched_at)
        observed = Observed(None, Outcome.LISTING)
        news = bool(read.new) and row["last_visit_at"] is not None
        return Booked(observed, observed, news=news), _report_pager(visit, read)

    def _is_blank(self, visit: Visit, row: sqlite3.Row) -> bool:
        """A listing that lists nothing: a first page that did before, or a page that has nothing of its section about it.
        A section without news yet, and an empty last page, are what they are."""
        listing = visit.listing
        if listing is None or listing.items:
            return False
        if (row["page"] or 1) == 1 and row["items"] not in (None, "[]"):
            return not listing.parts
        if listing.parts or listing.says_empty or self._is_part(row):
            return False
        return listing.section is None and listing.total is None and listing.next is None

    def _is_beside(self, visit: Visit, row: sqlite3.Row) -> bool:
        """A page that a section's page has led to, by its frames, columns or 更多, and that is no list of this section."""
        listing = visit.listing
        if listing is None:
            return False
        if self._is_part(row):
            return not (listing.items or listing.parts or listing.says_empty)
        if row["anchor"] != MORE or listing.section is None:
            return False
        if not self._discovery.names_another(listing.section, row["town_id"]):
            return False
        self._discovery.end_section(row["town_id"], visit.fetched_at)
        return True

    def _is_part(self, row: sqlite3.Row) -> bool:
        """Whether a page was found on the page of its section whose list it holds."""
        sql = "SELECT 1 FROM urls WHERE url = ? AND kind = 'listing' AND town_id IS ?"
        found = self._conn.execute(sql, (row["found_on"], row["town_id"])).fetchone()
        return row["page"] == 1 and found is not None

    def _book_delisted(self, read: Read, at: str) -> None:
        """A listing that names an article no longer, or again, is a hint: the address is asked at once, and nothing
        is concluded from the listing alone."""
        delisted = (
            "UPDATE article_urls SET delisted_at = ? WHERE url = ? AND current = 1 AND delisted_at IS NULL"
        )
        relisted = (  # what this run itself has missed on one page and found on another was never away
            "UPDATE article_urls SET relisted_at = iif(delisted_at >= (SELECT started_at FROM crawls WHERE id = :crawl),"
            " relisted_at, :at), delisted_at = NULL WHERE url = :url AND current = 1"
        )
        for url in read.delisted:
            if self._conn.execute(delisted, (at, url)).rowcount:
                self._ask_now(url, at)
        for url in read.relisted:
            if self._conn.execute(relisted, {"crawl": self._crawl_id, "at": at, "url": url}).rowcount:
                self._ask_now(url, at)

    def _ask_now(self, url: str, at: str) -> None:
        self._conn.execute(f"UPDATE urls SET {ASK_NOW} WHERE url = :url", {"at": at, "url": url})


def _failed(visit: Visit, reason: Reason, message: str) -> Visit:
    failure = Failure(stage=Stage.PARSE, reason=reason, message=message)
    return replace(visit, outcome=Outcome.FAILED, failures=(*visit.failures, failure), message=message)


def _report_pager(visit: Visit, read: Read) -> Visit:
    said = {
        "loop": (Reason.PAGER_LOOP, "the pager repeats itself here; the section is taken as read to its end"),
        "limit": (Reason.PAGE_LIMIT, "the listing has more pages than JIMO_MAX_LISTING_PAGES allows"),
    }
    if read.ended_by not in said:
        return visit
    reason, message = said[read.ended_by]
    failure = Failure(stage=Stage.SECTION, reason=reason, message=message)
    return replace(visit, failures=(*visit.failures, failure))
