"""The pages around the town news: home, the town index, other sections, and what is no article."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from jimo_crawler.demo.address import Address
from jimo_crawler.demo.charsets import CHARSETS, encode
from jimo_crawler.demo.converter import Script, to_traditional
from jimo_crawler.demo.listings import page_link
from jimo_crawler.demo.templates_old import COPYRIGHT
from jimo_crawler.demo.towns import Town

ENTRY = "/"
INDEX = "/jmxz/"
OTHER_SECTIONS = {
    "即墨要闻": (("即墨新闻", "/news/"), ("即墨要闻", "/news/yw/")),
    "社会": (("即墨新闻", "/news/"), ("社会", "/news/sh/")),
    "公告": (("便民服务", "/fw/"), ("公告", "/fw/gg/")),
    "房产": (("房产频道", "/fc/"), ("楼市动态", "/fc/news/")),
}
"""Breadcrumbs of what is not under the town section."""

ASIDE = {
    "/jmxz/map.html": "即墨行政区划图",
    "/about.htm": "关于我们",
    "/job/": "招聘求职",
    "/bbs/": "即墨论坛",
    "/zt/": "专题",
    "/link.asp": "友情链接",
}
"""Pages that navigation leads to and that hold nothing."""


def trail(section: str, listing: str) -> tuple[tuple[str, str], ...]:
    """The breadcrumb of a section: names and addresses from the home page downwards."""
    home = ("即墨信息港", ENTRY)
    if section in OTHER_SECTIONS:
        return (home, *OTHER_SECTIONS[section])
    return (home, ("即墨乡镇", INDEX), (section, listing))


ROBOTS = """# jimo
User-agent: *
Disallow: /admin/
Disallow: /jmxz/private/
Disallow: /search
"""


def _document(title: str, body: str, charset: str) -> bytes:
    declared = CHARSETS[charset]
    html = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={declared.meta}"><title>{title}</title></head>
<body>{body}<hr><center>{COPYRIGHT}</center></body></html>"""
    return encode(html, declared)


def _headlines(addresses: Sequence[Address]) -> str:
    return "".join(
        f'<li><a href="{escape(each.path)}">{escape(each.story.title)}</a> {each.published:%m-%d}</li>\n'
        for each in addresses
    )


def home(news: Sequence[Address], towns: Sequence[Address]) -> bytes:
    """The portal's entry page: the navigation, other sections' news, the towns' latest."""
    body = f"""<table width=960 align=center><tr><td><img src=/images/logo.gif alt=即墨信息港></td><td>
<a href="/">首页</a> <a href="/news/">即墨新闻</a> <a href="/fc/">房产频道</a> <a href="/job/">招聘求职</a> <a href="/fw/">便民服务</a>
<a href="/jmxz/">即墨乡镇</a> <a href="/bbs/">即墨论坛</a> <a href="http://www.ad.invalid/">广告服务</a> <a href="javascript:setHome()">设为首页</a></td></tr></table>
<table width=960 align=center><tr><td width=50% valign=top><h3><a href="/news/">即墨新闻</a></h3><ul>{_headlines(news)}</ul></td>
<td valign=top><h3><a href="/jmxz/">即墨乡镇</a></h3><ul>{_headlines(towns)}</ul></td></tr></table>
<p align=center><a href="/about.htm">关于我们</a> | <a href="/jmxz/private/">内部</a> | <a href="/admin/login.asp">管理</a></p>"""
    return _document("即墨信息港 - 即墨门户网站", body, "gbk")


def index(towns: Sequence[Town]) -> bytes:
    """The town index, converted to Traditional and still in GBK; the query of one link holds Chinese as typed."""

    def say(text: str) -> str:
        return to_traditional(text, Script.LIGHT)

    def cells(some: Sequence[Town]) -> str:
        return "".join(
            f'<td width=25%><a href="{escape(page_link(each, 1))}">{say(each.name)}</a></td>'
            + ("</tr><tr>" if n % 4 == 3 else "")
            for n, each in enumerate(some)
        )

    offices = [each for each in towns if each.kind == "街道" and not each.merged_into]
    rural = [each for each in towns if each.kind == "镇" and not each.merged_into]
    merged = [each for each in towns if each.merged_into]
    body = f"""<p>{say("您所在的位置")}:<a href="/">{say("即墨信息港")}</a> &gt; {say("即墨乡镇")}</p>
<h2>{say("即墨乡镇")}</h2>
<h3>{say("街道")}</h3><table width=760><tr>{cells(offices)}</tr></table>
<h3>{say("镇")}</h3><table width=760><tr>{cells(rural)}</tr></table>
<h3>{say("已撤并乡镇")}</h3><table width=760><tr>{cells(merged)}</tr></table>
<p><a href="/jmxz/map.html">{say("即墨行政区划图")}</a> <a href="#top">{say("返回顶部")}</a> <a href="/">{say("返回首页")}</a></p>"""
    return _document(say("即墨乡镇_即墨信息港"), body, "gbk")


def section_page(name: str, above: Sequence[tuple[str, str]], addresses: Sequence[Address]) -> bytes:
    """The front page of a section that is not the towns'."""
    path = " &gt; ".join(f'<a href="{href}">{text}</a>' for text, href in above)
    return _document(name, f"<p>当前位置：{path}</p><h2>{name}</h2><ul>{_headlines(addresses)}</ul>", "gbk")


def message_page(title: str, text: str, charset: str = "gbk") -> bytes:
    """A page that says one thing."""
    return _document(title, f"<center><p>{text}</p></center>", charset)
