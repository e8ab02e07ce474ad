"""The archive's lock: one writer at a time, held by the kernel, freed by it however the holder ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from jimo_crawler.errors import ArchiveLocked, StorageFailed

_NETWORK = """nfs nfs4 cifs smb2 smb3 smbfs ncpfs 9p afs coda davfs ceph glusterfs lustre beegfs gpfs orangefs gfs2 ocfs2
  vboxsf prl_fs fuse.sshfs fuse.s3fs fuse.ceph-fuse fuse.glusterfs fuse.mount.davfs fuse.rclone fuse.gcsfuse fuse.goofys
  fuse.juicefs fuse.curlftpfs fuse.vmhgfs-fuse fuse.blobfuse2"""
NETWORK_FILE_SYSTEMS = frozenset(_NETWORK.split())
"""Where neither flock nor SQLite's WAL (memory shared by all who have the file open) can be relied on."""


class ArchiveLock:
    """Holds ``<archive>.lock`` by flock; the file names the holder for whoever comes second."""

    def __init__(self, archive: Path, holder: str) -> None:
        self._path = _lock_file(archive)
        self._holder = holder
        self._file: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises ArchiveLocked at once if another process has it, StorageFailed if it cannot be made."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            refuse_network(self._path.parent)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StorageFailed(f"cannot make the lock file {self._path}: {error.strerror}") from error
        try:
            _lock(file)
        except BlockingIOError:
            name = _named_in(file)
            os.close(file)
            raise ArchiveLocked(
                f"the archive is in use by {name}; nothing was done, try again when it has ended"
            ) from None
        except OSError as error:
            os.close(file)
            raise StorageFailed(f"cannot lock {self._path}: {error.strerror}") from error
        self._file = file
        self._write_holder()

    def _write_holder(self) -> None:
        assert self._file is not None
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"process {os.getpid()}: {self._holder}\n".encode(), 0)
        except OSError:
            # The lock is held all the same: a full disk is reported where the archive itself is written.
            return

    def release(self) -> None:
        """Free the lock; may be called twice."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> ArchiveLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(archive: Path) -> str | None:
    """Who holds the archive's lock now; None if nobody does (or if that cannot be told here)."""
    try:
        file = os.open(_lock_file(archive), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _named_in(file)
    except OSError:
        return None
    finally:
        os.close(file)
    return None


def _lock_file(archive: Path) -> Path:
    """One lock for one archive, whatever symbolic link it is called by."""
    real = Path(os.path.realpath(archive))
    return real.with_name(real.name + ".lock")


def _lock(file: int) -> None:
    """Twice, if need be: ``holder`` has the lock for an instant. Raises BlockingIOError and other OSErrors."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(0.05)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _named_in(file: int) -> str:
    return os.pread(file, 500, 0).decode("utf-8", "replace").strip() or "another process"


def refuse_network(folder: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raise StorageFailed if *folder* is on a network file system (where the system tells: Linux)."""
    kind = file_system(folder, mounts)
    if kind in NETWORK_FILE_SYSTEMS:
        raise StorageFailed(
            f"{folder} is on a network file system ({kind}), where SQLite may be damaged: set JIMO_ARCHIVE_DB to a local disk"
        )


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str | None:
    """The type of the file system that holds *folder*; None where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    target = str(folder.resolve())
    best, kind = "", None
    for line in lines:
        point, name = _unescape(line.split(" ")[1]), line.split(" ")[2]
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, name
    return kind


def _unescape(path: str) -> str:
    """``/proc/mounts`` writes blanks as octal escapes."""
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
