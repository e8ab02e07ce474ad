"""Ways to the towns and to their lists that lead over other pages, and what a run says of sections without articles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.crawling import Archive
from tests.test_manners import HOME, LISTING, paths, served, small_portal

RUNS = ("2026-01-05T06:00:00Z", "2026-01-06T06:00:00Z", "2026-01-07T06:00:00Z")
NEWS = "".join(
    f'<li><a href="/xz/jk/{n}.html">金口镇召开第{n}次春耕备播现场会</a> 2020-03-0{n}</li>' for n in (1, 2)
)
CRUMB = "您的位置：首页 &gt; 即墨乡镇 &gt; 金口镇"


def page(body: str) -> str:
    return f"<html><head><title>即墨信息港</title></head><body>{body}<p>版权所有 即墨信息港</p></body></html>"


def run(archive: Archive, number: int) -> Any:
    return archive.crawl(settings={"JIMO_NOW": RUNS[number]})


def asked(log: list[tuple[str, float]], since: int = 0) -> list[str]:
    """What was asked beside robots.txt and articles."""
    return [path for path in paths(log[since:]) if path != "/robots.txt" and not path.endswith("0.html")]


def test_towns_behind_the_news_are_found_and_only_what_leads_to_them_is_asked_again(tmp_path: Path) -> None:
    links = "<a href=/zf/>政務公開</a> <a href=/tz/>招商引资</a> <a href=/jmxw/>即墨新聞</a> <a href=/xw/>新闻中心</a>"
    pages = small_portal() | {
        "/": page(links),
        "/jmxw/": page("<a href=/jmxw/a.html>全市教育工作会议昨日召开</a> <a href=/xw/>新闻中心</a>"),
        "/xw/": page("<a href=/yw/>要闻</a> <a href=/xz/>即墨乡镇</a>"),
        "/zf/": page("<p>领导之窗</p>"),
    }
    with served(pages) as (url, log):
        archive = Archive(tmp_path, url)
        done = run(archive, 0)
        assert done.returncode == 0, done.stderr
        assert archive.value("SELECT count(*) FROM articles") == 6
        assert asked(log)[:4] == ["/", "/jmxw/", "/xw/", "/xz/"]
        first = len(log)
        assert run(archive, 1).returncode == 0
        assert [path for path in asked(log, first) if path.count("/") < 3] == ["/", "/xw/", "/xz/"]
        assert "/zf/" not in paths(log)
        pages["/xw/"], pages["/zf/"] = page("<p>本栏目已停用</p>"), page("<a href=/xz/>镇街动态</a>")
        assert run(archive, 2).returncode == 4  # what did lead to the towns does not any more
        done = archive.crawl(settings={"JIMO_NOW": "2026-01-08T06:00:00Z"})
        assert "/zf/" in paths(log), done.stderr
        second = len(log)
        assert archive.crawl(settings={"JIMO_NOW": "2026-01-09T06:00:00Z"}).returncode == 0
        assert [path for path in asked(log, second) if path.count("/") < 3] == ["/", "/zf/", "/xz/"]


def test_a_portal_of_which_nothing_leads_to_towns_is_a_failure_each_day(tmp_path: Path) -> None:
    with served(
        {
            "/robots.txt": (404, {}, ""),
            "/": page("<a href=/xw/>新闻中心</a> <a href=/map/>网站地图</a>"),
            "/xw/": page("<a href=/zw/>政务公开</a>"),
        }
    ) as (url, log):
        for number in range(2):
            done = run(Archive(tmp_path, url), number)
            assert done.returncode == 1
            assert "entry page" in done.stderr
    assert sorted(asked(log)) == sorted(["/", "/xw/", "/map/"] * 2)


@pytest.mark.parametrize(
    "door",
    [
        "<embed src=/open.swf width=700><br><a href=/main.htm>【進入網站】</a> <a href=/en/>ENGLISH</a>",
        "<A HREF=main.htm><IMG SRC=/welcome.jpg></A>",
        "<map name=m><area href=/main.htm alt='点击进入'></map><img usemap=#m src=/w.gif>",
    ],
)
def test_a_portal_behind_a_picture_is_entered(tmp_path: Path, door: str) -> None:
    with served(small_portal() | {"/": f"<html><body>{door}</body></html>", "/main.htm": HOME}) as (url, _):
        archive = Archive(tmp_path, url)
        assert archive.crawl().returncode == 0
    assert archive.value("SELECT count(*) FROM articles") == 6


def test_an_index_on_two_pages_is_read_whole(tmp_path: Path) -> None:
    pages = small_portal() | {
        "/xz/": page(
            "<li><a href=/xz/jk/>金口镇</a></li><li><a href=/xz/th/>田横镇</a></li><p><a href=/xz/2.htm>下一页</a></p>"
        ),
        "/xz/2.htm": page(
            "<li><a href=/xz/lc/>蓝村街道</a></li><li><a href=/xz/ls/>灵山街道</a></li><p><a href=/xz/>上一页</a></p>"
        ),
        "/xz/th/": page(f"{CRUMB.replace('金口', '田横')}<p>暂无信息</p>"),
        "/xz/ls/": page(f"{CRUMB.replace('金口镇', '灵山街道')}<p>本栏目建设中……</p>"),
    }
    with served(pages) as (url, log):
        archive = Archive(tmp_path, url)
        assert run(archive, 0).returncode == 0
        assert run(archive, 1).returncode == 0
    assert archive.value("SELECT count(*) FROM towns WHERE listing_url IS NOT NULL") == 4
    assert paths(log).count("/xz/2.htm") == 2


SHELLS = {
    "frameset": {"": '<html><frameset cols="90,*"><frame src=menu.htm><frame src=news.htm></frameset></html>',
                 "menu.htm": "<html><body><img src=m.gif></body></html>"},
    "iframe": {"": page(f"{CRUMB}<iframe src='news.htm' width=500></iframe>")},
    "refresh": {"": '<html><head><meta http-equiv=refresh content="0;URL=news.htm"></head></html>'},
    "script": {"": "<script>location.href='news.htm';</script>"},
    "columns": {"": page(f"{CRUMB}<p><a href=jj.htm>本镇概况</a> <a href=news.htm>工作動態</a> <a href=gg.htm>通知公告</a></p>"),
                "gg.htm": page(f"{CRUMB}<p>暂无内容</p>"), "jj.htm": page("<p>金口镇位于即墨东部。</p>")},
}  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_the_list_behind_a_towns_page_is_read(tmp_path: Path, shell: str) -> None:
    pages = small_portal() | {f"/xz/jk/{name}": text for name, text in SHELLS[shell].items()}
    with served(pages | {"/xz/jk/news.htm": page(f"{CRUMB}<ul>{NEWS}</ul>")}) as (url, log):
        archive = Archive(tmp_path, url)
        done = run(archive, 0)
        assert done.returncode == 0, done.stderr
        assert archive.value("SELECT count(*) FROM articles") == 5
        assert "/xz/jk/jj.htm" not in paths(log)
        first = len(log)
        assert run(archive, 1).returncode == 0
    assert "/xz/jk/news.htm" in paths(log[first:])
    assert "/xz/jk/menu.htm" not in paths(log[first:])


def test_a_section_in_which_nothing_can_be_found_is_named_once(tmp_path: Path) -> None:
    pages = small_portal()
    pages["/xz/jk/"] = page(f"{CRUMB}<div id=list></div><script src=/js/list.js></script>")
    with served(pages) as (url, _):
        archive = Archive(tmp_path, url)
        done = run(archive, 0)
        assert (done.returncode, "金口镇" in done.stderr) == (3, True), done.stderr
        assert run(archive, 1).returncode == 0
        assert archive.value("SELECT count(*) FROM crawl_towns WHERE ended_by = 'unread'") == 2
        pages["/xz/jk/"] = LISTING
        assert run(archive, 2).returncode == 0
    assert archive.value("SELECT count(*) FROM articles") == 6


def test_more_that_leads_to_another_section_is_not_read_on(tmp_path: Path) -> None:
    pages = small_portal()
    other = pages["/xz/lc/"].replace("金口镇<ul>", "蓝村街道<ul>")
    pages["/xz/jk/"] = page(f"{CRUMB}<ul>{NEWS}</ul><a href=/xz/all.htm>更多</a>")
    with served(pages | {"/xz/all.htm": other}) as (url, log):
        archive = Archive(tmp_path, url)
        assert run(archive, 0).returncode == 0
        first = len(log)
        assert run(archive, 1).returncode == 0
    assert archive.value("SELECT outcome FROM urls WHERE url LIKE '%/all.htm'") == "out_of_scope"
    assert "/xz/all.htm" not in paths(log[first:])
