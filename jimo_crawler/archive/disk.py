"""Room on the disk that holds the archive, and what SQLite's errors about it mean."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from jimo_crawler.errors import StorageFailed

_FULL = 1 << 20
"""Bytes free below which an "I/O error" is taken for a full disk."""


def free_bytes(path: Path) -> int:
    """Free space on the disk that holds, or would hold, *path*. Raises OSError."""
    present = next(each for each in (path, *path.parents) if each.exists())
    return shutil.disk_usage(present).free


def check_room(folders: set[Path], least_mb: int) -> None:
    """Raise StorageFailed if less than *least_mb* MiB (``JIMO_MIN_FREE_MB``) is free in one of the folders."""
    for folder in sorted(folders):
        free = free_bytes(folder) >> 20
        if free < least_mb:
            raise StorageFailed(
                f"only {free} MiB free for {folder} (JIMO_MIN_FREE_MB={least_mb}): make room, then run again"
            )


def explain(error: sqlite3.Error, path: Path) -> str:
    """SQLite's error in words that name the cause: where its memory-mapped index finds no room, it says only "I/O error"."""
    try:
        free = free_bytes(path)
    except OSError:
        return str(error)
    if "I/O error" in str(error) and free < _FULL:
        return f"{error}: the disk is full ({free >> 10} KiB free)"
    return str(error)
