"""Which article is whose near-duplicate (DESIGN 4.10).

``duplicate_of`` is the article with the smallest (time of publication, URL) of those that are nearly the same. That is a
property of the set of articles, so both sides are settled again whenever one of them changes or an earlier one comes in.
"""

from __future__ import annotations

import sqlite3

from jimo_crawler.text import fingerprint

LATE = "9999"
"""Stands for the time of publication of a page that prints none: after all others."""
CANDIDATES = 20
"""Articles sharing most bands that are looked at closely."""

Near = list[tuple[sqlite3.Row, float]]


def order(published_at: str | None, url: str) -> tuple[str, str]:
    """What decides which of several pages comes first, whatever the order of their arrival."""
    return (published_at or LATE, url)


def order_of(article: sqlite3.Row) -> tuple[str, str]:
    """``order`` of a row that has ``published_at`` and ``url``."""
    return order(article["published_at"], article["url"])


class Duplicates:
    """Keeps ``bands``, ``duplicate_of`` and ``similarity``; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def link(self, article_id: int, bands: tuple[int, ...] = ()) -> None:
        """Settle whose near-duplicate the article is, and who is its. *bands*: those of its body, if known."""
        article = self._article(article_id)
        bands = bands or fingerprint.bands(fingerprint.canonical_text("", article["body"]))
        self._write_bands(article_id, bands)
        near = self._near(article, bands)
        self._point(article, near)
        for other, similarity in near:
            if order_of(article) < order_of(other) and self._comes_first(article, other):
                self._set(other["id"], article_id, similarity)
        stayed = {other["id"] for other, _ in near if order_of(article) < order_of(other)}
        for row in self._conn.execute(
            "SELECT * FROM articles WHERE duplicate_of = ?", (article_id,)
        ).fetchall():
            if row["id"] not in stayed:
                self._relink(row)

    def link_new(self, article_id: int, bands: tuple[int, ...]) -> None:
        """:meth:`link` for an article that has just come in: it has no bands yet, and none is its duplicate."""
        if not bands or self._share(bands):
            self.link(article_id, bands)
        else:
            self._insert_bands(article_id, bands)

    def forget(self, article_id: int) -> list[int]:
        """Take an article out of the comparison; gives those that were its duplicates."""
        rows = self._conn.execute("SELECT id FROM articles WHERE duplicate_of = ?", (article_id,)).fetchall()
        self._conn.execute(
            "UPDATE articles SET duplicate_of = NULL, similarity = NULL WHERE duplicate_of = ?", (article_id,)
        )
        self._conn.execute("DELETE FROM bands WHERE article_id = ?", (article_id,))
        return [row["id"] for row in rows]

    def is_linked(self, article_id: int) -> bool:
        """Whether the article has been compared with the others."""
        sql = "SELECT 1 FROM bands WHERE article_id = ? LIMIT 1"
        return self._conn.execute(sql, (article_id,)).fetchone() is not None

    def _write_bands(self, article_id: int, bands: tuple[int, ...]) -> None:
        rows = self._conn.execute("SELECT key FROM bands WHERE article_id = ?", (article_id,))
        known = {row["key"] for row in rows}
        if known == set(bands):
            return
        if known:
            self._conn.execute("DELETE FROM bands WHERE article_id = ?", (article_id,))
        self._insert_bands(article_id, bands)

    def _insert_bands(self, article_id: int, bands: tuple[int, ...]) -> None:
        self._conn.executemany(
            "INSERT OR IGNORE INTO bands(key, article_id) VALUES(?, ?)", [(key, article_id) for key in bands]
        )

    def _share(self, bands: tuple[int, ...]) -> bool:
        """Whether any article has one of these bands."""
        marks = ", ".join("?" * len(bands))
        row = self._conn.execute(f"SELECT 1 FROM bands WHERE key IN ({marks}) LIMIT 1", bands).fetchone()
        return row is not None

    def _near(self, article: sqlite3.Row, bands: tuple[int, ...]) -> Near:
        marks = ", ".join("?" * len(bands))
        rows = self._conn.execute(
            f"SELECT a.* FROM (SELECT article_id, count(*) AS shared FROM bands WHERE key IN ({marks}) AND article_id <> ?"
            f" GROUP BY article_id ORDER BY shared DESC LIMIT {3 * CANDIDATES}) AS c JOIN articles AS a ON a.id = c.article_id"
            f" ORDER BY c.shared DESC, a.canonical_hash, a.url LIMIT {CANDIDATES}",
            (*bands, article["id"]),
        ).fetchall()
        judged = ((row, fingerprint.near_duplicate(article["body"], row["body"])) for row in rows)
        return [(row, similarity) for row, similarity in judged if similarity is not None]

    def _point(self, article: sqlite3.Row, near: Near) -> None:
        earlier = [pair for pair in near if order_of(pair[0]) < order_of(article)]
        if earlier:
            target, similarity = min(earlier, key=lambda pair: order_of(pair[0]))
            self._set(article["id"], target["id"], similarity)
        elif article["duplicate_of"] is not None:
            self._set(article["id"], None, None)

    def _relink(self, article: sqlite3.Row) -> None:
        bands = tuple(
            row["key"]
            for row in self._conn.execute("SELECT key FROM bands WHERE article_id = ?", (article["id"],))
        )
        self._point(article, self._near(article, bands))

    def _comes_first(self, article: sqlite3.Row, other: sqlite3.Row) -> bool:
        present = other["duplicate_of"]
        return present in (None, article["id"]) or order_of(article) < order_of(self._article(present))

    def _set(self, article_id: int, target: int | None, similarity: float | None) -> None:
        self._conn.execute(
            "UPDATE articles SET duplicate_of = ?, similarity = ? WHERE id = ?",
            (target, similarity, article_id),
        )

    def _article(self, article_id: int) -> sqlite3.Row:
        row: sqlite3.Row = self._conn.execute("SELECT * FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row
