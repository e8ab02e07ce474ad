"""The archive file: opening it, and bringing it up to date.

Every migration of one upgrade, the full-text index, its integrity check and ``user_version`` are one transaction: after
a kill the file is either the old version or the new one. sqlite-utils is loaded only where there is something to migrate.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from jimo_crawler.archive import fts
from jimo_crawler.archive.disk import explain
from jimo_crawler.archive.killpoints import reach
from jimo_crawler.errors import ArchiveDamaged, ArchiveTooNew, StorageFailed

APPLICATION_ID = 0x4A494D4F
"""``JIMO``: what ``file`` and we know the archive by."""

SCHEMA_VERSION = 2
"""How many migrations there are (``migrations.py``); what ``user_version`` of an archive says that is up to date."""


def open_archive(path: Path, *, create: bool = True) -> sqlite3.Connection:
    """Open the archive for writing, migrate it to this version, and give the connection (autocommit mode).

    *create* False refuses a file that is not there. The caller opens its own transactions with ``BEGIN IMMEDIATE``.
    Raises StorageFailed (cannot be opened or written), ArchiveTooNew, ArchiveDamaged (not an archive of ours).
    """
    if not create and not path.exists():
        raise StorageFailed(
            f"there is no archive at {path}; `scrapy crawl towns` makes one (JIMO_ARCHIVE_DB sets where)"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        conn = sqlite3.connect(path, isolation_level=None, timeout=10)
        _configure(conn)
        _refuse_strangers(conn, path)
        conn.execute("PRAGMA journal_mode=WAL")
        migrate(conn)
    except sqlite3.OperationalError as error:
        raise StorageFailed(f"cannot open the archive {path}: {explain(error, path)}") from error
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(f"{path} is not a sound SQLite file: {error}") from error
    except OSError as error:
        raise StorageFailed(f"cannot make {path.parent}: {error.strerror}") from error
    return conn


def open_reader(path: Path) -> sqlite3.Connection:
    """Open the archive read-only (rows by name); works while a crawl writes. Raises as ``open_archive`` does."""
    if not path.exists():
        raise StorageFailed(f"there is no archive at {path}; `make demo` or `scrapy crawl towns` makes one")
    try:
        mode = "immutable=1" if _is_at_rest(path) else "mode=ro"
        conn = sqlite3.connect(
            f"{path.resolve().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=10
        )
        conn.row_factory = sqlite3.Row
        _refuse_strangers(conn, path)
        if _version(conn) < SCHEMA_VERSION:
            raise ArchiveDamaged(f"{path} was written by an older version; any crawl brings it up to date")
    except sqlite3.OperationalError as error:
        raise StorageFailed(f"cannot open the archive {path}: {explain(error, path)}") from error
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(f"{path} is not a sound SQLite file: {error}") from error
    except OSError as error:
        raise StorageFailed(f"cannot read {path}: {error.strerror}") from error
    fts.register(conn)
    return conn


def _is_at_rest(path: Path) -> bool:
    """Whether nobody can be writing: a file on a read-only file system, without a log beside it.

    SQLite would make its shared memory there, even to read.
    """
    real = path.resolve()
    log = real.with_name(real.name + "-wal")
    return bool(os.statvfs(real).f_flag & os.ST_RDONLY) and not log.exists()


def migrate(conn: sqlite3.Connection) -> None:
    """Bring an archive to this version: all or nothing, the full-text index and its check included."""
    if _version(conn) == SCHEMA_VERSION:
        return
    from jimo_crawler.archive.migrations import apply_migrations

    conn.execute("PRAGMA foreign_keys=OFF")  # cannot be changed inside a transaction; checked below instead
    conn.execute("BEGIN IMMEDIATE")
    try:
        reach("migration")
        apply_migrations(conn)
        reach("migration")
        fts.create(conn)
        reach("migration")
        fts.check(conn)
        if broken := conn.execute("PRAGMA foreign_key_check").fetchall():
            raise ArchiveDamaged(
                f"migration would leave {len(broken)} dangling references; nothing was changed"
            )
        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        reach("migration")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
    reach("migration")
    conn.execute("PRAGMA foreign_keys=ON")


def _version(conn: sqlite3.Connection) -> int:
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def _configure(conn: sqlite3.Connection) -> None:
    conn.row_factory = sqlite3.Row
    for pragma in ("synchronous=FULL", "busy_timeout=10000", "cache_size=-64000", "foreign_keys=ON"):
        conn.execute(f"PRAGMA {pragma}")
    conn.execute("PRAGMA recursive_triggers=ON")
    fts.register(conn)


def _refuse_strangers(conn: sqlite3.Connection, path: Path) -> None:
    application = conn.execute("PRAGMA application_id").fetchone()[0]
    tables = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise ArchiveDamaged(f"{path} is a SQLite file, but not an archive of this project")
    if _version(conn) > SCHEMA_VERSION:
        raise ArchiveTooNew(
            f"{path} was written by a newer version (schema {_version(conn)}, this is {SCHEMA_VERSION}): update the project"
        )
