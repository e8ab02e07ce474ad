"""A body on several pages: every way in which an article says where it goes on."""

from __future__ import annotations

import pytest

from jimo_crawler.items import ArticlePage, Page
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.portal import load

PROFILE = load()
FOLDER = "http://www.jimo.example/xz/jk/"
TEXT = "　　镇上把三条断头路接到了一起，货车从大棚边上开出来，二十分钟就能上高速公路。"
NO_PAGER: dict[int, str] = {}


def read(inner: str, name: str = "731.html", head: str = "") -> ArticlePage:
    title = "金口镇接通三条断头路"
    html = (
        f"<html><head><title>{title}</title>{head}</head><body><a href=/>首页</a> &gt; <a href=/xz/>即墨乡镇</a> &gt;"
        f" <a href=/xz/jk/>金口镇</a><h1>{title}</h1><p align=center>2010-06-21 来源：即墨日报</p><div><p>{TEXT}</p>"
        f"<p>{TEXT}</p>{inner}</div><p>上一篇：<a href=72.html>金口镇栽种蓝莓</a></p><center>版权所有：即墨信息港</center></body></html>"
    )
    return parse_article(Page(url=FOLDER + name, html=html), PROFILE)


def pages(page: ArticlePage) -> dict[int, str]:
    return {link.number or 0: link.url.removeprefix(FOLDER) for link in page.parts}


@pytest.mark.parametrize(
    "inner",
    [
        "<a href=731_2.html>余下全文</a>",
        "<A HREF=731_2.html>餘下全文 &gt;&gt;</A>",
        "<p align=right><a href='731_2.html'>【阅读下页】</a></p>",
        "<p><a href=731_2.html>阅读下页&gt;&gt;</a></p>",
        "<p><a href=731_2.html>点击进入下一页</a></p>",
        "<p><a href=731_2.html>下一页：二十分钟上高速</a></p>",
        "<p><a href=731_2.html>下一頁：二十分鐘上高速</a></p>",
        "<p><a href=731_2.html>继续阅读</a></p>",
        "<a href=731_2.html><img src=/images/next.gif border=0></a>",
        "<A HREF='731_2.html'><IMG SRC='../../img/ICON_DOWN.GIF'></A>",
        "<p><a href=731_2.html>第2页：二十分钟上高速</a></p>",
        "<p><a href=731.html>第一页：路通了</a> <a href=731_2.html>第二页：车来了</a></p>",
        "<td>本文导航</td><ul><li>第1页：路通了</li><li><a href=731_2.html>第2页：车来了</a></li></ul>",
        "<p>本新闻共<b>２</b>页，当前在第<b>１</b>页 <a href=731_2.html>２</a></p>",
        "<select onchange='location=this.value'><option value=731.html selected>第1页：路通了<option value=731_2.html>第2页：车来了</select>",
        "<p>[1] <a href=731_2.html>[2]</a> <a href=731_2.html>下一页</a></p>",
    ],
)
def test_the_second_page_is_found_and_its_pager_is_no_text(inner: str) -> None:
    page = read(inner)
    assert pages(page) == {2: "731_2.html"}
    assert (page.part, page.parts_total) == (1, 2)
    assert [block.text for block in page.article.blocks] == [TEXT.strip()] * 2


def test_a_table_of_contents_names_all_pages_from_each_of_them() -> None:
    names = ("731.html", "731_2.html", "731_3.html")
    contents = "".join(
        f"<li><a href={name}>第{number}页：{text}</a></li>"
        for number, (name, text) in enumerate(zip(names, ("路通了", "车来了", "算账"), strict=True), 1)
    )
    for number, name in enumerate(names, 1):
        page = read(f"<ul>{contents}</ul>", name)
        assert page.part == number
        assert pages(page) == {other: each for other, each in enumerate(names, 1) if other != number}
        assert [block.text for block in page.article.blocks] == [TEXT.strip()] * 2


@pytest.mark.parametrize(
    "script",
    [
        'createPageHTML(3, {place}, "t20100621_731", "html");',
        'createPageHTML("pager", 3, {place}, "t20100621_731", "html");',
        "var currentPage = {place};//从0开始\nvar countPage = 3;\ncreatePageHTML(countPage,currentPage,'t20100621_731','html')",
        "var countPage = 3//共多少页\nvar currentPage = {place};//所在页\nvar nextPage = currentPage+1;",
    ],
)
def test_a_script_that_counts_the_pages_of_this_text_names_them(script: str) -> None:
    names = ("t20100621_731.html", "t20100621_731_1.html", "t20100621_731_2.html")
    for place, name in enumerate(names):
        page = read(f"<script>{script.format(place=place)}</script>", name)
        assert (page.part, page.parts_total) == (place + 1, 3)
        assert pages(page) == {at: each for at, each in enumerate(names, 1) if at != place + 1}


@pytest.mark.parametrize(
    "inner",
    [
        '<script>createPageHTML(1, 0, "731", "html");</script>',
        '<script>createPageHTML(4, 0, "index", "html");</script>',
        "<p><a href=72.html>下一页：金口镇栽种蓝莓</a></p>",
        "<p><a href=/about.html><img src=/images/next.gif></a></p>",
        "<p><a href=http://www.other.example/9.html>阅读全文</a></p>",
        "<p><a href='javascript:void(0)'>下一页</a></p>",
        "<p>共1页</p>",
        "<p>见 <a href='731.html#2'>第2页</a></p>",
        "<h4>网友评论</h4><p>第1页/共3页</p>",
    ],
)
def test_what_leads_to_other_texts_is_no_pager_of_the_article(inner: str) -> None:
    page = read(inner)
    assert (page.part, page.parts_total, pages(page)) == (1, 1, NO_PAGER)


@pytest.mark.parametrize(
    ("inner", "total"),
    [
        ("<p>第1页/共3页 <a href='javascript:__doPostBack(3)'>下一页</a></p>", 3),
        ("<p>本文共 3 頁 [1] <a href=javascript:go()>[2]</a></p>", 3),
        ("<p><a href='javascript:showNext(this)'>下一页</a></p>", 2),
        ("<p><a href=# onclick='nextPage()'>阅读下页</a></p>", 2),
        ("<p><a href=/full.asp?n=731>余下全文</a></p>", 2),
        ("<p><a href=731b.html>下一页</a></p>", 2),
    ],
)
def test_pages_without_an_address_are_counted(inner: str, total: int) -> None:
    page = read(inner)
    assert (page.part, page.parts_total, pages(page)) == (1, total, NO_PAGER)
    assert [block.text for block in page.article.blocks] == [TEXT.strip()] * 2


def test_pages_in_a_folder_of_the_articles_name_are_its_pages() -> None:
    page = read(
        "<p><b>1</b> <a href=731/2.html>2</a> <a href=731/3.html>3</a> <a href=731/2.html>下一页</a></p>"
    )
    assert pages(page) == {2: "731/2.html", 3: "731/3.html"}
