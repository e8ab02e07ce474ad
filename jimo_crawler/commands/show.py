"""``scrapy show ID|URL``: an article as one would want to read it, with what is known about it."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from jimo_crawler.archive import reading
from jimo_crawler.archive.reading import Evidence, Reading
from jimo_crawler.errors import BadArgument
from jimo_crawler.reader_command import ReaderCommand
from jimo_crawler.text.diff import Change, compare, magnitude

if TYPE_CHECKING:
    from rich.console import Console

_SCRIPTS = {"Hans": "Simplified", "Hant": "Traditional", "mixed": "both scripts"}
_COMPARED = ("title", "published_at", "source", "editor", "author", "body")
_STYLES = {"same": ("", "", ""), "removed": ("red strike", "[-", "-]"), "added": ("green", "{+", "+}")}
"""How a change looks: on a terminal, and around the text where there are no colours (as ``git diff --word-diff``)."""


class Command(ReaderCommand):
    """Prints one article, its versions, what changed between two of them, or its evidence."""

    def syntax(self) -> str:
        return "[options] <ID | URL>"

    def short_desc(self) -> str:
        return "Show an article: text, versions, differences, evidence"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--as-published", action="store_true", help="in the characters of the page, time as printed"
        )
        parser.add_argument("--revisions", action="store_true", help="list the versions that have been seen")
        parser.add_argument(
            "--diff",
            nargs="*",
            metavar="N",
            help="what changed between two versions (numbers of --revisions; without them, by the last change)",
        )
        parser.add_argument(
            "--evidence", action="store_true", help="captures, observations, and text removed as spam"
        )

    def answer(self, conn: sqlite3.Connection, args: list[str], opts: argparse.Namespace) -> None:
        from rich.console import Console

        if opts.diff and not args:  # scrapy show --diff 1 2 ID
            args = [opts.diff.pop()]
        if len(args) != 1:
            raise UsageError("name one article: its id or its address")
        if opts.diff is not None and len(opts.diff) not in (0, 2):
            raise UsageError("--diff takes two versions, or none: then it shows the last change")
        number = reading.find_article(conn, args[0])
        found = reading.read_article(conn, number)
        console = Console(highlight=False, markup=False, soft_wrap=True)
        if opts.diff is not None:
            _print_diff(console, found, *(opts.diff or _last_change(found)))
        elif opts.revisions:
            _print_revisions(console, found)
        elif opts.evidence:
            _print_evidence(console, found, reading.read_evidence(conn, number))
        else:
            _print_article(console, found, as_published=opts.as_published)


def _print_article(console: Console, found: Reading, *, as_published: bool) -> None:
    article, ending = found.article, "_as_published" if as_published else ""
    console.print(article[f"title{ending}"], style="bold")
    time = article["published_as_printed"] if as_published else article["published_at"]
    console.print(" · ".join(_meta(article, time)))
    for line in _account(found):
        console.print(line, style="dim")
    for paragraph in article[f"body{ending}"].split("\n"):
        console.print(f"\n{paragraph}")
    for image in found.images:
        console.print(
            f"\n[图] {image['alt']}\n     {image['url']}".replace("[图] \n     ", "[图] "), style="dim"
        )


def _meta(article: sqlite3.Row, time: str | None) -> Iterator[str]:
    yield article["town"] or "(no town)"
    yield (time or "(no time printed)").replace("T", " ").removesuffix("+08:00")
    for label, name in (("来源", "source"), ("编辑", "editor"), ("作者", "author"), ("浏览", "views")):
        if article[name] is not None:
            yield f"{label} {article[name]}"


def _account(found: Reading) -> Iterator[str]:
    article = found.article
    yield article["url"]
    for address in found.addresses:
        if address["url"] != article["url"]:
            part = f" (page {address['part']})" if address["part"] > 1 else ""
            state = "" if address["status"] == "live" else f" ({address['status']})"
            yield f"also {address['url']}{part}{state}"
    served = _SCRIPTS.get(article["script"], "script not told")
    changes = sum(each["change"] != "first" for each in found.revisions)
    changed = "never changed" if not changes else f"changed {changes} time{'s' * (changes != 1)}"
    yield (
        f"article {article['id']} · {article['status']} · served in {served} · {changed} · seen "
        f"{article['first_seen_at'][:10]} to {article['last_seen_at'][:10]}"
    )
    if article["duplicate_of"]:
        yield f"nearly the same as article {article['duplicate_of']} ({article['similarity'] or 0:.2f})"
    if found.reprints:
        yield f"reprinted as {', '.join(map(str, found.reprints))}"
    if article["split_from"]:
        yield f"its address once held article {article['split_from']}"
    if not article["complete"]:
        yield "not complete: some of its pages are still missing"
    if article["damaged"]:
        yield f"{article['damaged']} places were unreadable on the page itself"


def _print_revisions(console: Console, found: Reading) -> None:
    for number, each in enumerate(found.revisions, 1):
        console.print(
            f"{number}  {each['captured_at'][:19]}Z  {each['change']}{_extent(each)}  {each['title']}"
        )
        console.print(f"   {each['url']}  {each['content_hash'][:12]}", style="dim")


def _extent(revision: sqlite3.Row) -> str:
    extent = f" {revision['magnitude']:.0%}" if revision["magnitude"] else ""
    return extent + (" silent (the printed time did not move)" if revision["silent"] else "")


def _print_diff(console: Console, found: Reading, one: str, other: str) -> None:
    old, new = (_revision(found, each) for each in (one, other))
    console.print(
        f"version {one} → {other}, {old['captured_at'][:19]}Z → {new['captured_at'][:19]}Z", style="dim"
    )
    for name in _COMPARED:
        before, after = old[name] or "", new[name] or ""
        if before != after:
            console.print(f"\n{name} ({magnitude(before, after):.0%} changed)", style="bold")
            _print_changes(console, compare(before, after))
    if all(old[name] == new[name] for name in _COMPARED):
        console.print("the two versions have the same text")


def _last_change(found: Reading) -> tuple[str, str]:
    """The numbers of the last version that an edit has made, and of what its address had served before."""
    for new, revision in reversed(list(enumerate(found.revisions))):
        earlier = (old for old in range(new - 1, -1, -1) if found.revisions[old]["url"] == revision["url"])
        old = next(earlier, None)
        if revision["change"] != "first" and old is not None:
            return str(old + 1), str(new + 1)
    raise BadArgument(f"article {found.article['id']} has never changed")


def _revision(found: Reading, number: str) -> sqlite3.Row:
    if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= len(found.revisions)):
        raise BadArgument(
            f"--diff {number}: article {found.article['id']} has versions 1 to {len(found.revisions)}"
        )
    return found.revisions[int(number) - 1]


def _print_changes(console: Console, changes: Iterator[Change]) -> None:
    from rich.text import Text

    text = Text()
    for change in changes:
        style, before, after = _STYLES[change.kind]
        if console.is_terminal and not console.no_color:
            text.append(change.text, style=style)
        else:
            text.append(f"{before}{change.text}{after}")
    console.print(text)


def _print_evidence(console: Console, found: Reading, evidence: Evidence) -> None:
    console.print(f"article {found.article['id']}  sha256 {found.article['content_hash']}", style="bold")
    console.print("\ncaptures", style="bold")
    for row in evidence.captures:
        versions = f"  version {row['versions']}" if row["versions"] else ""
        console.print(f"{row['id']}  {row['fetched_at'][:19]}Z  {row['status']}  {row['url']}{versions}")
        console.print(
            f"   {row['warc_file']} at {row['warc_offset']}, {row['warc_length']} bytes, {row['record_id']}",
            style="dim",
        )
        console.print(f"   payload {row['payload_digest']}", style="dim")
        console.print(f"   record sha256:{row['record_digest']}", style="dim")
    console.print("\nobservations", style="bold")
    for row in evidence.observations:
        event = f" ({row['event']})" if row["event"] else ""
        capture = f"  capture {row['capture_id']}" if row["capture_id"] else ""
        console.print(f"{row['observed_at'][:19]}Z  {row['outcome']}{event}  {row['url']}{capture}")
    if evidence.removed:
        console.print("\nremoved as spam", style="bold")
    for row in evidence.removed:
        console.print(f"capture {row['capture_id']}, {row['place']}, {row['reason']}: {row['text']}")
