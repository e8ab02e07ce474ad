"""The passage of an article in which a query was found, as the article has it, with the finds marked.

FTS5's own ``snippet()`` shows what is indexed, which is folded: half-width commas, small letters. A reader wants the
article's own words, so the finds are looked up again in the text itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from jimo_crawler.text.fold import fold
from jimo_crawler.text.query import Phrase, parse, phrases
from jimo_crawler.text.tokens import find_tokens

LENGTH = 64
"""Characters of an excerpt."""
_LEAD = 3
"""The part of an excerpt that stands before the first find: one of so many."""
_ENOUGH = 200
"""Finds that are weighed against each other; a single character may stand in a text a thousand times."""
_SENTENCE_ENDS = "。！？；!?;…"


@dataclass(frozen=True, slots=True, order=True)
class Find:
    """Where in a text a phrase stands."""

    start: int
    end: int
    phrase: int = 0
    """Which of the phrases it is."""


def zh_snippet(text: str | None, query: str | None, *options: object) -> str | None:
    """SQL: ``zh_snippet(text, query[, before, after[, length]])``, the passage of *text* in which *query* is found.

    *before* and *after* stand around each find (``[`` and ``]``), *length* is in characters. None stays None; a text
    in which nothing is found gives its beginning.
    """
    if text is None:
        return None
    before, after, length = (*options, *("[", "]", LENGTH)[len(options) :])[:3]
    return excerpt(text, phrases(parse(query)), str(before), str(after), int(str(length)))


def excerpt(
    text: str, wanted: Sequence[Phrase], before: str = "[", after: str = "]", length: int = LENGTH
) -> str:
    """The passage of *text* with most of the *wanted* phrases, about *length* characters, from one paragraph.

    >>> excerpt("开头。\\n推行“２＋１”服务模式，成效显著。", phrases(parse('"2+1"')))
    '推行“[２＋１]”服务模式，成效显著。'
    """
    finds = list(islice(find(text, wanted), _ENOUGH))
    start, end = _passage(text, finds, max(length, 8))
    inside = [each for each in finds if start <= each.start and each.end <= end]
    lead = "" if start == 0 or text[start - 1] == "\n" else "…"
    tail = "" if end == len(text) or text[end] == "\n" else "…"
    return lead + _mark(text, start, end, inside, before, after) + tail


def highlight(text: str, wanted: Sequence[Phrase], before: str = "[", after: str = "]") -> str:
    """The whole of *text* with every find marked."""
    return _mark(text, 0, len(text), list(find(text, wanted)), before, after)


def find(text: str, wanted: Sequence[Phrase]) -> Iterator[Find]:
    """Every place of *text* where one of the *wanted* phrases stands, in order."""
    folded, origin = fold_with_origin(text)
    tokens = find_tokens(folded)
    words = [token for token, _, _ in tokens]
    beginning: dict[str, list[tuple[int, Phrase]]] = {}
    for number, phrase in enumerate(wanted):
        beginning.setdefault(phrase.tokens[0], []).append((number, phrase))
    open_ended = [each for each in enumerate(wanted) if each[1].prefix and len(each[1].tokens) == 1]
    for place, word in enumerate(words):
        for number, phrase in beginning.get(word, open_ended):
            if _stands_at(words, place, phrase):
                last = tokens[place + len(phrase.tokens) - 1][2] - 1
                yield Find(origin[tokens[place][1]], origin[last] + 1, number)


def fold_with_origin(text: str) -> tuple[str, list[int]]:
    """``fold(text)``, and for each of its characters the place in *text* that it came from.

    >>> fold_with_origin("㎡一")
    ('m2一', [0, 0, 1])
    """
    folded = fold(text)
    if len(folded) == len(text) and unicodedata.is_normalized("NFC", text):
        return folded, list(range(len(text)))
    pieces = [(fold(cluster), start) for cluster, start in _clusters(text)]
    origin = [start for piece, start in pieces for _ in piece]
    if len(origin) != len(folded):  # a character that only changes beside another one, in no script met here
        origin = [min(place, len(text) - 1) for place in range(len(folded))]
    return folded, origin


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """Characters with the combining marks behind them: what normalisation may join."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield text[start:place], start
            start = place


def _stands_at(words: list[str], place: int, phrase: Phrase) -> bool:
    *firsts, last = phrase.tokens
    end = place + len(firsts)
    if end >= len(words) or words[place:end] != firsts:
        return False
    return words[end].startswith(last) if phrase.prefix else words[end] == last


def _passage(text: str, finds: list[Find], length: int) -> tuple[int, int]:
    """Where the best passage begins and ends: most different phrases, then the first."""
    best = max(
        finds, key=lambda each: (_phrases_from(finds, each.start, length), -each.start), default=Find(0, 0)
    )
    first = text.rfind("\n", 0, best.start) + 1
    last = text.find("\n", best.start)
    last = len(text) if last < 0 else last
    start = max(first, min(best.start - length // _LEAD, last - length))
    start = _sentence_start(text, start, best.start) if start > first else first
    return start, max(min(start + length, last), best.end)


def _phrases_from(finds: list[Find], start: int, length: int) -> int:
    end = start + length - length // _LEAD
    return len({each.phrase for each in finds if start <= each.start and each.end <= end})


def _sentence_start(text: str, start: int, latest: int) -> int:
    """The beginning of the first sentence behind *start*, if one begins before *latest*."""
    for place in range(start, latest):
        if text[place] in _SENTENCE_ENDS:
            return place + 1
    return start


def _mark(text: str, start: int, end: int, finds: list[Find], before: str, after: str) -> str:
    """text[start:end] with marks around the finds; finds that overlap or touch become one."""
    marked, place = "", start
    for first, last in _joined(finds):
        marked += text[place:first] + before + text[first:last] + after
        place = last
    return marked + text[place:end]


def _joined(finds: list[Find]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for each in sorted(finds):
        if joined and each.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], each.end))
        else:
            joined.append((each.start, each.end))
    return joined
