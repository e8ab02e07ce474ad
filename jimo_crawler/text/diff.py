"""What changed between two versions of a text, read as Chinese is: a Han character is one unit.

A number, a Latin word and a punctuation mark are one unit each as well, so that 60.48 → 62.48 shows a number exchanged
and not a digit. Texts are compared as they stand: a comma that became full-width is a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rapidfuzz.distance import Indel

from jimo_crawler.text.tokens import HAN

_unit = re.compile(f"[{HAN}]|\\d+(?:\\.\\d+)*|[^\\W\\d_{HAN}]+|\\s|\\S")
_ISLAND = 2
"""Units that two changes may happen to share between them (的, 了): shown as changed too, or nobody could read it."""
_TOO_LARGE = 40_000_000
"""Units times units; past that, the table behind a comparison would not fit in memory, and paragraphs must do."""

Pair = tuple[str, str]
"""A stretch of the old and the one of the new text that stands in its place."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that two versions share, or that only one of them has."""

    kind: Literal["same", "removed", "added"]
    text: str


def compare(old: str, new: str) -> Iterator[Change]:
    """How *old* became *new*, in reading order; where text was exchanged, ``removed`` comes before ``added``.

    >>> [(each.kind, each.text) for each in compare("总投资6.2亿元", "总投资62亿元")]
    [('same', '总投资'), ('removed', '6.2'), ('added', '62'), ('same', '亿元')]
    """
    for before, after in _joined(_pairs(old, new)):
        if before == after:
            yield Change("same", before)
            continue
        if before:
            yield Change("removed", before)
        if after:
            yield Change("added", after)


def magnitude(old: str, new: str) -> float:
    """How much changed, 0 (nothing) to 1 (everything): characters removed and added ÷ characters of both versions.

    >>> magnitude("金口镇", "金口镇"), magnitude("abc", "xyz"), magnitude("", "新的"), magnitude("一二三四", "一二三五")
    (0.0, 1.0, 1.0, 0.25)
    """
    return float(Indel.normalized_distance(old, new))


def _pairs(old: str, new: str) -> Iterator[Pair]:
    """Paragraphs first, then units inside the paragraphs that differ."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, start, end, new_start, new_end in SequenceMatcher(None, before, after, False).get_opcodes():
        pair = "".join(before[start:end]), "".join(after[new_start:new_end])
        if tag == "replace":
            yield from _unit_pairs(_unit.findall(pair[0]), _unit.findall(pair[1]))
        else:
            yield pair


def _unit_pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[Pair]:
    if len(before) * len(after) > _TOO_LARGE:
        yield "".join(before), "".join(after)
        return
    for step in Indel.opcodes(before, after):
        start, end, new_start, new_end = (int(place) for place in tuple(step)[1:])
        yield "".join(before[start:end]), "".join(after[new_start:new_end])


def _joined(pairs: Iterator[Pair]) -> list[Pair]:
    """Neighbouring pairs of one kind as one, short islands between two changes included."""
    joined: list[Pair] = []
    for before, after in pairs:
        if not joined or not (before or after):
            joined += [(before, after)] if before or after else []
        elif (joined[-1][0] == joined[-1][1]) == (before == after):
            joined[-1] = joined[-1][0] + before, joined[-1][1] + after
        elif before != after and len(joined) > 1 and len(joined[-1][0].strip()) <= _ISLAND:
            island, changed = joined.pop(), joined.pop()
            joined.append((changed[0] + island[0] + before, changed[1] + island[1] + after))
        else:
            joined.append((before, after))
    return joined
