"""Cutting spam out of a line: exactly what was judged, with its share of the separators around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, zip_longest
from typing import NamedTuple

from jimo_crawler.text.bars import fill_bars
from jimo_crawler.text.judging import Circumstances, spam_segments
from jimo_crawler.text.segments import SENTENCE_END, Segment
from jimo_crawler.text.vocabulary import INNOCENT, Read, rules

_KEPT = re.compile(r"[。！？!?；;…\t”’」』》)\]】]")
"""Separators that belong to the text before them."""
_OPENING = re.compile(r"[“‘「『《(\[【<]+$")
_CLOSING = re.compile(r"[)\]】>》”’」』]*")
_ENDED = re.compile(r"[。！？!?；;…”’」』》)\]】:：]\s*$")
_BARS = frozenset(("|", "_", "-"))
_KEPT_APART = re.compile(r"[\t()]")
"""The marks of a byline and of a table: what stands beside them is not the same text."""
_APART = re.compile(r"[。；;\t”’」』》)\]】“‘「『《(\[【]")
"""What parts a neighbour from the spam beside it."""
_QUOTED = re.compile(r"“[^“”]*”|「[^「」]*」|『[^『』]*』")
_NUMBER = re.compile(r"[a-z0-9_.-]{1,20}")
"""What stands behind a label such as 薇信."""

_HOUR = r"(?:[上下]午|早[上晨]|清晨|凌晨|中午|傍晚|晚上?|夜[里间])?(?:\d{1,2}[时点](?:\d{1,2}分|许|左右)?)?"
_WHEN = re.compile(
    rf"""(?<!\d)(?:(?:(?:\d{{4}}|[今去前本明])年)?(?:\d{{1,2}}|本|上|这个)月(?:(?:\d{{1,2}}日?)?(?:至|到|-)?\d{{1,2}}日|份|[初底]|[上中下]旬)?|\d{{1,2}}日|[昨今]日|[昨今]天)(?:\(.{{1,6}}\))?{_HOUR}\Z
    |进入\d\d?月份?\Z|[今去]年\Z|(?:近[日期年]来?|日前|前不久|前段时间|连日来?|[这前]几天|眼下|一大早|今年以来|进?入[春夏秋冬伏]以来)\Z""",
    re.X,
)
"""How a sentence of news begins: 8月2日上午, 近日."""
_GOES_ON = frozenset(",(")
"""What stands behind that."""
_CLAUSE = 8
"""Characters behind the last word of spam that make a clause of the sentence behind it."""


class Piece(NamedTuple):
    """A part of a line: what is kept (rule None), or cut, and by which rule."""

    text: str
    rule: str | None


def split_spam(text: str, about: Circumstances) -> list[Piece]:
    """*text* in pieces, kept and cut ones; joined they are *text* again."""
    found = spam_segments(text, about)
    if found is None:
        return [Piece(text, None)] if text else []
    seen, segments = found
    _spare_quotations(segments, seen.text)
    _absorb(segments, seen.text, about)
    segments = _spare_beginnings(segments, seen.text)
    pieces: list[Piece] = []
    reached = 0
    for start, end, rule in _cuts(seen, segments):
        begin, stop = (0 if not start else seen.origin[start]), seen.origin[end]
        if begin > reached:
            pieces.append(Piece(text[reached:begin], None))
        pieces.append(Piece(text[begin:stop], rule))
        reached = stop
    if reached < len(text):
        pieces.append(Piece(text[reached:], None))
    return pieces


def _spare_quotations(segments: list[Segment], text: str) -> None:
    """What a paragraph quotes is its own, whatever is quoted: an injected line has no sentences around it."""
    for quoted in _QUOTED.finditer(text):
        inside = [each for each in segments if quoted.start() <= each.start and each.end <= quoted.end()]
        around = [each for each in segments if each not in inside and not each.rule]
        says = sum(each.frame + 2 * each.report for each in around) >= 2
        own = sum(each.letters for each in around if not each.hits)
        if any(each.rule for each in inside) and (says or own >= 4):
            for segment in inside:
                segment.rule = None


def _spare_beginnings(segments: list[Segment], text: str) -> list[Segment]:
    """The beginning of a sentence (8月2日上午, or a clause of it) is no spam, although nothing parts it from the spam before."""
    spared: list[Segment] = []
    for segment, behind in zip_longest(segments, segments[1:]):
        goes_on = (
            behind is not None and not behind.rule and text[segment.end : behind.start].strip() in _GOES_ON
        )
        start = _beginning(segment, text) if segment.rule and goes_on else segment.end
        if start > segment.start:
            spared.append(replace(segment, end=start, text=text[segment.start : start]))
        if start < segment.end:
            spared.append(replace(segment, start=start, text=text[start : segment.end], rule=None))
    return spared


def _beginning(segment: Segment, text: str) -> int:
    """Where in a segment of spam a sentence begins that goes on behind it; its end if none does."""
    if when := _WHEN.search(text, segment.start, segment.end):
        return when.start()
    spam = max((hit.end for hit in segment.hits if INNOCENT not in hit.classes), default=segment.end)
    return spam if segment.frame >= 1 and segment.end - spam >= _CLAUSE else segment.end


def _absorb(segments: list[Segment], text: str, about: Circumstances) -> None:
    """What says nothing by itself goes with the spam it is joined to: between pieces of it, or at an end of the line."""
    _absorb_glued(segments)
    _absorb_same_brand(segments)
    _absorb_beside(segments, text)
    _absorb_beside(segments[::-1], text)
    for before, segment, behind in zip(segments, segments[1:], segments[2:], strict=False):
        joined = _joins(text, before, segment) or _joins(text, segment, behind)
        says_nothing = segment.neutral and not segment.frame and not segment.report
        if segment.rule is None and before.rule and behind.rule and joined and says_nothing:
            segment.rule = before.rule
    if not about.title:
        fill_bars(segments, text)
        _absorb_enclosed(segments, text)
        _absorb_end(segments, text)
        _absorb_end(segments[::-1], text)
        _absorb_rest(segments, text)


def _absorb_glued(segments: list[Segment]) -> None:
    """A few characters that nothing parts from the spam are its brand or its town, unless they are all that is left."""
    near = frozenset(rules()["farm"]["near"])
    for one, other in pairwise(segments):
        spam, rest = (one, other) if one.rule else (other, one)
        if one.end != other.start or not spam.rule or rest.rule or rest.report:
            continue
        most = 2 if spam.rule.startswith(("adult", "film")) else 6
        says_nothing = not rest.frame or rest.text in near or (rest.frame <= 0.5 and rest.letters <= 4)
        others = sum(each.letters for each in segments if each is not rest)
        if rest.letters <= most and says_nothing and others > 2 * rest.letters:
            rest.rule = spam.rule


def _absorb_same_brand(segments: list[Segment]) -> None:
    """What opens with the name that two spam segments open with is one more of them."""
    opened = Counter(each.text[:2] for each in segments if each.rule)
    brands = {name for name, count in opened.items() if count >= 2}
    rule = next((each.rule for each in segments if each.rule), None)
    for segment in segments:
        if not segment.rule and segment.text[:2] in brands and segment.hits and not segment.frame:
            segment.rule = rule


def _absorb_beside(segments: list[Segment], text: str) -> None:
    """What follows spam in its sentence goes with it if it has nothing but words of a trade; a contact near it takes
    along what stands between; an exclamation beside it goes if it speaks of a trade itself."""
    for nearer, segment in pairwise(segments):
        one, other = sorted((nearer, segment), key=lambda each: each.start)
        between = text[one.end : other.start]
        if not nearer.rule or segment.rule or segment.report or _APART.search(between):
            continue
        own = [hit for hit in segment.hits if INNOCENT not in hit.classes]
        covered = sum(len(hit.word) for hit in own)
        worthless = _NUMBER.fullmatch(segment.text) and _leaves_contact(nearer)
        praise = not segment.frame and segment.letters <= 12 and 2 * covered >= segment.letters
        if (worthless or praise) and (segment.strong or not SENTENCE_END.search(between)):
            segment.rule = nearer.rule
    for at, segment in enumerate(segments):
        if segment.rule or segment.frame > 1 or segment.letters > 24 or not _leaves_contact(segment):
            continue
        behind = segments[max(0, at - 4) : at][::-1]
        spam = next((each for each in behind if each.rule), None)
        way = behind[: behind.index(spam)] if spam else []
        if spam and spam.sentence == segment.sentence and all(map(_may_stand_between, way)):
            for each in (*way, segment):
                each.rule = spam.rule


def _may_stand_between(segment: Segment) -> bool:
    return segment.letters <= 12 and segment.frame <= 1 and not segment.report and segment.speech < 1


def _absorb_rest(segments: list[Segment], text: str) -> None:
    """Where most of a line is spam, what is left of it goes too if it speaks of a trade or says next to nothing."""
    rest = [each for each in segments if not each.rule]
    if not rest or 2 * sum(each.letters for each in rest) > sum(each.letters for each in segments):
        return
    if any(_KEPT_APART.search(text, one.end, other.start) for one, other in pairwise(segments)):
        return
    contact = any(map(_leaves_contact, segments))
    letters = sum(each.letters for each in segments)
    crumbs = 5 * sum(each.letters for each in rest) <= letters and sum(each.frame for each in rest) <= 1
    if (
        crumbs or all(_leaves_contact(each) or each.strong or _says_little(each, contact) for each in rest)
    ) and not any(each.report or each.speech > 2 for each in rest):
        rule = next(each.rule for each in segments if each.rule)
        for segment in rest:
            segment.rule = rule


def _says_little(segment: Segment, advertised: bool) -> bool:
    """Whether nothing of a sentence is in it; in a line that leaves a contact a short one may have a word of it."""
    if segment.frame:
        return advertised and segment.letters <= 6 and segment.frame <= 1 and not segment.speech
    return segment.letters <= (20 if segment.suspicious else 12)


def _leaves_contact(segment: Segment) -> bool:
    return any(hit.classes & {"contact", "disguise"} for hit in segment.hits)


def _absorb_enclosed(segments: list[Segment], text: str) -> None:
    """One short name that bars join to spam on both sides is bait from the page's own words, where the rest is spam."""
    rule = next((each.rule for each in segments if each.rule), None)
    spam = [each for each in segments if each.rule or (each.strong and each.suspicious and not each.frame)]
    if 3 * sum(each.letters for each in spam) < 2 * sum(each.letters for each in segments):
        return
    for before, segment, behind in zip(segments, segments[1:], segments[2:], strict=False):
        bars = text[before.end : segment.start].strip(), text[segment.end : behind.start].strip()
        adult = (before.rule or "").startswith(("adult", "film")) and before.rule == behind.rule
        bait = segment.letters <= (20 if adult else 10) and segment.frame <= 2 and not segment.report
        enclosed = before in spam and behind in spam and bars[0] == bars[1] and bars[0] in _BARS
        if segment.rule is None and bait and enclosed and (before.rule or behind.rule):
            before.rule = segment.rule = behind.rule = rule


def _absorb_end(segments: list[Segment], text: str) -> None:
    """The first segments go with the spam behind them if each of them could be part of it, and one at most is empty talk."""
    empty = 0
    spam = [at for at, each in enumerate(segments) if each.rule]
    goes_on = bool(spam) and any(each.frame >= 1 for each in segments[spam[-1] + 1 :])
    for at, segment in enumerate(segments):
        if segment.rule:
            for each in segments[:at]:
                each.rule = segment.rule
            return
        nearer = segments[at + 1] if at + 1 < len(segments) else None
        joined = nearer is not None and _joins(text, *sorted((segment, nearer), key=lambda each: each.start))
        empty += not segment.hits and not _NUMBER.fullmatch(segment.text)
        if goes_on and not segment.strong:  # text stands on both sides: the spam was put into a sentence
            return
        if not joined or empty > 1 or segment.report or not _goes_along(segment):
            return


def _joins(text: str, one: Segment, other: Segment) -> bool:
    """Whether no mark that ends a sentence stands between two neighbours."""
    return not _KEPT.search(text, one.end, other.start)


def _goes_along(segment: Segment) -> bool:
    """Whether the first or last part of a line can belong to the spam beside it."""
    own = [hit for hit in segment.hits if INNOCENT not in hit.classes]
    if _leaves_contact(segment):
        return segment.frame <= 1 and segment.letters <= 24
    if own:
        return segment.frame <= 1 and segment.letters <= 12
    if _NUMBER.fullmatch(segment.text):
        return True
    return segment.letters <= (4 if segment.frame else 6) and segment.frame <= 0.5


def _cuts(seen: Read, segments: list[Segment]) -> Iterator[tuple[int, int, str]]:
    """Where to cut: spam segments side by side, with the separators that joined them to the rest."""
    text = seen.text
    at = 0
    while at < len(segments):
        rule = segments[at].rule
        if rule is None:
            at += 1
            continue
        last = at
        while last + 1 < len(segments) and segments[last + 1].rule:
            last += 1
        left = segments[at - 1].end if at else 0
        right = segments[last + 1].start if last + 1 < len(segments) else len(text)
        start, end = _edges(
            text, left, segments[at].start, segments[last].end, right, at == 0, last + 1 == len(segments)
        )
        yield start, end, rule
        at = last + 1


def _edges(
    text: str, left: int, start: int, end: int, right: int, first: bool, last: bool
) -> tuple[int, int]:
    """The cut from *start* to *end* with its share of the separators before (from *left*) and behind (to *right*)."""
    before = text[left:start]
    kept = max((match.end() for match in _KEPT.finditer(before)), default=0)
    opening = _OPENING.search(before)
    if first:
        return 0, len(text) if last else _skip(text, end, right)
    if last:
        return left + kept, len(text)
    if not before or end == right:
        return start, end
    if _ENDED.search(before) or kept == len(before):
        return start, _skip(text, end, right)
    if opening:
        closing = _CLOSING.match(text, end, right)
        return left + max(kept, opening.start()), closing.end() if closing else end
    return left + kept, end


def _skip(text: str, end: int, right: int) -> int:
    """Behind the cut: separators go with it up to what opens the next part, or to the tab of a table."""
    behind = text[end:right]
    opening = _OPENING.search(behind)
    stop = opening.start() if opening else len(behind)
    tab = behind.find("\t")
    return end + (min(stop, tab) if tab >= 0 else stop)
