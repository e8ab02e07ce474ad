"""What each line of a page is, found out once and only for the lines that somebody asks about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from jimo_crawler.parsers.dom import Anchor, Document, Line
from jimo_crawler.parsers.meta import Meta, may_be_meta, read_meta
from jimo_crawler.parsers.urls import host_of
from jimo_crawler.parsers.wording import (
    COPYRIGHT,
    PREVIOUS_NEXT,
    folded,
    is_comment_head,
    is_control,
    is_disclaimer,
    is_list_head,
    is_sure_head,
    position_label,
)
from jimo_crawler.text.annotations import remove_annotations

ATTACHMENTS = (
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".ppt",
    ".pptx",
    ".pdf",
    ".zip",
    ".rar",
    ".wps",
    ".et",
    ".txt",
    ".7z",
)


_LABEL_STARTS = frozenset(
    "上下前后後您你当當现現所位目首页导導面路更相热熱推网網发發我最全共已暂暫·[【(（<《«>|© CcYyPp"
)
_FILE = re.compile(r"(?:" + "|".join(re.escape(each) for each in ATTACHMENTS) + r")(?:\?|$)", re.I)


class Role(Enum):
    """What a line is, by its words and links alone."""

    TEXT = "text"
    LINKS = "links"
    CONTROL = "control"
    POSITION = "position"
    HEAD = "head"
    """Of a list of other articles, if such a list follows."""
    NEIGHBOUR = "neighbour"
    """上一篇, 下一篇"""
    COPYRIGHT = "copyright"
    COMMENT = "comment"
    DISCLAIMER = "disclaimer"
    EMPTY = "empty"
    """No letter, digit or character in it."""


class Survey:
    """The lines of a document and what they are."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.lines = doc.lines
        self.host = host_of(doc.page.url)
        self.tables: dict[int, bool] = {}
        """Which tables hold data, by the index of their box: filled by those who ask (blocks.py)."""
        self._roles: dict[int, Role] = {}
        self._folded: dict[int, str] = {}
        self._metas: dict[int, Meta | None] = {}

    def flat(self, index: int) -> str:
        """The folded text of a line (see wording.py)."""
        text = self._folded.get(index)
        if text is None:
            text = self._folded[index] = folded(self.lines[index].text)
        return text

    def role(self, index: int) -> Role:
        """What the line is."""
        role = self._roles.get(index)
        if role is None:
            role = self._roles[index] = self._find_role(self.lines[index])
        return role

    def meta(self, index: int) -> Meta | None:
        """What the line says if it is a meta line."""
        if index not in self._metas:
            line = self.lines[index]
            self._metas[index] = read_meta(line.text) if may_be_meta(line.text) else None
        return self._metas[index]

    def visible(self, start: int, stop: int) -> Iterator[Line]:
        """Lines from *start* to before *stop* that a browser shows."""
        return (line for line in self.lines[start:stop] if not line.hidden)

    def is_prose(self, line: Line) -> bool:
        """Whether a line reads like a sentence of an article."""
        free = len(line.text) - line.link_chars
        return free >= 18 and self.role(line.index) is Role.TEXT

    def is_attachment(self, line: Line) -> bool:
        """Whether a line's links are files to download."""
        return any(anchor.href and _FILE.search(anchor.href) for anchor in line.anchors)

    def is_real_head(self, index: int) -> bool:
        """Whether the head of a list is followed by one: by links, by another head, or by nothing."""
        if is_sure_head(self.flat(index)):
            following = next(iter(self.visible(index + 1, len(self.lines))), None)
            return (
                following is None
                or following.box is not self.lines[index].box
                or not self.is_prose(following)
            )
        for seen, line in enumerate(self.visible(index + 1, min(index + 8, len(self.lines))), 1):
            role = self.role(line.index)
            if role is Role.LINKS:
                return True
            if role in (Role.HEAD, Role.COPYRIGHT, Role.NEIGHBOUR, Role.COMMENT):
                return True
            if role is Role.TEXT and len(line.text) - line.link_chars >= 18:
                return bool(line.link_chars) and line.link_chars * 2 > len(line.text)
            if seen >= 3:
                return False
        return True

    def offsite(self, anchor: Anchor) -> bool:
        """Whether an anchor leads to another host."""
        href = anchor.href
        if not href or not (href.startswith(("http", "//", "HTTP")) or self.doc.base != self.doc.page.url):
            return False
        url = self.doc.url_of(anchor)
        return url is not None and host_of(url) != self.host

    def _find_role(self, line: Line) -> Role:
        linked = line.is_links
        if linked and len(line.text) > 8 and line.text[0] not in _LABEL_STARTS:
            role = Role.LINKS  # a headline of a list: by far the most frequent line
        else:
            role = _role_of(line.text, line.link_chars > 0, linked)
        return Role.TEXT if role is Role.LINKS and self.is_attachment(line) else role


@lru_cache(maxsize=8192)
def _role_of(text: str, has_links: bool, linked: bool) -> Role:
    """What a line is by its text. Remembered: the short lines of a portal are the same on every page."""
    if "(" in text:
        text = remove_annotations(text).text
    length = len(text)
    if length > 90:
        return _role_of_long(folded(text[:60]), linked, length)
    flat = folded(text)
    if is_comment_head(flat):
        return Role.COMMENT
    if is_control(flat):
        return Role.CONTROL
    if PREVIOUS_NEXT.match(flat):
        return Role.NEIGHBOUR
    if position_label(flat) is not None:
        return Role.POSITION
    if length <= 24 and is_list_head(flat) and not (has_links and length > 12):
        return Role.HEAD
    if linked:
        return Role.LINKS
    found = COPYRIGHT.search(flat)
    if found and (found.start() <= 30 or len(flat) <= 60):
        return Role.COPYRIGHT
    if is_disclaimer(flat):
        return Role.DISCLAIMER
    return Role.TEXT if any(map(str.isalnum, flat)) else Role.EMPTY


def _role_of_long(start: str, linked: bool, length: int) -> Role:
    """What a line of more than one sentence is, by how it starts."""
    if length <= 160 and PREVIOUS_NEXT.match(start):
        return Role.NEIGHBOUR
    if length <= 160 and position_label(start) is not None:
        return Role.POSITION
    if linked:
        return Role.LINKS
    if is_disclaimer(start):
        return Role.DISCLAIMER
    found = COPYRIGHT.search(start)
    return Role.COPYRIGHT if found and found.start() < 12 else Role.TEXT
