"""A quick look at a page: which of its lines could be spam at all, and whether the page as a whole could.

Nearly every page is news and leaves by this. What is doubted here is judged in full (``judging.py``, ``takeover.py``);
what is not doubted would not have been found guilty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from jimo_crawler.text.bars import PLACE_END
from jimo_crawler.text.fold import fold
from jimo_crawler.text.segments import STRONG, count_letters, worth
from jimo_crawler.text.vocabulary import SIGNS, Vocabulary, as_read, index, rules, vocabulary

_ODD_FORMS = (
    "[薇徽葳崴溦嶶➕❤♥抠０-９Ａ-Ｚａ-ｚ①-⓿➀-➓❶-❿✚✙🅐-🆏\u200b-\u200f\u2060\ufeff\u1d2c-\u1d6a]",
    "[威维唯微][芯新歆辛心信伈杺鑫]|微.{0,3}信|叩叩|球球|扣扣|飞机|电报",
    r"[加+]\s?[vVqQ威维微]|[qQ][ .·*~_qQ:：-]|[vV][信xX.]",
    "1[3-9][0-9]|1[ .·*_-]{1,2}[3-9]|[48]00[-–—]?[0-9]|[一幺][三四五六七八九][零〇一二三四五六七八九]",
    rf"[{SIGNS} /-](?<=[\u4e00-\u9fff].)[\u4e00-\u9fff][{SIGNS} /-][\u4e00-\u9fff]",
)
"""What only odd writing or a contact has: lines with it are read in full."""
_ODD = re.compile(
    "[薇徽葳崴溦嶶➕❤♥抠０-９Ａ-Ｚａ-ｚ①-⓿➀-➓❶-❿✚✙🅐-🆏\u200b-\u200f\u2060\ufeff\u1d2c-\u1d6a"
    rf"威维唯微叩球扣飞电加qQvV148一幺{SIGNS} /-](?<=(?={'|'.join(_ODD_FORMS)}).)"
)
"""The same with all first characters ahead, so that the others are passed over without trying each form."""
PLACES = 8
"""Ends of place names that a list of places has."""
FEW = 3
"""Different strong words of a trade that a text in its praise has at the least."""
SHARE = 0.25
"""Share of a text's letters inside words of one trade from which it is about nothing else; of news it is below 0.1, but
for reports on such trades."""
TRADES = (
    frozenset(("explicit", "racy", "region", "quality", "container", "tail")),
    frozenset(("brand", "name", "game", "house", "bonus", "lure", "sport", "action")),
    frozenset(("service", "ware", "promise", "query", "seo", "loan", "offer", "farm")),
    frozenset(("proxy", "crack", "fiction", "download", "quality", "tail", "container")),
)
"""Classes that go together in some rule: film pages, gambling, services, programs."""


class Glance:
    """The lines of a page looked at all at once."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._text = text = "\n".join(lines)
        self._folded = fold(text)
        self._words = _telling().within(self._folded)
        self._odd = _ODD.search(text) is not None
        self._places = len(PLACE_END.findall(text)) >= PLACES
        self._doubtful = _could_be_spam(self._words)

    def doubts(self, line: str) -> bool:
        """Whether *line*, one of them, has to be judged."""
        if self._odd and _ODD.search(line):
            return True
        if self._places and len(PLACE_END.findall(line)) >= PLACES:
            return True
        if not self._doubtful:
            return False
        folded = fold(line)
        return _could_be_spam({word for word in self._words if word in folded})

    def may_sell(self) -> bool:
        """Whether they could together be an advertisement from beginning to end (``takeover.Pitch.sells``): by strong words of one
        trade, or a phrase of it that is no fixed word."""
        seen = as_read(self._text, self._folded)
        words = self._words if seen == self._folded else _telling().within(seen)
        if any(_may_be_about(place, words, seen) for place in range(len(TRADES))):
            return True
        return any(regex.search(seen) for _, _, regex in _telling().patterns_for(seen))


def is_worth_a_look(text: str) -> bool:
    """A quick look at what most lines lack: odd characters, a contact, words enough of one trade, many place names."""
    if _ODD.search(text) or len(PLACE_END.findall(text)) >= PLACES:
        return True
    return _could_be_spam(vocabulary().glance(fold(text)))


def _could_be_spam(words: set[str]) -> bool:
    """Whether they are enough of one trade, or name a link farm."""
    if any("farm" in vocabulary().words[word] for word in words):
        return True
    return len(words) >= 2 and any(map(_is_promising, zip(*map(points_of, words), strict=True)))


def _is_promising(points: tuple[int, ...]) -> bool:
    """Whether words worth so much in one trade could satisfy any rule."""
    most = max(points)
    return sum(points) >= rules()["context"]["least"] and (
        most >= STRONG or len(points) - points.count(0) >= 4
    )


def _may_be_about(trade: int, words: set[str], seen: str) -> bool:
    """Whether strong words enough of one trade stand there, and its words cover as much as they have to."""
    own = [word for word in words if points_of(word)[trade]]
    if sum(points_of(word)[trade] >= STRONG for word in own) < FEW:
        return False
    return sum(len(word) * seen.count(word) for word in own) >= SHARE * count_letters(seen)


@cache
def points_of(word: str) -> tuple[int, ...]:
    """What *word* is worth in each trade."""
    classes = vocabulary().words[word]
    return tuple(max((worth(name) for name in classes & trade), default=0) for trade in TRADES)


@cache
def _telling() -> Vocabulary:
    """What can speak against a line or a page: the words of all trades, and the strong ones of their patterns."""
    listed = vocabulary()
    names = frozenset().union(*TRADES)
    words = {name: [word for word, classes in listed.words.items() if name in classes] for name in names}
    strong = [each for each in listed.patterns if each.name in names and worth(each.name) >= STRONG]
    return index(words, strong)
