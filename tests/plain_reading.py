"""What search has to find, by a plain reading of DESIGN 4.8 that shares only ``fold`` with the project's own way."""

from __future__ import annotations

import random
import sqlite3
import unicodedata
from collections.abc import Sequence

import opencc

from jimo_crawler.text.fold import fold


def is_word_character(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN" and not is_han(char)


def is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith(("CJK UNIFIED", "CJK COMPAT")) or char == "〇"


def squeeze(text: str) -> str:
    """Folded, white space left only where it divides two words."""
    kept: list[str] = []
    folded = "".join(" " if unicodedata.category(char) in {"Cf", "Cc"} else char for char in fold(text))
    for word in folded.split():
        if kept and is_word_character(kept[-1][-1]) and is_word_character(word[0]):
            kept.append(" ")
        kept.append(word)
    return "".join(kept)


def stands_in(query: str, paragraph: str) -> bool:
    start = paragraph.find(query)
    while start >= 0:
        before, after = paragraph[:start][-1:], paragraph[start + len(query) :][:1]
        cut_before = before and is_word_character(query[0]) and is_word_character(before)
        cut_after = after and is_word_character(query[-1]) and is_word_character(after)
        if not cut_before and not cut_after:
            return True
        start = paragraph.find(query, start + 1)
    return False


class PlainReading:
    """Finds queries in articles by looking at every paragraph."""

    def __init__(self, articles: Sequence[sqlite3.Row]) -> None:
        self._paragraphs = [
            (row["id"], [squeeze(part) for part in [row["title"], *row["body"].split("\n")]])
            for row in articles
        ]

    def find(self, query: str) -> set[int]:
        """Ids of the articles that contain *query*."""
        wanted = squeeze(query)
        return {
            number for number, parts in self._paragraphs if any(stands_in(wanted, part) for part in parts)
        }


def pieces(articles: Sequence[sqlite3.Row], count: int) -> list[str]:
    """Queries of 1 to 8 characters cut out of titles and paragraphs, every second one in Traditional."""
    chance, found = random.Random(3), list[str]()
    to_traditional = opencc.OpenCC("s2t").convert
    while len(found) < count:
        row = chance.choice(articles[-2:] if len(found) % 3 == 0 else articles)
        paragraph = chance.choice([row["title"], *row["body"].split("\n")])
        length = chance.randint(1, 8)
        start = chance.randrange(max(1, len(paragraph) - length))
        piece = paragraph[start : start + length]
        if len(piece.split()) == 1 and piece.strip() == piece:
            found.append(to_traditional(piece) if len(found) % 2 else piece)
    return found
