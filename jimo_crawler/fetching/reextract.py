"""Reading the archive's evidence again with today's parsers: what would change, and changing it (never silently).

Each address is read from the capture of its latest revision. Where the text comes out otherwise, that is a revision of
our reading, not of the page, and says so: its ``change`` begins with ``re-extracted``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jimo_crawler.archive.articles import COMPARED, Articles, Version, version_of
from jimo_crawler.archive.frontier import write
from jimo_crawler.archive.warc_read import Record, read_record
from jimo_crawler.errors import JimoError, Outcome
from jimo_crawler.fetching.replay import read_visit
from jimo_crawler.items import Article, Visit
from jimo_crawler.parsers.response import Answer
from jimo_crawler.portal import Profile
from jimo_crawler.text import diff, fingerprint


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that comes out otherwise now."""

    url: str
    field: str
    old: str | None
    new: str | None

    @property
    def magnitude(self) -> float:
        """0 to 1."""
        return diff.magnitude(self.old or "", self.new or "")


@dataclass(frozen=True, slots=True)
class Reextracted:
    """What became of one address."""

    url: str
    differences: tuple[Difference, ...] = ()
    problem: str = ""
    """Why it could not be read again; nothing is changed then."""


class Reextraction:
    """Compares (and, on demand, brings up to date) every address of the archive. *conn* writes."""

    def __init__(self, conn: sqlite3.Connection, warc_dir: Path, profile: Profile) -> None:
        self._conn = conn
        self._warc_dir = warc_dir
        self._profile = profile
        self._articles = Articles(conn)

    def run(self, *, apply: bool, progress: Callable[[], None] | None = None) -> Iterator[Reextracted]:
        """What differs, address by address; with *apply*, each one's changes are written in a transaction of its own."""
        urls = self._conn.execute(
            "SELECT url FROM article_urls WHERE current = 1 AND part = 1 ORDER BY url"
        ).fetchall()
        for row in urls:
            found = self._address(row["url"], apply)
            if progress:
                progress()
            if found.differences or found.problem:
                yield found

    def _address(self, url: str, apply: bool) -> Reextracted:
        last = self._articles.latest(url)
        if last is None:
            return Reextracted(url)
        try:
            version = self._version(url, last)
        except (JimoError, OSError) as error:
            return Reextracted(url, problem=str(error))
        differences = tuple(
            Difference(url, name, last[name], getattr(version, name))
            for name in COMPARED
            if last[name] != getattr(version, name)
        )
        if differences and apply:
            with write(self._conn):
                self._articles.reextract(url, version)
        return Reextracted(url, differences)

    def _version(self, url: str, last: sqlite3.Row) -> Version:
        parts = self._conn.execute(
            "SELECT url, capture_id FROM parts WHERE first_url = ? ORDER BY part", (url,)
        ).fetchall()
        visit = self._read(parts[0]["capture_id"] if parts else last["capture_id"])
        article = _article_of(visit)
        version = version_of(
            article, visit.fingerprint or fingerprint.fingerprint(article.title, article.body),
            town_id=last["town_id"], captured_at=last["captured_at"], capture_id=last["capture_id"],
        )  # fmt: skip
        return (
            self._joined(version, visit, [row["capture_id"] for row in parts[1:]])
            if len(parts) > 1
            else version
        )

    def _joined(self, version: Version, first: Visit, captures: list[int]) -> Version:
        """The version with the further pages of its body."""
        articles = [_article_of(first), *(_article_of(self._read(number)) for number in captures)]
        return version.with_body(
            "\n".join(each.body for each in articles if each.body),
            "\n".join(each.body_as_published for each in articles if each.body_as_published),
        )

    def _read(self, capture_id: int) -> Visit:
        row = self._conn.execute("SELECT * FROM captures WHERE id = ?", (capture_id,)).fetchone()
        record = self._record(row)
        content_type = record.http.header("Content-Type") if record.http else None
        answer = Answer(url=row["url"], status=200, content_type=content_type, body=record.decoded_body())
        blank = Visit(
            url=row["url"],
            final_url=row["url"],
            kind="article",
            outcome=Outcome.FAILED,
            fetched_at=row["fetched_at"],
        )
        return read_visit("article", answer, self._profile, blank)

    def _record(self, row: sqlite3.Row) -> Record:
        if row["revisit_of"]:
            row = self._conn.execute(
                "SELECT * FROM captures WHERE record_id = ?", (row["revisit_of"],)
            ).fetchone()
        return read_record(self._warc_dir / row["warc_file"], row["warc_offset"], row["warc_length"])


def _article_of(visit: Visit) -> Article:
    if visit.outcome is not Outcome.ARTICLE or visit.page is None:
        raise JimoError(f"is no longer read as an article: {visit.message or visit.outcome}")
    return visit.page.article
