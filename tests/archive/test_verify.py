"""`scrapy verify`: whatever is wrong with rows, records or index is found; what can be mended is mended and said."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from jimo_crawler.archive import fts
from jimo_crawler.archive.findings import Kind
from jimo_crawler.archive.lock import ArchiveLock
from jimo_crawler.archive.schema import open_archive
from jimo_crawler.archive.verify import verify
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.text import fingerprint
from tests.archive.conftest import EVENING, SMALL
from tests.crawling import Archive


def kinds(archive: Archive, *, running: bool = False) -> set[Kind]:
    """What a check finds."""
    return {each.kind for each in verify(archive.db, archive.warc_dir, running=running).findings}


@contextmanager
def unguarded(archive: Archive) -> Iterator[sqlite3.Connection]:
    """The file open for tampering: no foreign keys, and no triggers of the full-text index."""
    with closing(sqlite3.connect(archive.db, isolation_level=None)) as conn:
        fts.register(conn)
        triggers = conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid"
        ).fetchall()
        for name, _ in triggers:
            conn.execute(f"DROP TRIGGER {name}")
        yield conn
        for _, sql in triggers:
            conn.execute(sql)


@pytest.fixture(scope="module")
def spammed(portal: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive of one article whose page has spam in it; not to be changed."""
    path = next(
        where["path"]
        for article in portal.site.truth.articles
        for where in article["addresses"]
        if where["removed"] and where["shows"] == "article"
    )
    archive = Archive(tmp_path_factory.mktemp("spammed"), portal.url)
    assert archive.crawl("article", settings=EVENING, url=f"{portal.base}{path}").returncode == 0
    assert archive.value("SELECT count(*) FROM removed_text") > 0
    return archive


def warc_file(archive: Archive) -> Path:
    return sorted(archive.warc_dir.glob("*.warc.gz"))[0]


def test_a_sound_archive_has_no_findings(crawled: Archive) -> None:
    done = crawled.run("verify", "--deep")
    assert done.returncode == 0, done.stdout
    (line,) = done.stdout.splitlines()
    assert line.startswith("verify: all is well (1 WARC files, ")
    assert done.stderr == ""


# --- rows ---------------------------------------------------------------------------------------------------------------------

ONE = "(SELECT id FROM articles ORDER BY id LIMIT 1)"
PICTURED = "(SELECT article_id FROM images LIMIT 1)"
TAMPERINGS = {
    "a record that no row names": ("DELETE FROM captures WHERE url LIKE '%/robots.txt'", Kind.ORPHAN),
    "a row that names no record": (
        "UPDATE captures SET warc_offset = warc_offset + 1 WHERE url LIKE '%/robots.txt'",
        Kind.MISSING_RECORD,
    ),
    "a row with another length": (
        "UPDATE captures SET warc_length = warc_length - 1 WHERE url LIKE '%/robots.txt'",
        Kind.RECORD_LENGTH,
    ),
    "a row with another digest": ("UPDATE captures SET record_digest = 'x'", Kind.RECORD_DIGEST),
    "a file that was closed with another digest": ("UPDATE warc_files SET sha256 = 'x'", Kind.FILE_DIGEST),
    "a file that was closed with another length": ("UPDATE warc_files SET length = length + 1", Kind.ROW),
    "a file that was closed with more records": ("UPDATE warc_files SET records = records + 1", Kind.ROW),
    **{
        f"a row with another {name}": (
            f"UPDATE captures SET {name} = {value} WHERE url LIKE '%/robots.txt'",
            Kind.ROW,
        )
        for name, value in {
            "url": "url || '?robots.txt'",
            "fetched_at": "'2026-01-05T06:00:00.000000Z'",
            "status": "404",
            "media_type": "'text/html'",
            "charset_declared": "'big5'",
            "payload_digest": "'sha256:0'",
            "body_digest": "'0'",
            "record_id": "'urn:uuid:0'",
            "revisit_of": "'urn:uuid:0'",
        }.items()
    },
    "a file that is not booked": ("DELETE FROM warc_files", Kind.UNBOOKED_FILE),
    "a file that is not there": (
        "INSERT INTO warc_files(name, opened_at, closed_at, sha256) VALUES('x.warc.gz', '', '', '')",
        Kind.MISSING_FILE,
    ),
    "a town that is gone": ("DELETE FROM towns WHERE id IN (SELECT town_id FROM articles)", Kind.REFERENCE),
    "an index of another text": (
        f"UPDATE articles SET body = body || '海堤' WHERE id = {ONE}",
        Kind.SEARCH_INDEX,
    ),
    "an article that is not its revision": (
        f"UPDATE articles SET source = '海堤' WHERE id = {ONE}",
        Kind.HISTORY,
    ),
    **{
        f"an article whose {name} is not its revision's": (
            f"UPDATE articles SET {name} = {name} || '1' WHERE id = {ONE}",
            Kind.HISTORY,
        )
        for name in (
            "title_as_published",
            "body_as_published",
            "published_as_printed",
            "layout",
            "canonical_hash",
        )
    },
    "an article in another state than its address": (
        f"UPDATE articles SET status = 'gone' WHERE id = {ONE}",
        Kind.HISTORY,
    ),
    "an article that no run would ask again": (
        "UPDATE urls SET state = 'retired' WHERE url IN (SELECT url FROM articles)",
        Kind.FRONTIER,
    ),
    "an article that the frontier has lost": (
        "DELETE FROM urls WHERE url IN (SELECT url FROM articles)",
        Kind.FRONTIER,
    ),
    "a section that the frontier has lost": ("DELETE FROM urls WHERE kind = 'listing'", Kind.FRONTIER),
    "a revision whose text was changed": ("UPDATE revisions SET body = body || '。'", Kind.HISTORY),
    "a revision twice": (
        "INSERT INTO revisions(article_id, url, captured_at, capture_id, title, body, title_as_published,"
        " body_as_published, layout, content_hash, canonical_hash, change) SELECT article_id, url, captured_at, capture_id,"
        " title, body, title_as_published, body_as_published, layout, content_hash, canonical_hash, 'body' FROM revisions",
        Kind.HISTORY,
    ),
    "an article without an address": (f"DELETE FROM article_urls WHERE article_id = {ONE}", Kind.HISTORY),
    "an address with another text": ("UPDATE article_urls SET content_hash = 'x'", Kind.HISTORY),
    "an image too few": (
        "DELETE FROM images WHERE article_id = (SELECT article_id FROM images LIMIT 1)",
        Kind.HISTORY,
    ),
    "a revision without evidence": ("UPDATE revisions SET capture_id = NULL", Kind.NO_EVIDENCE),
    "an outcome without evidence": (
        "UPDATE observations SET capture_id = NULL WHERE outcome = 'listing'",
        Kind.NO_EVIDENCE,
    ),
    "a capture that was for nothing": (
        "UPDATE captures SET outcome = NULL WHERE outcome = 'listing'",
        Kind.ORPHAN,
    ),
    "an outcome that is gone": ("DELETE FROM observations WHERE outcome = 'listing'", Kind.BALANCE),
    "an outcome that is another": (
        "UPDATE observations SET outcome = 'gone' WHERE outcome = 'listing'",
        Kind.BALANCE,
    ),
    "an account that cannot be read": ("UPDATE crawls SET outcomes = '{' || outcomes", Kind.BALANCE),
    "a request without an outcome": ("UPDATE crawls SET requested = requested + 1", Kind.BALANCE),
}


@pytest.mark.parametrize(("statement", "kind"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_what_is_wrong_is_found(archive: Archive, statement: str, kind: Kind) -> None:
    with unguarded(archive) as conn:
        assert conn.execute(statement).rowcount > 0
    assert kind in kinds(archive)


def test_a_trigger_that_is_gone_is_found_and_made_again(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.db)) as conn:
        conn.execute("DROP TRIGGER articles_fts_update")
    assert kinds(archive) == {Kind.SEARCH_INDEX}
    done = archive.run("verify", "--repair")
    assert (done.returncode, "full-text index was made anew" in done.stdout) == (0, True)


def test_a_database_page_of_garbage_is_found(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.db)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = conn.execute("PRAGMA page_size").fetchone()[0]
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'revisions'").fetchone()[0]
    with archive.db.open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(random.Random(4).randbytes(size))
    done = archive.run("verify", "--details")
    assert done.returncode == 1
    assert "database: jimo.db: " in done.stdout
    done = archive.run("verify", "--repair")
    assert done.returncode in (1, 5)
    assert "scrapy replay --into" in done.stdout + done.stderr or "sound SQLite" in done.stderr
    for command in (
        ["export", "-o", str(archive.folder / "all.csv")],
        ["publish", str(archive.folder / "copy.db")],
    ):
        done = archive.run(*command)
        assert done.returncode == 5, done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert "scrapy verify" in done.stderr or "malformed" in done.stderr


def test_a_database_that_is_none_ends_with_its_own_status(archive: Archive) -> None:
    archive.db.write_bytes(b"garbage" * 4096)
    done = archive.run("verify")
    assert done.returncode == 5
    assert done.stderr.startswith("scrapy verify: ")
    assert len(done.stderr.splitlines()) == 1


# --- records ------------------------------------------------------------------------------------------------------------------


def test_each_of_many_flipped_bits_is_found(archive: Archive) -> None:
    path, chance = warc_file(archive), random.Random(1122)
    data = path.read_bytes()
    for _ in range(25):
        place = chance.randrange(len(data))
        path.write_bytes(data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :])
        assert Kind.FILE_DIGEST in kinds(archive)
    path.write_bytes(data)
    assert kinds(archive) == set()


def test_a_damaged_record_in_a_closed_file_is_asked_again_and_stays_in_sight(archive: Archive) -> None:
    (row,) = archive.rows(
        "SELECT c.*, o.url AS row_url FROM captures AS c JOIN observations AS o ON o.capture_id = c.id"
        " WHERE o.outcome = 'article' ORDER BY c.id LIMIT 1"
    )
    path = warc_file(archive)
    sound = path.read_bytes()
    middle = row["warc_offset"] + row["warc_length"] // 2
    path.write_bytes(sound[:middle] + bytes(8) + sound[middle + 8 :])
    done = archive.run("verify", "--repair")
    assert done.returncode == 1, "damage in a closed file is not mended but reported"
    assert "1 record(s) lost; 1 address(es) are asked again" in done.stdout
    assert f"damaged: {path.name} at {row['warc_offset']}" in done.stdout
    assert archive.value("SELECT count(*) FROM captures WHERE lost_at IS NOT NULL") == 1
    assert archive.value(
        "SELECT due_at <= last_visit_at AND etag IS NULL FROM urls WHERE url = ?", row["row_url"]
    )

    path.write_bytes(sound)
    done = archive.run("verify", "--repair")
    assert (done.returncode, "1 record(s) that were lost are back" in done.stdout) == (0, True)
    assert archive.value("SELECT count(*) FROM captures WHERE lost_at IS NOT NULL") == 0


def test_a_missing_file_is_lost_only_if_the_others_are_there(archive: Archive, tmp_path: Path) -> None:
    first = warc_file(archive)
    moved = shutil.move(first, tmp_path / "elsewhere")
    done = archive.run("verify", "--repair")
    assert done.returncode == 1
    assert "is JIMO_WARC_DIR right?" in done.stdout
    assert archive.value("SELECT count(*) FROM captures WHERE lost_at IS NOT NULL") == 0

    assert archive.crawl(settings=EVENING, town=SMALL).returncode == 0
    done = archive.run("verify", "--repair")
    assert done.returncode == 0, done.stdout
    assert "record(s) lost" in done.stdout
    assert f"note: {first.name} is missing" in done.stdout

    shutil.move(moved, first)
    done = archive.run("verify", "--repair")
    assert (done.returncode, "that were lost are back" in done.stdout) == (0, True)
    assert archive.value("SELECT count(*) FROM captures WHERE lost_at IS NOT NULL") == 0


# --- repair -------------------------------------------------------------------------------------------------------------------

MENDED = (
    "a record that no row names",
    "a file that is not booked",
    "an index of another text",
)


@pytest.mark.parametrize("name", MENDED)
def test_what_can_be_mended_is_mended_and_said(archive: Archive, name: str) -> None:
    statement, _ = TAMPERINGS[name]
    if name == "an index of another text":  # the article itself is to stay as it is
        statement = f"INSERT INTO articles_fts(articles_fts, rowid, title, body) SELECT 'delete', id, title, body FROM articles_zh WHERE id = {ONE}"
    with unguarded(archive) as conn:
        conn.execute(statement)
    assert kinds(archive)
    done = archive.run("verify", "--repair")
    assert done.returncode == 0, done.stdout
    assert kinds(archive) == set()
    if name != "a file that is not booked":
        assert "repaired: " in done.stdout
    assert done.stderr == "", "each thing is said once"


def test_what_the_frontier_has_lost_is_asked_again(archive: Archive) -> None:
    """A section, an article of it, and one that was set aside."""
    with closing(open_archive(archive.db)) as conn:
        urls = [row["url"] for row in conn.execute("SELECT url FROM articles ORDER BY id")]
        conn.execute("DELETE FROM urls WHERE kind = 'listing' OR url = ?", (urls[0],))
        conn.execute("UPDATE urls SET state = 'retired' WHERE url = ?", (urls[1],))
        before = {row[0] for row in conn.execute("SELECT url FROM urls")}
    assert kinds(archive) == {Kind.FRONTIER}
    done = archive.run("verify", "--repair")
    assert (done.returncode, "are in the frontier again" in done.stdout) == (0, True)
    known = archive.value("SELECT count(*) FROM urls WHERE last_visit_at IS NOT NULL")
    assert archive.crawl(settings=EVENING, town=SMALL).returncode == 0
    assert before < {row["url"] for row in archive.rows("SELECT url FROM urls")}
    asked = {row["url"] for row in archive.rows("SELECT url FROM observations WHERE crawl_id = 2")}
    assert {urls[0], urls[1]} < asked
    assert known < archive.value("SELECT count(*) FROM urls WHERE last_visit_at IS NOT NULL")
    assert kinds(archive) == set()


def test_a_file_left_open_by_a_killed_run_is_closed(archive: Archive) -> None:
    path = warc_file(archive)
    with closing(open_archive(archive.db)) as conn:
        conn.execute("DELETE FROM warc_files")
        conn.execute("UPDATE urls SET state = 'leased' WHERE kind = 'index'")
    path.rename(path.with_name(path.name + ".open"))
    assert kinds(archive) == {Kind.OPEN_FILE}
    done = archive.run("verify", "--repair")
    assert done.returncode == 0, done.stdout
    assert path.exists()
    assert "1 address(es) that a run had taken and not asked are free again" in done.stdout


def test_a_running_crawl_is_no_finding_and_is_not_disturbed(archive: Archive) -> None:
    """Its file is open, and its last record may be ahead of the rows."""
    path = warc_file(archive)
    with closing(open_archive(archive.db)) as conn:
        conn.execute("DELETE FROM warc_files")
        last = "SELECT id FROM captures ORDER BY warc_offset DESC LIMIT 1"
        conn.execute("PRAGMA foreign_keys=OFF")
        for table in ("observations", "revisions", "articles"):
            conn.execute(f"DELETE FROM {table} WHERE capture_id = ({last})")
        conn.execute(f"DELETE FROM captures WHERE id = ({last})")
        conn.execute("UPDATE crawls SET finished_at = NULL, outcomes = NULL")
    path.rename(path.with_name(path.name + ".open"))
    with ArchiveLock(archive.db, "scrapy crawl towns"):
        assert Kind.ORPHAN not in kinds(archive, running=True)
        assert Kind.OPEN_FILE not in kinds(archive, running=True)
        done = archive.run("verify", "--repair")
    assert done.returncode == 75
    assert "in use by process" in done.stderr
    assert Kind.ORPHAN in kinds(archive)


# --- deep -----------------------------------------------------------------------------------------------------------------------


def test_a_text_that_the_evidence_does_not_bear_out_is_found_by_reading_it_again(archive: Archive) -> None:
    with closing(open_archive(archive.db)) as conn:
        row = conn.execute("SELECT * FROM articles WHERE complete = 1 ORDER BY id LIMIT 1").fetchone()
        fields = {name: row[name] for name in ("title", "body", "published_at", "source", "editor", "author")}
        fields["body"] += "\n海堤"
        digest = fingerprint.content_hash(**fields)
        canonical = fingerprint.canonical_hash(fields["title"], fields["body"])
        for table in ("articles", "revisions"):
            conn.execute(
                f"UPDATE {table} SET body = ?, content_hash = ?, canonical_hash = ? WHERE url = ?",
                (fields["body"], digest, canonical, row["url"]),
            )
        conn.execute("UPDATE article_urls SET content_hash = ? WHERE url = ?", (digest, row["url"]))
    assert kinds(archive) == set()
    done = archive.run("verify", "--deep", "--details")
    assert done.returncode == 1
    assert "today's parsers read another body" in done.stdout
    assert row["url"] in done.stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE revisions SET body_as_published = body_as_published || '海'", "another body_as_published"),
        ("UPDATE revisions SET published_as_printed = '昨天'", "another published_as_printed"),
        ("UPDATE removed_text SET text = '海堤'", "another removed text"),
        ("DELETE FROM removed_text", "another removed text"),
    ],
)
def test_what_else_the_evidence_says_is_compared_by_reading_it_again(
    spammed: Archive, tmp_path: Path, statement: str, said: str
) -> None:
    shutil.copytree(spammed.folder, tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    with unguarded(archive) as conn:
        assert conn.execute(statement).rowcount > 0
        conn.execute(statement.replace("UPDATE revisions", "UPDATE articles"))
    assert kinds(archive) == set()
    done = archive.run("verify", "--deep", "--details")
    assert done.returncode == 1
    assert said in done.stdout


def test_the_whole_report_as_json(archive: Archive) -> None:
    with unguarded(archive) as conn:
        conn.execute("UPDATE captures SET record_digest = 'x' WHERE url LIKE '%/robots.txt'")
    done = archive.run("verify", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert [each["kind"] for each in report["findings"]] == ["record_digest"]
    assert report["checked"]["articles"] == archive.value("SELECT count(*) FROM articles")


def test_wrong_usage(archive: Archive) -> None:
    assert archive.run("verify", "everything").returncode == 2
