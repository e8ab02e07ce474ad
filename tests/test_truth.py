"""The whole demo portal against its truth: what a person would read there is what the archive says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jimo_crawler.archive.queries import find_ids
from jimo_crawler.archive.schema import open_reader
from jimo_crawler.demo.server import DemoServer
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.text.script import to_simplified
from tests.crawling import Archive
from tests.plain_reading import PlainReading, pieces

FIELDS = ("title", "published_at", "source", "editor", "views")
AT_ADDRESS = ("title_as_published", "published_at", "published_as_printed", "author", "views", "script")
FOUND = ("listing", "related")
"""Ways by which a crawl with JIMO_RELATED=towns comes to an article."""


@pytest.fixture(scope="module")
def portal() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def archive(portal: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    archive = Archive(tmp_path_factory.mktemp("truth"), portal.url)
    done = archive.crawl(settings={"JIMO_NOW": "2026-01-05T06:00:00Z"})
    assert done.returncode == 0, done.stderr
    return archive


@pytest.fixture(scope="module")
def truths(portal: DemoServer) -> list[dict[str, Any]]:
    """The articles of the town section that a crawl can find."""
    return [each for each in portal.site.truth.articles if each["in_scope"] and each["found_by"] in FOUND]


def _canonical(portal: DemoServer, path: str) -> str:
    return canonical_url(portal.base + path)


def _listed(truth: dict[str, Any]) -> list[dict[str, Any]]:
    """The addresses (first pages) at which a crawl meets the article."""
    return [each for each in truth["addresses"] if each["part"] == 1]


def test_every_article_of_the_section_is_found_and_nothing_else(
    archive: Archive, portal: DemoServer, truths: list[dict[str, Any]]
) -> None:
    found = {row["url"] for row in archive.rows("SELECT url FROM articles")}
    assert found == {_canonical(portal, each["url"]) for each in truths}
    assert len(found) >= 240


def test_every_field_is_exact(archive: Archive, portal: DemoServer, truths: list[dict[str, Any]]) -> None:
    rows = {
        row["url"]: row
        for row in archive.rows(
            "SELECT a.*, t.name AS town FROM articles AS a JOIN towns AS t ON t.id = a.town_id"
        )
    }
    wrong = {
        (truth["url"], name): (truth[name], rows[_canonical(portal, truth["url"])][name])
        for truth in truths
        for name in (*FIELDS, "town", "author", "script")
        if rows[_canonical(portal, truth["url"])][name] != truth[name]
    }
    assert wrong == {}


def test_every_address_is_kept_as_it_was_published(
    archive: Archive, portal: DemoServer, truths: list[dict[str, Any]]
) -> None:
    rows = {row["url"]: row for row in archive.rows("SELECT * FROM revisions")}
    wrong = {
        (address["path"], name): (address[name], rows[_canonical(portal, address["path"])][name])
        for truth in truths
        for address in _listed(truth)
        for name in AT_ADDRESS
        if rows[_canonical(portal, address["path"])][name] != address[name]
    }
    assert wrong == {}


def test_every_body_is_exact_but_for_bytes_that_nobody_can_read(
    archive: Archive, portal: DemoServer, truths: list[dict[str, Any]]
) -> None:
    rows = {row["url"]: row for row in archive.rows("SELECT url, body FROM revisions")}
    for truth in truths:
        for address in _listed(truth):
            body, expected = (
                rows[_canonical(portal, address["path"])]["body"].split("\n"),
                truth["body"].split("\n"),
            )
            differing = [
                number for number, pair in enumerate(zip(body, expected, strict=True)) if pair[0] != pair[1]
            ]
            assert differing == [number for number in differing if number in address["damaged_lines"]], (
                address["path"]
            )


def test_no_traditional_character_is_left_that_should_be_simplified(archive: Archive) -> None:
    for row in archive.rows(
        "SELECT url, title, body, source, editor, author FROM articles WHERE script <> 'Hans'"
    ):
        for name in ("title", "source", "editor", "author"):
            assert row[name] is None or to_simplified(row[name]) == row[name], (row["url"], name)


def test_spam_is_in_removed_text_and_nowhere_else(archive: Archive, truths: list[dict[str, Any]]) -> None:
    everything = "\n".join(
        f"{row['title']}\n{row['body']}\n{row['title_as_published']}\n{row['body_as_published']}"
        for row in archive.rows("SELECT * FROM revisions")
    )
    removed = "\n".join(row["text"] for row in archive.rows("SELECT text FROM removed_text"))
    for truth in truths:
        for address in _listed(truth):
            for spam in address["removed"]:
                assert spam["text"] not in everything, address["path"]
                if spam["place"] not in (
                    "head",
                    "meta",
                ):  # text that stands only in <title> or <meta> never reached an article
                    assert spam["text"] in removed, (address["path"], spam)


def test_duplicates_reprints_and_look_alikes_are_told_apart(
    archive: Archive, portal: DemoServer, truths: list[dict[str, Any]]
) -> None:
    rows = archive.rows(
        "SELECT a.url, d.url AS original FROM articles AS a LEFT JOIN articles AS d ON d.id = a.duplicate_of"
    )
    originals = {row["url"]: row["original"] for row in rows}
    expected = {
        _canonical(portal, each["url"]): _canonical(portal, each["duplicate_of"])
        if each["duplicate_of"]
        else None
        for each in truths
    }
    assert originals == expected
    for truth in truths:
        article = archive.rows("SELECT DISTINCT article_id FROM article_urls WHERE url IN (" + ", ".join("?" * len(truth["addresses"])) + ")",
                               *(_canonical(portal, each["path"]) for each in truth["addresses"]))  # fmt: skip
        assert len(article) == 1, truth["url"]


def test_requests_are_robots_entry_index_listings_and_one_an_address(
    archive: Archive, portal: DemoServer, truths: list[dict[str, Any]]
) -> None:
    """Beside them only the pages that links of the section lead to, once each, and one answer that failed once."""
    truth = portal.site.truth
    listings = {page for town in truth.towns for page in town["pages"]}
    articles = {each["path"] for article in truth.articles for each in article["addresses"]}
    asked = [str(each.get("page") or each["path"]) for each in portal.requests]
    flaky = {path for path, fault in truth.faults.items() if fault["kind"] == "flaky"}
    assert sorted(path for path in set(asked) if asked.count(path) > 1) == sorted(flaky & set(asked))
    rest = set(asked) - {"/robots.txt", truth.entry, truth.index} - listings - articles
    assert rest <= set(truth.pages)
    assert listings <= set(asked)
    assert {each["path"] for article in truths for each in article["addresses"]} <= set(asked)
    assert archive.value("SELECT requested FROM crawls") == len(set(asked)) - 1


def test_three_hundred_searches_find_exactly_the_articles_that_contain_them(archive: Archive) -> None:
    conn = open_reader(archive.db)
    articles = conn.execute(
        "SELECT id, title, body FROM articles ORDER BY title LIKE '金口镇:做好服务保障%'"
    ).fetchall()
    plain = PlainReading(articles)
    for query in pieces(articles, 300):
        # A word typed in Traditional (瞭解) is looked for as the word it is, too.
        assert set(find_ids(conn, query)) == plain.find(query) | plain.find(to_simplified(query)), query
    conn.close()
