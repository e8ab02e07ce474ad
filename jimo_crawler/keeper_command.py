"""What the commands share that look after the archive's files: where these are, how errors end, how far the work is.

Not in ``commands/``, since Scrapy takes every class there for a command.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from jimo_crawler import clock
from jimo_crawler.errors import ArchiveLocked, BadArgument, ExitStatus, JimoError
from jimo_crawler.settings import PROJECT


class KeeperCommand(ScrapyCommand, ABC):
    """A command on the archive as a whole. Exit status: 0 well, 1 findings, 2 wrong usage, 5 disk or database, 75 locked."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    @abstractmethod
    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        """Do it, and give the exit status. Raises UsageError and JimoErrors (one line)."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        try:
            self.exitcode = self.work(args, opts)
        except BadArgument as error:
            raise UsageError(str(error), print_help=False) from None
        except (JimoError, sqlite3.Error, OSError) as error:
            locked = isinstance(error, ArchiveLocked)
            self.exitcode = ExitStatus.LOCKED if locked else ExitStatus.STORAGE
            said = (
                f"{error.filename}: {error.strerror}"
                if isinstance(error, OSError) and error.filename
                else error
            )
            print(f"{self.name}: {said}", file=sys.stderr)

    @property
    def name(self) -> str:
        """``scrapy verify`` …"""
        return f"scrapy {type(self).__module__.rpartition('.')[2]}"

    @property
    def archive(self) -> Path:
        """``JIMO_ARCHIVE_DB``."""
        assert self.settings is not None
        return PROJECT / str(self.settings["JIMO_ARCHIVE_DB"])

    @property
    def now(self) -> str:
        """The present instant, or what ``JIMO_NOW`` says it is. Raises BadArgument."""
        assert self.settings is not None
        try:
            return clock.from_environment(str(self.settings["JIMO_NOW"])).stamp()
        except ValueError as error:
            raise BadArgument(f"JIMO_NOW: {error}") from None

    @property
    def warc_dir(self) -> Path:
        """``JIMO_WARC_DIR``."""
        assert self.settings is not None
        return PROJECT / str(self.settings["JIMO_WARC_DIR"])


@contextmanager
def progress(title: str) -> Iterator[Callable[[object], None]]:
    """A line on the terminal that says how far the work is; without a terminal nothing."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done: bar.update(task, description=f"{title}: {done}")
