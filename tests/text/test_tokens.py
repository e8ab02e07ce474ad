"""Tokens and the query language: what is one token, what a person's words mean."""

from __future__ import annotations

import hashlib
import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimo_crawler.archive import fts
from jimo_crawler.text.excerpt import excerpt, find, highlight, zh_snippet
from jimo_crawler.text.fold import fold
from jimo_crawler.text.query import MAX_PHRASES, parse, phrases, zh_query
from jimo_crawler.text.tokens import MARK, find_tokens, tokenize, zh_tokens, zh_unmark


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("推行“2+1”服务", "推 行 “ 2 + 1 ” 服 务"),
        ("项目,建设，投产", "项 目 , 建 设 , 投 产"),
        ("6.2亿元 60.48", "6 . 2 亿 元 60 . 48"),
        ("ＡＢ角AB角", "ab 角 ab 角"),
        ("２０２２年6月", "2022 年 6 月"),
        ("a_b-c", "a _ b - c"),
        ("〇一𠀋𰻞", "〇 一 𠀋 𰻞"),
        ("……—", ". . . . . . —"),
        ("😀★℃", "😀 ★ ° c"),
        ("a\u200bb\ufeff零", "a b 零"),
        ("上\n下", "上 \n 下"),
        ("café", "café"),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert tokenize(fold(text)) == tokens.split(" ")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@settings(max_examples=300, deadline=None)
def test_places_of_tokens_agree_with_tokens(text: str) -> None:
    folded = fold(text)
    found = find_tokens(folded)
    assert [token for token, _, _ in found] == tokenize(folded)
    assert all(0 <= start < end <= len(folded) for _, start, end in found)


def test_marks_are_all_that_indexing_adds() -> None:
    assert zh_unmark(zh_tokens("金口镇:做好 服务")) == "金口镇:做好 服务"
    assert MARK in (zh_tokens("金口") or "")
    assert zh_tokens(None) is zh_unmark(None) is None


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("征地", '"征 地"'),
        ("徵地 補償", '("征 地" AND "补 偿")'),
        ("征地　补偿", '("征 地" AND "补 偿")'),
        ("征地 AND 补偿", '("征 地" AND "补 偿")'),
        ("征地 OR 拆迁", '("征 地" OR "拆 迁")'),
        ("征地 OR 拆迁 补偿", '("征 地" OR ("拆 迁" AND "补 偿"))'),
        ("(征地 OR 拆迁) 补偿", '(("征 地" OR "拆 迁") AND "补 偿")'),
        ("（征地 OR 拆迁） 补偿", '(("征 地" OR "拆 迁") AND "补 偿")'),
        ("征地 -拆迁", '("征 地" NOT "拆 迁")'),
        ("征地 －拆迁 -补偿", '("征 地" NOT ("拆 迁" OR "补 偿"))'),
        ("征地 NOT 拆迁", '("征 地" NOT "拆 迁")'),
        ('征地 -"open data"', '("征 地" NOT "open data")'),
        ("征地 -(拆迁 OR 补偿)", '("征 地" NOT ("拆 迁" OR "补 偿"))'),
        ('"open data"', '"open data"'),
        ("“open data”", '"open data"'),
        ("“石门 镇”", '"石 门 镇"'),
        ("“加速度”", '"“ 加 速 度 ”"'),
        ('"“加速度”"', '"“ 加 速 度 ”"'),
        ('"加速度"', '"加 速 度"'),
        ('推行"2+1"服务', '"推 行 "" 2 + 1 "" 服 务"'),
        ('"他说""好"""', '"他 说 "" 好 """'),
        ("gdp*", '"gdp" *'),
        ("ＧＤＰ＊", '"gdp" *'),
        ('"open da"*', '"open da" *'),
        ("王*", '"王 *"'),
        ("5*", '"5 *"'),
        ("(一)", '"( 一 )"'),
        ("(图) 征地", '("( 图 )" AND "征 地")'),
        ("-03-05", '"- 03 - 05"'),
        ("2019-03-05", '"2019 - 03 - 05"'),
        ("OR", '"or"'),
        ("征地 OR", '"征 地"'),
        ("NOT 征地", '("not" AND "征 地")'),
        ("征地 OR -拆迁", '"征 地"'),
        ("or and not", '("or" AND "and" AND "not")'),
        ("title:征地", '"title : 征 地"'),
        ("征地 征地", '"征 地"'),
        ('"', '""""'),
        ("", '""'),
        (None, '""'),
        ("\u200b \0", '""'),
        ("看著 项目", '(("看 著" OR "看 着") AND "项 目")'),
        ("著名", '"著 名"'),
    ],
)
def test_queries(typed: str | None, expression: str) -> None:
    assert zh_query(typed) == expression


def test_a_query_has_so_many_words_and_no_more() -> None:
    assert len(phrases(parse(" OR ".join(f"村{number}" for number in range(900))))) == MAX_PHRASES


def test_finds_are_where_the_reader_sees_them() -> None:
    text = "推行“２＋１”服务…模式，㎡一，ＡＢ角"
    for query, shown in (
        ('"2+1"', "２＋１"),
        ("服务...模式，", "服务…模式，"),
        ("模式,", "模式，"),
        ("m2一", "㎡一"),
        ("AB角", "ＡＢ角"),
    ):
        (found,) = find(text, phrases(parse(query)))
        assert text[found.start : found.end] == shown


def test_excerpt_is_the_articles_own_text_with_marks() -> None:
    body = "第一段没有。\n" + "前文，" * 40 + "在這裡推行“２＋１”服務模式。" + "后文，" * 40
    shown = excerpt(body, phrases(parse('"2+1" 服务')), "<", ">", 40)
    assert "“<２＋１>”<服務>模式" in shown
    assert shown.startswith("…") and shown.endswith("…") and "\n" not in shown
    assert shown.strip("…").replace("<", "").replace(">", "") in body


def test_excerpt_without_a_find_is_the_beginning() -> None:
    assert excerpt("第一段。\n第二段。", phrases(parse("没有"))) == "第一段。"
    assert excerpt("", phrases(parse("没有"))) == ""
    assert zh_snippet(None, "x") is None


def test_prefix_and_overlapping_finds_are_marked_once() -> None:
    assert highlight("GDPx，镇镇镇", phrases(parse("gdp* OR 镇镇"))) == "[GDPx]，[镇镇镇]"


@given(
    st.text(st.sampled_from("镇村“”2+１Ａa ,，…㎡é\u0301\n"), max_size=60),
    st.text("镇村2+aA，“…m", min_size=1, max_size=4),
)
@settings(max_examples=500, deadline=None)
def test_text_without_marks_is_the_text(text: str, query: str) -> None:
    wanted = phrases(parse(query))
    assert highlight(text, wanted, "⟦", "⟧").replace("⟦", "").replace("⟧", "") == text
    shown = excerpt(text, wanted, "⟦", "⟧", 10).replace("⟦", "").replace("⟧", "")
    assert shown.removeprefix("…").removesuffix("…") in text or shown in text


def test_a_change_of_fold_or_tokens_needs_a_new_index() -> None:
    """If this digest changes, so must TOKENS_VERSION, with a migration: old rows are indexed the old way."""
    ranges = ((0x20, 0x180), (0x2010, 0x2028), (0x3000, 0x3020), (0x4E00, 0x9FA6), (0xFF01, 0xFF5F))
    known = (chr(code) for start, end in ranges for code in range(start, end))
    digest = hashlib.sha256("\n".join(zh_tokens(char) or "" for char in known).encode()).hexdigest()[:12]
    assert (fts.TOKENS_VERSION, digest) == (1, "2752247c9e4a")


def test_sql_functions_are_there() -> None:
    conn = sqlite3.connect(":memory:")
    fts.register(conn)
    row = conn.execute(
        "SELECT zh_query('環境'), zh_snippet('保护環境', '环境'), zh_snippet('環境', '环境', '<', '>', 20)"
    ).fetchone()
    assert row == ('"环 境"', "保护[環境]", "<環境>")
    conn.close()
