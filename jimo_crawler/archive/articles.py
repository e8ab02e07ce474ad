"""Articles, the addresses at which they stand, and their revisions.

Each address has a history of its own in ``revisions``, and an article is what its foremost address says. Which address
that is depends on nothing but the pages themselves (smallest time of publication, then smallest URL), so that the order
in which pages came in leaves no trace (DESIGN 4.6, 4.10).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from jimo_crawler.archive.addresses import Addresses, Observed, back
from jimo_crawler.archive.duplicates import Duplicates, order
from jimo_crawler.archive.rows import insert, update
from jimo_crawler.archive.versions import COMPARED, COPIED, Version, is_another, version_of, what_changed
from jimo_crawler.errors import Outcome

__all__ = ["COMPARED", "Articles", "Version", "version_of"]


@dataclass(frozen=True, slots=True)
class _Before:
    """What was known of an address before this observation."""

    address: sqlite3.Row | None
    last: sqlite3.Row | None
    """Its latest revision."""
    amends: bool
    """The revision is of a body that was still coming in, page by page: this is more of it, not another text."""


class Articles:
    """Everything about articles that is written; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection, addresses: Addresses | None = None) -> None:
        self._conn = conn
        self._addresses = addresses or Addresses(conn)
        self._duplicates = Duplicates(conn)

    # --- an address that serves an article ------------------------------------------------------------------------

    def observe(
        self, url: str, version: Version, bands: tuple[int, ...] = (), *, paged_in: int | None = None
    ) -> Observed:
        """Book that *url* (canonical, the first page of a paged body) served *version*; *bands* of its body, if known.

        *paged_in*: the run in which pages of this body come in one by one.
        """
        before = self._before(url, paged_in)
        if before.address and before.last and before.last["content_hash"] == version.content_hash:
            return self._seen_again(before.address, version)
        if before.address is None and before.last is None and self._twin(version) is None:
            return self._add(url, version, before, bands)
        incomplete = (
            before.address is not None and not self._article(before.address["article_id"])["complete"]
        )
        article_id, event = self._place(url, version, before)
        self._write_revision(article_id, url, version, before, event)
        self._put(url, article_id, version)
        event = self._settle(article_id, before, event, bands)
        self._rejoin(article_id, version, amend=incomplete)
        self._addresses.confirm_left(url, version.captured_at)
        return self._account(url, "completed" if before.amends else event)

    def _add(self, url: str, version: Version, before: _Before, bands: tuple[int, ...]) -> Observed:
        """A new article at a new address: what most observations of a first run are. It is what it would be without this
        way of its own, with half the statements."""
        article_id = self._insert(url, version, None)
        self._write_revision(article_id, url, version, before, "new")
        self._addresses.put(url, article_id, version)
        self._insert_images(article_id, version.images)
        self._duplicates.link_new(article_id, bands)
        self._addresses.confirm_left(url, version.captured_at)
        return Observed(article_id, Outcome.ARTICLE, "new")

    def _before(self, url: str, paged_in: int | None) -> _Before:
        address, last = self._addresses.get(url), self._addresses.latest(url)
        amends = False
        if address and last:
            incomplete = not self._article(address["article_id"])["complete"]
            amends = incomplete or (paged_in is not None and self._is_of(last, paged_in))
        return _Before(address, last, amends)

    def _is_of(self, revision: sqlite3.Row, crawl_id: int) -> bool:
        row = self._conn.execute(
            "SELECT 1 FROM captures WHERE id = ? AND crawl_id = ?", (revision["capture_id"], crawl_id)
        ).fetchone()
        return row is not None

    def _seen_again(self, address: sqlite3.Row, version: Version) -> Observed:
        self._addresses.still_there(address["url"], version.captured_at)
        self._conn.execute(
            "UPDATE articles SET complete = max(complete, ?), views = CASE WHEN url = ? THEN ? ELSE views END"
            " WHERE id = ?",
            (version.complete, address["url"], version.views, address["article_id"]),
        )
        self._anchor(address["url"], version)
        return Observed(address["article_id"], Outcome.UNCHANGED, back(address))

    def _anchor(self, url: str, version: Version) -> None:
        """A text whose evidence was lost (``captures.lost_at``) rests on that of this observation from now on."""
        for table in ("revisions", "articles"):
            self._conn.execute(
                f"UPDATE {table} SET capture_id = :capture WHERE url = :url AND content_hash = :hash"
                " AND capture_id IN (SELECT id FROM captures WHERE lost_at IS NOT NULL)",
                {"capture": version.capture_id, "url": url, "hash": version.content_hash},
            )

    def _place(self, url: str, version: Version, before: _Before) -> tuple[int, str]:
        """Which article the address belongs to now, and what that makes of the observation."""
        address, last = before.address, before.last
        twin = self._twin(version)
        if address is None:
            return (twin or self._insert(url, version, None)), "new"
        holder = self._article(address["article_id"])
        changed = "restored" if address["status"] != "live" else "changed"
        if version.canonical_hash == holder["canonical_hash"] and version.source == holder["source"]:
            return holder["id"], changed
        alone = not any(row["url"] != url for row in self._addresses.of(holder["id"]))
        replaced = last is not None and holder["complete"] and is_another(last, version)
        if alone and not replaced:
            return holder["id"], changed
        self._addresses.leave(url, holder["id"], version.captured_at)
        return (twin or self._insert(url, version, holder["id"])), ("replaced" if replaced else "departed")

    def _twin(self, version: Version, other_than: int = 0) -> int | None:
        """The article of the same canonical text and source (a reprint that names another source has its own row)."""
        row = self._conn.execute(
            "SELECT id FROM articles WHERE canonical_hash = ? AND source IS ? AND complete = 1 AND id <> ? ORDER BY id",
            (version.canonical_hash, version.source, other_than),
        ).fetchone()
        return row["id"] if row and version.complete else None

    def _insert(self, url: str, version: Version, split_from: int | None) -> int:
        values = {column: getattr(version, column) for column in COPIED}
        values |= dict.fromkeys(("first_seen_at", "last_seen_at", "last_changed_at"), version.captured_at)
        values |= {"url": url, "split_from": split_from, "complete": int(version.complete)}
        return insert(self._conn, "articles", values).lastrowid or 0

    def _write_revision(
        self, article_id: int, url: str, version: Version, before: _Before, event: str
    ) -> None:
        values = version.columns()
        if before.amends and before.last is not None:
            values |= self._against_earlier(url, before.last, version)
            update(self._conn, "revisions", values, "id = ?", before.last["id"])
            return
        values |= {"article_id": article_id, "url": url}
        if before.last is None or event == "replaced":
            values["change"] = "first"
        else:
            values |= what_changed(before.last, version)
        insert(self._conn, "revisions", values)

    def _against_earlier(self, url: str, last: sqlite3.Row, version: Version) -> dict[str, object]:
        """What an amended revision changes, held against the one before it."""
        if last["change"] == "first":
            return {}
        earlier = self._conn.execute(
            "SELECT * FROM revisions WHERE url = ? AND id < ? ORDER BY id DESC LIMIT 1", (url, last["id"])
        ).fetchone()
        return what_changed(earlier, version) if earlier else {}

    def _put(self, url: str, article_id: int, version: Version) -> None:
        self._addresses.put(url, article_id, version)
        self._conn.execute(
            "UPDATE articles SET complete = max(complete, ?) WHERE id = ?", (version.complete, article_id)
        )

    def _settle(self, article_id: int, before: _Before, event: str, bands: tuple[int, ...]) -> str:
        """Bring the article up to date, and the one that the address has left; gives what the observation was."""
        self.refresh(article_id, bands)
        left = before.address["article_id"] if before.address else article_id
        if left == article_id:
            return event
        if self._addresses.of(left):
            self.refresh(left)
        elif event == "departed" and self._article(article_id)["split_from"] == left:
            self._fold(
                article_id, left
            )  # every address has followed: it was one edit of one article after all
            return "changed"
        return event

    def _account(self, url: str, event: str) -> Observed:
        article_id = self._addresses.get(url)["article_id"]  # type: ignore[index]  # it was just written
        if event != "new":
            return Observed(article_id, Outcome.ARTICLE, event)
        foremost = self._article(article_id)["url"] == url
        alone = len(self._addresses.of(article_id)) == 1
        return Observed(
            article_id, Outcome.ARTICLE if foremost else Outcome.DUPLICATE, "new" if alone else "new address"
        )

    def latest(self, url: str) -> sqlite3.Row | None:
        """The latest revision of what *url* served, or None."""
        return self._addresses.latest(url)

    def reextract(self, url: str, version: Version) -> None:
        """Write what today's parsers read of an old capture: a revision of ours, marked as such."""
        address, last = self._addresses.get(url), self._addresses.latest(url)
        if address is None or last is None:
            raise LookupError(f"{url} has no article")
        values = version.columns() | {"article_id": address["article_id"], "url": url}
        values |= what_changed(last, version)
        values |= {"change": f"re-extracted:{values['change']}", "silent": 0}
        insert(self._conn, "revisions", values)
        self._conn.execute(
            "UPDATE article_urls SET content_hash = ? WHERE url = ? AND current = 1",
            (version.content_hash, url),
        )
        self.refresh(address["article_id"])

    # --- the article as its foremost address has it -----------------------------------------------------------------

    def refresh(self, article_id: int, bands: tuple[int, ...] = ()) -> None:
        """Take the article's columns from its foremost address, and settle whose duplicate it is."""
        rows = [
            (row, latest)
            for row in self._addresses.of(article_id)
            if (latest := self._addresses.latest(row["url"]))
        ]
        if not rows:
            return
        address, latest = min(rows, key=lambda pair: order(pair[1]["published_at"], pair[0]["url"]))
        before = self._article(article_id)
        self._rename(before, address["url"], [row["url"] for row, _ in rows])
        values = {column: latest[column] for column in COPIED}
        values |= {
            "url": address["url"],
            "first_seen_at": min(row["first_seen_at"] for row, _ in rows),
            "last_seen_at": max(row["last_seen_at"] for row, _ in rows),
            "last_changed_at": latest["captured_at"],
        }
        same_text = (before["title"], before["body"]) == (values["title"], values["body"])
        if same_text:  # it need not go through the full-text index again
            del values["title"], values["body"]
        update(self._conn, "articles", values, "id = ?", article_id)
        self._conn.execute("DELETE FROM images WHERE article_id = ?", (article_id,))
        self._insert_images(article_id, latest["images"])
        self._addresses.set_status(article_id)
        same_place = order(before["published_at"], before["url"]) == order(
            latest["published_at"], address["url"]
        )
        if not (same_text and same_place and self._duplicates.is_linked(article_id)):
            self._duplicates.link(article_id, bands)

    def _rename(self, before: sqlite3.Row, foremost: str, urls: list[str]) -> None:
        """The foremost address is the article, the others are duplicates: whichever came first."""
        if before["url"] != foremost:
            for table in ("urls", "observations"):
                where = "" if table == "urls" else " AND crawl_id = (SELECT max(id) FROM crawls)"
                for url, old, new in (
                    (before["url"], "article", "duplicate"),
                    (foremost, "duplicate", "article"),
                ):
                    if url in urls:
                        self._conn.execute(
                            f"UPDATE {table} SET outcome = ? WHERE url = ? AND outcome = ?{where}",
                            (new, url, old),
                        )

    def _insert_images(self, article_id: int, images: str) -> None:
        """*images* as JSON, as ``revisions`` has them."""
        if images == "[]":
            return
        self._conn.executemany(
            "INSERT INTO images(article_id, position, url, alt) VALUES(?, ?, ?, ?)",
            [
                (article_id, place, each["url"], each["alt"])
                for place, each in enumerate(json.loads(images), 1)
            ],
        )

    def _rejoin(self, article_id: int, version: Version, *, amend: bool) -> None:
        """Make one article of two that have become one text.

        Either the body is only now known as a whole, or an address has followed the edit of another that had split off.
        """
        twin = self._twin(version, other_than=article_id)
        if twin and amend:
            self._fold(article_id, twin)
        elif twin and self._article(twin)["split_from"] == article_id:
            self._fold(twin, article_id)

    def _fold(self, split: int, origin: int) -> None:
        """Give the addresses and revisions of *split* back to *origin*, and drop it."""
        self._conn.execute(
            "DELETE FROM article_urls WHERE article_id = ? AND url IN (SELECT url FROM article_urls WHERE article_id = ?)",
            (origin, split),
        )
        for table in ("article_urls", "revisions", "observations"):
            self._conn.execute(f"UPDATE {table} SET article_id = ? WHERE article_id = ?", (origin, split))
        self._conn.execute("UPDATE articles SET split_from = ? WHERE split_from = ?", (origin, split))
        orphans = self._duplicates.forget(split)
        self._conn.execute("DELETE FROM images WHERE article_id = ?", (split,))
        self._conn.execute("DELETE FROM articles WHERE id = ?", (split,))
        self.refresh(origin)
        for each in orphans:
            self._duplicates.link(each)

    def _article(self, article_id: int) -> sqlite3.Row:
        row: sqlite3.Row = self._conn.execute("SELECT * FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row
