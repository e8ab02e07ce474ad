"""``make demo``: the main job on the bundled portal, and what it got."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from jimo_crawler import clock
from jimo_crawler.archive import fts
from jimo_crawler.demo.portal import day_start
from jimo_crawler.demo.server import DemoServer

PROJECT = Path(__file__).resolve().parents[2]
ARCHIVE = PROJECT / "data" / "demo.db"
WARC_DIR = PROJECT / "data" / "demo-warc"


def main() -> int:
    """Crawl the bundled portal into ``data/demo.db`` and say what is in it; gives the crawl's exit status."""
    _clear()
    with DemoServer() as server:
        print(f"Crawling the bundled demo portal at {server.url} …", flush=True)
        status = subprocess.run(_crawl(server.url), cwd=PROJECT, check=False, env=_environment()).returncode
    if status == 0:
        print(summary(ARCHIVE))
    return status


def _clear() -> None:
    """Each demo begins with an empty archive of its own."""
    for path in ARCHIVE.parent.glob("demo.db*"):
        path.unlink()
    shutil.rmtree(WARC_DIR, ignore_errors=True)


def _crawl(url: str) -> list[str]:
    settings = {
        "JIMO_PORTAL_URL": url,
        "JIMO_ARCHIVE_DB": str(ARCHIVE),
        "JIMO_WARC_DIR": str(WARC_DIR),
        "JIMO_NOW": clock.to_stamp(day_start(0)),
        "DOWNLOAD_DELAY": "0",
        "AUTOTHROTTLE_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }
    return [sys.executable, "-m", "scrapy", "crawl", "towns"] + [
        part for name, value in settings.items() for part in ("-s", f"{name}={value}")
    ]


def _environment() -> dict[str, str]:
    """The demo is the same whatever the user's own settings are."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JIMO_")}


def summary(archive: Path) -> str:
    """What a newcomer wants to see of an archive, as lines of text."""
    conn = sqlite3.connect(f"{archive.absolute().as_uri()}?mode=ro", uri=True)
    fts.register(conn)
    try:
        return "\n".join(
            (
                *_counts(conn),
                *_towns(conn),
                *_filtered(conn),
                *_article(_shown(conn)),
                *_next_steps(archive, _shown(conn)[0]),
            )
        )
    finally:
        conn.close()


def _counts(conn: sqlite3.Connection) -> list[str]:
    articles, first, last = conn.execute(
        "SELECT count(*), substr(min(published_at), 1, 10), substr(max(published_at), 1, 10) FROM articles"
    ).fetchone()
    towns = conn.execute("SELECT count(*) FROM towns").fetchone()[0]
    addresses = conn.execute("SELECT count(*) FROM article_urls").fetchone()[0]
    reprints = conn.execute("SELECT count(*) FROM articles WHERE duplicate_of IS NOT NULL").fetchone()[0]
    captures = conn.execute("SELECT count(*) FROM captures").fetchone()[0]
    return [
        "",
        f"{articles} articles of {towns} towns, published from {first} to {last}",
        f"at {addresses} addresses (exact duplicates are one article); {reprints} reprints linked to their original",
        f"{captures} captures kept as evidence in WARC files",
    ]


def _towns(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute(
        "SELECT t.name, count(a.id) FROM towns AS t LEFT JOIN articles AS a ON a.town_id = t.id"
        " GROUP BY t.id ORDER BY count(a.id) DESC, t.name"
    )
    return ["", "Towns: " + ", ".join(f"{name} {count}" for name, count in rows)]


def _filtered(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute(
        "SELECT reason, count(*) FROM removed_text GROUP BY reason ORDER BY count(*) DESC"
    ).fetchall()
    outcomes = conn.execute(
        "SELECT outcome, count(*) FROM urls WHERE kind = 'article' AND outcome NOT IN ('article', 'duplicate', 'unchanged')"
        " GROUP BY outcome ORDER BY count(*) DESC"
    ).fetchall()
    return [
        f"Taken out as spam (kept in removed_text): {_listed(rows)}",
        f"Links that led to no article of a town: {_listed(outcomes)}",
    ]


def _listed(rows: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in rows) or "nothing"


def _shown(conn: sqlite3.Connection) -> tuple[Any, ...]:
    """The article that is shown: the sample page where it is there."""
    row: tuple[Any, ...] = conn.execute(
        "SELECT a.id, a.title, a.published_at, a.source, a.editor, t.name, a.title_as_published, a.body FROM articles AS a"
        " JOIN towns AS t ON t.id = a.town_id ORDER BY a.title LIKE '金口镇:做好服务保障%' DESC, a.id LIMIT 1"
    ).fetchone()
    return row


def _article(shown: tuple[Any, ...]) -> list[str]:
    number, title, published, source, editor, town, served, body = shown
    lines = [
        "",
        f"One of them (id {number}):",
        f"  {title}",
        f"  {town} · {published} · 来源 {source} · 编辑 {editor}",
    ]
    if served != title:
        lines.append(f"  as published: {served}")
    return [
        *lines,
        "",
        *(f"  {paragraph[:100]}{'…' if len(paragraph) > 100 else ''}" for paragraph in body.split("\n")[:3]),
    ]


def _next_steps(archive: Path, number: int) -> list[str]:
    name = archive.relative_to(PROJECT) if archive.is_relative_to(PROJECT) else archive
    return [
        "",
        "Try next:",
        f"  .venv/bin/scrapy search 疫情 -s JIMO_ARCHIVE_DB={name}",
        f"  .venv/bin/scrapy show {number} -s JIMO_ARCHIVE_DB={name}",
        f'  sqlite3 {name} "SELECT published_at, title FROM articles ORDER BY published_at DESC LIMIT 5"',
    ]


if __name__ == "__main__":
    sys.exit(main())
