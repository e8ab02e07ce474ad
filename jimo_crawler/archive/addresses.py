"""The addresses at which articles stand, and the state of each: there, missing, gone, taken over (DESIGN 4.6).

State is kept per address; an article is gone or hijacked only when every address is. What no longer stands at its
address is ``gone`` once two observations, hours apart, have found it so.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from jimo_crawler.archive.versions import Version, version_in
from jimo_crawler.clock import from_stamp
from jimo_crawler.errors import Outcome


@dataclass(frozen=True, slots=True)
class Observed:
    """What an observation of an address came to."""

    article_id: int | None
    outcome: Outcome
    event: str | None = None
    """new, changed, restored, replaced, missing, gone, hijacked …; None if nothing happened."""


class Addresses:
    """Rows of ``article_urls`` and what follows from them; each call happens inside the caller's transaction.

    *confirm_hours* must lie between the two observations that make an address gone; with 0 one is enough.
    """

    def __init__(self, conn: sqlite3.Connection, confirm_hours: float = 6.0) -> None:
        self._conn = conn
        self._confirm_hours = confirm_hours

    # --- what is known --------------------------------------------------------------------------------------------

    def get(self, url: str) -> sqlite3.Row | None:
        """The current row of ``article_urls`` for *url*, or None."""
        row: sqlite3.Row | None = self._conn.execute(
            "SELECT * FROM article_urls WHERE url = ? AND current = 1", (url,)
        ).fetchone()
        return row

    def latest(self, url: str) -> sqlite3.Row | None:
        """The latest revision of what *url* served, or None."""
        row: sqlite3.Row | None = self._conn.execute(
            "SELECT * FROM revisions WHERE url = ? ORDER BY id DESC LIMIT 1", (url,)
        ).fetchone()
        return row

    def published_at(self, url: str) -> str | None:
        """When the latest text that *url* served was published, as far as that is known."""
        row = self._conn.execute(
            "SELECT published_at FROM revisions WHERE url = ? ORDER BY id DESC LIMIT 1", (url,)
        ).fetchone()
        return row[0] if row else None

    def latest_version(self, url: str) -> Version | None:
        """The latest revision of what *url* served as a Version, or None."""
        row = self.latest(url)
        return version_in(row) if row else None

    def of(self, article_id: int) -> list[sqlite3.Row]:
        """The addresses at which the article stands now, further pages of its body left out."""
        return self._conn.execute(
            "SELECT * FROM article_urls WHERE article_id = ? AND current = 1 AND part = 1", (article_id,)
        ).fetchall()

    # --- an article is there --------------------------------------------------------------------------------------

    def put(self, url: str, article_id: int, version: Version) -> None:
        """Book that the address carries the article."""
        self._conn.execute(
            "INSERT INTO article_urls(url, article_id, first_seen_at, last_seen_at, content_hash)"
            " VALUES(:url, :article, :at, :at, :hash)"
            " ON CONFLICT(url, article_id) DO UPDATE SET last_seen_at = :at, content_hash = :hash, status = 'live',"
            " missing_since = NULL, gone_at = NULL, current = 1, part = 1",
            {"url": url, "article": article_id, "at": version.captured_at, "hash": version.content_hash},
        )

    def still_there(self, url: str, at: str) -> Observed | None:
        """Book an observation that brought nothing new (304, the same text); None if the address has no article."""
        address = self.get(url)
        if address is None:
            return None
        self._conn.execute(
            "UPDATE article_urls SET last_seen_at = ?, status = 'live', missing_since = NULL, gone_at = NULL"
            " WHERE url = ? AND current = 1",
            (at, url),
        )
        self._conn.execute(
            "UPDATE articles SET last_seen_at = max(last_seen_at, ?) WHERE id = ?",
            (at, address["article_id"]),
        )
        self.confirm_left(url, at)
        event = back(address)
        if event:
            self.set_status(address["article_id"])
        return Observed(address["article_id"], Outcome.UNCHANGED, event)

    # --- an article is there no longer ----------------------------------------------------------------------------

    def missing(self, url: str, at: str) -> Observed:
        """Book that an address gave no article: the second time, hours after the first, it is gone."""
        address = self.get(url)
        if address is None:
            return Observed(None, Outcome.GONE)
        self.confirm_left(url, at)
        article_id, since = address["article_id"], address["missing_since"]
        if address["status"] == "gone":
            return Observed(article_id, Outcome.GONE)
        if not self._is_confirmed(since, at):
            self._conn.execute(
                "UPDATE article_urls SET missing_since = coalesce(missing_since, ?) WHERE url = ? AND current = 1",
                (at, url),
            )
            return Observed(article_id, Outcome.GONE, "missing" if since is None else None)
        self._conn.execute(
            "UPDATE article_urls SET missing_since = coalesce(missing_since, :at), status = 'gone', gone_at = :at"
            " WHERE url = :url AND current = 1",
            {"at": at, "url": url},
        )
        self.set_status(article_id)
        return Observed(article_id, Outcome.GONE, "gone")

    def leave(self, url: str, article_id: int, at: str) -> None:
        """Book that an address carries another article now. The one that stood there is missed at once, and gone from
        there when that is confirmed: pages have been mixed up for an hour before."""
        if self._confirm_hours > 0:
            sql = "UPDATE article_urls SET current = 0, missing_since = coalesce(missing_since, :at)"
        else:
            sql = "UPDATE article_urls SET current = 0, missing_since = :at, status = 'gone', gone_at = :at"
        self._conn.execute(
            f"{sql} WHERE url = :url AND article_id = :article", {"at": at, "url": url, "article": article_id}
        )
        self.set_status(article_id)

    def confirm_left(self, url: str, at: str) -> None:
        """A further observation of an address: what it carried before, and still does not, is gone from there."""
        rows = self._conn.execute(
            "SELECT article_id, missing_since FROM article_urls WHERE url = ? AND current = 0 AND status <> 'gone'",
            (url,),
        ).fetchall()
        for row in rows:
            if self._is_confirmed(row["missing_since"], at):
                self._conn.execute(
                    "UPDATE article_urls SET status = 'gone', gone_at = ? WHERE url = ? AND article_id = ?",
                    (at, url, row["article_id"]),
                )
                self.set_status(row["article_id"])

    def hijacked(self, url: str, at: str) -> Observed:
        """Book that an address was taken over: the good text stays."""
        address = self.get(url)
        if address is None:
            return Observed(None, Outcome.HIJACKED)
        self._conn.execute(
            "UPDATE article_urls SET status = 'hijacked', missing_since = NULL, gone_at = NULL"
            " WHERE url = ? AND current = 1",
            (url,),
        )
        self.confirm_left(url, at)
        self.set_status(address["article_id"])
        event = None if address["status"] == "hijacked" else "hijacked"
        return Observed(address["article_id"], Outcome.HIJACKED, event)

    def standing(self, url: str) -> tuple[bool, bool]:
        """Whether the address was missed once, or has just changed its article (to be asked again soon); and whether an
        article is there."""
        row = self._conn.execute(
            "SELECT max(status <> 'gone' AND missing_since IS NOT NULL), max(current = 1 AND status = 'live')"
            " FROM article_urls WHERE url = ?",
            (url,),
        ).fetchone()
        return bool(row[0]), bool(row[1])

    def set_status(self, article_id: int) -> None:
        """live while one address is; hijacked before gone."""
        found = {
            row["status"]
            for row in self._conn.execute(
                "SELECT status FROM article_urls WHERE article_id = ? AND part = 1", (article_id,)
            )
        }
        status = next((each for each in ("live", "hijacked") if each in found), "gone")
        self._conn.execute(
            "UPDATE articles SET status = ? WHERE id = ? AND status <> ?", (status, article_id, status)
        )

    def _is_confirmed(self, since: str | None, at: str) -> bool:
        if self._confirm_hours <= 0:
            return True
        return since is not None and from_stamp(at) - from_stamp(since) >= timedelta(
            hours=self._confirm_hours
        )


def back(address: sqlite3.Row) -> str | None:
    """What it means that the article is (still) at *address*, a row as it was before: restored, reappeared or nothing."""
    if address["status"] != "live":
        return "restored"
    return "reappeared" if address["missing_since"] is not None else None
