"""Puts the pages of one day together, with the truth about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from jimo_crawler.demo import clutter, fixed, render
from jimo_crawler.demo.address import Address
from jimo_crawler.demo.charsets import CHARSETS, content_type
from jimo_crawler.demo.listings import page_path
from jimo_crawler.demo.plan import day_start
from jimo_crawler.demo.towns import TOWNS, Town
from jimo_crawler.demo.truth import Truth, article, mark_reprints

WORD_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 16


@dataclass
class Answer:
    """What the server says to one path: the body is made when it is first asked for."""

    status: int
    headers: dict[str, str]
    make: Callable[[], bytes]
    validators: bool = True
    """Whether the page carries ETag and Last-Modified."""
    modified: datetime | None = None
    """When the page last changed."""

    @cached_property
    def body(self) -> bytes:
        """The bytes of the page."""
        return self.make()

    @property
    def etag(self) -> str | None:
        """A validator from the page's content; None on pages that have none."""
        return f'"{sha256(self.body).hexdigest()[:20]}"' if self.validators else None


@dataclass
class Site:
    """The portal as it stood on one day."""

    day: int
    truth: Truth
    pages: dict[str, Answer] = field(default_factory=dict)
    """By path with query, percent-encoded."""


class Assembler:
    """Builds the pages of one day from the addresses as they are on it."""

    def __init__(self, day: int, addresses: Sequence[Address], pool: Sequence[Address]) -> None:
        self.day = day
        self.addresses = addresses
        self.pool = pool
        self.lookup = {each.path: each for each in addresses}
        self.site = Site(
            day, Truth(day, day_start(day).strftime("%Y-%m-%dT%H:%M:%SZ"), fixed.ENTRY, fixed.INDEX)
        )
        self._listed_on: dict[str, list[str]] = {}

    def assemble(self) -> Site:
        """The whole portal."""
        self._fixed_pages()
        for where in TOWNS:
            self._listing(where)
        for address in self.addresses:
            self._article(address)
        self._truth()
        return self.site

    def _page(
        self,
        path: str,
        make: Callable[[], bytes],
        charset: str,
        modified: datetime | None = None,
        *,
        validators: bool = True,
    ) -> None:
        headers = {"Content-Type": content_type(CHARSETS[charset])}
        self.site.pages[path] = Answer(200, headers, make, validators, modified)

    def _fixed_pages(self) -> None:
        recent = sorted(self.addresses, key=lambda each: each.published, reverse=True)
        towns = [each for each in recent if each.listed_in][:12]
        news = [each for each in recent if each.section in fixed.OTHER_SECTIONS]
        self.site.pages["/robots.txt"] = Answer(
            200, {"Content-Type": "text/plain"}, lambda: fixed.ROBOTS.encode()
        )
        self._page(fixed.ENTRY, lambda: fixed.home(news[:10], towns), "gbk")
        self._page(fixed.INDEX, lambda: fixed.index(TOWNS), "gbk")
        for name, above in fixed.OTHER_SECTIONS.items():
            members = [each for each in news if each.section == name]
            self._page(above[-1][1], self._section(name, above, members), "gbk")
        for path, name in (("/news/", "即墨新闻"), ("/fc/", "房产频道"), ("/fw/", "便民服务")):
            self._page(path, self._section(name, (("即墨信息港", "/"), (name, path)), news[:15]), "gbk")

    @staticmethod
    def _section(
        name: str, above: Sequence[tuple[str, str]], members: Sequence[Address]
    ) -> Callable[[], bytes]:
        return lambda: fixed.section_page(name, above, members)

    def _listing(self, where: Town) -> None:
        members = sorted(
            (each for each in self.addresses if where.name in each.listed_in),
            key=lambda each: (each.published, each.path),
            reverse=True,
        )
        total = render.pages(where, len(members))
        trail = fixed.trail(where.name, "")
        charset = render.LISTING_CHARSETS.get(where.style, "utf-8")
        paths = [page_path(where, number) for number in range(1, total + 1)]
        for number, path in enumerate(paths, 1):
            self._page(
                path,
                lambda n=number: render.listing_page(  # type: ignore[misc]
                    where, n, members, trail, tuple(clutter.fragments(where, n, members))
                ),
                charset,
                max(each.changed_at for each in members),
            )
            for each in members[(number - 1) * where.per_page : number * where.per_page]:
                self._listed_on.setdefault(each.path, []).append(path)
        self.site.truth.towns.append(
            {
                "name": where.name,
                "kind": where.kind,
                "merged_into": where.merged_into or None,
                "listing": paths[0],
                "pages": paths,
                "articles": [each.path for each in members],
            }
        )

        for path, (title, kind, outcomes) in clutter.specials(where).items():
            self._special(path, title, kind, outcomes, paths[0], trail)

    def _special(
        self,
        path: str,
        title: str,
        kind: str,
        outcomes: Sequence[str],
        listing: str,
        trail: Sequence[tuple[str, str]],
    ) -> None:
        self.site.truth.pages[path] = {
            "kind": kind,
            "title": title,
            "outcomes": list(outcomes),
            "linked_from": [listing],
        }
        if kind == "attachment":
            headers = {"Content-Type": "application/msword"}
            self.site.pages[path] = Answer(200, headers, lambda: WORD_FILE, modified=day_start(-2000))
        elif kind != "dead":
            self._page(path, lambda: clutter.special_page(kind, title, trail), "gbk", validators=False)

    def _article(self, address: Address) -> None:
        listing = next((page_path(each, 1) for each in TOWNS if each.name == address.section), "")
        trail = fixed.trail(address.section, listing)
        for part, path in enumerate(address.paths, 1):
            self._page(
                path,
                lambda n=part: render.article_page(address, n, self.pool, trail, self.lookup),  # type: ignore[misc]
                address.charset,
                address.changed_at,
                validators=address.validators,
            )

    def _truth(self) -> None:
        towns = {each.name for each in TOWNS}
        groups: dict[str, list[Address]] = {}
        for each in self.addresses:
            groups.setdefault(each.story.key, []).append(each)
        for group in groups.values():
            self.site.truth.articles.append(article(group, towns, self._listed_on, self._found_by(group)))
        mark_reprints(self.site.truth.articles)

    def _found_by(self, group: Sequence[Address]) -> str:
        if any(each.listed_in for each in group):
            return "listing"
        named = {where.short for where in TOWNS}
        paths = {each.path for each in group}
        texts = [text for each in self.addresses for text, href in each.headlines if href in paths]
        if any(path in (each.related or ()) for each in self.addresses for path in paths):
            texts.append(render.cut(group[0].story.title))
        if any(name in text for text in texts for name in named):
            return "related"
        return "related_all" if texts else "none"
