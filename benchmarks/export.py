"""What an export of a million articles costs in memory and time."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import PROJECT, run
from benchmarks.search import CACHE
from jimo_crawler.archive.export import FORMATS
from jimo_crawler.archive.schema import SCHEMA_VERSION, open_archive
from jimo_crawler.demo import generated

ARTICLES = 1_000_000
MEMORY_MB = 300
"""What issue and README promise."""


def main() -> None:
    """Print peak memory and time of ``scrapy export`` for each format."""
    archive = _cached()
    print(
        f"\nExport, {ARTICLES:,} articles ({archive.stat().st_size / 1e9:.1f} GB archive): peak memory, time, size"
    )
    for form in FORMATS:
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            path = Path(folder) / f"articles.{form}"
            cost = run(
                [
                    sys.executable,
                    "-m",
                    "scrapy",
                    "export",
                    "-o",
                    str(path),
                    "-s",
                    f"JIMO_ARCHIVE_DB={archive}",
                ]
            )
            size = path.stat().st_size / 1e6
        verdict = "kept" if cost.rss_mb <= MEMORY_MB else "NOT KEPT"
        print(f"{form:8} {cost.rss_mb:6.0f} MB ({verdict}) {cost.wall:7.1f} s {size:9.0f} MB", flush=True)


def _cached() -> Path:
    """A million articles with the texts of a thousand, and without a full-text index, which an export does not ask."""
    path = CACHE / f"export-{ARTICLES}-{SCHEMA_VERSION}.db"
    if not path.exists():
        print(f"making {ARTICLES:,} articles in {path.relative_to(PROJECT)} …", flush=True)
        unfinished = path.with_suffix(".unfinished")
        for old in CACHE.glob(f"{unfinished.name}*"):
            old.unlink()
        with closing(open_archive(unfinished)) as conn:
            _fill(conn)
        unfinished.rename(path)
    return path


def _fill(conn: sqlite3.Connection) -> None:
    texts = list(generated.articles(1_000, length=300))
    conn.execute("PRAGMA synchronous=OFF")
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("DROP TRIGGER articles_fts_insert")
    rows = (
        row
        | {"id": number, "town_id": None, "duplicate_of": None, "url": f"http://jimo.example/{number}.html"}
        for number, row in enumerate(islice(cycle(texts), ARTICLES), 1)
    )
    names = list(texts[0])
    conn.executemany(
        f"INSERT INTO articles({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})", rows
    )
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


if __name__ == "__main__":
    main()
