"""Finding the words of ``spam_rules.toml`` and ``spam_trades.toml`` in a text, disguised or not."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, compress, count, product
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
_MARKS = "+.·•・*★☆~^`◆◇●○■□▪▲△▼▽✦丶"
SIGNS = f"{_MARKS}◎※☼♂♀♥♡❤✿❀"
"""What is set between the characters of a word to hide it, and hardly ever between those of a sentence."""
_SPREAD = re.compile(
    rf"(?<![\u4e00-\u9fffa-z0-9])[\u4e00-\u9fffa-z0-9](?:(?P<sep>[{_MARKS} /'’-])(?P=sep)?[\u4e00-\u9fff]){{2,}}"
    r"(?![\u4e00-\u9fff])"
    rf"|[\u4e00-\u9fff](?:[{SIGNS}][\u4e00-\u9fff])+"
)
_MAY_BE_SPREAD = re.compile(
    rf"[{SIGNS} /'’-](?<=[\u4e00-\u9fffa-z0-9].)(?:.?[\u4e00-\u9fff][{_MARKS} /'’-]|(?<=[{SIGNS}])[\u4e00-\u9fff])"
)
"""What every spread-out word has; asked for first, as it takes a sixth of the time."""
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
_LETTERS = str.maketrans({"🅠": "q", "🆀": "q", "🅥": "v", "🆅": "v", "🅧": "x", "🆇": "x", "証": "证"})
"""Look-alikes that compatibility folding leaves as they are; digits in circles are read as digits, too."""


class Hit(NamedTuple):
    """One word found: where it stands and which roles it can play."""

    start: int
    end: int
    word: str
    classes: frozenset[str]


class Pattern(NamedTuple):
    """What is no fixed word: a phrase with a number in it, a contact."""

    name: str
    """Its class."""
    needs: tuple[str, ...]
    """Characters or words one of which stands in every text that it matches."""
    regex: re.Pattern[str]


class Read(NamedTuple):
    """A text as the vocabulary sees it: folded, nothing invisible, spread-out words drawn together."""

    text: str
    origin: list[int]
    """For each character where in the published text it came from; one more for the end."""


@dataclass(frozen=True)
class Vocabulary:
    """All words, found by their first two characters, and all patterns."""

    words: dict[str, frozenset[str]]
    patterns: tuple[Pattern, ...]
    starts: dict[str, tuple[int, ...]]
    """First two characters (or the only one) → the lengths of words that begin so, longest first."""
    pairs: frozenset[int]
    """The first two characters as numbers."""
    single: re.Pattern[str]
    """Any word of one character."""
    needing: dict[str, list[tuple[str, int]]]
    """Last characters, which are rarer than the first, of what patterns need → what they need, and which pattern does."""
    needed: re.Pattern[str]
    """Any of these characters."""

    def glance(self, text: str) -> set[str]:
        """The words of two characters and more in a folded *text*, quickly; innocent ones hide what is inside them."""
        found = set()
        reached = 0
        for at in sorted(self._starting(text)):
            if at >= reached and (word := self._word(text, at)) is not None:
                reached = at + len(word)
                found.add(word)
        return found

    def within(self, text: str) -> set[str]:
        """All words that a folded *text* has anywhere, even inside others: whatever :meth:`find` finds is among them."""
        found = set(self.single.findall(text))
        for at in self._starting(text):
            for length in self.starts[text[at : at + 2]]:
                if (word := text[at : at + length]) in self.words:
                    found.add(word)
        return found

    def find(self, text: str) -> list[Hit]:
        """Words and patterns in a folded *text*, in order; the longest word at a place counts, no two overlap."""
        hits = list(self._words(text))
        for name, _, regex in self.patterns_for(text):
            if regex.search(text) is None:
                continue  # asked first: an iterator takes three times as long to make
            for match in regex.finditer(text):
                if not any(
                    hit.start < match.end()
                    and match.start() < hit.end
                    and not hit.classes.isdisjoint((name, INNOCENT))
                    for hit in hits
                ):
                    hits.append(Hit(match.start(), match.end(), match[0], frozenset((name,))))
        return sorted(hits)

    def patterns_for(self, text: str) -> list[Pattern]:
        """The patterns, in order, that *text* has what they need of: hardly any for a line of news."""
        characters = set(self.needed.findall(text))
        places = {
            place for character in characters for need, place in self.needing[character] if need in text
        }
        return [self.patterns[place] for place in sorted(places)]

    def _words(self, text: str) -> Iterator[Hit]:
        reached = 0
        for at in sorted({*self._starting(text), *(match.start() for match in self.single.finditer(text))}):
            if at < reached:
                continue
            word = self._word(text, at)
            if word is not None and _stands_alone(text, at, at + len(word)):
                reached = at + len(word)
                yield Hit(at, reached, word, self.words[word])

    def _starting(self, text: str) -> Iterator[int]:
        """Where two characters stand that begin a word, in no order: first at even places, then at odd ones."""
        even, odd = _pairs(text)
        known = self.pairs.__contains__
        return chain(compress(count(0, 2), map(known, even)), compress(count(1, 2), map(known, odd)))

    def _word(self, text: str, at: int) -> str | None:
        for length in self.starts.get(text[at : at + 2], (1,)):
            if (word := text[at : at + length]) in self.words:
                return word
        return None


def _pairs(text: str) -> tuple[memoryview, memoryview]:
    """Neighbouring characters of *text* as one number each, from the first on and from the second on.

    Read off its bytes, as that many strings would take twice the time. No word has a character beyond the BMP.
    """
    units = memoryview(_BEYOND_BMP.sub("\ufffd", text).encode("utf-16-le", "surrogatepass"))
    end, rest = len(units), len(units) % 4
    return units[: end - rest].cast("I"), units[2 : end - 2 + rest].cast("I")


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
    patterns = [pattern for name in listed for pattern in _patterns(name, listed[name].get("patterns", ()))]
    words = {
        name: [*each.get("words", ()), *_compounds(each.get("compounds", ()))]
        for name, each in listed.items()
    }
    inner = index(words, [])
    for trade, name in product(tomllib.loads(TRADES.read_text(encoding="utf-8"))["trades"], listed):
        patterns += _patterns(name, trade.get("patterns", {}).get(name, ()))
        for word in (*trade.get(name, ()), *_compounds(trade.get("compounds", {}).get(name, ()))):
            words[name].append(word)
            for hit in inner.find(word):
                for kept in hit.classes & (_KEPT_INSIDE if listed[name]["points"] else _KEPT_IN_TOPICS):
                    words[kept].append(word)
    return index(words, patterns)


def _patterns(name: str, listed: Iterable[tuple[str, str]]) -> Iterator[Pattern]:
    return (Pattern(name, tuple(needs.split()), re.compile(each)) for needs, each in listed)


def _compounds(pairs: Iterable[list[list[str]]]) -> Iterator[str]:
    """Of each pair of lists every word of the first before every one of the second."""
    return ("".join(parts) for lists in pairs for parts in product(*lists))


@cache
def sentence_words() -> Vocabulary:
    """The words of sentences (``frame``; ``speech`` where no keyword can be meant) and of reports (``report``)."""
    listed = rules()
    return index(
        {
            "frame": listed["frame"]["words"],
            "speech": listed["frame"]["speech"],
            "report": listed["report"]["words"],
        },
        [],
    )


def index(classes: Mapping[str, Iterable[str]], patterns: list[Pattern]) -> Vocabulary:
    """A vocabulary of the words of *classes* and of *patterns*."""
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
    needing: dict[str, list[tuple[str, int]]] = {}
    for place, pattern in enumerate(patterns):
        for need in pattern.needs:
            needing.setdefault(need[-1], []).append((need, place))
    return Vocabulary(
        {word: frozenset(each) for word, each in words.items()},
        tuple(patterns),
        ordered,
        frozenset(number for start in starts for number in _pairs(start)[0]),
        _any_of(singles),
        needing,
        _any_of(needing),
    )


def _any_of(characters: Iterable[str]) -> re.Pattern[str]:
    listed = re.escape("".join(sorted(characters)))
    return re.compile(f"[{listed}]" if listed else "(?!)")


def as_read(text: str, folded: str) -> str:
    """The text of :func:`read`; of most it is *folded*, which is *text* folded."""
    seen = folded if PLAIN.fullmatch(text) else "".join(map(_as_read, text))
    return _without(_gaps(seen), seen)


def read(text: str) -> Read:
    """*text* for :meth:`Vocabulary.find`, with the way back to the published characters."""
    if PLAIN.fullmatch(text):
        folded, origin = fold(text), list(range(len(text)))
    else:
        written = [_as_read(character) for character in text]
        folded = "".join(written)
        origin = [place for place, each in enumerate(written) for _ in each]
    origin.append(len(text))
    gaps = _gaps(folded)
    if gaps:
        origin = [each for place, each in enumerate(origin) if place not in gaps]
    return Read(_without(gaps, folded), origin)


def _gaps(folded: str) -> set[int]:
    """Where signs stand between the characters of a word."""
    if not _MAY_BE_SPREAD.search(folded):
        return set()
    inside = (range(match.start() + 1, match.end() - 1) for match in _SPREAD.finditer(folded))
    return {place for places in inside for place in places if not folded[place].isalnum()}


def _without(gaps: set[int], text: str) -> str:
    return "".join(each for place, each in enumerate(text) if place not in gaps) if gaps else text


@lru_cache(maxsize=20_000)
def _as_read(character: str) -> str:
    if _INVISIBLE.match(character):
        return ""
    digit = unicodedata.digit(character, None)
    return fold(character.translate(_LETTERS)) if digit is None else str(digit)
