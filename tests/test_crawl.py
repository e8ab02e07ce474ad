"""The main job end to end: the real command, the demo portal over real HTTP, real files."""

from __future__ import annotations

import signal
import subprocess
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from jimo_crawler.commands import crawl
from jimo_crawler.demo.server import DemoServer
from tests.crawling import PROJECT, QUICK, Archive, assert_sound, contents, environment

TITLE = "金口镇:做好服务保障 项目建设“加速度”"
AT_SIX, AT_SEVEN = ({"JIMO_NOW": f"2026-01-05T0{hour}:00:00Z"} for hour in (6, 7))


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def crawled(
    portal: DemoServer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Archive, list[dict[str, object]]]:
    """A first run of the whole portal, and the requests that it made."""
    archive = Archive(tmp_path_factory.mktemp("crawled"), portal.url)
    before = len(portal.requests)
    done = archive.crawl(settings=AT_SIX)
    assert done.returncode == 0, done.stderr
    return archive, portal.requests[before:]


def test_every_address_is_asked_once_and_has_one_outcome(
    crawled: tuple[Archive, list[dict[str, object]]],
) -> None:
    archive, requests = crawled
    asked = Counter(str(each["path"]) for each in requests)
    failed_once = {str(each["path"]) for each in requests if int(str(each["status"])) >= 500}
    assert {path: count for path, count in asked.items() if count > 1} == dict.fromkeys(failed_once, 2)
    crawl = archive.rows("SELECT * FROM crawls")[0]
    assert crawl["requested"] == archive.value("SELECT count(*) FROM observations WHERE outcome <> 'skipped'")
    assert crawl["requested"] == len(asked) - 1, "every path but robots.txt is a row"
    assert crawl["verdict"] == "ok"


def test_the_archive_is_sound_and_read_by_sqlite_alone(
    crawled: tuple[Archive, list[dict[str, object]]],
) -> None:
    archive, _ = crawled
    assert_sound(archive)
    names = [row["name"] for row in archive.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert {"articles", "articles_fts", "urls", "captures", "revisions"} <= set(names)
    for name in names:
        if not name.startswith("articles_fts"):
            archive.rows(f"SELECT * FROM {name} LIMIT 3")
    found = archive.rows(
        "SELECT rowid, bm25(articles_fts) AS rank FROM articles_fts WHERE articles_fts MATCH '\"金 口 镇\"'"
    )
    assert len(found) == archive.value(
        "SELECT count(*) FROM articles WHERE title || char(10) || body LIKE '%金口镇%'"
    )
    assert all(row["rank"] < 0 for row in found)


def test_the_sample_page_is_read_to_the_letter(crawled: tuple[Archive, list[dict[str, object]]]) -> None:
    archive, _ = crawled
    (article,) = archive.rows(
        "SELECT a.*, t.name AS town FROM articles AS a JOIN towns AS t ON t.id = a.town_id WHERE title = ?",
        TITLE,
    )
    paragraphs = article["body"].split("\n")
    assert article["town"] == "金口镇"
    assert article["published_at"] == "2022-04-02T09:07:39+08:00"
    assert (article["source"], article["editor"]) == ("即墨信息港", "佚名")
    assert len(paragraphs) == 12
    assert paragraphs[0].startswith("面对疫情的考验")
    assert paragraphs[-1].endswith("后续也将陆续开工建设。")
    assert "亚洲" not in "".join(str(value) for value in article.values())
    assert "Copyright" not in article["body"]
    assert "战“疫”有我" not in article["body"]


def test_the_sample_page_is_one_article_wherever_it_stands(
    crawled: tuple[Archive, list[dict[str, object]]], portal: DemoServer
) -> None:
    archive, _ = crawled
    truth = next(each for each in portal.site.truth.articles if each["title"] == TITLE)
    addresses = archive.rows(
        "SELECT u.url FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id WHERE a.title = ?",
        TITLE,
    )
    assert len(addresses) == len(truth["addresses"])
    served = archive.rows(
        "SELECT title_as_published, body_as_published FROM revisions WHERE title = ?", TITLE
    )
    assert any("服務保障" in row["title_as_published"] for row in served)
    assert all("亚洲" not in row["body_as_published"] for row in served)
    spam = archive.rows("SELECT text FROM removed_text WHERE text LIKE '%亚洲日产乱码%'")
    assert spam, "what was taken out is kept"


def test_a_second_run_asks_only_where_news_would_be(portal: DemoServer, tmp_path: Path) -> None:
    archive = Archive(tmp_path, portal.url)
    assert archive.crawl(settings=AT_SIX).returncode == 0
    before, asked_before = contents(archive), len(portal.requests)
    blocked = {row["request_url"] for row in archive.rows("SELECT * FROM urls WHERE outcome = 'blocked'")}
    assert archive.crawl(settings=AT_SEVEN).returncode == 0
    first_pages = {town["pages"][0] for town in portal.site.truth.towns}
    truth = portal.site.truth
    asked = Counter(str(each["path"]) for each in portal.requests[asked_before:])
    again = {url.removeprefix(portal.base) for url in blocked}
    assert asked == Counter({"/robots.txt", truth.entry, truth.index, *first_pages, *again})
    after = contents(archive)
    for each in (before, after):
        each["urls"] = [row[:-1] for row in each["urls"]]  # the outcome of a page asked again is `unchanged`
    assert after == before


def test_a_run_cut_short_and_a_plain_one_make_what_one_plain_run_makes(
    crawled: tuple[Archive, list[dict[str, object]]], portal: DemoServer, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, portal.url)
    assert archive.crawl(settings=AT_SIX, max_pages=1).returncode == 0
    partial = archive.value("SELECT count(*) FROM articles")
    assert archive.crawl(settings=AT_SIX).returncode == 0
    assert 0 < partial < archive.value("SELECT count(*) FROM articles")
    assert _without_outcomes(contents(archive)) == _without_outcomes(contents(crawled[0]))


def test_a_killed_run_is_finished_by_the_next(
    crawled: tuple[Archive, list[dict[str, object]]], portal: DemoServer, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, portal.url)
    process = subprocess.Popen(
        archive.command("towns", settings=AT_SIX), cwd=PROJECT, env=environment(), stderr=subprocess.DEVNULL
    )
    while (
        not archive.db.exists()
        or archive.value("SELECT count(*) FROM sqlite_master") == 0
        or archive.value("SELECT count(*) FROM articles") < 20
    ):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert archive.value("SELECT count(*) FROM articles") < crawled[0].value("SELECT count(*) FROM articles")
    assert archive.crawl(settings=AT_SIX).returncode == 0
    assert_sound(archive)
    assert _without_outcomes(contents(archive)) == _without_outcomes(contents(crawled[0]))


def _without_outcomes(state: dict[str, list[object]]) -> dict[str, list[object]]:
    """A page that two runs have asked is `unchanged` in one archive and `listing` in the other."""
    return state | {"urls": [row[:-1] for row in state["urls"]]}  # type: ignore[index]


# --- articles on demand ---------------------------------------------------------------------------------------------------


def test_one_article_on_demand(portal: DemoServer, tmp_path: Path) -> None:
    truth = next(each for each in portal.site.truth.articles if each["title"] == TITLE)
    archive = Archive(tmp_path, portal.url)
    done = archive.crawl("article", url=portal.base + truth["url"])
    assert done.returncode == 0, done.stderr
    assert archive.value("SELECT title FROM articles") == TITLE
    assert [row["outcome"] for row in archive.rows("SELECT outcome FROM observations")] == ["article"]


def test_a_page_that_is_no_article_and_a_dead_address_are_outcomes(
    portal: DemoServer, tmp_path: Path
) -> None:
    archive = Archive(tmp_path, portal.url)
    done = archive.crawl("article", url=portal.url)
    assert done.returncode == 0, done.stderr
    done = archive.crawl("article", url=f"{portal.base}/no/such/page.html")
    assert done.returncode == 0, done.stderr
    assert [row["outcome"] for row in archive.rows("SELECT outcome FROM observations ORDER BY crawl_id")] == [
        "not_article",
        "gone",
    ]
    reasons = [(row["stage"], row["reason"]) for row in archive.rows("SELECT * FROM failures ORDER BY id")]
    assert reasons == [("parse", "not_an_article"), ("fetch", "http_status")]
    assert archive.value("SELECT count(*) FROM articles") == 0


def test_a_host_that_is_not_there_fails_with_its_own_status(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "http://127.0.0.1:9/", {"RETRY_TIMES": "0"})
    done = archive.crawl("article", url="http://127.0.0.1:9/a.html")
    assert done.returncode == 1
    assert archive.rows("SELECT outcome FROM observations") == [{"outcome": "skipped"}]
    assert len([line for line in done.stderr.splitlines() if line.startswith("article:")]) == 1


# --- wrong usage ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spider", "arguments", "said"),
    [
        ("towns", {"town": "金口填"}, "nearest: 金口镇"),
        ("towns", {"since": "2022-13-01"}, "not a date"),
        ("towns", {"max_pages": "0"}, "whole number"),
        ("towns", {"twon": "金口镇"}, "no such argument"),
        ("article", {"urls": "no-such-file.txt"}, "cannot be read"),
        ("article", {"url": "ftp://example.com/a"}, "not an http(s) address"),
        ("article", {"url": "http://elsewhere.example/a"}, "not on the portal"),
        ("article", {}, "needs -a url"),
        ("recheck", {"older_than": "week"}, "not an age"),
        ("village", {}, "no spider"),
    ],
)
def test_a_wrong_argument_ends_at_once_with_one_clear_line(
    tmp_path: Path, spider: str, arguments: dict[str, str], said: str
) -> None:
    archive = Archive(tmp_path, "http://127.0.0.1:9/")
    done = archive.crawl(spider, **arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not archive.db.exists()


def test_without_a_portal_nothing_is_crawled(tmp_path: Path) -> None:
    done = Archive(tmp_path).crawl(settings={"LOG_LEVEL": "INFO"})
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "JIMO_PORTAL_URL is not set" in done.stderr


@pytest.mark.parametrize(
    "portal_url", ["http://127.0.0.1:85100/", "http://[::1/", "127.0.0.1:8000", "http:///x"]
)
def test_a_portal_that_is_no_address_is_named_in_one_line(tmp_path: Path, portal_url: str) -> None:
    archive = Archive(tmp_path, portal_url)
    done = archive.crawl()
    assert done.returncode == 2
    assert done.stderr == f"scrapy crawl: JIMO_PORTAL_URL: '{portal_url}' is not an http(s) address\n"
    assert not archive.db.exists()


def test_a_further_host_that_is_none_is_named_in_one_line(tmp_path: Path) -> None:
    done = Archive(tmp_path, "http://127.0.0.1:9/").crawl(settings={"JIMO_PORTAL_HOSTS": "b.cn, a.cn:99999"})
    assert done.returncode == 2
    assert (
        done.stderr
        == "scrapy crawl: JIMO_PORTAL_HOSTS: one of b.cn, a.cn:99999 is neither a host nor an address\n"
    )


def test_a_second_crawler_is_told_who_holds_the_archive(portal: DemoServer, tmp_path: Path) -> None:
    from jimo_crawler.archive.lock import ArchiveLock

    archive = Archive(tmp_path, portal.url)
    with ArchiveLock(archive.db, "scrapy crawl towns"):
        done = archive.crawl()
    assert done.returncode == 75
    assert "in use by process" in done.stderr
    assert "scrapy crawl towns" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [("JIMO_WARC_MAX_BYTES", "1 GiB"), ("JIMO_MIN_FREE_MB", "-1"), ("JIMO_MAX_WAIT", "soon")],
)
def test_a_setting_that_is_no_number_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    archive = Archive(tmp_path, "http://127.0.0.1:9/")
    ways: list[dict[str, Any]] = [{"settings": {name: value}}]
    if name not in QUICK:  # -s wins
        ways.append({"env": {name: value}})
    for way in ways:
        done = archive.crawl(**way)
        assert done.returncode == 2
        assert done.stderr == f"scrapy crawl: {name}: '{value}' is not a number from 0 on\n"
        assert list(tmp_path.iterdir()) == []


def test_a_signal_before_the_crawl_has_begun_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def begin(*_: object) -> NoReturn:
        signal.raise_signal(signal.SIGTERM)
        raise AssertionError("the signal came to nothing")

    before = signal.getsignal(signal.SIGTERM)
    command = crawl.Command()
    monkeypatch.setattr(command, "_crawl", begin)
    try:
        command.run(["towns"], Namespace(spargs={}))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert command.exitcode == 3
    assert capsys.readouterr().err == "scrapy crawl: stopped by a signal before anything was asked\n"
