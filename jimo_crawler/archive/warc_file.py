"""A WARC file on disk while it is written: each record pair whole and fsynced, or not there at all."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from jimo_crawler.archive import killpoints
from jimo_crawler.archive.warc_members import OPEN_SUFFIX
from jimo_crawler.errors import StorageFailed

_fdatasync = getattr(os, "fdatasync", os.fsync)  # macOS has none


@dataclass(frozen=True, slots=True)
class WarcFile:
    """A closed WARC file; becomes a row of ``warc_files``."""

    name: str
    length: int
    sha256: str
    """Of the whole file."""
    records: int


class OpenFile:
    """A WARC file that is being written; *first* is its warcinfo record, which goes to disk with the first pair.

    Raises FileExistsError if a file of that name exists, and OSError.
    """

    def __init__(self, folder: Path, name: str, first: bytes) -> None:
        self.name = name
        self.length = 0
        self._first = first
        self._records = 0
        self._digest = hashlib.sha256()
        self._to_take_back = False
        self._closed_path = folder / name
        self._path = folder / (name + OPEN_SUFFIX)
        if self._closed_path.exists():
            raise FileExistsError(errno.EEXIST, name)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            sync_folder(folder)
        except OSError:
            os.close(self._fd)
            raise

    def append(self, data: bytes, records: int) -> int:
        """Puts *data* (so many records) on disk and gives its offset; all of it or, raising StorageFailed, none of it."""
        first = b"" if self.length else self._first
        try:
            self._take_back()
            self._to_take_back = True  # whatever interrupts what follows
            _write_all(self._fd, first + data, self.length)
            killpoints.reach("warc-written")
            _fdatasync(self._fd)
            self._to_take_back = False
        except OSError as error:
            with suppress(OSError):  # tried again before the next record
                self._take_back()
            raise storage_failed(self.name, error) from error
        killpoints.reach("warc-fsynced")
        offset = self.length + len(first)
        self.length = offset + len(data)
        self._records += records + bool(first)
        self._digest.update(first + data)
        return offset

    def close(self) -> WarcFile | None:
        """Gives the file its final name; None (and no file) if nothing was written to it. Raises StorageFailed."""
        try:
            if not self.length:
                os.close(self._fd)
                self._path.unlink()
                return None
            try:
                self._take_back()
                os.fsync(self._fd)
                killpoints.reach("warc-close")
                self._path.rename(self._closed_path)
                killpoints.reach("warc-rename")
                sync_folder(self._path.parent)
            finally:
                os.close(self._fd)
        except OSError as error:
            raise storage_failed(self.name, error) from error
        return WarcFile(self.name, self.length, self._digest.hexdigest(), self._records)

    def _take_back(self) -> None:
        """Cuts off what a failed or interrupted write has left. Raises OSError."""
        if self._to_take_back:
            os.ftruncate(self._fd, self.length)
            os.fsync(self._fd)
            self._to_take_back = False


def is_being_written(path: Path) -> bool:
    """Whether a process has this ``.open`` file in hand (it may belong to another archive with the same folder)."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(fd)
    return False


def sync_folder(folder: Path) -> None:
    """Makes sure that a new or changed name in *folder* outlives a power cut. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _write_all(fd: int, data: bytes, offset: int) -> None:
    """Writes *data* at *offset*. Raises OSError, also when the system takes only a part of it and then nothing."""
    view = memoryview(data)
    if killpoints.planned("warc-torn"):
        os.pwrite(fd, view[: len(data) // 3], offset)
        killpoints.reach("warc-torn")
    while view:
        if not (written := os.pwrite(fd, view, offset)):
            raise OSError(errno.EIO, "nothing was written")
        view = view[written:]
        offset += written


def storage_failed(name: str, error: OSError) -> StorageFailed:
    """The error of this project for one of the system's, with its cause in the text."""
    code = errno.errorcode.get(error.errno or 0, "unknown error")
    return StorageFailed(f"could not write {name}: {error.strerror or error} ({code})")
