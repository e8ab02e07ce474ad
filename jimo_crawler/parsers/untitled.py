"""Rows of a list whose link does not say their title: it is a picture, or says 阅读全文, and the title is text beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from jimo_crawler.parsers.dates import locate_date
from jimo_crawler.parsers.dom import Anchor, Box, Line
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.wording import EDGE, folded, without_bullet

LONGEST_TITLE = 60
LONGEST_ROW = 12
"""Lines; a box with more is no row but the page."""

_LABEL = re.compile(
    rf"{EDGE}(?:(?:点击|查看|阅读|浏览|查阅|显示|详细|继续|展开|打开)?(?:全文|详情|详细|详细内容|内容|原文|正文|信息|阅读|查看|浏览|文章|新闻)|查阅|打开|点击|详阅|了解更多|阅读更多|read(?: more)?|view|detail|details){EDGE}",
    re.I,
)
_TITLE_COLUMN = re.compile(r"(?:新闻|文章|信息|文件)?(?:标\s*题|题\s*目|名\s*称|主\s*题)")
_AROUND = " \t\xa0\u3000()（）[]【】〔〕<>《》|｜·-—–:：,，"


@dataclass(slots=True)
class Mute:
    """A link that does not say what it leads to."""

    key: str
    anchor: Anchor
    is_picture: bool
    row: Box | None = None


def is_mute(anchor: Anchor, pictured: bool) -> bool:
    """Whether a link is a picture without words, or says only that there is more to read."""
    if not anchor.text:
        return pictured
    return len(anchor.text) <= 10 and _LABEL.fullmatch(folded(anchor.text)) is not None


def titles_of(
    survey: Survey, mutes: Sequence[Mute], is_headline: Callable[[str], bool]
) -> dict[str, tuple[str, int]]:
    """Title and its line for each address of *mutes*, where one stands beside the link; *mutes* are in page order."""
    if len(mutes) < 2:
        return {}
    found: dict[str, tuple[str, int]] = {}
    for place, mute in enumerate(mutes):
        before = mutes[place - 1].anchor.line if place else -1
        after = mutes[place + 1].anchor.line if place + 1 < len(mutes) else len(survey.lines)
        title = _title(survey, mute, before, after, is_headline)
        if title is not None:
            found.setdefault(mute.key, title)
    return found


def _title(
    survey: Survey, mute: Mute, before: int, after: int, is_headline: Callable[[str], bool]
) -> tuple[str, int] | None:
    """The first line of the row that can be a title; in a table the cell below 标题, or the longest."""
    row = mute.row
    if row is not None and row.last - row.first <= LONGEST_ROW:
        cells = survey.cells(row) if row.tag == "tr" else []
        if len(cells) >= 3 and (line := _title_cell(survey, row, cells, is_headline)) is not None:
            return line
        lines = survey.lines[row.first : row.last]
    elif mute.is_picture:
        lines = survey.lines[mute.anchor.line : min(after, mute.anchor.line + 3)]
    elif before >= 0:
        lines = survey.lines[max(before + 1, mute.anchor.line - 2) : mute.anchor.line + 1]
    else:  # nothing says where the first row begins
        lines = survey.lines[max(0, mute.anchor.line - 2) : mute.anchor.line + 1][::-1]
    return next(_readings(survey, lines, is_headline), None)


def _title_cell(
    survey: Survey, row: Box, cells: Sequence[Box], is_headline: Callable[[str], bool]
) -> tuple[str, int] | None:
    table = row.within("table")
    heads = (
        survey.cells(next(box for box in survey.doc.boxes[table.index :] if box.tag == "tr")) if table else []
    )
    for head, cell in zip(heads, cells, strict=False):
        if any(_TITLE_COLUMN.fullmatch(line.text) for line in survey.lines[head.first : head.last]):
            return next(_readings(survey, survey.lines[cell.first : cell.last], is_headline), None)
    readings = list(_readings(survey, survey.lines[row.first : row.last], is_headline))
    return max(readings, key=lambda reading: len(reading[0]), default=None)


def _readings(
    survey: Survey, lines: Sequence[Line], is_headline: Callable[[str], bool]
) -> Iterator[tuple[str, int]]:
    """What the lines read without their links and days, where that can be a title."""
    for line in lines:
        if line.hidden or survey.roles[line.index] in (Role.COPYRIGHT, Role.POSITION, Role.CONTROL):
            continue
        text = _without_day(line.beside_links)
        if len(text) <= LONGEST_TITLE and is_headline(text):
            yield text, line.index


def _without_day(text: str) -> str:
    """A title without the day that stands before or behind it, its bullet and the brackets around that day."""
    place = locate_date(text)
    if place is not None:
        before, behind = text[: place[0]].rstrip(_AROUND), text[place[1] :].lstrip(_AROUND)
        if not before or not behind:
            text = before or behind
    text = re.sub(r"[\[(（【]\s*[\])）】]\s*$", "", text)
    return without_bullet(text).strip(" \t\xa0\u3000|｜-—–:：")
