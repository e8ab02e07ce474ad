"""``scrapy publish FILE``: a copy of the archive for readers, and a backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.exceptions import UsageError

from jimo_crawler.archive.publish import publish
from jimo_crawler.errors import ExitStatus
from jimo_crawler.keeper_command import KeeperCommand, progress


class Command(KeeperCommand):
    """Works while a crawl runs."""

    def syntax(self) -> str:
        return "FILE"

    def short_desc(self) -> str:
        return "Write a consistent, compact copy of the archive: for readers, and as a backup"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. The copy is checked and then renamed to FILE, which always is a whole archive. It opens "
            "on read-only media. To restore, put it where JIMO_ARCHIVE_DB points (with the WARC files it came with); the "
            "next crawl goes on from there. Exit status: 0 done, 2 wrong usage, 5 disk or database."
        )

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        del opts
        if len(args) != 1:
            raise UsageError("name one file to write", print_help=False)
        with progress("copying"):
            done = publish(self.archive, Path(args[0]))
        print(f"publish: {done.path}: {done.articles} articles, {done.size / 2**20:.1f} MiB")
        return ExitStatus.OK
