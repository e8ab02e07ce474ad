"""The full-text index: one token a Han character, every punctuation mark a token (DESIGN 4.8).

External-content FTS5 over a view that folds the text and marks token borders with zero-width spaces, so that nothing
is stored twice. Anything that reads SQLite can MATCH, count and rank; what needs the text (``snippet()``) or changes
it needs our functions, so that a write without them fails instead of leaving the index wrong. ``create`` makes view,
table and triggers again: a table transform drops triggers silently (sqlite-utils issues 611 and 849), hence it runs
after every migration.

The comment in the table's definition is how sqlite-utils and Datasette find the index of ``articles``.
"""

from __future__ import annotations

import sqlite3

from jimo_crawler.archive import killpoints
from jimo_crawler.text.excerpt import zh_snippet
from jimo_crawler.text.query import zh_query
from jimo_crawler.text.tokens import TOKENIZE, zh_tokens, zh_unmark

TOKENS_VERSION = 1
"""Goes up, together with a migration, whenever ``zh_tokens`` gives other tokens for some text: ``create`` then makes
the index anew. (An index of other tokens would be damaged by the first update: FTS5 takes out what it is told to.)"""

_VIEW = f"""CREATE VIEW articles_zh AS /* tokens {TOKENS_VERSION} */
  SELECT id, zh_tokens(title) AS title, zh_tokens(body) AS body FROM articles"""
_TABLE = f"""CREATE VIRTUAL TABLE articles_fts USING fts5 /* content="articles" */
  (title, body, content='articles_zh', content_rowid='id', tokenize="{TOKENIZE}")"""
_TAKE_OUT = """INSERT INTO articles_fts(articles_fts, rowid, title, body)
    SELECT 'delete', id, title, body FROM articles_zh WHERE id = old.id"""
_PUT_IN = (
    "INSERT INTO articles_fts(rowid, title, body) SELECT id, title, body FROM articles_zh WHERE id = new.id"
)
_TRIGGERS = {
    "articles_fts_insert": f"AFTER INSERT ON articles BEGIN {_PUT_IN}; END",
    "articles_fts_before_delete": f"BEFORE DELETE ON articles BEGIN {_TAKE_OUT}; END",
    "articles_fts_before_update": f"BEFORE UPDATE OF title, body ON articles BEGIN {_TAKE_OUT}; END",
    "articles_fts_update": f"AFTER UPDATE OF title, body ON articles BEGIN {_PUT_IN}; END",
}


def register(conn: sqlite3.Connection) -> None:
    """Give a connection the SQL functions ``zh_tokens``, ``zh_query``, ``zh_unmark`` and ``zh_snippet``."""
    for function in (zh_tokens, zh_query, zh_unmark):
        conn.create_function(function.__name__, 1, function, deterministic=True)
    if killpoints.planned("fts"):
        conn.create_function("zh_tokens", 1, _die_or_tokenise, deterministic=True)
    conn.create_function("zh_snippet", -1, zh_snippet, deterministic=True)


def _die_or_tokenise(text: str | None) -> str | None:
    """``zh_tokens`` in a test that kills the process while a trigger is writing the index."""
    killpoints.reach("fts")
    return zh_tokens(text)


def create(conn: sqlite3.Connection) -> None:
    """Make view, index and triggers, inside the caller's transaction; an index of another version is made anew."""
    is_current = _definition(conn, "articles_fts") == _TABLE and _definition(conn, "articles_zh") == _VIEW
    for trigger in _TRIGGERS:
        conn.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    conn.execute("DROP VIEW IF EXISTS articles_zh")
    conn.execute(_VIEW)
    if not is_current:
        conn.execute("DROP TABLE IF EXISTS articles_fts")
        conn.execute(_TABLE)
        rebuild(conn)
    for trigger, action in _TRIGGERS.items():
        conn.execute(f"CREATE TRIGGER {trigger} {action}")


def check(conn: sqlite3.Connection) -> None:
    """Compare the index with the articles. Raises sqlite3.DatabaseError if they differ."""
    conn.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES('integrity-check', 1)")


def rebuild(conn: sqlite3.Connection) -> None:
    """Make the index anew from the articles."""
    conn.execute("INSERT INTO articles_fts(articles_fts) VALUES('rebuild')")


def suspend(conn: sqlite3.Connection) -> None:
    """Let articles be written without the index; ``remake`` must follow before anybody reads."""
    for trigger in _TRIGGERS:
        conn.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def remake(conn: sqlite3.Connection) -> None:
    """Make view, index and triggers anew, whatever state they are in, inside the caller's transaction."""
    conn.execute("DROP TABLE IF EXISTS articles_fts")
    create(conn)


def missing(conn: sqlite3.Connection) -> list[str]:
    """Which of view, index and triggers are not there, or not those of this version."""
    wanted = {"articles_zh": _VIEW, "articles_fts": _TABLE}
    wanted |= {name: f"CREATE TRIGGER {name} {action}" for name, action in _TRIGGERS.items()}
    return [name for name, sql in wanted.items() if _definition(conn, name) != sql]


def _definition(conn: sqlite3.Connection, name: str) -> str | None:
    row = conn.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None
