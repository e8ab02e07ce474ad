"""The passage of an article in which a query was found, as the article has it, with the finds marked.

FTS5's own ``snippet()`` shows what is indexed, which is folded: half-width commas, small letters. A reader wants the
article's own words, so the finds are looked up again in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from jimo_crawler.text.fold import fold
from jimo_crawler.text.query import Phrase, parse, phrases
from jimo_crawler.text.tokens import HAN, find_tokens, is_escaped

LENGTH = 64
"""Characters of an excerpt."""
_LEAD = 3
"""The part of an excerpt that stands before the first find: one of so many."""
_ENOUGH = 200
"""Finds that are weighed against each other; a single character may stand in a text a thousand times."""
_SENTENCE_ENDS, _CLAUSE_ENDS = "。！？；!?;", "，,、：:"
_plain_run = re.compile(f"[ -~{HAN}，。：；！？（）、“”‘’《》【】—·０-９Ａ-Ｚａ-ｚ\\n\\t]+|.", re.DOTALL)
_cluster = re.compile(".[\u0300-\u036f\u3099\u309a]*", re.DOTALL)


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
    paragraph, finds = _best_paragraph(text, wanted)
    start, end = _passage(paragraph, finds, max(length, 8))
    inside = [each for each in finds if start <= each.start and each.end <= end]
    lead = "…" if start else ""
    tail = "…" if end < len(paragraph) else ""
    return lead + _mark(paragraph, start, end, inside, before, after) + tail


def highlight(text: str, wanted: Sequence[Phrase], before: str = "[", after: str = "]") -> str:
    """The whole of *text* with every find marked."""
    return _mark(text, 0, len(text), list(find(text, wanted)), before, after)


def find(text: str, wanted: Sequence[Phrase]) -> Iterator[Find]:
    """Every place of *text* where one of the *wanted* phrases stands, in order."""
    folded = fold(text)
    possible = [(number, each) for number, each in enumerate(wanted) if _may_hold(folded, each)]
    if not possible:
        return
    beginning: dict[str, list[tuple[int, Phrase]]] = {}
    for number, phrase in possible:
        beginning.setdefault(phrase.tokens[0], []).append((number, phrase))
    open_ended = [each for each in possible if each[1].prefix and len(each[1].tokens) == 1]
    tokens, origin = find_tokens(folded), origins(text, folded)
    words = [token for token, _, _ in tokens]
    for place, word in enumerate(words):
        for number, phrase in beginning.get(word, open_ended):
            if _stands_at(words, place, phrase):
                last = tokens[place + len(phrase.tokens) - 1][2] - 1
                yield Find(origin[tokens[place][1]], origin[last] + 1, number)


def origins(text: str, folded: str) -> Sequence[int]:
    """For each character of ``folded = fold(text)`` the place in *text* that it came from.

    >>> origins("…一", "...一"), list(origins("著者", "著者"))
    ([0, 0, 0, 1], [0, 1])
    """
    if len(folded) == len(text) and unicodedata.is_normalized("NFC", text):
        return range(len(text))
    for pattern in (_plain_run, _cluster):
        origin = [
            start + step if pattern is _plain_run and size == end - start else start
            for start, end, size in _folded_pieces(text, pattern)
            for step in range(size)
        ]
        if len(origin) == len(folded):
            return origin
    # Some scripts join characters that do not touch; none is met here, and a mark a little off is no harm.
    return [min(place, len(text) - 1) for place in range(len(folded))]


def _folded_pieces(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    for piece in pattern.finditer(text):
        yield *piece.span(), len(fold(piece[0]))


def _may_hold(folded: str, phrase: Phrase) -> bool:
    """A quick look: escaped characters (see ``tokens``) do not stand in the text as they are."""
    return all(token in folded or is_escaped(token) for token in phrase.tokens)


def _best_paragraph(text: str, wanted: Sequence[Phrase]) -> tuple[str, list[Find]]:
    """The paragraph with most different phrases, then the first; the first of all if nothing is found."""
    best, best_finds, most = text.split("\n", 1)[0], list[Find](), 0
    for paragraph in text.split("\n"):
        finds = list(islice(find(paragraph, wanted), _ENOUGH))
        found = len({each.phrase for each in finds})
        if found > most:
            best, best_finds, most = paragraph, finds, found
        if most == len(wanted):
            break
    return best, best_finds


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
    start = max(0, min(best.start - length // _LEAD, len(text) - length))
    start = _sentence_start(text, start, best.start) if start else 0
    return start, max(min(start + length, len(text)), best.end)


def _phrases_from(finds: list[Find], start: int, length: int) -> int:
    end = start + length - length // _LEAD
    return len({each.phrase for each in finds if start <= each.start and each.end <= end})


def _sentence_start(text: str, start: int, latest: int) -> int:
    """The beginning of the first sentence behind *start*, else of the first clause, if one begins before *latest*."""
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        for place in range(start, latest):
            if text[place] in ends:
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
