"""Servers that misbehave, a page each, over real HTTP: every address has its outcome, and the run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jimo_crawler.demo.server import DemoServer
from jimo_crawler.parsers.hosts import Hosts
from jimo_crawler.parsers.urls import canonical_url
from tests.crawling import Archive, assert_sound


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def visited(portal: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive in which every misbehaving address has been asked for."""
    archive = Archive(tmp_path_factory.mktemp("faults"), portal.url)
    paths = [
        path
        for path, fault in portal.site.truth.faults.items()
        if not fault.get("entry") and fault["kind"] != "www"
    ]
    addresses = archive.folder / "urls.txt"
    addresses.write_text(
        "# every fault\n" + "\n".join(portal.base + path for path in paths), encoding="utf-8"
    )
    done = archive.crawl("article", urls=addresses, settings={"JIMO_OUTAGE_AFTER": 1000, "RETRY_TIMES": 1})
    assert done.returncode == 3, done.stderr
    return archive


def test_every_fault_has_the_outcome_that_fits(visited: Archive, portal: DemoServer) -> None:
    outcomes = {row["url"]: row["outcome"] for row in visited.rows("SELECT url, outcome FROM observations")}
    wrong = {}
    for path, fault in portal.site.truth.faults.items():
        outcome = outcomes.get(canonical_url(portal.base + path))
        if not fault.get("entry") and fault["kind"] != "www" and outcome not in fault["outcomes"]:
            wrong[path] = (outcome, fault["outcomes"])
    assert wrong == {}


def test_an_article_is_read_whatever_the_server_does_to_it(visited: Archive, portal: DemoServer) -> None:
    for path, fault in portal.site.truth.faults.items():
        if fault.get("article") and fault["outcomes"] == ["article"]:
            rows = visited.rows(
                "SELECT title, body FROM revisions WHERE url = ?", canonical_url(portal.base + path)
            )
            assert [(row["title"], row["body"]) for row in rows] == [
                (fault["article"]["title"], fault["article"]["body"])
            ], path


def test_the_account_of_a_bad_day_balances(visited: Archive) -> None:
    crawl = visited.rows("SELECT requested, verdict FROM crawls")[0]
    assert crawl["requested"] == visited.value("SELECT count(*) FROM observations WHERE outcome <> 'skipped'")
    assert visited.value("SELECT count(*) FROM urls WHERE state = 'leased'") == 0
    assert_sound(visited)


def test_what_failed_says_why(visited: Archive) -> None:
    silent = visited.rows(
        "SELECT url FROM observations WHERE outcome IN ('failed', 'blocked') AND url NOT IN (SELECT url FROM failures)"
        " AND url NOT LIKE '%loop%' AND url NOT LIKE '%chain%'"
    )
    assert silent == []


def test_a_pager_without_an_end_is_cut_off_and_recorded(portal: DemoServer, tmp_path: Path) -> None:
    archive = Archive(tmp_path, f"{portal.base}/faults/entry.html", {"JIMO_MAX_LISTING_PAGES": "6"})
    done = archive.crawl()
    assert done.returncode == 3, done.stderr
    reasons = {row["reason"] for row in archive.rows("SELECT reason FROM failures WHERE stage = 'section'")}
    assert reasons == {"pager_loop", "page_limit"}
    pages = archive.rows(
        "SELECT town_id, max(page) AS page FROM urls WHERE kind = 'listing' AND outcome = 'listing' GROUP BY 1"
    )
    assert all(row["page"] <= 6 for row in pages)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://portal.example/a.asp", True),
        ("https://www.portal.example/a.asp", True),
        ("http://portal.example:443/", True),
        ("http://news.portal.example/", False),
        ("http://portal.example:8080/", False),
        ("http://portal.example.evil.example/", False),
        ("http://portal.example@evil.example/", False),
        ("http://user:word@portal.example/", False),
        ("ftp://portal.example/", False),
        ("file:///etc/passwd", False),
        ("http://more.example:81/x", True),
        ("http://more.example/x", False),
        ("http://[bad/", False),
    ],
)
def test_the_guard_knows_the_portal(url: str, allowed: bool) -> None:
    assert Hosts("http://www.portal.example/index.asp", ("more.example:81",)).allow(url) is allowed
