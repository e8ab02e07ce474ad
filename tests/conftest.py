"""What every test may use: an archive of the demo portal's first day that was played, not fetched; and ``--update-golden``,
which rewrites what golden cases expect. Read that diff like code."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.playing import Player


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/*/expected.json")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden expectations are to be rewritten, not compared with."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the first day; not to be changed."""
    from jimo_crawler.errors import ExitStatus
    from tests.playing import Player

    player = Player(tmp_path_factory.mktemp("crawled"))
    assert player.play(0).status is ExitStatus.OK
    return player.folder


@pytest.fixture
def player(crawled: Path, tmp_path: Path) -> Player:
    """A copy of it for one test."""
    from tests.playing import Player

    shutil.copytree(crawled, tmp_path / "archive")
    return Player(tmp_path / "archive")
