"""Thirty-six days of the demo portal: edits, deletions, takeovers, outages; what the archive says after each of them."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jimo_crawler.archive.account import Verdict
from jimo_crawler.archive.frontier import Plan
from jimo_crawler.clock import to_stamp
from jimo_crawler.demo.afterlife import OUTAGES
from jimo_crawler.demo.portal import LAST_DAY, build, day_start
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.errors import ExitStatus
from tests.comparing import Expected, differences, differences_of_state
from tests.crawling import PROJECT, Archive, assert_sound
from tests.playing import BASE, Player


def rest_of(day: int) -> Plan:
    """A recheck of what the day's ``towns`` run has not asked."""
    return Plan(recheck=True, observed_before=to_stamp(day_start(day) - timedelta(hours=12)))


@dataclass
class Lived:
    """An archive that has lived through all days, and what was noted of each."""

    archive: Archive
    differences: dict[int, list[str]] = field(default_factory=dict)
    verdicts: dict[int, list[Verdict]] = field(default_factory=dict)
    asked: dict[int, list[int]] = field(default_factory=dict)
    """Pages asked by the runs of each day, robots.txt left out."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    player = Player(tmp_path_factory.mktemp("days"))
    lived = Lived(player.archive)
    for day in range(LAST_DAY + 1):
        for plan, hours in ((Plan(full=True), 0.0), (rest_of(day), 0.5)):
            lived.verdicts.setdefault(day, []).append(player.play(day, plan, hours=hours))
            lived.asked.setdefault(day, []).append(len(player.asked) - 1)
        lived.differences[day] = differences(player.archive, build(day).truth, BASE)
    return lived


@pytest.mark.parametrize("day", range(LAST_DAY + 1))
def test_after_each_day_every_address_is_what_it_is_and_nothing_else_is_touched(
    lived: Lived, day: int
) -> None:
    assert lived.differences[day] == []


@pytest.mark.parametrize("day", range(LAST_DAY + 1))
def test_each_day_is_read_whole_unless_it_is_an_outage(lived: Lived, day: int) -> None:
    expected = {ExitStatus.OUTAGE} if day in OUTAGES else {ExitStatus.OK}
    assert {verdict.status for verdict in lived.verdicts[day]} == expected


@pytest.mark.parametrize("day", OUTAGES)
def test_an_outage_ends_both_runs_within_twenty_pages_and_says_so(lived: Lived, day: int) -> None:
    assert max(lived.asked[day]) <= 20
    for verdict in lived.verdicts[day]:
        assert verdict.message.startswith("outage: ")
        assert "\n" not in verdict.message


def test_every_known_address_is_asked_once_a_day(lived: Lived) -> None:
    days = len(set(range(LAST_DAY + 1)) - set(OUTAGES))
    seen = lived.archive.rows(
        "SELECT u.url, count(DISTINCT substr(o.observed_at, 1, 10)) AS days, count(*) AS times FROM article_urls AS u"
        " JOIN observations AS o ON o.url = u.url AND o.outcome NOT IN ('blocked', 'skipped') WHERE u.current = 1"
        " GROUP BY u.url"
    )
    assert all(row["times"] == row["days"] for row in seen)
    assert max(row["days"] for row in seen) == days


def test_the_archive_is_sound_after_all(lived: Lived) -> None:
    assert_sound(lived.archive)


# --- the history in one query each --------------------------------------------------------------------------------------

Rows = list[dict[str, Any]]


def queries() -> dict[str, str]:
    """Heading → query of docs/history.md."""
    text = (PROJECT / "docs" / "history.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^## (.+?)\n.*?```sql\n(.+?)```", text, re.DOTALL | re.MULTILINE))


def happened(*kinds: str) -> Counter[str]:
    """By URL: how often something of these kinds was to be seen, from the truth of the last day."""
    expected = Expected(build(LAST_DAY).truth, BASE)
    found: Counter[str] = Counter()
    for path, rows in expected.carried.items():
        for day, kind in rows[-1][1]["events"]:
            if kind.startswith(kinds) and day:
                found[expected.url(path)] += 1
    return found


def urls(rows: Rows) -> Counter[str]:
    return Counter(row["url"] for row in rows)


def state(status: str) -> set[str]:
    expected = Expected(build(LAST_DAY).truth, BASE)
    return {url for url, state, current in expected.addresses() if state == status and current}


def check_edits(rows: Rows) -> None:
    versions = Expected(build(LAST_DAY).truth, BASE).revisions()
    assert urls(rows) == +Counter({url: sum(v[5] != "first" for v in each) for url, each in versions.items()})


def check_silent(rows: Rows) -> None:
    versions = Expected(build(LAST_DAY).truth, BASE).revisions()
    assert urls(rows) == +Counter({url: sum(v[6] for v in each) for url, each in versions.items()})


def check_vanished(rows: Rows) -> None:
    assert urls(rows) == Counter(dict.fromkeys(state("gone"), 2))
    assert {row["event"] for row in rows} == {"missing", "gone"}
    assert all(row["warc_file"] and (row["status"] in (404, 410) or row["message"]) for row in rows)


def check_missing(rows: Rows) -> None:
    assert set(urls(rows)) == {url for url in happened("gone-404") if url not in state("gone")} & state(
        "live"
    ) - set(happened("restore"))


def check_back(rows: Rows) -> None:
    assert urls(rows) == happened("restore")
    assert all(row["away_since"] < row["observed_at"] for row in rows)


def check_taken(rows: Rows) -> None:
    assert urls(rows) == happened("hijack")
    assert {row["url"] for row in rows if row["now"] == "hijacked"} == state("hijacked")
    assert all(row["message"] for row in rows)


def check_never(rows: Rows) -> None:
    wanted = [path for path, each in build(LAST_DAY).truth.pages.items() if each["kind"] == "hijacked"]
    assert urls(rows) == Counter(BASE + path for path in wanted)
    assert all(row["headline_in_the_listing"] for row in rows)


def check_injected(rows: Rows) -> None:
    assert urls(rows) == happened("inject")


def check_delisted(rows: Rows) -> None:
    assert set(urls(rows)) == (set(happened("delist")) - set(happened("relist"))) & state("live")


def check_relisted(rows: Rows) -> None:
    assert urls(rows) == happened("relist")


def check_other(rows: Rows) -> None:
    assert urls(rows) == happened("replace", "depart")


def check_timeline(rows: Rows) -> None:
    assert [row["event"] for row in rows] == ["new", "changed", "missing", "gone", "restored", "hijacked"]
    assert [row["change"] for row in rows][:2] == ["first", "body"]


def check_towns(rows: Rows) -> None:
    articles = Expected(build(LAST_DAY).truth, BASE).articles
    assert sum(row["gone"] for row in rows) == sum(each["status"] == "gone" for each in articles)
    assert sum(row["articles"] for row in rows) == len(articles)


def check_runs(rows: Rows) -> None:
    assert {(row["verdict"], row["exit_status"]) for row in rows} == {("outage", 4)}
    assert len(rows) == 2 * len(OUTAGES)


def check_balance(rows: Rows) -> None:
    assert rows == []


CHECKS: dict[str, Callable[[Rows], None]] = {
    "What was edited, and how much?": check_edits,
    "Which edits were silent?": check_silent,
    "When did it vanish, and what said so?": check_vanished,
    "What is missing, and not yet confirmed?": check_missing,
    "What came back?": check_back,
    "What was taken over, and by what?": check_taken,
    "Which pages were spam when they were first met, and never became articles?": check_never,
    "Where was spam put into a page whose text stands?": check_injected,
    "What has left the listings and is still there?": check_delisted,
    "What was listed again?": check_relisted,
    "Which addresses carry another article than they once did?": check_other,
    "What happened to one article, in order?": check_timeline,
    "What did each town's news lose and change?": check_towns,
    "Which runs met an outage, or were not complete?": check_runs,
    "Does every run's account balance?": check_balance,
}


@pytest.mark.parametrize("question", CHECKS)
def test_the_history_is_told_in_one_query_each(lived: Lived, question: str) -> None:
    conn = sqlite3.connect(lived.archive.db)
    conn.row_factory = sqlite3.Row
    try:
        busiest = conn.execute(
            "SELECT article_id FROM observations WHERE event IS NOT NULL GROUP BY article_id, url"
            " HAVING group_concat(event) LIKE '%restored%hijacked%' AND sum(event = 'changed') = 1"
        ).fetchone()
        rows = [dict(row) for row in conn.execute(queries()[question], {"id": busiest["article_id"]})]
    finally:
        conn.close()
    CHECKS[question](rows)


def test_every_query_of_the_document_is_checked() -> None:
    assert queries().keys() == CHECKS.keys()


# --- the same by the real command ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


def test_the_real_command_says_the_same_of_a_handful_of_days(portal: DemoServer, tmp_path: Path) -> None:
    archive = Archive(tmp_path, portal.url)
    for day, statuses in ((0, [0]), (7, [0, 0]), (8, [0, 0]), (9, [4, 4])):
        portal.set_day(day)
        six, later = ({"JIMO_NOW": f"{day_start(day):%Y-%m-%d}T{time}:00Z"} for time in ("06:00", "06:30"))
        asked_before = len(portal.requests)
        done = [archive.crawl("towns", full=1, settings=six)]
        done += [archive.crawl("recheck", older_than="12h", settings=later)] if day else []
        assert [each.returncode for each in done] == statuses, done[-1].stderr
        if day in OUTAGES:
            assert len(portal.requests) - asked_before <= 40
            assert all(each.stderr.count("outage:") == 1 for each in done)
    assert differences_of_state(archive, build(8).truth, portal.base) == []
