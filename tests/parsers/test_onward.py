"""Lists without a pager: what leads on from them, and what beside them does not."""

from __future__ import annotations

import pytest

from jimo_crawler.items import Page
from jimo_crawler.parsers.listing import parse_listing
from jimo_crawler.portal import load

HERE = "http://www.jimo.example/zhen/jk/"
CRUMB = (
    "<div><a href='/'>首页</a> &gt; <a href='/zhen/'>即墨乡镇</a> &gt; <a href='/zhen/jk/'>金口镇</a></div>"
)
FOOT = "<p>版权所有 即墨信息港</p></body></html>"


def rows(first: int = 0, last: int = 4, folder: str = "") -> str:
    days = ("2008-07-30", "2008-07-21", "2008-07-02", "2008-06-18")
    titles = ("金口镇渔港清淤工程完工", "金口镇中学新生报到", "金口镇开展夏季灭蝗", "金口镇麦收基本结束")
    return "".join(
        f'<li>{days[n]} <a href="{folder}a{n}.html">{titles[n]}</a></li>' for n in range(first, last)
    )


def side() -> str:
    titles = ("市区公交线路今起调整通知", "夏季安全用电常识十二条", "高考录取分数线昨日公布")
    return "".join(f'<li><a href="/yw/{n}.html">{title}</a></li>' for n, title in enumerate(titles))


def following(body: str, url: str = HERE) -> str | None:
    page = Page(url=url, html=f"<html><head><title>金口镇</title></head><body>{CRUMB}{body}{FOOT}")
    found = parse_listing(page, load()).next
    return found.url.removeprefix(HERE) if found else None


@pytest.mark.parametrize(
    "link",
    [
        "<a href=p2.html>更多&gt;&gt;</a>",
        "<A HREF=p2.html>[更多…]</A>",
        "<a href=p2.html>查看更多</a>",
        "<a href=p2.html>more</a>",
        "<a href=p2.html>全部新聞</a>",
        "<a href=p2.html>較早的新聞</a>",
        "<a href=p2.html>更早 »</a>",
        "<a href=p2.html>往期回顾</a>",
        "<a href=p2.html>翻页</a>",
        "<a href=p2.html>&gt;&gt;</a>",
        "<a href=p2.html>&raquo;</a>",
        "<a href=p2.html><img src=/images/page_next.gif border=0></a>",
        "<a href=p2.html><img src='/img/xiaye.jpg'></a>",
        "<a href=index.html>&lt;&lt;</a> <a href=p2.html>&gt;&gt;</a>",
    ],
)
@pytest.mark.parametrize(
    "frame",
    [
        "<ul>{rows}</ul><div>{link}</div>",
        "<table><tr><td><ul>{rows}</ul></td></tr><tr><td>{link}</td></tr></table>",
    ],
)
def test_what_stands_below_a_list_leads_on(link: str, frame: str) -> None:
    assert following(frame.format(rows=rows(), link=link)) == "p2.html"


@pytest.mark.parametrize(
    "head",
    [
        "<b>镇街动态</b> <a href=all.html>更多&gt;&gt;</a>",
        "<div><a href=all.html style='float:right'>更多</a><h3>工作動態</h3></div>",
        "<table><tr><td><strong>镇内新闻</strong></td><td align=right><a href=all.html>MORE</a></td></tr></table>",
    ],
)
def test_more_at_the_head_of_a_list_leads_to_all_of_it(head: str) -> None:
    other = f"<table><tr><td><b>即墨要闻</b> <a href=/yw/>更多</a></td></tr><tr><td><ul>{side()}</ul></td></tr></table>"
    assert following(f"<div>{head}<ul>{rows()}</ul></div>{other}") == "all.html"


@pytest.mark.parametrize(
    "body",
    [
        f"<ul>{rows()}</ul><div><b>即墨要闻</b> <a href=/yw/>更多</a></div><ul>{side()}</ul>",
        f"<ul>{rows()}</ul><div><img src=yw.gif> <a href=/yw/>更多</a></div><ul>{side()}</ul>",
        f"<b>即墨要闻</b><ul>{side()}</ul><div><a href=/yw/>更多</a></div><ul>{rows()}</ul>",
        f"<ul>{rows()}</ul><a href=/zhen/>更多</a>",
        f"<ul>{rows()}</ul>共4条 第1页/共1页 <a href=/yw/>更多</a>",
        f"<ul>{rows()}</ul><p>镇政府电话：86550001</p><a href=/bbs/>&gt;&gt;</a><p>办公时间：上午八点至十二点</p>",
    ],
)
def test_what_belongs_to_another_list_is_not_followed(body: str) -> None:
    assert following(body) is None


def test_teasers_below_the_headlines_are_rows_of_the_list() -> None:
    row = "<dl><dt><a href='b{n}.html'><img src={n}.jpg></a></dt><dd><a href='b{n}.html'>田间课堂开到第{n}个村庄</a><br>昨天下午,农技人员来到地头,……<br>08-07-0{n}</dd></dl>"
    body = "".join(row.format(n=n) for n in range(1, 5))
    assert following(f"{body}<p align=right><a href='list.pl?from=4'>更多…</a></p>") == "list.pl?from=4"


def test_one_arrow_beside_two_keeps_its_meaning() -> None:
    assert following(f"<ul>{rows()}</ul><a href=p2.html>&gt;</a> <a href=p9.html>&raquo;</a>") == "p2.html"


def test_an_archive_by_months_is_read_from_the_newest_to_the_oldest() -> None:
    months = (
        "<p><a href=index.html>2008年7月</a> <a href=m6.html>2008年6月</a> <a href=m5.html>2008年5月</a></p>"
    )
    assert following(f"{months}<ul>{rows()}</ul>") == "m6.html"
    assert following(f"{months}<ul>{rows()}</ul>", HERE + "m6.html") == "m5.html"
    assert following(f"{months}<ul>{rows()}</ul>", HERE + "m5.html") is None


def test_the_months_of_another_list_are_none_of_this() -> None:
    months = "<a href=/2008/07/>2008年7月</a> <a href=/2008/06/>2008年6月</a>"
    assert (
        following(f"<ul>{rows()}</ul><div><h3>热门文章</h3><ul>{side()}</ul><h3>存档</h3>{months}</div>")
        is None
    )


WRITTEN = r"""<script>
var currentPage = {page};//所在页从0开始
var prevPage = currentPage-1//上一页
var nextPage = currentPage+1//下一页
var countPage = 3//共多少页
if(countPage>1&&currentPage!=0&&currentPage!=1)
  document.write("<a href=\"list"+"_" + prevPage + "."+"htm\">上一页</a>&nbsp;");
else if(countPage>1&&currentPage==1)
  document.write("<a href=\"list.htm\">上一页</a>&nbsp;");
if(countPage>1&&currentPage!=(countPage-1))
  document.write("<a href=\"list"+"_" + nextPage + "."+"htm\">下一页</a>&nbsp;");
</script>"""


@pytest.mark.parametrize(("page", "expected"), [(0, "list_1.htm"), (1, "list_2.htm"), (2, None)])
def test_a_script_writes_the_pager(page: int, expected: str | None) -> None:
    assert following(f"<ul>{rows()}</ul>" + WRITTEN.replace("{page}", str(page))) == expected
