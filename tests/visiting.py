"""Visits of a made-up portal, straight into the store: what the archive makes of them, without network and parsers."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.archive.frontier import Frontier, Plan
from jimo_crawler.archive.schema import open_archive
from jimo_crawler.archive.store import Rules, Store
from jimo_crawler.clock import Clock, from_stamp, to_stamp
from jimo_crawler.errors import Outcome
from jimo_crawler.items import Article, ArticlePage, Block, Capture, Link, ListingPage, Visit
from jimo_crawler.portal import load
from jimo_crawler.text import fingerprint
from tests.crawling import Archive

NOW = from_stamp("2026-01-05T06:00:00Z")
BODY = "金口镇召开项目建设推进会,要求各村抢抓工期。\n镇长刘明说,今年共有重点项目十二个,总投资三十亿元。\n会后,大家到九合产业园看了现场。"


class Bench:
    """An archive and a store, and short ways to visit a page."""

    def __init__(self, folder: Path, confirm_hours: float = 6.0) -> None:
        self.archive = Archive(folder)
        self.conn: sqlite3.Connection = open_archive(self.archive.db)
        self.hours = 0.0
        self.confirm_hours = confirm_hours
        self.new_run()

    def new_run(self, hours: float = 0.0) -> None:
        """A further run, so much later."""
        self.hours += hours
        at = self.at()
        self.crawl_id = self.conn.execute(
            "INSERT INTO crawls(spider, started_at, version) VALUES('towns', ?, 'test')", (at,)
        ).lastrowid
        plan, clock = Plan(), Clock(from_stamp(at))
        discovery = Discovery(self.conn, plan, load(), related="towns", max_pages=50, max_depth=3)
        self.store = Store(
            self.conn, self.crawl_id or 0, clock, plan, discovery, Rules(confirm_hours=self.confirm_hours)
        )
        self.frontier = Frontier(self.conn, self.crawl_id or 0, clock, plan)

    def at(self) -> str:
        return to_stamp(NOW + timedelta(hours=self.hours))

    def visit(
        self,
        path: str,
        page: ArticlePage | None,
        outcome: Outcome = Outcome.ARTICLE,
        status: int = 200,
        **more: Any,
    ) -> Visit:
        """Visit http://p.cn/PATH; gives the Visit with its outcome. *more*: other fields of it."""
        url = f"http://p.cn/{path}"
        self.frontier.add(url, url, more.get("kind", "article"))
        number = self.conn.execute("SELECT count(*) FROM captures").fetchone()[0]
        capture = Capture(
            url=url, fetched_at=self.at(), status=status, media_type="text/html", charset=None, payload_digest="sha256:0",
            body_digest=f"{number:064}", record_digest="0", warc_file="test.warc.gz", warc_offset=number, warc_length=1,
            record_id=f"urn:{number}",
        )  # fmt: skip
        marks = fingerprint.fingerprint(page.article.title, page.article.body) if page else None
        fields: dict[str, Any] = {
            "url": url, "final_url": url, "kind": "article", "outcome": outcome, "fetched_at": self.at(),
            "captures": (capture,), "status": status, "page": page, "fingerprint": marks,
        }  # fmt: skip
        return self.store.save(Visit(**fields | more))

    def redirect(
        self, path: str, target: str, page: ArticlePage | None, outcome: Outcome = Outcome.ARTICLE
    ) -> Visit:
        """Visit an address that leads to another one."""
        hops = (f"http://p.cn/{path}",)
        return self.visit(path, page, outcome, final_url=f"http://p.cn/{target}", hops=hops)

    def listing(
        self, town: str, number: int, *paths: str, following: bool = False, day: str | None = None
    ) -> Visit:
        """Visit page *number* of a town's listing, at http://p.cn/TOWN/NUMBER, that names these articles."""
        items = tuple(Link(url=f"http://p.cn/{path}", text=path, date=day) for path in paths)
        url = f"http://p.cn/{town}/{number}"
        self.frontier.add(url, url, "listing")
        town_id = self.store._discovery.town(town, self.at())
        self.conn.execute("UPDATE urls SET town_id = ?, page = ? WHERE url = ?", (town_id, number, url))
        self.conn.execute(
            "UPDATE towns SET complete_at = coalesce(complete_at, 'once') WHERE id = ?", (town_id,)
        )
        behind = Link(url=f"http://p.cn/{town}/{number + 1}", number=number + 1) if following else None
        listing = ListingPage(section=town, items=items, number=number, next=behind, total=None)
        return self.visit(f"{town}/{number}", None, Outcome.LISTING, kind="listing", listing=listing)

    def events(self, path: str) -> list[str]:
        """What each visit of an address was news of, in order; "" for nothing."""
        sql = "SELECT coalesce(event, '') FROM observations WHERE url = ? ORDER BY observed_at, crawl_id"
        return [row[0] for row in self.conn.execute(sql, (f"http://p.cn/{path}",))]

    def row(self, sql: str, *values: object) -> dict[str, object]:
        return dict(self.conn.execute(sql, values).fetchone())

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.conn.execute(sql)]


def page(
    body: str = BODY, title: str = "金口镇:项目建设提速", published: str | None = "2026-01-02T08:00:00+08:00", source: str | None = "即墨信息港",
    town: str = "金口镇", **more: object,
) -> ArticlePage:  # fmt: skip
    """An article page as the parsers and the normalise stage give it."""
    blocks = tuple(Block(text=line, plain=line) for line in body.split("\n"))
    article = Article(
        title=title,
        title_as_published=title,
        blocks=blocks,
        published_at=published,
        source=source,
        script="Hans",
        layout="labelled",
    )
    return replace(ArticlePage(article=article, town=town, in_section=True), **more)
