"""What the commands share that only read the archive: opening it, its filters as options, and how they end.

Not in ``commands/``, since Scrapy takes every class there for a command.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import sys
from abc import ABC, abstractmethod
from contextlib import closing
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from jimo_crawler.archive.filters import SCRIPTS, STATUSES, Filters, read_filters
from jimo_crawler.archive.schema import open_reader
from jimo_crawler.errors import (
    ArchiveDamaged,
    ArchiveTooNew,
    BadArgument,
    ExitStatus,
    JimoError,
    StorageFailed,
)
from jimo_crawler.portal import load
from jimo_crawler.settings import PROJECT

UNREADABLE = (StorageFailed, ArchiveDamaged, ArchiveTooNew)
_control = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class ReaderCommand(ScrapyCommand, ABC):
    """A command that answers from the archive. Exit status: 0, 1 (no answer), 2 (wrong usage) or 5 (no archive that can be read)."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    shows_text = True
    """Whether what it reads may come to stand on a terminal; False: it goes into files, which get every character."""

    @abstractmethod
    def answer(self, conn: sqlite3.Connection, args: list[str], opts: argparse.Namespace) -> None:
        """Print the answer. Raises UsageError, BadArgument (wrong usage) and other JimoErrors (one line, status 1)."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None
        try:
            with closing(open_reader(PROJECT / str(self.settings["JIMO_ARCHIVE_DB"]))) as conn:
                if self.shows_text and sys.stdout.isatty():
                    conn.text_factory = _without_controls
                self.answer(conn, args, opts)
            sys.stdout.flush()
        except BadArgument as error:
            raise UsageError(str(error), print_help=False) from None
        except (JimoError, sqlite3.DatabaseError) as error:
            answered = isinstance(error, JimoError) and not isinstance(error, UNREADABLE)
            self.exitcode = ExitStatus.FAILED if answered else ExitStatus.STORAGE
            hint = " (see `scrapy verify`)" if isinstance(error, sqlite3.Error) else ""
            print(f"scrapy {type(self).__module__.rpartition('.')[2]}: {error}{hint}", file=sys.stderr)
        except BrokenPipeError:  # the reader of a pipe has seen enough (| head)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def read_filters(self, conn: sqlite3.Connection, opts: argparse.Namespace) -> Filters:
        """The filters that the options of ``add_filter_options`` name. Raises BadArgument."""
        assert self.settings is not None
        return read_filters(
            conn,
            load(self.settings["JIMO_PORTAL"]),
            town=opts.town,
            since=opts.since,
            until=opts.until,
            source=opts.source,
            status=opts.status,
            script=opts.script,
            duplicates=opts.duplicates == "in",
        )


def _without_controls(stored: bytes) -> str:
    """Text for a terminal: an article must not be able to colour it, move in it or name its window."""
    return _control.sub("\ufffd", stored.decode("utf-8", "replace"))


def add_filter_options(parser: argparse.ArgumentParser) -> None:
    """Options that limit a search or an export."""
    group = parser.add_argument_group("which articles")
    group.add_argument("--town", default="", metavar="NAME,…", help="of these towns (any name they have had)")
    group.add_argument(
        "--since", default="", metavar="DATE", help="published then or later: 2019, 2019-03, 2019-03-05"
    )
    group.add_argument(
        "--until", default="", metavar="DATE", help="published then or earlier; the same forms"
    )
    group.add_argument("--source", default="", metavar="TEXT", help="whose source (来源) contains this")
    group.add_argument(
        "--status", default="", metavar="S,…", help=f"state on the portal: {', '.join(STATUSES)}"
    )
    group.add_argument("--script", default="", metavar="S,…", help=f"script as served: {', '.join(SCRIPTS)}")
    group.add_argument(
        "--duplicates",
        choices=["in", "out"],
        default="in",
        help="with reprints of other articles (in) or without",
    )
