"""How a portal is asked: robots.txt, delays, Retry-After, and never anything off the portal."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.crawling import Archive

HOME = '<html><body><a href="/xz/">即墨乡镇</a></body></html>'
INDEX = '<html><body>您的位置：首页 &gt; 即墨乡镇<ul><li><a href="/xz/jk/">金口镇</a></li><li><a href="/xz/lc/">蓝村街道</a></li></ul></body></html>'
LISTING = (
    "<html><body>您的位置：首页 &gt; 即墨乡镇 &gt; 金口镇<ul>"
    + "".join(
        f'<li><a href="/xz/jk/{number}.html">金口镇召开第{number}次春耕备播现场会</a> 2020-03-0{number}</li>'
        for number in range(1, 4)
    )
    + "</ul></body></html>"
)
ARTICLE = (
    "<html><head><title>会议_即墨信息港</title></head><body><div>您的位置：首页 &gt; 即墨乡镇 &gt; 金口镇</div><h1>金口镇召开第{}次春耕备播现场会</h1>"
    "<p>发布时间：2020-3-{} 来源：即墨信息港 编辑：佚名</p><div><p>　　3月以来，金口镇抢抓农时，组织技术人员到田间地头指导春耕备播，全镇已备足化肥三千吨。</p>"
    "<p>　　镇农业服务中心主任王强介绍，今年全镇计划种植花生两万亩，农资供应充足，价格平稳，群众可以放心购买。</p></div></body></html>"
)


@contextmanager
def served(pages: dict[str, Any]) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """A server of *pages* (path → text, or (status, headers, text)); gives its URL and the log of (path, moment)."""
    log: list[tuple[str, float]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.append((self.path, time.monotonic()))
            answer = pages.get(self.path, (404, {}, "not found"))
            answer = (
                answer(len([path for path, _ in log if path == self.path])) if callable(answer) else answer
            )
            status, headers, text = answer if isinstance(answer, tuple) else (200, {}, answer)
            body = text.encode()
            self.send_response(status)
            for name, value in (
                {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))} | headers
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", log
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def small_portal() -> dict[str, Any]:
    pages: dict[str, Any] = {
        "/": HOME,
        "/xz/": INDEX,
        "/xz/jk/": LISTING,
        "/xz/lc/": LISTING.replace("/jk/", "/lc/"),
    }
    for town in ("jk", "lc"):
        pages |= {
            f"/xz/{town}/{number}.html": ARTICLE.format(f"{town}{number}", number) for number in range(1, 4)
        }
    return pages | {"/robots.txt": (404, {}, "")}


def paths(log: list[tuple[str, float]]) -> list[str]:
    return [path for path, _ in log]


@pytest.mark.parametrize("status", [500, 503])
def test_nothing_is_asked_while_robots_txt_cannot_be_had(tmp_path: Path, status: int) -> None:
    with served(small_portal() | {"/robots.txt": (status, {}, "")}) as (url, log):
        archive = Archive(tmp_path, url, {"RETRY_TIMES": "1"})
        done = archive.crawl()
    assert set(paths(log)) == {"/robots.txt"}
    assert done.returncode == 4, done.stderr
    assert archive.value("SELECT reason FROM failures") == "robots_unavailable"


def test_what_robots_txt_disallows_is_not_asked(tmp_path: Path) -> None:
    robots = (200, {"Content-Type": "text/plain"}, "User-agent: *\nDisallow: /xz/jk/2.html\n")
    with served(small_portal() | {"/robots.txt": robots}) as (url, log):
        archive = Archive(tmp_path, url)
        assert archive.crawl().returncode == 0
    assert "/xz/jk/2.html" not in paths(log)
    assert archive.value("SELECT count(*) FROM articles") == 5
    assert archive.value("SELECT outcome FROM urls WHERE url LIKE '%/jk/2.html'") == "skipped"


def test_a_crawl_delay_is_waited_for_unless_told_otherwise(tmp_path: Path) -> None:
    robots = (200, {"Content-Type": "text/plain"}, "User-agent: *\nCrawl-delay: 0.4\n")
    for number, ignore in enumerate(("0", "1")):
        with served(small_portal() | {"/robots.txt": robots}) as (url, log):
            folder = tmp_path / str(number)
            folder.mkdir()
            archive = Archive(folder, url, {"JIMO_IGNORE_CRAWL_DELAY": ignore})
            assert archive.crawl(max_pages=1).returncode == 0
        moments = [moment for path, moment in log if path != "/robots.txt"]
        gaps = [later - earlier for earlier, later in pairwise(moments[1:])]
        assert (min(gaps) >= 0.35) is (ignore == "0"), gaps


def test_retry_after_is_waited_for_and_a_long_one_ends_the_run(tmp_path: Path) -> None:
    def busy(time_asked: int) -> Any:
        return (503, {"Retry-After": "1"}, "") if time_asked == 1 else ARTICLE.format("jk1", 1)

    with served(small_portal() | {"/xz/jk/1.html": busy}) as (url, log):
        archive = Archive(tmp_path, url)
        assert archive.crawl().returncode == 0
    first, second = (moment for path, moment in log if path == "/xz/jk/1.html")
    assert second - first >= 1.0
    assert archive.value("SELECT count(*) FROM articles") == 6

    other = tmp_path / "other"
    other.mkdir()
    with served(small_portal() | {"/xz/jk/1.html": (503, {"Retry-After": "7200"}, "")}) as (url, log):
        archive = Archive(other, url)
        done = archive.crawl()
    assert done.returncode == 3, done.stderr
    assert "come back in 7200 s" in done.stderr


def test_links_and_redirects_off_the_portal_are_not_followed(tmp_path: Path) -> None:
    with served({"/": "elsewhere"}) as (elsewhere, foreign_log):
        pages = small_portal() | {"/xz/jk/1.html": (302, {"Location": elsewhere}, "")}
        pages["/xz/lc/"] = pages["/xz/lc/"].replace("/xz/lc/1.html", f"{elsewhere}x.html")
        with served(pages) as (url, log):
            archive = Archive(tmp_path, url)
            done = archive.crawl()
    assert foreign_log == []
    assert done.returncode == 0, done.stderr
    assert archive.value("SELECT outcome FROM urls WHERE url LIKE '%/jk/1.html'") == "hijacked"
    assert archive.value("SELECT count(*) FROM articles") == 4
    assert len(log) == len(set(paths(log)))


def test_a_town_on_another_host_of_the_portal_is_read_if_the_setting_names_it(tmp_path: Path) -> None:
    pages = small_portal()
    with served(pages) as (other, other_log):
        own = dict(pages)
        for path in ("/xz/", "/xz/lc/"):
            own[path] = pages[path].replace('"/xz/lc/', f'"{other}xz/lc/')
        with served(own) as (url, log):
            done = Archive(tmp_path / "with", url, {"JIMO_PORTAL_HOSTS": other.split("/")[2]}).crawl()
            assert done.returncode == 0, done.stderr
            assert Archive(tmp_path / "with").value("SELECT count(*) FROM articles") == 6
            assert {path for path in paths(other_log) if "/lc/" in path} == {
                path for path in pages if "/lc/" in path
            }
            assert not any("/lc/" in path for path in paths(log))
            asked = len(other_log)
            assert Archive(tmp_path / "without", url).crawl().returncode == 0
            assert Archive(tmp_path / "without").value("SELECT count(*) FROM articles") == 3
            assert len(other_log) == asked


def test_a_portal_that_opens_with_a_refresh_and_a_frameset_is_entered(tmp_path: Path) -> None:
    frames = '<html><frameset rows="80,*"><frame src="top.htm"><frame src="main.htm"></frameset></html>'
    pages = small_portal() | {
        "/": '<html><head><meta http-equiv="refresh" content="0; URL=default.htm"></head><body>正在进入…</body></html>',
        "/default.htm": frames,
        "/top.htm": '<html><body><img src="logo.gif"><a href="mailto:a@b.cn">信箱</a></body></html>',
        "/main.htm": HOME,
    }
    with served(pages) as (url, log):
        archive = Archive(tmp_path, url)
        assert archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"}).returncode == 0
        assert archive.value("SELECT count(*) FROM articles") == 6
        first = len(log)
        assert archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:10:00Z"}).returncode == 0
        assert "/top.htm" not in paths(log[first:])  # it names no towns
        pages["/main.htm"] = pages["/top.htm"]
        assert (
            archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:20:00Z"}).returncode == 4
        )  # a frame that did name them
    assert archive.value("SELECT outcome FROM urls WHERE url LIKE '%/top.htm'") == "not_article"
    with served({**pages, "/main.htm": "<html><body>欢迎</body></html>"}) as (url, _):
        done = Archive(tmp_path / "empty", url).crawl()
    assert done.returncode == 1
    assert "could not be read" in done.stderr


def test_a_page_that_is_not_packed_as_its_header_says_is_read_as_it_is(tmp_path: Path) -> None:
    pages = small_portal()
    pages["/xz/jk/1.html"] = (200, {"Content-Encoding": "gzip"}, pages["/xz/jk/1.html"])
    with served(pages) as (url, _):
        archive = Archive(tmp_path, url)
        assert archive.crawl().returncode == 0
    assert archive.value("SELECT count(*) FROM articles") == 6
    assert archive.run("verify", "--deep").returncode == 0


def test_a_portal_that_is_down_is_an_outage_once_it_is_known(tmp_path: Path) -> None:
    pages = small_portal()
    with served(pages) as (url, _):
        archive = Archive(tmp_path, url, {"RETRY_TIMES": "0"})
        assert archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"}).returncode == 0
        before = archive.rows("SELECT * FROM articles")
        pages.clear()
        pages |= dict.fromkeys(("/", "/robots.txt"), "<html><body>系统维护中，请稍后访问</body></html>")
        done = archive.crawl(settings={"JIMO_NOW": "2026-02-05T06:00:00Z"})
    assert done.returncode == 4, done.stderr
    assert "outage" in done.stderr
    assert archive.rows("SELECT * FROM articles") == before
