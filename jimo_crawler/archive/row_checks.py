"""Do the archive's rows agree with one another? What each check finds, in words for a person.

Only SQL and hashes; records and files are verify.py's part.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping

from jimo_crawler.archive.findings import Kind
from jimo_crawler.archive.versions import COMPARED, COPIED
from jimo_crawler.errors import Outcome
from jimo_crawler.text import fingerprint

ANSWERED = (
    *(Outcome.ARTICLE, Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.INDEX, Outcome.LISTING),
    *(Outcome.NOT_ARTICLE, Outcome.OUT_OF_SCOPE),
)
"""Outcomes that only an answer of the portal can have."""
SHOWN = 20
"""Rows of one kind that are named one by one; of more, the number is told."""

Found = tuple[Kind, str]

_AS_REVISED = " OR ".join(f"r.{name} IS NOT a.{name}" for name in COPIED if name != "views")
"""``views`` goes on counting without a revision."""
_LATEST = "SELECT max(id) FROM revisions WHERE article_id = a.id AND url = a.url"

CHECKS: tuple[tuple[Kind, str, str], ...] = (
    (
        Kind.NO_EVIDENCE, "a revision without a capture",
        "SELECT url || ' of ' || captured_at FROM revisions WHERE capture_id IS NULL",
    ),
    (
        Kind.NO_EVIDENCE, "an outcome that only an answer can have, without a capture",
        "SELECT url || ' of ' || observed_at FROM observations WHERE capture_id IS NULL AND outcome IN"
        f" ({', '.join(repr(str(each)) for each in ANSWERED)})",
    ),
    (
        Kind.NO_EVIDENCE, "it rests on an exchange of another run",
        "SELECT o.url || ' of ' || o.observed_at FROM observations AS o JOIN captures AS c ON c.id = o.capture_id"
        " WHERE c.crawl_id IS NOT o.crawl_id",
    ),
    (
        Kind.ORPHAN, "a capture that belongs to no visit",
        "SELECT url || ' of ' || fetched_at FROM captures WHERE outcome IS NULL AND url NOT LIKE '%/robots.txt'",
    ),
    (
        Kind.ROW, "a revisit whose body is not that of the record it refers to",
        "SELECT c.url || ' of ' || c.fetched_at FROM captures AS c JOIN captures AS o ON o.record_id = c.revisit_of"
        " WHERE c.status <> 304 AND c.body_digest <> o.body_digest",
    ),
    (
        Kind.HISTORY, "the article is not what its latest revision says",
        f"SELECT a.url FROM articles AS a LEFT JOIN revisions AS r ON r.id = ({_LATEST}) WHERE r.id IS NULL OR {_AS_REVISED}",
    ),
    (
        Kind.HISTORY, "the address is not at its latest revision",
        "SELECT u.url FROM article_urls AS u LEFT JOIN revisions AS r ON r.id = (SELECT max(id) FROM revisions WHERE url = u.url)"
        " WHERE u.current = 1 AND u.part = 1 AND r.content_hash IS NOT u.content_hash",
    ),
    (
        Kind.HISTORY, "an article without an address",
        "SELECT url FROM articles AS a WHERE NOT EXISTS (SELECT 1 FROM article_urls WHERE article_id = a.id)",
    ),
    (
        Kind.HISTORY, "its state is not that of its addresses",
        "SELECT a.url FROM articles AS a WHERE status <> (SELECT CASE WHEN sum(status = 'live') THEN 'live'"
        " WHEN sum(status = 'hijacked') THEN 'hijacked' ELSE 'gone' END FROM article_urls WHERE article_id = a.id AND part = 1)",
    ),
    (
        Kind.HISTORY, "a revision that repeats the one before it",
        "SELECT url || ' of ' || captured_at FROM (SELECT *, lag(content_hash) OVER (PARTITION BY url ORDER BY id) AS before"
        " FROM revisions) WHERE content_hash = before",
    ),
    (
        Kind.HISTORY, "a page of its body is missing, or has another number",
        "SELECT first_url FROM parts GROUP BY first_url HAVING first_url IN (SELECT a.url FROM articles AS a WHERE a.complete)"
        " AND (count(DISTINCT part) < max(total) OR min(total) <> max(total))",
    ),
    (
        Kind.FRONTIER, "no run would ask for it",
        "SELECT url FROM article_urls UNION SELECT url FROM listed UNION SELECT url FROM parts UNION SELECT listing FROM listed"
        " UNION SELECT listing_url FROM towns WHERE listing_url IS NOT NULL EXCEPT SELECT url FROM urls",
    ),
    (
        Kind.FRONTIER, "an article is there, and no run would ask for it again",
        "SELECT u.url FROM urls AS u JOIN article_urls AS a ON a.url = u.url AND a.current = 1 AND a.part = 1"
        " AND a.status = 'live' WHERE u.kind = 'article' AND u.state = 'retired'",
    ),
)  # fmt: skip


def check_rows(conn: sqlite3.Connection) -> Iterator[Found]:
    """All of it; *conn* reads one snapshot and gives rows by name."""
    for kind, message, sql in CHECKS:
        rows = conn.execute(sql).fetchall()
        yield from ((kind, f"{row[0]}: {message}") for row in rows[:SHOWN])
        if len(rows) > SHOWN:
            yield kind, f"and {len(rows) - SHOWN} more: {message}"
    yield from _check_hashes(conn)
    yield from _check_images(conn)
    yield from _check_accounts(conn)


def _check_hashes(conn: sqlite3.Connection) -> Iterator[Found]:
    columns = ", ".join(COMPARED)
    for row in conn.execute(
        f"SELECT url, captured_at, content_hash, canonical_hash, {columns} FROM revisions"
    ):
        content = fingerprint.content_hash(**{name: row[name] for name in COMPARED})
        canonical = fingerprint.canonical_hash(row["title"], row["body"])
        if (content, canonical) != (row["content_hash"], row["canonical_hash"]):
            yield Kind.HISTORY, f"{row['url']} of {row['captured_at']}: its text is not that of its hash"
    nothing = dict.fromkeys(COMPARED[2:])
    for row in conn.execute("SELECT url, body, content_hash FROM parts"):
        if fingerprint.content_hash(title="", body=row["body"], **nothing) != row["content_hash"]:
            yield Kind.HISTORY, f"{row['url']}: this page of a body is not that of its hash"


def _check_images(conn: sqlite3.Connection) -> Iterator[Found]:
    stored: dict[int, list[tuple[int, str, str]]] = {}
    for row in conn.execute(
        "SELECT article_id, position, url, alt FROM images ORDER BY article_id, position"
    ):
        stored.setdefault(row["article_id"], []).append((row["position"], row["url"], row["alt"]))
    rows = conn.execute(
        f"SELECT a.id, a.url, r.images FROM articles AS a JOIN revisions AS r ON r.id = ({_LATEST})"
    )
    for row in rows:
        images = [
            (place, each["url"], each["alt"]) for place, each in enumerate(json.loads(row["images"]), 1)
        ]
        if images != stored.get(row["id"], []):
            yield Kind.HISTORY, f"{row['url']}: its images are not those of its latest revision"


def _check_accounts(conn: sqlite3.Connection) -> Iterator[Found]:
    """What each run said at its end, against what its rows say."""
    rows = conn.execute(
        "SELECT id, requested, outcomes, verdict FROM crawls WHERE outcomes IS NOT NULL AND verdict <> 'storage'"
    ).fetchall()
    for row in rows:
        found = conn.execute(
            "SELECT outcome, count(*) FROM observations WHERE crawl_id = ? GROUP BY outcome", (row["id"],)
        )
        counts = _pooled(dict(map(tuple, found)))
        try:
            said = _pooled(json.loads(row["outcomes"]))
        except (ValueError, TypeError, AttributeError):
            yield Kind.BALANCE, f"crawl {row['id']}: its account cannot be read: {row['outcomes'][:80]}"
            continue
        if counts != said:
            yield Kind.BALANCE, f"crawl {row['id']}: accounted for {said}, and there are {counts}"
        accounted = sum(counts.values()) - counts.get(Outcome.SKIPPED, 0)
        if row["verdict"] == "ok" and row["requested"] > accounted:
            yield (
                Kind.BALANCE,
                f"crawl {row['id']}: {row['requested']} addresses asked, {accounted} have an outcome",
            )


def _pooled(counts: Mapping[str, int]) -> dict[str, int]:
    """``article`` and ``duplicate`` as one: which of two addresses is the duplicate may be settled later."""
    pooled = Counter(dict(counts))
    pooled[Outcome.ARTICLE.value] += pooled.pop(Outcome.DUPLICATE.value, 0)
    return {name: count for name, count in sorted(pooled.items()) if count}
