"""A line in segments: the parts between separators, with the words of the vocabulary and of sentences in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from jimo_crawler.text.vocabulary import INNOCENT, Hit, rules, sentence_words

_BETWEEN = re.compile(r"[^\w%℃㎡]+|_+")
_JOINED = re.compile(r"(?<=[0-9a-z])[-.'](?=[0-9a-z])")
SENTENCE_END = re.compile(r"[。！!？?;；]")
_PARTING = re.compile(r"[。；;|_\t]|\s{2}")
"""Separators that part sentences."""
_NOT_COMMA = re.compile(r"[^,，、“”‘’\"'《》()（）「」『』]")
"""Separators that part what need not be one sentence."""
LETTER = re.compile(r"[^\W_]")
_NO_LETTER = re.compile(r"[\W_]")
STRONG = 2
"""Points from which a class is more than a word of general use."""
_FILLING = frozenset(("topic", "deal"))
"""Classes that only fill: where they begin and end, no keywords do."""
_DENSE_GAP, _DENSE_LETTERS, _DENSE_HITS = 2, 6, 2


@dataclass(slots=True)
class Segment:
    """What stands between two separators, in the text as :func:`vocabulary.read` has it."""

    start: int
    end: int
    text: str
    hits: list[Hit]
    letters: int
    frame: float
    report: int
    """Words of a report in its sentence."""
    speech: float
    """Words of a sentence that cannot be keywords, those of one character by half."""
    around: float = 0.0
    """Frame of all clauses that commas join, its own included."""
    beside: float = 0.0
    """Frame of all that no separator parts from it, its own included."""
    sentence: int = 0
    part: int = 0
    clause: int = 0
    """Its sentence, what a report in it speaks for, and the clauses joined by commas: numbers within the line."""
    rule: str | None = None

    @property
    def suspicious(self) -> bool:
        """Whether it could be part of spam: words of some class in number, or a strong one, and not a sentence."""
        hits = [hit for hit in self.hits if INNOCENT not in hit.classes]
        covered = sum(hit.end - hit.start for hit in hits)
        if self.frame >= 1 and not self.strong:
            return False
        return bool(hits) and (covered * 3 >= self.letters or (self.strong and self.frame < 4))

    @property
    def strong(self) -> bool:
        """Whether one of its words is more than a word of general use."""
        own = (hit.classes for hit in self.hits if INNOCENT not in hit.classes)
        return any(worth(name) >= STRONG for classes in own for name in classes)

    @property
    def neutral(self) -> bool:
        """Whether it says so little that it goes with its neighbours."""
        return self.letters <= 10 and self.frame <= 1 and not self.report


def count_letters(text: str) -> int:
    """How many letters and digits *text* has: all but the few others, which are found in a fifth of the time."""
    return len(text) - len(_NO_LETTER.findall(text))


@cache
def worth(name: str) -> int:
    return int(rules()["classes"][name]["points"])


def divide(text: str, hits: list[Hit]) -> list[Segment]:
    """The parts of *text* between separators; no separator inside a hit counts, a dense cluster of hits is a part."""
    inside = {place for hit in hits for place in range(hit.start, hit.end)}
    borders = [(0, 0)]
    for match in _BETWEEN.finditer(text):
        outside = [place for place in range(*match.span()) if place not in inside]
        if outside and not _JOINED.match(text, match.start()):
            borders.append((outside[0], outside[-1] + 1))
    borders.append((len(text), len(text)))
    taken = {place for hit in hits if INNOCENT not in hit.classes for place in range(hit.start, hit.end)}
    filling = {(hit.start, hit.end) for hit in hits if hit.classes <= _FILLING}
    explicit = {place for hit in hits if "explicit" in hit.classes for place in range(hit.start, hit.end)}
    said = [
        hit
        for hit in sentence_words().find(text)
        if (hit.start, hit.end) in filling
        or not (
            taken.issuperset(range(hit.start, hit.end)) or hit.start in explicit or hit.end - 1 in explicit
        )
    ]
    segments: list[Segment] = []
    sentence = part = clause = 0
    for (behind, start), (end, _) in pairwise(borders):
        between = text[behind:start]
        sentence += bool(SENTENCE_END.search(between))
        part += bool(_PARTING.search(between))
        clause += bool(_NOT_COMMA.search(between))
        own, words = _from(hits, start, end), _from(said, start, end)
        clusters = list(_clusters(start, end, own))
        beside = _count(words, "frame")
        for first, last in clusters:
            clause += len(clusters) > 1
            segment = _segment(text, first, last, _from(own, first, last), _from(words, first, last))
            segment.sentence, segment.part, segment.clause = sentence, part, clause
            segment.beside = beside
            segments.append(segment)
    _share(segments)
    return segments


def _from(hits: list[Hit], start: int, end: int) -> list[Hit]:
    """Those of *hits*, which are in order, that begin between *start* and *end*."""
    return hits[bisect_left(hits, (start,)) : bisect_left(hits, (end,))]


def _share(segments: list[Segment]) -> None:
    """Give each the frame of its clauses and what its sentence says of police or courts."""
    frames: defaultdict[int, float] = defaultdict(float)
    reports: defaultdict[int, int] = defaultdict(int)
    for segment in segments:
        frames[segment.clause] += segment.frame
        reports[segment.part] += segment.report
    for segment in segments:
        segment.around, segment.report = frames[segment.clause], reports[segment.part]


def _segment(text: str, start: int, end: int, own: list[Hit], words: list[Hit]) -> Segment:
    report = sum("report" in hit.classes for hit in words)
    innocent = sum(INNOCENT in hit.classes for hit in own)
    frame = _count(words, "frame") + innocent
    speech = _count(words, "speech")
    said = text[start:end]
    return Segment(start, end, said, own, count_letters(said), frame, report, speech)


def _count(words: list[Hit], name: str) -> float:
    """How many *words* are of the class *name*, those of one character by half."""
    return sum(1.0 if len(hit.word) > 1 else 0.5 for hit in words if name in hit.classes)


def _clusters(start: int, end: int, hits: list[Hit]) -> Iterator[tuple[int, int]]:
    """The text from *start* to *end*, divided where keywords without a gap run on from (or into) a sentence without any mark."""
    groups: list[list[Hit]] = []
    for hit in hits:
        if hit.classes <= _FILLING:
            continue
        if INNOCENT in hit.classes:
            groups.append([])
        elif groups and groups[-1] and hit.start - groups[-1][-1].end <= _DENSE_GAP:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    reached = start
    for group in groups:
        if len(group) < _DENSE_HITS or group[-1].end - group[0].start < _DENSE_LETTERS:
            continue
        first, last = group[0].start, group[-1].end
        last = end if end - last <= 4 else last
        if reached < first:
            yield reached, first
        yield first, last
        reached = last
    if reached < end:
        yield reached, end
