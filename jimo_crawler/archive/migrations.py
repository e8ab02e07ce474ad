"""How the archive's tables came to be: migrations, append-only. A new one goes to the end and counts up ``SCHEMA_VERSION``."""

from __future__ import annotations

import sqlite3

from jimo_crawler.archive.toolkit import Database, Migrations

migrations = Migrations("jimo")


def apply_migrations(conn: sqlite3.Connection) -> None:
    """Apply those that the archive has not seen yet, in the caller's transaction."""
    migrations.apply(Database(conn, execute_plugins=False, strict=True))


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
