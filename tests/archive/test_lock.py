"""One writer at a time, held by the kernel; and where no archive may live."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jimo_crawler.archive.lock import ArchiveLock, file_system, holder, refuse_network
from jimo_crawler.errors import ArchiveLocked, StorageFailed

HOLD = """
import sys, time
from pathlib import Path
from jimo_crawler.archive.lock import ArchiveLock
ArchiveLock(Path(sys.argv[1]), "scrapy crawl towns").acquire()
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def held(archive: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(archive)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_second_is_refused_at_once_and_told_who_was_first(tmp_path: Path) -> None:
    archive = tmp_path / "jimo.db"
    with (
        held(archive) as process,
        pytest.raises(ArchiveLocked, match=f"in use by process {process.pid}: scrapy crawl towns"),
    ):
        ArchiveLock(archive, "scrapy crawl recheck").acquire()


def test_a_link_to_the_archive_is_the_archive(tmp_path: Path) -> None:
    archive, link = tmp_path / "jimo.db", tmp_path / "links" / "news.db"
    link.parent.mkdir()
    link.symlink_to(archive)
    with ArchiveLock(archive, "scrapy crawl towns"):
        assert holder(link) == f"process {os.getpid()}: scrapy crawl towns"
        with pytest.raises(ArchiveLocked, match="in use by process"):
            ArchiveLock(link, "scrapy crawl recheck").acquire()
    with ArchiveLock(link, "scrapy crawl recheck"):
        assert holder(archive) == f"process {os.getpid()}: scrapy crawl recheck"


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    archive = tmp_path / "jimo.db"
    with held(archive) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with ArchiveLock(archive, "scrapy crawl towns"):
            pass


def test_who_holds_it_can_be_asked_without_taking_it(tmp_path: Path) -> None:
    archive = tmp_path / "jimo.db"
    assert holder(archive) is None
    with ArchiveLock(archive, "scrapy crawl towns"):
        assert holder(archive) == f"process {os.getpid()}: scrapy crawl towns"
    assert holder(archive) is None


def test_a_child_of_the_holder_does_not_hold_it(tmp_path: Path) -> None:
    archive = tmp_path / "jimo.db"
    lock = ArchiveLock(archive, "scrapy crawl towns")
    lock.acquire()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        lock.release()
        lock.release()
        assert holder(archive) is None
        child.communicate(b"\n")


def test_a_lock_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(StorageFailed, match="cannot make the lock file"):
        ArchiveLock(tmp_path / "file" / "jimo.db", "scrapy crawl towns").acquire()


MOUNTS = """\
/dev/vda / ext4 rw 0 0
server:/export /srv/news nfs4 rw 0 0
//nas/town\\040news /mnt/town\\040news cifs rw 0 0
/dev/vdb /srv/news/local xfs rw 0 0
sshfs#x /home/who fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/news", "nfs4"),
        ("/srv/news/data", "nfs4"),
        ("/srv/news/local/data", "xfs"),
        ("/srv/newspaper", "ext4"),
        ("/mnt/town news/data", "cifs"),
        ("/home/who/jimo", "fuse.sshfs"),
        ("/tmp", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, encoding="utf-8")
    assert file_system(Path(folder), mounts) == kind
    if kind in ("ext4", "xfs"):
        refuse_network(Path(folder), mounts)
    else:
        with pytest.raises(StorageFailed, match=f"network file system \\({kind}\\).*JIMO_ARCHIVE_DB"):
            refuse_network(Path(folder), mounts)


def test_a_system_that_does_not_tell_is_not_refused(tmp_path: Path) -> None:
    assert file_system(tmp_path, tmp_path / "none") is None
    refuse_network(tmp_path, tmp_path / "none")
