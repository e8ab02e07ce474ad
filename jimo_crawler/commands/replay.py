"""``scrapy replay``: an archive from WARC files alone, or the present one read again with today's parsers."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from jimo_crawler.archive.lock import ArchiveLock, refuse_network
from jimo_crawler.archive.schema import open_archive, open_reader
from jimo_crawler.archive.warc_file import sync_folder
from jimo_crawler.archive.warc_members import OPEN_SUFFIX, stored_path
from jimo_crawler.archive.warc_read import iterate
from jimo_crawler.errors import BadArgument, ExitStatus
from jimo_crawler.keeper_command import KeeperCommand, progress

if TYPE_CHECKING:
    from jimo_crawler.fetching.readers import Readers
    from jimo_crawler.fetching.reextract import Reextracted
    from jimo_crawler.fetching.replay import Replayed
    from jimo_crawler.fetching.replayed_run import Settings

SHOWN = 60
"""Characters of a field's old and new text in a line of --diff."""


class Command(KeeperCommand):
    """Needs no network: everything comes from the evidence."""

    def syntax(self) -> str:
        return "--into FILE [WARC …] | --reextract [--diff]"

    def short_desc(self) -> str:
        return "Rebuild an archive from WARC files, or read the present one again"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. --into makes a new archive of the WARC files named (default: all of JIMO_WARC_DIR), also "
            "of files that other tools wrote. --reextract reads every article's evidence with today's parsers: --diff shows "
            "what would change, by article and field; without it, changed texts become revisions marked `re-extracted`. Exit "
            "status: 0 done, 1 damage was met (or, with --diff, something would change), 2 wrong usage, 5 disk or database, "
            "75 a crawl holds the archive."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--into", metavar="FILE", help="the archive to make; it must not be there yet")
        parser.add_argument(
            "--reextract", action="store_true", help="read the present archive's evidence again"
        )
        parser.add_argument(
            "--diff", action="store_true", help="with --reextract: only show what would change"
        )
        parser.add_argument(
            "--portal-url",
            default="",
            metavar="URL",
            help="the portal's entry page, for WARC files that do not say it",
        )
        parser.add_argument(
            "--processes", type=int, default=0, metavar="N", help="default: as many as there are processors"
        )

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if bool(opts.into) == opts.reextract:
            raise UsageError("say either --into FILE or --reextract", print_help=False)
        if opts.processes < 0 or (opts.diff and not opts.reextract) or (args and opts.reextract):
            raise UsageError(
                "--diff goes with --reextract, WARC files with --into, N is 1 or more", print_help=False
            )
        if opts.into:
            return self._rebuild(Path(opts.into), self._files(args), opts)
        return self._show_differences(opts) if opts.diff else self._reextract(opts)

    # --- into a new archive -----------------------------------------------------------------------------------------------

    def _files(self, args: list[str]) -> list[Path]:
        if args:
            files = [Path(each) for each in args]
            missing = [str(each) for each in files if not each.is_file()]
            if missing:
                raise BadArgument(f"not a file: {', '.join(missing)}")
            if len({each.name for each in files}) < len(files):
                raise BadArgument(
                    "two files of one name: the archive tells its WARC files apart by their names"
                )
        else:
            files = [stored_path(self.warc_dir / name) for name in _warc_names(self.warc_dir)]
        if not files:
            raise BadArgument(f"there are no WARC files in {self.warc_dir} (JIMO_WARC_DIR)")
        return sorted(files, key=_in_order)

    def _rebuild(self, target: Path, files: list[Path], opts: argparse.Namespace) -> int:
        if target.exists():
            raise BadArgument(f"{target} is there already; a replay makes a new file")
        refuse_network(target.absolute().parent)
        unfinished = target.with_name(target.name + ".part")
        _remove(unfinished)
        try:
            done = self._fill(unfinished, files, opts)
        except BaseException:
            _remove(unfinished)
            raise
        unfinished.replace(target)
        sync_folder(target.absolute().parent)
        for line in done.damage:
            print(f"not read: {line}", file=sys.stderr)
        if elsewhere := [each.name for each in files if not stored_path(self.warc_dir / each.name).exists()]:
            print(
                f"note: the archive looks for its evidence in {self.warc_dir} (JIMO_WARC_DIR): put {', '.join(elsewhere)} there",
                file=sys.stderr,
            )
        print(
            f"replay: {target}: {done.articles} articles from {done.records} records in {len(files)} WARC file(s)"
            + (f"; {len(done.damage)} place(s) could not be read" if done.damage else "")
        )
        return ExitStatus.FAILED if done.damage else ExitStatus.OK

    def _fill(self, path: Path, files: list[Path], opts: argparse.Namespace) -> Replayed:
        from jimo_crawler.fetching.replay import Rebuild

        settings = self._settings(opts.portal_url)
        with (
            closing(open_archive(path)) as conn,
            self._readers(opts) as readers,
            progress("replaying") as tell,
        ):
            done = Rebuild(conn, settings, readers, lambda visits: tell(f"{visits} pages")).run(files)
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        return done

    def _settings(self, portal_url: str) -> Settings:
        from jimo_crawler.fetching.replayed_run import Settings
        from jimo_crawler.fetching.run import read_number

        settings = self.settings
        assert settings is not None
        return Settings(
            profile=str(settings["JIMO_PORTAL"]),
            portal_url=portal_url or str(settings["JIMO_PORTAL_URL"] or ""),
            related=str(settings["JIMO_RELATED"]),
            confirm_hours=read_number(settings, "JIMO_CONFIRM_AFTER"),
            max_listing_pages=int(read_number(settings, "JIMO_MAX_LISTING_PAGES")),
            max_depth=int(read_number(settings, "JIMO_MAX_DEPTH")),
            outage_after=int(read_number(settings, "JIMO_OUTAGE_AFTER")),
        )

    def _readers(self, opts: argparse.Namespace) -> Readers:
        from jimo_crawler.fetching.readers import Readers

        assert self.settings is not None
        return Readers(str(self.settings["JIMO_PORTAL"]), opts.processes)

    # --- the present one again ----------------------------------------------------------------------------------------------

    def _show_differences(self, opts: argparse.Namespace) -> int:
        with closing(open_reader(self.archive)) as conn:
            return self._read_again(conn, opts, apply=False)

    def _reextract(self, opts: argparse.Namespace) -> int:
        with (
            ArchiveLock(self.archive, f"{self.name} --reextract"),
            closing(open_archive(self.archive, create=False)) as conn,
        ):
            return self._read_again(conn, opts, apply=True)

    def _read_again(self, conn: sqlite3.Connection, opts: argparse.Namespace, *, apply: bool) -> int:
        from jimo_crawler.fetching.reextract import Reextraction

        changed, unread = 0, 0
        with self._readers(opts) as readers, progress("reading again") as tell:
            for each in Reextraction(conn, self.warc_dir, readers).run(apply=apply, progress=tell):
                changed, unread = changed + bool(each.differences), unread + bool(each.problem)
                for line in _lines(each):
                    print(line)
        verb = "changed" if apply else "would change"
        print(
            f"replay: {changed} address(es) {verb}"
            + (f", {unread} could not be read again" if unread else "")
        )
        return ExitStatus.FAILED if unread or (changed and not apply) else ExitStatus.OK


def _lines(found: Reextracted) -> list[str]:
    if found.problem:
        return [f"{found.url}: {found.problem}"]
    return [
        f"{each.url}: {each.field} ({each.magnitude:.2f}): {_cut(each.old)} → {_cut(each.new)}"
        for each in found.differences
    ]


def _cut(text: str | None) -> str:
    """One line of a text, as far as it can be shown."""
    if text is None:
        return "(none)"
    line = text.replace("\n", " ⏎ ")
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"


def _warc_names(folder: Path) -> set[str]:
    """All WARC files there, also those that other tools wrote, by their final names."""
    paths = (
        path
        for pattern in ("*.warc", "*.warc.gz", f"*.warc.gz{OPEN_SUFFIX}")
        for path in folder.glob(pattern)
    )
    return {path.name.removesuffix(OPEN_SUFFIX) for path in paths}


def _in_order(path: Path) -> tuple[int, int, str, str]:
    """Files in the order in which runs wrote them, whatever their clocks said; before them those of other tools, by date."""
    parts = path.name.removesuffix(OPEN_SUFFIX).removesuffix(".warc.gz").split("-")
    if parts[0] == "jimo" and len(parts) == 4 and all(each.isdigit() for each in parts[2:]):
        return int(parts[2]), int(parts[3]), "", path.name
    first = next(iterate(path, on_damage=lambda _finding: None), None)
    return 0, 0, first.fetched_at if first else "", path.name


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
