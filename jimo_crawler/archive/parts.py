"""A body on several pages: each page is kept, and the article is what all of them say, in order (DESIGN 4.2)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace

from jimo_crawler.archive.addresses import Addresses
from jimo_crawler.archive.versions import Version
from jimo_crawler.items import Article
from jimo_crawler.text import fingerprint


class Parts:
    """Rows of ``parts``; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection, addresses: Addresses) -> None:
        self._conn = conn
        self._addresses = addresses

    def add(self, url: str, first_url: str, part: int, total: int, article: Article, capture_id: int) -> None:
        """Keep one page of a body; *total* pages there are as of now, whatever there were before."""
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
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self._conn.execute(f"INSERT OR REPLACE INTO parts({names}) VALUES({marks})", values)

    def shorten(self, first_url: str, total: int, at: str) -> None:
        """The body has only *total* pages now: those behind them are no part of it any more."""
        rows = self._conn.execute("SELECT url, part FROM parts WHERE first_url = ?", (first_url,)).fetchall()
        if not rows:
            return
        urls = [row["url"] for row in rows if row["part"] > total]
        self._conn.execute(
            "UPDATE parts SET total = ? WHERE first_url = ? AND total > ?", (total, first_url, total)
        )
        for url in urls:
            self._conn.execute("DELETE FROM parts WHERE url = ?", (url,))
            self._conn.execute(
                "UPDATE article_urls SET current = 0, status = 'gone', gone_at = ? WHERE url = ? AND part > 1",
                (at, url),
            )
            self._conn.execute(
                "UPDATE urls SET first_url = NULL, part = NULL, state = 'retired' WHERE url = ? AND part > 1",
                (url,),
            )

    def exist(self, first_url: str) -> bool:
        """Whether the body that begins at this address has been seen on several pages."""
        row = self._conn.execute("SELECT 1 FROM parts WHERE first_url = ? LIMIT 1", (first_url,)).fetchone()
        return row is not None

    def join(self, version: Version, first_url: str) -> Version:
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

    def list_addresses(self, first_url: str, article_id: int, at: str) -> None:
        """List the further pages of a body in ``article_urls`` with their part; their state stays what it was."""
        for row in self._conn.execute(
            "SELECT u.url, u.article_id FROM parts AS p JOIN article_urls AS u ON u.url = p.url AND u.current = 1"
            " WHERE p.first_url = ? AND p.part > 1 AND u.article_id <> ?",
            (first_url, article_id),
        ).fetchall():  # a page that was taken for an article of its own before its first page was known
            self._addresses.leave(row["url"], row["article_id"], at)
        self._conn.execute(
            "INSERT INTO article_urls(url, article_id, part, first_seen_at, last_seen_at, content_hash)"
            " SELECT url, ?, part, ?, ?, content_hash FROM parts WHERE first_url = ? AND part > 1"
            " ON CONFLICT(url, article_id) DO UPDATE SET content_hash = excluded.content_hash, part = excluded.part, current = 1",
            (article_id, at, at, first_url),
        )
