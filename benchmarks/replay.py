"""How fast an archive is rebuilt from its WARC files: WARC → parse → normalise → filter → compare → SQLite and index."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.measure import PROJECT, run

ARTICLES = 3000
PROMISE = 500
"""Articles a second and core."""
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
        start = run(_command("verify", folder, "--help"))
        for processes in (1, os.cpu_count() or 1):
            target = folder / f"again-{processes}.db"
            cost = run(_command("replay", folder, "--into", str(target), "--processes", str(processes)))
            rate = articles / (cost.cpu - start.cpu)
            print(
                f"  {processes} process(es): {rate:5.0f} articles a second of CPU (promise: {PROMISE}), {articles / cost.wall:5.0f}"
                f" a second by the clock, {cost.rss_mb:.0f} MB peak; start-up of {start.cpu:.1f} s taken off the first"
            )


def _crawl(folder: Path) -> int:
    """An archive of the demo portal, scaled up; gives how many articles are in it."""
    import sqlite3

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
    conn = sqlite3.connect(folder / "jimo.db")
    try:
        return int(conn.execute("SELECT count(*) FROM articles").fetchone()[0])
    finally:
        conn.close()


def _command(name: str, folder: Path, *arguments: str) -> list[str]:
    settings = ["-s", f"JIMO_ARCHIVE_DB={folder / 'jimo.db'}", "-s", f"JIMO_WARC_DIR={folder / 'warc'}"]
    return [sys.executable, "-m", "scrapy", name, *arguments, *settings]


if __name__ == "__main__":
    main()
