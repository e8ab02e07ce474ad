"""``python -m tests.days``: all days of the demo portal by the real command, over HTTP; a line a day.

Each day a full run of ``towns`` and a ``recheck`` of what it has not asked; then every address, revision and event is
held against the portal's truth. The tests do the same for a handful of days, and for all of them without Scrapy.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from jimo_crawler.demo.portal import LAST_DAY, build, day_start
from jimo_crawler.demo.server import DemoServer
from tests.comparing import differences
from tests.crawling import Archive


def main() -> int:
    """Play all days; gives the exit status: 1 if anything differs."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, DemoServer() as portal:
        archive = Archive(Path(folder), portal.url)
        for day in range(LAST_DAY + 1):
            portal.set_day(day)
            before = len(portal.requests)
            statuses = [_run(archive, day, "06:00", "towns", full=1)]
            statuses.append(_run(archive, day, "06:30", "recheck", older_than="12h"))
            found = differences(archive, build(day).truth, portal.base)
            wrong += len(found)
            said = build(day).truth.outage or f"{len(build(day).truth.events)} events"
            print(
                f"day {day:2}: {said:>12}, {len(portal.requests) - before:4} requests, exit {statuses}, {len(found)} differences",
                flush=True,
            )
            for line in found:
                print(f"        {line[:400]}", flush=True)
    print(f"{LAST_DAY + 1} days: {wrong} differences")
    return int(wrong > 0)


def _run(archive: Archive, day: int, time: str, spider: str, **arguments: object) -> int:
    now = {"JIMO_NOW": f"{day_start(day):%Y-%m-%d}T{time}:00Z"}
    return archive.crawl(spider, settings=now, **arguments).returncode


if __name__ == "__main__":
    sys.exit(main())
