"""Contacts written so that a filter does not see them: 葳芯 dk➕668899, ➕薇❤ 8 8 6 1 2 0, 徽信 xl—5—2—0—1.

No honest notice hides its own number. A misspelt name of a messenger or a number in odd digits is therefore a sign by
itself; how much else the line has to say depends on how plainly it hides. Labels, digits and reasons: ``[masked]``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from jimo_crawler.text.segments import Segment
from jimo_crawler.text.vocabulary import INNOCENT, Read, rules

_NUMERAL = "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_SIGN = rf"[a-z0-9{_NUMERAL}]"
_NEXT = rf"(?:[ .·*_—–\-➕+]{{0,2}}{_SIGN})"
_HANDLE = rf"(?P<handle>@?{_SIGN}{_NEXT}{{3,30}})(?![a-z0-9])"
_FOUR_SIGNS = re.compile(f"{_SIGN}{_NEXT}{{3}}")
"""What every handle has; asked for first, as it takes a tenth of the time."""
_GAP = r"(?:群|号码?)?(?:[^\w,，.。;；!！?？、]|[丨_]){0,4}(?:是|为)?"
_SINGLES = re.compile(r"[a-z0-9](?:[ .·*_—–-]{1,2}[a-z0-9](?![a-z0-9])){3,}", re.I)
_MIXED = re.compile(
    rf"[{_NUMERAL}].*[a-z0-9]|[a-z0-9].*[{_NUMERAL}]|[0-9]o+[0-9]|[a-z0-9][➕+][a-z0-9]", re.I
)


class Masked(NamedTuple):
    """One hidden contact: where it stands in the text as read, and how plainly it hides (1 to 4)."""

    start: int
    end: int
    degree: int


def masked_contacts(text: str, seen: Read) -> Iterator[Masked]:
    """The hidden contacts of *text*; *seen* is the same text as the vocabulary reads it."""
    if not _FOUR_SIGNS.search(seen.text):
        return
    for match in _contact().finditer(seen.text):
        start, end = match.span("handle")
        handle = match["handle"]
        if not re.search(rf"[0-9{_NUMERAL}]", handle):
            continue
        label = next(name for name in ("strong", "mild", "plain", "phone") if match[name])
        published = text[seen.origin[start] : seen.origin[end]]
        odd = _is_odd_digit_in(published) or (label != "phone" and _is_odd(handle))
        degree = {"strong": 2, "mild": 1}.get(label, 0) + 2 * odd
        if degree:
            yield Masked(match.start(), end, degree)


def tells_enough(contact: Masked, segments: list[Segment], text: str) -> bool:
    """Whether *segments*, which stand with *contact*, offer as much as its degree asks for, and report nothing."""
    said = text[segments[0].start : segments[-1].end]
    frame = sum(segment.frame for segment in segments)
    if any(segment.report for segment in segments):
        return False
    strong = frozenset(rules()["masked"]["trades"])
    weak = frozenset(rules()["masked"]["empty"])
    points = {match[0]: 2 for match in _promise().finditer(said)}
    for hit in (hit for segment in segments for hit in segment.hits if INNOCENT not in hit.classes):
        if hit.classes & strong:
            points[hit.word] = 2
        elif "topic" in hit.classes or ("offer" in hit.classes and hit.word not in weak):
            points.setdefault(hit.word, 1)
    needed = {1: 4, 2: 1}.get(contact.degree, 0)
    total = sum(points.values())
    return total >= needed and frame <= (4 if total >= 3 else 2)


def _is_odd_digit_in(published: str) -> bool:
    """Digits in circles, with a full stop, raised; or the numerals of bank notes."""
    odd = sum(
        each not in "0123456789０１２３４５６７８９" and unicodedata.digit(each, None) is not None
        for each in published
    )
    return odd >= 2 or len(re.findall("[壹贰貳叁參肆伍陆陸柒捌玖]", published)) >= 3


def _is_odd(handle: str) -> bool:
    return bool(
        _SINGLES.search(handle) or _MIXED.search(handle) or len(re.findall(f"[{_NUMERAL}]", handle)) >= 6
    )


@cache
def _contact() -> re.Pattern[str]:
    labels = rules()["masked"]
    named = "|".join(f"(?P<{name}>{'|'.join(labels[name])})" for name in ("strong", "mild", "plain", "phone"))
    return re.compile(f"(?:{named}){_GAP}{_HANDLE}")


@cache
def _promise() -> re.Pattern[str]:
    return re.compile("|".join(rules()["masked"]["promises"]))
