"""When a known address is asked again: by its age and what happened to it, within a budget, or because somebody says so."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from jimo_crawler.archive.due import next_due
from jimo_crawler.archive.frontier import Plan
from jimo_crawler.clock import from_stamp, to_stamp
from jimo_crawler.demo.portal import day_start
from jimo_crawler.errors import ExitStatus, Outcome
from jimo_crawler.parsers.urls import canonical_url
from tests.playing import BASE, Player
from tests.visiting import Bench, page

NOW = from_stamp("2026-01-05T06:00:00Z")


# --- by age and by what happened --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet_days", "days"), [(0, 1), (1, 1), (5, 1), (30, 6), (365, 73), (900, 180), (9000, 180), (-40, 1)]
)
def test_young_pages_are_asked_often_and_old_ones_rarely_but_never_never(quiet_days: int, days: int) -> None:
    published = to_stamp(NOW - timedelta(days=quiet_days))
    due = from_stamp(next_due(NOW, [published], least_hours=24))
    assert due == NOW + timedelta(days=days, hours=-4), "a little early, so that a daily run does not miss it"


def test_what_happened_last_counts_as_youth() -> None:
    long_ago, lately = "2005-01-01T08:00:00+08:00", to_stamp(NOW - timedelta(days=50))
    assert next_due(NOW, [long_ago, lately], least_hours=24) == next_due(NOW, [lately], least_hours=24)
    assert next_due(NOW, [None, None], least_hours=24) == to_stamp(NOW + timedelta(hours=20))


def waits(bench: Bench, path: str) -> float:
    """Days until the address is due."""
    row = bench.row("SELECT due_at, last_visit_at FROM urls WHERE url = ?", f"http://p.cn/{path}")
    return (from_stamp(str(row["due_at"])) - from_stamp(str(row["last_visit_at"]))) / timedelta(days=1)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_an_old_article_is_left_alone_until_something_happens(bench: Bench) -> None:
    bench.visit("old", page(published="2006-05-06"))
    assert waits(bench, "old") > 179, "that it is new to the archive makes it no younger"
    bench.new_run(24 * 180)
    bench.visit("old", page(published="2006-05-06"))
    assert waits(bench, "old") > 179
    bench.new_run(24 * 180)
    bench.visit(
        "old", page("金口镇召开项目建设推进会,要求各村抓紧。\n总投资三十一亿元。", published="2006-05-06")
    )
    assert waits(bench, "old") < 1
    bench.new_run(24 * 100)
    bench.visit("old", None, Outcome.UNCHANGED, status=304)
    assert 19 < waits(bench, "old") < 20


def test_what_is_missing_is_asked_when_that_can_be_confirmed_and_then_rarely(bench: Bench) -> None:
    bench.visit("a", page(published="2006-05-06"))
    bench.new_run(24)
    bench.visit("a", None, Outcome.GONE, status=404)
    assert waits(bench, "a") == 6 / 24
    bench.new_run(24)
    bench.visit("a", None, Outcome.GONE, status=404)
    assert 6 < waits(bench, "a") < 7
    bench.new_run(24 * 365)
    bench.visit("a", None, Outcome.GONE, status=404)
    assert 70 < waits(bench, "a") < 75


# --- within a budget, and told to ---------------------------------------------------------------------------------------------


def asked_articles(player: Player) -> list[str]:
    """Addresses of known articles that the last run asked, in order."""
    known = {row["url"] for row in player.archive.rows("SELECT url FROM article_urls")}
    asked = dict.fromkeys(canonical_url(BASE + path) for path in player.asked)
    return [url for url in asked if url in known]


def test_a_recheck_within_a_budget_takes_the_longest_unseen_first_and_goes_on_the_next_time(
    player: Player,
) -> None:
    oldest = [
        row["url"]
        for row in player.archive.rows(
            "SELECT u.url FROM urls AS u JOIN article_urls AS a ON a.url = u.url ORDER BY u.last_visit_at, u.url LIMIT 24"
        )
    ]
    for part in (oldest[:12], oldest[12:]):
        verdict = player.play(0, Plan(recheck=True, budget=12), hours=30)
        assert asked_articles(player) == part
        assert (verdict.status, "budget" in verdict.message) == (ExitStatus.PARTIAL, True)


def test_a_recheck_of_one_town_asks_that_town(player: Player) -> None:
    assert player.play(0, Plan(recheck=True, towns=("田横镇",)), hours=30).status is ExitStatus.OK
    of_town = player.archive.rows(
        "SELECT a.url FROM article_urls AS a JOIN urls AS u ON u.url = a.url JOIN towns AS t ON t.id = u.town_id"
        " WHERE t.name = '田横镇'"
    )
    assert Counter(asked_articles(player)) == Counter(row["url"] for row in of_town)


def test_a_recheck_of_what_is_older_asks_that_alone(player: Player) -> None:
    player.play(0, Plan(recheck=True, budget=12), hours=30)
    lately = set(asked_articles(player))
    before = to_stamp(day_start(0) + timedelta(hours=20))
    assert player.play(0, Plan(recheck=True, observed_before=before), hours=31).status is ExitStatus.OK
    asked = asked_articles(player)
    assert not lately.intersection(asked)
    assert len(asked) + len(lately) == player.archive.value("SELECT count(*) FROM article_urls")


def test_the_budget_of_a_daily_run_is_spread_over_the_towns_and_takes_the_longest_overdue(
    player: Player,
) -> None:
    half_a_year = 24.0 * 200
    due = {
        row["url"]: (row["town"], row["due_at"])
        for row in player.archive.rows(
            "SELECT u.url, t.name AS town, u.due_at FROM urls AS u LEFT JOIN towns AS t ON t.id = u.town_id"
            " WHERE u.kind = 'article' AND u.state = 'known' AND u.due_at <= ?",
            to_stamp(day_start(0) + timedelta(hours=half_a_year)),
        )
    }
    verdict = player.play(0, Plan(budget=40), hours=half_a_year)
    asked = {canonical_url(BASE + path) for path in player.asked} & due.keys()
    by_town = Counter(due[url][0] for url in asked)
    available = Counter(town for town, _ in due.values())
    assert len(asked) == 40
    assert len(by_town) == len(available)
    assert max(by_town.values()) - min(by_town[town] for town in available if available[town] >= 2) <= 1
    for town in available:
        of_town = sorted(stamp for name, stamp in due.values() if name == town)
        assert sorted(due[url][1] for url in asked if due[url][0] == town) == of_town[: by_town[town]]
    assert (verdict.status, "budget" in verdict.message) == (ExitStatus.PARTIAL, True)
