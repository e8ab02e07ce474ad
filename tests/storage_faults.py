"""Crawls on a disk that fills up: at each point at which one more page of it would be needed, then one page later.

Run as ``python -m tests.storage_faults FOLDER COPY POINTS GROWING crawl towns …``, in a process of its own. Where the system lets a user have a mount namespace, the disk is a tmpfs that
grows by a page from run to run (real ENOSPC); otherwise a limit on the size of each file grows (EFBIG, which SQLite calls
an I/O error). The archive is the same all along: each run goes on from what the one before it left. Prints one JSON
object a run.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests import forking

PAGE = 4096
INSIDE = "--inside"


def has_namespaces() -> bool:
    """Whether this user may mount a tmpfs of its own."""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs none /mnt"]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def mount(folder: Path, options: str) -> None:
    """Mount, or change, the tmpfs at *folder*."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)


def crawl(arguments: list[str], prepare: Callable[[], None]) -> tuple[int, str]:
    """A crawl in a process of its own; gives exit status and what it wrote to stderr."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:

        def enter() -> None:
            os.dup2(said.fileno(), 2)
            prepare()

        status = forking.execute(arguments, enter)
        said.seek(0)
        return status, said.read()


def torn(folder: Path) -> list[str]:
    """What a run must not leave behind: a database that is not sound, a WARC file that breaks off."""
    found = []
    with tempfile.TemporaryDirectory() as name:  # SQLite needs room beside the file even to read it
        for path in folder.glob("jimo.db*"):
            shutil.copy(path, name)
        with closing(sqlite3.connect(Path(name) / "jimo.db")) as conn:
            found += [str(row[0]) for row in conn.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"dangling: {tuple(row)}" for row in conn.execute("PRAGMA foreign_key_check")]
    for path in (folder / "warc").glob("*"):
        data = path.read_bytes()
        while data:
            unpacker = zlib.decompressobj(31)
            unpacker.decompress(data)
            if not unpacker.eof:
                found.append(f"{path.name} breaks off")
                break
            data = unpacker.unused_data
    return found


def main(folder: Path, out: Path, points: int, growing: int, arguments: list[str]) -> None:
    """*points* runs over a disk too small for a new archive, *growing* that fill it up in the middle of the crawl, one
    over a disk that may not be written at all, and one with room enough; *out* is a copy of what came of it."""
    forking.import_all()
    from jimo_crawler.archive.schema import open_archive

    disk = Disk(folder, real=INSIDE in sys.argv)

    def run(name: str, prepare: Callable[[], None]) -> None:
        status, said = crawl(arguments, prepare)
        line = {"point": name, "real": disk.real, "status": status, "said": said, "torn": torn(folder)}
        print(json.dumps(line), flush=True)

    for pages in range(points):
        run(f"new archive, {pages} pages", disk.limit(pages * PAGE))
    disk.limit(1 << 30)
    open_archive(folder / "jimo.db").close()
    for pages in range(0, 4 * growing, 4):
        run(f"{pages} pages more", disk.limit(disk.used() + pages * PAGE))
    run("read-only", disk.forbid())
    run("room enough", disk.limit(1 << 30))
    shutil.copytree(folder, out)


class Disk:
    """What holds the archive: a tmpfs (*real*), or a folder in which files may only become so large."""

    def __init__(self, folder: Path, *, real: bool) -> None:
        self.folder = folder
        self.real = real
        if real:
            mount(folder, f"size={PAGE}")

    def used(self) -> int:
        """Bytes that are taken; where only files are limited, those of the largest."""
        if self.real:
            status = os.statvfs(self.folder)
            return (status.f_blocks - status.f_bfree) * status.f_frsize
        return max(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def limit(self, size: int) -> Callable[[], None]:
        """Make it so large; gives what the crawling process has to do itself."""
        if self.real:
            mount(self.folder, f"remount,rw,size={size or 1}")
            return lambda: None
        self.folder.chmod(0o755)
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    def forbid(self) -> Callable[[], None]:
        """Let nothing be written there."""
        if self.real:
            mount(self.folder, "remount,ro")
        else:
            self.folder.chmod(0o555)
        return lambda: None


if __name__ == "__main__":
    if INSIDE not in sys.argv and has_namespaces():
        inside = [sys.executable, "-m", "tests.storage_faults", *sys.argv[1:], INSIDE]
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--mount", *inside])
    place, copy, some, more, *rest = sys.argv[1:]
    main(Path(place), Path(copy), int(some), int(more), [each for each in rest if each != INSIDE])
