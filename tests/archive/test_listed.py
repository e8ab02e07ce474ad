"""What listings say of the articles that they name, or name no more: a hint to ask, and nothing more."""

from __future__ import annotations

import re

import pytest

from jimo_crawler.errors import Outcome
from tests.visiting import Bench, page

TOWN = "金口镇"
FIRST, SECOND = "abcd", "efgh"
"""The articles on the first and second page of the listing, a letter each."""


@pytest.fixture
def listed(bench: Bench) -> Bench:
    """A section on two pages (a third is behind them), read and archived a while ago."""
    bench.listing(TOWN, 1, *FIRST, following=True)
    bench.listing(TOWN, 2, *SECOND, following=True)
    for number, path in enumerate(FIRST + SECOND):
        bench.hours += 0.001
        bench.visit(
            path, page(title=f"{path}的新闻", body=f"{path * 40}，{'零一二三四五六七'[number] * 60}。")
        )
    bench.new_run(24)
    return bench


def due(bench: Bench) -> set[str]:
    """Articles to be asked now."""
    rows = bench.conn.execute(
        "SELECT url FROM urls WHERE kind = 'article' AND due_at <= ? AND last_visit_at IS NOT NULL",
        (bench.at(),),
    )
    return {row["url"].rpartition("/")[2] for row in rows}


@pytest.fixture(autouse=True)
def nothing_is_due(listed: Bench) -> None:
    """By age alone."""
    listed.conn.execute("UPDATE urls SET due_at = '9'")


READ = {
    "nothing new, one is missing": ("acd", None, "b"),
    "the last one is missing, the next page has moved up": ("abce", None, "d"),
    "a new one has pushed the last one on to the next page": ("nabc", None, ""),
    "a known one has been put on top": ("habc", None, ""),
    "one was put in at the bottom, and pushed the last one on": ("abcn", None, ""),
    "a new one, and one taken out of the middle": ("nacd", "efgh", "b"),
    "a new one, and what has become of the last one stands on the next page": ("nacd", None, ""),
    "pushed on, and the next page is read": ("nabc", "defg", ""),
    "one taken out of the second page, whose first has come from the first": ("nabc", "defh", "g"),
    "everything is another": ("wxyz", None, ""),
}


@pytest.mark.parametrize("case", READ)
def test_what_has_been_taken_out_is_told_from_what_has_moved(listed: Bench, case: str) -> None:
    first, second, taken = READ[case]
    listed.listing(TOWN, 1, *first, following=True)
    if second:
        listed.listing(TOWN, 2, *second, following=True)
    assert due(listed) == set(taken)
    for path in taken:
        listed.visit(path, None, Outcome.UNCHANGED, status=304)
        assert listed.events(path) == ["new", "delisted"]


def test_a_further_page_is_read_by_itself(listed: Bench) -> None:
    listed.listing(TOWN, 2, "d", *"efh", following=True)
    assert due(listed) == {"g"}
    listed.new_run(24)
    listed.listing(TOWN, 2, "c", "d", *"ef", following=True)
    assert due(listed) == {"g"}, "h may be on the third page"


def test_what_was_put_ahead_of_the_others_says_nothing_of_their_order(listed: Bench) -> None:
    listed.listing(TOWN, 2, *"hdef", following=True)
    assert due(listed) == set(), "g was pushed on to the third page"


def test_favourites_below_every_page_do_not_move_with_the_others(listed: Bench) -> None:
    listed.listing(TOWN, 1, *"abcd", "h", following=True)
    listed.listing(TOWN, 2, *"efg", "h", following=True)
    listed.new_run(24)
    listed.listing(TOWN, 2, *"def", "h", following=True)
    assert due(listed) == set(), (
        "g was pushed on to the third page, and no favourite behind it says otherwise"
    )


def test_what_is_listed_again_is_asked_again(listed: Bench) -> None:
    listed.listing(TOWN, 1, *"acd", following=True)
    listed.visit("b", None, Outcome.UNCHANGED, status=304)
    listed.new_run(24)
    listed.conn.execute("UPDATE urls SET due_at = '9' WHERE kind = 'article'")
    listed.listing(TOWN, 1, *"abcd", following=True)
    assert due(listed) == {"b"}
    listed.visit("b", None, Outcome.UNCHANGED, status=304)
    assert listed.events("b") == ["new", "delisted", "relisted"]


def test_what_another_section_names_is_still_listed(listed: Bench) -> None:
    listed.listing("蓝村街道", 1, "b")
    listed.listing(TOWN, 1, *"acd", following=True)
    assert due(listed) == set()


def test_a_later_day_beside_an_article_is_a_reason_to_ask(listed: Bench) -> None:
    listed.listing(TOWN, 1, *FIRST, following=True, day="2026-01-02")
    assert due(listed) == set(), "now its day is known"
    listed.new_run(24)
    listed.listing("蓝村街道", 1, "b", day="2026-01-04")
    listed.listing(TOWN, 1, *FIRST, following=True, day="2026-01-02")
    assert due(listed) == {"b"}
    listed.visit("b", None, Outcome.UNCHANGED, status=304)
    listed.conn.execute("UPDATE urls SET due_at = '9' WHERE kind = 'article'")
    listed.new_run(24)
    listed.listing("蓝村街道", 1, "b", day="2026-01-04")
    listed.listing(TOWN, 1, *FIRST, following=True, day="2026-01-02")
    assert due(listed) == set(), "two sections that print two days are no news"
    listed.listing(TOWN, 1, *FIRST, following=True, day="2026-02-01")
    assert due(listed) == set(), "all at once: the listing prints something else now"


def test_no_statement_of_a_visit_goes_through_a_whole_table(bench: Bench) -> None:
    """A run's price must not grow with the archive. Tables grow; what SQLite looks at for one page must not."""
    bench.new_run(48)
    statements: list[str] = []
    bench.conn.set_trace_callback(statements.append)
    bench.listing(TOWN, 1, *FIRST, "new", following=True, day="2026-01-07")
    bench.visit(FIRST[0], page("金口镇又召开会议,研究下一步工作。"))
    bench.visit("new", page("田横镇开展巡查,确保节日平安。", title="田横镇开展巡查"))
    bench.conn.set_trace_callback(None)
    asked = [each for each in statements if each.startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(asked) > 20
    for sql in asked:
        if sql != "SELECT count(*) FROM captures":  # the bench's own
            for row in bench.conn.execute(f"EXPLAIN QUERY PLAN {sql}"):
                assert not re.fullmatch(r"SCAN (?!c$)\w+( USING .*)?|SEARCH urls .*\(kind=\?\)", row[3]), sql
