"""A copy of the archive for readers, and for safe keeping: one consistent, compact file that opens on read-only media."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from jimo_crawler.archive import fts
from jimo_crawler.archive.schema import open_reader
from jimo_crawler.archive.warc_file import sync_folder
from jimo_crawler.errors import ArchiveDamaged, StorageFailed


@dataclass(frozen=True, slots=True)
class Published:
    """What was written."""

    path: Path
    size: int
    articles: int


def publish(archive: Path, target: Path) -> Published:
    """Write a copy of *archive* to *target*, in place of what is there; works while a crawl runs.

    The copy is made beside the target, checked, put on disk and only then renamed, so that a reader of *target* sees the
    old file or the new one and a copy that fails leaves nothing. Raises StorageFailed, ArchiveDamaged, ArchiveTooNew.
    """
    if target.exists() and target.samefile(archive):
        raise StorageFailed(f"{target} is the archive itself")
    for abandoned in target.parent.glob(f".{target.name}.*.part*"):
        if not _is_at_work(abandoned.name):
            abandoned.unlink(missing_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    with _cleared(unfinished), closing(open_reader(archive)) as conn:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            conn.execute("VACUUM INTO ?", (str(unfinished),))
            articles = _check(unfinished)
            _sync(unfinished)
            size = unfinished.stat().st_size
            unfinished.replace(target)
            sync_folder(target.absolute().parent)
        except sqlite3.DatabaseError as error:
            raise StorageFailed(f"cannot write the copy {target}: {error}") from error
        except OSError as error:
            raise StorageFailed(f"cannot write the copy {target}: {error.strerror or error}") from error
    return Published(target, size, articles)


def _is_at_work(name: str) -> bool:
    """Whether the process in a ``.news.db.1234.part`` is there: others were killed before they could clear up."""
    number = name.rpartition(".part")[0].rpartition(".")[2]
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _check(path: Path) -> int:
    """Make the copy a plain file without a log, and look it over; gives how many articles are in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        fts.register(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("PRAGMA synchronous=OFF")  # it is put on disk as a whole afterwards
        if (said := copy.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise ArchiveDamaged(f"the archive is damaged, so no copy was made: {said} (see `scrapy verify`)")
        if copy.execute("PRAGMA foreign_key_check").fetchone():
            raise ArchiveDamaged(
                "rows refer to others that are not there, so no copy was made (see `scrapy verify`)"
            )
        try:
            fts.check(copy)
        except sqlite3.DatabaseError as error:
            raise ArchiveDamaged(
                "the full-text index is not that of the articles, so no copy was made (`scrapy verify --repair` mends it)"
            ) from error
        return int(copy.execute("SELECT count(*) FROM articles").fetchone()[0])


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _cleared(path: Path) -> Iterator[None]:
    """Leaves no file of that name, nor what SQLite puts beside it."""
    try:
        yield
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):  # what was met first is to be told
                path.with_name(path.name + suffix).unlink()
