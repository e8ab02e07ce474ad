"""What happens on the portal from day 1 on: the calendar, and the addresses as they stand on any day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random

from jimo_crawler.demo import plan, variety
from jimo_crawler.demo.address import Address
from jimo_crawler.demo.converter import Readings, Script
from jimo_crawler.demo.grammar import Writer, compose
from jimo_crawler.demo.plan import SEED, day_start, put
from jimo_crawler.demo.spam import inject
from jimo_crawler.demo.story import Piece, Story
from jimo_crawler.demo.towns import TOWNS, ZONE, town

LIVES: tuple[tuple[tuple[int, str], ...], ...] = (
    ((1, "edit-body"),),
    ((2, "silent"),),
    ((2, "edit-title"),),
    ((3, "edit-time"),),
    ((4, "edit-source"),),
    ((5, "silent"), (12, "silent")),
    ((6, "edit-body"), (7, "edit-body"), (20, "edit-title")),
    ((8, "silent-number"),),
    ((10, "edit-body"),),
    ((14, "silent"),),
    ((15, "edit-time"),),
    ((18, "silent-number"),),
    ((19, "edit-body"),),
    ((22, "edit-source"),),
    ((25, "silent"),),
    ((27, "edit-title"),),
    ((31, "silent-number"),),
    ((33, "edit-body"),),
    ((1, "around"), (2, "around"), (11, "around")),
    ((4, "around"),),
    ((13, "around"), (34, "around")),
    ((21, "around"),),
    ((26, "around"),),
    ((30, "around"), (31, "around")),
    ((2, "gone-404"),),
    ((3, "gone-410"),),
    ((4, "gone-soft-0"),),
    ((5, "gone-soft-1"),),
    ((6, "gone-soft-2"),),
    ((7, "gone-home"),),
    ((8, "gone-empty"),),
    ((10, "gone-soft-3"),),
    ((11, "gone-404"),),
    ((12, "gone-empty"),),
    ((13, "gone-home"),),
    ((15, "gone-404"), (24, "restore")),
    ((17, "gone-soft-4"),),
    ((18, "gone-410"),),
    ((19, "gone-404"), (20, "restore")),  # missed once only: never gone
    ((8, "gone-404"), (10, "restore")),  # missed, outage, back: never gone
    ((22, "gone-404"),),  # missed, outage, missed
    ((20, "gone-soft-5"),),
    ((21, "gone-soft-1"), (28, "restore")),
    ((26, "gone-home"), (30, "restore")),
    ((28, "gone-404"),),
    ((32, "gone-soft-2"),),
    ((34, "gone-404"),),
    ((35, "gone-404"),),
    ((3, "delist"),),
    ((10, "delist"),),
    ((14, "delist"), (22, "relist")),
    ((20, "delist"), (25, "gone-404")),
    ((4, "hijack-gambling"),),
    ((7, "hijack-porn"),),
    ((11, "hijack-redirect"),),
    ((14, "hijack-gambling"), (21, "restore")),
    ((18, "hijack-script"),),
    ((24, "hijack-porn"),),
    ((27, "hijack-redirect"), (31, "restore")),
    ((33, "hijack-gambling"),),
    ((2, "inject-video-bottom-p"),),
    ((6, "inject-gambling-foot-links"), (17, "clean")),
    ((12, "inject-gambling-top-left"),),
    ((15, "inject-video-top-div"), (20, "edit-body")),
    ((26, "inject-video-title-bare"),),
    ((32, "inject-advert-bottom-p"),),
    ((5, "replace"),),
    ((19, "replace"),),
    ((28, "replace"),),
    ((10, "silent"), (18, "gone-404"), (26, "restore"), (30, "hijack-porn")),
)
"""What befalls an ordinary address, each line another one."""
TWINS = (
    (7, "jinkou/9", "田横镇", "depart"),
    (13, "lancun/7", "蓝村街道", "gone-404"),
    (17, "lingshan/10", "灵山街道", "gone-soft-0"),
    (21, "lingshan/10", "龙泉街道", "gone-404"),
    (25, "longshan/10", "北安街道", "hijack-gambling"),
    (31, "sample", "金口镇", "gone-404"),
)
"""Day, story, section and event for one of several addresses of an article (the first of those that fit)."""
QUIET_DAYS = frozenset((6, 13, 20, 27))
"""Days without a new article."""


@dataclass(frozen=True, slots=True)
class Change:
    """One event at one address, and the address after it."""

    day: int
    kind: str
    address: Address


@dataclass
class History:
    """All that happened up to a day."""

    changes: dict[str, list[Change]] = field(default_factory=dict)
    """By path, in order; the first is the address as it appeared."""

    def now(self) -> list[Address]:
        """Every address as it stands."""
        return [each[-1].address for each in self.changes.values()]

    def add(self, day: int, kind: str, address: Address) -> None:
        """Note one event."""
        self.changes.setdefault(address.path, []).append(Change(day, kind, address))


@cache
def until(day: int, articles: int | None = None) -> History:
    """The portal's history from day 0 to *day*."""
    history = History()
    for address in plan.addresses(articles):
        history.add(0, "new", address)
    targets = _targets()
    for today in range(1, day + 1):
        for address in arrivals(today):
            history.add(today, "new-hijacked" if address.presence != "article" else "new", address)
        for path, life in targets.items():
            for when, kind in life:
                if when == today:
                    history.add(today, kind, _change(history.changes[path][-1].address, kind, today))
        for when, key, section, kind in TWINS:
            if when == today:
                twin = next(a for a in history.now() if a.story.key == key and a.section == section)
                history.add(today, kind, _change(twin, kind, today))
    return history


@cache
def _targets() -> dict[str, tuple[tuple[int, str], ...]]:
    """The addresses that something befalls: ordinary ones, on one page, named by one listing, with a body to change."""
    base = plan.addresses(None)
    shared = {each.story.reprint_of for each in base} | {each[0] for each in plan.TWICE}
    fitting = [
        each
        for each in base
        if each.story.key.partition("/")[0] in {where.slug for where in TOWNS}
        and each.listed_in == (each.section,)
        and not each.story.reprint_of
        and each.story.key not in shared
        and each.parts == 1
        and not (each.spam or each.quirk or each.related or each.pinned)
        and sum(piece.kind == "paragraph" for piece in each.story.pieces) >= 5
    ]
    Random(f"{SEED}/targets").shuffle(fitting)
    return {address.path: life for address, life in zip(fitting, LIVES, strict=False)}


def arrivals(day: int) -> Iterator[Address]:
    """The addresses that appear on that day, published in its morning."""
    rng = Random(f"{SEED}/arrivals/{day}")
    for number in range(0 if day in QUIET_DAYS else rng.choice((1, 2, 2, 3))):
        yield _arrival(day, number, rng)
    if day in EXTRA:
        yield EXTRA[day](day)


def _arrival(day: int, number: int, rng: Random, where: str = "", template: str = "") -> Address:
    section = town(where) if where else rng.choice(TOWNS[:15])
    when = day_start(day).astimezone(ZONE).replace(hour=8, minute=rng.randrange(60), second=rng.randrange(60))
    story = compose(f"day{day}/{number}", SEED, section, when + timedelta(hours=rng.randrange(5)))
    address = put(story, section.name, template, listed_in=(section.name,), born=day)
    return address.but(script=rng.choice((Script.HANS, Script.HANS, Script.HANS, Script.LIGHT, Script.FULL)))


def _again(day: int) -> Address:
    """The first article of the day before, now at another town."""
    story = next(iter(arrivals(day - 1))).story
    where = "金口镇" if story.town != "金口镇" else "蓝村街道"
    return put(story, where, listed_in=(where,), born=day, script=Script.FULL)


def _reprinted(day: int) -> Address:
    """An article of two days before, with another title and source."""
    story = variety.reprint(next(iter(arrivals(day - 2))).story, 0)
    when = day_start(day).astimezone(ZONE).replace(hour=9, minute=12)
    return put(story.but(when=when), "通济街道", listed_in=("通济街道",), born=day)


def _extra(where: str, template: str = "html5", **changes: object) -> Callable[[int], Address]:
    return lambda day: _arrival(day, 9, Random(f"{SEED}/extra/{day}"), where, template).but(**changes)


EXTRA: dict[int, Callable[[int], Address]] = {
    3: _extra("龙山街道", "soup", parts=2),
    5: _extra("温泉街道", spam=(inject("day5", "video", "top", "p"),)),
    8: _again,
    11: _extra("潮海街道", script=Script.LIGHT, readings=Readings.HEAVY),
    12: _reprinted,
    18: _extra("移风店镇", spam=(inject("day18", "gambling", "bottom", "display"),)),
    21: _extra("灵山街道", presence="hijack-gambling"),
    25: _extra("蓝村街道", charset="utf-8-latin-header"),
}


def _change(address: Address, kind: str, day: int) -> Address:
    """The address after an event."""
    rng = Random(f"{SEED}/{address.path}/{day}/{kind}")
    touched = day_start(day) - timedelta(hours=3, seconds=rng.randrange(3000))
    new = address.but(touched=touched)
    name, _, more = kind.partition("-")
    match name:
        case "edit" | "silent":
            return new.but(**_edit(address, kind, rng, day))
        case "depart":
            story = _rewritten(address.story, rng, numbers=True)
            return new.but(story=story.but(key=f"{story.key}/departed"))
        case "replace":
            fresh = compose(
                f"{address.story.key}/replaced", SEED, town(address.section), touched.astimezone(ZONE)
            )
            return new.but(story=fresh, when=None)
        case "around":
            return new.but(refreshed=address.refreshed + 1)
        case "gone" | "hijack":
            return new.but(presence=kind)
        case "restore":
            return new.but(presence="article")
        case "delist":
            return address.but(listed_in=(), relisted=touched)
        case "relist":
            return address.but(listed_in=(address.section,), relisted=touched)
        case "inject":
            what, place, hiding = more.split("-")
            return new.but(spam=(*address.spam, inject(f"{address.path}/{day}", what, place, hiding)))
        case _:
            return new.but(spam=())


def _edit(address: Address, kind: str, rng: Random, day: int) -> dict[str, object]:
    story = address.story
    moved = day_start(day).astimezone(ZONE) - timedelta(hours=rng.randint(3, 5), seconds=rng.randrange(3000))
    match kind:
        case "edit-title":
            return {
                "story": story.but(title=f"{story.title}({rng.choice(('图', '更新', '续'))})"),
                "when": moved,
            }
        case "edit-time":
            return {"when": moved}
        case "edit-source":
            return {"story": story.but(source="青岛日报" if story.source != "青岛日报" else "大众日报")}
        case "edit-body":
            return {"story": _rewritten(story, rng), "when": moved}
        case "silent":
            return {"story": _rewritten(story, rng)}
        case _:
            return {"story": _rewritten(story, rng, numbers=True)}


def _rewritten(story: Story, rng: Random, *, numbers: bool = False) -> Story:
    """The story with a paragraph changed, added or taken away; or only with other figures in one."""
    pieces = list(story.pieces)
    places = [n for n, piece in enumerate(pieces) if piece.kind == "paragraph" and n]
    if numbers:
        at = next(n for n in places if re.search(r"\d{2}", pieces[n].text))
        text = re.sub(r"\d{2}", lambda found: f"{(int(found[0]) + 7) % 90 + 10}", pieces[at].text, count=1)
        pieces[at] = Piece("paragraph", text)
        return story.but(pieces=tuple(pieces))
    at = rng.choice(places)
    writer = Writer(rng, town(story.town), story.when)
    fresh = next(
        text for text in writer.pick("any", "body", 9) if all(text[:12] != p.text[:12] for p in pieces)
    )
    match rng.randrange(3):
        case 0:
            pieces[at] = Piece("paragraph", fresh)
        case 1:
            pieces.insert(at, Piece("paragraph", fresh))
        case _:
            pieces[at : at + 1] = [Piece("paragraph", pieces[at].text + fresh)]
    return story.but(pieces=tuple(pieces))
