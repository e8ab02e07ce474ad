"""A daily run asks what it must and nothing else: counted over weeks of the demo portal, by its truth alone."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.least import Least
from jimo_crawler.clock import to_stamp
from jimo_crawler.demo.afterlife import OUTAGES
from jimo_crawler.demo.portal import build, day_start
from jimo_crawler.demo.server import plain
from tests.playing import Player

DAYS = [day for day in range(22) if day not in OUTAGES]
Difference = tuple[Counter[str], Counter[str]]


@pytest.fixture(scope="module")
def differences(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Difference]:
    """By day: what was asked in vain, and what was left out."""
    player, least, found = Player(tmp_path_factory.mktemp("requests")), Least(), {}
    for day in DAYS:
        now = to_stamp(day_start(day))
        needed = least.requests(build(day).truth, now)
        player.play(day)
        asked = Counter(map(plain, player.asked))
        least.learn(build(day).truth, dict.fromkeys(asked, now))
        found[day] = asked - needed, needed - asked
    return found


@pytest.mark.parametrize("day", DAYS)
def test_a_daily_run_asks_what_it_must_and_nothing_else(differences: dict[int, Difference], day: int) -> None:
    assert differences[day] == (Counter(), Counter())
