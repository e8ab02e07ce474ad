"""What a daily run asks ÷ the least possible, day by day: the demo server's access log against the portal's truth."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.least import Least
from benchmarks.measure import run
from jimo_crawler.clock import to_stamp
from jimo_crawler.demo.afterlife import OUTAGES
from jimo_crawler.demo.portal import day_start
from jimo_crawler.demo.server import DemoServer

DAYS = [day for day in range(16) if day not in OUTAGES]


def main() -> None:
    """Print the figures; the archive lives through the days one after the other."""
    print("requests of each day's run, the least possible, those in vain, those that were left out")
    least = Least()
    with tempfile.TemporaryDirectory() as folder, DemoServer() as portal:
        for day in DAYS:
            portal.set_day(day)
            before, now = len(portal.requests), to_stamp(day_start(day))
            run(_crawl(portal.url, Path(folder), now))
            log = portal.requests[before:]
            asked, needed = Counter(each["page"] for each in log), least.requests(portal.site.truth, now)
            least.learn(portal.site.truth, {each["page"]: each["time"] for each in log})
            many, few = sum(asked.values()), sum(needed.values())
            in_vain, left_out = (sum(each.values()) for each in (asked - needed, needed - asked))
            print(
                f"  day {day:2}  {many:4} ÷ {few:4} = {many / few:.2f} (promise: 1.0)  {in_vain} in vain, {left_out} left out"
            )


def _crawl(url: str, folder: Path, now: str) -> list[str]:
    settings = {
        "JIMO_PORTAL_URL": url, "JIMO_ARCHIVE_DB": str(folder / "jimo.db"), "JIMO_WARC_DIR": str(folder / "warc"),
        "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "LOG_LEVEL": "WARNING", "JIMO_NOW": now,
    }  # fmt: skip
    options = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    return [sys.executable, "-m", "scrapy", "crawl", "towns", *options]


if __name__ == "__main__":
    main()
