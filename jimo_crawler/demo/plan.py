"""Which stories stand at which addresses before anything happens to them: the portal as of day 0."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from jimo_crawler.demo import specials, variety
from jimo_crawler.demo.address import TEMPLATES, Address, Template
from jimo_crawler.demo.converter import Readings, Script
from jimo_crawler.demo.grammar import compose
from jimo_crawler.demo.spam import SAMPLE_LINE, Injection, inject
from jimo_crawler.demo.story import Story, paragraphs
from jimo_crawler.demo.texts import read_text
from jimo_crawler.demo.towns import TOWNS, ZONE, Town, town

SEED = "jimo"
FIRST_DAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
COUNTY = Town("即墨区", "jimo", ("古城", "鳌山湾", "墨水河畔", "创智新区"), "numbers", former="即墨市")
"""Whom the news outside the town sections is about."""
SAMPLE_KEY = "sample"


def day_start(day: int) -> datetime:
    """The instant at which that day of the demo portal begins."""
    return FIRST_DAY + timedelta(days=day)


def put(story: Story, section: str, template: str = "", **changes: object) -> Address:
    """*story* at an address of its own; template, markup, time style and charset by its seed unless named."""
    rng = Random(f"{SEED}/{story.key}/{section}/{template}/place")
    fitting = [each for each in TEMPLATES.values() if each.years[0] <= story.when.year <= each.years[1]]
    chosen = TEMPLATES[template] if template else rng.choice(fitting)
    address = Address(
        path=_path(chosen, story, section, rng),
        story=story,
        section=section,
        template=chosen.name,
        style=rng.choice(chosen.styles),
        stamp=rng.choice(chosen.stamps),
        charset=rng.choice(chosen.charsets),
        side_first=rng.random() < 0.4,
        validators=chosen.validators,
        turn=rng.randrange(1000),
    )
    return address.but(**changes)


def _path(template: Template, story: Story, section: str, rng: Random) -> str:
    where = next((each for each in TOWNS if each.name == section), COUNTY)
    return template.path.format(
        slug=where.slug,
        no=TOWNS.index(where) + 11 if where in TOWNS else 10,
        year=f"{story.when:%Y}",
        month=f"{story.when:%m}",
        day=f"{story.when:%d}",
        id=_extra_id(story.key, where) or rng.randrange(10_000, 999_999),
    )


def _extra_id(key: str, where: Town) -> int:
    """Numbers of their own for the many stories of a portal that was scaled up, so that none meet; 0 for others."""
    _, mark, number = key.partition("/extra/")
    return 1_000_000 + int(number) * 100 + TOWNS.index(where) if mark else 0


def moment(rng: Random, first: int, last: int) -> datetime:
    """Some second of office hours in those years."""
    day = datetime(first, 1, 1, 8, tzinfo=ZONE) + timedelta(days=rng.randrange(365 * (last - first + 1)))
    return day + timedelta(seconds=rng.randrange(9 * 3600))


@cache
def sample() -> Story:
    """The article of the sample page, in Simplified."""
    title, *body = read_text("jinkou-simplified.txt").splitlines()
    return Story(
        key=SAMPLE_KEY,
        town="金口镇",
        title=title,
        pieces=paragraphs(*body),
        when=datetime(2022, 4, 2, 9, 7, 39, tzinfo=ZONE),
        source="即墨信息港",
        editor="佚名",
    )


SAMPLE_PATH = "/jmxz/jinkou/20220402.html"
"""Where the sample page itself stands."""


def sample_addresses(headlines: tuple[tuple[str, str], ...]) -> Iterator[Address]:
    """The sample article in every template and every way of encoding; the first is the page itself, word for word."""
    story = sample()
    yield put(
        story, story.town, "kingcms", path=SAMPLE_PATH, style="plain", stamp="slash", charset="utf-8-wrong-meta",
        script=Script.LIGHT, listed_in=(story.town,), headlines=headlines, side_first=False,
        spam=(Injection(SAMPLE_LINE, "foot", "bare"),), related=(),
    )  # fmt: skip
    others = (
        ("handmade", "loose", "gbk", Script.HANS, Readings.NONE, ("金口镇",)),
        ("powereasy", "breaks", "gbk-header", Script.FULL, Readings.NONE, ("蓝村街道",)),
        ("asp", "word", "gbk-wrong-header", Script.LIGHT, Readings.LIGHT, ("金口镇",)),
        ("dede", "spans", "gbk-silent", Script.HANS, Readings.NONE, ("龙泉街道",)),
        ("bureau", "divs", "utf-8-bom", Script.FULL, Readings.HEAVY, ("田横镇",)),
        ("html5", "semantic", "utf-8", Script.HANS, Readings.NONE, ("金口镇",)),
        ("asp", "breaks", "big5", Script.FULL, Readings.NONE, ("金口镇",)),
        ("dede", "plain", "utf-8-latin-header", Script.MIXED, Readings.NONE, ("灵山街道",)),
    )
    for turn, (template, style, charset, script, readings, listed_in) in enumerate(others):
        fresh = put(story, story.town, template)
        yield fresh.but(
            path=f"{turn}".join(re.split(r"(?<=\d)(?=\D*$)", fresh.path, maxsplit=1)),
            style=style, stamp=TEMPLATES[template].stamps[0], charset=charset, script=script, readings=readings,
            listed_in=listed_in, turn=turn, spam=(inject(f"sample{turn}", "video", "foot", "bare"),),
        )  # fmt: skip


def headline_addresses() -> tuple[tuple[Address, ...], tuple[tuple[str, str], ...]]:
    """The stories behind the sample page's fifty headlines, and the headlines with their addresses."""
    addresses: list[Address] = []
    headlines: list[tuple[str, str]] = []
    for number, line in enumerate(read_text("headlines.txt").splitlines()[2:]):
        section, where, text, tail = line.split("|")
        if section == "SAMPLE":
            headlines.append((text, SAMPLE_PATH))
            continue
        rng = Random(f"{SEED}/headline/{number}")
        about = COUNTY if where == "other" else town(section)
        when = datetime(2022, 3, 20, 8, tzinfo=ZONE) + timedelta(seconds=rng.randrange(14 * 86400))
        topic = "virus" if re.search("疫|防控|居家", text) else rng.choice(("project", "clean", "law"))
        story = compose(f"headline/{number}", SEED, about, when, topic).but(title=text + tail)
        address = put(story, section, listed_in=(section,) if where == "listed" else ())
        addresses.append(address)
        headlines.append((text, address.path))
    return tuple(addresses), tuple(headlines)


def ordinary(where: Town, number: int, *, extra: bool = False) -> Address:
    """Story *number* of a town, at its address."""
    key = f"{where.slug}/{'extra/' if extra else ''}{number}"
    rng = Random(f"{SEED}/{key}/when")
    if where.merged_into:
        when = moment(rng, 2004, 2011)
    elif extra:
        when = moment(rng, 2004, 2019)
    else:  # one in every stretch of the twenty years, so that every era has its share
        year = 2005 + number * 20 // (where.stories - 1)
        when = moment(rng, year, year)
    story = compose(key, SEED, where, when)
    address = put(story, where.name, listed_in=(where.name,))
    if rng.random() < 0.3:
        address = address.but(script=rng.choice((Script.LIGHT, Script.FULL)))
    return address


TWICE = (
    ("jinkou/9", "田横镇", Script.HANS, 0),
    ("tianheng/8", "金口镇", Script.FULL, 0),
    ("lancun/7", "大信街道", Script.LIGHT, 0),
    ("qiji/3", "移风店镇", Script.HANS, 0),
    ("longshan/10", "北安街道", Script.FULL, 3605),
    ("wenquan/11", "鳌山卫街道", Script.LIGHT, 90),
    ("huanxiu/6", "通济街道", Script.MIXED, 0),
    ("nanquan/2", "蓝村街道", Script.HANS, 86_400),
    ("lingshan/10", "龙泉街道", Script.HANS, 0),
)
"""Stories that two towns carry: key, the other town, its script there, seconds by which it came later."""
REPRINTED = (
    ("jinkou/11", "金口镇"),
    ("chaohai/9", "环秀街道"),
    ("daxin/12", "大信街道"),
    ("duanbolan/10", "移风店镇"),
    ("beian/8", "北安街道"),
    ("aoshanwei/12", "温泉街道"),
    ("tongji/13", "通济街道"),
    ("longquan/9", "龙泉街道"),
)
"""Stories that came again under another title or source, and the town that carried them then."""


PINNED = frozenset(("huanxiu/3", "jinkou/2", "longquan/4", "duanbolan/1"))
"""Old stories that their listings keep on top."""


def repeated(ordinaries: Sequence[Address]) -> Iterator[Address]:
    """Exact duplicates at other towns' addresses, and reprints."""
    by_key = {each.story.key: each for each in ordinaries}
    for key, where, script, later in TWICE:
        original = by_key[key]
        when = original.story.when + timedelta(seconds=later) if later else None
        yield put(original.story, where, script=script, listed_in=(where,), when=when)
    for number, (key, where) in enumerate(REPRINTED):
        story = variety.reprint(by_key[key].story, number)
        yield put(story, where, listed_in=(where,), script=Script.LIGHT if number % 3 == 2 else Script.HANS)


def special_addresses(found: Sequence[Address]) -> tuple[list[Address], list[Address]]:
    """The articles of ``special.txt``, and *found* with related lists that lead to those that no listing has."""
    linked: dict[str, Address] = {}
    placed = []
    for special in specials.read():
        address = put(special.story, special.section, special.template, **special.changes)
        placed.append(address.but(listed_in=special.listed_in))
        if special.linked_from:
            linked[special.linked_from] = address
    known = [
        each.but(related=(linked.pop(each.story.key).path,)) if each.story.key in linked else each
        for each in found
    ]
    assert not linked, f"nothing leads to {linked}"
    return placed, known


@cache
def addresses(articles: int | None = None) -> tuple[Address, ...]:
    """Every address of day 0; *articles* adds older stories until there are about that many."""
    headed, headlines = headline_addresses()
    ordinaries = variety.apply(
        [ordinary(where, number) for where in TOWNS for number in range(where.stories)]
    )
    again = list(repeated(ordinaries))
    placed, ordinaries = special_addresses(ordinaries)
    ordinaries = [each.but(pinned=each.story.key in PINNED) for each in ordinaries]
    found = [*sample_addresses(headlines), *headed, *placed, *ordinaries, *again]
    for number in range(max(0, (articles or 0) - len(found))):
        where = TOWNS[number % 15]
        found.append(ordinary(where, number // 15, extra=True))
    return tuple(found)
