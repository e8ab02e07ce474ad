"""Cells of tables that are the author's, although they would be none of the text if they stood between paragraphs."""

from __future__ import annotations

import re

from jimo_crawler.parsers.dom import Box, Line
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.wording import folded

_COUNTED = re.compile(
    r"(?:支持|反对|[好坏差]文章?|有用|没用|喜欢|顶(?:一下)?|踩(?:一下)?|赞(?:一下)?|(?:浏览|阅读|点击|访问|评论|推荐|收藏)[次人]?[数量]?|人气)[\s:：]*"
)
"""What the number in the next cell counts."""


def counts_readers(line: Line) -> bool:
    """Whether a cell says what the number in the next one counts: how many have read or liked the article."""
    return _COUNTED.fullmatch(folded(line.text)) is not None


def is_listed(survey: Survey, line: Line, root: Box | None) -> bool:
    """Whether a line stands in a ruled table of the author's, whose head row has no links: what it lists may have some."""
    row = survey.data_row(line, root)
    table = row.within("table") if row is not None else None
    if table is None or table.attrs.get("border", "0") in ("", "0"):
        return False
    head = next(survey.visible(table.first, table.last)).box.within("tr")
    if head is None or sum(cell.last > cell.first for cell in survey.cells(head)) < 2:
        return False
    return not any(each.link_chars for each in survey.visible(head.first, head.last))


def is_cell(survey: Survey, line: Line, root: Box | None) -> bool:
    """Whether a line is a cell of the author's table: a dash, a number or a word such as 标准 beside a cell of text, a number
    by itself; what counts readers is none."""
    row = survey.data_row(line, root)
    if row is None:
        return False
    others = [other for other in survey.visible(row.first, row.last) if other is not line]
    if not others:
        return survey.roles[line.index] is Role.TEXT
    if any(counts_readers(other) for other in others):
        return False
    return any(survey.roles[other.index] is Role.TEXT for other in others)
