"""What the archive makes of visits, whatever their order: real SQLite, no network."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Link, Removed
from jimo_crawler.parsers.urls import canonical_url
from tests.crawling import contents
from tests.visiting import BODY, Bench, page

# --- one text, several addresses -------------------------------------------------------------------------------------------


def test_the_same_text_at_two_addresses_is_one_article_under_the_earlier_one(bench: Bench) -> None:
    assert bench.visit("b", page(published="2026-01-03")).outcome is Outcome.ARTICLE
    assert bench.visit("a", page(published="2026-01-02", town="蓝村街道")).outcome is Outcome.ARTICLE
    assert bench.rows("SELECT url, published_at FROM articles") == [("http://p.cn/a", "2026-01-02")]
    assert bench.rows("SELECT url, outcome FROM urls ORDER BY url") == [
        ("http://p.cn/a", "article"),
        ("http://p.cn/b", "duplicate"),
    ]
    assert (
        bench.row("SELECT t.name FROM articles AS a JOIN towns AS t ON t.id = a.town_id")["name"]
        == "蓝村街道"
    )


def test_a_reprint_with_another_title_or_source_has_a_row_of_its_own(bench: Bench) -> None:
    bench.visit("a", page())
    bench.visit("b", page(source="今日即墨", published="2026-01-04"))
    bench.visit("c", page(title="金口镇跑出加速度", published="2026-01-05"))
    rows = bench.rows(
        "SELECT a.url, d.url, a.similarity FROM articles AS a LEFT JOIN articles AS d ON d.id = a.duplicate_of ORDER BY a.url"
    )
    assert rows == [
        ("http://p.cn/a", None, None), ("http://p.cn/b", "http://p.cn/a", 1.0), ("http://p.cn/c", "http://p.cn/a", 1.0),
    ]  # fmt: skip


def test_twenty_orders_of_arrival_make_one_archive(tmp_path: Path) -> None:
    other = BODY.replace("金口镇", "移风店镇").replace("十二", "九")
    first, second = BODY.split("\n")[0], "\n".join(BODY.split("\n")[1:])
    to_first, to_second = Link(url="http://p.cn/p1", number=1), Link(url="http://p.cn/p2", number=2)
    pages = {
        "a": page(), "b": page(published="2026-01-01"), "c": page(published=None), "d": page(source="大众网"),
        "e": page(title="另一个标题", published="2025-12-31"), "f": page(other), "g": page(other, published="2026-01-01"),
        "h": page(BODY.replace("九合产业园", "九合工业园")),
        "p1": page(first, title="分页", parts=(to_second,), parts_total=2),
        "p2": page(second, title="分页", part=2, parts=(to_first,), parts_total=2),
        "q": page(BODY, title="分页", published="2026-01-09"),
    }  # fmt: skip
    states = []
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        bench = Bench(folder)
        order = list(pages)
        random.Random(seed).shuffle(order)
        for path in order:
            bench.visit(path, pages[path])
        bench.conn.close()
        states.append(contents(bench.archive))
    assert all(state == states[0] for state in states)
    assert len(states[0]["articles"]) == 6


# --- change ----------------------------------------------------------------------------------------------------------------


def test_an_edit_is_a_revision_that_says_what_changed(bench: Bench) -> None:
    bench.visit("a", page())
    bench.new_run(24)
    assert bench.visit("a", page(BODY.replace("三十亿", "三十五亿"))).outcome is Outcome.ARTICLE
    revision = bench.row("SELECT change, magnitude, silent FROM revisions ORDER BY id DESC LIMIT 1")
    assert (revision["change"], revision["silent"]) == ("body", 1)
    assert 0 < float(str(revision["magnitude"])) < 0.1
    bench.new_run(24)
    bench.visit("a", page(published="2026-01-06T08:00:00+08:00"))
    assert bench.row("SELECT change, silent FROM revisions ORDER BY id DESC LIMIT 1") == {
        "change": "body,published_at",
        "silent": 0,
    }
    assert bench.row("SELECT count(*) AS n FROM articles")["n"] == 1


def test_the_same_text_again_is_no_revision(bench: Bench) -> None:
    bench.visit("a", page())
    bench.new_run(24)
    assert bench.visit("a", page()).outcome is Outcome.UNCHANGED
    assert bench.row("SELECT count(*) AS n FROM revisions")["n"] == 1
    assert bench.row("SELECT last_seen_at FROM articles")["last_seen_at"] == bench.at()


def test_an_address_that_departs_gets_an_article_of_its_own(bench: Bench) -> None:
    bench.visit("a", page())
    bench.visit("b", page(published="2026-01-03"))
    bench.new_run(24)
    bench.visit("b", page(BODY.replace("三十亿", "三十五亿"), published="2026-01-03"))
    assert bench.rows("SELECT a.url, o.url FROM articles AS a LEFT JOIN articles AS o ON o.id = a.split_from ORDER BY a.url") == [
        ("http://p.cn/a", None), ("http://p.cn/b", "http://p.cn/a"),
    ]  # fmt: skip


def test_an_edit_that_every_address_follows_is_one_edit_of_one_article(bench: Bench) -> None:
    bench.visit("a", page())
    bench.visit("b", page(published="2026-01-03"))
    article = bench.row("SELECT id FROM articles")["id"]
    bench.new_run(24)
    edited = BODY.replace("三十亿", "三十五亿")
    bench.visit("b", page(edited, published="2026-01-03"))
    bench.visit("a", page(edited))
    assert bench.rows("SELECT id, url, status FROM articles") == [(article, "http://p.cn/a", "live")]
    assert bench.row("SELECT count(*) AS n FROM article_urls WHERE current = 1")["n"] == 2


STRAWBERRIES = page(
    "蓝村街道的草莓熟了,游客坐着小火车进大棚。\n种植户王霞一天卖出两百斤,手机响个不停。",
    title="蓝村草莓红了",
    town="蓝村街道",
)


def test_another_article_at_an_address_leaves_the_first_one_gone_once_that_is_confirmed(bench: Bench) -> None:
    bench.visit("a", page())
    for hours, status in ((24, "live"), (2, "live"), (24, "gone")):
        bench.new_run(hours)
        bench.visit("a", STRAWBERRIES)
        rows = bench.rows("SELECT title, status, split_from IS NOT NULL FROM articles ORDER BY id")
        assert rows == [("金口镇:项目建设提速", status, 0), ("蓝村草莓红了", "live", 1)]
    assert bench.rows("SELECT event FROM observations ORDER BY crawl_id") == [
        ("new",),
        ("replaced",),
        (None,),
        (None,),
    ]


# --- loss --------------------------------------------------------------------------------------------------------------------


def test_gone_needs_two_observations_hours_apart(bench: Bench) -> None:
    bench.visit("a", page())
    for hours, status in ((24, "live"), (2, "live"), (5, "gone")):
        bench.new_run(hours)
        assert bench.visit("a", None, Outcome.GONE, 404).outcome is Outcome.GONE
        assert bench.row("SELECT status FROM articles")["status"] == status
    assert bench.row("SELECT body FROM articles")["body"] == BODY, "the text stays"
    assert [row[0] for row in bench.rows("SELECT event FROM observations ORDER BY crawl_id")] == [
        "new",
        "missing",
        None,
        "gone",
    ]
    bench.new_run(24)
    bench.visit("a", page())
    assert bench.rows("SELECT status FROM articles") == [("live",)]
    assert bench.rows("SELECT event FROM observations ORDER BY crawl_id DESC LIMIT 1") == [("restored",)]


def test_one_observation_is_enough_where_the_setting_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path, confirm_hours=0)
    bench.visit("a", page())
    bench.new_run(1)
    bench.visit("a", None, Outcome.GONE, 404)
    assert bench.rows("SELECT status FROM articles") == [("gone",)]
    bench.conn.close()


def test_an_article_is_gone_only_when_every_address_is(bench: Bench) -> None:
    bench.visit("a", page())
    bench.visit("b", page(published="2026-01-03"))
    for hours in (24, 24):
        bench.new_run(hours)
        bench.visit("a", None, Outcome.GONE, 404)
    assert bench.rows("SELECT status FROM articles") == [("live",)]
    assert bench.rows("SELECT url, status FROM article_urls ORDER BY url") == [
        ("http://p.cn/a", "gone"),
        ("http://p.cn/b", "live"),
    ]


def test_a_takeover_keeps_the_good_text(bench: Bench) -> None:
    bench.visit("a", page())
    bench.new_run(24)
    bench.visit("a", None, Outcome.HIJACKED)
    assert bench.rows("SELECT status, body FROM articles") == [("hijacked", BODY)]


def test_a_first_meeting_with_a_takeover_makes_no_article(bench: Bench) -> None:
    assert bench.visit("a", None, Outcome.HIJACKED).outcome is Outcome.HIJACKED
    assert bench.rows("SELECT count(*) FROM articles") == [(0,)]


def test_a_failure_says_nothing_of_the_article_and_is_due_again(bench: Bench) -> None:
    bench.visit("a", page())
    bench.new_run(24)
    bench.visit("a", None, Outcome.FAILED, 500)
    assert bench.rows("SELECT status FROM articles") == [("live",)]
    assert bench.row("SELECT due_at, attempts FROM urls") == {"due_at": bench.at(), "attempts": 1}


# --- paged bodies --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (1, 3, 2)])
def test_a_paged_body_is_one_article_joined_in_order(bench: Bench, order: tuple[int, ...]) -> None:
    lines = BODY.split("\n")
    links = {number: Link(url=f"http://p.cn/a{number}", number=number) for number in (1, 2, 3)}
    for place, number in enumerate(order):
        others = tuple(link for other, link in links.items() if other != number)
        bench.visit(f"a{number}", page(lines[number - 1], part=number, parts=others, parts_total=3))
        complete = bench.rows("SELECT complete FROM articles")
        assert complete in ([], [(int(place == 2),)])
    assert bench.rows("SELECT url, body, complete FROM articles") == [("http://p.cn/a1", BODY, 1)]
    assert bench.rows("SELECT url, part FROM article_urls ORDER BY part") == [
        (f"http://p.cn/a{number}", number) for number in (1, 2, 3)
    ]
    assert bench.rows("SELECT change FROM revisions") == [("first",)]


def test_a_body_whose_other_pages_have_no_address_is_not_complete(bench: Bench) -> None:
    bench.visit("a", page(BODY.split("\n")[0], parts_total=3))
    assert bench.rows("SELECT url, complete FROM articles") == [("http://p.cn/a", 0)]
    bench.new_run(24)
    bench.visit("a", page())
    assert bench.rows("SELECT url, body, complete FROM articles") == [("http://p.cn/a", BODY, 1)]


def test_the_frontier_knows_every_page_of_a_paged_body(bench: Bench) -> None:
    bench.visit(
        "a", page(BODY.split("\n")[0], parts=(Link(url="http://p.cn/a?page=2", number=2),), parts_total=2)
    )
    assert bench.row("SELECT first_url, part FROM urls WHERE url = ?", canonical_url("http://p.cn/a?page=2")) == {
        "first_url": "http://p.cn/a", "part": 2,
    }  # fmt: skip


# --- pages that only their headline makes articles ------------------------------------------------------------------------------

NOTICE = "因管道检修,明天8时至17时全镇停水,请互相转告。"


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("金口镇停水通知", Outcome.ARTICLE),
        ("·金口鎮停水通知", Outcome.ARTICLE),
        ("金口镇停水…", Outcome.NOT_ARTICLE),
        ("金口镇停水通...", Outcome.ARTICLE),
        ("更多", Outcome.NOT_ARTICLE),
        ("", Outcome.NOT_ARTICLE),
    ],
)
def test_a_notice_is_an_article_where_a_link_names_it_by_its_headline(
    bench: Bench, title: str, outcome: Outcome
) -> None:
    failure = Failure(stage=Stage.PARSE, reason=Reason.NOT_AN_ARTICLE, message="too little")
    removed = (Removed(text="代开发票", reason="trade_contact"),)
    read = page(NOTICE, "金口镇停水通知", None, None)
    bench.listing("金口镇", 1, "a")
    bench.conn.execute("UPDATE urls SET anchor = ? WHERE url = 'http://p.cn/a'", (title or None,))
    visit = bench.visit("a", read, Outcome.NOT_ARTICLE, failures=(failure,), removed=removed)
    is_one = outcome is Outcome.ARTICLE
    assert visit.outcome is outcome
    assert bench.rows("SELECT title, body FROM articles") == [("金口镇停水通知", NOTICE)] * is_one
    assert bench.rows("SELECT reason FROM failures") == [("not_an_article",)] * (not is_one)
    assert bench.rows("SELECT text FROM removed_text") == [("代开发票",)] * is_one


def test_a_page_that_keeps_but_the_headline_of_a_known_article_has_lost_it(bench: Bench) -> None:
    bench.listing("金口镇", 1, "a")
    bench.conn.execute("UPDATE urls SET anchor = '金口镇停水通知' WHERE url = 'http://p.cn/a'")
    bench.visit("a", page(BODY, "金口镇停水通知"))
    bench.new_run(24)
    left = page("材料不全的,一次性告知,请按要求补齐。", "金口镇停水通知", None, None)
    bench.visit("a", left, Outcome.NOT_ARTICLE)
    assert bench.rows("SELECT body FROM revisions") == [(BODY,)]
    assert bench.events("a") == ["new", "missing"]


# --- addresses that lead elsewhere, and one loss after another --------------------------------------------------------------


def test_an_address_that_leads_to_its_article_elsewhere_is_alive(bench: Bench) -> None:
    bench.visit("old", page())
    bench.new_run(24)
    bench.redirect("old", "new", page())
    assert bench.events("old") == ["new", "moved"]
    assert bench.row("SELECT count(*) AS articles, min(status) AS status FROM articles") == {
        "articles": 1,
        "status": "live",
    }


def test_an_address_that_leads_to_another_article_has_lost_its_own(bench: Bench) -> None:
    other = page(
        "田横镇渔业喜获丰收，码头上停满了归来的渔船。\n渔民张师傅说，今年收成最好。", "田横镇:渔船满载而归"
    )
    bench.visit("a", page())
    bench.visit("b", other)
    for hours, event in ((24, "missing"), (24, "gone")):
        bench.new_run(hours)
        bench.redirect("a", "b", other)
        assert bench.events("a")[-1] == event
    assert bench.row("SELECT status FROM articles WHERE url LIKE '%/a'") == {"status": "gone"}
    assert bench.row("SELECT status FROM articles WHERE url LIKE '%/b'") == {"status": "live"}
    said = bench.row("SELECT message FROM observations WHERE event = 'gone'")
    assert said == {"message": "leads to http://p.cn/b"}


def test_a_takeover_that_is_taken_down_is_gone_when_that_is_confirmed_and_may_come_back(bench: Bench) -> None:
    bench.visit("a", page())
    found = [(None, Outcome.HIJACKED, 200), *[(None, Outcome.GONE, 404)] * 2, (None, Outcome.HIJACKED, 200)]
    for seen, outcome, status in found:
        bench.new_run(24)
        bench.visit("a", seen, outcome, status)
    bench.new_run(24)
    bench.visit("a", page())
    assert bench.events("a") == ["new", "hijacked", "missing", "gone", "hijacked", "restored"]
    assert bench.row("SELECT count(*) AS revisions FROM revisions") == {"revisions": 1}
    assert bench.row("SELECT status, missing_since, gone_at FROM article_urls") == {
        "status": "live",
        "missing_since": None,
        "gone_at": None,
    }
