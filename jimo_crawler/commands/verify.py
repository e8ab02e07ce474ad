"""``scrapy verify``: is every row's evidence there and every record accounted for?"""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from jimo_crawler.archive import lock, verify
from jimo_crawler.archive.findings import Finding
from jimo_crawler.archive.schema import open_archive
from jimo_crawler.errors import ExitStatus
from jimo_crawler.keeper_command import KeeperCommand, progress

if TYPE_CHECKING:
    from jimo_crawler.archive.verify import Report


class Command(KeeperCommand):
    """One line of verdict; details and repair on demand."""

    def syntax(self) -> str:
        return "[--deep] [--repair] [--details] [--json]"

    def short_desc(self) -> str:
        return "Check that rows, WARC files and full-text index agree; --repair mends"

    def long_desc(self) -> str:
        return (
            f"{self.short_desc()}. Checked: every gzip member, length and digest of the WARC files, captures without a "
            "record and records without a row, SQLite's own integrity and foreign keys, the full-text index against the "
            "articles, articles against their revisions and images, each run's account. Exit status: 0 all is well, 1 "
            "findings, 5 the archive cannot be read, 75 a crawl holds it (--repair only)."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--deep", action="store_true", help="read every captured article again and compare the texts"
        )
        parser.add_argument(
            "--repair", action="store_true", help="mend what can be mended, and say what was done"
        )
        parser.add_argument("--details", action="store_true", help="one line for each finding")
        parser.add_argument("--json", action="store_true", help="the whole report as JSON")

    def work(self, args: list[str], opts: argparse.Namespace) -> int:
        if args:
            raise UsageError(f"verify takes no arguments: {' '.join(args)}", print_help=False)
        done = self._repair() if opts.repair else []
        report = self._check(deep=opts.deep)
        if opts.json:
            print(_as_json(report, done))
        else:
            for line in done:
                print(f"repaired: {line}")
            _print(report, details=opts.details or opts.repair)
        return ExitStatus.FAILED if report.findings else ExitStatus.OK

    def _check(self, *, deep: bool) -> Report:
        running = lock.holder(self.archive) is not None
        with progress("checking") as tell:
            report = verify.verify(self.archive, self.warc_dir, running=running, progress=tell)
        if deep:
            report.findings += self._read_again()
        return report

    def _repair(self) -> list[str]:
        """What was done. The lock is held from the check to the end, so that no crawl comes between."""
        holder, at = f"{self.name} --repair", self.now
        with (
            lock.ArchiveLock(self.archive, holder),
            progress("repairing") as tell,
            closing(open_archive(self.archive, create=False)) as conn,
        ):
            found = verify.verify(self.archive, self.warc_dir, progress=tell).findings
            return list(verify.repair(conn, self.warc_dir, found, at))

    def _read_again(self) -> list[Finding]:
        from jimo_crawler.archive.schema import open_reader
        from jimo_crawler.fetching.readers import Readers
        from jimo_crawler.fetching.reextract import Reextraction

        assert self.settings is not None
        with (
            closing(open_reader(self.archive)) as conn,
            Readers(str(self.settings["JIMO_PORTAL"])) as readers,
            progress("reading again") as tell,
        ):
            found = Reextraction(conn, self.warc_dir, readers).compare(tell)
            return [each.finding(self.archive.name) for each in found]


def _print(report: Report, *, details: bool) -> None:
    for note in report.notes:
        print(f"note: {note}")
    if details:
        for finding in report.findings:
            print(f"{finding.kind}: {finding}")
    checked = ", ".join(f"{count} {name}" for name, count in report.checked.items())
    if not report.findings:
        print(f"verify: all is well ({checked})")
        return
    kinds = ", ".join(f"{count} {kind}" for kind, count in report.by_kind().items())
    more = "" if details else "; --details shows them, --repair mends what can be mended"
    print(f"verify: {len(report.findings)} finding(s): {kinds} ({checked}){more}")


def _as_json(report: Report, done: list[str]) -> str:
    findings = [asdict(each) for each in report.findings]
    whole = {"findings": findings, "notes": report.notes, "checked": report.checked, "repaired": done}
    return json.dumps(whole, ensure_ascii=False, indent=1)
