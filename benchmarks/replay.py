"""How fast an archive is rebuilt from its WARC files: WARC → parse → normalise → filter → compare → SQLite and index."""

from __future__ import annotations

import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.measure import PROJECT, Cost, run

ARTICLES = 3000
PROMISE = 500
"""Articles a second and core."""
_SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER``: processes whose parent has ended become ours, so that we can wait for them."""
_SERVE = """
import sys, threading
from jimo_crawler.demo.server import DemoServer
with DemoServer(articles=int(sys.argv[1])) as server:
    print(server.url, flush=True)
    threading.Event().wait()
"""


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles = _crawl(folder)
        print(f"replay of {articles} articles into a new archive")
        start = run(
            _command(
                "replay",
                folder,
                "--into",
                str(folder / "start.db"),
                str(_first_page(folder)),
                "--processes",
                "1",
            )
        )
        for processes in (1, os.cpu_count() or 1):
            target = folder / f"again-{processes}.db"
            cost = _run_all(_command("replay", folder, "--into", str(target), "--processes", str(processes)))
            rate = articles / (cost.cpu - start.cpu)
            print(
                f"  {processes} process(es): {rate:5.0f} articles a second of CPU (promise: {PROMISE}), {articles / cost.wall:5.0f}"
                f" a second by the clock, {cost.rss_mb:.0f} MB peak; start-up of {start.cpu:.1f} s (the same for one page) taken off the first"
            )


def _first_page(folder: Path) -> Path:
    """A WARC file that ends with the first page of the archive's."""
    with closing(sqlite3.connect(folder / "jimo.db")) as conn:
        name, end = conn.execute(
            "SELECT warc_file, warc_offset + warc_length FROM captures WHERE url NOT LIKE '%robots.txt' ORDER BY id LIMIT 1"
        ).fetchone()
    cut = folder / "start" / name
    cut.parent.mkdir()
    with (folder / "warc" / name).open("rb") as file:
        cut.write_bytes(file.read(end))
    return cut


def _run_all(command: list[str]) -> Cost:
    """Run a command to its end, and give its cost with that of all its descendants, also those that it did not wait for."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
    wall = time.perf_counter() - began
    with suppress(ChildProcessError):
        while True:
            os.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, wall, after.ru_maxrss / 1024)


def _crawl(folder: Path) -> int:
    """An archive of the demo portal, scaled up; gives how many articles are in it."""
    server = Popen([sys.executable, "-c", _SERVE, str(ARTICLES)], cwd=PROJECT, stdout=PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        settings = {
            "JIMO_PORTAL_URL": url, "JIMO_NOW": "2026-01-05T06:00:00Z", "LOG_LEVEL": "WARNING",
            "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0",
        }  # fmt: skip
        run(
            _command(
                "crawl",
                folder,
                "towns",
                *(part for pair in settings.items() for part in ("-s", "=".join(pair))),
            )
        )
    finally:
        server.terminate()
        server.wait()
    with closing(sqlite3.connect(folder / "jimo.db")) as conn:
        return int(conn.execute("SELECT count(*) FROM articles").fetchone()[0])


def _command(name: str, folder: Path, *arguments: str) -> list[str]:
    settings = ["-s", f"JIMO_ARCHIVE_DB={folder / 'jimo.db'}", "-s", f"JIMO_WARC_DIR={folder / 'warc'}"]
    return [sys.executable, "-m", "scrapy", name, *arguments, *settings]


if __name__ == "__main__":
    main()
