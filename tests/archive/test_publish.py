"""`scrapy publish`: a copy that opens anywhere, made while a crawl writes; and an archive restored from it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

from jimo_crawler.archive import fts, publish
from jimo_crawler.archive.schema import open_archive, open_reader
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.errors import ArchiveDamaged, StorageFailed
from tests import forking
from tests.archive.conftest import EVENING, SMALL
from tests.crawling import PROJECT, Archive, contents, environment


def test_the_copy_says_what_the_archive_says_and_opens_on_read_only_media(
    crawled: Archive, tmp_path: Path
) -> None:
    target = tmp_path / "readers" / "news.db"
    done = crawled.run("publish", str(target))
    assert done.returncode == 0, done.stderr
    assert "articles" in done.stdout
    assert [path.name for path in target.parent.iterdir()] == ["news.db"], (
        "no log, no lock, no part of a copy"
    )
    copy = Archive(target.parent)
    shutil.copy(target, copy.db)
    assert contents(copy) == contents(crawled)
    # immutable=1: SQLite then treats the file as on a read-only medium and refuses one that needs its log.
    with closing(sqlite3.connect(f"{target.as_uri()}?immutable=1", uri=True)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert conn.execute("SELECT count(*) FROM articles").fetchone()[0] > 0
        assert (
            conn.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '\"镇\"'").fetchone()[0]
            > 0
        )
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(open_reader(target)) as conn:
        assert fts.missing(conn) == []


def test_it_takes_the_place_of_an_older_copy_only_when_it_is_whole(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "news.db"
    publish.publish(archive.db, target)
    before = target.read_bytes()
    with closing(open_archive(archive.db)) as conn:
        conn.execute("UPDATE towns SET kind = '镇'")

    def fail(_: Path) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr(publish, "_sync", fail)
        with pytest.raises(StorageFailed, match="No space left"):
            publish.publish(archive.db, target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "news.db"]
    publish.publish(archive.db, target)
    assert target.read_bytes() != before


def test_what_a_killed_publish_has_left_is_cleared_by_the_next(archive: Archive, tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    names = [
        f".news.db.{ended.pid}.part",
        f".news.db.{ended.pid}.part-journal",
        f".news.db.{os.getppid()}.part",
    ]
    for name in [*names, ".news.db.part", "news.db.1.part"]:
        (tmp_path / name).write_bytes(b"half")
    publish.publish(archive.db, tmp_path / "news.db")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"archive", "news.db", names[2], ".news.db.part", "news.db.1.part"}, (
        "what another process is writing, and what is none of ours, stays"
    )


def test_a_damaged_archive_is_not_passed_on(archive: Archive, tmp_path: Path) -> None:
    with closing(open_archive(archive.db)) as conn:
        conn.execute(
            "INSERT INTO articles_fts(articles_fts, rowid, title, body) SELECT 'delete', id, title, body FROM articles_zh"
        )
    with pytest.raises(ArchiveDamaged, match="verify --repair"):
        publish.publish(archive.db, tmp_path / "news.db")
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]


def test_the_archive_is_not_written_over_itself(archive: Archive) -> None:
    done = archive.run("publish", str(archive.db))
    assert done.returncode == 5
    assert "is the archive itself" in done.stderr


def test_a_copy_made_while_a_crawl_writes_is_whole_and_an_archive_restored_from_it_goes_on(
    portal: DemoServer, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "live", portal.url)
    crawl = subprocess.Popen(
        archive.command("towns", settings=EVENING, town=SMALL), cwd=PROJECT, env=environment(), stderr=subprocess.DEVNULL
    )  # fmt: skip
    copies = []
    while crawl.poll() is None:
        if archive.db.exists() and archive.db.stat().st_size:
            try:
                copies.append(publish.publish(archive.db, tmp_path / f"copy-{len(copies)}.db"))
            except (ArchiveDamaged, StorageFailed):
                assert not copies, "only before its tables are there"
        time.sleep(0.05)
    assert crawl.returncode == 0
    assert len({each.articles for each in copies}) > 2, "copies of different moments of the run"

    middle = next(each for each in copies if each.articles > copies[-1].articles // 2)
    restored = Archive(tmp_path / "restored", portal.url)
    restored.folder.mkdir()
    shutil.copy(middle.path, restored.db)
    shutil.copytree(archive.warc_dir, restored.warc_dir)
    done = restored.crawl(settings=EVENING, town=SMALL)
    assert done.returncode == 0, done.stderr
    for table in ("articles", "article_urls", "revisions", "removed_text"):
        assert contents(restored)[table] == contents(archive)[table]
    done = restored.run("verify")
    assert done.returncode == 0, done.stdout


def readme_commands(archive: Archive, backup: Path) -> list[list[str]]:
    """The command blocks under "Backup and restore", for this archive and backup instead of those named there."""
    section = (
        (PROJECT / "README.md")
        .read_text(encoding="utf-8")
        .split("### Backup and restore\n")[1]
        .split("\n## ")[0]
    )
    blocks = [block.splitlines() for block in re.findall(r"(?:^    .+\n)+", section, re.MULTILINE)]
    return [[_for_here(line.split("  # ")[0].strip(), archive, backup) for line in block] for block in blocks]


def _for_here(line: str, archive: Archive, backup: Path) -> str:
    settings = f"-s JIMO_ARCHIVE_DB='{archive.db}' -s JIMO_WARC_DIR='{archive.warc_dir}'"
    line = re.sub(r"data/(\S*)", lambda match: f"'{archive.folder}/{match[1]}'", line)
    line = re.sub(r"/backup/(\S*)", lambda match: f"'{backup}/{match[1]}'", line)
    if shutil.which("rsync") is None:
        line = re.sub(r"^rsync -a (\S+)/' (\S+)$", r"mkdir -p \2 && cp -a \1/.' \2", line)
    return f"{line} {settings}" if line.startswith(".venv/bin/scrapy ") else line


def run_line(line: str) -> None:
    name, *arguments = shlex.split(line)
    if name == ".venv/bin/scrapy":
        assert forking.run(arguments, environment()).returncode == 0
    else:
        subprocess.run(line, shell=True, check=True)


def test_the_readme_s_backup_restores_an_archive_that_goes_on(portal: DemoServer, tmp_path: Path) -> None:
    """Backed up twice, the first time while a crawl ran; then the crawl is killed, and the disk is lost but for a log."""
    archive, backup = (
        Archive(tmp_path / "live", portal.url, {"JIMO_WARC_MAX_BYTES": "15000"}),
        tmp_path / "backup",
    )
    backing_up, restoring = readme_commands(archive, backup)
    assert [line.split()[0] for line in restoring[:3]] == [
        "rm",
        "cp",
        "mkdir" if "mkdir" in restoring[2] else "rsync",
    ]
    slowly = EVENING | {"DOWNLOAD_DELAY": "0.1"}
    crawl = subprocess.Popen(
        archive.command("towns", settings=slowly, town=SMALL), cwd=PROJECT, env=environment(), stderr=subprocess.DEVNULL
    )  # fmt: skip
    for least in (1, 4):
        while archive_size(archive) < least:
            assert crawl.poll() is None
            time.sleep(0.02)
        crawl.send_signal(signal.SIGSTOP)  # in the middle of something, for as long as a slow machine needs
        for line in backing_up:
            run_line(line)
        crawl.send_signal(signal.SIGCONT if least == 1 else signal.SIGKILL)
    crawl.wait()
    shutil.rmtree(archive.warc_dir)
    assert (archive.folder / "jimo.db-wal").stat().st_size > 0
    for line in restoring:
        run_line(line)
    assert list(archive.warc_dir.glob("*.open")) == []
    done = archive.crawl(settings=EVENING, town=SMALL)
    assert done.returncode == 0, done.stderr
    undisturbed = Archive(tmp_path / "undisturbed", portal.url)
    assert undisturbed.crawl(settings=EVENING, town=SMALL).returncode == 0
    for table in ("articles", "article_urls", "revisions", "removed_text"):
        assert contents(archive)[table] == contents(undisturbed)[table]
    assert archive.run("verify", "--deep").returncode == 0


def archive_size(archive: Archive) -> int:
    """Articles in it by now."""
    try:
        return int(archive.value("SELECT count(*) FROM articles"))
    except sqlite3.OperationalError:
        return 0


def test_a_long_reader_does_not_stop_the_writer(archive: Archive) -> None:
    with closing(open_reader(archive.db)) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM crawls").fetchone()[0]
        assert archive.crawl(settings=EVENING, town=SMALL).returncode == 0
        assert reader.execute("SELECT count(*) FROM crawls").fetchone()[0] == before, (
            "and sees what it saw before"
        )
    assert archive.value("SELECT count(*) FROM crawls") == before + 1


def test_wrong_usage(crawled: Archive, tmp_path: Path) -> None:
    assert crawled.run("publish").returncode == 2
    done = crawled.run("publish", str(tmp_path / "file" / "news.db"))
    assert done.returncode == 0
    (tmp_path / "plain").write_text("a file in place of a folder", encoding="utf-8")
    done = crawled.run("publish", str(tmp_path / "plain" / "news.db"))
    assert done.returncode == 5
    assert len(done.stderr.splitlines()) == 1
