"""Points at which a test may have the process killed: the promise "nothing lost" is proved there (issue 4).

``JIMO_KILL_AT=warc-written:3`` makes the process kill itself (SIGKILL: no clean-up, no flushing) when it reaches that
point for the third time. Read once, at import; without it a point costs one look at an empty dict.
"""

from __future__ import annotations

import os
import random
import signal
from threading import Timer
from typing import Literal, get_args

from jimo_crawler.errors import BadArgument

WITHIN = 0.001
"""Seconds: about as long as a COMMIT takes, fsync included, on a quick disk."""

Point = Literal[
    "warc-torn",  # a part of a record is in the file
    "warc-written",  # a request/response pair is in the file, not fsynced
    "warc-fsynced",  # it is on disk, no row names it yet
    "warc-close",  # the file is complete, still called .open
    "warc-rename",  # renamed, the folder not fsynced, no row in warc_files
    "warc-repair",  # each step of mending a file that a killed process left (four of them)
    "commit",  # at some instant of COMMIT, while SQLite writes its log
    "committed",  # just after it
    "fts",  # inside the transaction, around the full-text index
    "startup-repair",  # what a killed run left is mended but not booked, then being booked, then booked (three a file)
    "migration",  # before, between and after the steps of a schema migration (five)
]


def read_plan(text: str) -> dict[str, int]:
    """What ``JIMO_KILL_AT`` asks for: how often the named point may still be reached. Raises BadArgument if it is wrong.

    >>> read_plan("commit:2"), read_plan("fts"), read_plan("")
    ({'commit': 2}, {'fts': 1}, {})
    """
    if not text:
        return {}
    name, _, count = text.partition(":")
    if name not in get_args(Point) or not (count or "1").isdecimal() or int(count or 1) < 1:
        raise BadArgument(f"JIMO_KILL_AT: {text!r} is not NAME or NAME:COUNT with NAME of {get_args(Point)}")
    return {name: int(count or 1)}


_left = read_plan(os.environ.get("JIMO_KILL_AT", ""))


def reach(point: Point) -> None:
    """Does nothing, unless this is where (and when) ``JIMO_KILL_AT`` wants the process killed."""
    if point in _left:
        _left[point] -= 1
        if not _left[point]:
            os.kill(os.getpid(), signal.SIGKILL)


def reach_within(point: Point) -> None:
    """The same for what follows and is not our code: the process is killed at a random instant of the next milliseconds."""
    if point in _left:
        _left[point] -= 1
        if not _left[point]:
            delay = random.uniform(0, WITHIN)  # where, not what
            Timer(delay, os.kill, (os.getpid(), signal.SIGKILL)).start()


def planned(point: Point) -> bool:
    """Whether this process is to die at *point*: for work that only leads up to it."""
    return point in _left
