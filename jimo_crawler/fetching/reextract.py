"""Reading the archive's evidence again with today's parsers: what would change, and changing it (never silently).

Each address is read from the capture of its latest revision. Where the text comes out otherwise, that is a revision of
our reading, not of the page, and says so: its ``change`` begins with ``re-extracted``. ``compare`` goes further back: every
article page that was ever kept is read again and held against the revision that stood when it was met.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jimo_crawler.archive.articles import COMPARED, Articles, Version, version_of
from jimo_crawler.archive.evidence import find_origin
from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.frontier import write
from jimo_crawler.archive.warc_read import Record, read_record
from jimo_crawler.errors import JimoError, Outcome
from jimo_crawler.fetching.readers import Asked, Readers
from jimo_crawler.items import Article, Visit
from jimo_crawler.parsers.hosts import named_hosts
from jimo_crawler.parsers.response import Answer
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.text import diff, fingerprint

PRESERVED = (
    *("title_as_published", "body_as_published", "published_as_printed", "script", "damaged", "images"),
)
"""What else a capture says of the revision that was made of it; a change of these alone makes no revision."""


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
    """What became of one address, or of one capture of it."""

    url: str
    differences: tuple[Difference, ...] = ()
    problem: str = ""
    """Why it could not be read again; nothing is changed then."""
    file: str = ""
    offset: int | None = None
    """Where the evidence stands, for a capture."""

    def finding(self, archive: str) -> Finding:
        """The same for ``scrapy verify``."""
        changed = ", ".join(f"{each.field} ({each.magnitude:.2f})" for each in self.differences)
        message = self.problem or f"today's parsers read another {changed}"
        return Finding(Kind.REREAD, self.file or archive, self.offset, f"{self.url}: {message}")


class Reextraction:
    """Compares (and, on demand, brings up to date) every address of the archive. *conn* writes, if anything is applied."""

    def __init__(self, conn: sqlite3.Connection, warc_dir: Path, readers: Readers) -> None:
        self._conn = conn
        self._warc_dir = warc_dir
        self._readers = readers
        self._articles = Articles(conn)
        addresses = conn.execute(
            "SELECT DISTINCT substr(url, 1, 8 + instr(substr(url, 9) || '/', '/')) FROM captures"
        )
        self._hosts = named_hosts(tuple(row[0] for row in addresses))
        """Nothing but the portal was ever asked."""

    def run(self, *, apply: bool, progress: Callable[[int], None] | None = None) -> Iterator[Reextracted]:
        """What differs, address by address; with *apply*, each one's changes are written in a transaction of its own."""
        urls = self._conn.execute(
            "SELECT url FROM article_urls WHERE current = 1 AND part = 1 ORDER BY url"
        ).fetchall()
        pages = self._readers.ahead(self._answers_of(row["url"]) for row in urls)
        for number, (row, visits) in enumerate(zip(urls, pages, strict=True), 1):
            found = self._address(row["url"], visits, apply)
            if progress:
                progress(number)
            if found.differences or found.problem:
                yield found

    def compare(self, progress: Callable[[int], None] | None = None) -> Iterator[Reextracted]:
        """What today's parsers read otherwise, in every article page that was ever kept; nothing is written."""
        yield from (each for each in self.run(apply=False) if self._is_paged(each.url))
        captures = self._captures()
        pages = self._readers.ahead([self._asked(row)] for row in captures)
        for number, (row, visits) in enumerate(zip(captures, pages, strict=True), 1):
            found = self._compare(row, visits[0])
            if progress:
                progress(number)
            if found.differences or found.problem:
                yield found

    # --- one address ----------------------------------------------------------------------------------------------------

    def _answers_of(self, url: str) -> list[Asked | str]:
        """The pages that the address's text was read from."""
        last = self._articles.latest(url)
        if last is None:
            return []
        parts = self._conn.execute(
            "SELECT capture_id FROM parts WHERE first_url = ? ORDER BY part, url", (url,)
        ).fetchall()
        numbers = [row["capture_id"] for row in parts] or [last["capture_id"]]
        return [self._asked(self._capture(number)) for number in numbers]

    def _asked(self, row: sqlite3.Row) -> Asked | str:
        """The page of an article, or why there is none."""
        try:
            return "article", self._answer(row)
        except (JimoError, OSError) as error:
            return str(error)

    def _address(self, url: str, visits: list[Visit | str], apply: bool) -> Reextracted:
        last = self._articles.latest(url)
        if last is None:
            return Reextracted(url)
        try:
            version = _version([_article_of(each) for each in visits], last)
        except JimoError as error:
            return Reextracted(url, problem=str(error))
        differences = _differences(url, last, version)
        if differences and apply:
            with write(self._conn):
                self._articles.reextract(url, version)
        return Reextracted(url, differences)

    def _is_paged(self, url: str) -> bool:
        return bool(self._conn.execute("SELECT 1 FROM parts WHERE first_url = ? LIMIT 1", (url,)).fetchone())

    # --- one capture ----------------------------------------------------------------------------------------------------

    def _captures(self) -> list[sqlite3.Row]:
        """Captures that hold a whole page which was read as an article; pages of one body are compared as a whole."""
        return self._conn.execute(
            "SELECT c.* FROM captures AS c JOIN observations AS o ON o.capture_id = c.id AND o.url NOT IN"
            " (SELECT url FROM parts) WHERE c.outcome IN ('article', 'duplicate', 'unchanged') AND c.status = 200"
            " AND o.article_id IS NOT NULL AND c.revisit_of IS NULL AND c.lost_at IS NULL"
            " GROUP BY c.id ORDER BY c.warc_file, c.warc_offset"
        ).fetchall()

    def _compare(self, row: sqlite3.Row, visit: Visit | str) -> Reextracted:
        url = canonical_url(row["url"])
        last = self._conn.execute(
            "SELECT * FROM revisions WHERE url = ? AND capture_id <= ? ORDER BY id DESC LIMIT 1",
            (url, row["id"]),
        ).fetchone()
        if last is None:
            return Reextracted(url)
        place = {"file": row["warc_file"], "offset": row["warc_offset"]}
        try:
            version = _version([_article_of(visit)], last)
        except JimoError as error:
            return Reextracted(url, problem=str(error), **place)
        fields = (*COMPARED, *PRESERVED) if last["capture_id"] == row["id"] else COMPARED
        differences = _differences(url, last, version, fields)
        assert isinstance(visit, Visit)
        return Reextracted(url, (*differences, *self._removed_otherwise(row, visit)), **place)

    def _removed_otherwise(self, row: sqlite3.Row, visit: Visit) -> Iterator[Difference]:
        """Whether what is taken out of the page as spam is what was kept of it: each text once an address."""
        stored = self._conn.execute(
            "SELECT r.place, r.text, r.capture_id FROM removed_text AS r JOIN captures AS c ON c.id = r.capture_id"
            " WHERE c.url = ?",
            (row["url"],),
        ).fetchall()
        now = {(each.place, each.text) for each in visit.removed}
        kept = {(each["place"], each["text"]) for each in stored}
        of_this = {(each["place"], each["text"]) for each in stored if each["capture_id"] == row["id"]}
        if now - kept or of_this - now:
            old, new = ("\n".join(sorted(text for _, text in each)) for each in (of_this - now, now - kept))
            yield Difference(row["url"], "removed text", old or None, new or None)

    # --- evidence -------------------------------------------------------------------------------------------------------

    def _capture(self, number: int | None) -> sqlite3.Row:
        row: sqlite3.Row = self._conn.execute("SELECT * FROM captures WHERE id = ?", (number,)).fetchone()
        return row

    def _answer(self, row: sqlite3.Row) -> Answer:
        record = self._record(row)
        content_type = record.http.header("Content-Type") if record.http else None
        return Answer(
            url=row["url"], status=200, content_type=content_type, body=record.decoded_body(), hosts=self._hosts
        )  # fmt: skip

    def _record(self, row: sqlite3.Row | None) -> Record:
        if row is not None and row["revisit_of"]:
            row = find_origin(self._conn, row["url"], row["revisit_of"])
        if row is None or row["lost_at"]:
            raise JimoError("its evidence is lost")
        return read_record(self._warc_dir / row["warc_file"], row["warc_offset"], row["warc_length"])


def _version(articles: list[Article], last: sqlite3.Row) -> Version:
    """The version that these pages of one body make, in the place of *last*."""
    article, marks = articles[0], fingerprint.fingerprint(articles[0].title, articles[0].body)
    version = version_of(
        article, marks,
        town_id=last["town_id"], captured_at=last["captured_at"], capture_id=last["capture_id"],
    )  # fmt: skip
    if len(articles) == 1:
        return version
    return version.with_body(
        "\n".join(each.body for each in articles if each.body),
        "\n".join(each.body_as_published for each in articles if each.body_as_published),
    )


def _differences(
    url: str, last: sqlite3.Row, version: Version, fields: tuple[str, ...] = COMPARED
) -> tuple[Difference, ...]:
    pairs = ((name, last[name], getattr(version, name)) for name in fields)
    return tuple(
        Difference(url, name, *(None if each is None else str(each) for each in (old, new)))
        for name, old, new in pairs
        if old != new
    )


def _article_of(visit: Visit | str) -> Article:
    if isinstance(visit, str):
        raise JimoError(visit)
    if visit.outcome not in (Outcome.ARTICLE, Outcome.NOT_ARTICLE) or visit.page is None:
        raise JimoError(f"is no longer read as an article: {visit.message or visit.outcome}")
    return visit.page.article
