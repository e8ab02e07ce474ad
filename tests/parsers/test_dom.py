"""Lines and boxes: what a browser shows of any markup, and what it does not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimo_crawler.items import Page
from jimo_crawler.parsers.dom import Document, fold_space, read_document


def read(html: str) -> Document:
    return read_document(Page(url="http://a.cn/x/", html=html))


def shown(html: str) -> list[str]:
    return [line.text for line in read(html).lines if not line.hidden]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>一<b>二</b>三<p>四", ["一二三", "四"]),
        ("一<br>二<br/><br>三", ["一", "二", "三"]),
        ("一<div>二</div>三", ["一", "二", "三"]),
        ("<p>　　今天\n    上午<span>在A\nB</span>&nbsp;&nbsp;举行</p>", ["今天上午在A B 举行"]),
        ("<td>甲<td>乙</table>", ["甲", "乙"]),
        ("<script>var a='<p>不</p>'</script><style>p{}</style><textarea>不</textarea><p>是", ["是"]),
        ("<!-- <p>不</p> --><![CDATA[不]]><p>是</p>", ["是"]),
        ("<?xml version='1.0' encoding='gb2312'?><html><p>是</p></html>", ["是"]),
        ("a\x00b\u200b&#8203;c", ["abc"]),
        ("<P CLASS=x>大<O:P></O:P>写</P>", ["大写"]),
        ("<title>题</title><p>文", ["文"]),
        ("<select><option>一<option>二</select>文", ["文"]),
        ("<iframe>不</iframe><object>不</object>文", ["文"]),
        ("", []),
        ("<", ["<"]),
    ],
)
def test_lines_are_what_a_reader_sees(html: str, lines: list[str]) -> None:
    assert shown(html) == lines


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">X</div>', '<div style="DISPLAY : None">X</div>', '<p style="visibility:hidden">X</p>',
        '<div style="position:absolute;left:-9999px">X</div>', '<div style="position:fixed;top:-500px">X</div>',
        '<div style="height:0;overflow:hidden">X</div>', '<div style="width:1px;height:1px">X</div>', '<span style="font-size:0">X</span>',
        '<font color="#ffffff">X</font>', '<span style="color:white">X</span>', '<td bgcolor=#000000><font color=black>X</font></td>',
        "<marquee height=1 width=2>X</marquee>", "<noscript>X</noscript>", "<div hidden>X</div>", '<div style="text-indent:-999em">X</div>',
        "<style>.q{display:none}</style><div class='a q'>X</div>", "<style>#q{position:absolute;left:-2000px}</style><div id=q>X</div>",
        "<div id=q>X</div><script>document.getElementById('q').style.display='none';</script>", '<div style="opacity:0">X</div>',
        '<div style="margin-left:-3000px">X</div>', '<b style="display:none">X</b>', '<a href=/x style="display:none">X</a>',
    ],
)  # fmt: skip
def test_hidden_text_is_marked(hidden: str) -> None:
    doc = read(f"<body><p>前</p>{hidden}<p>后</p></body>")
    assert [(line.text, line.hidden) for line in doc.lines] == [("前", False), ("X", True), ("后", False)]


@pytest.mark.parametrize(
    "visible",
    [
        '<div style="margin-top:-20px">X</div>', '<td bgcolor=#003366><font color=white>X</font></td>', '<div class=bar><font color=#fff>X</font></div>',
        "<style>@media print{.q{display:none}} .m .q{display:none}</style><div class=q>X</div>", '<div style="overflow:hidden;height:200px">X</div>',
        '<div style="height:0">X</div>', '<span style="color:#333">X</span>', '<div style="font-size:12px;width:100%">X</div>', "<marquee>X</marquee>",
        '<td background=/bg.gif><font color=#ffffff>X</font></td>',
    ],
)  # fmt: skip
def test_visible_text_is_not_marked(visible: str) -> None:
    assert shown(f"<body>{visible}</body>") == ["X"]


def test_hidden_text_within_a_line_does_not_break_it() -> None:
    doc = read("<p>前半<span style='display:none'>隐藏<a href=http://b.cn/>链接</a></span>后半</p>")
    assert [(line.text, line.hidden) for line in doc.lines] == [("隐藏链接", True), ("前半后半", False)]


@pytest.mark.parametrize("gap", ["", "\n", "甲 "])
def test_emphasis_goes_on_over_a_break(gap: str) -> None:
    first, second = read(f"<center>{gap}<font size=5><b>乙乙乙<br>丙丙丙</b></font><br>丁</center>").lines[:2]
    assert (second.text, second.bold, second.size) == ("丙丙丙", 3, 5)
    assert first.size == 5 and first.bold >= 3


def test_links_are_counted_and_resolved() -> None:
    doc = read(
        "<base href='http://b.cn/y/'><p>看<a href=1.html title=t>这里的链接</a></p><a href=/2><img alt=图></a><area href=3 alt=区>"
    )
    assert [(anchor.text, doc.url_of(anchor)) for anchor in doc.anchors] == [
        ("这里的链接", "http://b.cn/y/1.html"), ("图", "http://b.cn/2"), ("区", "http://b.cn/y/3"),
    ]  # fmt: skip
    assert (doc.lines[0].text, doc.lines[0].link_chars) == ("看这里的链接", 5)


@pytest.mark.parametrize("html", ["<span onclick=\"location.href='2.html'\">下一页</span>", "<input type=button value=下一页 onclick=\"window.location='2.html'\">", "<a href=\"javascript:window.open('2.html')\">下一页</a>", "<li onclick=\"location.href='2.html'\">下一页</li>"])  # fmt: skip
def test_scripted_links_are_resolved(html: str) -> None:
    doc = read(html)
    assert [(anchor.text, doc.url_of(anchor)) for anchor in doc.anchors] == [
        ("下一页", "http://a.cn/x/2.html")
    ]


def test_a_link_that_nobody_closed_is_not_the_whole_text() -> None:
    body = "".join(f"<p>{'这是正文的一段文字，说明了情况。' * 8}{n}</p>" for n in range(6))
    doc = read(f"<div><a href=/top>顶部{body}</div>")
    assert sum(line.link_chars for line in doc.lines) <= 4


@pytest.mark.parametrize("tag", ["div", "table", "span", "b", "ul"])
def test_deep_nesting_is_read_in_time(tag: str) -> None:
    start = time.monotonic()
    doc = read(f"<{tag}>" * 50_000 + "深处")
    assert time.monotonic() - start < 5
    assert len(doc.boxes) <= 40_000


def test_a_huge_flat_page_ends() -> None:
    doc = read("<p>一" * 150_000)
    assert 30_000 <= len(doc.lines) <= 40_000


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["<div>", "</div>", "<p>", "</p>", "<a href=1>", "</a>", "<table>", "<tr>", "<td>", "</table>", "<b>", "</b>", "<br>", "<span style='display:none'>", "</span>", "文字", "<form>", "<select>", "<option>x", "</select>", "<script>", "</script>", "<!--", "-->", "<noscript>", "<font color=white>", "&#0;", "&bad;", "<h1>", "</h1>", "<a>", "\ud800"]), max_size=40))  # fmt: skip
def test_no_markup_breaks_it(parts: list[str]) -> None:
    doc = read("".join(parts))
    for box in doc.boxes:
        assert 0 <= box.first <= box.last <= len(doc.lines)
        assert box.index < box.end <= len(doc.boxes)
    assert all(line.text == line.text.strip() and line.text for line in doc.lines)


@given(st.text(max_size=60))
def test_folding_is_idempotent(text: str) -> None:
    once = fold_space(text)
    assert fold_space(once) == once
