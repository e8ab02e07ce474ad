"""Which listing pages name an article, and which articles no listing names any more (DESIGN 4.6: "delisted but alive").

New items push old ones on to the next page, and what is taken out lets those behind it move up to the page before. So of
what a page does not name any more, only this has been taken out for sure:

- on a page behind which the run goes on: what the next page does not name either. Until that is read, the row of
  ``listed`` stays although the page does not name the article;
- on any other page: at its top only if the page before was read in this run; at its bottom only if nothing was pushed in
  from above; between two others that stayed in any case, for the order of the others stays.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable


class Listed:
    """Rows of ``listed``; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def read(
        self, row: sqlite3.Row, items: list[str], *, goes_on: bool, last_page: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Book what the page of *row* (of ``urls``) names now; gives what no listing names any more, and what is back.

        *goes_on*: the next page is read in this run, too. *last_page*: there is none.
        """
        before: list[str] = json.loads(row["items"]) if row["items"] else []
        self._forget(row["url"], self._undecided(row))
        now = set(items)
        absent = [url for url in before if url not in now]
        undecided = set(absent) if goes_on and len(absent) < len(before) else set()
        gone = [] if goes_on else self._taken_out(row, before, items, last_page=last_page)
        gone += [url for url in self._take_undecided_before(row) if url not in now]
        self._forget(row["url"], set(absent) - undecided)
        self._conn.executemany(
            "INSERT OR IGNORE INTO listed(listing, url) VALUES(?, ?)", [(row["url"], url) for url in items]
        )
        delisted = tuple(url for url in dict.fromkeys(gone) if not self._is_listed(url))
        return delisted, self._relisted(items)

    def reread(self, row: sqlite3.Row) -> tuple[str, ...]:
        """Book that the page of *row* is what it was; gives what the page before it has lost and it has not got."""
        now = set(json.loads(row["items"])) if row["items"] else set()
        gone = [url for url in self._take_undecided_before(row) if url not in now]
        return tuple(url for url in gone if not self._is_listed(url))

    def _taken_out(
        self, row: sqlite3.Row, before: list[str], items: list[str], *, last_page: bool
    ) -> list[str]:
        """What has been taken out of the page, as far as the page alone can tell."""
        now, known = set(items), set(before)
        stayed = [place for place, url in enumerate(before) if url in now]
        if not stayed:
            return []
        last_now = max(place for place, url in enumerate(items) if url in known)
        pushed_in = any(
            url not in known and (place < last_now or not self._moved_up(row, url))
            for place, url in enumerate(items)
        )
        first = 0 if self._is_read_up_to(row) else stayed[0]
        last = len(before) if last_page or not pushed_in else self._last_in_order(before, items)
        return [url for url in before[first:last] if url not in now]

    def _moved_up(self, row: sqlite3.Row, url: str) -> bool:
        """Whether an item stood on the next page when that was read last."""
        found = self._conn.execute(
            "SELECT 1 FROM listed AS l JOIN urls AS u ON u.url = l.listing AND u.town_id IS ? AND u.page = ?"
            " WHERE l.url = ?",
            (row["town_id"], (row["page"] or 1) + 1, url),
        ).fetchone()
        return found is not None

    def _last_in_order(self, before: list[str], items: list[str]) -> int:
        """The place of the last item that stayed and moves with the others: an article that has not been put ahead of what
        stood before it, and is not on every page of the listing (a list of favourites below it)."""
        places = {url: place for place, url in enumerate(items)}
        last, reached = 0, -1
        for place, url in enumerate(before):
            if places.get(url, -1) > reached and self._moves_along(url):
                last, reached = place, places[url]
        return last

    def _moves_along(self, url: str) -> bool:
        row = self._conn.execute(
            "SELECT (SELECT count(*) FROM listed WHERE url = :url) = 1"
            " AND EXISTS (SELECT 1 FROM article_urls WHERE url = :url AND current = 1) AS moves",
            {"url": url},
        ).fetchone()
        return bool(row["moves"])

    def retire_behind(self, row: sqlite3.Row, page: int) -> None:
        """The listing ends with the page of *row*: those behind it, when it was longer, are not asked any more."""
        behind = (
            "WITH RECURSIVE behind(url, page) AS (VALUES(:url, :page) UNION SELECT u.url, u.page FROM behind AS b"
            " JOIN urls AS u ON u.town_id = :town AND u.kind = 'listing' AND u.page > b.page AND u.found_on = b.url)"
        )
        values = {"url": row["url"], "page": page, "town": row["town_id"]}
        which = "IN (SELECT url FROM behind WHERE url <> :url)"
        self._conn.execute(f"{behind} DELETE FROM listed WHERE listing {which}", values)
        self._conn.execute(
            f"{behind} UPDATE urls SET state = 'retired', items = NULL, etag = NULL, last_modified = NULL, body_digest = NULL"
            f" WHERE url {which} AND state = 'known'",
            values,
        )

    def _relisted(self, items: list[str]) -> tuple[str, ...]:
        marks = ", ".join("?" * len(items))
        rows = self._conn.execute(
            f"SELECT url FROM article_urls WHERE url IN ({marks}) AND delisted_at IS NOT NULL AND current = 1",
            items,
        )
        return tuple(row["url"] for row in rows)

    def _is_read_up_to(self, row: sqlite3.Row) -> bool:
        """Whether this is the first page of its listing, or the page before it was read in this run: then nothing can
        have moved up from here unseen."""
        if (row["page"] or 1) == 1:
            return True
        before, latest = (
            self._page_before(row),
            self._conn.execute("SELECT max(id) FROM crawls").fetchone()[0],
        )
        return before is not None and before["last_crawl_id"] == latest

    def _page_before(self, row: sqlite3.Row) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._conn.execute(
            "SELECT * FROM urls WHERE town_id = ? AND kind = 'listing' AND page = ? AND state <> 'retired'"
            " ORDER BY url = ? DESC",
            (row["town_id"], (row["page"] or 1) - 1, row["found_on"]),
        ).fetchone()
        return found

    def _undecided(self, row: sqlite3.Row) -> list[str]:
        """What the page does not name any more, and the next page was to decide."""
        rows = self._conn.execute(
            "SELECT url FROM listed WHERE listing = ? AND url NOT IN (SELECT value FROM json_each(?))",
            (row["url"], row["items"] or "[]"),
        )
        return [each["url"] for each in rows]

    def _take_undecided_before(self, row: sqlite3.Row) -> list[str]:
        """What is no longer on the page before this one: it should be here."""
        before = self._page_before(row)
        if before is None:
            return []
        urls = self._undecided(before)
        self._forget(before["url"], urls)
        return urls

    def _forget(self, listing: str, urls: Iterable[str]) -> None:
        self._conn.executemany(
            "DELETE FROM listed WHERE listing = ? AND url = ?", [(listing, url) for url in urls]
        )

    def _is_listed(self, url: str) -> bool:
        """Whether any page of any section's listing names it."""
        return self._conn.execute("SELECT 1 FROM listed WHERE url = ? LIMIT 1", (url,)).fetchone() is not None
