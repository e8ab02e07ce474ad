"""What a person types into the search box, and the FTS5 expression for it (DESIGN 4.8).

Words are divided by white space and all wanted; ``OR`` between words, ``NOT`` or ``-`` before one, straight quotes
around a phrase with spaces, ``( … )`` around alternatives, ``*`` behind a Latin word for its beginning. Everything
else is text, punctuation included: ``“2+1”``, ``(一)`` and ``2019-03`` find just that. Chinese quotation marks and
brackets group only where there is white space between them, since ``“加速度”`` is also what an article says.
An operator that has nothing to work on is left out, or is text where nothing else was typed: there is no wrong query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from jimo_crawler.text.fold import fold
from jimo_crawler.text.script import to_simplified
from jimo_crawler.text.tokens import PARAGRAPH, is_han, tokenize

MAX_LENGTH = 4_000
"""Characters of a query that are read: a pasted paragraph fits."""
MAX_PHRASES = 500
"""Words of a query that are read: a list of all villages fits, an expression that takes minutes does not."""
MAX_TOKENS = 500
"""Tokens of a phrase that are looked for: beyond that a phrase is as good as unique, and each one costs time."""
MAX_DEPTH = 12
"""Brackets within brackets; FTS5's parser has an end, and deeper ones are text."""
NOTHING = '""'
"""The FTS5 expression that finds nothing."""

_surrogate = re.compile("[\ud800-\udfff]")
_word = re.compile(r"\S+")
_minus = re.compile(r"[-－](?=\S)")
_quoted = re.compile(r"""(["＂])(?P<inside>(?:(?!\1).|\1\1)*)\1(?P<star>[*＊]?)(?=\s|[)）]|$)""", re.DOTALL)
_quoted_in_chinese = re.compile(r"“(?P<inside>[^“”]*\S\s+\S[^“”]*)”(?P<star>[*＊]?)(?=\s|[)）]|$)")
_bracket = re.compile(r"[(（)）]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other."""

    tokens: tuple[str, ...]
    prefix: bool = False
    """The last token may go on."""


@dataclass(frozen=True, slots=True)
class All:
    """Every one of *parts* and none of *excluded*."""

    parts: tuple[Expression, ...]
    excluded: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of *parts*."""

    parts: tuple[Expression, ...]


Expression = Phrase | All | Any


@dataclass(frozen=True, slots=True)
class _Operator:
    name: str


def zh_query(text: str | None) -> str:
    """The FTS5 expression for what a person typed; it is never a syntax error, and finds nothing if nothing was typed.

    >>> zh_query("環境保護 -暴雨")
    '("环 境 保 护" NOT "暴 雨")'
    >>> zh_query('征地 OR "open data" OR gdp*')
    '("征 地" OR "open data" OR "gdp" *)'
    >>> zh_query("“2+1”，")
    '"“ 2 + 1 ” ,"'
    >>> zh_query("  ")
    '""'
    """
    expression = parse(text)
    return NOTHING if expression is None else _to_fts(expression)


def parse(text: str | None) -> Expression | None:
    """What was typed as a tree; None if it holds no token."""
    typed = _surrogate.sub("\ufffd", (text or "")[:MAX_LENGTH])
    return _Reader().read(typed) or _all_of(_Reader().read_words(typed))


def phrases(expression: Expression | None) -> list[Phrase]:
    """The phrases that an article may have been found by, in order, each once; excluded ones are not among them."""
    match expression:
        case None:
            return []
        case Phrase():
            return [expression]
        case All(parts=parts) | Any(parts=parts):
            return list(dict.fromkeys(phrase for part in parts for phrase in phrases(part)))


class _Reader:
    """Reads one query, brackets included, and counts its phrases."""

    def __init__(self) -> None:
        self._left = MAX_PHRASES

    def read(self, text: str, depth: int = 0) -> Expression | None:
        """Alternatives divided by OR; None if nothing is asked for that an article could have."""
        groups: list[list[Expression | _Operator]] = [[]]
        for item in self._items(text, depth):
            if item == _Operator("OR"):
                groups.append([])
            else:
                groups[-1].append(item)
        return _any_of([found for group in groups if (found := _conjunction(group))])

    def read_words(self, text: str) -> list[Expression]:
        """Every word as the text it is, operators included."""
        return [found for word in text.split() if (found := self._phrase(word))]

    def _items(self, text: str, depth: int) -> Iterator[Expression | _Operator]:
        partners = _partners(text)
        place = 0
        while found := _word.search(text, place):
            place = found.start()
            if minus := _minus.match(text, place):
                yield _Operator("NOT")
                place = minus.end()
            item, place = self._item_at(text, place, partners, depth)
            if item:
                yield item

    def _item_at(
        self, text: str, start: int, partners: dict[int, int], depth: int
    ) -> tuple[Expression | _Operator | None, int]:
        """The operand or operator that begins at *start*, and where it ends."""
        if quoted := _quoted.match(text, start) or _quoted_in_chinese.match(text, start):
            inside = quoted["inside"].replace('""', '"').replace("＂＂", "＂")
            return self._phrase(inside, prefix=bool(quoted["star"])), quoted.end()
        end = partners.get(start)
        if end and depth < MAX_DEPTH and len(text[start + 1 : end].split()) > 1:
            return self.read(text[start + 1 : end], depth + 1), end + 1
        found = _word.match(text, start)
        assert found
        return self._word(found[0]), found.end()

    def _word(self, word: str) -> Expression | _Operator | None:
        if word in ("AND", "OR", "NOT"):
            return _Operator(word)
        stem = word.rstrip("*＊")
        if stem != word and (tokens := _tokens_of(stem)) and _is_latin(tokens[-1]):
            return self._phrase(stem, prefix=True)
        return self._phrase(word)

    def _phrase(self, text: str, *, prefix: bool = False) -> Phrase | Any | None:
        """The text as typed, or as the archive would have written it (沿著 stands there as 沿着)."""
        forms = dict.fromkeys(map(_tokens_of, (text, to_simplified(text))))
        if () in forms or self._left <= 0:
            return None
        self._left -= 1
        found = [Phrase(tokens, prefix=prefix and _is_latin(tokens[-1])) for tokens in forms]
        return found[0] if len(found) == 1 else Any(tuple(found))


def _tokens_of(text: str) -> tuple[str, ...]:
    tokens = (token for token in tokenize(fold(text)) if token != PARAGRAPH)
    return tuple(islice(tokens, MAX_TOKENS))


def _is_latin(token: str) -> bool:
    """A run with letters: what ``*`` may follow. ``5*`` and ``王*`` are text (notices mask names in this way)."""
    return any(char.isalpha() for char in token) and not is_han(token)


def _partners(text: str) -> dict[int, int]:
    """Where a bracket that begins a word is closed at the end of one, by the place of the opening bracket."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for bracket in _bracket.finditer(text):
        if bracket[0] in "(（":
            opened.append(bracket.start())
        elif opened:
            found[opened.pop()] = bracket.start()
    return {start: end for start, end in found.items() if not text[end + 1 : end + 2].strip().strip(")）")}


def _conjunction(items: list[Expression | _Operator]) -> Expression | None:
    parts: list[Expression] = []
    excluded: list[Expression] = []
    negated = False
    for item in items:
        if isinstance(item, _Operator):
            negated = negated or item.name == "NOT"
        else:
            (excluded if negated else parts).append(item)
            negated = False
    return _all_of(parts, excluded) if parts else None


def _all_of(parts: list[Expression], excluded: list[Expression] | None = None) -> Expression | None:
    unique = tuple(dict.fromkeys(parts))
    if not excluded:
        return unique[0] if len(unique) == 1 else All(unique) if unique else None
    return All(unique, tuple(dict.fromkeys(excluded)))


def _any_of(parts: list[Expression]) -> Expression | None:
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else Any(unique) if unique else None


def _to_fts(expression: Expression) -> str:
    match expression:
        case Phrase(tokens=tokens, prefix=prefix):
            inside = " ".join(tokens).replace('"', '""')
            return f'"{inside}" *' if prefix else f'"{inside}"'
        case Any(parts=parts):
            return f"({' OR '.join(map(_to_fts, parts))})"
        case All(parts=parts, excluded=()):
            return f"({' AND '.join(map(_to_fts, parts))})"
        case All(parts=parts, excluded=excluded):
            wanted = f"({' AND '.join(map(_to_fts, parts))})" if len(parts) > 1 else _to_fts(parts[0])
            unwanted = (
                f"({' OR '.join(map(_to_fts, excluded))})" if len(excluded) > 1 else _to_fts(excluded[0])
            )
            return f"({wanted} NOT {unwanted})"
