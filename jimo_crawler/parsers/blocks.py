"""From the lines of a body to its paragraphs: table rows, captions, sub-headings, wrapped lines, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from jimo_crawler.items import Block, Image
from jimo_crawler.parsers.dom import HEADING_TAGS, Box, Line, Picture
from jimo_crawler.parsers.survey import Survey
from jimo_crawler.parsers.wording import folded

_CAPTION = re.compile(
    r"^(?:[▲△↑←→▼]|图\s?[\d一二三四五六七八九十]{0,3}\s?[:：为]|图为|[（(](?:资料)?图)|[（(]?(?:摄影|图片|资料图)|(?:摄|供图|图)[）)]?$"
)
_ENDS = re.compile(r"[。！？：；!?:;”』」）)】\]…]$")
_ICON = re.compile(
    r"(?:icon|logo|button|btn|print|close|share|qrcode|qr_|ewm|erweima|banner|spacer|blank|dot|arrow|line|bullet|star|top|bg_|counter|pixel|loading|face|smil|emot|avatar|weixin|weibo|/ad[s_/-])",
    re.I,
)
NARROWEST = 18
"""Characters; nobody wraps prose at less, but verses are as short."""
_TEXT_LABEL = re.compile(r"(?:信息|文章|新闻|公告|通知|通告|主要|详细|具体)?(?:内\s*容|正\s*文)\s*:?")
"""What a form calls its cell of text."""


def build_blocks(survey: Survey, lines: Sequence[Line], root: Box | None) -> tuple[Block, ...]:
    """The paragraphs that *lines* are."""
    pictures = _picture_lines(survey, root)
    inside = survey.doc.boxes[root.index : root.end] if root is not None else survey.doc.boxes
    unwrapped = _unwrapped(lines)
    if not any(box.tag == "tr" for box in inside):
        return tuple(_block_of(survey, line, _kind(line, line.text, pictures)) for line in unwrapped)
    blocks = [
        _row_block(survey, group)
        if isinstance(group, list)
        else _block_of(survey, group, _kind(group, group.text, pictures))
        for group in _rows(survey, unwrapped, root)
    ]
    return tuple(block for block in blocks if block.text)


def _block_of(survey: Survey, line: Line, kind: str) -> Block:
    return Block(
        text=line.text,
        kind=kind,
        hidden=line.hidden,
        link_chars=line.link_chars,
        offsite_links=sum(map(survey.offsite, line.anchors)) if line.anchors else 0,
    )


def _row_block(survey: Survey, cells: list[list[Line]]) -> Block:
    members = [line for cell in cells for line in cell]
    return Block(
        text="\t".join(" ".join(line.text for line in cell) for cell in cells).strip("\t"),
        kind="row",
        hidden=cells[0][0].hidden,
        link_chars=sum(line.link_chars for line in members),
        offsite_links=sum(survey.offsite(anchor) for line in members for anchor in line.anchors),
    )


def build_images(survey: Survey, root: Box | None, first: int, last: int) -> tuple[Image, ...]:
    """The pictures between two lines of the body, each once, with alt text or the caption below."""
    images: dict[str, Image] = {}
    for picture in survey.doc.pictures:
        if (
            picture.hidden
            or not first <= picture.line <= last
            or (root is not None and not root.holds(picture.box))
        ):
            continue
        source = next(
            (
                picture.attrs[name]
                for name in ("data-original", "data-src", "original", "_src", "src")
                if picture.attrs.get(name)
            ),
            "",
        )
        url = survey.doc.url_at(source)
        if url is None or url in images or _is_decoration(picture, source):
            continue
        if picture.anchor is not None and survey.offsite(picture.anchor):
            continue  # an advertisement
        images[url] = Image(url=url, alt=_alt(picture) or _caption_below(survey, picture, last))
    return tuple(images.values())


def _alt(picture: Picture) -> str:
    text = " ".join((picture.attrs.get("alt") or picture.attrs.get("title") or "").split())
    return "" if re.fullmatch(r"[\w.-]+\.(?:jpe?g|png|gif|bmp)", text, re.I) else text


def _caption_below(survey: Survey, picture: Picture, last: int) -> str:
    if picture.line < min(last + 1, len(survey.lines)):
        text = survey.lines[picture.line].text
        if len(text) <= 60 and (_CAPTION.search(text) or survey.lines[picture.line].box.tag == "figcaption"):
            return text
    return ""


def _is_decoration(picture: Picture, source: str) -> bool:
    for side in ("width", "height"):
        value = picture.attrs.get(side, "").removesuffix("px")
        if value.isdigit() and int(value) < 60:
            return True
    name = source.rsplit("/", 1)[-1]
    return bool(_ICON.search(name)) and not re.search(r"\d{6,}", name)


def _picture_lines(survey: Survey, root: Box | None) -> set[int]:
    """Indexes of the lines that directly follow a picture in the body."""
    return {
        picture.line
        for picture in survey.doc.pictures
        if not picture.hidden and (root is None or root.holds(picture.box))
    }


def _kind(line: Line, text: str, pictures: set[int]) -> str:
    tag = line.box.tag
    if tag in HEADING_TAGS:
        return "heading"
    if tag in ("figcaption", "caption"):
        return "caption"
    if (
        line.index in pictures
        and len(text) <= 80
        and (_CAPTION.search(text) or (line.box.is_centred and not _ENDS.search(text)))
    ):
        return "caption"
    if tag in ("li", "dt", "dd") or (line.box.parent is not None and line.box.parent.tag == "li"):
        return "item"
    if line.bold >= len(text) - 1 and len(text) <= 40 and not text.endswith(("。", "；", ",", "，")):
        return "heading"
    return "paragraph"


# -- wrapped lines --------------------------------------------------------------------------------------------------


def _unwrapped(lines: Sequence[Line]) -> list[Line]:
    """Lines that an author broke at a fixed width, joined again: indented ones begin a paragraph, others go on with it.

    Only where it is plain: several broken lines without indent that follow a line of full width without a full stop.
    """
    broken = [line for line in lines if line.broken and not line.hidden]
    if len(broken) < 4 or not any(line.indented for line in lines):
        return list(lines)
    width = max(len(line.text) for line in broken)
    runs = [
        place
        for place in range(1, len(lines))
        if lines[place].broken
        and not lines[place].indented
        and _runs_on(lines[place - 1], lines[place], width)
    ]
    if not NARROWEST <= width <= 60 or len(runs) < 3:
        return list(lines)
    joined: list[Line] = []
    for place, line in enumerate(lines):
        if place in runs and joined:
            joined[-1] = _joined(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _runs_on(before: Line, line: Line, width: int) -> bool:
    return before.box is line.box and 0.75 * width <= len(before.text) and not _ENDS.search(before.text[-1:])


def _joined(one: Line, other: Line) -> Line:
    return Line(
        one.text + other.text, one.box, one.index, [*one.anchors, *other.anchors], one.link_chars + other.link_chars,
        one.bold + other.bold, one.size, one.hidden, one.indented, one.broken,
    )  # fmt: skip


# -- tables ---------------------------------------------------------------------------------------------------------


def _rows(survey: Survey, lines: Sequence[Line], root: Box | None) -> Iterator[list[list[Line]] | Line]:
    """What is one block: a row of a data table cell by cell, every other line by itself."""
    place = 0
    while place < len(lines):
        line = lines[place]
        row = None if line.hidden else survey.data_row(line, root)
        if row is None:
            yield line
            place += 1
            continue
        members = []
        while place < len(lines) and lines[place].box.within("tr") is row:
            members.append(lines[place])
            place += 1
        if _holds_text(survey, row):
            yield from (line for line in members if _TEXT_LABEL.fullmatch(folded(line.text)) is None)
        else:
            yield _cells(survey, row, members)


def _holds_text(survey: Survey, row: Box) -> bool:
    """Whether a row holds the text of a form: a cell with paragraphs, alone or beside its label. Where several rows have
    such cells they are data."""
    table = row.within("table")
    if table is None or not (own := _paragraph_cells(survey, row)):
        return False
    filled = [cell for cell in survey.cells(row) if cell.last > cell.first]
    if len(filled) == 1:
        return True
    rows = (box for box in survey.doc.boxes[table.index + 1 : table.end] if box.tag == "tr")
    return len(filled) == 2 and own == 1 == sum(_paragraph_cells(survey, each) > 0 for each in rows)


def _paragraph_cells(survey: Survey, row: Box) -> int:
    """How many cells of a row hold several paragraphs of prose."""
    count = 0
    for cell in survey.cells(row):
        if cell.last - cell.first >= 2:
            prose = [line for line in survey.visible(cell.first, cell.last) if survey.is_prose(line)]
            count += sum(_ENDS.search(line.text) is not None for line in prose) >= 2
    return count


def _cells(survey: Survey, row: Box, members: list[Line]) -> list[list[Line]]:
    cells = survey.cells(row)
    grouped: list[list[Line]] = []
    for cell in cells:
        inside = [line for line in members if cell.holds(line.box)]
        grouped.append(inside)
    while grouped and not grouped[-1]:
        grouped.pop()
    while grouped and not grouped[0]:
        grouped.pop(0)
    return grouped or [members]
