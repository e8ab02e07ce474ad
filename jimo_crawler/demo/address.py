"""One address of the portal, and how it serves its story."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from jimo_crawler.demo import templates_new, templates_old
from jimo_crawler.demo.converter import Readings, Script
from jimo_crawler.demo.spam import Injection
from jimo_crawler.demo.story import Story
from jimo_crawler.demo.view import ArticleView


@dataclass(frozen=True, slots=True)
class Template:
    """One era of the portal's article page."""

    name: str
    render: Callable[[ArticleView], str]
    styles: tuple[str, ...]
    """Body styles (bodies.py) that its authors used."""
    stamps: tuple[str, ...]
    """Time styles (stamps.py); the first prints seconds."""
    years: tuple[int, int]
    charsets: tuple[str, ...]
    path: str
    """Form of its addresses."""
    part: str
    """Form of the address of a further page of the body; ``{stem}`` is the address without its ending."""
    validators: bool = True


TEMPLATES: dict[str, Template] = {
    each.name: each
    for each in (
        Template(
            "handmade", templates_old.handmade, ("loose", "breaks"),
            ("chinese-seconds", "chinese", "wide-chinese", "wide", "dots"), (2003, 2006),
            ("gbk", "gbk-silent", "gbk-header"), "/jmxz/{slug}/{year}/{month}{day}-{id}.htm", "{stem}_{part}.htm",
        ),
        Template(
            "powereasy", templates_old.powereasy, ("breaks", "plain", "word"),
            ("bare", "bare-day"), (2004, 2009), ("gbk", "gbk", "gbk-header"),
            "/Article/ShowArticle.asp?ArticleID={id}", "{stem}&Page={part}", validators=False,
        ),
        Template(
            "asp", templates_old.asp, ("breaks", "word", "loose"), ("bare", "slash", "slash-day"), (2006, 2012),
            ("gbk", "gbk", "gbk-silent", "gbk-wrong-header"), "/jmxz/show.asp?id={id}", "{stem}&p={part}",
        ),
        Template(
            "kingcms", templates_new.kingcms, ("spans", "plain", "divs"), ("slash",), (2009, 2023),
            ("utf-8", "utf-8-wrong-meta", "gbk"), "/jmxz/{slug}/{id}.html", "{stem}_{part}.html",
        ),
        Template(
            "dede", templates_new.dede, ("plain", "word", "spans", "divs"), ("dash-seconds", "dash", "dash"),
            (2010, 2018), ("gbk", "gbk-header", "utf-8"), "/a/{slug}/{year}/{month}{day}/{id}.html",
            "{stem}_{part}.html",
        ),
        Template(
            "bureau", templates_new.bureau, ("word", "plain", "spans"),
            ("dash-seconds", "dash-day", "chinese-padded", "dash"), (2012, 2021),
            ("utf-8", "utf-8-bom", "utf-8-silent"), "/n{no}/{year}{month}/t{year}{month}{day}_{id}.shtml",
            "{stem}_{part}.shtml",
        ),
        Template(
            "html5", templates_new.html5, ("semantic", "plain", "divs"),
            ("dash-seconds", "dash", "chinese-padded", "dash-day"), (2017, 2027), ("utf-8", "utf-8", "utf-8-silent"),
            "/jmxz/{slug}/{year}-{month}/{day}/content_{id}.htm", "{stem}_{part}.htm",
        ),
        Template(
            "soup", templates_new.soup, ("sections", "plain", "divs"),
            ("dash-seconds", "dash", "dash-day"), (2021, 2027), ("utf-8", "utf-8-meta"),
            "/detail?cid={no}&aid={id}", "{stem}&page={part}", validators=False,
        ),
    )
}  # fmt: skip


UNLISTED = frozenset(("gone-404", "gone-410", "gone-home", "gone-soft-1", "gone-soft-3"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address at one time: the story, and everything about the page that carries it."""

    path: str
    """Of the first page, with query, percent-encoded."""
    story: Story
    section: str
    """What its breadcrumb names: a town, or a section outside the town pages."""
    template: str
    style: str
    stamp: str
    charset: str = "utf-8"
    """Name in charsets.py."""
    script: Script = Script.HANS
    readings: Readings = Readings.NONE
    parts: int = 1
    listed_in: tuple[str, ...] = ()
    """Towns whose listing names it."""
    spam: tuple[Injection, ...] = ()
    side_first: bool = False
    validators: bool = True
    born: int = 0
    """Day on which it appeared; 0 for everything that was there before."""
    turn: int = 0
    """A number from its seed, for small differences."""
    refreshed: int = 0
    """Counts changes of the page around the text."""
    related: tuple[str, ...] | None = None
    """Addresses that its 相关文章 leads to; None for a choice by seed."""
    headlines: tuple[tuple[str, str], ...] = ()
    """Text and address of its 文章随机推荐, where they are not left to the seed."""
    when: datetime | None = None
    """Time of publication at this address, where it is not the story's."""
    touched: datetime | None = None
    """Time of its last change after publication, for Last-Modified."""
    presence: str = "article"
    """What it shows: the article, or an event of events.py that took it away (gone-…, hijack-…)."""
    relisted: datetime | None = None
    """When it was last taken off its listing or put back."""
    pinned: bool = False
    """Whether its listing keeps it on top."""
    quirk: str = ""
    """Something else about the page, by name (render.py): half-headline, entities, straddled; or flaky (503 at first)."""

    def but(self, **changes: object) -> Address:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def published(self) -> datetime:
        """The time that its page prints."""
        return self.when or self.story.when

    @property
    def changed_at(self) -> datetime:
        """When the page last changed, as far as the server says."""
        return self.touched or self.published

    def part_path(self, part: int) -> str:
        """The path of page *part* of the body."""
        if part == 1:
            return self.path
        stem = self.path if "?" in self.path else self.path.rpartition(".")[0]
        return TEMPLATES[self.template].part.format(stem=stem, part=part)

    @property
    def named(self) -> tuple[str, ...]:
        """Towns whose listing names it today: most kinds of deletion take the line out, too."""
        return () if self.presence in UNLISTED else self.listed_in

    @property
    def paths(self) -> tuple[str, ...]:
        """All pages of the body in order."""
        return tuple(self.part_path(part) for part in range(1, self.parts + 1))
