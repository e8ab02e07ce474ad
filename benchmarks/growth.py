"""What a daily run costs with ten times as many archived articles: the same news, the same requests, a longer past."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.measure import Cost, middle, run
from jimo_crawler.clock import to_stamp
from jimo_crawler.demo.portal import day_start
from jimo_crawler.demo.server import DemoServer

SIZES = (420, 4200)
DAYS = range(1, 9)


class _Archive:
    """An archive of the demo portal scaled up to so many articles, and that portal in a process of its own."""

    def __init__(self, folder: Path, articles: int) -> None:
        folder.mkdir()
        self._folder = folder
        context = get_context("spawn")
        self._control, theirs = context.Pipe()
        context.Process(target=_serve, args=(theirs, articles), daemon=True).start()
        self._url: str = self._control.recv()
        self.requests = 0
        """Made by the last run."""

    def crawl(self, day: int) -> Cost:
        """A plain run on that day."""
        before = self._set_day(day)
        settings = {
            "JIMO_PORTAL_URL": self._url, "JIMO_ARCHIVE_DB": str(self._folder / "jimo.db"), "LOG_LEVEL": "WARNING",
            "JIMO_WARC_DIR": str(self._folder / "warc"), "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0",
            "JIMO_NOW": to_stamp(day_start(day)),
        }  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
        cost = run([sys.executable, "-m", "scrapy", "crawl", "towns", *options])
        self.requests = self._set_day(day) - before
        return cost

    def _set_day(self, day: int) -> int:
        self._control.send(day)
        return int(self._control.recv())

    def articles(self) -> int:
        """How many it has."""
        with closing(sqlite3.connect(self._folder / "jimo.db")) as conn:
            return int(conn.execute("SELECT count(*) FROM articles").fetchone()[0])


def _serve(control: Connection, articles: int) -> None:
    """Stand on the days that are sent, and answer how many requests there were so far."""
    with suppress(EOFError), DemoServer(articles=articles) as server:  # until the other end is closed
        control.send(server.url)
        while True:
            server.set_day(control.recv())
            control.send(len(server.requests))


def main() -> None:
    """Print the figures. The two archives take turns, so that what else the machine does falls on both."""
    with tempfile.TemporaryDirectory() as folder:
        archives = [_Archive(Path(folder, str(articles)), articles) for articles in SIZES]
        for archive in archives:
            archive.crawl(0)
        print(f"a daily run, medians of {len(DAYS)} days")
        costs = [[archive.crawl(day) for archive in archives] for day in DAYS]
        small, large = (middle(list(each)) for each in zip(*costs, strict=True))
        for archive, cost in zip(archives, (small, large), strict=True):
            print(
                f"  {archive.articles():5} articles  {cost.wall:5.2f} s  {cost.cpu:5.2f} s CPU  {cost.rss_mb:4.0f} MB peak"
                f"  {archive.requests} requests on the last day"
            )
    time, memory = large.cpu / small.cpu, large.rss_mb / small.rss_mb
    print(f"  growth {time:.2f} in time (CPU), {memory:.2f} in memory (promise: 1.1)")


if __name__ == "__main__":
    main()
