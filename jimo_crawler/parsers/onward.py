"""Where a list goes on that has no pager: 更多 at its head or foot, 往期回顾, an arrow below it, the months of its archive.

Such a word stands beside many lists of a page. It is this list's only if nothing of another list lies between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from jimo_crawler.parsers.dates import locate_date
from jimo_crawler.parsers.dom import Anchor, Box
from jimo_crawler.parsers.survey import Survey
from jimo_crawler.parsers.urls import canonical_url, is_own
from jimo_crawler.parsers.wording import EDGE, folded

HEADLINE = 8
"""From this length on a link's text is an article's, and not one of the controls around a list."""
NEAR = 6
"""Lines between a list and what leads on from it, at most."""

_MORE = re.compile(
    rf"{EDGE}(?:(?:查看|浏览|点击|点此|点这里|显示|阅读|加载)?(?:更多|全部|所有)\S{{0,4}}|(?:see |view |read )?(?:more|all)(?: news)?){EDGE}",
    re.I,
)
_OLDER = re.compile(
    rf"{EDGE}(?:翻页|往后|(?:查看|浏览)?(?:往期|历史|以往|过往|更早|较早|早期|早前|以前|过去|从前|旧)\S{{0,6}}|older\S{{0,8}}(?: \w{{1,8}})?){EDGE}",
    re.I,
)
_ARROW = re.compile(r"[\[(]?(?:>{1,3}|»{1,2}|-+>|下)[\])]?")
_ARROW_IMAGE = re.compile(
    r"(?:^|[/_-])(?:(?:page|btn|arrow|go|icon?|pic|img)[_-]?)?(?:next(?:_?page)?|right|forward|xia(?:_?y[ei]{1,2}|_?yi_?ye)?|hou(?:_?ye)?|xyy|r|arr?ow_?r)[_-]?\d{0,2}\.(?:gif|png|jpe?g|bmp)$",
    re.I,
)
_MONTH = re.compile(
    r"\W*(?P<year>(?:19|20)\d\d)\s?(?:年|[-./])\s?(?P<month>1[0-2]|0?[1-9])\s?(?:月(?:份)?)?\s?(?:\(\s?\d+\s?\))?\W*"
)
_INDEX = re.compile(r"/(?:index|default|main)\.\w+$")
"""The name of a folder's own page, which its address may leave out."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known of a list: its box, the lines of its first and last row and where that ends, its articles and their days."""

    box: Box
    first: int
    last: int
    end: int
    """The last line of its last row: teaser and day may stand below the headline."""
    keys: frozenset[str]
    days: tuple[str, ...]


def is_month(text: str) -> bool:
    """Whether a link's folded text is but a month of an archive.

    >>> is_month("2009年6月"), is_month("[2009-06]"), is_month("2009年6月工作总结")
    (True, True, False)
    """
    return _MONTH.fullmatch(text) is not None


def find_older(survey: Survey, rows: Rows, passed: frozenset[str]) -> str | None:
    """Where the list goes on; None if nothing says so. *passed* are addresses that lie behind the reader: the breadcrumb's.

    To be asked for a page without a pager only.
    """
    others = _other_headlines(survey, rows)
    kinds = [(anchor, _kind(survey, anchor)) for anchor in survey.doc.anchors]
    if any(kind == "more" and rows.first <= anchor.line < rows.last for anchor, kind in kinds):
        return None  # several lists, each with its own: an index, or a row's 更多
    for anchor, kind in kinds:
        if kind is None or not _stands_with(survey, anchor, rows, others, at_head=kind == "more"):
            continue
        url = survey.doc.url_of(anchor)
        if url is None or not is_own(url, survey.doc.page):
            continue
        key = canonical_url(url)
        if key not in passed and key not in rows.keys and key != canonical_url(survey.doc.page.url):
            return url
    return None


def find_older_month(survey: Survey, rows: Rows, *, is_first: bool) -> str | None:
    """The next older month of an archive that the page gives by months; None if it does not.

    Which month this page is, its own link says, the month that is no link, or the days of its articles.
    """
    own = canonical_url(survey.doc.page.url)
    months: dict[str, str] = {}
    here: list[str] = []
    lines: list[int] = []
    for anchor in survey.doc.anchors:
        match = None if anchor.hidden else _MONTH.fullmatch(folded(anchor.text))
        url = survey.doc.url_of(anchor) if match else None
        if match is None or url is None or not is_own(url, survey.doc.page):
            continue
        month = f"{match['year']}-{int(match['month']):02d}"
        lines.append(anchor.line)
        if _INDEX.sub("/", canonical_url(url)) == _INDEX.sub("/", own):
            here.append(month)
        else:
            months.setdefault(month, url)
    if not months or len(months) + len(here) < 2 or not _adjoins(survey, rows, lines):
        return None
    if not here:
        here = [
            f"{match['year']}-{int(match['month']):02d}"
            for line in survey.free
            if (match := _MONTH.fullmatch(survey.flats[line.index])) is not None
        ]
    if not here and not is_first:
        here = [day[:7] for day in rows.days]
    older = [month for month in months if not here or month < min(here)]
    return months[max(older)] if older else None


def _kind(survey: Survey, anchor: Anchor) -> str | None:
    """What a link is by its text, or its picture's name: ``more``, ``older``, or neither."""
    if anchor.hidden or len(anchor.text) > 12:
        return None
    text = folded(anchor.text).strip()
    if not text:
        pictures = (each for each in survey.doc.pictures if each.anchor is anchor)
        return "older" if any(_ARROW_IMAGE.search(each.attrs.get("src", "")) for each in pictures) else None
    if _MORE.fullmatch(text):
        return "more"
    return "older" if _OLDER.fullmatch(text) or _ARROW.fullmatch(text) else None


def _other_headlines(survey: Survey, rows: Rows) -> list[int]:
    """The lines of links that read like articles and are none of this list's."""
    found = []
    for anchor in survey.doc.anchors:
        if anchor.hidden or len(anchor.text) < HEADLINE or _kind(survey, anchor):
            continue
        url = survey.doc.url_of(anchor)
        if url is not None and canonical_url(url) not in rows.keys:
            found.append(anchor.line)
    return found


def _stands_with(survey: Survey, anchor: Anchor, rows: Rows, others: list[int], *, at_head: bool) -> bool:
    """Whether a link is this list's: below its last row, or, if it may stand *at_head*, in its head."""
    line = anchor.line
    if rows.last < line <= rows.end + NEAR:
        between = survey.lines[rows.end + 1 : line]
        if any(not each.hidden and not _is_of_row(survey, each.index) for each in between):
            return False
        if anchor.text and _beside(survey, anchor):
            return False  # 部门动态 更多: the head of the next list
        return rows.box.holds(anchor.box) or not _is_followed(line, others) or _is_alone(rows, anchor, others)
    if at_head and rows.first - NEAR <= line < rows.first:
        if any(line <= each < rows.first for each in others):
            return False
        return _is_headed(survey, anchor) or _is_alone(rows, anchor, others)
    return False


def _adjoins(survey: Survey, rows: Rows, lines: list[int]) -> bool:
    """Whether what takes up *lines* stands directly above or below the list."""
    others = _other_headlines(survey, rows)
    above = [line for line in lines if line < rows.first]
    below = [line for line in lines if line > rows.last]
    gaps = [(max(above), rows.first)] if above else []
    gaps += [(rows.end, min(below))] if below else []
    return any(
        stop - start <= NEAR and not any(start < each < stop for each in others) for start, stop in gaps
    )


def _is_of_row(survey: Survey, index: int) -> bool:
    """Whether a line can be the rest of a list's last row: a day, a rule, 共5条, another control."""
    line, flat = survey.lines[index], survey.flats[index]
    if not any(map(str.isalnum, flat)) or (line.anchors and len(flat) <= 12 and line.is_links):
        return True
    place = locate_date(line.text)
    return (place is not None and place[1] - place[0] >= len(line.text) - 6) or flat.startswith(
        ("共", "(共", "[共")
    )


def _beside(survey: Survey, anchor: Anchor) -> str:
    """The words that stand in the line of a link and are no links."""
    if anchor.line >= len(survey.lines):
        return ""
    return "".join(filter(str.isalpha, survey.lines[anchor.line].beside_links))


def _is_followed(line: int, others: Iterable[int]) -> bool:
    """Whether another list begins directly behind a line: what stands there may be its head."""
    return any(line <= each <= line + 3 for each in others)


def _is_alone(rows: Rows, anchor: Anchor, others: Iterable[int]) -> bool:
    """Whether the box around list and link holds no other list."""
    box = rows.box
    while not box.holds(anchor.box) and box.parent is not None:
        box = box.parent
    return not any(box.first <= each < box.last for each in others)


def _is_headed(survey: Survey, anchor: Anchor) -> bool:
    """Whether a link stands beside a heading: in its line, its box or its row."""
    if _beside(survey, anchor):
        return True
    box = anchor.box.within("tr") or anchor.box
    return any(
        not line.hidden and not line.anchors and 2 <= len(line.text) <= 16
        for line in survey.lines[max(box.first, anchor.line - 3) : min(box.last, anchor.line + 3)]
    )
