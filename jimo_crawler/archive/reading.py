"""One article and what the archive knows about it: versions, addresses, evidence."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from jimo_crawler.errors import JimoError
from jimo_crawler.parsers.urls import canonical_url


class NotInArchive(JimoError):
    """Raised by ``find_article``: there is no such article; the text says what is known about the address."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All that belongs to an article but its evidence; rows have the columns of their tables."""

    article: sqlite3.Row
    """Row of ``articles``, with ``town`` (its name)."""
    addresses: list[sqlite3.Row]
    images: list[sqlite3.Row]
    revisions: list[sqlite3.Row]
    """Oldest first; the first version included."""
    reprints: list[int]
    """Articles that are nearly the same as this one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves an article, oldest first."""

    captures: list[sqlite3.Row]
    """Rows of ``captures`` of its addresses and versions, with ``versions``: numbers of the versions read from it."""
    observations: list[sqlite3.Row]
    removed: list[sqlite3.Row]
    """Rows of ``removed_text``."""


def find_article(conn: sqlite3.Connection, reference: str) -> int:
    """The id of the article that an id or an address (in any form) names. Raises NotInArchive."""
    reference = reference.strip()
    if reference.isascii() and reference.isdecimal():
        row = conn.execute("SELECT id FROM articles WHERE id = ?", (int(reference[:18]),)).fetchone()
        if row is None:
            raise NotInArchive(f"there is no article {reference}")
        return int(row[0])
    row = conn.execute(
        """SELECT article_id FROM article_urls WHERE url IN (?1, ?2)
             OR url IN (SELECT url FROM urls WHERE url = ?2 OR request_url = ?1)
           ORDER BY current DESC, last_seen_at DESC LIMIT 1""",
        (reference, canonical_url(reference)),
    ).fetchone()
    if row is None:
        raise NotInArchive(_what_is_known(conn, reference))
    return int(row[0])


def read_article(conn: sqlite3.Connection, article_id: int) -> Reading:
    """The article of that id. Raises NotInArchive."""
    article = conn.execute(
        "SELECT a.*, towns.name AS town FROM articles a LEFT JOIN towns ON towns.id = a.town_id WHERE a.id = ?",
        (article_id,),
    ).fetchone()
    if article is None:
        raise NotInArchive(f"there is no article {article_id}")
    of_it = (article_id,)
    return Reading(
        article=article,
        addresses=conn.execute(
            "SELECT * FROM article_urls WHERE article_id = ? ORDER BY part, first_seen_at, url", of_it
        ).fetchall(),
        images=conn.execute("SELECT * FROM images WHERE article_id = ? ORDER BY position", of_it).fetchall(),
        revisions=conn.execute("SELECT * FROM revisions WHERE article_id = ? ORDER BY id", of_it).fetchall(),
        reprints=[
            row[0]
            for row in conn.execute("SELECT id FROM articles WHERE duplicate_of = ? ORDER BY id", of_it)
        ],
    )


def read_evidence(conn: sqlite3.Connection, article_id: int) -> Evidence:
    """The exchanges, observations and removed text of an article."""
    of_it = (article_id,)
    captures = conn.execute(
        """SELECT c.*, (SELECT group_concat(number) FROM (
                          SELECT row_number() OVER (ORDER BY id) AS number, capture_id FROM revisions
                          WHERE article_id = ?1) WHERE capture_id = c.id) AS versions
           FROM captures c WHERE c.id IN (
             SELECT capture_id FROM revisions WHERE article_id = ?1
             UNION SELECT capture_id FROM observations WHERE article_id = ?1
             UNION SELECT capture_id FROM parts WHERE first_url IN (SELECT url FROM article_urls WHERE article_id = ?1)
             UNION SELECT capture_id FROM articles WHERE id = ?1)
           ORDER BY c.fetched_at, c.id""",
        of_it,
    ).fetchall()
    numbers = ", ".join(str(row["id"]) for row in captures)
    return Evidence(
        captures=captures,
        observations=conn.execute(
            "SELECT * FROM observations WHERE article_id = ? ORDER BY observed_at, url", of_it
        ).fetchall(),
        removed=conn.execute(
            f"SELECT * FROM removed_text WHERE capture_id IN ({numbers}) ORDER BY id"
        ).fetchall(),
    )


def _what_is_known(conn: sqlite3.Connection, address: str) -> str:
    row = conn.execute(
        "SELECT outcome, last_visit_at FROM urls WHERE url = ? OR request_url = ?",
        (canonical_url(address), address),
    ).fetchone()
    if row is None:
        return f"the archive does not know {address}"
    if row["last_visit_at"] is None:
        return f"{address} is known, but has not been asked yet"
    return f"{address} has no article: its last visit ({row['last_visit_at'][:10]}) ended as {row['outcome']}"
