"""What the tools are shown: an archive of the demo portal, crawled twice, by the project's own commands."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interop.environments import PROJECT, Wrong, clean, run, stop


@dataclass(frozen=True)
class Sample:
    """The archive, its evidence, and the portal (still being served)."""

    folder: Path
    url: str

    @property
    def db(self) -> Path:
        return self.folder / "jimo.db"

    @property
    def warc_dir(self) -> Path:
        return self.folder / "warc"

    @property
    def warc_files(self) -> list[Path]:
        return sorted(self.warc_dir.glob("*.warc.gz"))

    def rows(self, sql: str, *values: object, db: Path | None = None) -> list[dict[str, Any]]:
        """What SQLite alone reads."""
        with closing(sqlite3.connect(db or self.db)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(sql, values)]

    def scrapy(self, *arguments: str, now: str = "2026-01-05T06:00:00Z") -> None:
        """One of the project's commands on this archive. Raises Wrong."""
        settings = {
            "JIMO_ARCHIVE_DB": self.db, "JIMO_WARC_DIR": self.warc_dir, "JIMO_PORTAL_URL": self.url, "JIMO_NOW": now,
            "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": 0, "LOG_LEVEL": "ERROR", "JIMO_MIN_FREE_MB": 1,
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        run(sys.executable, "-m", "scrapy", *arguments, *options)


@contextmanager
def crawled(folder: Path) -> Iterator[Sample]:
    """A sample in *folder*: three sections, asked twice, so that it has responses, revisits and 304s. Raises Wrong."""
    server = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "demo"], cwd=PROJECT, env=clean(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = next((word for word in server.stdout.readline().split() if word.startswith("http://")), None)
        if url is None:
            raise Wrong("the demo portal did not start")
        sample = Sample(folder, url)
        sample.scrapy("crawl", "towns", "-a", "town=金口镇,田横镇,蓝村街道")
        sample.scrapy("crawl", "recheck", now="2026-01-08T06:00:00Z")
        yield sample
    finally:
        stop(server)
