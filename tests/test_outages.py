"""Whatever a portal that is not well says of its pages: the run stops soon, says so, and nothing is marked."""

from __future__ import annotations

import socket
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from jimo_crawler.archive.frontier import Plan
from jimo_crawler.demo.afterlife import takeover
from jimo_crawler.demo.portal import build
from jimo_crawler.errors import ExitStatus
from tests.comparing import differences
from tests.crawling import Archive
from tests.playing import BASE, Got, Player
from tests.test_manners import paths, served, small_portal

Answer = Callable[[str, int], Got]
"""What a path answers, given how many requests there were before."""


def page(text: str, status: int = 200, content_type: str = "text/html; charset=utf-8") -> Answer:
    return lambda path, number: Got(
        status, text.format(path=path, number=number).encode(), {"Content-Type": content_type}
    )


def redirect(target: str, there: Answer) -> Answer:
    return lambda path, number: there(path, number) if path == target else Got(302, b"", {"Location": target})


def home(*_: object) -> Got:
    return Got(200, build(0).pages["/"].body, {"Content-Type": "text/html; charset=gb2312"})


LOGIN = page(
    "<html><head><title>会员登录</title></head><body><form action=/in>帐号<input name=u>密码<input type=password name=p>"
    "<input type=submit value=进入></form></body></html>"
)
SCRIPT = "<html><head><script>var a={number};document.cookie='t='+a;location.reload()</script></head><body></body></html>"
KINDS: dict[str, Answer] = {
    "a login page": LOGIN,
    "a redirect of everything to a login page": redirect("/member/in.php", LOGIN),
    "a redirect of everything to the home page": redirect("/", home),
    "the home page everywhere": home,
    "a maintenance page": page(
        "<title>公告</title><h2>网站升级维护</h2><p>本站正在进行系统升级，预计明日恢复访问，敬请谅解！</p>"
    ),
    "a maintenance page with another time each": page(
        "<title>公告</title><p>服务器维护中，请于{number}分钟后访问 {path}</p>"
    ),
    "a long notice": page(
        "<html><head><title>迁移通知</title></head><body><h1>关于网站迁移的通知</h1><p>　　尊敬的用户：为提升访问速度和安全防护能力，"
        "本网站将进行服务器迁移，届时所有栏目均无法访问，请广大用户提前做好准备，相互转告。</p><p>　　迁移预计需要三个工作日，完成之后将恢复"
        "正常访问，由此给您带来的不便，我们深表歉意，感谢您一直以来的理解和支持。</p></body></html>"
    ),
    "a challenge with 412": page(SCRIPT, 412),
    "a challenge with 202": page(SCRIPT, 202),
    "a challenge with 200": page(SCRIPT),
    "a block page": page("<h1>403 Forbidden</h1>", 403),
    "a block page with a number of its own each": page(
        "<title>访问被拦截</title><p>您的请求存在威胁，已被阻断。事件编号：{number}{path}</p>"
    ),
    "too many requests": page("slow down", 429),
    "500": page("<h2>500 - Internal server error.</h2>", 500),
    "502": page("bad gateway", 502),
    "404": page("<h1>Not Found</h1>", 404),
    "the same not-found text": page("<title>提示</title><p>对不起，您访问的信息不存在或已被删除！</p>"),
    "an error of the database": page("Microsoft OLE DB Provider error '80004005' 数据库连接出错"),
    "nothing": page(""),
    "a page for scripts": page("<title>即墨信息港</title><div id=app></div><script src=/app.js></script>"),
    "JSON": page('{{"code": 401, "path": "{path}"}}', content_type="application/json"),
    "a domain for sale": page(
        "<title>域名出售</title><p>您访问的域名正在出售，有意者请联系 400-000-0000</p>"
    ),
    "one page of spam": lambda *_: Got(200, takeover("gambling", "one"), {"Content-Type": "text/html"}),
    "another page of spam each": lambda path, _: Got(
        200, takeover("porn", path), {"Content-Type": "text/html"}
    ),
    "another portal": lambda *_: Got(302, b"", {"Location": "http://elsewhere.example/"}),
}
ASKED = {"towns": Plan, "recheck": lambda: Plan(recheck=True)}


def state(archive: Archive) -> dict[str, Any]:
    """All that an archive says of articles, without the time at which they were last there."""
    return {
        "articles": archive.rows(
            "SELECT id, url, title, body, status, content_hash FROM articles ORDER BY id"
        ),
        "addresses": archive.rows(
            "SELECT url, article_id, status, missing_since, gone_at, current, delisted_at FROM article_urls ORDER BY 1, 2"
        ),
        "revisions": archive.rows("SELECT url, content_hash FROM revisions ORDER BY id"),
        "events": archive.rows("SELECT url, event FROM observations WHERE event IS NOT NULL ORDER BY 1, 2"),
    }


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("kind", KINDS)
def test_an_outage_stops_the_run_and_marks_nothing(player: Player, kind: str, asked: str) -> None:
    before, numbers = state(player.archive), count()
    player.tamper = lambda path, _: KINDS[kind](path, next(numbers))
    verdict = player.play(0, ASKED[asked](), hours=30)
    assert verdict.status is ExitStatus.OUTAGE, verdict
    assert verdict.message.startswith("outage: ")
    assert len(set(player.asked)) <= 20
    assert state(player.archive) == before


@pytest.mark.parametrize("kind", KINDS)
def test_an_outage_that_begins_in_the_middle_of_a_run_marks_nothing(player: Player, kind: str) -> None:
    before, numbers = state(player.archive), count()

    def tamper(path: str, got: Got) -> Got:
        number = next(numbers)
        return got if number < 40 else KINDS[kind](path, number)

    player.tamper = tamper
    assert player.play(0, Plan(recheck=True), hours=30).status is ExitStatus.OUTAGE
    assert len(set(player.asked)) <= 60
    assert state(player.archive) == before


def test_after_an_outage_the_next_run_finds_what_is_so(player: Player) -> None:
    player.play(1, Plan(full=True))
    player.play(1, Plan(recheck=True), hours=0.5)
    player.tamper = lambda path, _: KINDS["404"](path, 0)
    assert player.play(1, Plan(recheck=True), hours=10).status is ExitStatus.OUTAGE
    player.tamper = None
    assert player.play(2, Plan(full=True)).status is ExitStatus.OK
    assert player.play(2, Plan(recheck=True), hours=0.5).status is ExitStatus.OK
    wrong = [line for line in differences(player.archive, build(2).truth, BASE) if "event" not in line]
    assert wrong == []


def test_a_page_now_and_then_that_is_turned_away_is_no_outage(player: Player) -> None:
    numbers = count()
    player.tamper = lambda path, got: KINDS["a block page"](path, 0) if next(numbers) % 5 == 4 else got
    before = state(player.archive)
    assert player.play(0, Plan(recheck=True), hours=30).status is ExitStatus.OK
    assert state(player.archive) == before


# --- over real HTTP ---------------------------------------------------------------------------------------------------------


def test_a_host_that_answers_no_more_is_an_outage(tmp_path: Path) -> None:
    with served(small_portal()) as (url, _):
        archive = Archive(tmp_path, url, {"RETRY_TIMES": "0"})
        assert archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"}).returncode == 0
    before = state(archive)
    done = archive.crawl(settings={"JIMO_NOW": "2026-02-05T06:00:00Z"})  # refused: nobody listens there
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("outage: ") == 1, done.stderr
    assert state(archive) == before
    with socket.create_server(("127.0.0.1", int(url.rsplit(":", 1)[1][:-1]))) as server:
        server.settimeout(0.01)  # connected, and never answered
        done = archive.crawl(settings={"JIMO_NOW": "2026-02-06T06:00:00Z", "DOWNLOAD_TIMEOUT": "1"})
    assert done.returncode == 4, done.stderr
    assert state(archive) == before


def test_a_portal_that_turns_everything_to_one_page_is_an_outage(tmp_path: Path) -> None:
    pages = small_portal()
    with served(pages) as (url, log):
        archive = Archive(tmp_path, url, {"RETRY_TIMES": "0"})
        assert archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"}).returncode == 0
        before, asked = state(archive), len(log)
        for path in [each for each in pages if each not in ("/robots.txt", "/sorry.html")]:
            pages[path] = (302, {"Location": "/sorry.html"}, "")
        pages["/sorry.html"] = "<title>提示</title><p>您访问的栏目正在调整，请稍后再来。</p>"
        done = archive.crawl(settings={"JIMO_NOW": "2026-02-05T06:00:00Z"})
        assert done.returncode == 4, done.stderr
        done = archive.crawl("recheck", settings={"JIMO_NOW": "2026-02-06T06:00:00Z"})
        assert done.returncode == 4, done.stderr
    assert len(set(paths(log[asked:]))) <= 20
    assert state(archive) == before
