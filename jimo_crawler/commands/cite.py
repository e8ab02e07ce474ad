"""``scrapy cite ID…``: citations of articles for a paper's notes."""

from __future__ import annotations

import argparse
import json
import sqlite3

from scrapy.exceptions import UsageError

from jimo_crawler.archive.citations import FORMATS, archive_note, format_records, read_record
from jimo_crawler.archive.reading import find_article
from jimo_crawler.portal import load
from jimo_crawler.reader_command import ReaderCommand


class Command(ReaderCommand):
    """Prints one citation an article."""

    def syntax(self) -> str:
        return "[options] <ID | URL> …"

    def short_desc(self) -> str:
        return "Cite articles: BibTeX, CSL-JSON, GB/T 7714, Chicago, APA"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", choices=FORMATS, default="gbt7714", help="default: gbt7714")
        parser.add_argument(
            "--bare",
            action="store_true",
            help="the citation alone, without the line on where the archive has the text",
        )

    def answer(self, conn: sqlite3.Connection, args: list[str], opts: argparse.Namespace) -> None:
        if not args:
            raise UsageError("name the articles: ids or addresses")
        assert self.settings is not None
        portal = load(self.settings["JIMO_PORTAL"]).name
        records = [read_record(conn, find_article(conn, each), portal=portal) for each in dict.fromkeys(args)]
        if opts.format == "csl":
            print(json.dumps(records, ensure_ascii=False, indent=2))
            return
        for record, citation in zip(records, format_records(records, opts.format), strict=True):
            print(citation)
            if opts.format != "bibtex" and not opts.bare:
                print(f"    {archive_note(record)}")
