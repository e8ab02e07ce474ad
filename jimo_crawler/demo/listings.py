"""Listing pages of the town sections, in the styles that their makers had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from jimo_crawler.demo.templates_old import COPYRIGHT
from jimo_crawler.demo.towns import TOWNS, Town
from jimo_crawler.demo.view import Anchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a listing; *text* may be cut, *title* is the whole headline."""

    text: str
    title: str
    href: str
    date: str
    extra: str = ""
    """Markup that stands after it: what is not an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """One page of a listing, every text as served and escaped."""

    town: str
    rows: tuple[Row, ...]
    number: int
    total: int
    count: int
    hrefs: tuple[str, ...]
    """Address of each page as written into links."""
    charset: str
    trail: tuple[Anchor, ...]
    say: Callable[[str], str]

    @property
    def path(self) -> str:
        """The breadcrumb."""
        return " &gt; ".join(each.html() if each.href else each.text for each in self.trail)

    def to(self, number: int, label: str) -> str:
        """A link to a page, or its bare label where there is none or it is this one."""
        if number == self.number or not 1 <= number <= self.total:
            return label
        return f'<a href="{self.hrefs[number - 1]}">{label}</a>'

    @property
    def steps(self) -> str:
        """首页 上一页 下一页 尾页, those that lead nowhere without a link."""
        say, here, total = self.say, self.number, self.total
        names = ((1, "首页"), (here - 1, "上一页"), (here + 1, "下一页"), (total, "尾页"))
        return " ".join(self.to(number, say(name)) for number, name in names)


def page_path(town: Town, number: int) -> str:
    """The path of page *number* of a town's listing, as requested."""
    return _path(town, number, quote(town.short.encode("gb18030")))


def page_link(town: Town, number: int) -> str:
    """The same as written into a page: where the query holds the town's name, unencoded."""
    return _path(town, number, town.short)


def _path(town: Town, number: int, name: str) -> str:
    no = TOWNS.index(town) + 11
    first, later = {
        "dede": (f"/a/{town.slug}/", f"/a/{town.slug}/list_{no}_{number}.html"),
        "numbers": (f"/jmxz/{town.slug}/index.html", f"/jmxz/{town.slug}/index_{number}.html"),
        "asp": (f"/jmxz/list.asp?id={no}", f"/jmxz/list.asp?id={no}&page={number}"),
        "select": (f"/html/{town.slug}.html", f"/html/{town.slug}_{number}.html"),
        "images": (f"/more.asp?classid={no}", f"/more.asp?classid={no}&pageno={number}"),
        "html5": (f"/jmxz/{town.slug}/", f"/jmxz/{town.slug}/?p={number}"),
        "kingcms": (f"/jmxz/{town.slug}/", f"/jmxz/{town.slug}/list_{number}.html"),
        "gbkquery": (f"/xz.asp?lm={name}", f"/xz.asp?lm={name}&p={number}"),
    }[town.style]
    return first if number == 1 else later


def dede(view: ListingView) -> str:
    """dedecms: ``ul.e2`` with dates, page numbers as list items, 末页, 共N页M条."""
    say = view.say
    rows = "\n".join(
        f'<li>[<a href="{view.hrefs[0]}">{view.town}</a>] <a href="{row.href}" class="title">{row.text}</a>'
        f'<span class="info"><small>{say("日期")}：</small>{row.date} <small>{say("点击")}：</small>{len(row.title) * 7}</span></li>{row.extra}'
        for row in view.rows
    )
    numbers = "\n".join(
        f'<li class="thisclass">{n}</li>' if n == view.number else f"<li>{view.to(n, str(n))}</li>"
        for n in range(1, view.total + 1)
    )
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={view.charset}"><title>{view.town}_{say("即墨信息港")}</title></head>
<body class="articlelist"><div class="header"><a href="/">{say("即墨信息港")}</a> <a href="/jmxz/">{say("即墨乡镇")}</a> <a href="/news/">{say("即墨新闻")}</a></div>
<div class="place"><strong>{say("当前位置")}:</strong> {view.path}</div>
<div class="listbox"><ul class="e2">
{rows}
</ul></div>
<div class="dede_pages"><ul class="pagelist"><li>{view.to(1, say("首页"))}</li>
{numbers}
<li>{view.to(view.number + 1, say("下一页"))}</li><li>{view.to(view.total, say("末页"))}</li>
<li><span class="pageinfo">{say("共")} <strong>{view.total}</strong>{say("页")}<strong>{view.count}</strong>{say("条")}</span></li></ul></div>
<div class="footer">{COPYRIGHT}</div></body></html>"""


def numbers(view: ListingView) -> str:
    """Bare page numbers in brackets and nothing else; headlines in two nested tables, dates in brackets."""
    rows = "".join(
        f'<tr><td width="20">·</td><td><a href="{row.href}" target="_blank" title="{row.title}">{row.text}</a></td><td width=90>({row.date})</td></tr>{row.extra}\n'
        for row in view.rows
    )
    pages = " ".join(
        f"<b>[{n}]</b>" if n == view.number else f'<a href="{view.hrefs[n - 1]}">[{n}]</a>'
        for n in range(1, view.total + 1)
    )
    return f"""<html><head><meta http-equiv=Content-Type content="text/html; charset={view.charset}"><title>{view.town}</title></head><body>
<table width=760 align=center><tr><td><a href=/>{view.say("首页")}</a> | <a href=/jmxz/>{view.say("即墨乡镇")}</a> | <a href=/bbs/>{view.say("论坛")}</a></td></tr>
<tr><td bgcolor=#eeeeee>{view.say("您的位置")}：{view.path}</td></tr>
<tr><td><table width=100%>{rows}</table></td></tr>
<tr><td align=center>{pages}</td></tr><tr><td align=center><hr>{COPYRIGHT}</td></tr></table></body></html>"""


def asp(view: ListingView) -> str:
    """An ASP list in ``<font>`` and ``<br>``: 首页 上一页 下一页 尾页 and where one is."""
    say = view.say
    rows = "".join(
        f'<img src="/img/arrow.gif"> <a href="{row.href}"><font size=2>{row.text}</font></a> <font size=1 color=gray>{row.date}</font><br>{row.extra}\n'
        for row in view.rows
    )
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={view.charset}"><title>{say("即墨信息港")}--{view.town}</title></head><body>
<center><a href="/">{say("首页")}</a> <a href="/jmxz/">{say("即墨乡镇")}</a> <a href="/fc/">{say("房产")}</a> <a href="/job/">{say("招聘")}</a></center>
<p>{say("您所在的位置")}：{view.path}</p><hr>
{rows}<hr>
<form name=f method=get action="/jmxz/list.asp">{say("共")} {view.count} {say("条")} {view.steps} {say("页次")}：{view.number}/{view.total}{say("页")} {say("转到")}<input name=page size=2><input type=submit value=GO></form>
<center>{COPYRIGHT}</center></body></html>"""


def select(view: ListingView) -> str:
    """A drop-down that jumps, no links to pages at all."""
    say = view.say
    rows = "".join(
        f'<dl><dt><a href="{row.href}">{row.title}</a></dt><dd>{row.date}</dd></dl>{row.extra}\n'
        for row in view.rows
    )
    options = "".join(
        f'<option value="{href}"{" selected" if n == view.number else ""}>{say("第")}{n}{say("页")}</option>'
        for n, href in enumerate(view.hrefs, 1)
    )
    return f"""<!DOCTYPE html><html><head><meta charset="{view.charset}"><title>{view.town} - {say("即墨乡镇")}</title></head><body>
<div class="head"><a href="/">{say("首页")}</a><a href="/jmxz/">{say("即墨乡镇")}</a></div><div class="wz">{say("当前位置")}：{view.path}</div>
<div class="lb">{rows}</div>
<div class="fy">{say("共")}{view.total}{say("页")} {say("跳转到")}<select onchange="location.href=this.options[this.selectedIndex].value">{options}</select></div>
<div class="bq">{COPYRIGHT}</div></body></html>"""


def images(view: ListingView) -> str:
    """Pictures for the pager, told apart by their alt text only."""
    say = view.say
    rows = "".join(
        f'<li><span style="float:right">{row.date}</span><a href="{row.href}">{row.text}</a></li>{row.extra}\n'
        for row in view.rows
    )
    steps = "".join(
        f'<a href="{view.hrefs[number - 1]}"><img src="/img/{icon}.gif" border="0" alt="{say(name)}"></a>'
        for number, icon, name in (
            (1, "first", "首页"),
            (view.number - 1, "prev", "上一页"),
            (view.number + 1, "next", "下一页"),
            (view.total, "last", "尾页"),
        )
        if 1 <= number <= view.total and number != view.number
    )
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={view.charset}"><title>{view.town}</title></head><body>
<div id="top"><a href="/"><img src="/img/logo.gif" alt="{say("即墨信息港")}"></a></div><div id="nav">{view.path}</div>
<div id="left"><h3>{view.town}</h3><ul>
{rows}</ul><p class="pages">{steps} {view.number}/{view.total}</p></div>
<div id="bottom">{COPYRIGHT}</div></body></html>"""


def html5(view: ListingView) -> str:
    """Cards with a picture link, a headline link and a summary link to the same article; numbers and arrows."""
    say = view.say
    cards = "".join(
        f'<article><a href="{row.href}"><img src="/images/thumb.jpg" alt=""></a><h2><a href="{row.href}">{row.title}</a></h2>'
        f'<p><time datetime="{row.date}">{row.date}</time> <a href="{row.href}">{say("阅读全文")}</a></p></article>{row.extra}\n'
        for row in view.rows
    )
    pages = "".join(f"<li>{view.to(n, str(n))}</li>" for n in range(1, view.total + 1))
    return f"""<!doctype html><html lang="zh"><head><meta charset="{view.charset}"><title>{view.town} | {say("即墨信息港")}</title></head><body>
<header><nav><a href="/">{say("首页")}</a><a href="/jmxz/">{say("即墨乡镇")}</a><a href="/news/">{say("新闻")}</a></nav></header>
<nav class="crumb">{view.path}</nav><main><h1>{view.town}</h1>{cards}
<ul class="pagination"><li>{view.to(view.number - 1, "&laquo;")}</li>{pages}<li>{view.to(view.number + 1, "&raquo;")}</li></ul></main>
<footer>{COPYRIGHT}</footer></body></html>"""


def kingcms(view: ListingView) -> str:
    """KingCMS: ``ul.k_list``, 下一页 and numbers."""
    say = view.say
    rows = "".join(
        f'<li><i>{row.date}</i><a href="{row.href}" title="{row.title}" target="_blank">{row.text}</a></li>{row.extra}\n'
        for row in view.rows
    )
    pages = "".join(
        f"<strong>{n}</strong>" if n == view.number else view.to(n, str(n)) for n in range(1, view.total + 1)
    )
    return f"""<html xmlns="http://www.w3.org/1999/xhtml"><head><meta http-equiv="Content-Type" content="text/html; charset={view.charset}" /><title>{view.town}</title></head><body>
<div id="k_top"><a href="/">{say("首页")}</a> <a href="/jmxz/">{say("即墨乡镇")}</a></div><div id="k_guide">{say("您所在的位置")}:{view.path}</div>
<ul class="k_list">{rows}</ul>
<div class="k_pagelist"><em>{view.count}</em> {view.to(view.number - 1, say("上一页"))}{pages}{view.to(view.number + 1, say("下一页"))}</div>
<div id="k_foot">{COPYRIGHT}</div></body></html>"""


STYLES: dict[str, Callable[[ListingView], str]] = {
    "dede": dede,
    "numbers": numbers,
    "asp": asp,
    "gbkquery": asp,
    "select": select,
    "images": images,
    "html5": html5,
    "kingcms": kingcms,
}
