"""Meta data in a box of its own, beside the text, above or below it: 文章信息 with 作者, 来源, 日期 line by line."""

from __future__ import annotations

import re
from typing import NamedTuple

from jimo_crawler.parsers.dom import Box, Line
from jimo_crawler.parsers.meta import Meta, label_alone, read_meta
from jimo_crawler.parsers.survey import Survey
from jimo_crawler.parsers.wording import LABEL

HIGHEST_WEIGHT = 1.5
"""What a box can say for its page being an article: less than a meta line below a headline does."""
_ABOUT = frozenset(("date", "updated", "source", "editor", "author", "views"))
_HEAD = re.compile(
    r"(?:文章|新闻|信息|稿件|本文|基本|文档|内容|发布|相关)的?(?:信息|资料|属性|档案|说明|参数)\s?:?"
)
LONGEST_HEAD = 6
LONGEST_LABEL = 8
"""Characters; a longer line without a colon or a bracket does not begin a box."""
_OTHER_LABEL = re.compile(r"\[?\w[\w\s]{1,5}\s?[:\]].{0,20}")


class MetaBox(NamedTuple):
    meta: Meta
    lines: frozenset[int]


def find_meta_box(survey: Survey) -> MetaBox | None:
    """The only two lines or more of the page that follow one another, are each labelled, and hold a time.

    None if there are none, or if there are more of the kind: they are then the items' of a list.
    """
    found: MetaBox | None = None
    index = 0
    while index < len(survey.lines):
        flat = survey.flats[index]
        if len(flat) > LONGEST_LABEL and ":" not in flat and "]" not in flat:
            index += 1
            continue
        box, behind = _read_run(survey, index)
        if box is not None:
            if found is not None:
                return None
            found = box
        index = max(behind, index + 1)
    return found


def is_box_head(survey: Survey, index: int) -> bool:
    """Whether a line is what stands over such a box, and the box follows."""
    if _HEAD.fullmatch(survey.flats[index].strip(" []·")) is None or index + 1 >= len(survey.lines):
        return False
    meta = survey.meta(index + 1)
    return label_alone(survey.lines[index + 1].text) is not None or (meta is not None and bool(meta.labels))


def is_value(label: Line, following: Line) -> bool:
    """Whether the line behind a lone label is its value: the next cell, the ``dd``, the next of the same box."""
    if label_alone(following.text) is not None or len(following.text) > 60:
        return False
    return (
        following.box is label.box
        or following.box.parent is label.box.parent
        or following.box.tag in ("td", "dd")
    )


def read_pair(label: Line, value: Line) -> Meta | None:
    """What a lone label says with the value behind it."""
    return read_meta(f"{label.text.rstrip(':：︰ ')}：{value.text}")


def _read_run(survey: Survey, first: int) -> tuple[MetaBox | None, int]:
    """The box that begins with the line *first*, if there is one, and the line behind what was looked at."""
    metas: list[Meta] = []
    index = first
    while index < len(survey.lines):
        meta, length = _read_line(survey, index)
        if meta is None:
            break
        metas.append(meta)
        index += length
    labelled = [meta for meta in metas if meta.labels & _ABOUT]
    kinds = frozenset[str]().union(*(meta.labels for meta in labelled)) & _ABOUT
    if len(labelled) < 2 or len(kinds) < 2 or not any(meta.date for meta in metas):
        return None, index
    whole = Meta()
    for meta in metas:
        whole = whole.joined(meta)
    lines = frozenset([*range(first, index), *_beside(survey, first, index)])
    return MetaBox(whole._replace(weight=min(whole.weight, HIGHEST_WEIGHT)), lines), index


def _read_line(survey: Survey, index: int) -> tuple[Meta | None, int]:
    """What a line of a box says, with its value in the next line if it is but a label; and how many lines that took."""
    line = survey.lines[index]
    if line.hidden:
        return None, 1
    if label_alone(line.text) is not None and index + 1 < len(survey.lines):
        value = survey.lines[index + 1]
        if not value.hidden and is_value(line, value):
            return read_pair(line, value), 2
    meta = survey.meta(index)
    label = LABEL.match(survey.flats[index].lstrip(" [(·-")) if meta is not None else None
    return (meta if label is not None and (label["colon"] or "[" in survey.flats[index]) else None), 1


def _beside(survey: Survey, first: int, behind: int) -> list[int]:
    """The lines of the box around the lines from *first* to before *behind*: its head, and labels of other kinds."""
    box = _box_around(survey.lines[first].box, survey.lines[behind - 1].box)
    found = []
    place = first - 1
    if place >= box.first and (len(survey.lines[place].text) <= LONGEST_HEAD or is_box_head(survey, place)):
        found.append(place)
    place = behind
    while place < box.last and _OTHER_LABEL.fullmatch(survey.flats[place]):
        found.append(place)
        place += 1
    return found


def _box_around(one: Box, other: Box) -> Box:
    """The table or the like that holds both boxes."""
    box = one
    while box.parent is not None and (
        not box.holds(other) or box.tag not in ("table", "div", "fieldset", "aside", "section", "dl", "body")
    ):
        box = box.parent
    return box
