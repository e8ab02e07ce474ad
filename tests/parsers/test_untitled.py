"""Lists whose links do not say the title, or are no links before a script has run."""

from __future__ import annotations

import pytest

from jimo_crawler.parsers.response import Answer, read
from jimo_crawler.portal import load

HERE = "http://www.jimo.example/zhen/th/"
NEWS = (
    ("田横镇赶海节热闹开场", "2007-03-18"),
    ("田横镇新修扬水站两座", "2007-03-02"),
    ("田橫鎮表彰好媳婦好婆婆", "2007-02-11"),
    ("田横镇举办大棚种植讲座", "2007-01-23"),
)


def each(row: str) -> str:
    return "".join(row.format(n=n, t=title, d=day) for n, (title, day) in enumerate(NEWS))


STYLES = {
    "read more": each("<p>{t}（{d}）<a href=x{n}.html>[阅读全文]</a></p>"),
    "details on lines": each("·{t} {d} <A HREF='x{n}.html'>詳細</A><BR>"),
    "label below": each("<b>{t}</b><br>{d} <a href=x{n}.html>查看全文</a><br>"),
    "column": "<TABLE><TR><TH>编号<TH>标题<TH>发布单位<TH>日期<TH>操作</TR>"
    + each("<TR><TD>{n}<TD>{t}<TD>中共田横镇委员会党政办公室宣传科<TD>{d}<TD><A HREF=x{n}.html>查看</A></TR>")
    + "</TABLE>",
    "column without heads": "<table>"
    + each("<tr><td>{n}</td><td>{t}</td><td>{d}</td><td><a href=x{n}.html>浏览</a></td></tr>")
    + "</table>",
    "pictures in cells": "<table><tr>"
    + each("<td><a href=x{n}.html><img src=/p/{n}.jpg alt=''></a><br>{t}<br>{d}</td>")
    + "</tr></table>",
    "pictures in one box": "<center>"
    + each("<a href=x{n}.html><img src=/p/{n}.jpg></a><br>{t}<br>{d}<br>")
    + "</center>",
    "call": "<script>function kan(no){window.open('x'+no+'.html','','width=500')}</script><ul>"
    + each('<li><a href="javascript:kan({n})">{t}</a> {d}')
    + "</ul>",
    "call with two values": "<script>function see(kind,no){ location.href = kind + no + '.html'; }</script><ul>"
    + each("<li><a href=\"#\" onclick=\"see('x', {n});return false\">{t}</a> {d}")
    + "</ul>",
    "call with an address": "<script>function pop(url){var w=window.open(url,'n');w.focus()}</script>"
    + each("<div><a href=\"javascript:pop('x{n}.html')\">{t}</a> <i>{d}</i></div>"),
    "written": "<ul><script>\n" + each("document.write('<li><a href=\"x{n}.html\">{t}</a> {d}<\\/li>');\n") + "</script></ul>",
    "written in pieces": "<SCRIPT>"
    + each('document.writeln("<div>{d} " + "<a href=\\"x{n}.html\\">{t}</a></div>");')
    + "</SCRIPT>",
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_articles_are_named_by_what_stands_beside_their_links(style: str) -> None:
    crumb = "<div><a href=/>首页</a> &gt; <a href=/zhen/>即墨乡镇</a> &gt; 田横镇</div>"
    html = f"<html><head><title>田横镇</title></head><body>{crumb}{STYLES[style]}<hr>版权所有</body></html>"
    answer = Answer(url=HERE, status=200, content_type="text/html; charset=utf-8", body=html.encode())
    listing = read("listing", answer, load()).listing
    assert listing is not None
    found = [(item.url, item.text, item.date) for item in listing.items]
    assert found == [(f"{HERE}x{n}.html", title, day) for n, (title, day) in enumerate(NEWS)]
