"""Archives to begin with: filled by the real command from the demo portal, once, and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jimo_crawler.demo.server import DemoServer
from tests.crawling import Archive
from tests.visiting import Bench

SMALL = "田横镇"
"""One section of three pages."""
MORNING, EVENING = ({"JIMO_NOW": f"2026-01-05T{hour}:00:00Z"} for hour in ("06", "18"))


@pytest.fixture(scope="session")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="session")
def crawled(portal: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One small section; not to be changed."""
    archive = Archive(tmp_path_factory.mktemp("small"), portal.url)
    done = archive.crawl(settings=MORNING, town=SMALL)
    assert done.returncode == 0, done.stderr
    return archive


@pytest.fixture
def archive(crawled: Archive, tmp_path: Path) -> Archive:
    """A copy of it for one test."""
    shutil.copytree(crawled.folder, tmp_path / "archive")
    return Archive(tmp_path / "archive", crawled.portal_url)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """An empty archive that is told what visits met."""
    bench = Bench(tmp_path)
    yield bench
    bench.conn.close()
