"""Addresses and listings as bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import pairwise
from random import Random

from jimo_crawler.demo import bodies, listings
from jimo_crawler.demo.address import TEMPLATES, Address
from jimo_crawler.demo.charsets import CHARSETS, HALF_CHARACTER, encode
from jimo_crawler.demo.clutter import WRAPS
from jimo_crawler.demo.converter import Script, annotate, to_traditional
from jimo_crawler.demo.listings import ListingView, Row, page_link
from jimo_crawler.demo.stamps import printed
from jimo_crawler.demo.story import Piece
from jimo_crawler.demo.towns import Town
from jimo_crawler.demo.view import Anchor, ArticleView

CUT = 19
"""Side lists cut a headline at this many characters."""


def serve(address: Address, text: str, line: int = 0) -> str:
    """*text* as the page prints it, not escaped; *line* chooses on a page of mixed script."""
    script = address.script
    if script is Script.MIXED:
        script = Script.HANS if line % 2 else Script.LIGHT
    return annotate(to_traditional(text, script), address.readings)


def served_pieces(address: Address) -> tuple[Piece, ...]:
    """The body as served."""
    pieces = tuple(
        Piece(piece.kind, serve(address, piece.text, line), piece.image)
        for line, piece in enumerate(address.story.pieces)
    )
    if address.quirk != "straddled":
        return pieces
    at, damaged = straddled_line(pieces)
    return (*pieces[:at], Piece(pieces[at].kind, damaged), *pieces[at + 1 :])


ANNOTATED = re.compile(r"[^\x00-\x7f]\(([a-zà-ǜ]+)\)([^\x00-\x7f]{2,})")


def straddled_line(pieces: Sequence[Piece]) -> tuple[int, str]:
    """The paragraph that a replacement on bytes has damaged, and its text: ``?`` for the character and its bracket,
    then what follows read one byte off, up to the next ASCII character."""

    def off_by_one(found: re.Match[str]) -> str:
        rest = found[2].encode("gb18030")[1:].decode("gb18030", "ignore")
        return f"?{found[1]}){rest}"

    for number, piece in enumerate(pieces):
        if piece.kind == "paragraph" and number and ANNOTATED.search(piece.text):
            return number, ANNOTATED.sub(off_by_one, piece.text, count=1)
    raise LookupError("no paragraph with a reading to damage")


def split(pieces: Sequence[Piece], parts: int) -> tuple[tuple[Piece, ...], ...]:
    """A body over its pages, as evenly as it goes."""
    size, rest = divmod(len(pieces), parts)
    ends = [size * n + min(n, rest) for n in range(parts + 1)]
    return tuple(tuple(pieces[low:high]) for low, high in pairwise(ends))


def cut(title: str) -> str:
    """A headline as a side list prints it: without white space, cut at a fixed width."""
    return "".join(title.split())[:CUT]


def _body(address: Address, pieces: tuple[Piece, ...], part: int) -> str:
    style = bodies.STYLES[address.style]
    at = {place: _injected(address, place) for place in ("top", "middle", "bottom")}
    if part > 1:
        at["top"] = at["middle"] = ""
    if part < address.parts:
        at["bottom"] = ""
    inline = _words(address, "inline")
    if inline and part == 1:
        last = max(n for n, each in enumerate(pieces) if each.kind == "paragraph")
        tainted = Piece("paragraph", pieces[last].text + inline)
        pieces = (*pieces[:last], tainted, *pieces[last + 1 :])
    if not at["middle"]:
        return at["top"] + _marked(address, style(pieces)) + at["bottom"]
    half = next(
        n
        for n in range(len(pieces) // 2, len(pieces) + 1)
        if n == len(pieces) or pieces[n].kind == "paragraph"
    )
    return at["top"] + style(pieces[:half]) + at["middle"] + style(pieces[half:]) + at["bottom"]


def _entities(text: str) -> str:
    """Every character a numeric entity."""
    return "".join(f"&#{ord(each)};" for each in text)


def _comments(address: Address, say: Callable[[str], str]) -> str:
    """The readers' corner of some dedecms pages."""
    written = _injected(address, "comment")
    if not written and (address.template != "dede" or address.turn % 4):
        return ""
    return (
        f'<div class="dede_comment"><h3>{say("网友评论")}</h3><div class="decmt-box"><span>{say("匿名网友")}</span>: '
        f"{say('说得好，支持一下')}</div>{written}</div>\n"
    )


def _marked(address: Address, html: str) -> str:
    """A body's markup with its text in entities, where the page's editor wrote it so."""
    if address.quirk != "entities":
        return html
    return "".join(each if each.isascii() else f"&#{ord(each)};" for each in html)


def _side(address: Address, pool: Sequence[Address], salt: str, count: int) -> tuple[Anchor, ...]:
    """Some other addresses, headlines cut, in Simplified whatever the page's script."""
    rng = Random(f"{address.path}/{salt}/{address.refreshed}")
    chosen = rng.sample(range(len(pool)), min(count, len(pool)))
    end = HALF_CHARACTER if address.quirk == "half-headline" else ""
    return tuple(Anchor(escape(cut(pool[n].story.title)) + end, escape(pool[n].path)) for n in chosen)


def _injected(address: Address, place: str) -> str:
    """The markup of what was injected in that place."""
    return "".join(each.html() for each in address.spam if each.place == place)


def _words(address: Address, place: str) -> str:
    """The text of what was injected where no markup can stand."""
    return "".join(each.text for each in address.spam if each.place == place)


def _title(address: Address) -> str:
    """The headline as served, escaped, nothing injected."""
    title = serve(address, address.story.title)
    return _entities(title) if address.quirk == "entities" else escape(title)


def _head_title(address: Address) -> str:
    """``<title>``: headline, section, portal, and what was joined to it in front or behind."""
    title = "_".join(
        (_title(address), *(escape(serve(address, each)) for each in (address.section, "即墨信息港")))
    )
    spam = _words(address, "head")
    if not spam:
        return title
    joined = _entities(spam) if address.turn % 3 == 0 else escape(spam)
    return f"{joined}_{title}" if address.turn % 2 else f"{title}-{joined}"


def _picked(address: Address, pool: Sequence[Address]) -> tuple[Anchor, ...]:
    """文章随机推荐"""
    if address.headlines:
        return tuple(Anchor(escape(text), escape(href)) for text, href in address.headlines)
    return _side(address, pool, "picked", 20)


def _related(address: Address, pool: Sequence[Address], lookup: Mapping[str, Address]) -> tuple[Anchor, ...]:
    """相关文章"""
    if address.related is None:
        return _side(address, pool, "related", 4)
    return tuple(Anchor(escape(cut(lookup[each].story.title)), escape(each)) for each in address.related)


def _parts(address: Address, part: int) -> tuple[Anchor, ...]:
    """Links between the pages of a body; none for a body on one page."""
    if address.parts == 1:
        return ()
    return tuple(Anchor(str(n), "" if n == part else escape(path)) for n, path in enumerate(address.paths, 1))


def article_page(
    address: Address,
    part: int,
    pool: Sequence[Address],
    trail: Sequence[tuple[str, str]],
    lookup: Mapping[str, Address],
) -> bytes:
    """One page of an address. *trail* is its breadcrumb, *pool* the addresses that side lists choose from, *lookup*
    finds those that a related list names."""

    def say(text: str) -> str:
        return escape(serve(address, text))

    def said(text: str | None) -> str | None:
        return None if text is None else say(text)

    story = address.story
    charset = CHARSETS[address.charset]
    title, spam = _title(address), escape(_words(address, "title"))
    keywords = escape(_words(address, "meta"))
    before, after = (*_side(address, pool, "neighbours", 2), None, None)[:2]
    view = ArticleView(
        title=f"{title}_{spam}" if spam else title,
        head_title=_head_title(address),
        keywords=keywords or f"{say(address.section)},{title}",
        description=keywords or "".join(say(line[:60]) for line in story.lines[:1]),
        charset=charset.meta,
        crumbs=tuple(Anchor(say(name), href) for name, href in trail),
        time=printed(address.stamp, address.published),
        source=said(story.source),
        editor=said(story.editor),
        author=said(story.author),
        views=None if story.views is None else str(story.views),
        body=_body(address, split(served_pieces(address), address.parts)[part - 1], part),
        parts=_parts(address, part),
        say=say,
        related=_related(address, pool, lookup),
        picked=_picked(address, pool),
        before=before,
        after=after if address.turn % 3 else None,
        first=_injected(address, "first"),
        comments=_comments(address, say),
        foot=_injected(address, "foot"),
        side_first=address.side_first,
        turn=address.turn,
    )
    return encode(TEMPLATES[address.template].render(view), charset)


def listing_page(
    where: Town,
    number: int,
    members: Sequence[Address],
    trail: Sequence[tuple[str, str]],
    extras: Sequence[str],
) -> bytes:
    """One page of a town's listing; *members* are all its addresses, newest first, *extras* what is no article."""
    charset = CHARSETS[LISTING_CHARSETS.get(where.style, "utf-8")]
    script = Script.LIGHT if where.slug in TRADITIONAL_LISTINGS else Script.HANS

    def say(text: str) -> str:
        return escape(to_traditional(text, script))

    total = pages(where, len(members))
    start = (number - 1) * where.per_page
    rows = [
        Row(
            text=say(_shortened(each.story.title, where.style)),
            title=say(each.story.title),
            href=escape(each.path),
            date=f"{each.published:%Y-%m-%d}",
            extra=WRAPS[where.style].format('<font color="red">[置顶]</font>') if each.pinned else "",
        )
        for each in members[start : start + where.per_page]
    ]
    for place, extra in enumerate(extras):
        at = (place * 3 + number) % len(rows) if rows else 0
        rows[at] = replace(rows[at], extra=rows[at].extra + extra)
    view = ListingView(
        town=say(where.name),
        rows=tuple(rows),
        number=number,
        total=total,
        count=len(members),
        hrefs=tuple(escape(page_link(where, n)) for n in range(1, total + 1)),
        charset=charset.meta,
        trail=tuple(Anchor(say(name), escape(href)) for name, href in trail),
        say=say,
    )
    return encode(listings.STYLES[where.style](view), charset)


def pages(where: Town, count: int) -> int:
    """How many pages a listing of *count* articles has."""
    return max(1, -(-count // where.per_page))


LISTING_CHARSETS = {
    "asp": "gbk",
    "gbkquery": "gbk",
    "numbers": "gbk-header",
    "images": "gbk",
    "dede": "gbk-header",
}
TRADITIONAL_LISTINGS = frozenset(("jinkou", "longquan", "huanxiu"))


def _shortened(title: str, style: str) -> str:
    """Old lists cut headlines by width, newer ones leave that to the style sheet."""
    if style in ("asp", "gbkquery", "numbers") and len(title) > 22:
        return title[:21] + "…"
    return title
