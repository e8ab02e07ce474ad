"""The archive of the Jimo town news: crawler, parsers, archive and tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    import sqlite3

__version__ = "0.1.0"


def connect(path: str | os.PathLike[str]) -> sqlite3.Connection:
    """Open an archive for reading, with the SQL functions of Chinese search; works while a crawl writes.

    ``pandas.read_sql("… WHERE id IN (SELECT rowid FROM articles_fts(zh_query(?)))", connect("data/jimo.db"), params=["征地"])``.
    Rows can be read by place and by name. Raises StorageFailed if there is no such file, ArchiveDamaged if it is not an
    archive, ArchiveTooNew.
    """
    from pathlib import Path

    from jimo_crawler.archive.schema import open_reader

    return open_reader(Path(path))
