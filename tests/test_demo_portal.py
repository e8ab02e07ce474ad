"""The demo portal: its pages say what its truth says, and its server behaves as a web server does."""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from jimo_crawler.commands.demo import Command
from jimo_crawler.demo import events, plan
from jimo_crawler.demo.afterlife import OUTAGES
from jimo_crawler.demo.charsets import CHARSETS
from jimo_crawler.demo.plan import SAMPLE_PATH
from jimo_crawler.demo.portal import LAST_DAY, Site, build, day_start
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.demo.texts import read_text
from jimo_crawler.demo.towns import ZONE

ROOT = Path(__file__).parents[1]


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
    return site.pages[path].body.decode(codec, "replace").removeprefix("\ufeff")


def test_the_sample_page_is_served_word_for_word(site: Site) -> None:
    lines = visible_lines(text_of(site, SAMPLE_PATH, "utf-8"))
    sample = [
        " ".join(line.split()) for line in read_text("jinkou-2022-04-02.txt").splitlines() if line.strip()
    ]
    assert [line for line in lines if line in sample] == sample


def test_the_portal_is_built_in_less_than_a_second() -> None:
    events.until.cache_clear()
    plan.addresses.cache_clear()
    build.cache_clear()
    begun = time.process_time()
    fresh = build(0)
    assert time.process_time() - begun < 1
    assert len(fresh.pages) > 300


def test_the_same_day_gives_the_same_bytes(site: Site) -> None:
    def bodies(one: Site) -> dict[str, bytes]:
        return {path: each.body for path, each in one.pages.items() if not path.startswith("/faults/")}

    before = bodies(site)
    events.until.cache_clear()
    plan.addresses.cache_clear()
    build.cache_clear()
    assert bodies(build(0)) == before


def addresses(site: Site) -> Iterator[tuple[dict[str, Any], dict[str, Any], str]]:
    """Every address with its article and the markup of all its pages."""
    for article in site.truth.articles:
        for where in article["addresses"]:
            if where["part"] == 1:
                paths = [where["path"], *where["further"]]
                yield article, where, "".join(text_of(site, path, where["charset"]) for path in paths)


def test_every_address_shows_its_published_text_in_order(site: Site) -> None:
    for article, where, html in addresses(site):
        for each in where["removed"]:
            html = html.replace(escape(each["text"]), "")
        lines = iter(visible_lines(html))
        assert any(where["title_as_published"] in line for line in visible_lines(html)), where["path"]
        for line in where["body_as_published"].split("\n"):
            for cell in filter(None, line.split("\t")):
                wanted = " ".join(cell.split())
                assert any(shown == wanted for shown in lines), (where["path"], cell, article["key"])


def test_every_address_prints_its_meta_line(site: Site) -> None:
    for article, where, html in addresses(site):
        shown = "\n".join(visible_lines(html))
        assert where["published_as_printed"] in shown, where["path"]
        for name in ("source", "editor"):
            if article[name] and where["script"] == "Hans":
                assert article[name] in shown, (where["path"], name)
        if where["views"] is not None:
            assert str(where["views"]) in shown


def test_every_injected_text_stands_in_its_page(site: Site) -> None:
    places = set()
    for _, where, html in addresses(site):
        plain = unescape(re.sub(r"<[^>]+>", "", html)) + unescape(html)
        for each in where["removed"]:
            places.add((each["place"], each["hidden"]))
            assert each["text"] in plain, (where["path"], each)
    assert len(places) >= 10


def test_the_portal_has_the_variety_that_it_promises(site: Site) -> None:
    truth = site.truth
    assert len(truth.articles) >= 240 and len(truth.towns) == 20
    seen = [where for _, where, _ in addresses(site)]
    assert {"Hans", "Hant", "mixed"} == {where["script"] for where in seen}
    assert len({where["template"] for where in seen}) >= 6
    assert set(CHARSETS) - {"utf-8-silent", "utf-8-meta"} <= {where["charset"] for where in seen}
    assert max(where["parts"] for where in seen) >= 4
    assert sum(each["duplicate_of"] is not None for each in truth.articles) >= 8
    assert sum(each["damaged_lines"] != [] for each in seen) >= 2
    years = {article["published_at"][:4] for article in truth.articles if article["published_at"]}
    assert {str(year) for year in range(2005, 2026)} <= years
    assert {each["found_by"] for each in truth.articles} == {"listing", "related", "related_all"}


def test_every_day_from_the_first_to_the_last_has_its_events() -> None:
    kinds = Counter(kind for day in range(1, LAST_DAY + 1) for kind in build(day).truth.events.values())
    wanted = (
        "new edit-body edit-title edit-time edit-source silent around gone-404 gone-410 gone-home gone-empty"
    )
    assert set(wanted.split()) <= set(kinds)
    assert {"delist", "restore", "replace", "depart", "new-hijacked", "hijack-redirect"} <= set(kinds)
    assert kinds["new"] >= 40


@pytest.mark.parametrize("day", sorted(OUTAGES))
def test_a_day_on_which_nothing_works_leaves_every_state_as_it_was(day: int) -> None:
    before, after = build(day - 1).truth, build(day).truth
    assert after.outage == OUTAGES[day]
    known = {each["key"]: each["status"] for each in after.articles if each["known"]}
    assert known == {each["key"]: each["status"] for each in before.articles if each["known"]}
    site = build(day)
    bodies = {each.body for path, each in site.pages.items() if path != "/robots.txt" and each.status != 302}
    assert len(bodies) == 1


def test_gone_takes_two_days_of_absence() -> None:
    def state(day: int, path: str) -> str:
        return next(
            str(where["state"])
            for each in build(day).truth.articles
            for where in each["addresses"]
            if where["path"] == path
        )

    lost = next(path for path, kind in build(2).truth.events.items() if kind == "gone-404")
    assert [state(day, lost) for day in (1, 2, 3, 4)] == ["live", "live", "gone", "gone"]
    back = next(path for path, kind in build(10).truth.events.items() if kind == "restore")
    assert {state(day, back) for day in range(7, 13)} == {"live"}  # missed once, then an outage, then back


def test_pages_of_later_days_show_what_the_truth_says() -> None:
    site = build(LAST_DAY)
    answers = {
        "article": 200, "soft_404": 200, "emptied": 200, "takeover": 200, "redirect_home": 302,
        "redirect_foreign": 302, "410": 410,
    }  # fmt: skip
    for article in site.truth.articles:
        for where in article["addresses"]:
            if where["part"] > 1 or where["shows"] == "other_article":
                continue
            if where["shows"] == "404":
                assert where["path"] not in site.pages
                continue
            answer = site.pages[where["path"]]
            assert answer.status == answers[where["shows"]]
            if where["shows"] == "article":
                text = "\n".join(visible_lines(text_of(site, where["path"], where["charset"])))
                assert where["title_as_published"].split()[0] in text
                assert where["published_as_printed"] in text


def test_no_time_lies_in_the_future() -> None:
    for day in (0, 1, 20, LAST_DAY):
        site = build(day)
        assert all(each.modified <= day_start(day) for each in site.pages.values() if each.modified)
        stamps = [each["published_at"] or "" for each in site.truth.articles]
        assert max(stamps) <= day_start(day).astimezone(ZONE).isoformat()


def test_only_what_changed_has_another_validator() -> None:
    before, after = build(0), build(1)
    changed = {
        where["path"]
        for article in after.truth.articles
        for where in article["addresses"]
        if where["path"] in before.pages
        and before.pages[where["path"]].body != after.pages[where["path"]].body
    }
    assert changed == {path for path, kind in after.truth.events.items() if kind != "new"}


def test_every_link_of_a_listing_leads_somewhere(site: Site) -> None:
    for town in site.truth.towns:
        assert set(town["pages"]) <= set(site.pages)
        assert set(town["articles"]) <= set(site.pages)


def test_addresses_are_unique(site: Site) -> None:
    paths = [where["path"] for article in site.truth.articles for where in article["addresses"]]
    assert len(paths) == len(set(paths))


def test_a_scaled_portal_has_as_many_articles_as_asked() -> None:
    truth = build(0, articles=1000).truth
    assert abs(len(truth.articles) - 1000) < 50
    paths = [where["path"] for article in truth.articles for where in article["addresses"]]
    assert len(paths) == len(set(paths))


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
        assert [each["page"] for each in server.requests] == [SAMPLE_PATH, "/jmxz/list.asp?id=13"]


def test_unfinished_and_misbehaving_answers_are_sent_as_announced() -> None:
    with DemoServer() as server:
        assert [get(server, "/faults/flaky.html")[0].status for _ in range(2)] == [503, 200]
        assert [get(server, "/faults/busy.html")[0].status for _ in range(2)] == [429, 200]
        with pytest.raises(http.client.IncompleteRead):
            get(server, "/faults/truncated.html")
        with pytest.raises(http.client.RemoteDisconnected):
            get(server, "/faults/closed.html")
        packed, body = get(server, "/faults/gzip-chunked.html")
        assert packed.headers["Transfer-Encoding"] == "chunked"
        assert "</html>" in gzip.decompress(body).decode()
        assert get(server, "/faults/untyped.html")[0].headers["Content-Type"] is None
        assert get(server, "/faults/loop.html")[0].headers["Location"] == "/faults/loop-back.html"
        first, second = (get(server, f"/faults/endless.asp?page={n}")[1] for n in (70, 71))
        assert b"page=71" in first and b"page=72" in second
        linked = {path for path, fault in server.site.truth.faults.items() if fault["linked"]}
        assert len(linked) == 1 and linked <= set(server.site.truth.by_path())


def test_absolute_links_name_the_server_itself() -> None:
    with DemoServer() as server:
        pages = [get(server, town["listing"])[1] for town in server.site.truth.towns]
        assert not any(b"portal.invalid" in page for page in pages)
        assert any(f"https://127.0.0.1:{server.port}/".encode() in page for page in pages)


def test_the_day_can_be_set_while_serving() -> None:
    with DemoServer() as server:
        lost = next(path for path, kind in build(2).truth.events.items() if kind == "gone-404")
        assert get(server, lost)[0].status == 200
        server.set_day(2)
        response, _ = get(server, lost)
        assert response.status == 404 and response.headers["Date"].startswith("Wed, 07 Jan 2026 06:00")
        server.set_day(9)
        assert {get(server, path)[1] for path in ("/", "/robots.txt", lost)} == {get(server, "/jmxz/")[1]}
    with pytest.raises(ValueError, match="36"):
        build(36)


def scrapy(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "scrapy", "demo", *arguments]


def test_the_command_prints_the_truth_of_a_day() -> None:
    done = subprocess.run(
        scrapy("--day", "3", "--truth", "-"), cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == json.loads(build(3).truth.dumps())


def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    log = tmp_path / "access.jsonl"
    command = scrapy("--day", "1", "--log", str(log), "--truth", str(tmp_path / "truth.json"))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
        port = int(url.rstrip("/").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/robots.txt", headers={"User-Agent": "test"})
        assert connection.getresponse().read().startswith(b"# jimo")
        connection.close()
        process.terminate()
        assert process.wait(10) == 0
    assert json.loads(log.read_text(encoding="utf-8"))["user_agent"] == "test"
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["day"] == 1


@pytest.mark.parametrize("arguments", [("--day", "36"), ("--port", "70000"), ("what",)])
def test_the_command_refuses_what_it_cannot_use(arguments: tuple[str, ...]) -> None:
    options = argparse.ArgumentParser()
    command = Command()
    command.settings = Settings()
    command.add_options(options)
    options.add_argument("rest", nargs="*")
    chosen = options.parse_args(arguments)
    with pytest.raises(UsageError):
        command.run(chosen.rest, chosen)
