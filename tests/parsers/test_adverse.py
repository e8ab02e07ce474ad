"""Pages that no server means to send: mended, cut and mutated ones raise nothing but what parsers may raise, and end in time."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimo_crawler.errors import NotAnArticle, Truncated
from jimo_crawler.items import Page
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.parsers.decode import decode
from jimo_crawler.parsers.golden import reading
from jimo_crawler.parsers.listing import parse_listing
from jimo_crawler.parsers.section import parse_index
from jimo_crawler.portal import load

PROFILE = load()
SERVED = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "golden").glob("*/page.html"))]
PIECES = [
    *(b"<table>", b"<tr><td>", b"</td></tr>", b"</table>", b"<div>", b"</div>", b"<pre>", b"</pre>", b"\n", b"<br>"),
    *(b'<a href="">1</a>', b'<a href="?page=2">2</a>', b'<a href="http://[">3</a>', b"<select><option>2", b"<form>"),
    *(b"<h1>", b"</h1>", b"<title>", b"<style>", b"<script>", b"<p style='display:none'>", b"&#x110000;", b"\x00", b"\xff"),
    *(text.encode() for text in ("下一页", "第百十页共〇页", "责任编辑：", "2011-5-6 25:61", "浏览：9999999999999999", "點擊(jī)：")),
]  # fmt: skip
ADDRESSES = st.sampled_from(
    [
        "http://www.jimo.example/show.asp?id=5",
        "http://www.jimo.example/a/5_2.html",
        "http://www.jimo.example/",
    ]
)
Mutation = tuple[int, int, int]


def mutated(body: bytes, mutations: list[Mutation]) -> bytes:
    """*body* with pieces put in, or stretches taken out or repeated."""
    for place, choice, length in mutations:
        at = place % (len(body) + 1)
        if choice < len(PIECES):
            body = body[:at] + PIECES[choice] + body[at:]
        elif choice % 2:
            body = body[:at] + body[at + length :]
        else:
            body = body[:at] + body[at : at + length] * 2 + body[at + length :]
    return body


def read(page: Page) -> None:
    for kind in ("article", "listing", "index", "entry"):
        reading(page, kind, PROFILE)  # catches what a parser may raise, and nothing else


@settings(max_examples=150, deadline=None)
@given(
    body=st.sampled_from(SERVED),
    mutations=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, len(PIECES) + 7), st.integers(1, 500)), max_size=12
    ),
    url=ADDRESSES,
)
def test_a_mutated_page_raises_nothing_else(body: bytes, mutations: list[Mutation], url: str) -> None:
    read(decode(url, mutated(body, mutations), None))


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=600),
    kind=st.sampled_from([None, "text/html; charset=gb2312", "text/html; charset=utf-16"]),
)
def test_bytes_at_random_raise_nothing_else(body: bytes, kind: str | None) -> None:
    read(decode("http://www.jimo.example/a.html", body, kind))


@settings(max_examples=60, deadline=None)
@given(body=st.sampled_from(SERVED), share=st.floats(0, 1))
def test_a_cut_page_raises_nothing_else(body: bytes, share: float) -> None:
    read(decode("http://www.jimo.example/a.html", body[: int(len(body) * share)], None))


def test_a_pager_of_the_page_itself_is_none() -> None:
    """Every page has one address: a pager within the article leads nowhere."""
    text = "金口镇党委、政府坚持把发展海洋经济作为全镇工作的重中之重，先后投入资金三千多万元改造渔港。" * 3
    html = f'<h1>金口镇渔港改造提速</h1><p>时间：2011-5-6 来源：即墨信息港</p><p>{text}</p><p><a href="/x?id=1">1</a> <a href="/y?id=2">下一页</a></p>'
    page = decode("http://www.jimo.example/show.asp?id=7", html.encode(), "text/html; charset=utf-8")
    assert parse_article(page, PROFILE).parts_total == 1


@pytest.mark.parametrize(
    "html",
    [
        "<style>" + "a" * 300_000,
        "<style" * 50_000,
        "<style>" + "/*" * 100_000,
        '<p style="' + "a" * 300_000 + '">text</p>',
        "<p>" + "来源" * 100_000,
        "<p>" + "(一)" * 60_000,
        "<a href=x>" + "第1页 " * 40_000,
        "<p>共" + "十" * 100_000 + "页",
        "<pre>" + "一\n" * 60_000,
        '<a href="?p=1">1</a>' * 12_000,
    ],
    ids=lambda html: html[:14],
)
@pytest.mark.parametrize(
    "parse", [parse_article, parse_listing, parse_index], ids=lambda parse: parse.__name__
)
def test_an_endless_page_ends(html: str, parse: Callable[..., object]) -> None:
    page = decode("http://www.jimo.example/a.html", html.encode(), "text/html; charset=utf-8")
    start = time.monotonic()
    with contextlib.suppress(NotAnArticle, Truncated):
        parse(page, PROFILE)
    assert time.monotonic() - start < 5
