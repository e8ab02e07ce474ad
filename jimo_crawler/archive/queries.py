"""Finding articles: full-text search with filters, newest first or ranked, and counts by town and year.

How a search is run decides between milliseconds and seconds on a large archive (figures: ``benchmarks/search.py``).
Ranked, FTS5 gives the order. In order of time, a word that is common is found soonest by walking the articles from the
newest and asking the full-text index about each; a less common one by walking them with the list of all finds; a rare
one by sorting its finds. Filters are read from the index ``articles_published``, never from the long rows themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from jimo_crawler.archive.filters import Filters
from jimo_crawler.text.excerpt import LENGTH, excerpt, highlight
from jimo_crawler.text.query import NOTHING, Phrase, parse, phrases, zh_query

Order = Literal["rank", "newest", "oldest"]
EVERYTHING = Filters()
_TITLE_WEIGHT = 4.0
"""A find in the title counts as so many in the body."""
_SAMPLE = 64
"""Finds from which it is judged how common a query is."""
_RARE = 1 / 200
"""Share of all articles below which the finds are looked up one by one."""
_CHUNK = 100
"""Articles that are read at once."""
_TIME = {
    "newest": "a.published_at DESC, a.id DESC",
    "oldest": "a.published_at ASC NULLS LAST, a.id ASC",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article that was found."""

    id: int
    title: str
    town: str | None
    published_at: str | None
    source: str | None
    status: str
    script: str | None
    duplicate_of: int | None
    url: str
    snippet: str
    """The passage of the body that shows the find, in the article's own characters."""
    title_marked: str
    """The title with the finds marked."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many articles of a town and year were found."""

    town: str | None
    year: str | None
    articles: int


def search(
    conn: sqlite3.Connection,
    query: str | None,
    filters: Filters = EVERYTHING,
    *,
    order: Order = "rank",
    limit: int | None = None,
    offset: int = 0,
    marks: tuple[str, str] = ("[", "]"),
    length: int = LENGTH,
) -> Iterator[Hit]:
    """The articles that *query* finds (``zh_query`` says what it may hold), one by one.

    *order* is ``rank`` (bm25, best first), ``newest`` or ``oldest``; *query* None finds all articles, in order of time.
    *marks* stand around each find in ``snippet`` and ``title_marked``; *length* is the snippet's, in characters.
    """
    wanted = phrases(parse(query))
    ids = find_ids(conn, query, filters, order=order, limit=limit, offset=offset)
    while chunk := list(islice(ids, _CHUNK)):
        for row in _read(conn, chunk):
            yield _hit(row, wanted, marks, length)


def find_ids(
    conn: sqlite3.Connection,
    query: str | None,
    filters: Filters = EVERYTHING,
    *,
    order: Order = "rank",
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[int]:
    """The ids of the articles that ``search`` gives, in its order."""
    if query is None:
        return _all_ids(conn, filters, "newest" if order == "rank" else order, limit, offset)
    expression = zh_query(query)
    if expression == NOTHING:
        return iter(())
    if order == "rank":
        return _ranked_ids(conn, expression, filters, limit, offset)
    return _dated_ids(conn, expression, filters, order, limit, offset)


def count(conn: sqlite3.Connection, query: str | None, filters: Filters = EVERYTHING) -> int:
    """How many articles *query* finds; None counts all that the filters let through."""
    condition, values = within(query, filters)
    if query is not None and filters == EVERYTHING:
        found = conn.execute("SELECT count(*) FROM articles_fts(?)", (zh_query(query),))
    else:
        found = conn.execute(
            f"SELECT count(*) FROM articles a INDEXED BY articles_published WHERE {condition}", values
        )
    return int(found.fetchone()[0])


def count_by_town_and_year(
    conn: sqlite3.Connection, query: str | None, filters: Filters = EVERYTHING
) -> list[Count]:
    """How many articles *query* finds, by town and year, in that order; None where none is known."""
    condition, values = within(query, filters)
    rows = conn.execute(
        f"""SELECT towns.name, year, sum(articles) FROM (
              SELECT a.town_id, substr(a.published_at, 1, 4) AS year, count(*) AS articles
              FROM articles a INDEXED BY articles_published WHERE {condition} GROUP BY 1, 2)
            LEFT JOIN towns ON towns.id = town_id GROUP BY towns.name, year
            ORDER BY towns.name IS NULL, towns.name, year IS NULL, year""",
        values,
    )
    return [Count(*row) for row in rows]


def within(query: str | None, filters: Filters) -> tuple[str, tuple[object, ...]]:
    """The condition and its values for articles (``a``) that the query finds and the filters let through."""
    if query is None:
        return filters.sql, filters.values
    found = "+a.id IN (SELECT rowid FROM articles_fts(?))"
    return f"{found} AND {filters.sql}", (zh_query(query), *filters.values)


def _all_ids(
    conn: sqlite3.Connection, filters: Filters, order: Order, limit: int | None, offset: int
) -> Iterator[int]:
    rows = conn.execute(
        f"""SELECT a.id FROM articles a INDEXED BY articles_published WHERE {filters.sql}
            ORDER BY {_TIME[order]} LIMIT ? OFFSET ?""",
        (*filters.values, -1 if limit is None else limit, offset),
    )
    return (row[0] for row in rows)


def _ranked_ids(
    conn: sqlite3.Connection, expression: str, filters: Filters, limit: int | None, offset: int
) -> Iterator[int]:
    """In FTS5's own order; a filter is a list of ids, since a join would be run from the wrong end."""
    let_through = (
        f"AND +rowid IN (SELECT a.id FROM articles a INDEXED BY articles_published WHERE {filters.sql})"
        if filters != EVERYTHING
        else ""
    )
    rows = conn.execute(
        f"""SELECT rowid FROM articles_fts
            WHERE articles_fts MATCH ? AND rank MATCH 'bm25({_TITLE_WEIGHT})' {let_through}
            ORDER BY rank LIMIT ? OFFSET ?""",
        (expression, *filters.values, -1 if limit is None else limit, offset),
    )
    return (row[0] for row in rows)


def _dated_ids(
    conn: sqlite3.Connection,
    expression: str,
    filters: Filters,
    order: Order,
    limit: int | None,
    offset: int,
) -> Iterator[int]:
    finds = conn.execute("SELECT rowid FROM articles_fts(?)", (expression,))
    sample = [row[0] for row in finds.fetchmany(_SAMPLE)]
    if len(sample) < _SAMPLE:
        return _sorted_ids(conn, sample, filters, order, limit, offset)
    last = int(conn.execute("SELECT max(id) FROM articles").fetchone()[0])
    share = _SAMPLE / sample[-1]
    if limit is not None and (limit + offset) / share < last / 1000:
        # Twice the articles that should do, and some: where a word is rarer among the newest, the list must help out.
        walked = _walk(
            conn, expression, filters, order, limit + offset, int(2 * (limit + offset) / share) + 50
        )
        if len(walked) == limit + offset:
            return iter(walked[offset:])
    if share < _RARE:
        return _sorted_ids(conn, sample + [row[0] for row in finds], filters, order, limit, offset)
    finds.close()
    rows = conn.execute(
        f"""SELECT a.id FROM articles a INDEXED BY articles_published
            WHERE +a.id IN (SELECT rowid FROM articles_fts(?)) AND {filters.sql}
            ORDER BY {_TIME[order]} LIMIT ? OFFSET ?""",
        (expression, *filters.values, -1 if limit is None else limit, offset),
    )
    return (row[0] for row in rows)


def _walk(
    conn: sqlite3.Connection, expression: str, filters: Filters, order: Order, wanted: int, steps: int
) -> list[int]:
    """Up to *wanted* ids among the first *steps* articles that the filters let through."""
    rows = conn.execute(
        f"""SELECT id FROM (SELECT a.id FROM articles a INDEXED BY articles_published WHERE {filters.sql}
                            ORDER BY {_TIME[order]} LIMIT ?) AS newest
            WHERE EXISTS (SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = newest.id) LIMIT ?""",
        (*filters.values, steps, expression, wanted),
    )
    return [row[0] for row in rows]


def _sorted_ids(
    conn: sqlite3.Connection,
    found: Sequence[int],
    filters: Filters,
    order: Order,
    limit: int | None,
    offset: int,
) -> Iterator[int]:
    rows = conn.execute(
        f"""SELECT a.id FROM json_each(?) CROSS JOIN articles a ON a.id = json_each.value WHERE {filters.sql}
            ORDER BY {_TIME[order]} LIMIT ? OFFSET ?""",
        (str(list(found)), *filters.values, -1 if limit is None else limit, offset),
    )
    return (row[0] for row in rows)


def _read(conn: sqlite3.Connection, ids: Sequence[int]) -> list[sqlite3.Row]:
    """The articles of these ids, in this order."""
    rows = conn.execute(
        """SELECT a.id, a.title, towns.name AS town, a.published_at, a.source, a.status, a.script, a.duplicate_of, a.url,
                  a.body
           FROM json_each(?) CROSS JOIN articles a ON a.id = json_each.value LEFT JOIN towns ON towns.id = a.town_id
           ORDER BY json_each.key""",
        (str(list(ids)),),
    )
    rows.row_factory = sqlite3.Row
    return rows.fetchall()


def _hit(row: sqlite3.Row, wanted: Sequence[Phrase], marks: tuple[str, str], length: int) -> Hit:
    fields = {name: row[name] for name in row.keys() if name != "body"}  # noqa: SIM118 (a Row iterates its values)
    return Hit(
        **fields,
        snippet=excerpt(row["body"], wanted, *marks, length),
        title_marked=highlight(row["title"], wanted, *marks),
    )
