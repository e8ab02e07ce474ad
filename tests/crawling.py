"""Crawls of the demo portal by the real command, in a process of its own, over real HTTP; and what came of them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import forking

PROJECT = Path(__file__).resolve().parent.parent
QUICK = {"DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "LOG_LEVEL": "WARNING", "JIMO_MIN_FREE_MB": "1"}


@dataclass
class Archive:
    """An archive in a folder of the test's, and how to fill and read it."""

    folder: Path
    portal_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def db(self) -> Path:
        return self.folder / "jimo.db"

    @property
    def warc_dir(self) -> Path:
        return self.folder / "warc"

    def crawl(
        self,
        spider: str = "towns",
        *,
        settings: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        **arguments: Any,
    ) -> subprocess.CompletedProcess[str]:
        """Run ``scrapy crawl`` to its end."""
        return forking.run(self.command(spider, settings=settings, **arguments)[3:], environment(env))

    def command(self, spider: str, *, settings: dict[str, Any] | None = None, **arguments: Any) -> list[str]:
        """The command line of a crawl."""
        values = QUICK | {"JIMO_ARCHIVE_DB": str(self.db), "JIMO_WARC_DIR": str(self.warc_dir)}
        if self.portal_url:
            values["JIMO_PORTAL_URL"] = self.portal_url
        values |= self.settings | {name: str(value) for name, value in (settings or {}).items()}
        options = [part for name, value in values.items() for part in ("-s", f"{name}={value}")]
        options += [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
        return [sys.executable, "-m", "scrapy", "crawl", spider, *options]

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command of the project on this archive."""
        settings = ["-s", f"JIMO_ARCHIVE_DB={self.db}", "-s", f"JIMO_WARC_DIR={self.warc_dir}"]
        return forking.run([command, *arguments, *settings], environment())

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What a query gives, with nothing but sqlite3."""
        conn = sqlite3.connect(self.db)
        conn.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in conn.execute(sql, values)]
        finally:
            conn.close()

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row."""
        return next(iter(self.rows(sql, *values)[0].values()))


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a crawl: none of the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIMO_")}
    return kept | {"PYTHONUTF8": "1"} | (more or {})


NUMBERS = {
    "id",
    "crawl_id",
    "capture_id",
    "town_id",
    "article_id",
    "duplicate_of",
    "split_from",
    "last_crawl_id",
    "leased_by",
}


def contents(archive: Archive) -> dict[str, list[Any]]:
    """What an archive says, without times of ours and without row numbers: two that say the same are equal.

    References become what they refer to.
    """
    queries = {
        "towns": "SELECT name, kind, listing_url, pages_read, pages_total, complete_at IS NOT NULL FROM towns",
        "articles": "SELECT a.url, t.name, a.title, a.body, a.published_at, a.source, a.editor, a.author, a.script,"
        " a.title_as_published, a.body_as_published, a.published_as_printed, a.layout, a.complete, a.content_hash,"
        " a.canonical_hash, d.url, a.similarity, a.status FROM articles AS a LEFT JOIN towns AS t ON t.id = a.town_id"
        " LEFT JOIN articles AS d ON d.id = a.duplicate_of",
        "article_urls": "SELECT u.url, a.url, u.part, u.status, u.content_hash, u.current, u.delisted_at IS NOT NULL,"
        " u.missing_since IS NOT NULL FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id",
        "revisions": "SELECT r.url, a.url, r.title, r.body, r.published_at, r.source, r.content_hash, r.change FROM"
        " revisions AS r JOIN articles AS a ON a.id = r.article_id",
        "images": "SELECT a.url, i.position, i.url, i.alt FROM images AS i JOIN articles AS a ON a.id = i.article_id",
        "urls": "SELECT u.url, u.kind, t.name, u.page, u.part, u.first_url, u.state, u.outcome FROM urls AS u"
        " LEFT JOIN towns AS t ON t.id = u.town_id",
        "removed_text": "SELECT c.url, r.place, r.text, r.reason FROM removed_text AS r JOIN captures AS c ON c.id = r.capture_id",
        "index": "SELECT rowid FROM articles_fts WHERE articles_fts MATCH '\"镇\"' AND 0",
    }
    conn = sqlite3.connect(archive.db)
    try:
        return {
            name: sorted((tuple(row) for row in conn.execute(sql)), key=repr) for name, sql in queries.items()
        }
    finally:
        conn.close()


def assert_sound(archive: Archive) -> None:
    """The file is whole: SQLite's own checks and that of the full-text index."""
    from jimo_crawler.archive import fts

    conn = sqlite3.connect(archive.db)
    fts.register(conn)
    try:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        fts.check(conn)
        conn.rollback()
    finally:
        conn.close()
