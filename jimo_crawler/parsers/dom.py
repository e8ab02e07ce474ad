"""One pass over a page's markup: lines of text as a reader sees them, and the boxes that they stand in.

lxml's parser (libxml2) mends the markup and reports it as events; no tree is kept. That is quicker than a tree and a walk
over it, cannot recurse, and keeps a page of half a million tags within a few dozen megabytes. Parsers are given lines and
boxes and never see tags that do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from jimo_crawler.items import Page
from jimo_crawler.parsers.styles import (
    PLAIN,
    Style,
    centres,
    hides_by_attributes,
    hiding_selectors,
    is_white,
    plain_colour,
    read_style,
)
from jimo_crawler.parsers.urls import absolute_url

MOST_BOXES = 40_000
MOST_LINES = 40_000
MOST_ANCHORS = 15_000
"""A page with more of them is an attack or a fault; what was read up to there is given."""

(
    BLOCK,
    BREAK,
    ANCHOR,
    SKIP,
    BOLD,
    FONT,
    IMAGE,
    SELECT,
    OPTION,
    INPUT,
    AREA,
    META,
    BASE,
    TITLE,
    SCRIPT,
    NOSCRIPT,
    MEDIA,
    BUTTON,
) = range(18)
KINDS: dict[str, int] = {
    **dict.fromkeys(
        [
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "dialog",
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "frameset",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hgroup",
            "hr",
            "html",
            "legend",
            "li",
            "main",
            "marquee",
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "tr",
            "ul",
            "search",
            "listing",
        ],
        BLOCK,
    ),
    "br": BREAK,
    "a": ANCHOR,
    **dict.fromkeys(
        ("style", "textarea", "template", "xmp", "noframes", "datalist", "math", "svg", "rp"), SKIP
    ),
    **dict.fromkeys(("b", "strong", "big"), BOLD),
    "font": FONT,
    "img": IMAGE,
    "image": IMAGE,
    "select": SELECT,
    "option": OPTION,
    "input": INPUT,
    "area": AREA,
    "meta": META,
    "base": BASE,
    "title": TITLE,
    "script": SCRIPT,
    "noscript": NOSCRIPT,
    **dict.fromkeys(("iframe", "object", "embed", "video", "audio", "applet", "canvas", "frame"), MEDIA),
    "button": BUTTON,
}
_HEADINGS = {"h1": 6, "h2": 5, "h3": 4, "h4": 3}
HEADING_TAGS = frozenset({*_HEADINGS, "h5", "h6"})
_LOUD = HEADING_TAGS | {"th", "marquee"}
"""Blocks that change how text looks by their very tag, or hide it."""
_NOTABLE = frozenset({"style", "color", "hidden", "onclick"})
_Entry = tuple[Any, ...]
_PLAIN_BLOCK: _Entry = ()

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\xad\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_INDENTS = frozenset("\u3000\xa0")
_GAP = re.compile(r"\s+")
_WIDE = re.compile(
    "[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff“”‘’…—]"
)
_ONCLICK = re.compile(
    r"""(?:location(?:\s*\.\s*href)?\s*=|location\s*\.\s*(?:replace|assign)\s*\(|window\s*\.\s*open\s*\(|\bopen\s*\()\s*(["'])([^"']+)\1\s*[;),]?\s*(?!\+)""",
)


class Box:
    """A block element: where it stands, and which lines it holds."""

    __slots__ = ("attrs", "end", "first", "hidden", "index", "last", "parent", "tag")

    end: int
    """One behind the index of the last box within this one; set when the box is closed."""
    last: int
    """The lines of the box are ``lines[first:last]``; set when the box is closed."""

    def __init__(
        self, tag: str, attrs: Mapping[str, str], parent: Box | None, index: int, first: int, hidden: bool
    ) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.index = index
        self.first = first
        self.hidden = hidden

    def chain(self) -> Iterator[Box]:
        """This box and those around it, inside out."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent

    def within(self, tag: str) -> Box | None:
        """This box or the nearest around it that is a *tag*; None if there is none."""
        box: Box | None = self
        while box is not None and box.tag != tag:
            box = box.parent
        return box

    @property
    def names(self) -> str:
        """Class and id, lower case: a hint of what the author took the box for."""
        attrs = self.attrs
        if not attrs:
            return ""
        named, numbered = attrs.get("class"), attrs.get("id")
        if numbered is None:
            return named.lower() if named else ""
        return f"{named} {numbered}".lower() if named else numbered.lower()

    @property
    def is_centred(self) -> bool:
        """Whether its text stands in the middle, by itself or by the box around it."""
        around = (self, self.parent) if self.parent is not None else (self,)
        return any(box.tag == "center" or (box.attrs and centres(box.attrs)) for box in around)

    def holds(self, other: Box) -> bool:
        """Whether *other* is this box or stands in it."""
        return self.index <= other.index < self.end


class Anchor:
    """Something to click: a link, an area of an image map, a button or another element with ``onclick``."""

    __slots__ = ("_text", "alt", "attrs", "box", "hidden", "href", "line", "outer", "pieces")

    def __init__(self, href: str | None, attrs: Mapping[str, str], box: Box, line: int, hidden: bool) -> None:
        self.href = href
        self.attrs = attrs
        self.box = box
        self.line = line
        """Index of the line that it begins in (or before which it stands, if it has no text)."""
        self.hidden = hidden
        self.pieces: tuple[str, ...] = ()
        """Its text as it stands in the source, one piece a line."""
        self.outer: Anchor | None = None
        """The anchor that it was opened in, which markup should not have."""
        self.alt = ""
        self._text: str | None = None

    @property
    def text(self) -> str:
        """What a reader sees: its text, else the alt text of its image, else its title. To be asked of a whole document."""
        if (text := self._text) is None:
            text = fold_space(self.pieces[0] if len(self.pieces) == 1 else " ".join(self.pieces))
            text = text or self.alt or fold_space(self.attrs.get("title", "") or self.attrs.get("alt", ""))
            self._text = text
        return text


class Line:
    """A run of text that stands on its own: a paragraph, a cell, a list item, what lies between two ``<br>``."""

    __slots__ = (
        "anchors",
        "bold",
        "box",
        "broken",
        "hidden",
        "indented",
        "index",
        "is_links",
        "link_chars",
        "size",
        "text",
    )

    def __init__(
        self, text: str, box: Box, index: int, anchors: list[Anchor], link_chars: int,
        bold: int, size: int, hidden: bool, indented: bool, broken: bool,
    ) -> None:  # fmt: skip
        self.text = text
        self.box = box
        self.index = index
        self.anchors = anchors
        self.link_chars = link_chars
        self.is_links = link_chars > 0 and link_chars >= 0.75 * len(text) - 4
        """Whether it is links and little else."""
        self.bold = bold
        """How many of its characters are bold."""
        self.size = size
        """Largest font size within, 1 to 7; 0 if none is given."""
        self.hidden = hidden
        self.indented = indented
        """It begins with full-width or no-break spaces."""
        self.broken = broken
        """It begins behind a ``<br>``, not at the edge of a box."""

    @property
    def beside_links(self) -> str:
        """Its text without that of its links, each of which leaves a space."""
        text = self.text
        for anchor in self.anchors:
            for piece in map(fold_space, anchor.pieces):
                text = text.replace(piece, " ", 1) if piece else text
        return text


@dataclass(slots=True)
class Picture:
    """An ``<img>``: *line* is the index of the line that it stands in or before."""

    attrs: Mapping[str, str]
    box: Box
    line: int
    hidden: bool
    anchor: Anchor | None


@dataclass(slots=True)
class Option:
    value: str | None
    text: str
    chosen: bool


@dataclass(slots=True)
class Select:
    """A drop-down list: a pager's or a jumper's."""

    attrs: Mapping[str, str]
    box: Box
    line: int
    options: list[Option] = field(default_factory=list)


@dataclass(slots=True)
class Field:
    """An ``<input>``."""

    attrs: Mapping[str, str]
    box: Box


@dataclass(slots=True)
class Document:
    """A page as lines and boxes."""

    page: Page
    base: str
    title: str = ""
    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    selects: list[Select] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    refresh: str = ""
    media: list[str] = field(default_factory=list)

    def url_of(self, anchor: Anchor) -> str | None:
        """Where an anchor leads, absolute; None if it leads to no page."""
        if anchor.href is not None and (url := absolute_url(self.base, anchor.href, self.page.charset)):
            return url
        href = script_target(anchor.href) or script_target(anchor.attrs.get("onclick"))
        return absolute_url(self.base, href, self.page.charset) if href else None

    def url_at(self, href: str) -> str | None:
        """Where *href* on this page leads, absolute; None if nowhere."""
        return absolute_url(self.base, href, self.page.charset)


def read_document(page: Page) -> Document:
    """The lines and boxes of *page*. Never raises: what cannot be read is not there."""
    html = _DECLARATION.sub("", page.html, count=1).replace("\x00", "")
    reader = _idle.pop() if _idle else _Reader()
    reader.begin(page, hiding_selectors(html))
    try:
        if html.strip():
            reader.parser.feed(html.encode("utf-8", "replace"))
            reader.parser.close()
    except (_Enough, etree.XMLSyntaxError):
        return reader.finish()  # the rest is beyond any page's size, or the page held no markup at all
    _idle.append(reader)
    return reader.finish()


def script_target(code: str | None) -> str | None:
    """The address that a piece of script goes to, if it stands there whole: ``location.href='list_2.html'``.

    >>> script_target("javascript:window.open('/a.html','_blank')"), script_target("go(2)")
    ('/a.html', None)
    """
    if not code or ("(" not in code and "=" not in code):
        return None
    match = _ONCLICK.search(code)
    return match.group(2) if match else None


def fold_space(text: str) -> str:
    """*text* as it is seen: runs of white space folded, none at the ends.

    A line break of the source between two wide characters is no space: authors wrapped their lines.

    >>> fold_space("　　今天\\n上午 A\\n B\\u200b")
    '今天上午 A B'
    """
    words = text.split()
    if len(words) == 1:
        folded = words[0]
    elif not words:
        return ""
    elif "\n" in text or "\r" in text:
        folded = _GAP.sub(_folded_gap, text.strip())
    else:
        folded = " ".join(words)
    return folded if folded.isprintable() else " ".join(_INVISIBLE.sub("", folded).split())


def _folded_gap(match: re.Match[str]) -> str:
    gap = match.group()
    if "\n" not in gap and "\r" not in gap:
        return " "
    text, start, end = match.string, match.start(), match.end()
    if "\xa0" in gap or "\u3000" in gap:
        return " "
    return "" if _WIDE.match(text[start - 1]) and _WIDE.match(text[end]) else " "


class _Enough(Exception):
    """Raised to the parser when a page is larger than any page is."""


class _Reader:
    """What lxml's parser reports to. ``data`` is the very append of a list: text is the most frequent event.

    One is used for page after page: a parser takes a third as long to make as a page to read.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.data = self.parts.append
        self.parser = etree.HTMLParser(target=self, huge_tree=True, encoding="utf-8")

    def begin(self, page: Page, hiding: frozenset[str]) -> None:
        """Forget the page before."""
        self.doc = Document(page=page, base=page.url)
        self.hiding = hiding
        self.parts.clear()
        self.stack: list[Any] = []
        """What has to be done at the end tag of each open element."""
        self.boxes = self.doc.boxes
        self.box = Box("#", {}, None, 0, 0, False)
        self.boxes.append(self.box)
        self.lines = self.doc.lines
        self.anchor: Anchor | None = None
        self.anchor_from = 0
        self.anchors: list[Anchor] = []
        self.link_chars = 0
        self.hidden = 0
        self.bold = 0
        self.size = 0
        self.bold_chars = 0
        self.largest = 0
        self.broken = False
        self.skipping = 0
        self.has_base = False
        self.full = False

    # -- events ---------------------------------------------------------------------------------------------------

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        kind = KINDS.get(tag)
        if kind is None:
            self.stack.append(self._open_inline(tag, attrs) if attrs and not self.skipping else None)
        elif self.skipping:
            self.stack.append(None)
        elif kind == BLOCK:
            if self.parts:
                self._end_line()
            self.broken = False
            if tag in _LOUD or (attrs and (self.hiding or not _NOTABLE.isdisjoint(attrs))):
                self.stack.append(self._open_notable_block(tag, attrs))
            else:
                self._open_box(tag, attrs)
                self.stack.append(_PLAIN_BLOCK)
        elif kind == ANCHOR:
            if self.hiding or not _NOTABLE.isdisjoint(attrs):
                self.stack.append(self._open_notable_anchor(attrs))
            else:
                self.stack.append(self._open_anchor(attrs) if "href" in attrs else None)
        elif kind == BREAK:
            if self.parts:
                self._end_line()
            self.broken = True
            self.stack.append(None)
        else:
            self.stack.append(self._open_other(kind, tag, attrs))

    def end(self, _tag: str) -> None:
        entry = self.stack.pop()
        if entry is None:
            return
        if entry is _PLAIN_BLOCK:
            if self.parts:
                self._end_line()
            self.broken = False
            box = self.box
            box.last = len(self.lines)
            box.end = len(self.boxes)
            self.box = box.parent  # type: ignore[assignment]  # only the root has none, and it is not on the stack
        elif entry.__class__ is Anchor:
            self._close_anchor(entry)
        else:
            entry[0](self, *entry[1:])

    def close(self) -> None:
        return None

    def finish(self) -> Document:
        """The document, with everything closed that the markup left open."""
        while self.stack:
            self.end("")
        if self.parts:
            self._end_line()
        self.box.last, self.box.end = len(self.lines), len(self.boxes)
        return self.doc

    # -- opening: each gives what has to be done at the end tag, or None -------------------------------------------

    def _open_box(self, tag: str, attrs: Mapping[str, str]) -> Box:
        boxes = self.boxes
        index = len(boxes)
        if index >= MOST_BOXES:
            self.stack.append(None)  # the end tag of the box that will not be
            raise _Enough
        self.box = box = Box(tag, attrs, self.box, index, len(self.lines), self.hidden > 0)
        boxes.append(box)
        return box

    def _open_notable_block(self, tag: str, attrs: Mapping[str, str]) -> _Entry:
        before = self.size, self.bold, self.hidden
        self.hidden += bool(attrs) and self._hides(tag, attrs)
        self.size = _HEADINGS.get(tag, self.size)
        self.bold += tag in _LOUD and tag != "marquee"
        if "style" in attrs:
            style = read_style(attrs["style"])
            self.size = style.size or self.size
            self.bold += style.bold
        box = self._open_box(tag, attrs)
        anchor = None
        if _clickable(attrs):
            anchor = Anchor(None, attrs, box, len(self.lines), self.hidden > 0)
            self.doc.anchors.append(anchor)
        return (_Reader._close_notable_block, before, anchor)

    def _open_inline(self, tag: str, attrs: Mapping[str, str]) -> _Entry | Anchor | None:
        """A span or the like: of interest if it hides, sets off or can be clicked."""
        if self.hiding or not _NOTABLE.isdisjoint(attrs):
            if self._hides(tag, attrs):
                return self._open_hidden()
            if _clickable(attrs):
                return self._open_anchor(attrs)
            if "style" in attrs:
                style = read_style(attrs["style"])
                if style.bold or style.size:
                    return self._open_emphasis(style.size, style.bold)
        return None

    def _open_emphasis(self, size: int, bold: bool) -> _Entry:
        parts = self.parts
        before = self.size, self.bold, len(parts), parts[-1] if parts else ""
        self.size = size or self.size
        self.bold += bold
        return (_Reader._close_emphasis, before)

    def _open_hidden(self) -> _Entry:
        """Hidden text within a visible line: it becomes a line of its own, and the visible one goes on."""
        saved = (
            self.parts[:], self.anchors, self.link_chars, self.bold_chars, self.largest, self.broken,
            self.anchor, self.anchor_from,
        )  # fmt: skip
        self.parts.clear()
        self.anchors, self.link_chars, self.bold_chars, self.largest = [], 0, 0, 0
        self.anchor, self.anchor_from = None, 0
        self.hidden += 1
        return (_Reader._close_hidden, saved)

    def _open_notable_anchor(self, attrs: Mapping[str, str]) -> _Entry | Anchor | None:
        if "href" not in attrs and "onclick" not in attrs:
            return None
        if self._hides("a", attrs):
            return (_Reader._close_both, self._open_hidden(), self._open_anchor(attrs))
        style = read_style(attrs.get("style", ""))
        if style.size or style.bold:
            return (
                _Reader._close_both,
                self._open_emphasis(style.size, style.bold),
                self._open_anchor(attrs),
            )
        return self._open_anchor(attrs)

    def _open_anchor(self, attrs: Mapping[str, str]) -> Anchor:
        anchor = Anchor(attrs.get("href"), attrs, self.box, len(self.lines), self.hidden > 0)
        if len(self.doc.anchors) >= MOST_ANCHORS:
            self.stack.append(None)
            raise _Enough
        anchor.outer = self.anchor
        self.anchor = anchor
        self.doc.anchors.append(anchor)
        self.anchor_from = len(self.parts)
        return anchor

    def _open_other(self, kind: int, tag: str, attrs: Mapping[str, str]) -> _Entry | Anchor | None:
        if kind == BOLD:
            if attrs and self._hides(tag, attrs):
                return self._open_hidden()
            style = read_style(attrs["style"]) if "style" in attrs else PLAIN
            return self._open_emphasis(style.size or (5 if tag == "big" else 0), tag != "big")
        if kind == FONT:
            return self._open_font(attrs) if attrs else None
        if kind == IMAGE:
            self._see_image(attrs)
            return None
        if kind == NOSCRIPT:
            return self._open_hidden()
        if kind in (TITLE, SCRIPT, SKIP, MEDIA):
            return self._open_captured(kind, tag, attrs)
        return self._open_control(kind, attrs)

    def _open_captured(self, kind: int, tag: str, attrs: Mapping[str, str]) -> _Entry | None:
        """An element whose text is no part of the page's lines."""
        if kind == MEDIA:
            self.doc.media.append(f"{tag} {attrs.get('src') or attrs.get('data') or ''}")
            if tag == "embed":
                return None  # holds nothing, and is seldom closed: the parser would have the rest of the page in it
        self.skipping += 1
        return (_Reader._close_captured, kind, len(self.parts))

    def _open_control(self, kind: int, attrs: Mapping[str, str]) -> _Entry | Anchor | None:
        """Forms, image maps and what stands in a page's head."""
        doc = self.doc
        if kind == SELECT:
            doc.selects.append(Select(attrs, self.box, len(self.lines)))
        elif kind == OPTION and doc.selects:
            option = Option(attrs.get("value"), fold_space(attrs.get("label", "")), "selected" in attrs)
            doc.selects[-1].options.append(option)
            return (_Reader._close_option, option, len(self.parts))
        elif kind == BUTTON:
            return (
                self._open_anchor(attrs)
                if attrs.get("onclick")
                else self._open_captured(SKIP, "button", attrs)
            )
        elif kind == INPUT:
            self._see_input(attrs)
        elif kind == AREA:
            doc.anchors.append(Anchor(attrs.get("href"), attrs, self.box, len(self.lines), self.hidden > 0))
        elif kind == META:
            self._see_meta(attrs)
        elif kind == BASE and not self.has_base and attrs.get("href"):
            self.has_base = True
            doc.base = absolute_url(doc.page.url, attrs["href"], doc.page.charset) or doc.base
        return None

    def _open_font(self, attrs: Mapping[str, str]) -> _Entry | None:
        if self._hides("font", attrs):
            return self._open_hidden()
        style = read_style(attrs["style"]) if "style" in attrs else PLAIN
        size = style.size or (_font_size(attrs["size"]) if "size" in attrs else 0)
        return self._open_emphasis(size, style.bold) if size or style.bold else None

    def _see_image(self, attrs: Mapping[str, str]) -> None:
        anchor = self.anchor
        self.doc.pictures.append(Picture(attrs, self.box, len(self.lines), self.hidden > 0, anchor))
        if anchor is not None and not anchor.alt:
            anchor.alt = fold_space(attrs.get("alt", "") or attrs.get("title", ""))

    def _see_input(self, attrs: Mapping[str, str]) -> None:
        self.doc.fields.append(Field(attrs, self.box))
        if "onclick" in attrs and attrs.get("value"):
            anchor = Anchor(None, attrs, self.box, len(self.lines), self.hidden > 0)
            anchor.pieces = (attrs["value"],)
            self.doc.anchors.append(anchor)
        elif attrs.get("type", "").lower() == "image" and self.anchor is not None:
            self.anchor.alt = self.anchor.alt or fold_space(attrs.get("alt", ""))

    def _see_meta(self, attrs: Mapping[str, str]) -> None:
        content = attrs.get("content")
        if content is None:
            return
        if attrs.get("http-equiv", "").lower() == "refresh":
            self.doc.refresh = self.doc.refresh or content
        name = attrs.get("name") or attrs.get("property") or attrs.get("itemprop")
        if name:
            self.doc.metas.setdefault(name.lower(), content)

    # -- closing --------------------------------------------------------------------------------------------------

    def _close_notable_block(self, before: tuple[int, int, int], anchor: Anchor | None) -> None:
        box = self.box
        self.stack.append(_PLAIN_BLOCK)
        self.end(box.tag)
        self.size, self.bold, self.hidden = before
        if anchor is not None:
            anchor.pieces = tuple(line.text for line in self.lines[box.first : box.last])

    def _close_both(self, outer: _Entry, inner: Anchor) -> None:
        self._close_anchor(inner)
        outer[0](self, *outer[1:])

    def _close_anchor(self, anchor: Anchor) -> None:
        parts = self.parts
        if len(parts) > self.anchor_from:
            self._add_to_anchor(anchor)
        if len(anchor.pieces) > 2 and sum(map(len, anchor.pieces)) > 400:
            self._release(anchor)
        self.anchor = anchor.outer
        self.anchor_from = len(parts)

    def _add_to_anchor(self, anchor: Anchor) -> None:
        parts = self.parts
        text = parts[-1] if len(parts) == self.anchor_from + 1 else "".join(parts[self.anchor_from :])
        chars = len(text.strip())
        if chars:
            anchor.pieces += (text,)
            self.link_chars += chars
            self.anchors.append(anchor)

    def _release(self, anchor: Anchor) -> None:
        """A link that nobody closed runs on over paragraphs: its text is no link text but for its first line."""
        for line in self.lines[anchor.line + 1 :]:
            if anchor in line.anchors:
                line.link_chars = 0
                line.is_links = False
                line.anchors = [each for each in line.anchors if each is not anchor]
        anchor.pieces = anchor.pieces[:1]

    def _close_emphasis(self, before: tuple[int, int, int, str]) -> None:
        size, bold, since, last = before
        parts = self.parts
        if since and (len(parts) < since or parts[since - 1] is not last):
            since = 0  # what stood before it was another line
        chars = len("".join(parts[since:]).strip())
        if chars:
            if self.size > self.largest:
                self.largest = self.size
            if self.bold > bold == 0:
                self.bold_chars += chars
        self.size, self.bold = size, bold

    def _close_hidden(
        self, saved: tuple[list[str], list[Anchor], int, int, int, bool, Anchor | None, int]
    ) -> None:
        if self.parts:
            self._end_line()
        self.hidden -= 1
        (
            parts, self.anchors, self.link_chars, self.bold_chars, self.largest, self.broken,
            self.anchor, self.anchor_from,
        ) = saved  # fmt: skip
        self.parts.extend(parts)

    def _close_captured(self, kind: int, since: int) -> None:
        text = "".join(self.parts[since:])
        del self.parts[since:]
        self.skipping -= 1
        if kind == SCRIPT and text:
            self.doc.scripts.append(text)
        elif kind == TITLE:
            self.doc.title = self.doc.title or fold_space(text)

    def _close_option(self, option: Option, since: int) -> None:
        option.text = fold_space("".join(self.parts[since:])) or option.text
        del self.parts[since:]
        if option.value is None:
            option.value = option.text

    # -- lines ----------------------------------------------------------------------------------------------------

    def _end_line(self) -> None:
        """End the line that text has been collected for; between boxes that is mostly white space."""
        parts = self.parts
        raw = parts[0] if len(parts) == 1 else "".join(parts)
        if raw.isspace():
            parts.clear()
        else:
            if self.anchor is not None and len(parts) > self.anchor_from:
                self._add_to_anchor(self.anchor)
            parts.clear()
            if "\n" in raw and "\n" in raw.strip() and self._keeps_breaks():
                self._add_each_line(raw)
            else:
                self._add_line(raw)
            if self.link_chars:
                self.anchors = []
                self.link_chars = 0
            self.bold_chars = self.largest = 0
        self.anchor_from = 0

    def _add_line(self, raw: str) -> None:
        text = fold_space(raw)
        if text:
            lines = self.lines
            lines.append(
                Line(
                    text, self.box, len(lines), self.anchors, self.link_chars,
                    len(text) if self.bold else self.bold_chars,
                    self.size if self.size > self.largest else self.largest,
                    self.hidden > 0, raw.lstrip(" \t\r\n")[0] in _INDENTS, self.broken,
                )
            )  # fmt: skip
            if len(lines) >= MOST_LINES and not self.full:
                self.full = True
                raise _Enough

    def _keeps_breaks(self) -> bool:
        """Whether a break in the source is one on the page: in ``<pre>``, or by style."""
        for depth, box in enumerate(self.box.chain()):
            if box.tag in ("pre", "listing"):
                return True
            if box.attrs and "white-space" in (style := box.attrs.get("style", "").lower()):
                return re.search(r"white-space\s*:\s*(?:pre|break-spaces)", style) is not None
            if depth == 2:
                break
        return False

    def _add_each_line(self, raw: str) -> None:
        """What stands between two breaks of the source as a line of its own, each with the links that are in it."""
        anchors, link_chars, bold = self.anchors, self.link_chars, self.bold_chars
        all_bold = bold >= len(fold_space(raw)) - 2
        for piece in raw.replace("\r", "\n").split("\n"):
            text = fold_space(piece)
            here = [each for each in anchors if each.pieces and fold_space(each.pieces[-1]) in text]
            self.anchors = here
            self.link_chars = min(len(text), sum(len(each.pieces[-1].strip()) for each in here))
            self.bold_chars = len(text) if all_bold else 0
            if text:
                self._add_line(piece)
            self.broken = True
        self.anchors, self.link_chars = [], link_chars

    def _hides(self, tag: str, attrs: Mapping[str, str]) -> bool:
        if "style" in attrs:
            style = read_style(attrs["style"])
            if style.hidden or (style.colour and self._is_on_own_colour(style, attrs)):
                return True
        if "color" in attrs and self._is_on_own_colour(Style(colour=plain_colour(attrs["color"])), attrs):
            return True
        if ("hidden" in attrs or tag == "marquee") and hides_by_attributes(tag, attrs):
            return True
        return bool(self.hiding) and self._is_hidden_by_rule(attrs)

    def _is_hidden_by_rule(self, attrs: Mapping[str, str]) -> bool:
        if "id" in attrs and f"#{attrs['id']}" in self.hiding:
            return True
        return "class" in attrs and any(f".{name}" in self.hiding for name in attrs["class"].split())

    def _is_on_own_colour(self, style: Style, attrs: Mapping[str, str]) -> bool:
        """Whether text has the colour of what it stands on; where that is not known, it is taken for visible."""
        if style.background:
            return style.colour == style.background
        for box in self.box.chain():
            own = box.attrs
            if not own:
                continue
            ground = read_style(own["style"]).background if "style" in own else ""
            ground = ground or plain_colour(own.get("bgcolor", ""))
            if "background" in own:
                ground = "image"
            if ground:
                return ground == style.colour
            if is_white(style.colour) and box.tag != "body" and ("class" in own or "id" in own):
                return False
        return is_white(style.colour) and "class" not in attrs


def _clickable(attrs: Mapping[str, str]) -> bool:
    return "onclick" in attrs and "location" in attrs["onclick"]


def _font_size(text: str) -> int:
    """``<font size>``: 5, +2, -1; 0 if it is none."""
    try:
        value = int(text)
    except ValueError:
        return 0
    return max(1, min(7, 3 + value if text.strip()[0] in "+-" else value))


_idle: list[_Reader] = []
"""The reader that has nothing to do. One that broke off is not used again."""
