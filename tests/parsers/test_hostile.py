"""Pages made to hang or burst a parser: every one is read in time, whatever comes out."""

from __future__ import annotations

import contextlib
import random
import time

import pytest

from jimo_crawler.errors import NotAnArticle, Truncated
from jimo_crawler.items import Page
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.parsers.listing import parse_listing
from jimo_crawler.parsers.section import find_index, parse_index
from jimo_crawler.portal import load

HEAD = "<html><head><title>金口镇召开会议-即墨信息港</title></head><body><h1>金口镇召开会议</h1><p>发布:2011-5-6 来源:即墨信息港</p>"
PAGES = {
    "a list without end": HEAD + "".join(f'<li><a href="/n/{n}.html">蓝村街道召开会议第{n}次</a> 2011-05-06</li>' for n in range(16_000)),
    "towns without end": HEAD + "".join(f'<a href="/n/{n}.html">村{n}镇</a>' for n in range(16_000)),
    "one town again and again": HEAD + '<div><a href="/n/1.html">金口镇</a></div>' * 8_000,
    "meta lines without end": HEAD + "<p>来源：报 编辑：人 2011-5-6</p>" * 4_000,
    "heads of lists without end": HEAD + "<p>正文一段文字说明情况。</p>" + "<p>相关文章</p>" * 20_000,
    "breadcrumbs without end": HEAD + "<p>当前位置：首页 &gt; 乡镇 &gt; 金口镇</p>" * 5_000,
    "tables in tables": HEAD + "<table><tr><td>" * 20_000 + "正文。" * 50,
    "lists in lists": HEAD + "<ul><li><a href=/1.html>蓝村街道召开会议一</a>" * 8_000,
    "a table without end": HEAD + "<table>" + "<tr><td>甲</td><td>乙</td></tr>" * 15_000 + "</table>",
    "links that nobody closed": HEAD + "<a href=/1>" * 40_000 + "文",
    "a pager without end": HEAD + "".join(f'<a href="?page={n}">{n}</a> ' for n in range(16_000)),
    "a jumper without end": HEAD + "<select onchange='location=this.value'>" + "".join(f'<option value="a_{n}.html">{n}</option>' for n in range(1, 16_000)) + "</select>",
    "a line without end": HEAD + "<p>" + "正文一段文字，说明情况。" * 100_000,
    "readings without end": HEAD + "<p>" + "發(fā)(" * 40_000,
    "style sheets that never close": "<style>" + "@media a /* " * 20_000 + "</style>" + HEAD + "<p>正文",
    "scripts without end": HEAD + "<script>function go(n){location.href='a'+n}</script>" * 4_000 + "<a href='javascript:go(2)'>下一页</a>",
    "noise": "".join(random.Random(1).choices(["<", ">", '"', "'", "<p", "</", "a", "=", "文", "<!--", "-->", "&", "<a href=", "<td"], k=100_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_page_is_read_in_time(name: str) -> None:
    page = Page(url="http://www.jimo.example/x/1.html", html=PAGES[name])
    for read in (parse_article, parse_listing, parse_index, find_index):
        start = time.process_time()
        with contextlib.suppress(NotAnArticle, Truncated):
            read(page, load())  # type: ignore[operator]
        assert time.process_time() - start < 5
