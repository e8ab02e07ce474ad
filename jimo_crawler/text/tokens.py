"""Tokens of Chinese text, as FTS5's ``unicode61`` is to see them (DESIGN 4.8).

One token a Han character, Latin and digit runs whole, every punctuation mark and symbol one token, and the end of a
paragraph one token, so that no phrase reaches from one paragraph into the next. ``zh_tokens`` writes the folded text
with zero-width spaces at the borders: ``unicode61`` splits there, and a reader does not see them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from jimo_crawler.text.fold import fold

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
MARK = "\u200b"
"""Zero-width space: a border between two tokens."""
PARAGRAPH = "\n"
"""The token that ends a paragraph; a query cannot hold it, since white space ends a word there."""
TOKENIZE = f"unicode61 remove_diacritics 0 categories 'L* N* Co P* S*' tokenchars '{PARAGRAPH}'"
"""The index's tokenizer: all that is neither white space nor invisible is part of a token, accents count."""

_ESCAPED = "[\U000f0000-\U000f010f][\U000f1000-\U000f1fff]"
_PIECE = f"[{HAN}]|[^\\W_{HAN}](?:[^\\W_{HAN}]|{_ESCAPED})*|{_ESCAPED}|{PARAGRAPH}"
_han = re.compile(f"[{HAN}]")
_escaped = re.compile(_ESCAPED)
_token = re.compile(f"{_PIECE}|\\S")
_token_or_space = re.compile(f"{_PIECE}|[^\\S{PARAGRAPH}]+|\\S")
_common = "\n\t -~\xa1-\xac\xae-\u02ff\u0391-\u03a1\u03a3-\u03c1\u03c3-\u03c9\u0410-\u044f\u2010-\u2027\u2030-\u205e"
_odd = re.compile(
    f"[^{_common}\u2190-\u23ff\u2460-\u2b73\u3000-\u3029\u3041-\u3096\u30a0-\u30ff{HAN}\uff01-\uffbe]"
)
_misread = re.compile("[\u03c2\u19b0-\u19c9\u1cf2-\u1cf3]")


def tokenize(folded: str) -> list[str]:
    """The tokens of a folded text, in order.

    >>> tokenize("推行“2+1”模式 ab角")
    ['推', '行', '“', '2', '+', '1', '”', '模', '式', 'ab', '角']
    """
    return _token.findall(_plain(folded))


def find_tokens(folded: str) -> list[tuple[str, int, int]]:
    """The tokens of a folded text with their places in it.

    >>> find_tokens("第 12")
    [('第', 0, 1), ('12', 2, 4)]
    """
    if not _odd.search(folded):
        return [(found[0], *found.span()) for found in _token.finditer(folded)]
    plain, origin = "", []
    for place, char in enumerate(folded):
        written = _plain(char)
        plain += written
        origin += [place] * len(written)
    return [
        (found[0], origin[found.start()], origin[found.end() - 1] + 1) for found in _token.finditer(plain)
    ]


def is_han(token: str) -> bool:
    """Whether a token is a Han character."""
    return _han.match(token) is not None


def is_escaped(token: str) -> bool:
    """Whether a token is not written as the text has it (see ``_as_indexed``)."""
    return _escaped.search(token) is not None


def zh_tokens(text: str | None) -> str | None:
    """The text folded, with a zero-width space between any two tokens: what is indexed. None stays None."""
    return MARK.join(_token_or_space.findall(_plain(fold(text)))) if text else text


def zh_unmark(text: str | None) -> str | None:
    """What ``snippet()`` or ``highlight()`` makes of ``zh_tokens``, without the borders."""
    return text.replace(MARK, "") if text else text


def _plain(folded: str) -> str:
    return _odd.sub(lambda found: _as_indexed(found[0]), folded)


@lru_cache(maxsize=4096)
def _as_indexed(char: str) -> str:
    """A rare character as the index has it: itself where ``unicode61`` keeps it, else an escape of two private ones.

    ``unicode61`` knows Unicode 6.1 only, takes combining marks of other scripts for borders, and makes ς σ: an escape
    is a token, or a part of one, whatever SQLite thinks of the character. Invisible ones count as white space.
    """
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}:
        return " "
    if (category[0] in "LNPS" and not _misread.match(char)) or "\ue000" <= char <= "\uf8ff":
        return char
    return chr(0xF0000 + (ord(char) >> 12)) + chr(0xF1000 + (ord(char) & 0xFFF))
