"""The way to the towns: entry pages and indexes of many makes."""

from __future__ import annotations

import pytest

from jimo_crawler.items import Page
from jimo_crawler.parsers.section import find_index, parse_index
from jimo_crawler.portal import load

HOST = "http://www.jimo.example"
TOWNS = (
    "通济街道", "环秀街道", "潮海街道", "北安街道", "龙山街道", "龙泉街道", "鳌山卫街道", "温泉街道", "灵山街道", "大信街道", "蓝村街道",
    "段泊岚镇", "移风店镇", "田横镇", "金口镇",
)  # fmt: skip
SHORT = tuple(name.removesuffix("街道").removesuffix("镇") for name in TOWNS)
NAV = "".join(
    f'<a href="/c{n}/">{t}</a> ' for n, t in enumerate(("首页", "即墨新闻", "房产", "招聘", "旅游", "论坛"))
)
NEWS = "".join(
    f'<li><a href="/n/{n}.html">{t}</a></li>'
    for n, t in enumerate(("金口镇召开春季农业生产现场会", "田横镇祭海节开幕", "蓝村镇", "即墨乡镇企业发展迅速，产值突破百亿元"))
)  # fmt: skip


def entry(link: str) -> str:
    return f"<html><body><div>{NAV}</div><div>{link}</div><ul>{NEWS}</ul><a href='http://xz.example.com/'>即墨乡镇</a></body></html>"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<a href="/xz/">即墨乡镇</a>', "/xz/"),
        ('<a href="/xz/">即墨鄉鎮</a>', "/xz/"),
        ('<a href="xz.asp?id=1"><img src="/i.gif" alt="镇街"></a>', "/xz.asp?id=1"),
        (
            '<img src=m.gif usemap=#m><map name=m><area href="/a/" alt="房产"><area href="/zj/index.htm" alt="乡镇新闻"></map>',
            "/zj/index.htm",
        ),
        ('<a href="javascript:void(0)" onclick="location.href=\'/jd/\'">街道乡镇</a>', "/jd/"),
        (
            '<select onchange="location=this.value"><option value="/a/">房产</option><option value="/town/">镇街新闻</option></select>',
            "/town/",
        ),
        ('<a href="/x1/">乡镇风采</a>', "/x1/"),
        ('<ul><li><a href="#">新闻</a><ul><li><a href="/t/">·乡镇·</a></li></ul></li></ul>', "/t/"),
    ],
)
def test_entry_page_names_the_index(link: str, url: str) -> None:
    found = find_index(Page(url=HOST + "/", html=entry(link)), load())
    assert found is not None and found.url == HOST + url


def test_entry_page_without_the_section_has_no_index() -> None:
    assert (
        find_index(Page(url=HOST + "/", html=f"<html><body>{NAV}<ul>{NEWS}</ul></body></html>"), load())
        is None
    )


def page(body: str) -> str:
    return f"""<html><head><title>即墨乡镇</title></head><body><div>{NAV}</div><div>您所在的位置：<a href=/>首页</a> &gt; 即墨乡镇</div>{body}
<div><h3>最新文章</h3><ul>{NEWS}</ul></div><div>友情链接：<a href="http://tianheng.example.gov/">田横镇</a> <a href="http://jk.example.gov/">金口镇政府</a></div></body></html>"""


def as_list() -> str:
    return "<ul>" + "".join(f'<li><a href="/t/{n}/">{t}</a></li>' for n, t in enumerate(TOWNS)) + "</ul>"


def as_table() -> str:
    cells = [f'<td><a href="list.asp?id={n}">·{t}</a></td>' for n, t in enumerate(TOWNS)]
    return "<table>" + "".join(f"<tr>{''.join(cells[i : i + 4])}</tr>" for i in range(0, 15, 4)) + "</table>"


def as_short_names() -> str:
    return "<p>" + " | ".join(f'<a href="/{n}.html">{t}</a>' for n, t in enumerate(SHORT)) + "</p>"


def as_image_map() -> str:
    areas = "".join(
        f'<area shape=rect coords="{n},0,9,9" href="xz{n}.htm" alt="{t}" title="点击进入{t}">'
        for n, t in enumerate(TOWNS)
    )
    return f'<img src=map.gif usemap="#x"><map name=x>{areas}</map>'


def as_select() -> str:
    return "<select onchange=\"window.location='more.asp?bid='+this.value\"><option value=''>请选择</option>" + "".join(f"<option value={n + 1}>{t}</option>" for n, t in enumerate(TOWNS)) + "</select>"  # fmt: skip


def as_menu() -> str:
    half = "".join(f'<li><a href="/s/{n}">{t}</a></li>' for n, t in enumerate(TOWNS[:11]))
    rest = "".join(f'<li><a href="/s/{n + 11}">{t}</a></li>' for n, t in enumerate(TOWNS[11:]))
    return f"<ul><li><a href=#>街道</a><ul>{half}</ul></li><li><a href=#>镇</a><ul>{rest}</ul></li></ul>"


def as_blocks() -> str:
    return "".join(
        f'<div class=b><h3>{t}</h3><ul><li><a href="/n/a{n}.html">{t}召开工作会议</a></li><li><a href="/n/b{n}.html">{t}开展环境整治</a></li></ul><a href="/list/{n}.html">更多&gt;&gt;</a></div>'
        for n, t in enumerate(TOWNS)
    )


def as_images() -> str:
    return "".join(
        f'<a href="/p/{n}.asp"><img src="/i/{n}.jpg" alt="{t}"></a><a href="/p/{n}.asp">{t}</a>'
        for n, t in enumerate(TOWNS)
    )


@pytest.mark.parametrize(
    "body", [as_list, as_table, as_short_names, as_image_map, as_select, as_menu, as_blocks, as_images]
)
def test_index_names_every_town_once(body: object) -> None:
    sections = parse_index(Page(url=HOST + "/xz/", html=page(body())), load())  # type: ignore[operator]
    assert tuple(section.name for section in sections) == TOWNS
    assert {section.kind for section in sections} == {"街道", "镇"}
    assert len({section.url for section in sections}) == len(TOWNS)
    assert all(section.url.startswith(HOST) for section in sections)


def test_traditional_names_and_merged_towns_are_sections() -> None:
    names = ["藍村街道", "鰲山衛街道", "段泊嵐鎮", "普東鎮", "七級鎮", "王村鎮", "即墨古城", "經濟開發區"]
    body = (
        "<ul>"
        + "".join(f'<li>·<a href="/t{n}.html">{t}</a>({n})</li>' for n, t in enumerate(names))
        + "</ul>"
    )
    sections = parse_index(Page(url=HOST + "/xz/", html=page(body)), load())
    assert [(section.name, section.kind) for section in sections] == [
        ("蓝村街道", "街道"), ("鳌山卫街道", "街道"), ("段泊岚镇", "镇"), ("普东镇", "镇"), ("七级镇", "镇"), ("王村镇", "镇"), ("即墨古城", None), ("经济开发区", "开发区"),
    ]  # fmt: skip


def test_entry_page_that_holds_the_towns_itself() -> None:
    html = f"<html><body><div>{NAV}</div><ul>{NEWS}</ul><div class=z>{as_short_names()}</div></body></html>"
    sections = parse_index(Page(url=HOST + "/", html=html), load())
    assert tuple(section.name for section in sections) == TOWNS


def test_page_without_towns_has_no_sections() -> None:
    assert (
        parse_index(Page(url=HOST + "/", html=f"<html><body>{NAV}<ul>{NEWS[:60]}</ul></body></html>"), load())
        == ()
    )


@pytest.mark.parametrize(
    "entry_of",
    [
        'menu_2.addMenuItem("{t}","location=\'/z/{n}/\'");',
        "d.add({n},0,'{t}','/z/{n}/');",
        'items[{n}] = ["/z/{n}/", "{t}"];',
        "new Node({{name:'·{t}·', url:'/z/{n}/'}});",
    ],
)
def test_towns_of_a_menu_that_a_script_draws_are_found(entry_of: str) -> None:
    menu = "\n".join(entry_of.format(t=t, n=n) for n, t in enumerate(TOWNS))
    html = f"<html><body><script>function load(){{\n{menu}\n}}</script><div>{NAV}</div></body></html>"
    sections = parse_index(Page(url=HOST + "/", html=html), load())
    assert [(each.name, each.url) for each in sections] == [
        (t, f"{HOST}/z/{n}/") for n, t in enumerate(TOWNS)
    ]


def test_the_index_may_be_an_entry_of_such_a_menu() -> None:
    script = "<script>m.addMenuItem('房产','/f/');m.addMenuItem(\"即墨鄉鎮\",\"location='/xz/'\");</script>"
    found = find_index(
        Page(url=HOST + "/", html=f"<html><body>{script}<div>{NAV}</div></body></html>"), load()
    )
    assert found is not None and found.url == HOST + "/xz/"
