"""What each line of a page is, found out once and only for the lines that somebody asks about."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property, lru_cache

from jimo_crawler.parsers.dom import Anchor, Box, Document, Line
from jimo_crawler.parsers.meta import Meta, may_be_meta, read_meta
from jimo_crawler.parsers.urls import host_of
from jimo_crawler.parsers.wording import (
    PREVIOUS_NEXT,
    TAGS,
    copyright_place,
    folded,
    is_bare,
    is_comment,
    is_comment_head,
    is_control,
    is_disclaimer,
    is_list_head,
    is_rule,
    is_sure_head,
    may_be_label,
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


LONGEST_CELL = 150
"""Characters; a table with a longer cell is there for the layout."""
_LABEL_STARTS = frozenset(
    "上下前后後您你当當现現所位目首页导導面路更相热熱推网網发發我最全共已暂暫·[【(（<《«>|© CcYyPp"
)
_FILE_ENDINGS = frozenset(ending.lstrip(".") for ending in ATTACHMENTS)
_FILE_ENDS = frozenset(ending[-1] for ending in _FILE_ENDINGS) | {
    ending[-1].upper() for ending in _FILE_ENDINGS
}


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


_LINKS = Role.LINKS
_RELATIVE = frozenset("/#?.0123456789")
"""How an address begins that plainly leads to the host of the page (but for two strokes)."""
_META_ROLES = (Role.TEXT, Role.CONTROL, Role.LINKS)
"""What a line may look like by its words and still be a meta line."""


class Survey:
    """The lines of a document and what they are."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.lines = doc.lines
        self.hosts = {host_of(doc.page.url), *doc.page.hosts}
        self.free = [line for line in doc.lines if not line.hidden and not line.is_links]
        """The lines that are visible and not mere links: a quarter of a page, and all that is read closely."""
        self._tables: dict[int, bool] = {}
        self.flats = folded("\n".join([line.text for line in doc.lines])).split("\n") if doc.lines else []
        """The folded text of each line (see wording.py)."""
        self.roles = self._find_roles()
        """What each line is."""
        self._metas: dict[int, Meta | None] = {}

    def role(self, index: int) -> Role:
        """What the line is."""
        return self.roles[index]

    def meta(self, index: int) -> Meta | None:
        """What the line says if it is a meta line."""
        try:
            return self._metas[index]
        except KeyError:
            text = self.lines[index].text
            possible = self.roles[index] in _META_ROLES and may_be_meta(text)
            meta = self._metas[index] = read_meta(text) if possible else None
            return meta

    def visible(self, start: int, stop: int) -> Iterator[Line]:
        """Lines from *start* to before *stop* that a browser shows."""
        return (line for line in self.lines[start:stop] if not line.hidden)

    def is_prose(self, line: Line) -> bool:
        """Whether a line reads like a sentence of an article."""
        free = len(line.text) - line.link_chars
        return free >= 18 and self.role(line.index) is Role.TEXT

    def is_attachment(self, line: Line) -> bool:
        """Whether a line's links are files to download."""
        for anchor in line.anchors:
            href = anchor.href
            if href and href[-1] in _FILE_ENDS and href[-5:].rpartition(".")[2].lower() in _FILE_ENDINGS:
                return True
        return False

    def is_real_head(self, index: int) -> bool:
        """Whether the head of a list is followed by one: by links, by another head, or by nothing."""
        if is_sure_head(self.flats[index]):
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

    def cells(self, row: Box) -> list[Box]:
        """The cells of a table row."""
        inside = self.doc.boxes[row.index + 1 : row.end]
        return [box for box in inside if box.parent is row and box.tag in ("td", "th")]

    def is_data_table(self, table: Box) -> bool:
        """Whether a table holds data: rows of several short cells, or one of them that is ruled or has figures. Others
        are there for the layout."""
        known = self._tables.get(table.index)
        if known is None:
            known = self._tables[table.index] = self._judge_table(table)
        return known

    def data_row(self, line: Line, root: Box | None) -> Box | None:
        """The row of a table of data within *root* that a line stands in; None where it is in none."""
        row = line.box.within("tr")
        table = row.within("table") if row is not None else None
        if table is None or (root is not None and root is not table and table.holds(root)):
            return None
        return row if self.is_data_table(table) else None

    def _judge_table(self, table: Box) -> bool:
        inside = self.doc.boxes[table.index + 1 : table.end]
        if any(box.tag == "table" for box in inside):
            return False
        full_rows = figures = 0
        for row in (box for box in inside if box.tag == "tr"):
            filled = [cell for cell in self.cells(row) if cell.last > cell.first]
            for cell in filled:
                chars = sum(len(line.text) for line in self.lines[cell.first : cell.last])
                if chars > LONGEST_CELL or cell.last - cell.first > 6:
                    return False
            full_rows += len(filled) >= 2
            figures += any(
                is_bare(line.text) for cell in filled for line in self.lines[cell.first : cell.last]
            )
        ruled = table.attrs.get("border", "0") not in ("", "0")
        return full_rows >= (1 if ruled or figures else 2)

    def offsite(self, anchor: Anchor) -> bool:
        """Whether an anchor leads to another host."""
        return anchor in self._foreign

    @cached_property
    def _foreign(self) -> frozenset[Anchor]:
        """The anchors that lead to other hosts: on most pages few, and each is asked for more than once."""
        relative = self.doc.base is self.doc.page.url
        return frozenset(
            anchor
            for anchor in self.doc.anchors
            if (href := anchor.href)
            and not (relative and href[0] in _RELATIVE and href[:2] != "//")
            and (url := self.doc.url_of(anchor)) is not None
            and host_of(url) not in self.hosts
        )

    def _find_roles(self) -> list[Role]:
        roles: list[Role] = []
        for line, flat in zip(self.lines, self.flats, strict=True):
            text, linked = line.text, line.is_links
            if linked and len(text) > 8 and text[0] not in _LABEL_STARTS:
                role = _LINKS  # a headline of a list: by far the most frequent line
            elif "(" in text:
                role = _role_of(folded(remove_annotations(text).text), line.link_chars > 0, linked)
            else:
                role = _role_of(flat, line.link_chars > 0, linked)
            if role is _LINKS and self.is_attachment(line):
                role = Role.TEXT
            roles.append(role)
        return roles


@lru_cache(maxsize=8192)
def _role_of(flat: str, has_links: bool, linked: bool) -> Role:
    """What a line is by its folded text. Remembered: the short lines of a portal are the same on every page."""
    if may_be_label(flat):
        return _role_of_label(flat, has_links, linked)
    if linked or (has_links and TAGS.match(flat)):
        return _LINKS
    return _role_of_rest(flat)


def _role_of_label(flat: str, has_links: bool, linked: bool) -> Role:
    """What a line is that has links or begins as a label does."""
    length = len(flat)
    if length > 90:
        return _role_of_long(flat[:60], linked, length)
    if is_comment_head(flat) or is_comment(flat):
        return Role.COMMENT
    if is_control(flat):
        return Role.CONTROL
    if PREVIOUS_NEXT.match(flat):
        return Role.NEIGHBOUR
    if position_label(flat) is not None:
        return Role.POSITION
    if length <= 24 and is_list_head(flat) and not (has_links and length > 12):
        return Role.HEAD
    if linked or (has_links and TAGS.match(flat)):
        return Role.LINKS
    rest = _role_of_rest(flat)
    return Role.DISCLAIMER if rest is not Role.COPYRIGHT and is_disclaimer(flat) else rest


def _role_of_rest(flat: str) -> Role:
    """What a line is that neither is linked nor begins as a label does: a notice of rights, text, or nothing."""
    length = len(flat)
    place = copyright_place(flat[:60] if length > 90 else flat)
    if 0 <= place < 12 or (place >= 0 and length <= 90 and (place <= 30 or length <= 60)):
        return Role.COPYRIGHT
    return Role.TEXT if any(map(str.isalnum, flat)) and not is_rule(flat) else Role.EMPTY


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
    if is_comment(start):
        return Role.COMMENT
    return Role.COPYRIGHT if 0 <= copyright_place(start) < 12 else Role.TEXT
