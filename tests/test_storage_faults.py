"""Disks that are full, that may not be written, or that are nearly full: a clear line, status 5, nothing torn, and on."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jimo_crawler.archive import disk
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.errors import StorageFailed
from tests.crawling import PROJECT, Archive, assert_sound, contents, environment

TOWN = "田横镇"
AT_SIX = {"JIMO_NOW": "2026-01-05T06:00:00Z"}
POINTS, GROWING = 50, 10
"""So many sizes of a disk, page by page, at which it is full while the archive is made; and in the middle of a crawl."""
CAUSES = (
    "disk is full",
    "No space left",
    "File too large",
    "I/O error",
    "Read-only",
    "Permission denied",
    "unable to open",
)


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def undisturbed(portal: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("undisturbed"), portal.url)
    assert archive.crawl(settings=AT_SIX, town=TOWN).returncode == 0
    return archive


def test_a_disk_that_is_full_at_any_page_ends_the_run_clearly_and_the_next_one_goes_on(
    portal: DemoServer, undisturbed: Archive, tmp_path: Path
) -> None:
    """Real ENOSPC on a tmpfs where the system lets a user mount one, else a limit on the size of files."""
    archive, copy = Archive(tmp_path / "disk", portal.url), Archive(tmp_path / "copy")
    archive.folder.mkdir()
    command = archive.command("towns", settings=AT_SIX | {"JIMO_MIN_FREE_MB": "0"}, town=TOWN)[3:]
    done = subprocess.run(
        [sys.executable, "-m", "tests.storage_faults", archive.folder, copy.folder, str(POINTS), str(GROWING), *command],
        cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *failures, complete = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(failures) == POINTS + GROWING + 1
    for result in failures:
        assert result["torn"] == [], result
        assert "Traceback" not in result["said"], result["said"]
        if result["status"] == 0:  # it needed no more than there was
            assert result["point"].endswith("pages more"), result
            continue
        assert result["status"] == 5, result
        last = result["said"].strip().splitlines()[-1]
        assert last.startswith(("scrapy crawl: ", "towns: storage (5): ")), last
        assert any(each in last for each in CAUSES), last
    assert complete["status"] == 0, complete["said"]
    assert complete["torn"] == []
    assert_sound(copy)
    for table, rows in contents(undisturbed).items():
        if table != "urls":  # a page that two runs have asked is `unchanged`
            assert contents(copy)[table] == rows
    done = copy.run("verify", "--details")
    assert done.returncode == 0, done.stdout


def test_too_little_room_is_seen_before_a_run_and_during_it(
    portal: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive(tmp_path, portal.url)
    done = archive.crawl(settings={"JIMO_MIN_FREE_MB": str(1 << 40)}, town=TOWN)
    assert done.returncode == 5
    (line,) = done.stderr.splitlines()
    assert "MiB free for" in line
    assert "JIMO_MIN_FREE_MB" in line
    assert not archive.db.exists()

    rooms = iter([500, 500, 199])
    monkeypatch.setattr(disk, "free_bytes", lambda _: next(rooms) << 20)
    folders = {tmp_path}
    disk.check_room(folders, 200)
    disk.check_room(folders, 200)
    with pytest.raises(StorageFailed, match="only 199 MiB free"):
        disk.check_room(folders, 200)


@pytest.mark.parametrize("name", ["jimo.db", "warc"])
def test_a_path_that_cannot_be_written_is_named_in_one_line(
    portal: DemoServer, tmp_path: Path, name: str
) -> None:
    """A plain file where a folder should be: no user, root included, can write there."""
    (tmp_path / "plain").write_text("in the way", encoding="utf-8")
    archive = Archive(tmp_path, portal.url)
    setting = {"jimo.db": "JIMO_ARCHIVE_DB", "warc": "JIMO_WARC_DIR"}[name]
    done = archive.crawl(
        settings={setting: str(tmp_path / "plain" / name), "JIMO_MIN_FREE_MB": "0"}, town=TOWN
    )
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
    assert "plain" in done.stderr.splitlines()[-1] or name in done.stderr.splitlines()[-1]


def test_sqlite_s_word_for_a_full_disk_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    assert disk.explain(error, tmp_path) == "disk I/O error"
    monkeypatch.setattr(disk, "free_bytes", lambda _: 3 << 10)
    assert disk.explain(error, tmp_path) == "disk I/O error: the disk is full (3 KiB free)"


# --- stopping it by hand ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGINT]])
def test_a_run_that_is_stopped_closes_its_files_and_the_next_one_goes_on(
    portal: DemoServer, undisturbed: Archive, tmp_path: Path, signals: list[signal.Signals]
) -> None:
    archive = Archive(tmp_path, portal.url)
    process = subprocess.Popen(
        archive.command("towns", settings=AT_SIX | {"DOWNLOAD_DELAY": "0.05"}, town=TOWN), cwd=PROJECT, env=environment(),
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not archive.db.exists() or _count(archive) < 4:
        assert process.poll() is None
        time.sleep(0.02)
    began = time.monotonic()
    for each in signals:
        process.send_signal(each)
        time.sleep(0.1)
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert process.returncode == 3, said
    assert "partial (3): stopped by a signal; the next run goes on from here" in said.splitlines()[-1]
    assert list(archive.warc_dir.glob("*.open")) == []
    assert archive.value("SELECT count(*) FROM urls WHERE state = 'leased'") == 0
    assert archive.run("verify").returncode == 0
    done = archive.crawl(settings=AT_SIX, town=TOWN)
    assert done.returncode == 0, done.stderr
    for table in ("articles", "article_urls", "revisions", "removed_text"):
        assert contents(archive)[table] == contents(undisturbed)[table]


def _count(archive: Archive) -> int:
    try:
        return int(archive.value("SELECT count(*) FROM articles"))
    except sqlite3.OperationalError:
        return 0
