"""Cutting spam out of a line: exactly what was judged, with its share of the separators around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from jimo_crawler.text.judging import Circumstances, spam_segments
from jimo_crawler.text.segments import Segment
from jimo_crawler.text.vocabulary import INNOCENT, Read

_KEPT = re.compile(r"[。！？!?；;…\t”’」』》)\]】]")
"""Separators that belong to the text before them."""
_OPENING = re.compile(r"[“‘「『《(\[【<]+$")
_CLOSING = re.compile(r"[)\]】>》”’」』]*")
_ENDED = re.compile(r"[。！？!?；;…”’」』》)\]】:：]\s*$")
_BARS = frozenset(("|", "_", "-"))
_NUMBER = re.compile(r"[a-z0-9_.-]{1,20}")
"""What stands behind a label such as 薇信."""


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
    _absorb(segments, seen.text, about)
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


def _absorb(segments: list[Segment], text: str, about: Circumstances) -> None:
    """What says nothing by itself goes with the spam it is joined to: between pieces of it, or at an end of the line."""
    for before, segment, behind in zip(segments, segments[1:], segments[2:], strict=False):
        joined = _joins(text, before, segment) or _joins(text, segment, behind)
        says_nothing = segment.neutral and not segment.frame and not segment.report
        if segment.rule is None and before.rule and behind.rule and joined and says_nothing:
            segment.rule = before.rule
    if not about.title:
        _absorb_enclosed(segments, text)
        _absorb_end(segments, text)
        _absorb_end(segments[::-1], text)


def _absorb_enclosed(segments: list[Segment], text: str) -> None:
    """One short name that bars join to spam on both sides is bait from the page's own words, where the rest is spam."""
    rule = next((each.rule for each in segments if each.rule), None)
    spam = [each for each in segments if each.rule or (each.strong and each.suspicious and not each.frame)]
    if 3 * sum(each.letters for each in spam) < 2 * sum(each.letters for each in segments):
        return
    for before, segment, behind in zip(segments, segments[1:], segments[2:], strict=False):
        bars = text[before.end : segment.start].strip(), text[segment.end : behind.start].strip()
        bait = segment.letters <= 10 and segment.frame <= 2 and not segment.report
        enclosed = before in spam and behind in spam and bars[0] == bars[1] and bars[0] in _BARS
        if segment.rule is None and bait and enclosed and (before.rule or behind.rule):
            before.rule = segment.rule = behind.rule = rule


def _absorb_end(segments: list[Segment], text: str) -> None:
    """The first segments go with the spam behind them if each of them could be part of it, and one at most is empty talk."""
    empty = 0
    for at, segment in enumerate(segments):
        if segment.rule:
            for each in segments[:at]:
                each.rule = segment.rule
            return
        nearer = segments[at + 1] if at + 1 < len(segments) else None
        joined = nearer is not None and _joins(text, *sorted((segment, nearer), key=lambda each: each.start))
        empty += not segment.hits and not _NUMBER.fullmatch(segment.text)
        if not joined or empty > 1 or segment.report or not _goes_along(segment):
            return


def _joins(text: str, one: Segment, other: Segment) -> bool:
    """Whether no mark that ends a sentence stands between two neighbours."""
    return not _KEPT.search(text, one.end, other.start)


def _goes_along(segment: Segment) -> bool:
    """Whether the first or last part of a line can belong to the spam beside it."""
    own = [hit for hit in segment.hits if INNOCENT not in hit.classes]
    if any(hit.classes & {"contact", "disguise"} for hit in own):
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
    if not before:
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
