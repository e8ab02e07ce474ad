"""The demo portal: its pages say what its truth says, and its server behaves as a web server does."""

from __future__ import annotations

import http.client
import json
import re
import time
from html import unescape
from pathlib import Path

import pytest

from jimo_crawler.demo.charsets import CHARSETS
from jimo_crawler.demo.plan import SAMPLE_PATH
from jimo_crawler.demo.portal import Site, build
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.demo.texts import read_text


@pytest.fixture(scope="module")
def site() -> Site:
    return build(0)


def visible_lines(html: str) -> list[str]:
    """The page as a text browser shows it: tags gone, one line for each block or break."""
    html = re.sub(r"(?is)<(script|style|title|noscript)\b.*?</\1>", "", html)
    html = re.sub(r"[\r\n]+", " ", html)
    html = re.sub(
        r"(?i)<br\b[^>]*>|</?(?:p|div|li|ul|ol|h\d|tr|table|td|th|dl|dt|dd|hr|center)\b[^>]*>", "\n", html
    )
    lines = unescape(re.sub(r"(?s)<[^>]+>", "", html)).split("\n")
    return [folded for line in lines if (folded := " ".join(line.split()))]


def text_of(site: Site, path: str, charset: str) -> str:
    codec = CHARSETS[charset].codec
    return site.pages[path].body.decode(codec).removeprefix("\ufeff")


def test_the_sample_page_is_served_word_for_word(site: Site) -> None:
    lines = visible_lines(text_of(site, SAMPLE_PATH, "utf-8"))
    sample = [
        " ".join(line.split()) for line in read_text("jinkou-2022-04-02.txt").splitlines() if line.strip()
    ]
    assert [line for line in lines if line in sample] == sample


def test_the_portal_is_built_in_less_than_a_second() -> None:
    build.cache_clear()
    begun = time.process_time()
    fresh = build(0)
    assert time.process_time() - begun < 1
    assert sum(1 for _ in fresh.pages.values()) > 300


def test_the_same_day_gives_the_same_bytes(site: Site) -> None:
    before = {path: answer.body for path, answer in site.pages.items()}
    build.cache_clear()
    assert {path: answer.body for path, answer in build(0).pages.items()} == before


def test_every_address_of_an_article_shows_its_published_text(site: Site) -> None:
    for article in site.truth.articles:
        for where in article["addresses"]:
            if where["part"] > 1:
                continue
            pages = [each["path"] for each in article["addresses"]]
            text = "".join(text_of(site, path, where["charset"]) for path in pages if path == where["path"])
            shown = "\n".join(visible_lines(text))
            assert " ".join(where["title_as_published"].split()) in shown, where["path"]
            assert where["published_as_printed"] in shown, where["path"]


def test_every_link_of_a_listing_leads_somewhere(site: Site) -> None:
    for town in site.truth.towns:
        assert set(town["pages"]) <= set(site.pages)
        assert set(town["articles"]) <= set(site.pages)


def test_addresses_are_unique(site: Site) -> None:
    paths = [where["path"] for article in site.truth.articles for where in article["addresses"]]
    assert len(paths) == len(set(paths))


def test_a_scaled_portal_has_as_many_articles_as_asked() -> None:
    assert abs(len(build(0, articles=1000).truth.articles) - 1000) < 50


def get(server: DemoServer, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=5)
    try:
        connection.request(
            "GET", path, headers={name.replace("_", "-"): each for name, each in headers.items()}
        )
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_the_server_answers_conditional_requests_and_logs_them(tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    with DemoServer(log=log) as server:
        first, body = get(server, SAMPLE_PATH)
        etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
        assert first.status == 200 and body == server.site.pages[SAMPLE_PATH].body
        assert modified == "Sat, 02 Apr 2022 01:07:39 GMT"
        assert get(server, SAMPLE_PATH, If_None_Match=etag)[0].status == 304
        assert get(server, SAMPLE_PATH, If_Modified_Since=modified)[0].status == 304
        assert get(server, SAMPLE_PATH, If_None_Match='"other"', If_Modified_Since=modified)[0].status == 200
        assert get(server, "/nothing/here.html")[0].status == 404
        assert [each["status"] for each in server.requests] == [200, 304, 304, 200, 404]
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [each["if_none_match"] for each in records] == [None, etag, None, '"other"', None]


def test_a_session_id_in_the_address_makes_no_difference() -> None:
    with DemoServer() as server:
        assert get(server, f"{SAMPLE_PATH};jsessionid=0A1B2C")[0].status == 200
        assert get(server, "/jmxz/list.asp?id=13&sid=4711")[0].status == 200
