"""Lists side by side whose shape tells: counties from everywhere, one betting house's ways in, phrases of hidden trades."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, takewhile

from jimo_crawler.text.segments import LETTER, SENTENCE_END, Segment
from jimo_crawler.text.vocabulary import INNOCENT, Hit, rules

_PLACE_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:自治县|自治旗|自治州|县|市|旗|林区|矿区|盟|州|(?<![一二三四五六七八九十小社园校辖片景地山库湖新发东西南北中])区)"
)
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{2,6}")
_RULE = re.compile(r"[|¦│┃丨_/★☆◆●■-]")
PLACE_END = re.compile("[县市区旗]")
_HOUSE = frozenset(("brand", "name"))
_PART = re.compile(r"[^-_|,，、 —。！？!?；;]+")
_WAYS_IN = re.compile(
    "(?:注册|登录|登陆|代理|招商|主管|开户|线路|测速|备用|官网|官方|平台|娱乐|客户端|app|下载|入口|网址|地址|网页版|手机版|联系|"
    "安卓|苹果|首页|怎么样|直属|最新|中心|网站|检测|总代|qq)+"
)
_BETTING = re.compile("代理|招商|主管|开户|线路|测速|备用|登[录陆]地址|娱乐|总代")
_WAYS = frozenset(("action", "sport", "game", "house"))


def mark_place_lists(segments: list[Segment], text: str, unseen: bool) -> None:
    """Eight or more counties from elsewhere joined by bars (or under a link farm's label) are a link farm.

    *unseen*: the line is hidden or leads off the site, which speaks against it.
    """
    label = next(
        (at for at, each in enumerate(segments) if any("farm" in hit.classes for hit in each.hits)), None
    )
    shape = _SHORT_NAME if label is not None else _PLACE_NAME
    start = 0
    while start < len(segments):
        end = start
        while end < len(segments) and (
            end == label or shape.fullmatch(segments[end].text) or _is_gap(segments, end, shape)
        ):
            end += 1
        names = [each for each in segments[start:end] if shape.fullmatch(each.text)]
        if len(names) >= (5 if label is not None else 8) and _is_farm(names, text, unseen, label is not None):
            begin = label if label is not None and label < start and start - label <= 2 else start
            for segment in segments[begin:end]:
                segment.rule = "place_list"
        start = max(end, start + 1)


def _is_gap(segments: list[Segment], at: int, shape: re.Pattern[str]) -> bool:
    """A short word between names of places: a county's short name (漾濞, 丰宁), or bait that the program has set in."""
    short = len(segments[at].text) <= 4 and not segments[at].frame and not segments[at].report
    around = segments[max(at - 2, 0) : at] + segments[at + 1 : at + 3]
    return (
        short
        and at > 0
        and sum(shape.fullmatch(each.text) is not None for each in around) >= min(3, len(around))
    )


def may_be_farm(text: str, hits: list[Hit]) -> bool:
    """Whether a line could hold a list of counties at all."""
    return any("farm" in hit.classes for hit in hits) or len(PLACE_END.findall(text)) >= 8


def _is_farm(names: list[Segment], text: str, unseen: bool, labelled: bool) -> bool:
    near = tuple(rules()["farm"]["near"])
    if not labelled and 2 * sum(name.text.startswith(near) for name in names) >= len(names):
        return False
    between = [text[one.end : other.start] for one, other in pairwise(names)]
    bars = sum(bool(re.search(r"[|_¦│]", each)) for each in between)
    return labelled or 10 * bars >= 7 * len(between) or (unseen and len(names) >= 10)


def mark_brand_bar(segments: list[Segment]) -> None:
    """Three parts or more side by side that the same house opens, with as many ways in, are a betting site's bar."""
    start = 0
    while start < len(segments):
        house = _house_of(segments[start])
        end = start + 1
        while house and end < len(segments) and _house_of(segments[end]) == house:
            end += 1
        bar = segments[start:end]
        ways = frozenset(hit.word for each in bar for hit in each.hits if hit.classes & _WAYS)
        betting = any(hit.classes & {"sport", "game", "house", "brand"} for each in bar for hit in each.hits)
        if house and len(bar) >= 3 and len(ways) >= 4 and betting:
            for segment in bar:
                segment.rule = "brand_bar"
        start = end


def mark_name_bar(segments: list[Segment], text: str) -> None:
    """The same unknown name before one way in after the other (注册, 登录地址, 招商主管) is a betting site's bar as well."""
    parts = [match for match in _PART.finditer(text) if match[0].strip()]
    for at in range(len(parts) - 2):
        bar = parts[at : at + 3]
        alike = takewhile(lambda column: len(set(column)) == 1, zip(*(each[0] for each in bar), strict=False))
        name = "".join(column[0] for column in alike)
        ways = {each[0][len(name) :] for each in bar}
        if len(name) < 3 or len(ways) < 3 or not all(map(_WAYS_IN.fullmatch, ways)):
            continue
        if any(map(_BETTING.search, ways)):
            end = max(each.end() for each in parts if each[0].startswith(name))
            for segment in segments:
                if bar[0].start() <= segment.start and segment.end <= end:
                    segment.rule = segment.rule or "brand_bar"


def _house_of(segment: Segment) -> str | None:
    """The house that *segment* opens with, known or not, if a way in follows and it says nothing."""
    if not segment.hits or segment.frame or segment.report:
        return None
    first = segment.hits[0]
    if first.start != segment.start:
        name = segment.text[: first.start - segment.start]
        return name if 2 <= len(name) <= 6 and first.classes & _WAYS else None
    ways = any(hit.classes & _WAYS for hit in segment.hits[1:])
    return first.word if ways and first.classes & _HOUSE else None


def mark_trade_bars(segments: list[Segment], text: str, reported: bool) -> None:
    """Short phrases side by side, most of them about trades that hide, with no word of a sentence among them.

    What the phrases are about need not be known to the last character: nobody but such a trade puts three of them in
    a row, two of which offer what they name. A page that *reported* such things may list them, so there it has to be.
    """
    for bar in _bars(segments, text):
        part = _from_first_to_last(bar)
        if _is_trade_bar(part, text, reported):
            for segment in part:
                segment.rule = segment.rule or "trade_bar"


def fill_bars(segments: list[Segment], text: str) -> None:
    """Where half of the phrases that bars part are spam, those that say nothing else are, too."""
    for bar in _bars(segments, text):
        rule = next((each.rule for each in bar if each.rule), None)
        if rule and 2 * sum(bool(each.rule) for each in bar) >= len(bar) and _is_ruled(bar, text):
            for segment in bar:
                if not segment.rule and not segment.frame and segment.letters <= 16:
                    segment.rule = rule


def _bars(segments: list[Segment], text: str) -> Iterator[list[Segment]]:
    """Neighbours that could be phrases of one bar."""
    bar: list[Segment] = []
    for segment in segments:
        parted = bar and SENTENCE_END.search(text, bar[-1].end, segment.start)
        phrase = not segment.report and segment.speech < 1 and segment.letters <= 24
        if bar and (parted or not phrase):
            yield bar
            bar = []
        if phrase:
            bar.append(segment)
    if bar:
        yield bar


def _from_first_to_last(bar: list[Segment]) -> list[Segment]:
    telling = [at for at, each in enumerate(bar) if _words(each, "strong")]
    return bar[telling[0] : telling[-1] + 1] if telling else []


def _is_trade_bar(bar: list[Segment], text: str, reported: bool) -> bool:
    telling = [each for each in bar if _words(each, "strong")]
    words = {word for each in bar for word in _words(each, "strong")}
    if len(bar) < 3 or len(words) < 2 or not any(_words(each, "naming") for each in bar):
        return False
    letters = sum(each.letters for each in bar)
    covered = sum(len(LETTER.findall(hit.word)) for each in bar for hit in each.hits if _is_own(hit))
    framed = sum(each.frame for each in bar)
    if reported and (framed or 5 * covered < 3 * letters):
        return False
    offers = sum(map(_offers, bar)) + (len(telling) >= 4)
    if _is_ruled(bar, text) and 2 * len(telling) >= len(bar) - 1 and offers and 2 * framed <= len(bar):
        return 4 * covered >= letters
    spoken = sum(each.speech for each in bar)
    if max(each.around for each in bar) > 1 + len(bar) // 4:
        return False
    if len(telling) < 3 or len(words) < 3 or 2 * len(telling) < len(bar) or 4 * spoken > len(bar):
        return False
    return offers >= 2 and 5 * covered >= 2 * letters


def _is_own(hit: Hit) -> bool:
    return INNOCENT not in hit.classes


def _is_ruled(bar: list[Segment], text: str) -> bool:
    """Whether bars, not commas, part the phrases: no sentence is written so."""
    between = [text[one.end : other.start] for one, other in pairwise(bar) if one.end < other.start]
    return len(between) >= 2 and all(_RULE.search(each) for each in between)


def _offers(segment: Segment) -> bool:
    """Whether a phrase offers what it names."""
    return bool(
        _words(segment, "offering")
        or (_words(segment, "wares") and len(_words(segment, "deals", "wares")) > 1)
    )


def _words(segment: Segment, *roles: str) -> set[str]:
    """The words of *segment* that play one of the *roles* in a bar (``[bar]``)."""
    if not segment.hits:
        return set()
    classes = frozenset().union(*(classes_of(role) for role in roles))
    return {hit.word for hit in segment.hits if _is_own(hit) and hit.classes & classes}


@cache
def classes_of(role: str) -> frozenset[str]:
    return frozenset(rules()["bar"][role])
