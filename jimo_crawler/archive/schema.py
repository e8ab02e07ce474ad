"""The archive file: opening it, its tables, and how they came to be (migrations, append-only).

Every migration of one upgrade, the full-text index, its integrity check and ``user_version`` are one transaction: after
a kill the file is either the old version or the new one.
"""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from pathlib import Path

from jimo_crawler.archive import fts
from jimo_crawler.archive.disk import explain
from jimo_crawler.archive.killpoints import reach
from jimo_crawler.archive.toolkit import Database, Migrations
from jimo_crawler.errors import ArchiveDamaged, ArchiveTooNew, StorageFailed

APPLICATION_ID = 0x4A494D4F
"""``JIMO``: what ``file`` and we know the archive by."""

migrations = Migrations("jimo")


@migrations(name="0001_first_schema")
def first_schema(db: Database) -> None:
    """Towns, articles with their addresses, revisions and images, the frontier, the evidence and the accounts."""
    for statement in _FIRST_SCHEMA.split(";\n"):
        if statement.strip():
            db.conn.execute(statement)


@migrations(name="0002_listed")
def listed(db: Database) -> None:
    """Which listing pages name an article; indexes that keep a run's queries as quick in a large archive as in a small."""
    for statement in _LISTED.split(";\n"):
        db.conn.execute(statement)


_LISTED = """
CREATE TABLE listed(
  listing TEXT NOT NULL, url TEXT NOT NULL, PRIMARY KEY(listing, url)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO listed(listing, url)
  SELECT u.url, item.value FROM urls AS u, json_each(u.items) AS item WHERE u.kind = 'listing';
CREATE INDEX listed_url ON listed(url);
CREATE INDEX urls_unseen ON urls(kind, state, first_seen_at) WHERE last_visit_at IS NULL;
CREATE INDEX urls_visited ON urls(kind, state, last_visit_at, url);
CREATE INDEX urls_gap ON urls(town_id) WHERE kind = 'article' AND (outcome IS NULL OR outcome IN ('failed', 'blocked'))
"""

_FIRST_SCHEMA = """
CREATE TABLE towns(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT, aliases TEXT NOT NULL DEFAULT '[]',
  listing_url TEXT, first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
  pages_read INTEGER NOT NULL DEFAULT 0, pages_total INTEGER, complete_at TEXT
) STRICT;
CREATE TABLE crawls(
  id INTEGER PRIMARY KEY, spider TEXT NOT NULL, arguments TEXT NOT NULL DEFAULT '{}', portal_url TEXT,
  started_at TEXT NOT NULL, finished_at TEXT, finish_reason TEXT, verdict TEXT, exit_status INTEGER,
  requested INTEGER, outcomes TEXT, articles_new INTEGER, articles_changed INTEGER, message TEXT,
  version TEXT NOT NULL
) STRICT;
CREATE TABLE crawl_towns(
  crawl_id INTEGER NOT NULL REFERENCES crawls(id), town_id INTEGER NOT NULL REFERENCES towns(id),
  pages INTEGER NOT NULL DEFAULT 0, listed INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0,
  new INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
  gap INTEGER NOT NULL DEFAULT 0, ended_by TEXT,
  PRIMARY KEY(crawl_id, town_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE warc_files(
  name TEXT PRIMARY KEY, crawl_id INTEGER REFERENCES crawls(id), opened_at TEXT NOT NULL, closed_at TEXT,
  length INTEGER, sha256 TEXT, records INTEGER
) STRICT;
CREATE TABLE captures(
  id INTEGER PRIMARY KEY, crawl_id INTEGER REFERENCES crawls(id), url TEXT NOT NULL, fetched_at TEXT NOT NULL,
  status INTEGER NOT NULL, media_type TEXT, charset TEXT, charset_declared TEXT,
  payload_digest TEXT NOT NULL, body_digest TEXT NOT NULL, record_digest TEXT NOT NULL,
  record_id TEXT NOT NULL, revisit_of TEXT,
  warc_file TEXT NOT NULL, warc_offset INTEGER NOT NULL, warc_length INTEGER NOT NULL, outcome TEXT, lost_at TEXT,
  UNIQUE(warc_file, warc_offset)
) STRICT;
CREATE INDEX captures_url ON captures(url, fetched_at);
CREATE INDEX captures_payload ON captures(payload_digest);
CREATE INDEX captures_lost ON captures(id) WHERE lost_at IS NOT NULL;
CREATE TABLE articles(
  id INTEGER PRIMARY KEY, town_id INTEGER REFERENCES towns(id),
  title TEXT NOT NULL, body TEXT NOT NULL, published_at TEXT, source TEXT, editor TEXT, author TEXT, views INTEGER,
  url TEXT NOT NULL, script TEXT, title_as_published TEXT NOT NULL, body_as_published TEXT NOT NULL,
  published_as_printed TEXT, layout TEXT NOT NULL, damaged INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 1, content_hash TEXT NOT NULL, canonical_hash TEXT NOT NULL,
  duplicate_of INTEGER REFERENCES articles(id), similarity REAL, split_from INTEGER REFERENCES articles(id),
  status TEXT NOT NULL DEFAULT 'live' CHECK(status IN ('live', 'gone', 'hijacked')),
  first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, last_changed_at TEXT NOT NULL,
  capture_id INTEGER REFERENCES captures(id)
) STRICT;
CREATE INDEX articles_url ON articles(url);
CREATE INDEX articles_town ON articles(town_id, published_at);
CREATE INDEX articles_published ON articles(published_at, town_id, status, script, duplicate_of, source);
CREATE INDEX articles_canonical ON articles(canonical_hash);
CREATE INDEX articles_duplicate_of ON articles(duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE TABLE article_urls(
  url TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id), part INTEGER NOT NULL DEFAULT 1,
  first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'live' CHECK(status IN ('live', 'gone', 'hijacked')),
  content_hash TEXT, missing_since TEXT, gone_at TEXT, delisted_at TEXT, relisted_at TEXT, current INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY(url, article_id)
) STRICT;
CREATE INDEX article_urls_article ON article_urls(article_id);
CREATE UNIQUE INDEX article_urls_current ON article_urls(url) WHERE current = 1;
CREATE TABLE revisions(
  id INTEGER PRIMARY KEY, article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL,
  captured_at TEXT NOT NULL, capture_id INTEGER REFERENCES captures(id), town_id INTEGER REFERENCES towns(id),
  title TEXT NOT NULL, body TEXT NOT NULL, published_at TEXT, source TEXT, editor TEXT, author TEXT, views INTEGER,
  script TEXT, title_as_published TEXT NOT NULL, body_as_published TEXT NOT NULL, published_as_printed TEXT,
  layout TEXT NOT NULL, damaged INTEGER NOT NULL DEFAULT 0, images TEXT NOT NULL DEFAULT '[]',
  content_hash TEXT NOT NULL, canonical_hash TEXT NOT NULL,
  change TEXT NOT NULL, magnitude REAL NOT NULL DEFAULT 0, silent INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX revisions_article ON revisions(article_id, id);
CREATE INDEX revisions_url ON revisions(url, id);
CREATE TABLE parts(
  url TEXT PRIMARY KEY, first_url TEXT NOT NULL, part INTEGER NOT NULL, total INTEGER NOT NULL,
  body TEXT NOT NULL, body_as_published TEXT NOT NULL, images TEXT NOT NULL DEFAULT '[]',
  damaged INTEGER NOT NULL DEFAULT 0, script TEXT, content_hash TEXT NOT NULL, capture_id INTEGER REFERENCES captures(id)
) STRICT;
CREATE INDEX parts_first ON parts(first_url, part);
CREATE TABLE images(
  article_id INTEGER NOT NULL REFERENCES articles(id), position INTEGER NOT NULL, url TEXT NOT NULL,
  alt TEXT NOT NULL DEFAULT '', PRIMARY KEY(article_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE bands(
  key INTEGER NOT NULL, article_id INTEGER NOT NULL REFERENCES articles(id), PRIMARY KEY(key, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bands_article ON bands(article_id);
CREATE TABLE urls(
  url TEXT PRIMARY KEY, request_url TEXT NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('entry', 'index', 'listing', 'article')),
  town_id INTEGER REFERENCES towns(id), page INTEGER, first_url TEXT, part INTEGER,
  state TEXT NOT NULL DEFAULT 'known' CHECK(state IN ('known', 'leased', 'retired')), leased_by INTEGER,
  outcome TEXT, found_on TEXT, anchor TEXT, listed_date TEXT, first_seen_at TEXT NOT NULL,
  due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, depth INTEGER NOT NULL DEFAULT 0,
  etag TEXT, last_modified TEXT, body_digest TEXT, items TEXT,
  last_visit_at TEXT, last_change_at TEXT, last_crawl_id INTEGER REFERENCES crawls(id)
) STRICT;
CREATE INDEX urls_due ON urls(state, kind, due_at);
CREATE INDEX urls_town ON urls(town_id, kind, page);
CREATE TABLE observations(
  crawl_id INTEGER NOT NULL REFERENCES crawls(id), url TEXT NOT NULL, observed_at TEXT NOT NULL,
  outcome TEXT NOT NULL, article_id INTEGER REFERENCES articles(id), capture_id INTEGER REFERENCES captures(id),
  event TEXT, message TEXT,
  PRIMARY KEY(crawl_id, url)
) STRICT, WITHOUT ROWID;
CREATE INDEX observations_url ON observations(url, observed_at);
CREATE INDEX observations_article ON observations(article_id, observed_at) WHERE article_id IS NOT NULL;
CREATE TABLE removed_text(
  id INTEGER PRIMARY KEY, capture_id INTEGER NOT NULL REFERENCES captures(id), place TEXT NOT NULL,
  text TEXT NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE INDEX removed_text_capture ON removed_text(capture_id);
CREATE TABLE failures(
  id INTEGER PRIMARY KEY, crawl_id INTEGER REFERENCES crawls(id), url TEXT NOT NULL, stage TEXT NOT NULL,
  reason TEXT NOT NULL, message TEXT NOT NULL, failed_at TEXT NOT NULL,
  capture_id INTEGER REFERENCES captures(id)
) STRICT;
CREATE INDEX failures_crawl ON failures(crawl_id);
CREATE TABLE hosts(host TEXT PRIMARY KEY, form TEXT NOT NULL, seen_at TEXT NOT NULL) STRICT
"""


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
        if _version(conn) < schema_version():
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
    if _version(conn) == schema_version():
        return
    conn.execute("PRAGMA foreign_keys=OFF")  # cannot be changed inside a transaction; checked below instead
    conn.execute("BEGIN IMMEDIATE")
    try:
        reach("migration")
        migrations.apply(Database(conn, execute_plugins=False, strict=True))
        reach("migration")
        fts.create(conn)
        reach("migration")
        fts.check(conn)
        if broken := conn.execute("PRAGMA foreign_key_check").fetchall():
            raise ArchiveDamaged(
                f"migration would leave {len(broken)} dangling references; nothing was changed"
            )
        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version={schema_version()}")
        reach("migration")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    conn.execute("COMMIT")
    reach("migration")
    conn.execute("PRAGMA foreign_keys=ON")


@cache
def schema_version() -> int:
    """The version that this code writes: how many migrations there are."""
    return len(migrations.pending(Database(memory=True, execute_plugins=False)))


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
    if _version(conn) > schema_version():
        raise ArchiveTooNew(
            f"{path} was written by a newer version (schema {_version(conn)}, this is {schema_version()}): update the project"
        )
