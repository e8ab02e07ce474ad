"""Finding the words of ``spam_rules.toml`` and ``spam_trades.toml`` in a text, disguised or not."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import compress, count, product
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from jimo_crawler.text.fold import PLAIN, fold

RULES = Path(__file__).with_name("spam_rules.toml")
TRADES = Path(__file__).with_name("spam_trades.toml")
INNOCENT = "innocent"
_KEPT_INSIDE = frozenset(
    [
        "explicit",
        "racy",
        "region",
        "quality",
        "container",
        "tail",
        "brand",
        "name",
        "game",
        "house",
        "sport",
        "bonus",
        "lure",
        "action",
        "service",
        "loan",
        "seo",
        "offer",
        "proxy",
        "crack",
        "fiction",
        "download",
        "farm",
    ]
)
"""Classes that a word of a trade has because a shorter word inside it has them."""
_KEPT_IN_TOPICS = _KEPT_INSIDE - {
    "explicit",
    "brand",
    "game",
    "house",
    "bonus",
    "service",
    "loan",
    "seo",
    "farm",
}

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u180e\u1d2c-\u1d6a\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
_SPREAD = re.compile(
    r"(?<![\u4e00-\u9fffa-z0-9])[\u4e00-\u9fffa-z0-9](?:(?P<sep>[ .·•・*★☆~^◆●■□◇○✦丶▲△▼▽▪`'’+/-])(?P=sep)?[\u4e00-\u9fff]){2,}"
    r"(?![\u4e00-\u9fff])"
    r"|[\u4e00-\u9fff](?:[.·•・*★☆^◆●■□◇○✦丶`~+♂♀♥❤◎※☼▲△▼▽▪♡✿❀][\u4e00-\u9fff])+"
)
_LETTERS = str.maketrans({"🅠": "q", "🆀": "q", "🅥": "v", "🆅": "v", "🅧": "x", "🆇": "x", "証": "证"})
"""Look-alikes that compatibility folding leaves as they are; digits in circles are read as digits, too."""


class Hit(NamedTuple):
    """One word found: where it stands and which roles it can play."""

    start: int
    end: int
    word: str
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the vocabulary sees it: folded, nothing invisible, spread-out words drawn together."""

    text: str
    origin: list[int]
    """For each character where in the published text it came from; one more for the end."""


@dataclass(frozen=True)
class Vocabulary:
    """All words, found by their first two characters, and all patterns."""

    words: dict[str, frozenset[str]]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    starts: dict[str, tuple[int, ...]]
    """First two characters (or the only one) → the lengths of words that begin so, longest first."""
    singles: frozenset[str]
    """Words of one character."""

    def glance(self, text: str) -> set[str]:
        """The words of two characters and more in a folded *text*, quickly; innocent ones hide what is inside them."""
        found = set()
        reached = 0
        for at in self._starting(text):
            if at >= reached and (word := self._word(text, at, self.starts[text[at : at + 2]])) is not None:
                reached = at + len(word)
                found.add(word)
        return found

    def find(self, text: str) -> list[Hit]:
        """Words and patterns in a folded *text*, in order; the longest word at a place counts, no two overlap."""
        hits = list(self._words(text))
        for name, pattern in self.patterns:
            if pattern.search(text) is None:
                continue  # asked first: an iterator takes three times as long to make
            for match in pattern.finditer(text):
                if not any(
                    hit.start < match.end()
                    and match.start() < hit.end
                    and not hit.classes.isdisjoint((name, INNOCENT))
                    for hit in hits
                ):
                    hits.append(Hit(match.start(), match.end(), match[0], frozenset((name,))))
        return sorted(hits)

    def _words(self, text: str) -> Iterator[Hit]:
        reached = 0
        for at in sorted({*self._starting(text), *compress(count(), map(self.singles.__contains__, text))}):
            if at < reached:
                continue
            word = self._word(text, at, self.starts.get(text[at : at + 2], (1,)))
            if word is not None and _stands_alone(text, at, at + len(word)):
                reached = at + len(word)
                yield Hit(at, reached, word, self.words[word])

    def _starting(self, text: str) -> Iterator[int]:
        """Where two characters stand that begin a word."""
        return compress(count(), map(self.starts.__contains__, map(add, text, text[1:])))

    def _word(self, text: str, at: int, lengths: tuple[int, ...]) -> str | None:
        for length in lengths:
            if (word := text[at : at + length]) in self.words:
                return word
        return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Latin words and numbers count only where no other Latin letter or digit touches them."""
    first, last = text[start], text[end - 1]
    if first.isascii() and start and _is_latin(text[start - 1]) and _is_latin(first):
        return False
    return not (last.isascii() and end < len(text) and _is_latin(text[end]) and _is_latin(last))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


@cache
def rules() -> dict[str, Any]:
    """``spam_rules.toml``."""
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


@cache
def vocabulary() -> Vocabulary:
    """The classes of ``spam_rules.toml`` with the words of ``spam_trades.toml``, ready to be looked for.

    A longer word hides the shorter ones inside it, so the words of the trades keep the classes of those.
    """
    listed = rules()["classes"]
    patterns = [(name, re.compile(each)) for name in listed for each in listed[name].get("patterns", ())]
    words = {
        name: [*each.get("words", ()), *_compounds(each.get("compounds", ()))]
        for name, each in listed.items()
    }
    inner = _build(words, [])
    for trade, name in product(tomllib.loads(TRADES.read_text(encoding="utf-8"))["trades"], listed):
        patterns += [(name, re.compile(each)) for each in trade.get("patterns", {}).get(name, ())]
        for word in (*trade.get(name, ()), *_compounds(trade.get("compounds", {}).get(name, ()))):
            words[name].append(word)
            for hit in inner.find(word):
                for kept in hit.classes & (_KEPT_INSIDE if listed[name]["points"] else _KEPT_IN_TOPICS):
                    words[kept].append(word)
    return _build(words, patterns)


def _compounds(pairs: Iterable[list[list[str]]]) -> Iterator[str]:
    """Of each pair of lists every word of the first before every one of the second."""
    return ("".join(parts) for lists in pairs for parts in product(*lists))


@cache
def sentence_words() -> Vocabulary:
    """The words of sentences (``frame``; ``speech`` where no keyword can be meant) and of reports (``report``)."""
    listed = rules()
    return _build(
        {
            "frame": listed["frame"]["words"],
            "speech": listed["frame"]["speech"],
            "report": listed["report"]["words"],
        },
        [],
    )


def _build(classes: Mapping[str, Iterable[str]], patterns: list[tuple[str, re.Pattern[str]]]) -> Vocabulary:
    words: dict[str, set[str]] = {}
    for name, listed in classes.items():
        for word in listed:
            words.setdefault(fold(word), set()).add(name)
    starts: dict[str, set[int]] = {}
    for word in words:
        starts.setdefault(word[:2], set()).add(len(word))
    singles = {word for word in words if len(word) == 1}
    ordered = {
        start: tuple(sorted(lengths | ({1} if start[0] in singles else set()), reverse=True))
        for start, lengths in starts.items()
    }
    return Vocabulary(
        {word: frozenset(each) for word, each in words.items()}, tuple(patterns), ordered, frozenset(singles)
    )


def read(text: str) -> Read:
    """*text* for :meth:`Vocabulary.find`, with the way back to the published characters."""
    if PLAIN.fullmatch(text):
        folded, origin = fold(text), list(range(len(text)))
    else:
        written = [_as_read(character) for character in text]
        folded = "".join(written)
        origin = [place for place, each in enumerate(written) for _ in each]
    spread = [place for match in _SPREAD.finditer(folded) for place in _gaps(match)]
    for place in reversed(spread):
        del origin[place]
    kept = set(spread)
    folded = "".join(each for place, each in enumerate(folded) if place not in kept) if kept else folded
    return Read(folded, [*origin, len(text)])


def _gaps(match: re.Match[str]) -> Iterator[int]:
    for place in range(match.start() + 1, match.end() - 1):
        if not match.string[place].isalnum():
            yield place


@lru_cache(maxsize=20_000)
def _as_read(character: str) -> str:
    if _INVISIBLE.match(character):
        return ""
    digit = unicodedata.digit(character, None)
    return fold(character.translate(_LETTERS)) if digit is None else str(digit)
