"""What duplicates are found by: hashes of the text, MinHash bands, similarity, and facts that contradict (DESIGN 4.10).

The exact hash takes title and body; everything about near duplicates takes the body alone, since a reprint often has a
title of its own. Seeds, band layout and encodings are fixed: what an archive stores must not change with a library.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from jimo_crawler import portal
from jimo_crawler.items import Fingerprint
from jimo_crawler.text.fold import fold

BANDS, ROWS, SHINGLE = 12, 6, 3
NEAR = 0.95
"""Levenshtein similarity from which two bodies are nearly the same."""
SHORTEST = 40
"""Canonical characters below which a body is too short to say anything (图片新闻 under many titles)."""

_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))(?<=\d,)")
_BETWEEN_DIGITS = re.compile(r"[^\w\n](?<=\d[^\w\n])[^\w\n]*(?=\d)")
"""Begins with what is rare, not with the digit before it: it is found in half the time."""
_NOT_WORD = re.compile(r"\W+")
_MARK = "X"
"""Stands for a mark between digits while the others are taken out: folded text has no capitals."""

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_DATE = re.compile(r"\d{4}年|\d{1,2}(?:月|[日号]|[时点])")
"""Each part by itself: a reprint may leave the year out."""
_WRITTEN = re.compile(
    r"(?:第[一二三四五六七八九十百零〇两]+|[一二三四五六七八九十百零〇两]+(?=[年月日号时点届期批])|(?:星期|周)[一二三四五六日天](?=[\W上下早晚）)]))"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{2}(?:镇|乡|村|社区|街道|小区)")

_SHIFT = np.uint64(21)
"""Bits of a character's code."""
_30, _27, _31, _FIRST, _SECOND = map(np.uint64, (30, 27, 31, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Facts:
    """What may not be exchanged between two copies of one text; multisets."""

    numbers: Counter[str]
    dates: Counter[str]
    places: Counter[str]


def canonical_text(title: str, body: str) -> str:
    """The text as comparison sees it: one script, half-width, lower case, letters, Han and digits only.

    A mark between two digits is kept as a full stop, or 12.5 and 125, 3-5 and 35 would be one.

    >>> canonical_text("金口鎮：提速！", "項目Ａ角，12.5億元、2,000户")
    '金口镇提速项目a角12.5亿元2000户'
    """
    return _canonical(title) + _canonical(body)


def _canonical(text: str) -> str:
    text = _THOUSANDS.sub("", fold(text)).replace("_", " ")
    return _NOT_WORD.sub("", _BETWEEN_DIGITS.sub(_MARK, text)).replace(_MARK, ".")


def canonical_hash(title: str, body: str) -> str:
    """sha256 (hex) of the canonical text: equal for one text in another script, width or punctuation."""
    return _hash(canonical_text(title, body))


def _hash(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()


def content_hash(
    title: str,
    body: str,
    published_at: str | None,
    source: str | None,
    editor: str | None,
    author: str | None,
) -> str:
    """sha256 (hex) of what is stored, as a JSON array in UTF-8: decides whether an article has changed."""
    stored = _as_json([title, body, published_at, source, editor, author])
    return hashlib.sha256(stored.encode("utf-8", "surrogatepass")).hexdigest()


def fingerprint(title: str, body: str) -> Fingerprint:
    """Hash of title and body, bands of the body."""
    canonical = _canonical(body)
    return Fingerprint(canonical_hash=_hash(_canonical(title) + canonical), bands=bands(canonical))


def bands(canonical: str) -> tuple[int, ...]:
    """The 12 MinHash band keys of a canonical text, each of 6 rows over 3-character shingles; none of an empty text.

    Signed 64-bit, as SQLite stores them. Number and rows of the band are part of its key, so keys of different bands
    do not meet.
    """
    if not canonical:
        return ()
    codes = np.frombuffer(canonical.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < SHINGLE:
        codes = np.pad(codes, (0, SHINGLE - len(codes)))
    shingles = codes[:-2] << _SHIFT
    shingles |= codes[1:-1]
    shingles <<= _SHIFT
    shingles |= codes[2:]
    _mix(shingles)
    multipliers, offsets = _permutations()
    permuted = shingles * multipliers
    permuted += offsets
    keys = np.arange(1, BANDS + 1, dtype=np.uint64)
    for lowest in permuted.min(axis=1).reshape(BANDS, ROWS).T:
        keys *= _GOLDEN
        keys += lowest
        _mix(keys)
    return tuple(keys.view(np.int64).tolist())


def _mix(values: NDArray[np.uint64]) -> None:
    """splitmix64's finaliser, in place: every bit of the result depends on every bit of the value."""
    values ^= values >> _30
    values *= _FIRST
    values ^= values >> _27
    values *= _SECOND
    values ^= values >> _31


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """72 odd multipliers and 72 offsets, one below the other, from a seed of ours that never changes."""
    drawn = np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * np.uint64(0x6A696D6F2D746F77)
    _mix(drawn)
    multipliers, offsets = drawn.reshape(2, BANDS * ROWS, 1)
    return multipliers | np.uint64(1), offsets


def facts(text: str) -> Facts:
    """Numbers, dates and places of a Simplified text: those of digits and of Chinese numerals, towns of the portal,
    and whatever ends in 镇 乡 村 社区 街道 小区 (with two characters, so that the words before it don't matter).
    """
    plain = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text))
    return Facts(
        numbers=Counter(_NUMBER.findall(plain)),
        dates=Counter(_DATE.findall(plain)) + Counter(_WRITTEN.findall(plain)),
        places=Counter(_PLACE.findall(plain)) + Counter(_towns().findall(plain)),
    )


@cache
def _towns() -> re.Pattern[str]:
    names = {name for town in portal.load().towns for name in (town.name, *town.aliases)}
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def contradicts(one: Facts, other: Facts) -> bool:
    """Whether a number, date or place of one is exchanged in the other: each has some that the other lacks.

    >>> contradicts(facts("4月2日停电"), facts("5月6日停电")), contradicts(facts("共10户"), facts("4月2日，共10户"))
    (True, False)
    """
    pairs = ((one.numbers, other.numbers), (one.dates, other.dates), (one.places, other.places))
    return any(left - right and right - left for left, right in pairs)


def similarity(one: str, other: str) -> float:
    """Normalised Levenshtein similarity of two canonical texts, between 0 and 1."""
    return Levenshtein.normalized_similarity(one, other)


def near_duplicate(one: str, other: str) -> float | None:
    """Similarity of two bodies if one is a reprint of the other, else None.

    They are at least .95 alike and no number, date or place contradicts: notices made from one template differ in those.
    """
    left, right = canonical_text("", one), canonical_text("", other)
    if min(len(left), len(right)) < SHORTEST:
        return None
    score = Levenshtein.normalized_similarity(left, right, score_cutoff=NEAR)
    if score < NEAR or (left != right and contradicts(facts(one), facts(other))):
        return None
    return score
