"""Whether a page that reads like an article is spam as a whole: put by strangers where news was, or never was any.

No word decides, and no template: what is left of the page without its spam either tells something or it does not. A
report on gambling has the words of reports, an article with injected lines still tells its news beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jimo_crawler.items import Article, Block
from jimo_crawler.text.cutting import split_spam
from jimo_crawler.text.glance import FEW, SHARE, TRADES, Glance
from jimo_crawler.text.judging import Circumstances
from jimo_crawler.text.segments import LETTER, STRONG, count_letters, worth
from jimo_crawler.text.vocabulary import INNOCENT, read, sentence_words, vocabulary

DENSE = 0.5
"""Share that no report reaches over a whole text."""
WORDS = 5
"""Different words of a trade, each more than a word of general use, that a whole text in its praise has."""

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_NOT_HAN = re.compile("[A-Za-z\u3041-\u3096\u30a1-\u30fa]")


@dataclass(frozen=True, slots=True)
class Pitch:
    """How much of a text belongs to the trade that most of it belongs to."""

    letters: int
    share: float
    strong: int
    """Different words that are more than words of general use."""
    reports: int
    """Different words of reports, warnings and offices."""

    @property
    def sells(self) -> bool:
        """Whether the text by itself is an advertisement from beginning to end."""
        if self.reports > 2 or (self.reports and self.share < DENSE):
            return False
        return self.strong >= (FEW if self.share >= DENSE else WORDS) and self.share >= SHARE


def is_takeover(
    article: Article, kept: Sequence[Block], cut: Sequence[str], around: int, look: Glance | None = None
) -> bool:
    """Whether the page as a whole is spam.

    *kept* is what is left of the body without spam, *cut* what of it was shown and taken out as spam, *around* how many
    letters of spam stood around it. *look*: the first look at the page, if nothing was taken out of its body.
    """
    title = article.title or article.title_as_published
    texts = [block.plain or block.text for block in kept]
    whole = "\n".join((title, *texts))
    left, lost = _letters(texts), _letters(cut)
    if _is_foreign(whole):
        return True
    if left < 200 and (lost or left < 40) and _is_spam(title):
        return True
    if left < 20:
        return lost >= 40 and not article.images
    swamped = lost + around >= max(left, 40)
    if not swamped and not (look or Glance((whole, *cut))).may_sell():
        return False
    if _tells(texts, left):
        return False
    rest = measure(whole)
    if swamped and rest.share >= SHARE and not rest.reports:
        return True
    pitch = measure("\n".join((whole, *cut)))
    return pitch.sells and pitch.letters >= 40


def _tells(texts: Iterable[str], letters: int) -> bool:
    """Whether at least half of the *letters* of *texts* are in paragraphs that are about something else than one trade.

    Long ones are read first, and no more of them than it takes.
    """
    told = 0
    for text in sorted(texts, key=len, reverse=True):
        if _trade(read(text).text)[0] < SHARE / 2:
            told += _letters([text])
        if 2 * told >= letters:
            return True
    return False


def _is_foreign(text: str) -> bool:
    """Whether a text is Japanese, or hardly has a Chinese character: what strangers sell elsewhere in the world."""
    if len(_NOT_HAN.findall(text)) < 20:
        return False
    kana, chinese, latin = (len(letters.findall(text)) for letters in (_KANA, _HAN, _LATIN))
    japanese = kana >= 20 and 10 * kana >= kana + chinese
    return japanese or (latin >= 60 and 10 * chinese < chinese + latin)


def _is_spam(title: str) -> bool:
    pieces = split_spam(title, Circumstances(title=True))
    return bool(title) and not any(LETTER.search(piece.text) for piece in pieces if not piece.rule)


def measure(text: str) -> Pitch:
    """How much of *text* belongs to one trade (``judging.TRADES``), and what it reports.

    >>> measure("镇里召开会议,部署春耕备播。").share
    0.0
    """
    seen = read(text).text
    share, strong = _trade(seen)
    reports = {hit.word for hit in sentence_words().find(seen) if "report" in hit.classes}
    return Pitch(count_letters(seen), share, strong, len(reports))


def _trade(seen: str) -> tuple[float, int]:
    """Of the trade that *seen* is most about: its share of the letters, and how many different strong words it has."""
    hits = [hit for hit in vocabulary().find(seen) if INNOCENT not in hit.classes]
    letters = count_letters(seen)
    share, strong = 0.0, 0
    for trade in TRADES:
        own = [hit for hit in hits if hit.classes & trade]
        covered = len({place for hit in own for place in range(hit.start, hit.end)})
        words = {hit.word for hit in own if any(worth(name) >= STRONG for name in hit.classes & trade)}
        share, strong = max((share, strong), (covered / max(letters, 1), len(words)))
    return share, strong


def _letters(texts: Iterable[str]) -> int:
    return count_letters("\n".join(texts))
