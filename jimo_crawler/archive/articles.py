"""Articles, the addresses at which they stand, their revisions and their duplicates.

State is kept per address (DESIGN 4.6): each address has a history of its own in ``revisions``, and an article is what
its foremost address says. Which address that is depends on nothing but the pages themselves (smallest time of
publication, then smallest URL), so that the order in which pages came in leaves no trace (DESIGN 4.10).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from jimo_crawler.archive.duplicates import Duplicates, order
from jimo_crawler.clock import from_stamp
from jimo_crawler.errors import Outcome
from jimo_crawler.items import Article, Fingerprint, Image
from jimo_crawler.text import diff, fingerprint

REPLACED = 0.6
"""Magnitude of change from which a page is another article and not a new version of the same one."""

_COPIED = (
    *("town_id", "title", "body", "published_at", "source", "editor", "author", "views", "script"),
    *("title_as_published", "body_as_published", "published_as_printed", "layout", "damaged"),
    *("content_hash", "canonical_hash", "capture_id"),
)
"""Columns of an article that are those of its foremost address's latest revision."""

COMPARED = ("title", "body", "published_at", "source", "editor", "author")
"""Fields whose change makes a revision; ``views`` never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one address served at one time, as it goes into ``revisions``."""

    town_id: int | None
    captured_at: str
    capture_id: int
    title: str
    body: str
    published_at: str | None
    source: str | None
    editor: str | None
    author: str | None
    views: int | None
    script: str | None
    title_as_published: str
    body_as_published: str
    published_as_printed: str | None
    layout: str
    damaged: int
    images: str
    content_hash: str
    canonical_hash: str
    complete: bool = True

    def with_body(self, body: str, body_as_published: str) -> Version:
        """The same version with another body, and the hashes that go with it."""
        fields = {name: getattr(self, name) for name in COMPARED} | {"body": body}
        return replace(
            self,
            body=body,
            body_as_published=body_as_published,
            content_hash=fingerprint.content_hash(**fields),
            canonical_hash=fingerprint.canonical_hash(self.title, body),
        )


@dataclass(frozen=True, slots=True)
class Observed:
    """What an observation of an address came to."""

    article_id: int | None
    outcome: Outcome
    event: str | None = None
    """new, changed, restored, replaced, missing, gone, hijacked …; None if nothing happened."""


def version_of(
    article: Article,
    marks: Fingerprint,
    *,
    town_id: int | None,
    captured_at: str,
    capture_id: int,
    complete: bool = True,
) -> Version:
    """The version that a cleaned article is."""
    return Version(
        town_id=town_id,
        captured_at=captured_at,
        capture_id=capture_id,
        title=article.title,
        body=article.body,
        published_at=article.published_at,
        source=article.source,
        editor=article.editor,
        author=article.author,
        views=article.views,
        script=article.script,
        title_as_published=article.title_as_published,
        body_as_published=article.body_as_published,
        published_as_printed=article.published_as_printed,
        layout=article.layout,
        damaged=article.damaged,
        images=json.dumps([asdict(image) for image in article.images], ensure_ascii=False),
        content_hash=fingerprint.content_hash(**{name: getattr(article, name) for name in COMPARED}),
        canonical_hash=marks.canonical_hash,
        complete=complete,
    )


class Articles:
    """Everything about articles that is written; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._duplicates = Duplicates(conn)

    # --- an address that serves an article ------------------------------------------------------------------------

    def observe(self, url: str, version: Version, bands: tuple[int, ...] = ()) -> Observed:
        """Book that *url* (canonical, the first page of a paged body) served *version*; *bands* of its body, if known."""
        address, last = self.address(url), self._latest(url)
        if address and last and last["content_hash"] == version.content_hash:
            return self._seen_again(address, version)
        amend = self._is_incomplete(address)
        article_id, event = self._place(url, version, address, last)
        self._write_revision(article_id, url, version, last, amend=amend, event=event)
        self._touch(url, article_id, version)
        self._settle(article_id, address, event, bands)
        self._rejoin(article_id, version, amend=amend)
        return self._account(url, "completed" if amend else event)

    def _seen_again(self, address: sqlite3.Row, version: Version) -> Observed:
        self._conn.execute(
            "UPDATE article_urls SET last_seen_at = ?, status = 'live', missing_since = NULL, gone_at = NULL"
            " WHERE url = ? AND article_id = ?",
            (version.captured_at, address["url"], address["article_id"]),
        )
        self._conn.execute(
            "UPDATE articles SET last_seen_at = max(last_seen_at, ?), complete = max(complete, ?),"
            " views = CASE WHEN url = ? THEN ? ELSE views END WHERE id = ?",
            (version.captured_at, version.complete, address["url"], version.views, address["article_id"]),
        )
        self._anchor(address["url"], version)
        restored = address["status"] != "live" or address["missing_since"] is not None
        if restored:
            self._set_status(address["article_id"])
        event = ("restored" if address["status"] != "live" else "reappeared") if restored else None
        return Observed(address["article_id"], Outcome.UNCHANGED, event)

    def _anchor(self, url: str, version: Version) -> None:
        """A text whose evidence was lost (``captures.lost_at``) rests on that of this observation from now on."""
        for table in ("revisions", "articles"):
            self._conn.execute(
                f"UPDATE {table} SET capture_id = :capture WHERE url = :url AND content_hash = :hash"
                " AND capture_id IN (SELECT id FROM captures WHERE lost_at IS NOT NULL)",
                {"capture": version.capture_id, "url": url, "hash": version.content_hash},
            )

    def _place(
        self, url: str, version: Version, address: sqlite3.Row | None, last: sqlite3.Row | None
    ) -> tuple[int, str]:
        """Which article the address belongs to now, and what that makes of the observation."""
        twin = self._twin(version)
        if address is None:
            return (twin or self._insert(url, version, None)), "new"
        holder = self._article(address["article_id"])
        if version.canonical_hash == holder["canonical_hash"] and version.source == holder["source"]:
            return holder["id"], "changed"
        alone = not self._conn.execute(
            "SELECT 1 FROM article_urls WHERE article_id = ? AND current = 1 AND part = 1 AND url <> ?",
            (holder["id"], url),
        ).fetchone()
        replaced = last is not None and holder["complete"] and is_another(last, version)
        if alone and not replaced:
            return holder["id"], "changed"
        self._conn.execute(
            "UPDATE article_urls SET current = 0, status = 'gone', gone_at = ? WHERE url = ? AND article_id = ?",
            (version.captured_at, url, holder["id"]),
        )
        return (twin or self._insert(url, version, holder["id"])), ("replaced" if replaced else "changed")

    def _twin(self, version: Version, other_than: int = 0) -> int | None:
        """The article of the same canonical text and source (a reprint that names another source has its own row)."""
        row = self._conn.execute(
            "SELECT id FROM articles WHERE canonical_hash = ? AND source IS ? AND complete = 1 AND id <> ? ORDER BY id",
            (version.canonical_hash, version.source, other_than),
        ).fetchone()
        return row["id"] if row and version.complete else None

    def _insert(self, url: str, version: Version, split_from: int | None) -> int:
        values = {column: getattr(version, column) for column in _COPIED}
        values |= dict.fromkeys(("first_seen_at", "last_seen_at", "last_changed_at"), version.captured_at)
        values |= {"url": url, "split_from": split_from, "complete": int(version.complete)}
        return self._insert_row("articles", values)

    def _write_revision(
        self,
        article_id: int,
        url: str,
        version: Version,
        last: sqlite3.Row | None,
        *,
        amend: bool,
        event: str,
    ) -> None:
        values = {key: value for key, value in asdict(version).items() if key != "complete"}
        if amend and last is not None:  # the body was not all there: this is more of it, not another text
            sets = ", ".join(f"{name} = :{name}" for name in values)
            self._conn.execute(f"UPDATE revisions SET {sets} WHERE id = :id", values | {"id": last["id"]})
            return
        values |= {"article_id": article_id, "url": url}
        if last is None or event == "replaced":
            values["change"] = "first"
        else:
            values |= _what_changed(last, version)
        self._insert_row("revisions", values)

    def _touch(self, url: str, article_id: int, version: Version) -> None:
        self._conn.execute(
            "INSERT INTO article_urls(url, article_id, first_seen_at, last_seen_at, content_hash)"
            " VALUES(:url, :article, :at, :at, :hash)"
            " ON CONFLICT(url, article_id) DO UPDATE SET last_seen_at = :at, content_hash = :hash, status = 'live',"
            " missing_since = NULL, gone_at = NULL, current = 1",
            {"url": url, "article": article_id, "at": version.captured_at, "hash": version.content_hash},
        )
        self._conn.execute(
            "UPDATE articles SET complete = max(complete, ?) WHERE id = ?", (version.complete, article_id)
        )

    def _settle(
        self, article_id: int, address: sqlite3.Row | None, event: str, bands: tuple[int, ...]
    ) -> None:
        """Bring the article up to date, and the one that the address has left."""
        self.refresh(article_id, bands)
        left = address["article_id"] if address and address["article_id"] != article_id else None
        if left is None:
            return
        if self._current_addresses(left):
            self.refresh(left)
        elif event == "changed" and self._article(article_id)["split_from"] == left:
            self._fold(
                article_id, left
            )  # every address has followed: it was one edit of one article after all
        else:
            self._set_status(left)

    def _account(self, url: str, event: str) -> Observed:
        article_id = self.address(url)["article_id"]  # type: ignore[index]  # it was just written
        if event != "new":
            return Observed(article_id, Outcome.ARTICLE, event)
        foremost = self._article(article_id)["url"] == url
        alone = len(self._current_addresses(article_id)) == 1
        return Observed(
            article_id, Outcome.ARTICLE if foremost else Outcome.DUPLICATE, "new" if alone else "new address"
        )

    def reextract(self, url: str, version: Version) -> None:
        """Write what today's parsers read of an old capture: a revision of ours, marked as such."""
        address, last = self.address(url), self.latest(url)
        if address is None or last is None:
            raise LookupError(f"{url} has no article")
        values = {key: value for key, value in asdict(version).items() if key != "complete"}
        values |= {"article_id": address["article_id"], "url": url} | _what_changed(last, version)
        values |= {"change": f"re-extracted:{values['change']}", "silent": 0}
        self._insert_row("revisions", values)
        self._conn.execute(
            "UPDATE article_urls SET content_hash = ? WHERE url = ? AND current = 1",
            (version.content_hash, url),
        )
        self.refresh(address["article_id"])

    # --- an address that no longer does ---------------------------------------------------------------------------

    def missing(self, url: str, at: str, confirm_hours: float) -> Observed:
        """Book that an address gave no article: the second time, *confirm_hours* after the first, it is gone."""
        address = self.address(url)
        if address is None:
            return Observed(None, Outcome.GONE)
        since = address["missing_since"] or at
        confirmed = from_stamp(at) - from_stamp(since) >= timedelta(hours=confirm_hours)
        if address["status"] == "gone":
            return Observed(address["article_id"], Outcome.GONE)
        if not confirmed or (address["missing_since"] is None and confirm_hours > 0):
            self._conn.execute(
                "UPDATE article_urls SET missing_since = coalesce(missing_since, ?) WHERE url = ? AND current = 1",
                (at, url),
            )
            return Observed(
                address["article_id"], Outcome.GONE, "missing" if address["missing_since"] is None else None
            )
        self._conn.execute(
            "UPDATE article_urls SET missing_since = ?, status = 'gone', gone_at = ? WHERE url = ? AND current = 1",
            (since, at, url),
        )
        self._set_status(address["article_id"])
        return Observed(address["article_id"], Outcome.GONE, "gone")

    def hijacked(self, url: str) -> Observed:
        """Book that an address was taken over: the good text stays."""
        address = self.address(url)
        if address is None:
            return Observed(None, Outcome.HIJACKED)
        self._conn.execute(
            "UPDATE article_urls SET status = 'hijacked' WHERE url = ? AND current = 1", (url,)
        )
        self._set_status(address["article_id"])
        event = None if address["status"] == "hijacked" else "hijacked"
        return Observed(address["article_id"], Outcome.HIJACKED, event)

    def still_there(self, url: str, at: str) -> Observed | None:
        """Book an observation that brought no text (304, an unchanged body); None if the address has no article."""
        address = self.address(url)
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
        self._set_status(address["article_id"])
        restored = address["status"] != "live" or address["missing_since"] is not None
        event = ("restored" if address["status"] != "live" else "reappeared") if restored else None
        return Observed(address["article_id"], Outcome.UNCHANGED, event)

    def _set_status(self, article_id: int) -> None:
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

    # --- a body on several pages ----------------------------------------------------------------------------------

    def add_part(
        self, url: str, first_url: str, part: int, total: int, article: Article, capture_id: int
    ) -> None:
        """Keep one page of a paged body; ``join_parts`` makes the whole of them."""
        values = {
            "url": url,
            "first_url": first_url,
            "part": part,
            "total": total,
            "body": article.body,
            "body_as_published": article.body_as_published,
            "images": json.dumps([asdict(image) for image in article.images], ensure_ascii=False),
            "damaged": article.damaged,
            "script": article.script,
            "content_hash": fingerprint.content_hash(
                title="", body=article.body, published_at=None, source=None, editor=None, author=None
            ),
            "capture_id": capture_id,
        }
        self._insert_row("parts", values, replace=True)

    def join_parts(self, version: Version, first_url: str) -> Version:
        """*version* with the pages of its body joined in order, as far as they are there."""
        rows = self._conn.execute(
            "SELECT * FROM parts WHERE first_url = ? ORDER BY part, url", (first_url,)
        ).fetchall()
        by_number = {row["part"]: row for row in reversed(rows)}
        pages = [by_number[number] for number in sorted(by_number)]
        total = max(row["total"] for row in pages)
        joined = version.with_body(
            "\n".join(row["body"] for row in pages if row["body"]),
            "\n".join(row["body_as_published"] for row in pages if row["body_as_published"]),
        )
        images = [image for row in pages for image in json.loads(row["images"])]
        return replace(
            joined,
            images=json.dumps(images, ensure_ascii=False),
            damaged=sum(row["damaged"] for row in pages),
            complete=set(by_number) >= set(range(1, total + 1)),
        )

    def book_parts(self, first_url: str, article_id: int, at: str) -> None:
        """List the further pages of a body in ``article_urls`` with their part."""
        self._conn.execute(
            "INSERT INTO article_urls(url, article_id, part, first_seen_at, last_seen_at, content_hash)"
            " SELECT url, ?, part, ?, ?, content_hash FROM parts WHERE first_url = ? AND part > 1"
            " ON CONFLICT(url, article_id) DO UPDATE SET content_hash = excluded.content_hash, part = excluded.part,"
            " last_seen_at = excluded.last_seen_at, status = 'live', missing_since = NULL, current = 1",
            (article_id, at, at, first_url),
        )

    # --- the article as its foremost address has it -----------------------------------------------------------------

    def refresh(self, article_id: int, bands: tuple[int, ...] = ()) -> None:
        """Take the article's columns from its foremost address, and settle whose duplicate it is."""
        rows = [
            (row, latest)
            for row in self._current_addresses(article_id)
            if (latest := self._latest(row["url"]))
        ]
        if not rows:
            return
        address, latest = min(rows, key=lambda pair: order(pair[1]["published_at"], pair[0]["url"]))
        before = self._article(article_id)
        self._rename(before, address["url"], [row["url"] for row, _ in rows])
        values = {column: latest[column] for column in _COPIED}
        values |= {
            "url": address["url"],
            "first_seen_at": min(row["first_seen_at"] for row, _ in rows),
            "last_seen_at": max(row["last_seen_at"] for row, _ in rows),
            "last_changed_at": latest["captured_at"],
            "id": article_id,
        }
        same_text = (before["title"], before["body"]) == (values["title"], values["body"])
        if same_text:  # it need not go through the full-text index again
            del values["title"], values["body"]
        sets = ", ".join(f"{column} = :{column}" for column in values if column != "id")
        self._conn.execute(f"UPDATE articles SET {sets} WHERE id = :id", values)
        self._write_images(article_id, [Image(**each) for each in json.loads(latest["images"])])
        self._set_status(article_id)
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

    def _write_images(self, article_id: int, images: list[Image]) -> None:
        self._conn.execute("DELETE FROM images WHERE article_id = ?", (article_id,))
        self._conn.executemany(
            "INSERT INTO images(article_id, position, url, alt) VALUES(?, ?, ?, ?)",
            [(article_id, position, image.url, image.alt) for position, image in enumerate(images, 1)],
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

    # --- rows -------------------------------------------------------------------------------------------------------

    def address(self, url: str) -> sqlite3.Row | None:
        """The current row of ``article_urls`` for *url*, or None."""
        row: sqlite3.Row | None = self._conn.execute(
            "SELECT * FROM article_urls WHERE url = ? AND current = 1", (url,)
        ).fetchone()
        return row

    def _latest(self, url: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._conn.execute(
            "SELECT * FROM revisions WHERE url = ? ORDER BY id DESC LIMIT 1", (url,)
        ).fetchone()
        return row

    def latest(self, url: str) -> sqlite3.Row | None:
        """The latest revision of what *url* served, or None."""
        return self._latest(url)

    def latest_version(self, url: str) -> Version | None:
        """The latest revision of what *url* served as a Version, or None."""
        row = self._latest(url)
        if row is None:
            return None
        names = (name for name in Version.__slots__ if name != "complete")
        return Version(**{name: row[name] for name in names})

    def _article(self, article_id: int) -> sqlite3.Row:
        row: sqlite3.Row = self._conn.execute("SELECT * FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row

    def _is_incomplete(self, address: sqlite3.Row | None) -> bool:
        return address is not None and not self._article(address["article_id"])["complete"]

    def _current_addresses(self, article_id: int) -> list[sqlite3.Row]:
        return self._conn.execute(
            "SELECT * FROM article_urls WHERE article_id = ? AND current = 1 AND part = 1", (article_id,)
        ).fetchall()

    def _insert_row(self, table: str, values: dict[str, object], *, replace: bool = False) -> int:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        return self._conn.execute(f"{verb} INTO {table}({names}) VALUES({marks})", values).lastrowid or 0


def is_another(last: sqlite3.Row, version: Version | Article) -> bool:
    """Whether title and body have both departed so far that the page is another article."""
    return (
        diff.magnitude(last["body"], version.body) >= REPLACED
        and diff.magnitude(last["title"], version.title) >= 0.5
    )


def _what_changed(last: sqlite3.Row, version: Version) -> dict[str, object]:
    changed = [name for name in COMPARED if last[name] != getattr(version, name)]
    text = "title" in changed or "body" in changed
    old, new = f"{last['title']}\n{last['body']}", f"{version.title}\n{version.body}"
    return {
        "change": ",".join(changed),
        "magnitude": diff.magnitude(old, new) if text else 0.0,
        "silent": int(text and last["published_at"] == version.published_at),
    }
