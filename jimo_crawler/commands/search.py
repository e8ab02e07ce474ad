"""``scrapy search WORDS``: articles that contain them, in either script."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from jimo_crawler.archive import queries
from jimo_crawler.archive.export import as_csv, as_json_lines
from jimo_crawler.archive.filters import Filters
from jimo_crawler.reader_command import ReaderCommand, add_filter_options

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

SHOWN = 200
"""Articles in a table, unless --limit says otherwise; other formats give all."""
_FIELDS = (
    "id",
    "published_at",
    "town",
    "title",
    "source",
    "status",
    "script",
    "duplicate_of",
    "url",
    "snippet",
)
_MARKS = ("\ue000", "\ue001")
"""Private characters around finds, until the table knows what colours it has."""


class Command(ReaderCommand):
    """Prints a table on a terminal, CSV or JSON Lines otherwise."""

    def syntax(self) -> str:
        return "[options] [WORDS]"

    def short_desc(self) -> str:
        return "Search the archive: words in either script, phrases, OR, NOT"

    def long_desc(self) -> str:
        return (
            f'{self.short_desc()}. All words are wanted; OR between words, - or NOT before one, "…" around a phrase, '
            "( ) around alternatives, * behind a Latin word. Punctuation is text. A word that begins with - goes behind "
            "--, or in one argument with the others: scrapy search '征地 -拆迁'. Without words: all articles that the "
            "filters let through."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add_filter_options(parser)
        parser.add_argument(
            "--order",
            choices=["rank", "newest", "oldest"],
            default="rank",
            help="best first (default), or by time",
        )
        parser.add_argument(
            "--limit", type=int, metavar="N", help=f"at most so many (default: {SHOWN} in a table, else all)"
        )
        parser.add_argument("--counts", action="store_true", help="how many articles, by town and year")
        parser.add_argument(
            "--format", choices=["table", "csv", "jsonl"], help="default: table on a terminal, else csv"
        )

    def answer(self, conn: sqlite3.Connection, args: list[str], opts: argparse.Namespace) -> None:
        if opts.limit is not None and opts.limit < 1:
            raise UsageError("--limit must be 1 or more")
        words = " ".join(args) if args else None
        filters = self.read_filters(conn, opts)
        form = opts.format or ("table" if sys.stdout.isatty() else "csv")
        if opts.counts:
            _print_counts(conn, words, filters, form)
        elif form == "table":
            _print_table(conn, words, filters, opts)
        else:
            hits = queries.search(conn, words, filters, order=opts.order, limit=opts.limit)
            _print_rows(form, _FIELDS, ([getattr(hit, name) for name in _FIELDS] for hit in hits))


def _print_rows(form: str, names: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
    write = as_csv if form == "csv" else as_json_lines
    for line in write(names, rows):
        sys.stdout.write(line)


def _print_counts(conn: sqlite3.Connection, words: str | None, filters: Filters, form: str) -> None:
    counts = queries.count_by_town_and_year(conn, words, filters)
    if form != "table":
        rows = ([each.town, each.year, each.articles] for each in counts)
        _print_rows(form, ("town", "year", "articles"), rows)
        return
    from rich.console import Console
    from rich.table import Table

    years = sorted({each.year or "–" for each in counts})
    table = Table("", *years, "Σ", title=f"{sum(each.articles for each in counts)} articles")
    for column in table.columns[1:]:
        column.justify = "right"
    for town in dict.fromkeys(each.town for each in counts):
        found = {each.year or "–": each.articles for each in counts if each.town == town}
        table.add_row(town or "–", *(str(found.get(year, "")) for year in years), str(sum(found.values())))
    Console().print(table)


def _print_table(
    conn: sqlite3.Connection, words: str | None, filters: Filters, opts: argparse.Namespace
) -> None:
    from rich.console import Console

    limit = opts.limit or SHOWN
    hits = list(
        islice(queries.search(conn, words, filters, order=opts.order, limit=limit, marks=_MARKS), limit)
    )
    total = queries.count(conn, words, filters) if len(hits) == limit else len(hits)
    console = Console()
    if not hits:
        console.print(_nothing(conn, words, filters), highlight=False)
        return
    note = f"{total} articles" + (f", the first {len(hits)} of them" if total > len(hits) else "")
    if console.is_terminal and len(hits) * 2 > console.height:
        import os

        os.environ.setdefault("LESS", "-RFX")  # colours; no pager for what fits on the screen
        with console.pager(styles=True):
            console.print(_table(hits, note, coloured=True))
    else:
        console.print(_table(hits, note, coloured=console.is_terminal and not console.no_color))


def _nothing(conn: sqlite3.Connection, words: str | None, filters: Filters) -> str:
    """What to say when nothing is found: Chinese quotation marks are text, which not everybody expects."""
    bare = (words or "").strip().strip("“”‘’「」『』")
    if words and bare != words.strip() and (found := queries.count(conn, bare, filters)):
        return f"nothing found; without the quotation marks, which are part of the text, there are {found}: scrapy search {bare}"
    return "nothing found"


def _table(hits: list[queries.Hit], note: str, *, coloured: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "published", "town", "article", title=note, show_lines=True)
    for hit in hits:
        article = Text.assemble(
            _marked(hit.title_marked, "bold", coloured=coloured),
            "\n",
            _marked(hit.snippet, "", coloured=coloured),
        )
        notes = [hit.status] * (hit.status != "live") + [f"reprint of {hit.duplicate_of}"] * bool(
            hit.duplicate_of
        )
        if notes:
            article.append(f"\n({', '.join(notes)})", style="dim")
        table.add_row(str(hit.id), (hit.published_at or "")[:10], hit.town or "", article)
    for column in table.columns[:3]:
        column.no_wrap = True
    table.columns[3].overflow = "fold"
    return table


def _marked(text: str, style: str, *, coloured: bool) -> Text:
    """Text with its finds in reverse colours, or in brackets where there are none."""
    from rich.text import Text

    if not coloured:
        return Text(text.replace(_MARKS[0], "[").replace(_MARKS[1], "]"), style=style)
    shown, inside = Text(), False
    for part in text.replace(_MARKS[1], _MARKS[0]).split(_MARKS[0]):
        shown.append(part, style=f"{style} reverse".strip() if inside else style)
        inside = not inside
    return shown
