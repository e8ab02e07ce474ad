"""Tokens of Chinese text for FTS5 ``unicode61``, and queries over them (DESIGN 4.8)."""

from __future__ import annotations

import re
import unicodedata

from jimo_crawler.text.script import to_simplified

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
MARK = "\u200b"
"""Zero-width space: unicode61 splits there, a reader does not see it."""
PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉【】「」『』…—·,.;:?!()-"
TOKENIZE = f"unicode61 tokenchars '{PUNCTUATION}'"
_border = re.compile(f"(?<=[{HAN}{PUNCTUATION}])(?=[\\w{PUNCTUATION}])|(?<=\\w)(?=[{HAN}{PUNCTUATION}])")
_unit = re.compile(f"[{HAN}]|[^\\W_{HAN}]+|[{PUNCTUATION}]")


def zh_tokens(text: str | None) -> str | None:
    """The text with token borders marked by zero-width spaces; None stays None."""
    return _border.sub(MARK, text) if text else text


def zh_unmark(text: str | None) -> str | None:
    """A snippet without the marks of ``zh_tokens``."""
    return text.replace(MARK, "") if text else text


def zh_query(text: str | None) -> str:
    """An FTS5 expression for what a person typed: every word a phrase, all of them wanted; never a syntax error."""
    folded = to_simplified(unicodedata.normalize("NFKC", text or ""))
    phrases = [" ".join(_unit.findall(word)) for word in folded.split()]
    return " AND ".join(f'"{phrase}"' for phrase in phrases if phrase) or '""'
