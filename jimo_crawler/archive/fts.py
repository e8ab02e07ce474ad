"""The full-text index: one token a Han character, every punctuation mark a token (DESIGN 4.8).

External-content FTS5 over a view that marks token borders with zero-width spaces, so that nothing is stored twice and
snippets read like the original. ``create`` makes view, table and triggers again: a table transform drops triggers
silently (sqlite-utils issues 611 and 849), hence it runs after every migration.
"""

from __future__ import annotations

import sqlite3

from jimo_crawler.text.tokens import TOKENIZE, zh_query, zh_tokens, zh_unmark

_DERIVED = f"""
DROP TRIGGER IF EXISTS articles_fts_insert;
DROP TRIGGER IF EXISTS articles_fts_before_delete;
DROP TRIGGER IF EXISTS articles_fts_before_update;
DROP TRIGGER IF EXISTS articles_fts_update;
DROP VIEW IF EXISTS articles_zh;
CREATE VIEW articles_zh AS SELECT id, zh_tokens(title) AS title, zh_tokens(body) AS body FROM articles;
CREATE VIRTUAL TABLE IF NOT EXISTS articles_fts USING fts5 /* content="articles" */
  (title, body, content='articles_zh', content_rowid='id', tokenize="{TOKENIZE}");
CREATE TRIGGER articles_fts_insert AFTER INSERT ON articles BEGIN
  INSERT INTO articles_fts(rowid, title, body) SELECT id, title, body FROM articles_zh WHERE id = new.id;
END;
CREATE TRIGGER articles_fts_before_delete BEFORE DELETE ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, body)
    SELECT 'delete', id, title, body FROM articles_zh WHERE id = old.id;
END;
CREATE TRIGGER articles_fts_before_update BEFORE UPDATE OF title, body ON articles BEGIN
  INSERT INTO articles_fts(articles_fts, rowid, title, body)
    SELECT 'delete', id, title, body FROM articles_zh WHERE id = old.id;
END;
CREATE TRIGGER articles_fts_update AFTER UPDATE OF title, body ON articles BEGIN
  INSERT INTO articles_fts(rowid, title, body) SELECT id, title, body FROM articles_zh WHERE id = new.id;
END;
"""


def register(conn: sqlite3.Connection) -> None:
    """Give a connection the SQL functions ``zh_tokens``, ``zh_query`` and ``zh_unmark``."""
    for function in (zh_tokens, zh_query, zh_unmark):
        conn.create_function(function.__name__, 1, function, deterministic=True)


def create(conn: sqlite3.Connection) -> None:
    """Make view, index and triggers, inside the caller's transaction."""
    for statement in _statements(_DERIVED):
        conn.execute(statement)


def check(conn: sqlite3.Connection) -> None:
    """Compare the index with the articles. Raises sqlite3.DatabaseError if they differ."""
    conn.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES('integrity-check', 1)")


def rebuild(conn: sqlite3.Connection) -> None:
    """Make the index anew from the articles."""
    conn.execute("INSERT INTO articles_fts(articles_fts) VALUES('rebuild')")


def _statements(script: str) -> list[str]:
    """The statements of a script: ``executescript`` would commit the caller's transaction."""
    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found
