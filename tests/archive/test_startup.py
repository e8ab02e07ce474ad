"""What a killed run, a torn file or a wrong clock leaves behind is put right before the next run begins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from jimo_crawler.archive import clock_jumps, startup
from jimo_crawler.archive.schema import open_archive
from jimo_crawler.archive.warc import Exchange, Known, WarcWriter
from jimo_crawler.archive.warc_read import read_record
from jimo_crawler.clock import Clock, from_stamp, to_stamp
from jimo_crawler.demo.server import DemoServer
from tests.archive.conftest import EVENING, SMALL
from tests.crawling import Archive, assert_sound, contents

NOW = from_stamp("2026-01-05T18:00:00Z")


@pytest.fixture
def conn(archive: Archive) -> Iterator[sqlite3.Connection]:
    with closing(open_archive(archive.db)) as conn:
        yield conn


def warc_file(archive: Archive) -> Path:
    (path,) = archive.warc_dir.glob("*.warc.gz")
    return path


def leave_open(archive: Archive, conn: sqlite3.Connection) -> Path:
    """As if the run had been killed just before it closed its file."""
    path = warc_file(archive)
    conn.execute("DELETE FROM warc_files")
    conn.execute("UPDATE crawls SET finished_at = NULL, verdict = NULL, outcomes = NULL")
    return path.rename(path.with_name(path.name + ".open"))


def last_article(conn: sqlite3.Connection) -> sqlite3.Row:
    """The capture of the article that stands last in the file."""
    row: sqlite3.Row = conn.execute(
        "SELECT c.*, o.url AS row_url FROM captures AS c JOIN observations AS o ON o.capture_id = c.id"
        " WHERE o.outcome = 'article' ORDER BY c.warc_offset DESC LIMIT 1"
    ).fetchone()
    return row


# --- files that were left open ------------------------------------------------------------------------------------------------


def test_a_file_that_was_left_open_is_closed_and_booked_once(
    archive: Archive, conn: sqlite3.Connection
) -> None:
    booked = tuple(conn.execute("SELECT name, length, sha256, records FROM warc_files").fetchone())
    opened = leave_open(archive, conn)
    assert startup.mend(conn, archive.warc_dir, to_stamp(NOW)) == []
    assert not opened.exists()
    assert tuple(conn.execute("SELECT name, length, sha256, records FROM warc_files").fetchone()) == booked
    run = conn.execute("SELECT finish_reason, verdict, finished_at FROM crawls").fetchone()
    assert (run["finish_reason"], run["verdict"]) == ("killed", "failed")
    assert run["finished_at"] == conn.execute("SELECT max(fetched_at) FROM captures").fetchone()[0]
    assert startup.mend(conn, archive.warc_dir, to_stamp(NOW)) == []


def test_a_file_that_was_renamed_and_not_booked_is_booked(archive: Archive, conn: sqlite3.Connection) -> None:
    opened = leave_open(archive, conn)
    opened.rename(opened.with_suffix(""))
    startup.mend(conn, archive.warc_dir, to_stamp(NOW))
    assert conn.execute("SELECT count(*) FROM warc_files WHERE sha256 IS NOT NULL").fetchone()[0] == 1
    assert archive.run("verify").returncode == 0


def test_an_exchange_whose_visit_never_came_to_be_is_taken_into_the_account(
    archive: Archive, conn: sqlite3.Connection
) -> None:
    lost = dict(conn.execute("SELECT * FROM captures WHERE url LIKE '%/robots.txt'").fetchone())
    conn.execute("DELETE FROM captures WHERE id = ?", (lost["id"],))
    leave_open(archive, conn)
    (said,) = startup.mend(conn, archive.warc_dir, to_stamp(NOW))
    assert "1 exchange(s) of a run that was cut off" in said
    found = dict(conn.execute("SELECT * FROM captures WHERE url LIKE '%/robots.txt'").fetchone())
    assert found.pop("outcome") == "interrupted"
    assert {name: value for name, value in lost.items() if name in found} | {"id": found["id"]} == found


def test_a_revisit_whose_visit_never_came_to_be_has_the_body_of_the_record_that_it_refers_to(
    archive: Archive, conn: sqlite3.Connection
) -> None:
    """Two runs met the same robots.txt; the second was cut off before a row named it."""
    origin = dict(conn.execute("SELECT * FROM captures WHERE url LIKE '%/robots.txt'").fetchone())
    known = Known(origin["record_id"], origin["url"], origin["fetched_at"], origin["payload_digest"])
    body = read_record(warc_file(archive), origin["warc_offset"]).payload
    writer = WarcWriter(archive.warc_dir, 2, Clock(NOW), software="test")
    writer.write(Exchange(url=origin["url"], fetched_at=to_stamp(NOW), status=200, body=body, known=known))
    writer.close()
    (said,) = startup.mend(conn, archive.warc_dir, to_stamp(NOW))
    assert "1 exchange(s) of a run that was cut off" in said
    revisit = conn.execute("SELECT * FROM captures WHERE revisit_of IS NOT NULL").fetchone()
    assert (revisit["revisit_of"], revisit["body_digest"]) == (origin["record_id"], origin["body_digest"])
    assert conn.execute("SELECT closed_at FROM warc_files ORDER BY name DESC").fetchone()[0] == to_stamp(NOW)
    assert archive.run("verify").returncode == 0


def test_a_file_that_a_process_is_writing_is_not_closed_under_its_hands(
    archive: Archive, conn: sqlite3.Connection
) -> None:
    """Another archive may keep its files in the same folder."""
    writer = WarcWriter(archive.warc_dir, 2, Clock(NOW), software="test")
    exchange = Exchange(url="http://h/", fetched_at=to_stamp(NOW), status=200, body=b"x")
    writer.write(exchange)
    assert startup.mend(conn, archive.warc_dir, to_stamp(NOW)) == []
    assert len(list(archive.warc_dir.glob("*.open"))) == 1
    writer.write(exchange)
    (closed,) = writer.close()
    assert closed.records == 5
    (said,) = startup.mend(conn, archive.warc_dir, to_stamp(NOW))
    assert "2 exchange(s)" in said


# --- evidence that is gone ------------------------------------------------------------------------------------------------------


def test_a_record_that_is_torn_off_is_marked_lost_and_its_page_asked_again(
    archive: Archive, conn: sqlite3.Connection, portal: DemoServer
) -> None:
    before = contents(archive)
    capture = last_article(conn)
    conn.execute("UPDATE urls SET etag = 'x', last_modified = 'y' WHERE url = ?", (capture["row_url"],))
    opened = leave_open(archive, conn)
    with opened.open("rb+") as file:
        file.truncate(capture["warc_offset"] + capture["warc_length"] // 2)
    said = startup.mend(conn, archive.warc_dir, to_stamp(NOW))
    assert any("torn" in line and "kept as" in line for line in said)
    assert any("1 record(s) lost; 1 address(es) are asked again" in line for line in said)
    assert len(list(archive.warc_dir.glob("*.torn"))) == 1
    row = conn.execute("SELECT * FROM urls WHERE url = ?", (capture["row_url"],)).fetchone()
    assert (row["etag"], row["last_modified"]) == (None, None)
    assert row["due_at"] <= row["last_visit_at"]
    conn.close()

    asked_before = len(portal.requests)
    assert archive.crawl(settings=EVENING, town=SMALL).returncode == 0
    assert any(str(each["path"]) in capture["url"] for each in portal.requests[asked_before:])
    evidence = archive.rows(
        "SELECT c.lost_at FROM revisions AS r JOIN captures AS c ON c.id = r.capture_id WHERE r.url = ?",
        capture["row_url"],
    )
    assert evidence == [{"lost_at": None}], "the same text rests on the new observation"
    assert contents(archive)["revisions"] == before["revisions"]
    assert archive.run("verify", "--deep").returncode == 0
    assert_sound(archive)


# --- clocks that jump -----------------------------------------------------------------------------------------------------------


def waiting(conn: sqlite3.Connection) -> dict[str, timedelta]:
    """For each known article page, how long after NOW it is due."""
    rows = conn.execute("SELECT url, due_at FROM urls WHERE kind = 'article' AND outcome = 'article'")
    return {row["url"]: from_stamp(row["due_at"]) - NOW for row in rows}


def shift(conn: sqlite3.Connection, by: timedelta) -> None:
    """As if all of the archive had been made by a clock that was *by* ahead."""
    for table, columns in {"urls": ("due_at", "last_visit_at"), "crawls": ("started_at",)}.items():
        for column in columns:
            for row in conn.execute(
                f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL"
            ).fetchall():
                moved = to_stamp(from_stamp(row[1]) + by)
                conn.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (moved, row[0]))


def every_run_kinds(conn: sqlite3.Connection) -> int:
    """How many of entry, index and first listing pages are not due at NOW."""
    sql = "SELECT count(*) FROM urls WHERE due_at > ? AND (kind IN ('entry', 'index') OR (kind = 'listing' AND page = 1))"
    return int(conn.execute(sql, (to_stamp(NOW),)).fetchone()[0])


def test_a_clock_that_was_right_changes_nothing(conn: sqlite3.Connection) -> None:
    before = conn.execute("SELECT url, due_at, last_visit_at FROM urls").fetchall()
    assert clock_jumps.put_right(conn, NOW) is None
    assert conn.execute("SELECT url, due_at, last_visit_at FROM urls").fetchall() == before


def test_a_clock_that_stood_years_ahead_puts_nothing_off_for_years(
    conn: sqlite3.Connection,
) -> None:
    intervals = {url: wait + timedelta(hours=12) for url, wait in waiting(conn).items()}
    shift(conn, timedelta(days=3650))
    conn.execute(
        "INSERT INTO crawls(spider, started_at, version) VALUES('towns', '2026-01-04T06:00:00Z', '0')"
    )
    said = clock_jumps.put_right(conn, NOW)
    assert said
    assert "a clock that stood ahead" in said
    for url, wait in waiting(conn).items():
        assert abs(wait - intervals[url]) < timedelta(minutes=1), "the waiting time counts from now"
    assert every_run_kinds(conn) == 0
    assert clock_jumps.put_right(conn, NOW) is None, "once is enough"


def test_a_clock_that_stands_years_behind_asks_nothing_too_early(
    conn: sqlite3.Connection,
) -> None:
    """Most runs began after today: it is today's clock that is wrong, and will be right again."""
    before = waiting(conn)
    shift(conn, timedelta(days=3650))
    assert clock_jumps.put_right(conn, NOW) is None
    assert every_run_kinds(conn) == 0, "where news would be is asked all the same"
    assert min(waiting(conn).values()) > timedelta(days=3000)
    shift(conn, timedelta(days=-3650))
    assert waiting(conn) == before, "and the right clock finds everything as it was"


def test_what_was_never_asked_or_failed_is_due_whatever_the_clocks_said(
    conn: sqlite3.Connection,
) -> None:
    conn.execute(
        "INSERT INTO urls(url, request_url, kind, first_seen_at, due_at) VALUES('u', 'u', 'article', '2036', '2036-01-01')"
    )
    conn.execute(
        "UPDATE urls SET outcome = 'failed', due_at = '2036-01-01' WHERE url = (SELECT url FROM urls WHERE kind ="
        " 'article' AND outcome = 'article' LIMIT 1)"
    )
    clock_jumps.put_right(conn, NOW)
    overdue = "SELECT count(*) FROM urls WHERE due_at = ? AND (outcome = 'failed' OR last_visit_at IS NULL)"
    assert conn.execute(overdue, (to_stamp(NOW),)).fetchone()[0] == 2


@pytest.mark.parametrize("days", [3650, -3650], ids=["ahead", "behind"])
def test_a_run_by_a_wrong_clock_loses_nothing_and_repeats_nothing(
    archive: Archive, portal: DemoServer, days: int
) -> None:
    """Right, wrong, right: on the third run only what any second run asks is asked."""
    before = contents(archive)
    wrong = {"JIMO_NOW": to_stamp(NOW + timedelta(days=days))}
    assert archive.crawl(settings=wrong, town=SMALL).returncode == 0
    begun = len(portal.requests)
    assert archive.crawl(settings=EVENING, town=SMALL).returncode == 0
    listings = {town["pages"][0] for town in portal.site.truth.towns if town["name"] in SMALL}
    usual = {"/robots.txt", portal.site.truth.entry, portal.site.truth.index, *listings}
    assert {str(each["path"]) for each in portal.requests[begun:]} == usual
    after = contents(archive)
    assert (after["articles"], after["revisions"]) == (before["articles"], before["revisions"])
    assert archive.run("verify").returncode == 0
