"""Injected text: which lines or segments are spam, and an article without them.

The words, the rules and the reason of each are in ``spam_rules.toml``; ``judging.py`` applies them, ``cutting.py`` takes
out exactly what was judged. What is left keeps every character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache

from jimo_crawler.items import Article, Block, Removed
from jimo_crawler.text.cutting import Piece, split_spam
from jimo_crawler.text.fold import fold
from jimo_crawler.text.glance import Glance
from jimo_crawler.text.judging import Circumstances
from jimo_crawler.text.script import script_of
from jimo_crawler.text.segments import LETTER, count_letters
from jimo_crawler.text.takeover import is_takeover
from jimo_crawler.text.vocabulary import rules, sentence_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """An article without its spam."""

    article: Article
    removed: tuple[Removed, ...] = ()
    takeover: bool = False
    """The page as a whole is spam that stands where an article was."""


def judge_line(
    text: str,
    *,
    script_of_page: str | None = None,
    place: str = "body",
    hidden: bool = False,
    offsite_links: int = 0,
    link_chars: int = 0,
) -> str | None:
    """The name of the rule by which the whole of *text* is spam; None if it is not, or only in part.

    *script_of_page*, *place*, *hidden*, *offsite_links*, *link_chars*: as in ``items.Block``. They weigh, none decides.

    >>> judge_line("国产精品高清|亚洲无码影院|欧美在线观看不卡"), judge_line("国产设备出口欧美，精品率高")
    ('adult_words', None)
    """
    about = _circumstances(text, script_of_page, place, hidden, offsite_links, link_chars)
    pieces = split_spam(text, about)
    if any(LETTER.search(piece.text) for piece in pieces if not piece.rule):
        return None
    return next((piece.rule for piece in pieces if piece.rule), None)


def _circumstances(
    text: str, script_of_page: str | None, place: str, hidden: bool, offsite_links: int, link_chars: int
) -> Circumstances:
    return Circumstances(
        hidden=hidden,
        offsite=bool(offsite_links) and 2 * link_chars >= count_letters(text),
        outside=place in ("before", "title", "after", "footer"),
        other_script=script_of_page == "Hant" and script_of(text) == "Hans",
        title=place == "title",
    )


def clean(article: Article, around: tuple[Block, ...] = ()) -> Cleaned:
    """*article* without spam blocks and segments, what was taken out, and whether the page as a whole is spam.

    Body blocks that a browser does not show are taken out too (reason ``hidden``), whatever they say: no reader saw
    them. Where most of the body is hidden that is how the page works (a script shows it), and hiding says nothing.
    *around* are lines outside the body: spam among them is recorded, nothing else happens to them.
    """
    script = article.script or script_of(f"{article.title_as_published}\n{article.body_as_published}")
    reported = cache(lambda: _is_report(article))
    shown_by_script = _mostly_hidden(article.blocks)
    removed: list[Removed] = []
    fields = article.source, article.editor, article.author
    look = Glance((article.title or article.title_as_published, *map(_plain, article.blocks)))
    beside = Glance((*filter(None, fields), *map(_plain, around)))
    title, published_title = _clean_title(article, script, look.doubts, removed)
    source, editor, author = (_clean_field(value, script, beside.doubts, removed) for value in fields)
    blocks = []
    cut_in_body: list[str] = []
    shown_around = 0
    for block in article.blocks:
        hidden = block.hidden and not shown_by_script
        seen = block if hidden == block.hidden else block._replace(hidden=hidden)
        kept, cut = _clean_block(seen, script, look.doubts, reported)
        removed += cut
        cut_in_body += [each.text for each in cut if not hidden]
        if kept is not None:
            blocks.append(kept if kept.hidden == block.hidden else kept._replace(hidden=block.hidden))
    for block in around:
        kept, cut = _clean_block(block, script, beside.doubts, lambda: False)
        removed += [each for each in cut if each.reason != "hidden"]
        shown_around += 0 if block.hidden else sum(count_letters(each.text) for each in cut)
    cleaned = article
    before = article.title, article.title_as_published, *fields, *article.blocks
    if before != (title, published_title, source, editor, author, *blocks):
        cleaned = replace(
            article,
            title=title,
            title_as_published=published_title,
            blocks=tuple(blocks),
            source=source,
            editor=editor,
            author=author,
        )
    untouched = len(blocks) == len(article.blocks) and not cut_in_body
    taken_over = is_takeover(article, blocks, cut_in_body, shown_around, look if untouched else None)
    return Cleaned(article=cleaned, removed=tuple(removed), takeover=taken_over)


def _plain(block: Block) -> str:
    return block.plain or block.text


def _is_report(article: Article) -> bool:
    """Whether title and body use at least three words of reports: then the body may describe what it reports on."""
    text = fold("\n".join((article.title or article.title_as_published, *map(_plain, article.blocks))))
    return len(sentence_words().glance(text) & _report_words()) >= 3


@cache
def _report_words() -> frozenset[str]:
    return frozenset(fold(word) for word in rules()["report"]["words"])


def _mostly_hidden(blocks: tuple[Block, ...]) -> bool:
    if not any(block.hidden for block in blocks):
        return False
    letters = [(block.hidden, count_letters(block.text)) for block in blocks]
    return 2 * sum(count for hidden, count in letters if hidden) > sum(count for _, count in letters)


def _clean_block(
    block: Block, script: str | None, doubted: Callable[[str], bool], reported: Callable[[], bool]
) -> tuple[Block | None, list[Removed]]:
    """The block without its spam (None: nothing is left), and what was cut."""
    plain = _plain(block)
    if not block.hidden and not doubted(plain):
        return block, []
    about = _circumstances(
        block.text, script, block.place, block.hidden, block.offsite_links, block.link_chars
    )
    pieces = split_spam(plain, about)
    if any(piece.rule for piece in pieces) and reported():
        pieces = split_spam(plain, replace(about, report=True, reported=True))
    if block.hidden and not any(piece.rule for piece in pieces):
        return None, [Removed(text=block.text, reason="hidden", place=block.place)]
    if all(piece.rule is None for piece in pieces):
        return block, []
    published = _same_cuts(pieces, plain, block.text)
    cut = [
        Removed(text=piece.text.strip(), reason=piece.rule, place=block.place)
        for piece in published
        if piece.rule and piece.text.strip()
    ]
    if not any(LETTER.search(piece.text) for piece in pieces if not piece.rule):
        return None, [Removed(text=block.text, reason=cut[0].reason if cut else "hidden", place=block.place)]
    kept = block._replace(text=_kept(published), plain=_kept(pieces) if block.plain else "")
    return kept, cut


def _kept(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces if not piece.rule).strip()


def _same_cuts(pieces: list[Piece], plain: str, published: str) -> list[Piece]:
    """*published* in the same pieces as *plain*, which is the same text simplified and without annotations."""
    borders = [0]
    for piece in pieces:
        borders.append(borders[-1] + len(piece.text))
    if len(plain) != len(published):
        borders = _map_borders(borders, fold(plain), fold(published), len(published))
    return [
        Piece(published[start:end], piece.rule)
        for piece, start, end in zip(pieces, borders, borders[1:], strict=False)
        if start < end
    ]


def _map_borders(borders: list[int], plain: str, published: str, length: int) -> list[int]:
    """Places in *plain* as places in *published*; what only the latter has belongs to the character before it."""
    blocks = SequenceMatcher(None, plain, published, autojunk=False).get_matching_blocks()
    mapped = [0]
    for border in borders[1:-1]:
        block = max((each for each in blocks if each.a < border), key=lambda each: each.a, default=blocks[-1])
        mapped.append(min(block.b + border - block.a, length))
    return [*mapped, length]


def _clean_title(
    article: Article, script: str | None, doubted: Callable[[str], bool], removed: list[Removed]
) -> tuple[str, str]:
    """Title and title as published without the spam segments at either side of the real one."""
    plain = article.title or article.title_as_published
    if not doubted(plain):
        return article.title, article.title_as_published
    about = _circumstances(article.title_as_published, script, "title", False, 0, 0)
    pieces = split_spam(plain, about)
    if not any(LETTER.search(piece.text) for piece in pieces if not piece.rule):
        pieces = split_spam(plain, replace(about, outside=False))
    if all(piece.rule is None for piece in pieces):
        return article.title, article.title_as_published
    published = _same_cuts(pieces, plain, article.title_as_published)
    removed += [
        Removed(text=each.text.strip(), reason=each.rule, place="title") for each in published if each.rule
    ]
    return (_kept(pieces) if article.title else ""), _kept(published)


def _clean_field(
    value: str | None, script: str | None, doubted: Callable[[str], bool], removed: list[Removed]
) -> str | None:
    """Source, editor or author without spam; None if nothing is left."""
    if not value:
        return value
    if not doubted(value):
        return value.strip() or None
    pieces = split_spam(value, _circumstances(value, script, "meta", False, 0, 0))
    removed += [
        Removed(text=each.text.strip(), reason=each.rule, place="meta") for each in pieces if each.rule
    ]
    return _kept(pieces) or None
