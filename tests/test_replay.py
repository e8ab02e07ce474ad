"""`scrapy replay`: the evidence alone gives the archive again, and today's parsers can be held against it."""

from __future__ import annotations

import gzip
import io
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from jimo_crawler.archive.lock import ArchiveLock
from jimo_crawler.archive.schema import open_archive
from jimo_crawler.archive.warc_read import iterate
from jimo_crawler.clock import to_stamp
from jimo_crawler.demo.portal import day_start
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.text import fingerprint
from tests.crawling import PROJECT, Archive, contents, environment

DAYS = (0, 4, 7)
"""Pages are edited, taken down, taken over and replaced on these."""


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def live(portal: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The whole portal on several days, every address asked on the later ones, in small WARC files; not to be changed."""
    archive = Archive(tmp_path_factory.mktemp("live"), portal.url, {"JIMO_WARC_MAX_BYTES": "400000"})
    for day in DAYS:
        portal.set_day(day)
        now = {"JIMO_NOW": to_stamp(day_start(day) + timedelta(hours=6))}
        spiders = ("towns", "recheck") if day in (4, 7) else ("towns",)
        for spider in spiders:
            assert archive.crawl(spider, settings=now).returncode in (0, 3)
    return archive


@pytest.fixture
def first_day(portal: DemoServer, tmp_path: Path) -> Archive:
    """One section on the first day."""
    portal.set_day(0)
    archive = Archive(tmp_path / "first", portal.url)
    done = archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"}, town="田横镇")
    assert done.returncode == 0, done.stderr
    return archive


def rebuild(
    archive: Archive, target: Path, *arguments: str
) -> tuple[Archive, subprocess.CompletedProcess[str]]:
    """What `scrapy replay --into` makes, as an archive of its own (with the evidence of the first)."""
    target.mkdir()
    done = archive.run("replay", "--into", str(target / "jimo.db"), *arguments)
    (target / "warc").symlink_to(archive.warc_dir)
    return Archive(target), done


# --- into a new archive -------------------------------------------------------------------------------------------------------


def test_the_evidence_alone_gives_the_archive_again(live: Archive, tmp_path: Path) -> None:
    again, done = rebuild(live, tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "", "no progress without a terminal"
    assert len(list(live.warc_dir.glob("*.warc.gz"))) > len(DAYS) + 2, "runs of more than one file"
    for table, rows in contents(live).items():
        assert contents(again)[table] == rows, table
    events = "SELECT url, outcome, event, count(*) AS times FROM observations WHERE event IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    assert again.rows(events) == live.rows(events)
    assert {row["event"] for row in live.rows(events)} >= {
        "new",
        "changed",
        "missing",
        "gone",
        "hijacked",
    }
    evidence = "SELECT url, fetched_at, outcome, record_digest, body_digest, warc_file, warc_offset FROM captures ORDER BY 6, 7"
    assert again.rows(evidence) == live.rows(evidence)
    files = "SELECT name, length, sha256, records FROM warc_files ORDER BY name"
    assert again.rows(files) == live.rows(files)
    done = again.run("verify", "--details")
    assert done.returncode == 0, done.stdout


def test_one_process_gives_the_same(first_day: Archive, tmp_path: Path) -> None:
    again, done = rebuild(first_day, tmp_path / "again", "--processes", "1")
    assert done.returncode == 0, done.stderr
    assert contents(again) == contents(first_day)


def test_the_rules_are_those_of_the_run_whatever_the_settings_are_now(
    portal: DemoServer, tmp_path: Path
) -> None:
    portal.set_day(0)
    live = Archive(tmp_path / "live", portal.url, {"JIMO_RELATED": "off"})
    assert live.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"}, town="田横镇").returncode == 0
    again, _ = rebuild(live, tmp_path / "again", "-s", "JIMO_RELATED=all", "-s", "JIMO_CONFIRM_AFTER=0")
    assert contents(again)["urls"] == contents(live)["urls"]


def test_only_a_failure_that_brought_no_answer_leaves_no_evidence(portal: DemoServer, tmp_path: Path) -> None:
    """A connection that was refused or closed is in ``failures`` and nowhere in a WARC file."""
    portal.set_day(0)
    live = Archive(tmp_path / "live", portal.url, {"RETRY_TIMES": "0"})
    live.crawl("article", url=f"{portal.base}/faults/closed.html,{portal.base}/faults/error.html")
    again, done = rebuild(live, tmp_path / "again")
    assert done.returncode == 0, done.stderr
    asked = "SELECT url, outcome FROM observations ORDER BY url"
    assert [row["outcome"] for row in live.rows(asked)] == ["failed", "failed"]
    assert again.rows(asked) == [row for row in live.rows(asked) if "error" in row["url"]]


def test_damage_is_said_and_all_that_is_sound_is_read(first_day: Archive, tmp_path: Path) -> None:
    (path,) = first_day.warc_dir.glob("*.warc.gz")
    row = first_day.rows(
        "SELECT warc_offset, warc_length FROM captures WHERE outcome = 'article' ORDER BY id LIMIT 1"
    )[0]
    data = bytearray(path.read_bytes())
    data[row["warc_offset"] + row["warc_length"] // 2] ^= 64
    path.write_bytes(data)
    again, done = rebuild(first_day, tmp_path / "again")
    assert done.returncode == 1
    assert f"not read: {path.name}" in done.stderr
    count = "SELECT count(*) FROM articles"
    assert again.value(count) == first_day.value(count) - 1


def test_a_replay_that_is_killed_leaves_no_archive(live: Archive, tmp_path: Path) -> None:
    target = tmp_path / "jimo.db"
    settings = ["-s", f"JIMO_ARCHIVE_DB={live.db}", "-s", f"JIMO_WARC_DIR={live.warc_dir}"]
    command = [*live.command("towns")[:3], "replay", "--into", str(target), *settings]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment())
    while not target.with_name("jimo.db.part").exists():
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not target.exists()
    assert (
        live.run(
            "replay", "--into", str(target), str(next(live.warc_dir.glob("*-00001-00001.warc.gz")))
        ).returncode
        == 0
    )
    assert not target.with_name("jimo.db.part").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--into", "{db}"], "is there already"),
        (["--into", "{new}", "no-such.warc.gz"], "not a file: no-such.warc.gz"),
        ([], "either --into FILE or --reextract"),
        (["--into", "{new}", "--reextract"], "either --into FILE or --reextract"),
        (["--into", "{new}", "--diff"], "--diff goes with --reextract"),
    ],
)
def test_wrong_usage_is_one_line(live: Archive, tmp_path: Path, arguments: list[str], said: str) -> None:
    names = {"db": str(live.db), "new": str(tmp_path / "new.db")}
    done = live.run("replay", *(each.format(**names) for each in arguments))
    assert done.returncode == 2
    assert said in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


# --- files of other tools -----------------------------------------------------------------------------------------------------

Page = tuple[str, list[tuple[str, str]], bytes]


def pages_of(archive: Archive) -> list[Page]:
    """URL, HTTP header and body of every answer in the archive's evidence."""
    found = []
    for path in sorted(archive.warc_dir.glob("*.warc.gz")):
        for record in iterate(path):
            if record.type == "response" and record.http:
                found.append((record.url, list(record.http.headers), record.http.payload))
    return found


def plainly(pages: list[Page], target: Path) -> None:
    """Not packed, and the bodies chunked as they came over the wire."""
    with target.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for url, headers, body in pages:
            chunks = b"".join(
                f"{len(part):x}\r\n".encode() + part + b"\r\n"
                for part in (body[start : start + 700] for start in range(0, len(body), 700))
            )
            kept = [pair for pair in headers if pair[0].lower() != "content-length"]
            _write(writer, url, [*kept, ("Transfer-Encoding", "chunked")], chunks + b"0\r\n\r\n")


def as_one_stream(pages: list[Page], target: Path) -> None:
    """Packed as a whole, as `gzip file.warc` does."""
    plain = io.BytesIO()
    writer = WARCWriter(plain, gzip=False)
    for url, headers, body in pages:
        _write(writer, url, headers, body)
    target.write_bytes(gzip.compress(plain.getvalue()))


def backwards(pages: list[Page], target: Path) -> None:
    """By warcio, one member a record, the articles before the listings that name them and the entry page last."""
    with target.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, headers, body in reversed(pages):
            _write(writer, url, headers, body)


def _write(writer: WARCWriter, url: str, headers: list[tuple[str, str]], body: bytes) -> None:
    head = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
    dates: dict[str, Any] = {"WARC-Date": "2026-01-05T06:00:00Z"}
    # Without a length warcio writes to a temporary file that it never closes.
    record = writer.create_warc_record(
        url,
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=head,
        warc_headers_dict=dates,
    )
    writer.write_record(record)


@pytest.mark.parametrize("write", [plainly, as_one_stream, backwards])
def test_files_of_other_tools_give_the_same_articles(
    first_day: Archive, tmp_path: Path, write: Callable[[list[Page], Path], None]
) -> None:
    target = tmp_path / "other.warc.gz"
    write(pages_of(first_day), target)
    again, done = rebuild(first_day, tmp_path / "again", str(target), "--portal-url", first_day.portal_url)
    assert done.returncode == 0, done.stderr
    for table in ("towns", "articles", "article_urls", "revisions", "removed_text", "images"):
        assert contents(again)[table] == contents(first_day)[table], table


def test_revisits_of_other_tools_are_read_in_the_order_of_time(first_day: Archive, tmp_path: Path) -> None:
    """As Wget writes them: the payload left out "for its length", the block's digest that of nothing. The later file comes
    first, and in the earlier one the articles come before the listings that name them."""
    pages = pages_of(first_day)
    earlier, later = first_day.warc_dir / "b.warc.gz", first_day.warc_dir / "a.warc.gz"
    backwards(pages, earlier)
    origins = {each.url: each for each in iterate(earlier)}
    with later.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, headers, _ in pages:
            origin = origins[url]
            fields = {
                "WARC-Date": "2026-02-05T06:00:00Z", "WARC-Truncated": "length",
                "WARC-Payload-Digest": origin.header("WARC-Payload-Digest"), "WARC-Refers-To": origin.header("WARC-Record-ID"),
                "WARC-Block-Digest": "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            }  # fmt: skip
            head = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url, "revisit", payload=io.BytesIO(b""), length=0, http_headers=head, warc_headers_dict=fields
            )
            writer.write_record(record)
    again, done = rebuild(
        first_day, tmp_path / "again", str(later), str(earlier), "--portal-url", first_day.portal_url
    )
    assert (done.returncode, done.stderr) == (0, "")
    for table in ("towns", "articles", "article_urls", "revisions", "removed_text", "images"):
        assert contents(again)[table] == contents(first_day)[table], table
    outcomes = "SELECT crawl_id, outcome, count(*) AS times FROM observations GROUP BY 1, 2 ORDER BY 1, 2"
    assert [tuple(row.values()) for row in again.rows(outcomes)] == [
        (1, "article", 18), (1, "index", 2), (1, "listing", 3), (2, "index", 2), (2, "listing", 3), (2, "unchanged", 18)
    ]  # fmt: skip
    assert again.value("SELECT count(*) FROM captures WHERE body_digest = ''") == 0
    for each in first_day.warc_dir.glob("jimo-*"):
        each.unlink()
    done = again.run("verify", "--deep", "--details")
    assert done.returncode == 0, done.stdout


def test_evidence_that_lies_elsewhere_is_named(first_day: Archive, tmp_path: Path) -> None:
    target = tmp_path / "other.warc.gz"
    backwards(pages_of(first_day), target)
    _, done = rebuild(first_day, tmp_path / "again", str(target))
    assert done.returncode == 0
    assert done.stderr.startswith("note: the archive looks for its evidence in ")
    assert "other.warc.gz" in done.stderr
    (tmp_path / "twin").mkdir()
    twin = tmp_path / "twin" / target.name
    twin.write_bytes(target.read_bytes())
    done = first_day.run("replay", "--into", str(tmp_path / "new.db"), str(target), str(twin))
    assert done.returncode == 2
    assert "two files of one name" in done.stderr + done.stdout


def test_without_the_portal_s_address_pages_are_read_as_articles(first_day: Archive, tmp_path: Path) -> None:
    target = tmp_path / "other.warc.gz"
    backwards(pages_of(first_day), target)
    again, done = rebuild(first_day, tmp_path / "again", str(target))
    assert done.returncode == 0, done.stderr
    texts = "SELECT url, title, body, published_at, source FROM articles ORDER BY url"
    found, expected = again.rows(texts), first_day.rows(texts)
    assert [row for row in expected if row not in found] == []


# --- the present archive again ------------------------------------------------------------------------------------------------


def as_an_older_parser_had_it(archive: Archive) -> dict[str, Any]:
    """Give one article a last paragraph and a source that today's parsers do not read; gives its row as it was."""
    with closing(open_archive(archive.db)) as conn:
        row = dict(
            conn.execute(
                "SELECT * FROM articles WHERE complete = 1 AND source IS NOT NULL LIMIT 1"
            ).fetchone()
        )
        fields = {name: row[name] for name in ("title", "body", "published_at", "source", "editor", "author")}
        fields |= {"body": row["body"] + "\n上一篇：没有了", "source": None}
        canonical = fingerprint.canonical_hash(fields["title"], fields["body"])
        values = (fields["body"], canonical, fingerprint.content_hash(**fields), row["url"])
        for table in ("articles", "revisions"):
            conn.execute(
                f"UPDATE {table} SET body = ?, source = NULL, canonical_hash = ?, content_hash = ? WHERE url = ?",
                values,
            )
        conn.execute("UPDATE article_urls SET content_hash = ? WHERE url = ?", values[2:])
    return row


def test_what_today_s_parsers_read_otherwise_is_shown_first_and_then_a_revision_of_ours(
    first_day: Archive,
) -> None:
    row = as_an_older_parser_had_it(first_day)
    before = contents(first_day)
    done = first_day.run("replay", "--reextract", "--diff")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.split(": ")[1].split(" ")[0] for line in lines[:-1]] == ["body", "source"]
    assert all(line.startswith(row["url"]) for line in lines[:-1])
    assert f"(none) → {row['source']}" in lines[1]
    assert lines[-1] == "replay: 1 address(es) would change"
    assert contents(first_day) == before, "--diff writes nothing"

    done = first_day.run("replay", "--reextract")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "replay: 1 address(es) changed")
    history = first_day.rows(
        "SELECT body, source, change FROM revisions WHERE url = ? ORDER BY id", row["url"]
    )
    assert [each["change"] for each in history] == ["first", "re-extracted:body,source"]
    assert (history[1]["body"], history[1]["source"]) == (row["body"], row["source"])
    assert history[0]["body"].endswith("上一篇：没有了"), "nothing is overwritten"
    after = first_day.rows("SELECT body, content_hash FROM articles WHERE url = ?", row["url"])
    assert (after[0]["body"], after[0]["content_hash"]) == (row["body"], row["content_hash"])
    assert first_day.run("replay", "--reextract", "--diff").returncode == 0, (
        "and now there is nothing to change"
    )
    assert first_day.run("verify", "--deep").returncode == 0


def test_a_body_on_several_pages_is_read_again_as_a_whole(live: Archive) -> None:
    done = live.run("replay", "--reextract", "--diff")
    assert done.stdout == "replay: 0 address(es) would change\n"
    assert live.value("SELECT count(*) FROM parts") > 0
    done = live.run("verify", "--deep", "--details")
    assert done.returncode == 0, done.stdout


def test_while_a_crawl_holds_the_archive_it_is_not_changed(first_day: Archive) -> None:
    with ArchiveLock(first_day.db, "scrapy crawl towns"):
        assert first_day.run("replay", "--reextract").returncode == 75
        assert first_day.run("replay", "--reextract", "--diff").returncode == 0


def test_evidence_that_is_gone_is_said_and_its_article_left_alone(first_day: Archive) -> None:
    (path,) = first_day.warc_dir.glob("*.warc.gz")
    before = contents(first_day)
    path.unlink()
    done = first_day.run("replay", "--reextract")
    assert done.returncode == 1
    assert "could not be read again" in done.stdout.splitlines()[-1]
    assert contents(first_day) == before


def test_a_page_on_which_our_parsers_fail_is_one_failure_and_is_said(
    first_day: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jimo_crawler.fetching import readers, replay, replayed_run

    def fail(kind: str, answer: Any, profile: Any) -> Any:
        if kind == "article" and answer.url.endswith(victim):
            raise RuntimeError("a bug")
        return read(kind, answer, profile)

    read = readers.read
    victim = first_day.value("SELECT url FROM articles ORDER BY url LIMIT 1").rpartition("/")[2]
    monkeypatch.setattr(readers, "read", fail)
    with closing(open_archive(tmp_path / "again.db")) as conn, readers.Readers("jimo", 1) as alone:
        done = replay.Rebuild(conn, replayed_run.Settings(), alone).run(
            sorted(first_day.warc_dir.glob("*.warc.gz"))
        )
    assert len(done.damage) == 1
    assert "our parser failed: RuntimeError('a bug')" in done.damage[0]
    assert done.articles == first_day.value("SELECT count(*) FROM articles") - 1


def test_a_run_s_rules_are_in_its_files(first_day: Archive) -> None:
    (path,) = first_day.warc_dir.glob("*.warc.gz")
    info = next(iter(iterate(path))).block.decode()
    rules = next(line.partition(": ")[2] for line in info.splitlines() if line.startswith("jimo-rules"))
    assert json.loads(rules)["confirm_hours"] == 6.0
