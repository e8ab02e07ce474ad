"""``scrapy export``: articles as a file for spreadsheets, statistics and other programs."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from scrapy.exceptions import UsageError

from jimo_crawler import clock
from jimo_crawler.archive import queries
from jimo_crawler.archive.columns import Column
from jimo_crawler.archive.export import (
    FORMATS,
    Export,
    as_csv,
    as_json_lines,
    choose_columns,
    describe,
    export,
    read_rows,
)
from jimo_crawler.archive.filters import Filters
from jimo_crawler.reader_command import ReaderCommand, add_filter_options
from jimo_crawler.settings import PROJECT


class Command(ReaderCommand):
    """Writes the articles that words and filters choose, with a description of the columns beside them."""

    shows_text = False

    def syntax(self) -> str:
        return "[options] [WORDS]"

    def short_desc(self) -> str:
        return "Export articles as CSV, JSON Lines or Parquet"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. WORDS and filters as in `scrapy search`; without any, all articles. Beside the file "
            "stand datapackage.json and codebook.md, which say what the columns mean. `-o -` writes to the terminal or "
            "a pipe, without them."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_filter_options(parser)
        parser.add_argument(
            "--format", choices=FORMATS, help="default: what the name of the file says, else csv"
        )
        parser.add_argument("-o", "--output", metavar="FILE", help="default: data/exports/articles.FORMAT")
        parser.add_argument(
            "--columns", default="", metavar="NAME,…", help="only these (codebook.md names them)"
        )
        parser.add_argument(
            "--bom",
            action="store_true",
            help="CSV begins with a byte order mark: Excel then reads it as UTF-8",
        )
        parser.add_argument(
            "--raw",
            action="store_true",
            help="CSV without the apostrophe before what Excel would run as a formula",
        )

    def answer(self, conn: sqlite3.Connection, args: list[str], opts: argparse.Namespace) -> None:
        words = " ".join(args) if args else None
        filters, columns = self.read_filters(conn, opts), choose_columns(opts.columns)
        rows = read_rows(conn, words, filters, columns)
        form = opts.format or _format_of(opts.output)
        if (opts.bom or opts.raw) and form != "csv":
            raise UsageError("--bom and --raw are for CSV")
        if opts.output == "-":
            self._print(form, columns, rows, opts)
            return
        path = Path(opts.output) if opts.output else PROJECT / "data" / "exports" / f"articles.{form}"
        with _progress(conn, words, filters) as advance:
            done = export(
                rows, path, form, columns, bom=opts.bom, raw=opts.raw, advance=advance or (lambda _: None)
            )
        self._describe(done, words, opts)

    def _print(self, form: str, columns: tuple[Column, ...], rows: Any, opts: argparse.Namespace) -> None:
        if form == "parquet":
            raise UsageError("Parquet needs a file: -o FILE")
        names = [column.name for column in columns]
        if opts.bom:
            sys.stdout.write("\ufeff")
        for line in as_csv(names, rows, raw=opts.raw) if form == "csv" else as_json_lines(names, rows):
            sys.stdout.write(line)

    def _describe(self, done: Export, words: str | None, opts: argparse.Namespace) -> None:
        assert self.settings is not None
        names = ("town", "since", "until", "source", "status", "script", "duplicates")
        selection = {"words": words} | {name: getattr(opts, name) for name in names}
        chosen = {name: value for name, value in selection.items() if value}
        now = clock.from_environment(self.settings["JIMO_NOW"]).stamp()
        package, codebook = describe(done, selection=chosen, created=now, bom=opts.bom, raw=opts.raw)
        print(
            f"{done.rows} articles in {done.path}; columns: {package.name}, {codebook.name}", file=sys.stderr
        )
        if done.format == "csv" and done.long_cells:
            print(
                f"{done.long_cells} texts are longer than an Excel cell (32,767 characters)", file=sys.stderr
            )


def _format_of(output: str | None) -> Any:
    ending = Path(output or "").suffix.removeprefix(".")
    return ending if ending in FORMATS else "csv"


def _progress(conn: sqlite3.Connection, words: str | None, filters: Filters) -> Any:
    """A bar on a terminal; nothing, and no counting beforehand, elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from contextlib import contextmanager

    from rich.console import Console
    from rich.progress import Progress

    @contextmanager
    def bar() -> Any:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("articles", total=queries.count(conn, words, filters))
            yield lambda count: progress.advance(task, count)

    return bar()
