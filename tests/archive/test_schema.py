"""Opening an archive, and bringing an older one up to date: all or nothing, with data in it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from jimo_crawler.archive import fts, migrations, schema
from jimo_crawler.archive.schema import APPLICATION_ID, SCHEMA_VERSION, open_archive, open_reader
from jimo_crawler.archive.toolkit import Database, Migrations
from jimo_crawler.errors import ArchiveDamaged, ArchiveTooNew, StorageFailed
from tests.crawling import PROJECT, Archive, environment

NAMES = [each.name for each in migrations.migrations.pending(Database(memory=True, execute_plugins=False))]
"""All migrations, oldest first."""
OLDER = range(1, len(NAMES))
"""Versions of the schema before this one."""


def make_old(path: Path, version: int) -> None:
    """An archive as that version of the schema left it, with an article of two addresses and what belongs to it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        fts.register(conn)
        database = Database(conn, execute_plugins=False, strict=True)
        migrations.migrations.apply(database, stop_before=NAMES[version] if version < len(NAMES) else None)
        fts.create(conn)
        for table, rows in _rows().items():
            for row in rows:
                names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
                conn.execute(f"INSERT INTO {table}({names}) VALUES({marks})", row)
        conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
        conn.execute(f"PRAGMA user_version={version}")


def _rows() -> dict[str, list[dict[str, object]]]:
    at, url, other, page = (
        "2026-01-05T06:00:00.000000Z",
        "http://p.example/1",
        "http://p.example/2",
        "http://p.example/l",
    )
    text = {
        "title": "金口镇:古城换新颜", "body": "面对考验。\n古城的早晨。", "published_at": "2022-04-02", "source": "即墨信息港",
        "title_as_published": "金口鎮:古城換新顏", "body_as_published": "面對考驗。\n古城的早晨。", "layout": "labelled",
        "content_hash": "c", "canonical_hash": "k", "capture_id": 1, "town_id": 1,
    }  # fmt: skip
    seen = {"first_seen_at": at, "last_seen_at": at}
    capture = {
        "url": url, "fetched_at": at, "status": 200, "payload_digest": "sha256:0", "body_digest": "0", "record_digest": "0",
        "record_id": "urn:uuid:1", "warc_file": "a.warc.gz", "warc_offset": 0, "warc_length": 9, "outcome": "article",
    }  # fmt: skip
    return {
        "towns": [{"id": 1, "name": "金口镇", "listing_url": page} | seen],
        "crawls": [{"id": 1, "spider": "towns", "started_at": at, "version": "0"}],
        "captures": [{"id": 1, "crawl_id": 1} | capture],
        "articles": [{"id": 1, "url": url, "last_changed_at": at} | seen | text],
        "article_urls": [
            {"url": each, "article_id": 1, "content_hash": "c"} | seen for each in (url, other)
        ],
        "revisions": [
            {"article_id": 1, "url": each, "captured_at": at, "change": "first"} | text for each in (url, other)
        ],
        "urls": [
            {"url": page, "request_url": page, "kind": "listing", "town_id": 1, "page": 1, "first_seen_at": at,
             "due_at": at, "items": json.dumps([url, other])},
            {"url": url, "request_url": url, "kind": "article", "town_id": 1, "first_seen_at": at, "due_at": at},
        ],
        "observations": [
            {"crawl_id": 1, "url": url, "observed_at": at, "outcome": "article", "article_id": 1, "capture_id": 1}
        ],
        "removed_text": [{"capture_id": 1, "place": "footer", "text": "友情", "reason": "place_list"}],
    }  # fmt: skip


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row that ``make_old`` writes, by the columns that it writes."""
    with closing(sqlite3.connect(path)) as conn:
        return {
            table: sorted(conn.execute(f"SELECT {', '.join(rows[0])} FROM {table}").fetchall(), key=repr)
            for table, rows in _rows().items()
        }


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("PRAGMA user_version").fetchone()[0])


def assert_current(path: Path) -> None:
    """Sound, of this version, and its article is found."""
    with closing(open_reader(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        assert fts.missing(conn) == []
        found = conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH zh_query('古城')")
        assert [row[0] for row in found] == [1]
    with closing(open_archive(path)) as conn:
        fts.check(conn)
    assert version_of(path) == SCHEMA_VERSION


# --- new archives -----------------------------------------------------------------------------------------------------------


def test_a_new_archive_names_itself_and_opening_it_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "data" / "jimo.db"
    with closing(open_archive(path)) as conn:
        assert conn.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
        assert conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert conn.execute("PRAGMA synchronous").fetchone()[0] == 2
    before = path.read_bytes()
    open_archive(path).close()
    assert path.read_bytes() == before


def test_a_reader_does_not_make_an_archive_and_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="there is no archive"):
        open_reader(tmp_path / "jimo.db")
    with pytest.raises(StorageFailed, match="there is no archive"):
        open_archive(tmp_path / "jimo.db", create=False)
    assert list(tmp_path.iterdir()) == []
    open_archive(tmp_path / "jimo.db").close()
    with (
        closing(open_reader(tmp_path / "jimo.db")) as conn,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        conn.execute("DELETE FROM towns")


def test_an_archive_on_read_only_media_is_read_without_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jimo.db"
    make_old(path, len(NAMES))
    with closing(open_archive(path)) as conn:
        conn.execute("UPDATE towns SET kind = '镇'")
    assert [each.name for each in tmp_path.iterdir()] == ["jimo.db"]
    found = os.statvfs(tmp_path)
    read_only = SimpleNamespace(f_flag=found.f_flag | os.ST_RDONLY)
    monkeypatch.setattr(os, "statvfs", lambda _path: read_only)
    with closing(open_reader(path)) as conn:
        assert conn.execute("SELECT kind FROM towns").fetchone()[0] == "镇"
        assert [each.name for each in tmp_path.iterdir()] == ["jimo.db"]


def test_a_file_that_is_something_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    stranger, garbage = tmp_path / "other.db", tmp_path / "garbage.db"
    with closing(sqlite3.connect(stranger)) as conn:
        conn.execute("CREATE TABLE notes(text)")
    garbage.write_bytes(b"not SQLite at all" * 500)
    for path, said in ((stranger, "not an archive of this project"), (garbage, "not a sound SQLite file")):
        before = path.read_bytes()
        for opening in (open_archive, open_reader):
            with pytest.raises(ArchiveDamaged, match=said):
                opening(path)
        assert path.read_bytes() == before


# --- older archives ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [*OLDER, len(NAMES)])
def test_an_archive_of_each_older_schema_is_brought_up_to_date_with_all_its_rows(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "jimo.db"
    make_old(path, version)
    before = dump(path)
    open_archive(path).close()
    assert_current(path)
    assert dump(path) == before


@pytest.mark.parametrize("version", OLDER)
def test_a_reader_says_that_an_archive_is_too_old_for_it(tmp_path: Path, version: int) -> None:
    make_old(tmp_path / "jimo.db", version)
    with pytest.raises(ArchiveDamaged, match="older version; any crawl brings it up to date"):
        open_reader(tmp_path / "jimo.db")


@pytest.mark.parametrize("reached", range(1, 6))
@pytest.mark.parametrize("version", [0, *OLDER[-1:]])
def test_a_migration_that_is_killed_has_happened_as_a_whole_or_not_at_all(
    tmp_path: Path, version: int, reached: int
) -> None:
    path = tmp_path / "jimo.db"
    if version:
        make_old(path, version)
    before = dump(path) if version else {}
    code = "import sys; from pathlib import Path; from jimo_crawler.archive.schema import open_archive;"
    done = subprocess.run(
        [sys.executable, "-c", f"{code} open_archive(Path(sys.argv[1]))", str(path)],
        cwd=PROJECT, env=environment({"JIMO_KILL_AT": f"migration:{reached}"}), check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    assert version_of(path) == (SCHEMA_VERSION if reached == 5 else version)
    if version:
        assert dump(path) == before
    open_archive(path).close()
    if version:
        assert_current(path)
        assert dump(path) == before


def with_more(monkeypatch: pytest.MonkeyPatch, *, added: int = 1) -> Migrations:
    """The project's migrations, to which a test adds so many of its own."""
    more = Migrations("jimo")
    for each in migrations.migrations.pending(Database(memory=True, execute_plugins=False)):
        more(name=each.name)(each.fn)
    monkeypatch.setattr(migrations, "migrations", more)
    monkeypatch.setattr(schema, "SCHEMA_VERSION", len(NAMES) + added)
    return more


def test_the_version_of_the_schema_is_the_number_of_migrations() -> None:
    assert len(NAMES) == SCHEMA_VERSION


def test_an_archive_that_is_up_to_date_is_opened_without_sqlite_utils(tmp_path: Path) -> None:
    """It takes longer to load than all the rest of a reading command."""
    open_archive(tmp_path / "jimo.db").close()
    code = """if True:
        import sys
        from pathlib import Path
        from jimo_crawler.archive.schema import open_archive, open_reader
        open_archive(Path(sys.argv[1])).close()
        open_reader(Path(sys.argv[1])).close()
        sys.exit("sqlite_utils" in sys.modules)
    """
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "jimo.db")], cwd=PROJECT, check=True)


def test_a_migration_that_fails_leaves_the_archive_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jimo.db"
    make_old(path, len(NAMES))
    before, version = dump(path), version_of(path)
    more = with_more(monkeypatch, added=2)

    @more(name="next_transform")
    def _transform(db: Database) -> None:
        db.table("articles").transform(types={"views": str})

    @more(name="next_fails")
    def _fail(db: Database) -> None:
        db.conn.execute("DELETE FROM removed_text")
        raise RuntimeError("a migration with a bug")

    with pytest.raises(RuntimeError, match="with a bug"):
        open_archive(path)
    assert (dump(path), version_of(path)) == (before, version)


def test_search_survives_a_migration_that_makes_the_articles_table_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``transform`` drops triggers without a word: an article written afterwards must be found all the same."""
    path = tmp_path / "jimo.db"
    make_old(path, len(NAMES))
    more = with_more(monkeypatch)

    @more(name="next_transform")
    def _transform(db: Database) -> None:
        db.table("articles").transform(types={"views": str})

    with closing(open_archive(path)) as conn:
        assert conn.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0] == 4
        conn.execute("UPDATE articles SET title = '金口镇:海堤' WHERE id = 1")
        fts.check(conn)
        found = conn.execute("SELECT rowid FROM articles_fts WHERE articles_fts MATCH zh_query('海堤')")
        assert [row[0] for row in found] == [1]
    assert version_of(path) == len(NAMES) + 1


def test_a_migration_that_would_leave_dangling_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jimo.db"
    make_old(path, len(NAMES))
    before, more = dump(path), with_more(monkeypatch)

    @more(name="next_drops_towns")
    def _drop(db: Database) -> None:
        db.conn.execute("DELETE FROM towns")

    with pytest.raises(ArchiveDamaged, match="dangling references; nothing was changed"):
        open_archive(path)
    assert dump(path) == before


# --- newer archives ---------------------------------------------------------------------------------------------------------


def test_an_archive_of_a_newer_version_is_refused_in_one_line(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "http://127.0.0.1:9/")
    make_old(archive.db, len(NAMES))
    with closing(sqlite3.connect(archive.db)) as conn:
        conn.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    before = archive.db.read_bytes()
    for opening in (open_archive, open_reader):
        with pytest.raises(ArchiveTooNew, match=r"newer version.*update the project"):
            opening(archive.db)
    for done in (archive.crawl(), archive.run("verify"), archive.run("publish", str(tmp_path / "copy.db"))):
        assert done.returncode == 5
        assert len(done.stderr.splitlines()) == 1
        assert "newer version" in done.stderr
    assert archive.db.read_bytes() == before
