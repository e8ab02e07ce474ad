"""Pinyin readings that some copies carry behind converted characters: ``發(fā)展``, ``我們(men)``.

They are an artefact of the converter, which gives each character of a fixed list one reading, so what is annotated is a
Traditional character. Readings an author gave on purpose (``岙(ào)``, ``即墨(Jímò)``) and other parentheses stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from jimo_crawler.text.script import is_convertible, single_characters

_TONED = "āáǎàăēéěèĕīíǐìĭōóǒòŏūúǔùŭǖǘǚǜńňǹḿ"
_PLAIN = "a-zɑɡü"
_SYLLABLE = f"(?:[{_PLAIN}]{{0,3}}[{_TONED}][{_PLAIN}]{{0,3}}|[{_PLAIN}]{{1,4}}[\u0300\u0301\u0304\u0306\u030c][{_PLAIN}]{{0,3}})"
_HAN = "㐀-䶿一-鿿豈-﫿"

_ANNOTATION = re.compile(rf"(?<=([{_HAN}]))\(({_SYLLABLE}|[a-z]{{2,4}})\)")
_DAMAGE = re.compile(rf"(?<=[{_HAN}?\ufffd])[?\ufffd]?{_SYLLABLE}\)")
_OPEN = re.compile(r"\([^()]{0,12}$")

_NEUTRAL = {
    "們": "men", "麼": "me", "麽": "me", "嗎": "ma", "個": "ge", "過": "guo", "著": "zhe", "裡": "li", "裏": "li",
    "兒": "er", "來": "lai", "頭": "tou", "邊": "bian", "囉": "luo", "嘍": "lou", "喲": "yo", "蔔": "bo", "爺": "ye",
    "媽": "ma", "飩": "tun", "噠": "da", "嘮": "lao", "臺": "tai", "進": "jin", "開": "kai", "親": "qing", "氣": "qi",
}  # fmt: skip
"""Characters that are read without a tone: any other toneless word in parentheses (kg, min, men) is the author's."""
_ALWAYS_NEUTRAL = frozenset("們麼麽嗎")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its readings."""

    text: str
    removed: int = 0
    """How many readings were taken out."""
    damaged: int = 0
    """How many places byte-level damage has made unreadable; they are still in the text."""


def remove_annotations(text: str, *, page: str | None = None) -> Cleaned:
    """*text* (as published, before it is simplified) without the converter's readings.

    A toned syllable behind a common Traditional character goes. Behind a rare one (``嶴(ào)``), and for a toneless
    syllable other than 們(men), it goes only if *page* is annotated in other places as well; *page* is the text of the
    whole page, and the text itself where none is given. All else stays, ``變?yōu)`` is counted as damaged.

    >>> remove_annotations("時(shí)間：我們(men)的GDP(億元)，岙(ào)東")
    Cleaned(text='時間：我們的GDP(億元)，岙(ào)東', removed=2, damaged=0)
    """
    if "(" not in text and ")" not in text:
        return Cleaned(text)
    damaged = sum(not _OPEN.search(text, 0, match.start()) for match in _DAMAGE.finditer(text))
    if not _ANNOTATION.search(text):
        return Cleaned(text, damaged=damaged)
    annotated = is_annotated(text if page is None else page)
    removed = 0

    def take_out(match: re.Match[str]) -> str:
        nonlocal removed
        if not _is_artefact(match[1], match[2], annotated):
            return match[0]
        removed += 1
        return ""

    return Cleaned(_ANNOTATION.sub(take_out, text), removed, damaged)


@lru_cache(maxsize=16)
def is_annotated(page: str) -> bool:
    """Whether a converter has annotated *page*: at least two toned readings behind common Traditional characters.

    >>> is_annotated("發(fā)展、實(shí)施"), is_annotated("岙(ào)东")
    (True, False)
    """
    common = (match for match in _ANNOTATION.finditer(page) if _is_artefact(match[1], match[2], False))
    return next(common, None) is not None and next(common, None) is not None


def _is_artefact(character: str, reading: str, annotated: bool) -> bool:
    if not is_convertible(character):
        return False
    if reading.isascii():
        return _NEUTRAL.get(character) == reading and (annotated or character in _ALWAYS_NEUTRAL)
    return annotated or _is_common(character)


_SIMPLE = single_characters()


def _is_common(character: str) -> bool:
    """Whether the Simplified form is one of GB 2312's first level, the 3755 everyday characters."""
    try:
        lead, *_ = _SIMPLE.get(ord(character), character).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= lead <= 0xD7
