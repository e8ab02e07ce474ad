"""Listing pages written for the tests: each of another make, with its pager, and what must be read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HOST = "http://www.jimo.example"

TITLES = (
    "金口镇召开春季农业生产现场会", "金口镇:做好服务保障 项目建设“加速度”", "金口镇店集村建起农家书屋", "金口镇组织党员干部观看教育片",
    "金口镇“五化”举措提升村容村貌", "金口镇开展森林防火宣传活动", "金口镇中心中学举行运动会", "金口镇：田间地头办讲座",
    "金口镇计生服务站免费为育龄妇女查体", "金口镇发放小麦良种补贴",
)  # fmt: skip
DAYS = tuple(f"2011-05-{day:02d}" for day in range(20, 10, -1))


@dataclass(frozen=True)
class Expected:
    urls: tuple[str, ...]
    titles: tuple[str, ...] = TITLES
    dates: tuple[str | None, ...] = DAYS
    number: int = 1
    next: str | None = None
    total: int | None = None
    section: str | None = "金口镇"


Case = tuple[str, Callable[[], str], str, Expected]
CASES: list[Case] = []


def case(url: str, expected: Expected) -> Callable[[Callable[[], str]], Callable[[], str]]:
    def register(function: Callable[[], str]) -> Callable[[], str]:
        CASES.append((function.__name__, function, HOST + url, expected))
        return function

    return register


def urls(pattern: str, count: int = 10) -> tuple[str, ...]:
    return tuple(HOST + pattern.format(number) for number in range(900, 900 - count, -1))


def rows(pattern: str, row: str, count: int = 10) -> str:
    """*row* for every article: {u} its address, {t} its title, {d} its day, {s} the title cut short."""
    return "\n".join(
        row.format(u=pattern.format(900 - place), t=TITLES[place], d=DAYS[place], s=TITLES[place][:8] + "...")
        for place in range(count)
    )


def others(count: int = 8) -> str:
    names = (
        "蓝村街道召开安全生产工作会议", "段泊岚镇开展人居环境整治行动", "移风店镇蔬菜大棚喜获丰收", "灵山街道举办广场舞比赛",
        "大信街道推进项目建设", "北安街道组织志愿者走进敬老院", "龙泉街道莲花田园开门迎客", "通济街道举行消防演练",
    )  # fmt: skip
    return "".join(
        f'<li><a href="/hot/{number}.html">{name}</a></li>' for number, name in enumerate(names[:count])
    )


NAV = "".join(
    f'<a href="/c{n}/">{t}</a> | '
    for n, t in enumerate(
        ("首页", "即墨新闻", "即墨乡镇", "房产楼市", "招聘求职", "旅游美食", "网上论坛", "分类信息")
    )
)
CRUMB = '<div>您所在的位置:<a href="/">即墨信息港</a> &gt; <a href="/xz/">即墨乡镇</a> &gt; <a href="/xz/jk/">金口镇</a></div>'


@case("/xz/jk/", Expected(urls("/xz/jk/{}.html"), next=f"{HOST}/xz/jk/index_2.html", total=12))
def list_with_index_n() -> str:
    return f"""<html><head><title>金口镇-即墨信息港</title></head><body><div>{NAV}</div>{CRUMB}
<ul class=newslist>{rows("/xz/jk/{}.html", '<li><span>[{d}]</span>·<a href="{u}" target=_blank>{t}</a></li>')}</ul>
<div class=page>首页 上一页 <a href="index_2.html">下一页</a> <a href="index_12.html">尾页</a> 页次：1/12页 共120条</div>
<div class=side><h3>热门文章</h3><ul>{others()}</ul></div><div>Copyright © 2009 即墨信息港</div></body></html>"""


@case(
    "/news/list.asp?classid=7&page=3",
    Expected(urls("/news/show.asp?id={}"), number=3, next=f"{HOST}/news/list.asp?classid=7&page=4", total=9),
)
def table_with_query_string() -> str:
    return f"""<HTML><HEAD><TITLE>即墨信息港--金口镇</TITLE></HEAD><BODY><TABLE><TR><TD>{NAV}</TD></TR></TABLE><TABLE><TR><TD width=200><B>推荐文章</B><BR><UL>{others()}</UL></TD>
<TD>{CRUMB}<TABLE>{rows("show.asp?id={}", '<TR><TD><IMG src=/dot.gif> <A href="{u}" title="{t}">{s}</A></TD><TD align=right><FONT color=#999999>{d}</FONT></TD></TR>')}</TABLE>
<TABLE><TR><TD align=center>共9页 当前第3页 <A href="list.asp?classid=7&amp;page=1">首页</A> <A href="list.asp?classid=7&amp;page=2">上页</A> <A href="list.asp?classid=7&amp;page=4">下页</A> <A href="list.asp?classid=7&amp;page=9">末页</A></TD></TR></TABLE></TD></TR></TABLE></BODY></HTML>"""


@case("/list-7-1.html", Expected(urls("/view-{}.html"), next=f"{HOST}/list-7-2.html", dates=(None,) * 10))
def numbers_only_without_dates() -> str:
    return f"""<html><head><title>金口镇</title></head><body><div>{NAV}</div><h2>金口镇</h2><div class=con><ul>{rows("/view-{}.html", '<li><a href="{u}">{t}</a></li>')}</ul>
<div class=pg><span>1</span><a href="/list-7-2.html">2</a><a href="/list-7-3.html">3</a><a href="/list-7-4.html">4</a><a href="/list-7-5.html">5</a></div></div>
<div><h2>图片新闻</h2><ul>{others(4)}</ul></div></body></html>"""


@case("/jk.html", Expected(urls("/a/{}.shtml"), next=f"{HOST}/jk_2.html", total=4))
def select_jumper_with_addresses() -> str:
    options = "".join(
        f'<option value="jk{"" if n == 1 else f"_{n}"}.html"{" selected" if n == 1 else ""}>第{n}页</option>'
        for n in range(1, 5)
    )
    return f"""<html><head><title>金口镇_即墨镇街</title></head><body>{CRUMB}<table>{rows("/a/{}.shtml", "<tr><td>{d}</td><td><a href={u}>{t}</a></td></tr>")}</table>
<p align=right>转到 <select onchange="location.href=this.value">{options}</select></p><p>{NAV}</p></body></html>"""


@case("/more.asp?lm=5", Expected(urls("/n{}.asp"), next=f"{HOST}/more.asp?lm=5&p=2", total=7))
def select_jumper_with_numbers() -> str:
    options = "".join(f"<option value={n}>{n}</option>" for n in range(1, 8))
    return f"""<html><head><title>金口镇新闻</title></head><body>{CRUMB}<div>{rows("/n{}.asp", '<p>·<a href="{u}">{t}</a> ({d})</p>')}</div>
第 <select name=p onchange="location='more.asp?lm=5&p='+this.value">{options}</select> 页</body></html>"""


@case("/more.asp?cid=18", Expected(urls("/n{}.asp"), next=f"{HOST}/more.asp?cid=18&pg=2", total=4))
def select_jumper_with_a_variable() -> str:
    options = "".join(f"<option value={n}>第{n}页</option>" for n in range(1, 5))
    return f"""<html><head><title>金口镇新闻</title><script>var cid = 18;</script></head><body>{CRUMB}<div>{rows("/n{}.asp", '<p>·<a href="{u}">{t}</a> ({d})</p>')}</div>
<select onchange="location.href='more.asp?cid='+cid+'&pg='+this.options[this.selectedIndex].value+'&t='+Math.random()">{options}</select></body></html>"""


@case("/jinkou/", Expected(urls("/jinkou/t{}.htm"), next=f"{HOST}/jinkou/index_1.htm", total=5))
def trs_script_pager() -> str:
    return f"""<html><head><title>金口镇</title></head><body><div class=dqwz>当前位置：<a href=../>首页</a>&nbsp;&gt;&nbsp;<a href=../>镇街新闻</a>&nbsp;&gt;&nbsp;<a href=./>金口镇</a></div>
<ul>{rows("./t{}.htm", '<li><a href="{u}">{t}</a><span>{d}</span></li>')}</ul><script>createPageHTML(5, 0, "index", "htm");</script></body></html>"""


@case("/jinkou/", Expected(urls("/jinkou/t{}.htm"), next=f"{HOST}/jinkou/index_1.htm", total=5))
def trs_script_pager_with_variables() -> str:
    return f"""<html><head><title>金口镇</title></head><body><div class=dqwz>当前位置：<a href=../>首页</a>&nbsp;&gt;&nbsp;<a href=../>镇街新闻</a>&nbsp;&gt;&nbsp;<a href=./>金口镇</a></div>
<ul>{rows("./t{}.htm", '<li><a href="{u}">{t}</a><span>{d}</span></li>')}</ul><script>var countPage = 5, currentPage = 0; createPageHTML(countPage, currentPage, "index", "htm");</script></body></html>"""


@case("/x.asp?id=3&page=2", Expected(urls("/d.asp?n={}"), number=2, next=f"{HOST}/x.asp?id=3&page=3"))
def javascript_function_pager() -> str:
    return f"""<html><head><title>金口镇</title><script>function gopage(n){{ window.location.href="x.asp?id=3&page="+n; }}</script></head><body>{CRUMB}
<table width=100%>{rows("d.asp?n={}", "<tr><td>▪<a href='{u}'>{t}</a></td><td>{d}</td></tr>")}</table>
<div><a href="javascript:gopage(1)">上一页</a> <a href="javascript:gopage(1)">1</a> <b>2</b> <a href="javascript:gopage(3)">3</a> <a href="javascript:gopage(3)">下一页</a></div></body></html>"""


@case("/y/2.html", Expected(urls("/y/{}.html"), number=2, next=f"{HOST}/y/3.html"))
def onclick_buttons() -> str:
    return f"""<html><head><title>金口镇</title></head><body>{CRUMB}<dl>{rows("/y/{}.html", '<dt><a href="{u}">{t}</a></dt><dd>发布时间：{d} 09:30:00　点击：12</dd>')}</dl>
<div><input type=button value="上一页" onclick="location.href='1.html'"><input type=button value="下一页" onclick="location.href='3.html'"></div></body></html>"""


@case("/z/index.htm", Expected(urls("/z/{}.htm"), next=f"{HOST}/z/index2.htm"))
def image_links_with_alt_text() -> str:
    return f"""<html><head><title>金口镇</title></head><body>{CRUMB}{rows("{}.htm", '<img src=/d.gif><a href="{u}">{t}</a>&nbsp;&nbsp;<font color=gray>[{d}]</font><br>')}
<table><tr><td><a href="index.htm"><img src=/f.gif alt="首页"></a> <a href="index2.htm"><img src=/n.gif alt="下一页"></a></td></tr></table></body></html>"""


@case("/w/?p=4", Expected(urls("/w/?a={}"), number=4, next=f"{HOST}/w/?p=5"))
def arrows_and_dots() -> str:
    return f"""<html><head><title>金口镇 - 即墨信息港</title></head><body><nav>{NAV}</nav><ol class="breadcrumb"><li><a href=/>首页</a></li><li><a href=/xz>乡镇</a></li><li>金口镇</li></ol>
<main>{rows("?a={}", '<article><h3><a href="{u}">{t}</a></h3><p>这是一段关于这篇文章的简短介绍，用来说明文章的主要内容。</p><time>{d}</time> <a href="{u}">阅读全文</a></article>')}
<nav class=pagination><a href="?p=3">‹</a><a href="?p=1">1</a><span>…</span><a href="?p=3">3</a><span class=current>4</span><a href="?p=5">5</a><span>…</span><a href="?p=20">20</a><a href="?p=5">›</a></nav></main>
<aside><h3>热门</h3><ul>{others()}</ul></aside></body></html>"""


@case("/last.asp?page=5", Expected(urls("/p{}.asp", 3), TITLES[:3], DAYS[:3], number=5, total=5))
def last_page_with_three_items() -> str:
    return f"""<html><head><title>金口镇</title></head><body>{CRUMB}<ul>{rows("/p{}.asp", "<li><a href={u}>{t}</a> {d}</li>", 3)}</ul>
<p><a href="?page=1">首页</a> <a href="?page=4">上一页</a> 下一页 尾页 第5页/共5页</p><div><b>推荐阅读</b><ul>{others()}</ul></div></body></html>"""


@case("/one.html", Expected(urls("/p{}.html", 1), TITLES[:1], DAYS[:1], total=1))
def a_single_item() -> str:
    return f"""<html><head><title>金口镇</title></head><body><div>{NAV}</div>{CRUMB}<ul>{rows("/p{}.html", "<li><a href={u}>{t}</a><span>{d}</span></li>", 1)}</ul><p>共1页</p>
<div><b>推荐阅读</b><ul>{others()}</ul></div><p>版权所有 即墨信息港</p></body></html>"""


@case("/none.html", Expected((), (), ()))
def no_items() -> str:
    return f"""<html><head><title>金口镇</title></head><body><div>{NAV}</div>{CRUMB}<div>暂无内容</div></body></html>"""


@case("/clutter/", Expected(urls("/clutter/{}.html"), next=f"{HOST}/clutter/?page=2"))
def full_of_clutter() -> str:
    body = rows(
        "/clutter/{}.html",
        '<li><a href="/clutter/">[金口镇]</a> <a href="{u}?PHPSESSID=0123456789abcdef">{t}</a> <span>{d}</span> <a href="{u}#pl">评论</a></li>',
    ).split("\n")
    body.insert(2, '<li><a href="http://ads.example.com/?x=1">代开发票办理证件联系电话</a></li>')
    body.insert(4, '<li><a href="javascript:void(0)">点击查看更多精彩内容推荐</a></li>')
    body.insert(
        6,
        '<li><a href="https://www.jimo.example/clutter/899.html">金口镇:做好服务保障 项目建设“加速度”</a> 2011-05-19</li>',
    )
    body.insert(8, '<li><a href="mailto:a@b.example">欢迎投稿发送邮件至本站邮箱</a></li>')
    return f"""<html><head><title>金口镇_即墨信息港</title></head><body>{NAV}{CRUMB}<ul>{"".join(body)}</ul><div><a href="?page=2">下一页&gt;&gt;</a></div><div>友情链接：<a href="http://other.example/">青岛新闻网</a></div></body></html>"""


@case("/two.html", Expected(urls("/t{}.html"), next=f"{HOST}/two_2.html"))
def two_columns_in_groups_of_five() -> str:
    lines = rows("/t{}.html", '<li><a href="{u}">{t}</a><i>{d}</i></li>').split("\n")
    return f"""<html><head><title>金口镇</title></head><body>{CRUMB}<div class=b><ul>{"".join(lines[:5])}</ul><ul>{"".join(lines[5:])}</ul></div><div class=p><strong>1</strong> <a href=two_2.html>2</a> <a href=two_2.html>后一页</a></div>
<div class=r><ul>{others()}</ul></div></body></html>"""


@case("/trad/", Expected(urls("/trad/{}.html"), next=f"{HOST}/trad/2.html", total=3))
def traditional_labels() -> str:
    return f"""<html><head><title>金口鎮-即墨信息港</title></head><body><div>您所在的位置：<a href=/>即墨信息港</a> &gt; <a href=/xz>即墨鄉鎮</a> &gt; <a href=/trad/>金口鎮</a></div>
<table>{rows("/trad/{}.html", "<tr><td>·<a href={u}>{t}</a></td><td>{d}</td></tr>")}</table><div>共3頁 第1頁 <a href=2.html>下一頁</a> <a href=3.html>末頁</a></div></body></html>"""
